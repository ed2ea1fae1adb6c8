//! Sagas: which step an order is at, who works on it, and what was done.

use hansa_model::id::{OrderId, SagaId, ServiceId};
use hansa_model::order::{Direction, OrderKind, OrderStep, StepState};
use hansa_model::system::OrderAtWork;
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Arg, Row, Tx, placeholders, word};
use crate::error::Result;

/// A saga as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SagaRecord {
    /// Its identifier.
    pub id: SagaId,
    /// What it does.
    pub kind: OrderKind,
    /// The order it works on.
    pub order: OrderId,
    /// Forward or back.
    pub direction: Direction,
    /// The step it is at, from 0.
    pub step: u32,
    /// How often the step failed for reasons that may pass.
    pub failures: u32,
}

const COLUMNS: &str = "id, kind, order_id, direction, step, failures";

fn read(row: &Row) -> Result<SagaRecord> {
    Ok(SagaRecord {
        id: row.parse("id")?,
        kind: row.word("kind")?,
        order: row.parse("order_id")?,
        direction: row.word("direction")?,
        step: row.unsigned("step")?,
        failures: row.unsigned("failures")?,
    })
}

/// Begins a saga, due at once.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, id: SagaId, kind: OrderKind, order: OrderId, now: Timestamp) -> Result<()> {
    tx.execute(
        "insert into saga (id, kind, order_id, direction, finished, step, wake_at, lease_until, failures, created_at) \
         values ($1, $2, $3, 'do', false, 0, $4, 0, 0, $4)",
        args![id, word(&kind), order, now],
    )
    .await?;
    Ok(())
}

/// Claims up to `limit` sagas that are due and that nobody works on.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn claim(
    tx: &mut Tx,
    owner: &str,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
) -> Result<Vec<SagaRecord>> {
    let sql = format!(
        "update saga set lease_owner = $1, lease_until = $2 where id in \
         (select id from saga where not finished and wake_at <= $3 and lease_until <= $3 order by wake_at limit $4 {}) \
         returning {COLUMNS}",
        tx.skip_locked()
    );
    let rows = tx.all(&sql, args![owner, lease_until, now, limit]).await?;
    rows.iter().map(read).collect()
}

/// The saga, locked and with its lease renewed; `None` when the lease went to somebody else or it is finished.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn hold(tx: &mut Tx, id: SagaId, owner: &str, lease_until: Timestamp) -> Result<Option<SagaRecord>> {
    let sql = format!(
        "update saga set lease_until = $3 where id = $1 and lease_owner = $2 and not finished returning {COLUMNS}"
    );
    let row = tx.first(&sql, args![id, owner, lease_until]).await?;
    row.as_ref().map(read).transpose()
}

/// Where a saga goes on, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Forward or back.
    pub direction: Direction,
    /// The step.
    pub step: u32,
    /// Whether there is nothing left to do.
    pub finished: bool,
    /// When to look again at the latest.
    pub wake_at: Timestamp,
    /// Whether somebody else may take it.
    pub release: bool,
    /// How often the step failed for reasons that may pass.
    pub failures: u32,
}

/// Moves a saga to a position.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn advance(tx: &mut Tx, id: SagaId, to: &Position) -> Result<()> {
    let sql = if to.release {
        "update saga set direction = $2, step = $3, finished = $4, wake_at = $5, failures = $6, lease_until = 0, \
         lease_owner = null where id = $1"
    } else {
        "update saga set direction = $2, step = $3, finished = $4, wake_at = $5, failures = $6 where id = $1"
    };
    tx.execute(sql, args![id, word(&to.direction), to.step, to.finished, to.wake_at, to.failures]).await?;
    Ok(())
}

/// Ends the saga of an order that nothing was done for.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn finish(tx: &mut Tx, order: OrderId) -> Result<()> {
    tx.execute(
        "update saga set finished = true, lease_until = 0, lease_owner = null where order_id = $1",
        args![order],
    )
    .await?;
    Ok(())
}

/// Lets the saga of an order look again now.
///
/// The row is written even when the saga is due already: its runner may be about to let it rest without having seen
/// what the caller changed. So the one waits for the other, and the saga wakes.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn wake(tx: &mut Tx, order: OrderId, now: Timestamp) -> Result<()> {
    tx.execute(
        "update saga set wake_at = case when wake_at > $2 then $2 else wake_at end \
         where order_id = $1 and not finished",
        args![order, now],
    )
    .await?;
    Ok(())
}

