//! Proposals: what could be better about services that run, or no longer holds.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::evidence::Lack;
use crate::id::{OrderId, ProjectId, ProposalId};
use crate::money::Money;
use crate::name::Name;
use crate::package::Package;
use crate::quantity::Size;
use crate::time::Timestamp;

/// Why a proposal is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Everything that was asked for still holds, and something else is worth the move.
    Better,
    /// Something that was asked for no longer holds.
    MustMove,
}

/// Something that was asked for and no longer holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The component; absent for what is asked of several together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<Name>,
    /// How people name the offer that it runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
    /// The requirement, as a path: `seal`, `certifications.ISO27001`, `rtt`, `budget`.
    pub requirement: String,
    /// What is required.
    pub required: String,
    /// What is so instead.
    pub offered: String,
    /// Which criteria bind and what evidence is missing for them, where that is known: three at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Lack>,
}

/// Instances that would go elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Move {
    /// The component.
    pub component: Name,
    /// How many instances.
    pub count: u32,
    /// How people name the offer that they run on.
    pub from: String,
    /// How people name the offer that they would run on; the same one where it is cheaper today.
    pub to: String,
    /// What they cost a month by contract, without traffic.
    pub from_monthly: Money,
    /// What they would cost a month, without traffic.
    pub to_monthly: Money,
    /// How much data they have at most.
    pub data: Size,
}

/// What a move costs once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Switching {
    /// One-off prices of what is new.
    pub one_off: Money,
    /// What the providers that are left charge for sending the data out.
    pub egress: Money,
    /// What being away for the move counts as.
    pub downtime: Money,
}

/// Where running services could go instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Alternative {
    /// What would move; what is not named stays, at the price of its contract.
    pub moves: Vec<Move>,
    /// What everything would cost a month, traffic included.
    pub monthly: Money,
    /// How much less that is than now; negative when it is more.
    pub saving: Money,
    /// How much less carbon would be emitted a month, in kg CO2 equivalent; negative when it is more.
    pub carbon_saving: f64,
    /// What the move costs once.
    pub switching: Switching,
    /// Over how many months gains are counted.
    pub horizon_months: u32,
    /// What carbon saved over the horizon counts as, by the buyer's weights.
    pub carbon_worth: Money,
    /// What must be gained beyond the cost of the move.
    pub hysteresis: Money,
    /// What is gained over the horizon when the move is paid for.
    pub net: Money,
    /// After how many days the move has paid for itself; absent when it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pays_back_days: Option<u32>,
    /// Where everything would be, what stays included. Its proof is of what is gained, in micro units of money over
    /// the horizon.
    pub package: Package,
}

/// What is to be said about services that run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Advice {
    /// Why anything is to be said.
    pub cause: Cause,
    /// What no longer holds; empty when all does.
    pub failures: Vec<Failure>,
    /// What runs costs a month by contract, traffic included.
    pub monthly: Money,
    /// Where to go; absent when nothing on the market meets all that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternative: Option<Alternative>,
    /// The version of the catalogue that was searched.
    pub catalogue_version: u64,
}

/// Where a proposal stands in its lifecycle (see [`crate::lifecycle::PROPOSAL`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProposalState {
    /// It holds now.
    Open,
    /// A newer one took its place.
    Superseded,
    /// It is no longer true.
    Withdrawn,
    /// The buyer does not want it.
    Dismissed,
}

/// What the exchange proposes to the buyer of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// Its identifier.
    pub id: ProposalId,
    /// The order that made the services.
    pub order: OrderId,
    /// The project that pays for them.
    pub project: ProjectId,
    /// The application's name.
    pub application: Name,
    /// Where it stands.
    pub state: ProposalState,
    /// What is proposed, and why.
    pub advice: Advice,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
