//! Services: the running (or intended) components of orders, and what their agents say about them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::application::Config;
use crate::console::ConsoleAccess;
use crate::id::{OfferId, OrderId, ParticipantId, ProjectId, ServiceId, SiteId};
use crate::kind::{KindId, Properties};
use crate::money::Money;
use crate::name::Name;
use crate::time::Timestamp;

/// Where a service stands in its lifecycle (see [`crate::lifecycle::SERVICE`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ServiceState {
    /// Ordered, and waiting for what it is linked to.
    Requested,
    /// Its agent is making it.
    Provisioning,
    /// It runs.
    Active,
    /// It is there but does not run, as its buyer wished.
    Stopped,
    /// It is there but was paused by the exchange.
    Suspended,
    /// Its agent sees that something is wrong with it.
    Degraded,
    /// Its agent has been silent for too long; the workload is left alone.
    Unreachable,
    /// Its agent is taking it down.
    Terminating,
    /// It is gone; its agent proved it.
    Terminated,
}

/// The state that a service should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Desired {
    /// Running.
    Running,
    /// There, but not running.
    Stopped,
    /// Gone.
    Terminated,
}

/// What an agent saw of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Observed {
    /// Work on it has begun.
    Pending,
    /// It runs.
    Running,
    /// It is there but does not run.
    Stopped,
    /// Something is wrong with it; the agent goes on trying.
    Failed,
    /// The back end has no trace of it.
    Absent,
}

/// How others reach a service. The password is shown only to those who may see the connection.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// The scheme of its address: `postgres`, `mysql`, `http`, `ssh`.
    pub scheme: String,
    /// The host that it is reached at.
    pub host: String,
    /// The port that it is reached at.
    pub port: u16,
    /// The user to log in as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The password to log in with; a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// The published ports by name, where the service has several.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ports: BTreeMap<String, u16>,
}

impl fmt::Debug for Connection {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("scheme", &self.scheme)
            .field("host", &self.host)
            .field("port", &self.port)
            .field("user", &self.user)
            .field("database", &self.database)
            .field("ports", &self.ports)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// The address as a URL: `postgres://user:password@host:port/database`.
    #[must_use]
    pub fn url(&self) -> String {
        let credentials = match (&self.user, &self.password) {
            (Some(user), Some(password)) => format!("{user}:{password}@"),
            (Some(user), None) => format!("{user}@"),
            (None, _) => String::new(),
        };
        let path = self.database.as_deref().map(|name| format!("/{name}")).unwrap_or_default();
        format!("{}://{credentials}{}:{}{path}", self.scheme, self.host, self.port)
    }

    /// The value that `${component.field}` stands for; `None` for a field that it does not have.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        match name {
            "url" => Some(self.url()),
            "host" => Some(self.host.clone()),
            "port" => Some(self.port.to_string()),
            "user" => self.user.clone(),
            "password" => self.password.clone(),
            "database" => self.database.clone(),
            other => self.ports.get(other).map(ToString::to_string),
        }
    }

    /// The same without its password.
    #[must_use]
    pub fn without_secret(&self) -> Self {
        Self { password: None, ..self.clone() }
    }
}

/// What its agent last saw of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Observation {
    /// The service.
    pub service: ServiceId,
    /// The generation of the intent that it applies to.
    pub generation: u64,
    /// What was seen.
    pub state: Observed,
    /// When.
    pub at: Timestamp,
    /// What is wrong or going on, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whether it failed for good: the back end can never do what this generation asks, and nothing is tried again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
    /// How others reach it, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<Connection>,
    /// How often it had to be started again without having been asked to.
    #[serde(default)]
    pub restarts: u32,
}

/// One running (or intended) component of an order at one provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// Its identifier.
    pub id: ServiceId,
    /// The order that made it.
    pub order: OrderId,
    /// Whose it is.
    pub project: ProjectId,
    /// The component of the application.
    pub component: Name,
    /// Which of the component's instances, from 0.
    pub instance: u32,
    /// What it is.
    pub kind: KindId,
    /// The offer it was ordered on.
    pub offer: OfferId,
    /// The version of the offer; its prices hold.
    pub offer_version: u32,
    /// How people name the offer: `provider/site/sku`.
    pub offer_key: String,
    /// Who delivers it.
    pub provider: ParticipantId,
    /// The provider's short name.
    pub provider_name: Name,
    /// Where.
    pub site: SiteId,
    /// The site's short name.
    pub site_name: Name,
    /// The properties that it should have.
    pub properties: Properties,
    /// Where it stands.
    pub state: ServiceState,
    /// The state that it should have.
    pub desired: Desired,
    /// The number of the intent; it rises with every change.
    pub generation: u64,
    /// The last thing that its agent saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observation: Option<Observation>,
    /// What its provider can show of its console.
    #[serde(default)]
    pub console: ConsoleAccess,
    /// What it is expected to cost in a month.
    pub monthly: Money,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// When it first was active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_at: Option<Timestamp>,
    /// Since when its agent has been silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable_since: Option<Timestamp>,
    /// When it was gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminated_at: Option<Timestamp>,
}

/// The intent of one service as handed to its agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// The service.
    pub service: ServiceId,
    /// The number of the intent. What is older than what was applied is ignored.
    pub generation: u64,
    /// The state that it should have.
    pub desired: Desired,
    /// The site it belongs to.
    pub site: Name,
    /// What it is.
    pub kind: KindId,
    /// The provider's own name for the offer.
    pub sku: String,
    /// The component's name, for people who look at the back end.
    pub component: Name,
    /// The properties that it should have.
    pub properties: Properties,
    /// What it is given to work with; texts may name linked components.
    pub config: Config,
    /// How the linked components are reached, with their secrets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub connections: BTreeMap<String, Connection>,
    /// Whether a last dump of the data is made when it is terminated.
    #[serde(default)]
    pub dump_on_termination: bool,
}

/// One value of a metric of a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricSample {
    /// The service.
    pub service: ServiceId,
    /// When it was measured.
    pub at: Timestamp,
    /// Its name: `cpu.percent`, `memory.bytes`, `disk.bytes`, `connections`.
    pub name: String,
    /// The value.
    pub value: f64,
}

/// The history of one metric of a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricSeries {
    /// The metric's name.
    pub name: String,
    /// When each value was measured, rising.
    pub at: Vec<Timestamp>,
    /// The values.
    pub values: Vec<f64>,
}

/// Who waits for what, since when, and who must act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// What was asked about: an order's or service's identifier.
    pub subject: String,
    /// Where it stands.
    pub state: String,
    /// What it waits for, in a sentence; `nothing` when it is where it should be.
    pub waiting_for: String,
    /// Since when.
    pub since: Timestamp,
    /// Who must act: `buyer`, `provider NAME`, `exchange`, `nobody`.
    pub who: String,
    /// Until when at the latest, and what happens then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// What can be done now.
    pub next: Vec<String>,
}
