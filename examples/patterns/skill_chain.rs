//! Skill chain: a model says in JSON which skills are called one after the other, and all of it is checked before any is called.
//!
//! Use it when the skills are known and what to do with them is not. What is wrong with a chain goes back to the model, which
//! writes a better one; what it could ask for is what stands in the registry, and no more.
//!
//! ```text
//! cargo run --example skill_chain                # the chain in this file
//! cargo run --example skill_chain -- my.json     # one of yours: of `read`, `search`, `table` and `save`
//! ```

#![allow(clippy::print_stdout, reason = "it is a program: it talks to its user")]

use std::{
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use orchestrated::dynamic::{
    AgentError, AgentInput, SkillCall, SkillChain, SkillChainLimits, SkillChainSpec,
    SkillInputError, SkillRegistry, skill_fn,
};
use serde_json::json;

/// What a model wrote: who wants to save the table for sure must not do so twice, and nobody can `serach`.
const FIRST: &str = r#"{
    "name": "Departures",
    "steps": [
        "read",
        { "skill": "serach", "parameters": { "word": "ferry" }, "output": "/lines" },
        "table",
        { "skill": "save", "on_failure": { "retry": 3 } }
    ]
}"#;

/// What it wrote when it was told what is wrong with that.
const SECOND: &str = r#"{
    "name": "Departures",
    "steps": [
        { "skill": "read", "on_failure": { "retry": { "attempts": 3, "backoff_ms": 10 } } },
        { "skill": "search", "parameters": { "word": "ferry" }, "output": "/lines" },
        { "skill": "table", "on_failure": { "skip": { "default": "There is no table today.\n" } } },
        "save"
    ]
}"#;

/// What a chain may ask for. Texts are read from this folder, and saved into it, and nowhere else.
fn skills(folder: &Path) -> Result<SkillRegistry, Box<dyn Error>> {
    let from: Arc<Path> = folder.into();
    let to = Arc::clone(&from);
    let read = skill_fn("read", move |call: SkillCall| {
        let folder = Arc::clone(&from);
        async move {
            Ok(text(&folder, call.input.to()?)
                .map_err(AgentError::new)?
                .into())
        }
    })
    .described("The text of the file that is called like the input")
    .idempotent()
    .validating(is_name);
    let search = skill_fn("search", async |call: SkillCall| {
        let (word, text): (&str, &str) = (call.parameters.get("word")?, call.input.to()?);
        let lines: Vec<&str> = text.lines().filter(|line| line.contains(word)).collect();
        Ok(json!({ "word": word, "lines": lines }).into())
    })
    .described("The lines of a text with the parameter `word`")
    .idempotent();
    let table = skill_fn("table", async |call: SkillCall| {
        let lines: Vec<&str> = call.input.to()?;
        let rows: Option<Vec<String>> = lines.into_iter().map(row).collect();
        let rows = rows.ok_or_else(|| AgentError::msg("there is a line without a time"))?;
        Ok(format!("| time | what |\n| --- | --- |\n{}", rows.concat()).into())
    })
    .described("A table of lines that begin with a time")
    .idempotent();
    let save = skill_fn("save", move |call: SkillCall| {
        let folder = Arc::clone(&to);
        async move { Ok(json!(append(&folder, call.input.to()?).map_err(AgentError::new)?).into()) }
    })
    .described("Adds a text to those that were saved, and says in which file they are");
    Ok(SkillRegistry::new()
        .with(read)?
        .with(search)?
        .with(table)?
        .with(save)?)
}

fn is_name(input: &AgentInput) -> Result<(), SkillInputError> {
    let name: &str = input.to().map_err(SkillInputError::new)?;
    let is_one = Path::new(name).file_name().is_some_and(|file| file == name);
    if is_one {
        Ok(())
    } else {
        Err(SkillInputError::new(format!(
            "`{name}` is no name of a file"
        )))
    }
}

fn text(folder: &Path, name: &str) -> io::Result<String> {
    fs::read_to_string(folder.join(name))
}

/// `7:00 the ferry` as a row.
fn row(line: &str) -> Option<String> {
    let (time, what) = line.split_once(' ')?;
    let (hours, minutes) = time.split_once(':')?;
    let is_time = hours.parse::<u8>().is_ok() && minutes.parse::<u8>().is_ok();
    is_time.then(|| format!("| {time} | {what} |\n"))
}

