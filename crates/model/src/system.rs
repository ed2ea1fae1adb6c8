//! The exchange as a running system.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{OrderId, ProjectId};
use crate::name::Name;
use crate::order::{Direction, OrderKind, OrderState};
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
    /// How it is set up.
    pub settings: Vec<Setting>,
}

/// One thing that the exchange is set up with. Settings are options of `hansa serve`, or the same everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    /// What it is, as its option is called where there is one: `evidence-refresh`, `quote-lifetime`.
    #[schema(example = "quote-lifetime")]
    pub name: String,
    /// What it is set to, for people: `1 h`, `operators`.
    #[schema(example = "1 h")]
    pub value: String,
}

/// What the exchange is working on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AtWork {
    /// The orders that have not ended, those in trouble first, then those that are at their step for longest.
    pub orders: Vec<OrderAtWork>,
    /// How many there are in all, should that be more than are shown.
    pub total: u64,
    /// The jobs of the process that answered, those in trouble first.
    pub jobs: Vec<Job>,
}

/// An order that has not ended, and where its saga is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderAtWork {
    /// The order.
    pub order: OrderId,
    /// The project that it is for.
    pub project: ProjectId,
    /// The application that is made; absent for changes of what runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<Name>,
    /// What it does.
    pub kind: OrderKind,
    /// Its state.
    pub state: OrderState,
    /// Whether the step is done or undone.
    pub direction: Direction,
    /// The step that it is at: `provision`.
    pub step: String,
    /// Since when it is at this step.
    pub since: Timestamp,
    /// How often in a row the step failed for reasons that may pass.
    pub failures: u32,
    /// What the step said last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// When it is looked at again at the latest.
    pub next_look: Timestamp,
}

/// Something that the exchange does now and then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its name: `relay`.
    pub name: String,
    /// Since when it is running; absent while it rests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running_since: Option<Timestamp>,
    /// When it ended last; absent before it first did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// When it runs again at the latest; absent while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
    /// How often it ran.
    pub runs: u64,
    /// How often in a row it failed.
    pub failures: u64,
    /// Why it failed last; absent once it worked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
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
