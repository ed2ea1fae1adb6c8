//! What agents report: numbers, heartbeats, capabilities, leftovers.

use std::collections::BTreeMap;

use hansa_model::agent::{Capability, ReportReceipt};
use hansa_model::id::{AgentId, ParticipantId};
use hansa_model::name::Name;
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Arg, Tx, json, placeholders};
use crate::error::Result;

/// Where an agent's reports stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whose agent it is.
    pub provider: ParticipantId,
    /// What it is called.
    pub name: Name,
    /// The number of the last report that was taken.
    pub number: u64,
    /// The answer to it.
    pub receipt: Option<ReportReceipt>,
    /// Whether it counts as online.
    pub online: bool,
}

/// The agent's standing, locked until the transaction ends, so that its reports are taken one by one.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn lock(tx: &mut Tx, agent: AgentId) -> Result<Option<Standing>> {
    let row = tx
        .first(
            "update agent set report_number = report_number where id = $1 \
             returning provider_id, name, report_number, receipt, online",
            args![agent],
        )
        .await?;
    row.map(|row| {
        Ok(Standing {
            provider: row.parse("provider_id")?,
            name: row.parse("name")?,
            number: row.unsigned("report_number")?,
            receipt: row.opt_json("receipt")?,
            online: row.flag("online")?,
        })
    })
    .transpose()
}

/// Notes that a report was taken.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn acknowledge(
    tx: &mut Tx,
    agent: AgentId,
    receipt: &ReportReceipt,
    version: &str,
    now: Timestamp,
) -> Result<()> {
    let mut values = args![agent, receipt.number];
    values.push(json(receipt));
    values.extend(args![version, now]);
    tx.execute(
        "update agent set report_number = $2, receipt = $3, version = $4, last_seen = $5, online = true where id = $1",
        values,
    )
    .await?;
    Ok(())
}

/// Notes what an agent says it can do.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_capabilities(tx: &mut Tx, agent: AgentId, capabilities: &[Capability]) -> Result<()> {
    let mut values = args![agent];
    values.push(json(&capabilities));
    tx.execute("update agent set capabilities = $2 where id = $1", values).await?;
    Ok(())
}

/// What an agent last said it can do.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn capabilities(tx: &mut Tx, agent: AgentId) -> Result<Vec<Capability>> {
    let row = tx.first("select capabilities from agent where id = $1", args![agent]).await?;
    row.map_or(Ok(Vec::new()), |row| row.json("capabilities"))
}

/// What each of the agents last said it can do.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn capabilities_of(tx: &mut Tx, agents: &[AgentId]) -> Result<BTreeMap<AgentId, Vec<Capability>>> {
    if agents.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sql = format!("select id, capabilities from agent where id in ({})", placeholders(1, agents.len()));
    let rows = tx.all(&sql, agents.iter().map(|id| Arg::from(*id)).collect()).await?;
    rows.iter().map(|row| Ok((row.parse("id")?, row.json("capabilities")?))).collect()
}

/// Notes what an agent's back ends hold that the exchange knows nothing of.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_orphans(tx: &mut Tx, agent: AgentId, orphans: &[String]) -> Result<()> {
    let mut values = args![agent];
    values.push(json(&orphans));
    tx.execute("update agent set orphans = $2 where id = $1", values).await?;
    Ok(())
}

/// Agents that count as online but have not reported since then.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn silent(tx: &mut Tx, since: Timestamp, limit: u32) -> Result<Vec<(AgentId, Standing, Timestamp)>> {
    let sql = format!(
        "select id, provider_id, name, report_number, last_seen from agent \
         where online and last_seen < $1 order by last_seen limit $2 {}",
        tx.skip_locked()
    );
    let rows = tx.all(&sql, vec![Arg::from(since), Arg::from(limit)]).await?;
    rows.iter()
        .map(|row| {
            let standing = Standing {
                provider: row.parse("provider_id")?,
                name: row.parse("name")?,
                number: row.unsigned("report_number")?,
                receipt: None,
                online: true,
            };
            Ok((row.parse("id")?, standing, row.time("last_seen")?))
        })
        .collect()
}

/// Marks an agent as silent.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_silent(tx: &mut Tx, agent: AgentId) -> Result<()> {
    tx.execute("update agent set online = false where id = $1", args![agent]).await?;
    Ok(())
}
