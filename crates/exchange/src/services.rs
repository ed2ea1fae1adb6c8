//! Services: what is running, how it is reached, and what follows from what agents see.

use hansa_model::event::Audience;
use hansa_model::id::{OrderId, ServiceId};
use hansa_model::kind::KindId;
use hansa_model::lifecycle;
use hansa_model::page::{MAX_PAGE, Page};
use hansa_model::service::{Connection, Desired, MetricSeries, Observation, Observed, Service, ServiceState};
use hansa_model::time::Timestamp;
use hansa_store::service::{ServiceFilter, ServiceRecord};
use hansa_store::{Tx, budget, capacity, metric, order, saga, service};
use serde_json::json;

use crate::hints::Hint;
use crate::principal::Principal;
use crate::{Error, Result, Work, consoles};

/// Values of one metric that are shown at once.
const METRIC_ROWS: u32 = 20_000;

fn audience(record: &ServiceRecord) -> Audience {
    Audience { tenant: Some(record.tenant), provider: Some(record.service.provider) }
}

/// The service, if the caller may see it.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn visible(tx: &mut Tx, principal: &Principal, id: ServiceId) -> Result<ServiceRecord> {
    service::get(tx, id)
        .await?
        .filter(|record| principal.sees(audience(record)))
        .ok_or_else(|| Error::not_found("service", id))
}

/// The service, if it is the caller's own.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn own(tx: &mut Tx, principal: &Principal, id: ServiceId) -> Result<ServiceRecord> {
    service::get(tx, id)
        .await?
        .filter(|record| principal.projects.contains(&record.service.project))
        .ok_or_else(|| Error::not_found("service", id))
}

/// The service.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(tx: &mut Tx, principal: &Principal, id: ServiceId) -> Result<Service> {
    let mut record = visible(tx, principal, id).await?;
    consoles::describe(tx, std::slice::from_mut(&mut record)).await?;
    Ok(record.service)
}

/// Which services to list.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// In this state.
    pub state: Option<ServiceState>,
    /// Of this kind.
    pub kind: Option<KindId>,
    /// Made by this order.
    pub order: Option<OrderId>,
    /// With those that are gone.
    pub all: bool,
    /// The cursor of the page before.
    pub cursor: Option<String>,
    /// How many at most.
    pub limit: Option<u32>,
}

/// The services that the caller may see, the newest first.
///
/// # Errors
/// [`Error::Invalid`] for a foreign cursor.
pub async fn list(tx: &mut Tx, principal: &Principal, query: &Query) -> Result<Page<Service>> {
    let limit = query.limit.unwrap_or(100).clamp(1, MAX_PAGE);
    let filter = ServiceFilter {
        projects: (!principal.sees_all()).then(|| principal.projects.iter().copied().collect()),
        provider: (!principal.sees_all()).then_some(principal.participant),
        state: query.state,
        kind: query.kind,
        order: query.order,
        live_only: !query.all && query.state != Some(ServiceState::Terminated),
        before: crate::paging::cursor(query.cursor.as_deref())?,
    };
    let mut records = service::list(tx, &filter, limit + 1).await?;
    consoles::describe(tx, &mut records).await?;
    let services = records.into_iter().map(|record| record.service).collect();
    Ok(crate::paging::page(services, limit, |service: &Service| service.id.to_string()))
}

/// How the service is reached, with its secret: for its buyer only.
///
/// # Errors
/// [`Error::NotFound`] when it is not the caller's own, [`Error::Conflict`] while it is not known yet.
pub async fn connection(tx: &mut Tx, principal: &Principal, id: ServiceId) -> Result<Connection> {
    let record = own(tx, principal, id).await?;
    record.connection.ok_or_else(|| {
        Error::conflict("not-ready", "the service can't be reached yet", "ask `hansa why` what it waits for")
    })
}

/// The history of its metrics since then.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn metrics(tx: &mut Tx, principal: &Principal, id: ServiceId, since: Timestamp) -> Result<Vec<MetricSeries>> {
    visible(tx, principal, id).await?;
    Ok(metric::series(tx, id, since, METRIC_ROWS).await?)
}

