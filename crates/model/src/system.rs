//! The exchange as a running system.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::time::Timestamp;

/// How the exchange runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct System {
    /// The version of the software.
    pub version: String,
    /// How the exchange is called in tokens and quotes: its address.
    pub issuer: String,
    /// When this process began.
    pub started_at: Timestamp,
    /// What the exchange's clock shows.
    pub now: Timestamp,
    /// The zone whose calendar months are billed.
    pub billing_zone: String,
    /// What the exchange keeps of each charge, in hundredths of a per cent.
    pub commission_bp: u32,
    /// The database.
    pub database: Database,
    /// How much there is of what.
    pub counts: Counts,
    /// The backups that this exchange made and that are still there, the newest first.
    pub backups: Vec<Backup>,
    /// Whether `POST /v1/system/backups` makes one; databases on a server of their own are backed up there.
    pub makes_backups: bool,
}

/// The database that everything is kept in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Database {
    /// `SQLite` or `PostgreSQL`.
    pub engine: String,
    /// Its version.
    pub version: String,
    /// How many bytes it takes.
    pub bytes: u64,
    /// The newest migration that was run.
    pub schema: u32,
}

/// How much there is of what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Participants.
    pub participants: u64,
    /// Orders by state.
    pub orders: BTreeMap<String, u64>,
    /// Services by state.
    pub services: BTreeMap<String, u64>,
    /// Offers by state.
    pub offers: BTreeMap<String, u64>,
    /// Agents that may speak.
    pub agents: u64,
    /// Agents that reported lately.
    pub agents_online: u64,
    /// Orders at work.
    pub sagas: u64,
    /// Events and audit rows that wait to be put in their order; more than a few for long means trouble.
    pub waiting: u64,
    /// Events so far.
    pub events: u64,
    /// Rows of the audit log.
    pub audit_rows: u64,
}

/// A copy of the whole database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Backup {
    /// Its file in the exchange's directory for backups.
    pub file: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// When it was made.
    pub at: Timestamp,
}
