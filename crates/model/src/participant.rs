//! Who takes part: participants with their roles, their tenants, projects, members and tokens.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::country::Country;
use crate::evidence::Assurance;
use crate::id::{MemberId, ParticipantId, ProjectId, TenantId, TokenId};
use crate::money::Money;
use crate::name::Name;
use crate::time::Timestamp;

/// What a participant is in the federation. One may be several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Orders and pays.
    Buyer,
    /// Offers and delivers.
    Provider,
    /// Contracts with buyers for what others deliver.
    Reseller,
    /// Runs the exchange.
    Operator,
    /// Reads everything, changes nothing.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Buyer, Self::Provider, Self::Reseller, Self::Operator, Self::Auditor];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Provider => "provider",
            Self::Reseller => "reseller",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or_else(|| format!("`{text}` is not a role: use buyer, provider, reseller, operator or auditor"))
    }
}

/// A legal person in the federation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Participant {
    /// Its identifier.
    pub id: ParticipantId,
    /// Its short name, unique on the exchange.
    pub name: Name,
    /// Its name in the register.
    pub legal_name: String,
    /// The country of its registered seat.
    pub country: Country,
    /// What it is in the federation.
    pub roles: BTreeSet<Role>,
    /// What it declares or has proven about itself.
    pub assurance: Assurance,
    /// When it joined.
    pub created_at: Timestamp,
}

/// What is needed to admit a participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewParticipant {
    /// Its short name, unique on the exchange.
    pub name: Name,
    /// Its name in the register.
    pub legal_name: String,
    /// The country of its registered seat.
    pub country: Country,
    /// What it is in the federation; at least one.
    pub roles: BTreeSet<Role>,
    /// What it declares about itself.
    #[serde(default)]
    pub assurance: Assurance,
}

/// A participant as its admission answers: with the one-time code that lets its first member in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdmittedParticipant {
    /// The participant.
    pub participant: Participant,
    /// Its first tenant.
    pub tenant: Tenant,
    /// The first project of that tenant.
    pub project: Project,
    /// The code for its first member; shown once.
    pub invitation: Invitation,
}

/// A one-time code that lets one person or machine become a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// The code; a secret.
    pub code: String,
    /// The participant to join.
    pub participant: ParticipantId,
    /// The roles that the member will have.
    pub roles: BTreeSet<Role>,
    /// When the code stops working.
    pub expires_at: Timestamp,
}

/// A request for an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewInvitation {
    /// The roles of the new member: some of the participant's own.
    pub roles: BTreeSet<Role>,
}

/// The code of an invitation, to look at what it leads to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InvitationCode {
    /// The code; a secret.
    pub code: String,
}

/// What an invitation leads to, before it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationPreview {
    /// The short name of the participant.
    pub participant: Name,
    /// Its name in the register.
    pub legal_name: String,
    /// The roles that the member will have.
    pub roles: BTreeSet<Role>,
    /// The member that gets an account; absent where there will be a new member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The account that gets new proofs, by what its person signs in as; absent where there will be a new account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resets: Option<String>,
}

/// The answer to an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcceptInvitation {
    /// The code.
    pub code: String,
    /// What the new member is called, like `anna` or `ci-runner`.
    pub name: String,
}

/// A participant's own space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// Its identifier.
    pub id: TenantId,
    /// Whose it is.
    pub participant: ParticipantId,
    /// Its name, unique within the participant.
    pub name: Name,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The shares of a budget, in percent, whose being reached is told when nobody says otherwise.
#[must_use]
pub fn default_alerts() -> BTreeSet<u16> {
    BTreeSet::from([80, 100])
}

/// A part of a tenant with budget and services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// Its identifier.
    pub id: ProjectId,
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// Its name, unique within the tenant.
    pub name: Name,
    /// What its services may cost in a month at most; no limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
    /// Orders above this amount in a month wait for somebody's approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_above: Option<Money>,
    /// The shares of the budget, in percent, whose being reached is told.
    #[serde(default = "default_alerts")]
    pub alerts: BTreeSet<u16>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A new project, or new limits of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewProject {
    /// The tenant; the participant's only one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// Its name, unique within the tenant.
    pub name: Name,
    /// What its services may cost in a month at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
    /// Orders above this amount in a month wait for somebody's approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_above: Option<Money>,
    /// The shares of the budget, in percent from 1 to 200, whose being reached is told; 80 and 100 when absent.
    #[serde(default = "default_alerts")]
    pub alerts: BTreeSet<u16>,
}

/// New limits of a project; what is absent is taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectLimits {
    /// What its services may cost in a month at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
    /// Orders above this amount in a month wait for somebody's approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_above: Option<Money>,
    /// The shares of the budget, in percent from 1 to 200, whose being reached is told; 80 and 100 when absent.
    #[serde(default = "default_alerts")]
    pub alerts: BTreeSet<u16>,
}

/// A person or machine that acts for a participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Its identifier.
    pub id: MemberId,
    /// For whom it acts.
    pub participant: ParticipantId,
    /// What it is called.
    pub name: String,
    /// The roles it acts in: some of the participant's own.
    pub roles: BTreeSet<Role>,
    /// When it joined.
    pub created_at: Timestamp,
}

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Look at everything that the member may see.
    Read,
    /// Change the catalogue: sites, offers, agents.
    Catalogue,
    /// Quote, order, approve, cancel.
    Order,
    /// Change participants, members, tokens, projects.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Read, Self::Catalogue, Self::Order, Self::Admin];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Catalogue => "catalogue",
            Self::Order => "order",
            Self::Admin => "admin",
        }
    }
}

/// An API token as it is kept: without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Its identifier.
    pub id: TokenId,
    /// Who acts with it.
    pub member: MemberId,
    /// What it is for, in its maker's words.
    pub name: String,
    /// The first characters of the secret, to recognise it by.
    pub prefix: String,
    /// What it may be used for.
    pub scopes: BTreeSet<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

/// A request for a token; its scopes can't exceed those of the token that asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may be used for.
    pub scopes: BTreeSet<Scope>,
    /// When it shall stop working.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A fresh token with its secret, which is shown once and never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssuedToken {
    /// The token as it is kept.
    pub token: Token,
    /// The secret: `hansa_…`.
    pub secret: String,
}

/// Who a request comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// The participant.
    pub participant: Participant,
    /// The member.
    pub member: Member,
    /// The token used; absent for a session in a browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
    /// The participant's tenants.
    pub tenants: Vec<Tenant>,
    /// Their projects.
    pub projects: Vec<Project>,
}