/// Tells subscribers that a service entered a state.
pub(crate) fn tell(work: &mut Work, record: &ServiceRecord, state: ServiceState) {
    let kind = format!("service.{}", hansa_store::db::word(&state));
    let service = &record.service;
    let data = json!({
        "component": service.component,
        "provider": service.provider_name,
        "site": service.site_name,
        "order": service.order,
    });
    work.event(&kind, &service.id.to_string(), Some(service.project), audience(record), data);
}

/// Gives back the capacity and the budget of a service that is gone.
pub(crate) async fn give_back(work: &mut Work, record: &ServiceRecord) -> Result<()> {
    capacity::release(work, record.service.id).await?;
    budget::release(work, record.service.project, record.service.monthly).await?;
    tell(work, record, ServiceState::Terminated);
    Ok(())
}

/// What an observation makes of a service.
fn next_state(service: &Service, seen: &Observation) -> ServiceState {
    use ServiceState::{Active, Degraded, Provisioning, Requested, Suspended, Terminated, Terminating};
    let current = service.state;
    let event = match (seen.state, service.desired) {
        (Observed::Absent, Desired::Terminated) if seen.generation >= service.generation => "gone",
        _ if matches!(current, Terminating | Terminated | Requested) => return current,
        (Observed::Running, Desired::Running) if seen.generation >= service.generation || current != Provisioning => {
            "run"
        }
        (Observed::Running, _) if current == ServiceState::Unreachable => "run",
        (Observed::Stopped, Desired::Stopped) => "stop",
        (Observed::Failed, _) if matches!(current, Active | ServiceState::Stopped | ServiceState::Unreachable) => {
            "fail"
        }
        (Observed::Absent | Observed::Stopped, Desired::Running) if current == Active => "fail",
        // Its agent is back, and the workload is not as it should be.
        (Observed::Absent | Observed::Stopped | Observed::Pending, _)
            if current == ServiceState::Unreachable && service.active_at.is_some() =>
        {
            "fail"
        }
        (Observed::Pending, _) if current == ServiceState::Unreachable && service.active_at.is_none() => "resume",
        _ => return current,
    };
    if current == Degraded && event == "fail" || current == Suspended {
        return current;
    }
    lifecycle::SERVICE.next(current, event).unwrap_or(current)
}

/// Takes what an agent saw of one of its services. What belongs to somebody else, or to an intent that was
/// replaced long ago, changes nothing.
pub(crate) async fn observe(work: &mut Work, agent: hansa_model::id::AgentId, seen: &Observation) -> Result<()> {
    let Some(record) = service::get(work, seen.service).await?.filter(|record| record.agent == agent) else {
        return Ok(());
    };
    let before = &record.service;
    let older = before.observation.as_ref().is_some_and(|last| {
        last.generation > seen.generation || (last.generation == seen.generation && last.at > seen.at)
    });
    // Nobody can have applied an intent that was never given.
    let invented = seen.generation > before.generation;
    if older || invented || before.state == ServiceState::Terminated {
        return Ok(());
    }
    let state = next_state(before, seen);
    let news = state != before.state
        || seen.connection.as_ref().is_some_and(|found| record.connection.as_ref() != Some(found))
        || before.observation.as_ref().is_none_or(|last| {
            (last.state, last.generation, last.restarts, last.refused, &last.message)
                != (seen.state, seen.generation, seen.restarts, seen.refused, &seen.message)
        });
    if !news {
        return Ok(());
    }
    let now = work.exchange().now();
    let mut kept = seen.clone();
    // An agent's clock may be ahead; nothing was seen after it was told.
    kept.at = kept.at.min(now);
    service::observe(work, before.id, state, &kept, now).await?;
    if state != before.state {
        if state == ServiceState::Terminated {
            give_back(work, &record).await?;
        } else {
            tell(work, &record, state);
        }
    }
    for waiting in order::at_work_on(work, before.id).await? {
        saga::wake(work, waiting, now).await?;
        work.hint(Hint::Sagas);
    }
    Ok(())
}
