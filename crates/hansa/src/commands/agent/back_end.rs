//! What an agent is to deliver at a site, as it is asked for on the command line.

use std::str::FromStr;

use hansa_model::kind::KindId;
use hansa_model::name::Name;

/// A driver at a site: `leiden-1=qemu`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BackEnd {
    pub(super) site: Name,
    pub(super) driver: DriverName,
}

/// A driver that can be configured from what a machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DriverName {
    Qemu,
    Postgres,
    MariaDb,
    Simulated(KindId),
}

/// Why a text is no driver at a site.
#[derive(Debug, thiserror::Error)]
#[error("write it as SITE=qemu, SITE=postgres, SITE=mariadb or SITE=simulated:KIND")]
pub(super) struct NotUnderstood;

impl FromStr for BackEnd {
    type Err = NotUnderstood;

    fn from_str(text: &str) -> Result<Self, NotUnderstood> {
        let (site, driver) = text.split_once('=').ok_or(NotUnderstood)?;
        let site = site.parse().map_err(|_| NotUnderstood)?;
        let driver = match driver {
            "qemu" => DriverName::Qemu,
            "postgres" => DriverName::Postgres,
            "mariadb" => DriverName::MariaDb,
            other => {
                let kind = other.strip_prefix("simulated:").ok_or(NotUnderstood)?;
                DriverName::Simulated(kind.parse().map_err(|_| NotUnderstood)?)
            }
        };
        Ok(Self { site, driver })
    }
}
