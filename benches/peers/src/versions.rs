//! Which version of a package was measured: the lock file knows.

/// The version of a package in the lock file of this workspace, if it has the package.
#[must_use]
pub fn version(package: &str) -> Option<&'static str> {
    version_in(include_str!("../Cargo.lock"), package)
}

fn version_in<'l>(lock: &'l str, package: &str) -> Option<&'l str> {
    let mut lines = lock.lines();
    lines.find(|line| quoted(line, "name = ") == Some(package))?;
    quoted(lines.next()?, "version = ")
}

fn quoted<'l>(line: &'l str, key: &str) -> Option<&'l str> {
    line.strip_prefix(key)?.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn it_is_found_by_the_whole_name() {
        let lock = "[[package]]\nname = \"operese-dagx\"\nversion = \"0.4.1\"\n\n\
                    [[package]]\nname = \"dagx\"\nversion = \"0.3.1\"\n";
        assert_eq!(version_in(lock, "dagx"), Some("0.3.1"));
        assert_eq!(version_in(lock, "agx"), None);
    }

    #[test]
    fn every_contender_has_one() {
        for contender in crate::all() {
            assert!(
                super::version(contender.package).is_some(),
                "{}",
                contender.name
            );
        }
    }
}
