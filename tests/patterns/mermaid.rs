//! What a plan's Mermaid text says: its batches, the steps in them, and the arrows between these.

/// A plan.
pub(crate) struct Chart {
    pub(crate) batches: Vec<Vec<Step>>,
    pub(crate) arrows: Vec<Arrow>,
}

pub(crate) struct Step {
    pub(crate) id: String,
    /// The name, the kind, and a line for each option.
    pub(crate) lines: Vec<String>,
    /// The batches of the workflow that it runs.
    pub(crate) inside: Vec<Vec<Step>>,
}

pub(crate) struct Arrow {
    pub(crate) from: String,
    pub(crate) to: String,
    /// Which values, where they are not called like the step.
    pub(crate) values: String,
    /// Whether it is order without data.
    pub(crate) is_order: bool,
}

impl Chart {
    pub(crate) fn of(mermaid: &str) -> Self {
        let mut lines = mermaid.lines().map(str::trim).skip(1);
        let mut arrows = Vec::new();
        let batches = batches(&mut lines, &mut arrows);
        Self { batches, arrows }
    }
}

/// The batches up to the end of what they are in; of the arrows, those that come after all batches.
fn batches<'t>(
    lines: &mut impl Iterator<Item = &'t str>,
    arrows: &mut Vec<Arrow>,
) -> Vec<Vec<Step>> {
    let mut batches: Vec<Vec<Step>> = Vec::new();
    // Inside a batch there are steps; outside there are batches, and the end.
    let mut is_in_batch = false;
    while let Some(line) = lines.next() {
        match (line, is_in_batch) {
            ("end", true) => is_in_batch = false,
            ("end", false) => break,
            (_, true) => {
                let inside = line
                    .starts_with("subgraph ")
                    .then(|| self::batches(lines, arrows));
                let step = step(line, inside.unwrap_or_default());
                batches.last_mut().expect("a batch").push(step);
            }
            (_, false) if line.starts_with("subgraph ") => {
                batches.push(Vec::new());
                is_in_batch = true;
            }
            (_, false) => arrows.push(arrow(line)),
        }
    }
    batches
}

fn step(line: &str, inside: Vec<Vec<Step>>) -> Step {
    let line = line.trim_start_matches("subgraph ");
    let id = line
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .next()
        .unwrap_or_default();
    let (_, label) = line.split_once('"').expect("a label");
    let (label, _) = label.rsplit_once('"').expect("the end of a label");
    let (title, options) = label.split_once("<br/>").unwrap_or((label, ""));
    let (name, kind) = title.rsplit_once(" (").expect("a kind");
    let options = options.split(", ").filter(|option| !option.is_empty());
    let lines = [name, kind.trim_end_matches(')')]
        .into_iter()
        .chain(options);
    Step {
        id: id.to_owned(),
        lines: lines.map(unescaped).collect(),
        inside,
    }
}

fn arrow(line: &str) -> Arrow {
    let (from, rest) = line.split_once(' ').expect("an arrow");
    let (arrow, to) = rest.rsplit_once(' ').expect("the end of an arrow");
    let values = arrow.split('"').nth(1).unwrap_or_default();
    Arrow {
        from: from.to_owned(),
        to: to.to_owned(),
        values: unescaped(values),
        is_order: arrow == "-.->",
    }
}

/// Mermaid writes signs that could mean something to it as their numbers: `#34;`.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('#');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once(';').expect("the end of a number");
        plain.extend(number.parse().ok().and_then(char::from_u32));
        plain.push_str(rest);
    }
    plain
}
