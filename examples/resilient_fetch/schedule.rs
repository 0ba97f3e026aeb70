//! What each server does with a request. It goes by how many there were before, and by nothing else.

use std::time::Duration;

/// A request, as a schedule sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'r> {
    pub(crate) path: &'r str,
    /// How many requests for this route there have been, with this one.
    pub(crate) of_route: u64,
    /// How many of any kind.
    pub(crate) of_all: u64,
}

/// What a server does with a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    /// Answers after a while.
    Answer(Duration, String),
    /// Has no such thing.
    Unknown,
    /// Has no time.
    Busy,
    /// Closes the connection without an answer.
    HangUp,
    /// Never answers, and keeps the connection open.
    Silence,
}

/// What a server does.
pub(crate) type Schedule = fn(Asked<'_>) -> Reply;

const STATIONS: [(&str, &str); 6] = [
    ("harbour", "11.5"),
    ("valley", "9.0"),
    ("hill", "3.5"),
    ("forest", "8.0"),
    ("airport", "10.5"),
    ("lake", "9.5"),
];

/// The weather service: busy now and then, sometimes silent, and it has not heard of the hill.
pub(crate) fn weather(asked: Asked<'_>) -> Reply {
    let (path, n) = (asked.path, asked.of_route);
    let ms = Duration::from_millis;
    match path {
        // Every third is one too many.
        "/stations" if n % 3 == 2 => Reply::Busy,
        "/stations" => Reply::Answer(ms(12 + n % 3), stations()),
        "/map" => Reply::Answer(ms(20), map()),
        "/readings/hill" => Reply::Unknown,
        // One in fifty is lost.
        _ if path.starts_with("/readings/") && n % 50 == 40 => Reply::Silence,
        _ => reading(path).map_or(Reply::Unknown, |celsius| {
            Reply::Answer(ms(8 + n % 5), celsius)
        }),
    }
}

/// The mirror: it knows everything, and takes its time.
pub(crate) fn mirror(asked: Asked<'_>) -> Reply {
    let body = match asked.path {
        "/stations" => Some(stations()),
        path => reading(path),
    };
    body.map_or(Reply::Unknown, |body| {
        Reply::Answer(Duration::from_millis(15), body)
    })
}

/// The forecast office: quick, but down for a while in the middle of the morning.
pub(crate) fn office(asked: Asked<'_>) -> Reply {
    let body = match asked.path {
        _ if (13..=20).contains(&asked.of_all) => return Reply::HangUp,
        "/forecast" => "rain, then sun",
        "/warnings" => "none",
        _ => return Reply::Unknown,
    };
    Reply::Answer(Duration::from_millis(5), body.to_owned())
}

fn stations() -> String {
    STATIONS.map(|(name, _)| format!("{name}\n")).concat()
}

fn reading(path: &str) -> Option<String> {
    let station = path.strip_prefix("/readings/")?;
    let (_, celsius) = STATIONS.iter().find(|(name, _)| *name == station)?;
    Some((*celsius).to_owned())
}

/// A drawing of some size: more than fits into one packet.
fn map() -> String {
    let dots = (0..1_000).map(|n| format!("<circle cx=\"{n}\" cy=\"{}\" r=\"1\"/>", n * n % 997));
    format!("<svg>{}</svg>", dots.collect::<String>())
}

/// The route of a path: `/readings/hill` is one of `/readings`.
pub(crate) fn route(path: &str) -> &str {
    let end = path.get(1..).and_then(|rest| rest.find('/'));
    end.map_or(path, |end| &path[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_the_first_part_of_a_path() {
        for (path, expected) in [
            ("/readings/hill", "/readings"),
            ("/readings/hill/now", "/readings"),
            ("/map", "/map"),
            ("/", "/"),
            ("", ""),
        ] {
            assert_eq!(route(path), expected);
        }
    }

    #[test]
    fn who_counts_knows_what_comes() {
        let asked = |path, n| Asked {
            path,
            of_route: n,
            of_all: n,
        };
        let busy: Vec<_> = (1..=9)
            .filter(|&n| weather(asked("/stations", n)) == Reply::Busy)
            .collect();
        assert_eq!(busy, [2, 5, 8]);
        assert_eq!(weather(asked("/readings/lake", 90)), Reply::Silence);
        assert_eq!(weather(asked("/readings/hill", 90)), Reply::Unknown);
        assert_eq!(weather(asked("/readings/moon", 1)), Reply::Unknown);
        assert_eq!(weather(asked("/x", 40)), Reply::Unknown);
        assert!(matches!(
            mirror(asked("/readings/hill", 1)),
            Reply::Answer(..)
        ));
        assert_eq!(mirror(asked("/map", 1)), Reply::Unknown);
        let down = (1..=40).filter(|&n| office(asked("/forecast", n)) == Reply::HangUp);
        assert_eq!(down.count(), 8);
        assert_eq!(office(asked("/x", 1)), Reply::Unknown);
    }
}
