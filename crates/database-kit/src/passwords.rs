//! The passwords of services. A database server keeps only their hashes, so the driver keeps the passwords.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use hansa_model::id::ServiceId;

use crate::files::{private_directory, read_if_there, remove_if_there, sync_directory, write_private};
use crate::secret::Secret;

/// A directory with one file for each service.
///
/// A new password is first a draft: it is on the disk before the server hears of it, and is confirmed after
/// the server took it. A crash in between leaves the draft, which is then given to the server again.
#[derive(Debug)]
pub struct Passwords {
    directory: PathBuf,
}

impl Passwords {
    /// The passwords in `directory`, which is made where there is none.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn open(directory: &Path) -> io::Result<Self> {
        private_directory(directory)?;
        Ok(Self { directory: directory.to_owned() })
    }

    /// The password that the server has taken.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn confirmed(&self, service: ServiceId) -> io::Result<Option<Secret>> {
        Ok(read_if_there(&self.file(service))?.map(Secret::from))
    }

    /// The password to give to the server: the one it has, or the draft of an earlier try, or a new one.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn draft(&self, service: ServiceId) -> io::Result<Secret> {
        if let Some(known) = self.confirmed(service)? {
            return Ok(known);
        }
        let draft = self.draft_file(service);
        if let Some(text) = read_if_there(&draft)? {
            return Ok(Secret::from(text));
        }
        let fresh = Secret::random();
        write_private(&draft, fresh.reveal())?;
        Ok(fresh)
    }

    /// Notes that the server has taken the draft.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn confirm(&self, service: ServiceId) -> io::Result<()> {
        match fs::rename(self.draft_file(service), self.file(service)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => sync_directory(&self.directory),
        }
    }

    /// Removes what is kept for the service.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn forget(&self, service: ServiceId) -> io::Result<()> {
        remove_if_there(&self.draft_file(service))?;
        remove_if_there(&self.file(service))
    }

    fn file(&self, service: ServiceId) -> PathBuf {
        self.directory.join(service.to_string())
    }

    fn draft_file(&self, service: ServiceId) -> PathBuf {
        self.directory.join(format!("{service}.new"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_stays_the_same_until_it_is_confirmed_and_after() {
        let directory = tempfile::tempdir().unwrap();
        let passwords = Passwords::open(&directory.path().join("passwords")).unwrap();
        let service = ServiceId::new();
        let draft = passwords.draft(service).unwrap();
        assert_eq!(passwords.confirmed(service).unwrap(), None);
        assert_eq!(passwords.draft(service).unwrap(), draft);
        passwords.confirm(service).unwrap();
        passwords.confirm(service).unwrap();
        assert_eq!(passwords.confirmed(service).unwrap(), Some(draft.clone()));
        assert_eq!(passwords.draft(service).unwrap(), draft);
        passwords.forget(service).unwrap();
        passwords.forget(service).unwrap();
        assert_ne!(passwords.draft(service).unwrap(), draft);
    }
}
