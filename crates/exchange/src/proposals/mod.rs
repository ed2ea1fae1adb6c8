//! Proposals: what could be better about services that run, or no longer holds.

mod running;
mod watcher;

use hansa_model::event::Audience;
use hansa_model::id::{OrderId, ProjectId, ProposalId};
use hansa_model::lifecycle::PROPOSAL;
use hansa_model::page::{MAX_PAGE, Page};
use hansa_model::proposal::{Advice, Proposal, ProposalState};
use hansa_store::proposal::{self, ProposalFilter};
use hansa_store::{Tx, order};
use serde_json::json;

use crate::principal::Principal;
use crate::{Error, Result, Work};

pub(crate) use watcher::{Watcher, watch};

/// As whom the exchange acts in the audit log.
const ACTOR: &str = "exchange";

/// Which proposals to list.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// For services of this project.
    pub project: Option<ProjectId>,
    /// For what this order made.
    pub order: Option<OrderId>,
    /// In this state.
    pub state: Option<ProposalState>,
    /// The cursor of the page before.
    pub cursor: Option<String>,
    /// How many at most.
    pub limit: Option<u32>,
}

/// The proposals that the caller may see, the newest first.
///
/// # Errors
/// [`Error::NotFound`] for a foreign project, [`Error::Invalid`] for a foreign cursor.
pub async fn list(tx: &mut Tx, principal: &Principal, query: &Query) -> Result<Page<Proposal>> {
    let limit = query.limit.unwrap_or(50).clamp(1, MAX_PAGE);
    let projects = match query.project {
        Some(project) if principal.sees_all() => Some(vec![project]),
        Some(project) => {
            principal.own_project(project)?;
            Some(vec![project])
        }
        None => (!principal.sees_all()).then(|| principal.projects.iter().copied().collect()),
    };
    let before = crate::paging::cursor(query.cursor.as_deref())?;
    let filter = ProposalFilter { projects, order: query.order, state: query.state, before };
    let proposals = proposal::list(tx, &filter, limit + 1).await?;
    Ok(crate::paging::page(proposals, limit, |proposal: &Proposal| proposal.id.to_string()))
}

/// The proposal.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(tx: &mut Tx, principal: &Principal, id: ProposalId) -> Result<Proposal> {
    let found = proposal::get(tx, id).await?;
    let own = found.filter(|found| principal.sees_all() || principal.projects.contains(&found.project));
    own.ok_or_else(|| Error::not_found("proposal", id))
}

/// Does away with a proposal that the buyer does not want. It is made again only when something else is proposed.
///
/// # Errors
/// [`Error::NotFound`], [`Error::State`] when it is no longer open.
pub async fn dismiss(work: &mut Work, principal: &Principal, id: ProposalId) -> Result<Proposal> {
    let found = get(work, principal, id).await?;
    principal.own_project(found.project)?;
    let state = PROPOSAL.next(found.state, "dismiss")?;
    let now = work.exchange().now();
    if !proposal::close(work, id, state, now).await? {
        let detail = "the proposal changed at the same time";
        return Err(Error::conflict("proposal-changed", detail, "look again with `hansa proposal list`"));
    }
    let dismissed = Proposal { state, updated_at: now, ..found };
    tell(work, &dismissed).await?;
    work.audit(&principal.actor(), "proposal.dismiss", &id.to_string(), json!({"order": dismissed.order}));
    Ok(dismissed)
}

/// Tells subscribers that a proposal entered a state.
async fn tell(work: &mut Work, proposal: &Proposal) -> Result<()> {
    let kind = format!("proposal.{}", hansa_store::db::word(&proposal.state));
    let tenant = order::get(work, proposal.order).await?.map(|record| record.tenant);
    let net = proposal.advice.alternative.as_ref().map(|alternative| alternative.net);
    let data = json!({
        "order": proposal.order,
        "application": proposal.application,
        "cause": proposal.advice.cause,
        "net": net,
    });
    let audience = Audience { tenant, provider: None };
    work.event(&kind, &proposal.id.to_string(), Some(proposal.project), audience, data);
    Ok(())
}

/// Ends an open proposal.
async fn close(work: &mut Work, open: &Proposal, event: &'static str) -> Result<()> {
    let state = PROPOSAL.next(open.state, event)?;
    let now = work.exchange().now();
    // Somebody else may have been quicker; then there is nothing left to end.
    if proposal::close(work, open.id, state, now).await? {
        tell(work, &Proposal { state, updated_at: now, ..open.clone() }).await?;
        work.audit(ACTOR, &format!("proposal.{event}"), &open.id.to_string(), json!({"order": open.order}));
    }
    Ok(())
}

/// Makes what is proposed for an order what is to be said about it now.
async fn settle(work: &mut Work, order: OrderId, advice: Option<Advice>) -> Result<()> {
    let latest = proposal::latest(work, order).await?;
    let open = latest.as_ref().filter(|latest| latest.state == ProposalState::Open);
    let Some(advice) = advice else {
        return match open {
            Some(open) => close(work, open, "withdraw").await,
            None => Ok(()),
        };
    };
    match (open, &latest) {
        (Some(open), _) if is_told_by(&advice, &open.advice) => return Ok(()),
        (Some(open), _) => close(work, open, "supersede").await?,
        (None, Some(latest)) if latest.state == ProposalState::Dismissed && is_kin(&advice, &latest.advice) => {
            return Ok(());
        }
        (None, _) => {}
    }
    let Some(record) = order::get(work, order).await? else { return Ok(()) };
    let Some(application) = record.order.application else { return Ok(()) };
    let now = work.exchange().now();
    let proposal = Proposal {
        id: ProposalId::new(),
        order,
        project: record.order.project,
        application,
        state: PROPOSAL.start,
        advice,
        created_at: now,
        updated_at: now,
    };
    // Another process may have said the same just before.
    if proposal::insert(work, &proposal).await? {
        tell(work, &proposal).await?;
        work.audit(ACTOR, "proposal.create", &proposal.id.to_string(), json!({"order": order}));
    }
    Ok(())
}

/// Whether two are for the same reasons and propose the same moves.
fn is_kin(one: &Advice, other: &Advice) -> bool {
    let ways = |advice: &Advice| -> Option<Vec<_>> {
        let moves = &advice.alternative.as_ref()?.moves;
        Some(moves.iter().map(|to| (to.component.clone(), to.count, to.from.clone(), to.to.clone())).collect())
    };
    (one.cause, &one.failures, ways(one)) == (other.cause, &other.failures, ways(other))
}

/// Whether two come to the same, to the cent.
fn is_told_by(advice: &Advice, told: &Advice) -> bool {
    let net = |advice: &Advice| advice.alternative.as_ref().map(|alternative| alternative.net.to_cents());
    is_kin(advice, told) && net(advice) == net(told)
}
