//! What is remembered between commands: contexts with an exchange, a token and a project, in a file for its owner
//! alone.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::failure::{Exit, Failure};

/// The exchange that is meant when nothing says otherwise.
pub const DEFAULT_EXCHANGE: &str = "http://127.0.0.1:7443";

/// One exchange and who one is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The address of the exchange.
    pub exchange: String,
    /// The token; a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The project that commands are about: name or identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

/// Every context, and the one in use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profiles {
    /// The name of the context in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// The contexts by name.
    #[serde(default)]
    pub contexts: BTreeMap<String, Context>,
}

/// The directory of the file: `$HANSA_CONFIG`, or `hansa` in the user's configuration.
fn directory() -> PathBuf {
    let of = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    of("HANSA_CONFIG").unwrap_or_else(|| {
        let base = of("XDG_CONFIG_HOME").or_else(|| of("HOME").map(|home| home.join(".config")));
        base.unwrap_or_default().join("hansa")
    })
}

/// The file of the contexts.
#[must_use]
pub fn path() -> PathBuf {
    directory().join("contexts.yaml")
}

impl Profiles {
    /// Reads the file; without one there are no contexts.
    ///
    /// # Errors
    /// When it can't be read, holds something else, or others can read it.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            read => read.with_context(|| format!("{} can't be read", path.display()))?,
        };
        if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
            let message = format!("others can read {}, which holds tokens", path.display());
            let failure = Failure::new(Exit::Refused, "exposed-credentials", message);
            return Err(failure.hint(format!("run `chmod 600 {}`", path.display())).into());
        }
        yaml_serde::from_str(&text).map_err(|error| {
            let message = format!("{} holds no contexts: {error}", path.display());
            let failure = Failure::new(Exit::Failure, "unreadable-contexts", message);
            failure.hint("mend it, or move it away and log in again: `hansa login --exchange URL`").into()
        })
    }

    /// Writes the file, readable for its owner alone. A crash leaves either the old file or the new one.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn save(&self, path: &Path) -> anyhow::Result<()> {
        let write = || -> anyhow::Result<()> {
            if let Some(directory) = path.parent() {
                fs::create_dir_all(directory)?;
            }
            let draft = path.with_extension("new");
            _ = fs::remove_file(&draft);
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
            file.write_all(yaml_serde::to_string(self)?.as_bytes())?;
            file.sync_all()?;
            Ok(fs::rename(&draft, path)?)
        };
        write().with_context(|| format!("{} can't be written", path.display()))
    }

    /// The context with this name, or the one in use.
    ///
    /// # Errors
    /// When a context is named that does not exist.
    pub fn select(&self, name: Option<&str>) -> anyhow::Result<Option<(&str, &Context)>> {
        let Some(name) = name.or(self.current.as_deref()) else { return Ok(None) };
        let found = self.contexts.get_key_value(name).ok_or_else(|| {
            let known: Vec<_> = self.contexts.keys().map(String::as_str).collect();
            Failure::not_found("context", name).hint(match known.as_slice() {
                [] => "none is remembered yet: `hansa login --exchange URL`".to_owned(),
                known => format!("there are: {}", known.join(", ")),
            })
        })?;
        Ok(Some((found.0, found.1)))
    }
}
