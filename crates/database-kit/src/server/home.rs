//! The directory of a private server: its data, administrator's password, port, and log.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::ServerError;
use crate::files::{read_if_there, write_private};
use crate::secret::Secret;

/// A server that the driver starts and keeps itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Managed {
    /// Where its data, password, port and log are kept.
    pub data: PathBuf,
    /// The address it listens at.
    #[serde(default = "loopback")]
    pub listen: IpAddr,
    /// Whether it goes on when the agent ends; the next agent takes it over.
    #[serde(default)]
    pub outlive: bool,
}

const fn loopback() -> IpAddr {
    IpAddr::V4(Ipv4Addr::LOCALHOST)
}

impl Managed {
    /// A server with its files in `data`, on loopback, that ends with the agent.
    #[must_use]
    pub fn at(data: impl Into<PathBuf>) -> Self {
        Self { data: data.into(), listen: loopback(), outlive: false }
    }
}

/// The address under which this machine itself reaches a server that listens at `listen`.
#[must_use]
pub fn reached_at(listen: IpAddr) -> IpAddr {
    if listen.is_unspecified() { loopback() } else { listen }
}

/// The directory of one private server.
#[derive(Debug, Clone)]
pub struct Home {
    path: PathBuf,
}

impl Home {
    /// Makes the directory where there is none. The server's account may pass through, nobody may look around.
    ///
    /// # Errors
    /// [`ServerError::File`] when it can't be made.
    pub fn ensure(path: &Path) -> Result<Self, ServerError> {
        fs::create_dir_all(path)
            .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o711)))
            .and_then(|()| path.canonicalize())
            .map(|path| Self { path })
            .map_err(|source| ServerError::file(path, source))
    }

    /// A file or directory in it.
    #[must_use]
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The directory itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The server's log.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.join("log")
    }

    /// The administrator's password; a new random one when there is none yet.
    ///
    /// # Errors
    /// [`ServerError::File`] when it can't be read or written.
    pub fn password(&self) -> Result<Secret, ServerError> {
        let path = self.join("password");
        let known = read_if_there(&path).map_err(|source| ServerError::file(&path, source))?;
        if let Some(text) = known {
            return Ok(Secret::from(text));
        }
        let fresh = Secret::random();
        write_private(&path, fresh.reveal()).map_err(|source| ServerError::file(&path, source))?;
        Ok(fresh)
    }

    /// Notes the process of the server.
    ///
    /// # Errors
    /// [`ServerError::File`] when it can't be written.
    pub fn keep_pid(&self, pid: i32) -> Result<(), ServerError> {
        let path = self.join("pid");
        write_private(&path, &pid.to_string()).map_err(|source| ServerError::file(&path, source))
    }

    /// The port that it last listened at.
    ///
    /// # Errors
    /// [`ServerError::File`] when it can't be read.
    pub fn port(&self) -> Result<Option<u16>, ServerError> {
        let path = self.join("port");
        let text = read_if_there(&path).map_err(|source| ServerError::file(&path, source))?;
        Ok(text.and_then(|text| text.trim().parse().ok()))
    }

    /// Notes the port that it listens at.
    ///
    /// # Errors
    /// [`ServerError::File`] when it can't be written.
    pub fn keep_port(&self, port: u16) -> Result<(), ServerError> {
        let path = self.join("port");
        write_private(&path, &port.to_string()).map_err(|source| ServerError::file(&path, source))
    }
}
