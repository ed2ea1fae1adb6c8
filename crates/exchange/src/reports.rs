//! What agents tell. Each report is numbered and taken in one transaction, so that a repetition has no effect.

use std::collections::BTreeSet;

use hansa_model::agent::{Capability, InventoryItem, RefusedUsage, Report, ReportReceipt};
use hansa_model::event::Audience;
use hansa_model::id::{ServiceId, SiteId};
use hansa_model::service::ServiceState;
use hansa_store::{capacity, metric, report, saga, service, site};
use serde_json::json;

use crate::hints::Hint;
use crate::principal::AgentPrincipal;
use crate::{Error, Result, Work, metering, services};

/// Takes a report; a repetition of the last one gets the same answer and changes nothing. A number that was taken
/// long ago is answered with the last one, so that an agent that lost its journal can go on from there.
///
/// # Errors
/// [`Error::NotFound`] for an unknown agent.
pub async fn take(work: &mut Work, agent: &AgentPrincipal, told: &Report) -> Result<ReportReceipt> {
    let id = agent.agent;
    let seen: Vec<_> = told.observations.iter().map(|seen| seen.service).collect();
    saga::lock_at_work_on(work, &seen).await?;
    let standing = report::lock(work, id).await?.ok_or_else(|| Error::not_found("agent", id))?;
    if told.number <= standing.number {
        let is_last = |receipt: &ReportReceipt| receipt.number == told.number;
        let last = ReportReceipt { number: standing.number, refused: Vec::new() };
        return Ok(standing.receipt.filter(is_last).unwrap_or(last));
    }
    let exchange = work.exchange();
    let now = exchange.now();
    if !standing.online {
        let audience = Audience { tenant: None, provider: Some(agent.provider) };
        work.event("agent.online", &id.to_string(), None, audience, json!({"name": standing.name}));
    }
    if let Some(capabilities) = &told.capabilities {
        declare(work, agent, capabilities).await?;
    }
    capacity::refresh(work, id, now.plus(exchange.settings().freshness)).await?;
    for seen in &told.observations {
        services::observe(work, id, seen).await?;
    }
    let mut refused = Vec::new();
    for record in &told.usage {
        if let Err(reason) = metering::take(work, id, record).await? {
            refused.push(RefusedUsage { id: record.id, reason });
        }
    }
    // Most reports tell of one service only; an agent may have very many.
    let asks_whose = !told.metrics.is_empty() || told.inventory.is_some();
    let mine = if asks_whose { service::ids_of_agent(work, id).await? } else { BTreeSet::new() };
    for sample in told.metrics.iter().filter(|sample| sample.value.is_finite() && mine.contains(&sample.service)) {
        metric::insert(work, sample).await?;
    }
    if let Some(inventory) = &told.inventory {
        report::set_orphans(work, id, &orphans(inventory, &mine)).await?;
    }
    let receipt = ReportReceipt { number: told.number, refused };
    report::acknowledge(work, id, &receipt, &told.version, now).await?;
    work.hint(Hint::Events);
    Ok(receipt)
}

/// What the back ends hold that belongs to no living service of this agent.
fn orphans(inventory: &[InventoryItem], mine: &BTreeSet<ServiceId>) -> Vec<String> {
    let is_known = |item: &&InventoryItem| item.service.is_some_and(|service| mine.contains(&service));
    inventory.iter().filter(|item| !is_known(item)).map(|item| format!("{}: {}", item.driver, item.name)).collect()
}

async fn declare(work: &mut Work, agent: &AgentPrincipal, capabilities: &[Capability]) -> Result<()> {
    let exchange = work.exchange();
    let fresh_until = exchange.now().plus(exchange.settings().freshness);
    for capability in capabilities {
        let found: Option<SiteId> = site::by_name(work, agent.provider, &capability.site).await?.map(|site| site.id);
        let Some(site) = found else {
            let detail = json!({"site": capability.site, "driver": capability.driver});
            work.audit(&agent.agent.to_string(), "agent.unknown-site", &capability.site.to_string(), detail);
            continue;
        };
        capacity::declare(
            work,
            site,
            capability.kind,
            agent.agent,
            fresh_until,
            &capability.actions,
            &capability.capacity,
        )
        .await?;
    }
    report::set_capabilities(work, agent.agent, capabilities).await?;
    Ok(())
}

/// Marks an agent that has been silent for too long, and its services as unreachable. The workloads are left
/// alone: silence is never a reason to delete.
pub(crate) async fn lose(
    work: &mut Work,
    agent: hansa_model::id::AgentId,
    standing: &report::Standing,
    last_seen: hansa_model::time::Timestamp,
) -> Result<()> {
    report::set_silent(work, agent).await?;
    let audience = Audience { tenant: None, provider: Some(standing.provider) };
    let data = json!({"name": standing.name, "lastSeen": last_seen});
    work.event("agent.silent", &agent.to_string(), None, audience, data);
    for record in service::live_of_agent(work, agent).await? {
        let next = hansa_model::lifecycle::SERVICE.next(record.service.state, "silence");
        if next == Ok(ServiceState::Unreachable) && record.service.state != ServiceState::Requested {
            service::lose(work, record.service.id, last_seen).await?;
            services::tell(work, &record, ServiceState::Unreachable);
        }
    }
    Ok(())
}
