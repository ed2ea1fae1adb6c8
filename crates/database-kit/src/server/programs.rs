//! Finding installed programs.

use std::env;
use std::path::{Path, PathBuf};

/// The first program called `name` in `directories`, then in those of PATH and the places for administrators.
#[must_use]
pub fn find(name: &str, directories: &[PathBuf]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let more = ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"].map(PathBuf::from);
    directories
        .iter()
        .cloned()
        .chain(env::split_paths(&path))
        .chain(more)
        .map(|directory| directory.join(name))
        .find(|candidate| candidate.is_file())
}

/// The subdirectories of `root` that have a `bin`, those with the greatest number in their name first.
#[must_use]
pub fn versioned(root: &Path) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            let bin = entry.path().join("bin");
            bin.is_dir().then_some((version, bin))
        })
        .collect();
    found.sort_unstable_by(|left, right| right.cmp(left));
    found.into_iter().map(|(_, bin)| bin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_comes_first() {
        let root = tempfile::tempdir().unwrap();
        for name in ["9", "15", "16", "common"] {
            std::fs::create_dir_all(root.path().join(name).join("bin")).unwrap();
        }
        let found = versioned(root.path());
        assert_eq!(found, ["16", "15", "9"].map(|name| root.path().join(name).join("bin")));
        std::fs::write(found[1].join("only-here"), "").unwrap();
        assert_eq!(find("only-here", &found), Some(found[1].join("only-here")));
        assert_eq!(find("no-such-program-anywhere", &found), None);
    }
}
