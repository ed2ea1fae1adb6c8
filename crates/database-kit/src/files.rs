//! Files that only their owner may read, written so that a crash leaves the old or the new text, never a part.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

/// Makes a directory, with those above it, that only its owner may enter.
///
/// # Errors
/// Whatever the file system says.
pub fn private_directory(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        other => other,
    }
}

/// Writes a file of mode 0600 and returns when it is on the disk.
///
/// # Errors
/// Whatever the file system says.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o600)).tempfile_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_directory(directory)
}

/// Returns when the names in a directory are on the disk.
///
/// # Errors
/// Whatever the file system says.
pub fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Reads a text file; `None` when there is none.
///
/// # Errors
/// Whatever the file system says, except that the file is missing.
pub fn read_if_there(path: &Path) -> io::Result<Option<String>> {
    absent_is_none(fs::read_to_string(path))
}

/// Removes a file or a directory with all that is in it; succeeds when there is none.
///
/// # Errors
/// Whatever the file system says, except that the path is missing.
pub fn remove_if_there(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    absent_is_none(removed).map(|_| ())
}

fn absent_is_none<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_private_and_whole() {
        let directory = tempfile::tempdir().unwrap();
        let inner = directory.path().join("a/b");
        private_directory(&inner).unwrap();
        private_directory(&inner).unwrap();
        let file = inner.join("secret");
        write_private(&file, "old and long").unwrap();
        write_private(&file, "new").unwrap();
        assert_eq!(read_if_there(&file).unwrap().as_deref(), Some("new"));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&inner).unwrap().permissions().mode() & 0o777, 0o700);
        remove_if_there(&file).unwrap();
        remove_if_there(&file).unwrap();
        assert_eq!(read_if_there(&file).unwrap(), None);
        remove_if_there(&inner).unwrap();
        assert!(!inner.exists());
    }
}
