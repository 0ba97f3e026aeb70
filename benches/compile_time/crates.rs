//! The crates that are compiled: a workspace of their own below the target folder.

use std::{
    env,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    time::{Instant, SystemTime},
};

use crate::rustc::{self, Cost, Profile};

pub(crate) struct Crates {
    /// The workspace of this library.
    root: PathBuf,
    folder: PathBuf,
    target: PathBuf,
    names: Vec<String>,
    optimized_macros: bool,
}

impl Crates {
    pub(crate) fn new(optimized_macros: bool) -> io::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let root = root.canonicalize()?;
        let target = env::var_os("CARGO_TARGET_DIR");
        let target = target.map_or_else(|| root.join("target"), PathBuf::from);
        let folder = target.join("compile_time");
        let target = folder.join(if optimized_macros {
            "target-optimized"
        } else {
            "target"
        });
        Ok(Self {
            root,
            folder,
            target,
            names: Vec::new(),
            optimized_macros,
        })
    }

    /// Writes a crate with these items in it.
    pub(crate) fn add(&mut self, name: &str, items: &str) -> io::Result<()> {
        let folder = self.folder.join(name);
        fs::create_dir_all(folder.join("src"))?;
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nfutures = \"0.3\"\norchestrated = {{ path = '{}' }}\n",
            self.root.display()
        );
        write(&folder.join("Cargo.toml"), &manifest)?;
        let source = format!(
            "#![allow(dead_code, unused, non_snake_case)]\nuse std::pin::Pin;\n\
             async fn work(sum: u64) -> u64 {{ std::future::ready(sum).await + 1 }}\n{items}"
        );
        write(&folder.join("src/lib.rs"), &source)?;
        self.names.push(name.to_owned());
        Ok(())
    }

    /// Writes the workspace of all that have been added.
    pub(crate) fn finish(&self) -> io::Result<()> {
        let mut manifest = format!(
            "[workspace]\nresolver = \"3\"\nmembers = {:?}\n\n\
             [profile.dev]\nincremental = false\ndebug = 0\n",
            self.names
        );
        if self.optimized_macros {
            for profile in ["dev", "release"] {
                manifest.extend(["\n[profile.", profile, ".build-override]\nopt-level = 3\n"]);
            }
        }
        write(&self.folder.join("Cargo.toml"), &manifest)?;
        // The versions of the workspace: what has been downloaded for it is enough.
        fs::copy(self.root.join("Cargo.lock"), self.folder.join("Cargo.lock"))?;
        Ok(())
    }

    /// Compiles a crate, all of it, and what it depends on if that has not been yet.
    pub(crate) fn cost(&self, name: &str, profile: Profile) -> io::Result<Cost> {
        let source = self.folder.join(name).join("src/lib.rs");
        let source = fs::File::options().append(true).open(source)?;
        source.set_modified(SystemTime::now())?;
        let report = self.folder.join("report");
        match fs::remove_file(&report) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let start = Instant::now();
        let status = Command::new(cargo)
            .current_dir(&self.folder)
            .args(profile.command())
            .args(["--quiet", "--package", name])
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_INCREMENTAL", "0")
            .env("RUSTC_WORKSPACE_WRAPPER", env::current_exe()?)
            .env(rustc::REPORT, &report)
            .env_remove("RUSTFLAGS")
            .status()?;
        let wall = start.elapsed().as_secs_f64();
        if !status.success() {
            return Err(io::Error::other(format!("`{name}` does not compile")));
        }
        let report = fs::read_to_string(&report)?;
        Cost::read(&report, wall)
            .ok_or_else(|| io::Error::other(format!("rustc was not seen to compile `{name}`")))
    }
}

/// What has not changed is left alone, so that cargo does not think that it has.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|before| before == text) {
        return Ok(());
    }
    fs::write(path, text)
}
