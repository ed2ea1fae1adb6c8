//! The protocol between an exchange and the agents of providers: enrolment, assignments, reports.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::console::{ConsoleAccess, ConsoleAsk};
use crate::id::{AgentId, ParticipantId, ServiceId, UsageId};
use crate::kind::{KindId, Resource};
use crate::name::Name;
use crate::service::{Assignment, MetricSample, Observation};
use crate::time::Timestamp;
use crate::usage::{Usage, UsageRefusal};

/// What can be done with a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Give it other properties.
    Resize,
    /// Stop it, keeping its data.
    Stop,
    /// Start it again.
    Start,
    /// Make a last dump of its data when it is terminated.
    Dump,
}

/// What a driver can do at a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Capability {
    /// The driver: `qemu`, `postgres`, `mariadb`, `simulated`.
    pub driver: String,
    /// The site.
    pub site: Name,
    /// The service kind.
    pub kind: KindId,
    /// The actions beyond create and terminate.
    pub actions: Vec<Action>,
    /// The images it has, with the SHA-256 of each artefact.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub images: BTreeMap<String, String>,
    /// What the site has for this kind in all, by resource.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub capacity: BTreeMap<Resource, i64>,
    /// Whether nothing behind it is real.
    #[serde(default)]
    pub simulated: bool,
    /// What it can show of the consoles of its services.
    #[serde(default, skip_serializing_if = "ConsoleAccess::is_none")]
    pub console: ConsoleAccess,
}

/// A request for a one-time enrolment token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewEnrolment {
    /// What the agent will be called, unique within the provider.
    pub name: Name,
}

/// A one-time token that lets one agent enrol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Enrolment {
    /// The token; a secret, shown once.
    pub token: String,
    /// The agent's name.
    pub name: Name,
    /// When the token stops working.
    pub expires_at: Timestamp,
}

/// What an agent sends to enrol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnrolRequest {
    /// The one-time token.
    pub token: String,
    /// The agent's Ed25519 public key, 32 bytes in base64url without padding.
    pub public_key: String,
}

/// A provider's process that makes services real.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    /// Its identifier.
    pub id: AgentId,
    /// Whose it is.
    pub provider: ParticipantId,
    /// Its name, unique within the provider.
    pub name: Name,
    /// What it can do, as it last said.
    pub capabilities: Vec<Capability>,
    /// Its software version.
    pub version: String,
    /// When it enrolled.
    pub enrolled_at: Timestamp,
    /// When it last reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    /// Whether it reported lately.
    pub online: bool,
    /// What its back ends hold that the exchange knows nothing of.
    pub orphans: Vec<String>,
    /// When its right to speak was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

/// The answer of a long poll: every assignment that changed after the cursor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Assignments {
    /// The exchange's time when it answered. Agents go by it, so that their own clocks may be wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// What to send as cursor next time. The cursor 0 asks for everything.
    pub cursor: u64,
    /// The intents, each the latest of its service.
    pub assignments: Vec<Assignment>,
    /// Consoles that somebody wants to see now. Each is asked for once; who does not answer within seconds is not
    /// waited for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consoles: Vec<ConsoleAsk>,
}

/// What an agent tells: numbered, so that a repetition has no effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The number of this report; each is one more than the last that was acknowledged.
    pub number: u64,
    /// The agent's software version.
    pub version: String,
    /// When it was made, by the agent's clock.
    pub at: Timestamp,
    /// What it can do; absent when unchanged since the last report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Vec<Capability>>,
    /// What it saw of its services.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<Observation>,
    /// What was used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<Usage>,
    /// What was measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<MetricSample>,
    /// What the back ends hold, by tag; absent when not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inventory: Option<Vec<InventoryItem>>,
}

/// Something that a back end holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InventoryItem {
    /// The driver that found it.
    pub driver: String,
    /// The back end's own name for it.
    pub name: String,
    /// The service that it is tagged with; absent for what carries no readable tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
}

/// A usage record that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefusedUsage {
    /// The record.
    pub id: UsageId,
    /// Why.
    pub reason: UsageRefusal,
}

/// The answer to a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportReceipt {
    /// The number of the last report that was taken: of this one, or of a later one when the agent lost its
    /// journal; then it sends this one again with the next number.
    pub number: u64,
    /// The usage that was not taken; it need not be sent again.
    pub refused: Vec<RefusedUsage>,
}
