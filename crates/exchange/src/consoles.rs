//! The consoles of services: who may see them, what their agents are asked for, and what is noted of it.
//!
//! What is asked waits in the memory of this process, for seconds: nothing of it is worth keeping.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hansa_model::agent::Capability;
use hansa_model::console::{ConsoleAccess, ConsoleAsk, ConsoleWish};
use hansa_model::event::Audience;
use hansa_model::id::{AgentId, MemberId, ProjectId, ServiceId, TenantId};
use hansa_model::service::{Service, ServiceState};
use hansa_store::service::ServiceRecord;
use hansa_store::{Tx, agent, report};
use serde_json::json;

use crate::hints::Hint;
use crate::principal::Principal;
use crate::{Error, Exchange, Result, secret, services};

/// What tickets begin with.
pub const TICKET_PREFIX: &str = "hansa-console_";
/// How long a ticket works.
pub const TICKET_LIFETIME: Duration = Duration::from_secs(30);
/// How many lines of a log are shown when nobody says, and at most.
pub const USUAL_LINES: u32 = 200;
/// How many lines of a log are shown at most.
pub const MOST_LINES: u32 = 10_000;
/// What waits for one agent at most.
const MOST_ASKS: usize = 64;

/// Somebody who may see the console of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The service.
    pub service: ServiceId,
    /// The agent that has it.
    pub agent: AgentId,
    /// Who asks.
    pub member: MemberId,
    project: ProjectId,
    tenant: TenantId,
}

/// What a terminal that was closed had carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// How long it was open.
    pub open: Duration,
    /// Bytes that were typed.
    pub typed: u64,
    /// Bytes that were shown.
    pub shown: u64,
}

/// A secret that opens a console once.
#[must_use]
pub fn make_ticket() -> String {
    secret::make(TICKET_PREFIX)
}

/// The right to see the console of one's own service as far as `wanted`. Nobody else has it, the operators of the
/// exchange included.
///
/// # Errors
/// [`Error::NotFound`] when it is not the caller's own, [`Error::Conflict`] when it has no such console,
/// [`Error::AgentAway`] when its agent is known to be silent.
pub async fn visit(tx: &mut Tx, principal: &Principal, id: ServiceId, wanted: ConsoleAccess) -> Result<Visit> {
    let record = services::own(tx, principal, id).await?;
    let service = &record.service;
    if service.state == ServiceState::Terminated {
        return Err(Error::conflict("no-console", "the service is gone, and its console with it", None));
    }
    let Some(agent) = agent::find(tx, record.agent).await? else { return Err(Error::not_found("agent", record.agent)) };
    if access(&agent.capabilities, service) < wanted {
        let what = if wanted == ConsoleAccess::Terminal { "terminal" } else { "log" };
        let detail = format!("the provider offers no {what} of this service's console");
        return Err(Error::conflict("no-console", detail, "see `console` of the service for what there is"));
    }
    if !agent.online || agent.revoked_at.is_some() {
        return Err(Error::AgentAway("the provider's agent is away; the service may run all the same".to_owned()));
    }
    Ok(Visit {
        service: id,
        agent: record.agent,
        member: principal.member,
        project: service.project,
        tenant: record.tenant,
    })
}

fn access(capabilities: &[Capability], service: &Service) -> ConsoleAccess {
    let driver = |capability: &&Capability| capability.site == service.site_name && capability.kind == service.kind;
    capabilities.iter().find(driver).map_or(ConsoleAccess::None, |capability| capability.console)
}

/// Fills in what can be seen of each service's console.
pub(crate) async fn describe(tx: &mut Tx, records: &mut [ServiceRecord]) -> Result<()> {
    let agents: BTreeSet<AgentId> = records.iter().map(|record| record.agent).collect();
    let capabilities = report::capabilities_of(tx, &agents.into_iter().collect::<Vec<_>>()).await?;
    for record in records {
        record.service.console = capabilities
            .get(&record.agent)
            .map_or(ConsoleAccess::None, |capabilities| access(capabilities, &record.service));
    }
    Ok(())
}

/// Notes that somebody opened a terminal. Who can't be noted gets none.
///
/// # Errors
/// [`Error::Store`].
pub async fn note_opened(exchange: &Exchange, visit: &Visit) -> Result<()> {
    note(exchange, visit, "service.console-opened", json!({"member": visit.member})).await
}

/// Notes that a terminal was closed, and how much it had carried; never what.
///
/// # Errors
/// [`Error::Store`].
pub async fn note_closed(exchange: &Exchange, visit: &Visit, carried: Carried) -> Result<()> {
    let detail = json!({
        "member": visit.member,
        "seconds": carried.open.as_secs(),
        "bytesTyped": carried.typed,
        "bytesShown": carried.shown,
    });
    note(exchange, visit, "service.console-closed", detail).await
}

async fn note(exchange: &Exchange, visit: &Visit, what: &str, detail: serde_json::Value) -> Result<()> {
    let mut work = exchange.begin().await?;
    let subject = visit.service.to_string();
    work.audit(&visit.member.to_string(), what, &subject, detail.clone());
    // For the buyer alone: who of its people sits at a terminal is no business of the provider.
    let audience = Audience { tenant: Some(visit.tenant), provider: None };
    work.event(what, &subject, Some(visit.project), audience, detail);
    work.commit().await
}

/// What agents are asked for, until they come and take it.
#[derive(Debug, Default)]
pub struct Asks {
    waiting: Mutex<HashMap<AgentId, Vec<ConsoleAsk>>>,
}

impl Asks {
    fn waiting(&self) -> MutexGuard<'_, HashMap<AgentId, Vec<ConsoleAsk>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands over what waits for an agent.
    pub(crate) fn take(&self, agent: AgentId) -> Vec<ConsoleAsk> {
        self.waiting().remove(&agent).unwrap_or_default()
    }
}

/// Asks a service's agent for its console. Who asks must [`withdraw`] it when nobody came.
///
/// # Errors
/// [`Error::Busy`] when too much waits for the agent already.
pub fn ask(exchange: &Exchange, visit: &Visit, ticket: &str, wants: ConsoleWish) -> Result<()> {
    let ask = ConsoleAsk { ticket: ticket.to_owned(), service: visit.service, wants };
    {
        let mut waiting = exchange.asks().waiting();
        let asks = waiting.entry(visit.agent).or_default();
        if asks.len() >= MOST_ASKS {
            return Err(Error::Busy("too many consoles are asked of this provider at the same time".to_owned()));
        }
        asks.push(ask);
    }
    exchange.hints().ring(Hint::Agent(visit.agent));
    Ok(())
}

/// Takes back what nobody came for.
pub fn withdraw(exchange: &Exchange, visit: &Visit, ticket: &str) {
    let mut waiting = exchange.asks().waiting();
    if let Some(asks) = waiting.get_mut(&visit.agent) {
        asks.retain(|ask| ask.ticket != ticket);
        if asks.is_empty() {
            waiting.remove(&visit.agent);
        }
    }
}
