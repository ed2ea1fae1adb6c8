//! Where the programs of PostgreSQL are.

use std::path::{Path, PathBuf};

use hansa_database_kit::server::ServerError;
use hansa_database_kit::server::programs::{find, versioned};

/// Debian keeps each version's programs out of PATH.
const ROOT: &str = "/usr/lib/postgresql";

/// The directory with the programs of one version.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    directory: PathBuf,
}

impl Programs {
    /// Those of the major `version`, or of the newest that is installed.
    pub(crate) fn find(version: Option<&str>) -> Result<Self, ServerError> {
        let missing = ServerError::NoProgram { program: "postgres", package: "postgresql" };
        let directories = match version {
            Some(version) => vec![Path::new(ROOT).join(version).join("bin")],
            None => versioned(Path::new(ROOT)),
        };
        let postgres = find("postgres", &directories).ok_or(missing)?;
        Ok(Self { directory: postgres.parent().map(Path::to_owned).unwrap_or_default() })
    }

    /// The program called `name`.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}
