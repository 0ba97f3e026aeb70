//! What the steps work with.

/// The tools that the steps call.
pub struct App {
    pub serena: Serena,
    pub coder: Coder,
}

pub struct Serena;

impl Serena {
    pub async fn read_files(&self, paths: &[String]) -> Result<Vec<SourceFile>, Broken> {
        let read = |path: &String| SourceFile { path: path.clone(), text: String::new() };
        Ok(paths.iter().map(read).collect())
    }

    pub async fn docs(&self, language: &str) -> Docs {
        Docs { text: language.to_owned() }
    }
}

pub struct Coder;

impl Coder {
    pub async fn review(&self, files: &[SourceFile], docs: &Docs) -> Result<Review, Broken> {
        let remarks = files.iter().map(|file| format!("{}: {}", file.path, docs.text));
        Ok(Review { remarks: remarks.collect() })
    }
}

pub struct PullRequest {
    pub paths: Vec<String>,
    pub language: String,
}

#[derive(Clone)]
pub struct SourceFile {
    pub path: String,
    pub text: String,
}

#[derive(Clone)]
pub struct Docs {
    pub text: String,
}

#[derive(Clone)]
pub struct Review {
    pub remarks: Vec<String>,
}

pub struct Counts {
    pub lines: usize,
}

#[derive(Debug)]
pub struct Broken;
