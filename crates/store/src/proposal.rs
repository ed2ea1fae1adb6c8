//! Proposals, and what runs that they are made for.

use hansa_model::id::{OrderId, ProjectId, ProposalId};
use hansa_model::proposal::{Proposal, ProposalState};
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Row, Tx, json, word};
use crate::error::Result;
use crate::page::Filter;

const COLUMNS: &str = "id, order_id, project_id, application, state, advice, created_at, updated_at";

fn read(row: &Row) -> Result<Proposal> {
    Ok(Proposal {
        id: row.parse("id")?,
        order: row.parse("order_id")?,
        project: row.parse("project_id")?,
        application: row.parse("application")?,
        state: row.word("state")?,
        advice: row.json("advice")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// Keeps a new proposal; `false` when its order has an open one already.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, proposal: &Proposal) -> Result<bool> {
    let mut values = args![proposal.id, proposal.order, proposal.project, &proposal.application, word(&proposal.state)];
    values.push(json(&proposal.advice));
    values.extend(args![proposal.created_at, proposal.updated_at]);
    let sql = format!(
        "insert into proposal ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning id"
    );
    Ok(tx.first(&sql, values).await?.is_some())
}

/// The proposal.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn get(tx: &mut Tx, id: ProposalId) -> Result<Option<Proposal>> {
    let row = tx.first(&format!("select {COLUMNS} from proposal where id = $1"), args![id]).await?;
    row.as_ref().map(read).transpose()
}

/// The newest proposal for an order.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn latest(tx: &mut Tx, order: OrderId) -> Result<Option<Proposal>> {
    let sql = format!("select {COLUMNS} from proposal where order_id = $1 order by id desc limit 1");
    tx.first(&sql, args![order]).await?.as_ref().map(read).transpose()
}

/// Which proposals to list.
#[derive(Debug, Clone, Default)]
pub struct ProposalFilter {
    /// Of these projects; of all when `None`.
    pub projects: Option<Vec<ProjectId>>,
    /// For this order.
    pub order: Option<OrderId>,
    /// In this state.
    pub state: Option<ProposalState>,
    /// Older than this one.
    pub before: Option<ProposalId>,
}

/// Proposals, the newest first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn list(tx: &mut Tx, wanted: &ProposalFilter, limit: u32) -> Result<Vec<Proposal>> {
    let mut filter = Filter::default();
    if let Some(projects) = &wanted.projects {
        if projects.is_empty() {
            return Ok(Vec::new());
        }
        filter.one_of("project_id", projects.iter().copied());
    }
    if let Some(order) = wanted.order {
        filter.equals("order_id", order);
    }
    if let Some(state) = wanted.state {
        filter.equals("state", word(&state));
    }
    if let Some(before) = wanted.before {
        let before = filter.bind(before);
        filter.and(format!("id < {before}"));
    }
    let most = filter.bind(limit);
    let sql = format!("select {COLUMNS} from proposal{} order by id desc limit {most}", filter.clause());
    tx.all(&sql, filter.args()).await?.iter().map(read).collect()
}

/// Moves an open proposal on; `false` when it was no longer open.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn close(tx: &mut Tx, id: ProposalId, state: ProposalState, now: Timestamp) -> Result<bool> {
    let sql = "update proposal set state = $2, updated_at = $3 where id = $1 and state = $4";
    Ok(tx.execute(sql, args![id, word(&state), now, word(&ProposalState::Open)]).await? == 1)
}

/// An order of which something runs, and numbers that differ when what runs does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunningOrder {
    /// The order.
    pub order: OrderId,
    /// How many of its services run.
    pub services: u64,
    /// The sum of the generations of their intents.
    pub generations: u64,
}

/// Every fulfilled order of which something runs and is not about to be taken down.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn running(tx: &mut Tx) -> Result<Vec<RunningOrder>> {
    let rows = tx
        .all(
            "select s.order_id, count(*) as services, cast(sum(s.generation) as bigint) as generations \
             from service s join orders o on o.id = s.order_id \
             where o.state = 'fulfilled' and s.terminated_at is null and s.desired <> 'terminated' \
             group by s.order_id order by s.order_id",
            args![],
        )
        .await?;
    let read = |row: &Row| {
        Ok(RunningOrder {
            order: row.parse("order_id")?,
            services: row.unsigned("services")?,
            generations: row.unsigned("generations")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Orders that have an open proposal.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn proposed(tx: &mut Tx) -> Result<Vec<OrderId>> {
    let rows = tx.all("select order_id from proposal where state = 'open' order by order_id", args![]).await?;
    rows.iter().map(|row| row.parse("order_id")).collect()
}
