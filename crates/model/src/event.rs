//! What happened: the stream of events, and the audit log.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::id::{EventId, ParticipantId, ProjectId, TenantId};
use crate::time::Timestamp;

/// Something that happened. Delivered at least once, in order for each subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Its identifier, the same in every delivery.
    pub id: EventId,
    /// Its place in the stream; the cursor to go on from.
    pub sequence: u64,
    /// What happened: `order.fulfilled`, `service.active`, `agent.silent`.
    pub kind: String,
    /// What it happened to: an identifier.
    pub subject: String,
    /// The project concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// When.
    pub at: Timestamp,
    /// More about it; never a secret.
    pub data: Value,
}

/// Who may see an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audience {
    /// The buyer's tenant.
    pub tenant: Option<TenantId>,
    /// The provider concerned.
    pub provider: Option<ParticipantId>,
}

/// One row of the audit log: append-only, each row carries the hash of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditRow {
    /// Its place in the log, from 1, without gaps.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// Who did it: a member's or agent's identifier, or `exchange`.
    pub actor: String,
    /// What was done: the operation's name.
    pub action: String,
    /// To what: an identifier.
    pub subject: String,
    /// More about it; never a secret.
    pub detail: Value,
    /// SHA-256 over the hash of the row before and this row, in hex.
    pub hash: String,
}

/// The outcome of checking the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditVerification {
    /// How many rows were checked.
    pub rows: u64,
    /// The hash of the last row, to be kept elsewhere.
    pub head: String,
    /// The first row that was tampered with; absent when all is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_at: Option<u64>,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}
