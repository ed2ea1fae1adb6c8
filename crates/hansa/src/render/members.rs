//! Participants, members, tokens, projects, and what happened.

use hansa_model::event::{AuditRow, AuditVerification, Event};
use hansa_model::money::Money;
use hansa_model::participant::{
    AdmittedParticipant, Identity, Invitation, IssuedToken, Member, Participant, Project, Scope, Token,
};

use crate::output::Shown;
use crate::render::words;

fn scopes<'a>(scopes: impl IntoIterator<Item = &'a Scope>) -> String {
    words::list(scopes.into_iter().map(|scope| scope.name()))
}

fn limit(money: Option<Money>) -> String {
    money.map(Money::rounded).unwrap_or_default()
}

impl Shown for Participant {
    const COLUMNS: &'static [&'static str] = &["id", "name", "legal name", "country", "roles"];
    const NONE: &'static str = "no participant of this role; `hansa participant list` shows all";

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.name.to_string(),
            self.legal_name.clone(),
            self.country.to_string(),
            words::list(&self.roles),
        ]
    }

    fn name(&self) -> String {
        self.name.to_string()
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        let mut details: Vec<_> = Self::COLUMNS.iter().copied().zip(self.cells()).collect();
        let known = &self.assurance;
        details.extend([
            ("certificates", words::list(known.certificates.iter().map(|held| held.scheme.as_str()))),
            ("labels", words::list(known.labels.iter().map(|(scheme, level)| format!("{scheme} {level}")))),
            ("seal", known.seal.map(|level| level.to_string()).unwrap_or_default()),
            ("cada", known.cada.map(|level| format!("{level} (proposal)")).unwrap_or_default()),
            ("levels until", words::maybe(known.valid_until)),
            ("joined", words::instant(self.created_at)),
        ]);
        details
    }
}

impl Shown for AdmittedParticipant {
    const COLUMNS: &'static [&'static str] = &["participant", "tenant", "project", "invitation", "expires"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.participant.name.to_string(),
            self.tenant.id.to_string(),
            self.project.id.to_string(),
            self.invitation.code.clone(),
            words::instant(self.invitation.expires_at),
        ]
    }

    fn name(&self) -> String {
        self.invitation.code.clone()
    }
}

impl Shown for Member {
    const COLUMNS: &'static [&'static str] = &["id", "name", "roles", "joined"];

    fn cells(&self) -> Vec<String> {
        vec![self.id.to_string(), self.name.clone(), words::list(&self.roles), words::instant(self.created_at)]
    }

    fn name(&self) -> String {
        self.id.to_string()
    }
}

impl Shown for Invitation {
    const COLUMNS: &'static [&'static str] = &["invitation", "roles", "expires"];

    fn cells(&self) -> Vec<String> {
        vec![self.code.clone(), words::list(&self.roles), words::instant(self.expires_at)]
    }

    fn name(&self) -> String {
        self.code.clone()
    }
}

impl Shown for Project {
    const COLUMNS: &'static [&'static str] = &["id", "name", "budget a month", "approval above", "made"];
    const NONE: &'static str = "no project; make one: `hansa project create NAME`";

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.name.to_string(),
            limit(self.budget),
            limit(self.approval_above),
            words::instant(self.created_at),
        ]
    }

    fn name(&self) -> String {
        self.id.to_string()
    }
}

impl Shown for Token {
    const COLUMNS: &'static [&'static str] = &["id", "name", "begins with", "scopes", "made", "expires", "revoked"];
    const NONE: &'static str = "no token; make one: `hansa token create NAME --scope read`";

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.name.clone(),
            self.prefix.clone(),
            scopes(&self.scopes),
            words::instant(self.created_at),
            words::maybe(self.expires_at),
            words::maybe(self.revoked_at),
        ]
    }

    fn name(&self) -> String {
        self.id.to_string()
    }
}

impl Shown for IssuedToken {
    const COLUMNS: &'static [&'static str] = &["id", "name", "scopes", "secret"];

    fn cells(&self) -> Vec<String> {
        vec![self.token.id.to_string(), self.token.name.clone(), scopes(&self.token.scopes), self.secret.clone()]
    }

    fn name(&self) -> String {
        self.secret.clone()
    }
}

impl Shown for Identity {
    const COLUMNS: &'static [&'static str] =
        &["member", "roles", "participant", "projects", "token", "scopes", "expires"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.member.name.clone(),
            words::list(&self.member.roles),
            format!("{} ({})", self.participant.name, self.participant.legal_name),
            words::list(self.projects.iter().map(|project| &project.name)),
            self.token.as_ref().map(|token| format!("{}…", token.prefix)).unwrap_or_default(),
            self.token.as_ref().map(|token| scopes(&token.scopes)).unwrap_or_default(),
            words::maybe(self.token.as_ref().and_then(|token| token.expires_at)),
        ]
    }

    fn name(&self) -> String {
        self.member.id.to_string()
    }
}

impl Shown for Event {
    const COLUMNS: &'static [&'static str] = &["sequence", "at", "kind", "subject", "data"];
    const NONE: &'static str = "nothing happened yet; `hansa events --follow` waits for it";

    fn cells(&self) -> Vec<String> {
        vec![
            self.sequence.to_string(),
            words::instant(self.at),
            self.kind.clone(),
            self.subject.clone(),
            self.data.to_string(),
        ]
    }

    fn name(&self) -> String {
        self.id.to_string()
    }
}

impl Shown for AuditRow {
    const COLUMNS: &'static [&'static str] = &["sequence", "at", "actor", "action", "subject", "hash"];
    const NONE: &'static str =
        "nothing was done by this actor, on this subject or in this way; leave a filter out to see more";

    fn cells(&self) -> Vec<String> {
        vec![
            self.sequence.to_string(),
            words::instant(self.at),
            self.actor.clone(),
            self.action.clone(),
            self.subject.clone(),
            self.hash.chars().take(12).collect(),
        ]
    }

    fn name(&self) -> String {
        self.sequence.to_string()
    }
}

impl Shown for AuditVerification {
    const COLUMNS: &'static [&'static str] = &["rows", "head", "broken at", "problem"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.rows.to_string(),
            self.head.clone(),
            self.broken_at.map(|row| row.to_string()).unwrap_or_default(),
            self.problem.clone().unwrap_or_default(),
        ]
    }

    fn name(&self) -> String {
        self.head.clone()
    }
}
