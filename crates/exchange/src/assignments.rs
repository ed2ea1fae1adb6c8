//! What agents are to make true: each agent pulls the intents of its services that changed after its cursor.

use std::time::Duration;

use hansa_model::agent::Assignments;
use hansa_model::id::OrderId;
use hansa_model::service::Assignment;
use hansa_store::service::{self, ServiceRecord};

use crate::hints::Hint;
use crate::principal::AgentPrincipal;
use crate::{Exchange, Result};

/// The longest that a poll waits for news.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How many assignments one answer carries at most.
const BATCH: u32 = 500;
/// How often a waiting poll looks by itself: hints of other replicas do not reach this one.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// The assignments that changed after the cursor; waits for up to `wait` when there are none.
///
/// # Errors
/// [`crate::Error::Store`].
pub async fn poll(exchange: &Exchange, agent: &AgentPrincipal, cursor: u64, wait: Duration) -> Result<Assignments> {
    let deadline = tokio::time::Instant::now() + wait.min(LONGEST_WAIT);
    let bell = exchange.hints().bell(Hint::Agent(agent.agent));
    loop {
        let news = bell.notified();
        tokio::pin!(news);
        news.as_mut().enable();
        let mut assignments = changed(exchange, agent, cursor).await?;
        assignments.consoles = exchange.asks().take(agent.agent);
        let now = tokio::time::Instant::now();
        let is_news = !assignments.assignments.is_empty() || !assignments.consoles.is_empty();
        if is_news || now >= deadline {
            return Ok(assignments);
        }
        let _ = tokio::time::timeout_at(deadline.min(now + LOOK_AGAIN), news).await;
    }
}

async fn changed(exchange: &Exchange, agent: &AgentPrincipal, cursor: u64) -> Result<Assignments> {
    let mut tx = exchange.read().await?;
    let (cursor, records) = service::changed_after(&mut tx, agent.agent, cursor, BATCH).await?;
    let mut orders: Vec<OrderId> =
        records.iter().filter(|record| !record.needs.is_empty()).map(|record| record.service.order).collect();
    orders.sort_unstable();
    orders.dedup();
    let connections = service::connections(&mut tx, &orders).await?;
    let assignments = records
        .into_iter()
        .map(|record| {
            let reached = record
                .needs
                .iter()
                .filter_map(|name| {
                    let found = connections.get(&(record.service.order, name.to_string()))?;
                    Some((name.to_string(), found.clone()))
                })
                .collect();
            assignment(record, reached)
        })
        .collect();
    Ok(Assignments { at: Some(exchange.now()), cursor, assignments, consoles: Vec::new() })
}

fn assignment(
    record: ServiceRecord,
    connections: std::collections::BTreeMap<String, hansa_model::service::Connection>,
) -> Assignment {
    let sku = record.service.offer_key.rsplit('/').next().unwrap_or_default().to_owned();
    Assignment {
        service: record.service.id,
        generation: record.service.generation,
        desired: record.service.desired,
        site: record.service.site_name,
        kind: record.service.kind,
        sku,
        component: record.service.component,
        properties: record.service.properties,
        config: record.config,
        connections,
        dump_on_termination: record.dump,
    }
}
