//! Projects: parts of a tenant with a budget.

use std::collections::BTreeSet;

use hansa_model::id::{ProjectId, TenantId};
use hansa_model::money::Money;
use hansa_model::page::Page;
use hansa_model::participant::{NewProject, Project, ProjectLimits};
use hansa_store::page::PageRequest;
use hansa_store::{Tx, tenant};
use serde_json::json;

use crate::check::Faults;
use crate::principal::Principal;
use crate::{Error, Result, Work};

/// The most alerts that a project asks for.
const MOST_ALERTS: usize = 10;

/// Makes a project in one of the caller's tenants.
///
/// # Errors
/// [`Error::Invalid`], [`Error::NotFound`] for a foreign tenant, [`Error::Conflict`] when the name is taken.
pub async fn create(work: &mut Work, caller: &Principal, new: NewProject) -> Result<Project> {
    check(new.budget, new.approval_above, &new.alerts)?;
    let project = Project {
        id: ProjectId::new(),
        tenant: own_tenant(caller, new.tenant)?,
        name: new.name,
        budget: new.budget,
        approval_above: new.approval_above,
        alerts: new.alerts,
        created_at: work.exchange().now(),
    };
    if !tenant::insert_project(work, &project).await? {
        let detail = format!("there is a project called `{}` already", project.name);
        return Err(Error::conflict("name-taken", detail, "choose another name"));
    }
    let detail = json!({"name": project.name, "budget": project.budget, "approvalAbove": project.approval_above});
    work.audit(&caller.actor(), "project.create", &project.id.to_string(), detail);
    Ok(project)
}

fn own_tenant(caller: &Principal, wanted: Option<TenantId>) -> Result<TenantId> {
    match (wanted, caller.tenants.len()) {
        (Some(tenant), _) if caller.tenants.contains(&tenant) => Ok(tenant),
        (Some(tenant), _) => Err(Error::not_found("tenant", tenant)),
        (None, 1) => caller.tenants.first().copied().ok_or_else(|| Error::not_found("tenant", "")),
        (None, _) => Err(Error::field("tenant", "you have several tenants: name one")),
    }
}

fn check(budget: Option<Money>, approval_above: Option<Money>, alerts: &BTreeSet<u16>) -> Result<()> {
    let mut faults = Faults::default();
    faults.unless(alerts.iter().all(|percent| (1..=200).contains(percent)), "alerts", "these go from 1 to 200");
    faults.unless(alerts.len() <= MOST_ALERTS, "alerts", "ten are enough");
    for (field, amount) in [("budget", budget), ("approvalAbove", approval_above)] {
        faults.unless(amount.is_none_or(|amount| amount.micros() >= 0), field, "this can't be negative");
    }
    if let (Some(budget), Some(limit)) = (budget, approval_above) {
        let message = format!("use {}, as for the budget", budget.currency());
        faults.unless(budget.currency() == limit.currency(), "approvalAbove", message);
    }
    faults.finish()
}

/// One page of projects: the caller's own; all for operators and auditors.
///
/// # Errors
/// [`Error::Invalid`] for a cursor of another list; [`Error::Store`].
pub async fn list(tx: &mut Tx, caller: &Principal, page: &PageRequest) -> Result<Page<Project>> {
    let of = (!caller.sees_all()).then_some(caller.participant);
    Ok(tenant::project_page(tx, of, page).await?)
}

/// A project.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(tx: &mut Tx, caller: &Principal, id: ProjectId) -> Result<Project> {
    if !caller.sees_all() {
        caller.own_project(id)?;
    }
    tenant::find_project(tx, id).await?.ok_or_else(|| Error::not_found("project", id))
}

/// Gives one of the caller's projects other limits. `accept` looks at the project as it is and may refuse, for
/// callers who change only what they have seen.
///
/// # Errors
/// [`Error::Invalid`], [`Error::NotFound`], [`Error::Conflict`] when the currency would change while something is
/// reserved; whatever `accept` answers.
pub async fn set_limits(
    work: &mut Work,
    caller: &Principal,
    id: ProjectId,
    limits: ProjectLimits,
    accept: impl FnOnce(&Project) -> Result<()> + Send,
) -> Result<Project> {
    caller.own_project(id)?;
    check(limits.budget, limits.approval_above, &limits.alerts)?;
    let before = tenant::lock_project(work, id).await?.ok_or_else(|| Error::not_found("project", id))?;
    accept(&before)?;
    let project =
        Project { budget: limits.budget, approval_above: limits.approval_above, alerts: limits.alerts, ..before };
    if let (Some(reserved), Some(limit)) =
        (tenant::reserved(work, id).await?, project.budget.or(project.approval_above))
        && !reserved.is_zero()
        && reserved.currency() != limit.currency()
    {
        let detail = format!("the project's services are paid in {}", reserved.currency());
        return Err(Error::conflict("currency", detail, "keep the currency while services run"));
    }
    tenant::set_limits(work, &project).await?;
    let detail = json!({"budget": project.budget, "approvalAbove": project.approval_above, "alerts": project.alerts});
    work.audit(&caller.actor(), "project.limits", &id.to_string(), detail);
    Ok(project)
}
