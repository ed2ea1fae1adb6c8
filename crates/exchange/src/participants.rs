//! Participants: admission, and who is there.

use hansa_model::event::Audience;
use hansa_model::evidence::Assurance;
use hansa_model::id::{ParticipantId, ProjectId, TenantId};
use hansa_model::name::Name;
use hansa_model::page::Page;
use hansa_model::participant::{
    AdmittedParticipant, NewParticipant, Participant, Project, Role, Tenant, default_alerts,
};
use hansa_store::page::PageRequest;
use hansa_store::participant::{self, ParticipantFilter};
use hansa_store::{Tx, changes, tenant};
use serde_json::json;

use crate::check::Faults;
use crate::principal::Principal;
use crate::{Error, Result, Work, evidence, identity};

/// What is made for a participant when it joins.
#[derive(Debug)]
pub(crate) struct Founded {
    pub(crate) participant: Participant,
    pub(crate) tenant: Tenant,
    pub(crate) project: Project,
}

/// Takes a participant in, with a first tenant and project and a code for its first member, who gets all its roles.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Conflict`] when the name is taken.
pub async fn admit(work: &mut Work, caller: &Principal, new: NewParticipant) -> Result<AdmittedParticipant> {
    let founded = found(work, &caller.actor(), new).await?;
    let participant = founded.participant;
    let invitation = identity::make_invitation(work, participant.id, participant.roles.clone()).await?;
    let detail = json!({"name": participant.name, "roles": participant.roles});
    work.audit(&caller.actor(), "participant.admit", &participant.id.to_string(), detail.clone());
    let audience = Audience { tenant: Some(founded.tenant.id), provider: None };
    work.event("participant.admitted", &participant.id.to_string(), None, audience, detail);
    Ok(AdmittedParticipant { participant, tenant: founded.tenant, project: founded.project, invitation })
}

fn check(new: &NewParticipant) -> Result<()> {
    let mut faults = Faults::default();
    faults.label("legalName", &new.legal_name, 200);
    faults.unless(!new.roles.is_empty(), "roles", "name at least one role");
    faults.finish()
}

/// Makes a participant with its first tenant and project. Of what is said about it only the certificates are taken
/// over, as evidence; levels are evaluated.
pub(crate) async fn found(work: &mut Work, actor: &str, new: NewParticipant) -> Result<Founded> {
    check(&new)?;
    let now = work.exchange().now();
    let participant = Participant {
        id: ParticipantId::new(),
        name: new.name,
        legal_name: new.legal_name,
        country: new.country,
        roles: new.roles,
        assurance: Assurance::default(),
        created_at: now,
    };
    if !participant::insert(work, &participant).await? {
        let detail = format!("there is a participant called `{}` already", participant.name);
        return Err(Error::conflict("name-taken", detail, "choose another name"));
    }
    let first = first_name()?;
    let tenant = Tenant { id: TenantId::new(), participant: participant.id, name: first.clone(), created_at: now };
    tenant::insert(work, &tenant).await?;
    let project = Project {
        id: ProjectId::new(),
        tenant: tenant.id,
        name: first,
        budget: None,
        approval_above: None,
        alerts: default_alerts(),
        created_at: now,
    };
    tenant::insert_project(work, &project).await?;
    if participant.roles.contains(&Role::Provider) {
        changes::count(work).await?;
    }
    evidence::take_over(work, actor, participant.id, &new.assurance.certificates).await?;
    Ok(Founded { participant, tenant, project })
}

fn first_name() -> Result<Name> {
    "default".parse().map_err(|error| Error::Internal(format!("{error}")))
}

/// One page of the participants, by name.
///
/// # Errors
/// [`Error::Invalid`] for a cursor of another list; [`Error::Store`].
pub async fn list(tx: &mut Tx, wanted: &ParticipantFilter, page: &PageRequest) -> Result<Page<Participant>> {
    Ok(participant::page(tx, wanted, page).await?)
}

/// A participant by its identifier or short name.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(tx: &mut Tx, key: &str) -> Result<Participant> {
    let found = match key.parse::<ParticipantId>() {
        Ok(id) => participant::find(tx, id).await?,
        Err(_) => participant::by_name(tx, key).await?,
    };
    found.ok_or_else(|| Error::not_found("participant", key))
}