/// Keeps the saga of an order where it is until the transaction ends.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn lock(tx: &mut Tx, order: OrderId) -> Result<()> {
    tx.execute("update saga set wake_at = wake_at where order_id = $1", args![order]).await?;
    Ok(())
}

/// Keeps every saga that is at work on one of the services where it is until the transaction ends. Who changes an
/// agent and then wakes its sagas does this first, because the sagas' own runner takes them in this order.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn lock_at_work_on(tx: &mut Tx, services: &[ServiceId]) -> Result<()> {
    if services.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "update saga set wake_at = wake_at where not finished and order_id in \
         (select order_id from order_service where service_id in ({}))",
        placeholders(1, services.len())
    );
    tx.execute(&sql, services.iter().map(|id| Arg::from(*id)).collect()).await?;
    Ok(())
}

/// An order that has not ended, with where its saga is. The step is the number of one that was not begun yet.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn at_work(tx: &mut Tx, limit: u32) -> Result<Vec<(OrderAtWork, u32)>> {
    let sql = "select o.id as order_id, o.project_id, o.application, o.kind, o.state, s.direction, s.step, s.failures, \
               s.wake_at, coalesce(p.name, '') as name, p.detail, coalesce(p.started_at, s.created_at) as since \
               from saga s join orders o on o.id = s.order_id \
               left join saga_step p on p.saga_id = s.id and p.direction = s.direction and p.step = s.step \
               where not s.finished order by case when s.failures > 0 then 0 else 1 end, since, s.id limit $1";
    let rows = tx.all(sql, args![limit]).await?;
    rows.iter()
        .map(|row| {
            let order = OrderAtWork {
                order: row.parse("order_id")?,
                project: row.parse("project_id")?,
                application: row.opt_parse("application")?,
                kind: row.word("kind")?,
                state: row.word("state")?,
                direction: row.word("direction")?,
                step: row.text("name")?,
                since: row.time("since")?,
                failures: row.unsigned("failures")?,
                detail: row.opt_text("detail")?,
                next_look: row.time("wake_at")?,
            };
            Ok((order, row.unsigned("step")?))
        })
        .collect()
}

/// When the next saga is due that nobody works on.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let sql = "select min(case when wake_at > lease_until then wake_at else lease_until end) as due \
               from saga where not finished";
    let row = tx.first(sql, args![]).await?;
    row.map_or(Ok(None), |row| row.opt_time("due"))
}

/// Notes how a step stands. Beginning it again counts as another attempt.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn record(
    tx: &mut Tx,
    saga: &SagaRecord,
    name: &str,
    state: StepState,
    detail: Option<String>,
    now: Timestamp,
) -> Result<()> {
    let ended = matches!(state, StepState::Done | StepState::Failed).then_some(now);
    tx.execute(
        "insert into saga_step (saga_id, step, direction, name, state, attempts, detail, started_at, ended_at) \
         values ($1, $2, $3, $4, $5, 1, $6, $7, $8) \
         on conflict (saga_id, direction, step) do update set state = excluded.state, detail = excluded.detail, \
         attempts = saga_step.attempts + 1, ended_at = excluded.ended_at",
        args![saga.id, saga.step, word(&saga.direction), name, word(&state), detail, now, ended],
    )
    .await?;
    Ok(())
}

/// The steps of an order's saga, in the order in which they were begun.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn steps(tx: &mut Tx, order: OrderId) -> Result<Vec<OrderStep>> {
    let rows = tx
        .all(
            "select t.name, t.direction, t.state, t.attempts, t.detail, t.started_at, t.ended_at \
             from saga_step t join saga s on s.id = t.saga_id where s.order_id = $1 \
             order by t.direction, case when t.direction = 'do' then t.step else -t.step end",
            args![order],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(OrderStep {
                name: row.text("name")?,
                direction: row.word("direction")?,
                state: row.word("state")?,
                attempts: row.unsigned("attempts")?,
                detail: row.opt_text("detail")?,
                started_at: row.time("started_at")?,
                ended_at: row.opt_time("ended_at")?,
            })
        })
        .collect()
}

/// The saga of an order.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn of_order(tx: &mut Tx, order: OrderId) -> Result<Option<SagaRecord>> {
    let row = tx.first(&format!("select {COLUMNS} from saga where order_id = $1"), args![order]).await?;
    row.as_ref().map(read).transpose()
}

/// How many sagas are not finished.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn unfinished(tx: &mut Tx) -> Result<i64> {
    let row = tx.first("select count(*) as number from saga where not finished", args![]).await?;
    row.map_or(Ok(0), |row| row.int("number"))
}
