//! Who a request comes from, and what it may see.

use std::collections::BTreeSet;

use hansa_model::event::Audience;
use hansa_model::id::{AgentId, MemberId, ParticipantId, ProjectId, TenantId, TokenId};
use hansa_model::participant::{Role, Scope};

use crate::{Error, Result};

/// A member of a participant, acting with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// For whom it acts.
    pub participant: ParticipantId,
    /// Who acts.
    pub member: MemberId,
    /// With which token.
    pub token: TokenId,
    /// In which roles.
    pub roles: BTreeSet<Role>,
    /// What the token may be used for.
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

    /// How it is named in the audit log.
    #[must_use]
    pub fn actor(&self) -> String {
        self.member.to_string()
    }
}
