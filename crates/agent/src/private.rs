//! Directories that nobody else may look into.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Makes the directory, for its owner alone, if it is not there. Those above it stay open to pass through, since
/// accounts of back ends may have theirs beside it.
pub(crate) fn make(directory: &Path) -> io::Result<()> {
    if let Some(above) = directory.parent() {
        fs::create_dir_all(above)?;
    }
    DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_directory_is_closed_and_those_above_are_not() {
        let home = tempfile::tempdir().unwrap();
        let above = home.path().join("hansa");
        let directory = above.join("agent");
        make(&directory).unwrap();
        make(&directory).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&directory), 0o700);
        assert_ne!(mode(&above) & 0o100, 0);
        assert_ne!(mode(&above), 0o700, "others pass through");
    }
}