fn append(folder: &Path, text: &str) -> io::Result<PathBuf> {
    let saved = folder.join("saved.md");
    let before = if saved.exists() {
        fs::read_to_string(&saved)?
    } else {
        String::new()
    };
    fs::write(&saved, before + text)?;
    Ok(saved)
}

/// All that is wrong with a chain, or the chain.
fn checked(written: &str, skills: &SkillRegistry) -> Result<SkillChain, Box<dyn Error>> {
    let spec = SkillChainSpec::from_json(written, &SkillChainLimits::default())?;
    Ok(SkillChain::of(spec, skills)?)
}

const TODAY: &str = "7:00 the ferry to Kellin\n9:30 high water\n16:00 the ferry from Kellin\n";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("today"), TODAY)?;
    let skills = skills(folder.path())?;
    let chain = if let Some(file) = std::env::args_os().nth(1) {
        checked(&fs::read_to_string(file)?, &skills)?
    } else {
        if let Err(errors) = checked(FIRST, &skills) {
            println!("what the model is told about its first chain:\n{errors}\n");
        }
        checked(SECOND, &skills)?
    };
    println!("{}\n", chain.plan("today")?.plan());
    let outcome = chain.execute("today").await?;
    outcome.steps().iter().for_each(|step| println!("{step}"));
    println!(
        "\n{}",
        fs::read_to_string(outcome.output().to::<PathBuf>()?)?
    );
    Ok(())
}

/// What the book draws.
#[cfg(test)]
pub(crate) fn plan() -> orchestrated::plan::Plan {
    let skills = skills(Path::new("")).unwrap();
    checked(SECOND, &skills)
        .unwrap()
        .plan("")
        .unwrap()
        .plan()
        .clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a chain says of its steps, and what it has saved.
    async fn ran(chain: &str, file: &str, text: &str) -> (Vec<String>, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("today"), text).unwrap();
        let chain = checked(chain, &skills(folder.path()).unwrap()).unwrap();
        let record = chain.execute_recorded(file).await;
        let steps = record.steps.iter().map(ToString::to_string).collect();
        (
            steps,
            fs::read_to_string(folder.path().join("saved.md")).ok(),
        )
    }

    #[test]
    fn all_that_is_wrong_is_told_before_anything_runs() {
        let skills = skills(Path::new("no/such/folder")).unwrap();
        let told = "\
steps[1]: no skill is named `serach`; did you mean `search`? there are: `read`, `save`, `search`, `table`
`retry` on step `save`, but neither it nor skill `save` is declared idempotent: a second attempt may repeat its effects";
        assert_eq!(checked(FIRST, &skills).unwrap_err().to_string(), told);
    }

    #[tokio::test]
    async fn what_is_right_runs() {
        let (steps, saved) = ran(SECOND, "today", TODAY).await;
        assert!(
            steps.iter().all(|step| step.ends_with(": succeeded")),
            "{steps:?}"
        );
        let table = "| time | what |\n| --- | --- |\n| 7:00 | the ferry to Kellin |\n| 16:00 | the ferry from Kellin |\n";
        assert_eq!(saved.as_deref(), Some(table));
    }

    #[tokio::test]
    async fn a_step_that_may_be_skipped_hands_on_its_default() {
        let (steps, saved) = ran(SECOND, "today", "the ferry is late\n").await;
        let skipped = "step `table` (skill `table`): skipped: step `table` failed: there is a line without a time";
        assert_eq!(steps[2], skipped);
        assert_eq!(saved.as_deref(), Some("There is no table today.\n"));
    }

    #[tokio::test]
    async fn an_input_that_a_skill_cannot_work_with_is_refused_and_nothing_is_saved() {
        let (steps, saved) = ran(SECOND, "../today", TODAY).await;
        let refused = "skill `read` cannot work with its input: `../today` is no name of a file";
        assert!(steps[0].ends_with(refused), "{steps:?}");
        assert_eq!(steps[3], "step `save` (skill `save`): not run");
        assert_eq!(saved, None);
    }
}
