//! The account that a server runs as.

use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::unistd::{Gid, Uid, User};

use super::ServerError;

/// The account that a server runs as: ours, or the server's own when we are root.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    other: Option<(Uid, Gid)>,
}

impl Account {
    /// Ours, or the account `name` when we are root, which database servers refuse to run as.
    ///
    /// # Errors
    /// [`ServerError::NoAccount`] when it is needed and missing.
    pub fn for_server(name: &'static str) -> Result<Self, ServerError> {
        if !Uid::effective().is_root() {
            return Ok(Self { other: None });
        }
        let user = User::from_name(name).ok().flatten().ok_or(ServerError::NoAccount(name))?;
        Ok(Self { other: Some((user.uid, user.gid)) })
    }

    /// A command of this account, cut off from our input and from the signals of our terminal, that works in
    /// `directory`.
    #[must_use]
    pub fn command(self, program: &Path, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(directory).stdin(std::process::Stdio::null()).process_group(0).env("LC_ALL", "C.UTF-8");
        if let Some((uid, gid)) = self.other {
            command.uid(uid.as_raw()).gid(gid.as_raw());
        }
        command
    }

    /// Hands a file or directory (not what is in it) to this account.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn own(self, path: &Path) -> io::Result<()> {
        match self.other {
            Some((uid, gid)) => chown(path, Some(uid.as_raw()), Some(gid.as_raw())),
            None => Ok(()),
        }
    }

    /// The number of the account, to tell caches of different accounts apart.
    #[must_use]
    pub fn number(self) -> u32 {
        self.other.map_or_else(Uid::effective, |(uid, _)| uid).as_raw()
    }
}
