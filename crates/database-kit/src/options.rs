//! How a database driver is configured.

use std::path::PathBuf;

use hansa_model::quantity::Size;
use serde::Deserialize;

use crate::backups::BackupPlaces;
use crate::secret::Secret;
use crate::server::home::Managed;

/// The configuration of a database driver.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Options {
    /// The server that the databases are made on.
    pub server: ServerOptions,
    /// The driver's own directory, above all for the passwords of services.
    pub state: PathBuf,
    /// A directory for the last dumps of terminated databases; below `state` when absent.
    #[serde(default)]
    pub dumps: Option<PathBuf>,
    /// Where backups go.
    #[serde(default)]
    pub backups: BackupPlaces,
    /// How buyers reach the server, where that is not how the driver reaches it.
    #[serde(default)]
    pub publish: Option<Published>,
    /// What there is in all.
    pub capacity: Capacity,
}

/// The server that databases are made on.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ServerOptions {
    /// One that is there, by the URL of its administrator with the password.
    Url(Secret),
    /// One that the driver starts and keeps itself.
    Managed(Managed),
}

/// How buyers reach the server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// The host.
    pub host: String,
    /// The port; the server's own when absent.
    #[serde(default)]
    pub port: Option<u16>,
}

/// What a server has for databases in all.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Space for their data.
    pub storage: Size,
    /// How many there may be.
    pub instances: u32,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn options_read_as_people_write_them() {
        let options: Options = serde_json::from_value(json!({
            "server": {"managed": {"data": "/var/lib/hansa/postgres"}},
            "state": "/var/lib/hansa/state",
            "backups": {"here": "/var/backups/hansa"},
            "publish": {"host": "db.example.org"},
            "capacity": {"storage": "500 GiB", "instances": 40},
        }))
        .unwrap();
        assert!(matches!(options.server, ServerOptions::Managed(managed) if !managed.outlive));
    }

    #[test]
    fn unknown_fields_are_refused_and_secrets_are_hidden() {
        let read = |server| {
            let capacity = json!({"storage": "1 GiB", "instances": 1});
            serde_json::from_value::<Options>(json!({"server": server, "state": "/s", "capacity": capacity}))
        };
        assert!(read(json!({"managed": {"data": "/d", "colour": "red"}})).is_err());
        assert!(read(json!({"unmanaged": {}})).is_err());
        let options = read(json!({"url": "postgres://admin:hunter2@db/postgres"})).unwrap();
        assert!(!format!("{options:?}").contains("hunter2"));
    }
}
