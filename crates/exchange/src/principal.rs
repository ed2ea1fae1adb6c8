//! Who a request comes from, and what it may see.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use hansa_model::event::Audience;
use hansa_model::id::{AccountId, AgentId, MemberId, ParticipantId, ProjectId, SessionId, TenantId, TokenId};
use hansa_model::participant::{Role, Scope};
use hansa_model::sign_in::Proof;
use hansa_model::time::Timestamp;

use crate::{Error, Result};

/// How long ago a proof may be for what is weighty: tokens, passwords, passkeys.
const PROOF_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// What a member acts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// A token.
    Token(TokenId),
    /// A session in a browser.
    Session {
        /// Which.
        id: SessionId,
        /// Whose.
        account: AccountId,
        /// By what the person proved last who they are.
        proof: Proof,
        /// When they did.
        proven_at: Timestamp,
    },
}

impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(id) => id.fmt(f),
            Self::Session { id, .. } => id.fmt(f),
        }
    }
}

/// A member of a participant, acting with a token or in a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// For whom it acts.
    pub participant: ParticipantId,
    /// Who acts.
    pub member: MemberId,
    /// With what.
    pub credential: Credential,
    /// In which roles.
    pub roles: BTreeSet<Role>,
    /// What the credential may be used for.
    pub scopes: BTreeSet<Scope>,
    /// The participant's tenants.
    pub tenants: BTreeSet<TenantId>,
    /// Their projects.
    pub projects: BTreeSet<ProjectId>,
}

/// An enrolled agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentPrincipal {
    /// The agent.
    pub agent: AgentId,
    /// Whose it is.
    pub provider: ParticipantId,
}

impl Principal {
    /// Whether it acts in the role.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether it may look at everything on the exchange.
    #[must_use]
    pub fn sees_all(&self) -> bool {
        self.is(Role::Operator) || self.is(Role::Auditor)
    }

    /// Whether something with this audience may be seen.
    #[must_use]
    pub fn sees(&self, audience: Audience) -> bool {
        self.sees_all()
            || audience.tenant.is_some_and(|tenant| self.tenants.contains(&tenant))
            || audience.provider.is_some_and(|provider| provider == self.participant)
    }

    /// Refuses projects that are not the caller's own, as if they did not exist.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn own_project(&self, project: ProjectId) -> Result<()> {
        if self.projects.contains(&project) { Ok(()) } else { Err(Error::not_found("project", project)) }
    }

    /// The token that it acts with; `None` in a browser.
    #[must_use]
    pub const fn token(&self) -> Option<TokenId> {
        match self.credential {
            Credential::Token(id) => Some(id),
            Credential::Session { .. } => None,
        }
    }

    /// The session that it acts in, with its account.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when it acts with a token.
    pub fn session(&self) -> Result<(SessionId, AccountId)> {
        match self.credential {
            Credential::Session { id, account, .. } => Ok((id, account)),
            Credential::Token(_) => Err(Error::Forbidden {
                detail: "only somebody who is signed in in a browser may do this".to_owned(),
                hint: Some("sign in to the console; `hansa console` gives a link".to_owned()),
            }),
        }
    }

    /// Refuses sessions whose person proved too long ago who they are. Tokens never are too old.
    ///
    /// # Errors
    /// [`Error::Unproven`].
    pub fn proven_lately(&self, now: Timestamp) -> Result<()> {
        match self.credential {
            Credential::Session { proven_at, .. } if proven_at.plus(PROOF_LIFETIME) <= now => Err(Error::Unproven),
            _ => Ok(()),
        }
    }

    /// How it is named in the audit log.
    #[must_use]
    pub fn actor(&self) -> String {
        self.member.to_string()
    }
}
