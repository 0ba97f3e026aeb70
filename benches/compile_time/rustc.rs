//! One run of rustc, with a wrapper around it that measures.

use std::{
    env, fmt, fs, io,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use nix::sys::resource::{UsageWho, getrusage};

/// The environment variable that makes this program a wrapper: the path of its report.
pub(crate) const REPORT: &str = "COMPILE_TIME_REPORT";

/// What is asked of cargo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Check,
    Release,
}

impl Profile {
    pub(crate) fn command(self) -> &'static [&'static str] {
        match self {
            Self::Check => &["check"],
            Self::Release => &["build", "--release"],
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Check => "check",
            Self::Release => "release",
        })
    }
}

/// What one crate costs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    /// Seconds of processor time that rustc took, all its threads together.
    pub(crate) cpu: f64,
    /// Seconds that somebody waits for cargo.
    pub(crate) wall: f64,
    /// Seconds of the pass that expands macros.
    pub(crate) expand: f64,
    /// The most memory that rustc had, in MiB.
    pub(crate) memory: f64,
}

impl Cost {
    pub(crate) fn read(report: &str, wall: f64) -> Option<Self> {
        let mut numbers = report.split_whitespace().map(str::parse);
        let mut next = || numbers.next()?.ok();
        Some(Self {
            cpu: next()?,
            expand: next()?,
            memory: next()?,
            wall,
        })
    }

    /// The median of each figure by itself.
    pub(crate) fn median(costs: &[Self]) -> Self {
        let median = |figure: fn(&Self) -> f64| {
            let mut figures: Vec<f64> = costs.iter().map(figure).collect();
            figures.sort_by(f64::total_cmp);
            figures.get(figures.len() / 2).copied().unwrap_or_default()
        };
        Self {
            cpu: median(|cost| cost.cpu),
            wall: median(|cost| cost.wall),
            expand: median(|cost| cost.expand),
            memory: median(|cost| cost.memory),
        }
    }

    /// Without what a crate with nothing in it costs. What somebody waits for, and the memory, stay as they are.
    pub(crate) fn net(self, nothing: Self) -> Self {
        Self {
            cpu: self.cpu - nothing.cpu,
            expand: self.expand - nothing.expand,
            ..self
        }
    }
}

/// Runs rustc as cargo has asked for it, and reports what it cost.
pub(crate) fn wrapped(report: &Path) -> ExitCode {
    match run(report) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("compile_time: rustc cannot be measured: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(report: &Path) -> io::Result<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    let rustc = arguments
        .next()
        .ok_or_else(|| io::Error::other("cargo names no rustc"))?;
    let arguments: Vec<_> = arguments.collect();
    // Cargo also asks which rustc it is, and what it can do.
    let compiles = arguments.iter().any(|argument| {
        argument == "src/lib.rs" || { Path::new(argument).ends_with("src/lib.rs") }
    });
    let mut command = Command::new(rustc);
    command.args(arguments);
    if !compiles {
        return status(command.status()?);
    }
    let mut rustc = command
        .args(["-Ztime-passes", "-Ztime-passes-format=json"])
        .env("RUSTC_BOOTSTRAP", "1")
        .stderr(Stdio::piped())
        .spawn()?;
    let mut expand = 0.0;
    if let Some(messages) = rustc.stderr.take() {
        for line in BufReader::new(messages).lines() {
            let line = line?;
            match line.strip_prefix("time: ") {
                Some(pass) => expand += seconds(pass, "expand_crate").unwrap_or_default(),
                None => writeln!(io::stderr(), "{line}")?,
            }
        }
    }
    let ended = rustc.wait()?;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = [usage.user_time(), usage.system_time()].map(|time| {
        let micros = i32::try_from(time.tv_usec()).unwrap_or_default();
        let seconds = i32::try_from(time.tv_sec()).unwrap_or(i32::MAX);
        f64::from(seconds) + f64::from(micros) / 1e6
    });
    let memory = i32::try_from(usage.max_rss()).unwrap_or(i32::MAX);
    let cpu: f64 = cpu.iter().sum();
    fs::write(
        report,
        format!("{cpu} {expand} {}\n", f64::from(memory) / 1024.0),
    )?;
    status(ended)
}

/// The time of a pass, where this line is about it.
fn seconds(line: &str, pass: &str) -> Option<f64> {
    let rest = line.strip_prefix(&format!("{{\"pass\":\"{pass}\",\"time\":"))?;
    rest.split([',', '}']).next()?.parse().ok()
}

fn status(ended: std::process::ExitStatus) -> io::Result<ExitCode> {
    let code = ended
        .code()
        .ok_or_else(|| io::Error::other(format!("rustc has crashed: {ended}")))?;
    Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
}
