//! Dump files: made by a program of the server, named only when they are whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use hansa_agent::driver::DriverError;
use hansa_model::id::ServiceId;
use tokio::process::Command;

use crate::files::{private_directory, remove_if_there, sync_directory};
use crate::name::Name;

/// Last dumps of terminated databases, one file for each service.
#[derive(Debug)]
pub struct LastDumps {
    /// Where they are kept.
    pub directory: PathBuf,
    /// How their names end, without the dot.
    pub suffix: &'static str,
}

impl LastDumps {
    /// Where the dump of the service is, or is to be.
    #[must_use]
    pub fn file(&self, service: ServiceId) -> PathBuf {
        self.directory.join(format!("{service}.{}", self.suffix))
    }
}

/// A dump that is being written. It gets its name only when it is whole.
#[derive(Debug)]
pub struct Unfinished {
    draft: PathBuf,
    file: PathBuf,
}

impl Unfinished {
    /// Begins the dump that is to become `file`, in a directory that only its owner may enter.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn begin(file: PathBuf) -> io::Result<Self> {
        if let Some(directory) = file.parent() {
            private_directory(directory)?;
        }
        let mut draft = file.clone().into_os_string();
        draft.push(".partial");
        let draft = PathBuf::from(draft);
        remove_if_there(&draft)?;
        Ok(Self { draft, file })
    }

    /// Where to write to.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.draft
    }

    /// Gives the dump its name, once it is on the disk.
    ///
    /// # Errors
    /// Whatever the file system says, as when the service was terminated meanwhile.
    pub fn finish(self) -> io::Result<PathBuf> {
        fs::File::open(&self.draft)?.sync_all()?;
        fs::rename(&self.draft, &self.file)?;
        if let Some(directory) = self.file.parent() {
            sync_directory(directory)?;
        }
        Ok(self.file)
    }
}

/// Runs the program that dumps the database `name`. It ends when nobody waits for it any more.
///
/// # Errors
/// [`DriverError::Unavailable`] with what the program said.
pub async fn run(name: &Name, command: &mut Command) -> Result<(), DriverError> {
    let failed = |reason: &str| DriverError::Unavailable(format!("the dump of {name} failed: {reason}"));
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await;
    let output = output.map_err(|error| failed(&error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(failed(&String::from_utf8_lossy(&output.stderr).trim().replace('\n', " / ")))
}
