//! Writes the workflows of the repository into a folder, a file each: what `workflow` starts from.

use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    let folder = env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("corpus/workflow"), PathBuf::from);
    fs::create_dir_all(&folder)?;
    for (at, text) in orchestrated_fuzz::workflows().iter().enumerate() {
        fs::write(folder.join(format!("seed-{at}")), text)?;
    }
    Ok(())
}
