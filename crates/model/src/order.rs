//! Quotes and orders.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::application::Application;
use crate::id::{MemberId, OrderId, ParticipantId, ProjectId, QuoteId, ServiceId};
use crate::kind::Properties;
use crate::money::Money;
use crate::name::Name;
use crate::package::Package;
use crate::time::Timestamp;

/// Where a quote stands in its lifecycle (see [`crate::lifecycle::QUOTE`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum QuoteState {
    /// Its price holds.
    Open,
    /// It became an order.
    Accepted,
    /// Its time is over.
    Expired,
    /// The buyer gave it up.
    Withdrawn,
}

/// A request for a quote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewQuote {
    /// The project that will pay.
    pub project: ProjectId,
    /// What is asked for.
    pub application: Application,
    /// The name of the package wanted; the chosen one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// Whether capacity is set aside until the quote expires.
    #[serde(default)]
    pub hold: bool,
}

/// A package with a price that holds until it expires.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Quote {
    /// Its identifier.
    pub id: QuoteId,
    /// The project that will pay.
    pub project: ProjectId,
    /// Where it stands.
    pub state: QuoteState,
    /// What was asked for.
    pub application: Application,
    /// What is offered.
    pub package: Package,
    /// Whether capacity is set aside until it expires.
    pub held: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops holding.
    pub expires_at: Timestamp,
    /// The same as a signed JSON Web Signature (EdDSA, compact form); its keys are at `/.well-known/jwks.json`.
    pub jws: String,
}

/// Where an order stands in its lifecycle (see [`crate::lifecycle::ORDER`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OrderState {
    /// Waits for approval.
    Submitted,
    /// Approved, or below the amount that needs it.
    Approved,
    /// Capacity is being held.
    Holding,
    /// All capacity is held.
    Committed,
    /// The agents are at work.
    Provisioning,
    /// Everything is as ordered.
    Fulfilled,
    /// Nobody approved it.
    Rejected,
    /// Something failed and is being undone.
    Compensating,
    /// It could not be done.
    Failed,
    /// It is being cancelled.
    Cancelling,
    /// It was cancelled.
    Cancelled,
}

/// What an order does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OrderKind {
    /// Makes the services of a quoted package.
    Create,
    /// Gives a service other properties.
    Resize,
    /// Stops services, keeping their data.
    Stop,
    /// Starts services again.
    Start,
    /// Takes services down.
    Terminate,
}

impl OrderKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Create, Self::Resize, Self::Stop, Self::Start, Self::Terminate];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Resize => "resize",
            Self::Stop => "stop",
            Self::Start => "start",
            Self::Terminate => "terminate",
        }
    }
}

/// A buyer's order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum NewOrder {
    /// Makes the services of a quoted package.
    Create {
        /// The quote, which must be open.
        quote: QuoteId,
    },
    /// Gives a service other properties, at the prices of its own offer.
    Resize {
        /// The service.
        service: ServiceId,
        /// The properties to change; the others stay.
        properties: Properties,
        /// What the service may cost in a month afterwards at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_monthly: Option<Money>,
    },
    /// Stops services, keeping their data.
    Stop {
        /// The services, at least one, all of one project.
        services: Vec<ServiceId>,
    },
    /// Starts services again.
    Start {
        /// The services, at least one, all of one project.
        services: Vec<ServiceId>,
    },
    /// Takes services down.
    Terminate {
        /// The services, at least one, all of one project.
        services: Vec<ServiceId>,
    },
}

impl NewOrder {
    /// What it does.
    #[must_use]
    pub const fn kind(&self) -> OrderKind {
        match self {
            Self::Create { .. } => OrderKind::Create,
            Self::Resize { .. } => OrderKind::Resize,
            Self::Stop { .. } => OrderKind::Stop,
            Self::Start { .. } => OrderKind::Start,
            Self::Terminate { .. } => OrderKind::Terminate,
        }
    }
}

/// What an order would do, before it is placed: nothing of it lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderPreview {
    /// What it does.
    pub kind: OrderKind,
    /// The project that it is for.
    pub project: ProjectId,
    /// The services that it changes; none for those that it makes.
    pub services: Vec<ServiceId>,
    /// What these services cost in a month now.
    pub monthly_before: Money,
    /// What they are expected to cost in a month afterwards.
    pub monthly: Money,
    /// What it costs once.
    pub one_off: Money,
    /// Whether somebody else has to approve it.
    pub needs_approval: bool,
    /// What the project is expected to cost in a month afterwards.
    pub project_monthly: Money,
    /// What the project may cost in a month at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
    /// Whether the budget suffices. Without it the order would fail.
    pub within_budget: bool,
}

/// Why an order is rejected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RejectOrder {
    /// What the one who ordered is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Why an order did not end as wished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// What happened.
    pub code: ReasonCode,
    /// The same in a sentence.
    pub message: String,
}

/// What kept an order from being fulfilled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonCode {
    /// Somebody with the right to do so rejected it, or nobody approved it in time.
    NotApproved,
    /// The buyer cancelled it.
    CancelledByBuyer,
    /// A site had no room left.
    CapacityExhausted,
    /// An agent had not reported for too long.
    OfferStale,
    /// The project's budget does not suffice.
    BudgetExceeded,
    /// An agent could not make a service.
    ProvisioningFailed,
    /// An agent did not finish in time.
    ProvisioningTimedOut,
    /// A fault of the exchange.
    InternalError,
}

/// A buyer's acceptance of a quote, or a change to what is running.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Its identifier.
    pub id: OrderId,
    /// The project that pays.
    pub project: ProjectId,
    /// What it does.
    pub kind: OrderKind,
    /// Where it stands.
    pub state: OrderState,
    /// The quote it accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<QuoteId>,
    /// The application's name, for orders that made one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<Name>,
    /// The services that it made or changes.
    pub services: Vec<ServiceId>,
    /// What the services cost in a month when it is fulfilled.
    pub monthly: Money,
    /// What is due once when it is fulfilled.
    pub one_off: Money,
    /// The participant with whom the buyer contracts.
    pub lead_provider: Option<ParticipantId>,
    /// Who ordered.
    pub ordered_by: MemberId,
    /// Who approved, where approval was needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<MemberId>,
    /// Why it did not end as wished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Whether it ended with some of its components only, as the application allows.
    pub partial: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Until when its state may last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
}

/// Whether a step goes forward or takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// It does its work.
    Do,
    /// It takes its work back.
    Undo,
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum StepState {
    /// It has begun.
    Running,
    /// It waits for somebody else.
    Waiting,
    /// It is done.
    Done,
    /// It failed.
    Failed,
}

/// One step of an order, as recorded before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderStep {
    /// Its name: `approve`, `hold`, `commit`, `provision`, `fulfil`.
    pub name: String,
    /// Forward or back.
    pub direction: Direction,
    /// How it stands.
    pub state: StepState,
    /// How often it was begun.
    pub attempts: u32,
    /// What it waits for, or why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// When it first began.
    pub started_at: Timestamp,
    /// When it was done or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}
