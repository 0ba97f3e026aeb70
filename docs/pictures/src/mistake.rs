//! A compile error, as cargo shows it.

use std::{error::Error, fs, path::Path, process::Command};

const MANIFEST: &str = r#"[package]
name = "publish"
version = "0.1.0"
edition = "2024"

[dependencies]
orchestrated = { path = "PATH" }

[workspace]
"#;

const PROGRAM: &str = r#"use orchestrated::workflow;

workflow! {
    workflow Publish(topic: String) -> String {
        agent fn draft(topic, review) -> String { format!("{topic}: {review}") }
        agent fn review(draft) -> String { format!("{draft} could be shorter") }
        tool fn pages(reprot) -> usize { reprot.len() / 2000 }
        fn report(draft, pages) -> String { format!("{draft} ({pages} pages)") }

        report
    }
}

fn main() {}
"#;

/// What `cargo check` says of a program with two mistakes.
pub(crate) fn told() -> Result<String, Box<dyn Error>> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    let folder = repository.join("target/pictures/publish");
    fs::create_dir_all(folder.join("src"))?;
    let path = repository
        .to_str()
        .ok_or("the path of the repository is not Unicode")?;
    fs::write(
        folder.join("Cargo.toml"),
        MANIFEST.replace("PATH", &path.replace('\\', "/")),
    )?;
    fs::write(folder.join("src/main.rs"), PROGRAM)?;
    let cargo = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--color", "always"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", repository.join("target/pictures"))
        .output()?;
    let said = String::from_utf8(cargo.stderr)?;
    if cargo.status.success() || !said.contains("steps form a cycle") {
        return Err(format!("the program should not compile, and cargo says:\n{said}").into());
    }
    // The last line counts the errors.
    let end = said
        .rfind("could not compile")
        .and_then(|at| said[..at].trim_end().rfind('\n'));
    let shown = end.map_or(&*said, |end| &said[..end]);
    Ok(format!("$ cargo check\n{}\n", shown.trim_end()))
}
