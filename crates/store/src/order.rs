//! Orders, and the services that they make or change.

use hansa_model::application::Config;
use hansa_model::id::{MemberId, OfferId, OrderId, ParticipantId, ProjectId, QuoteId, ServiceId, SiteId, TenantId};
use hansa_model::kind::{KindId, Properties};
use hansa_model::money::Money;
use hansa_model::name::Name;
use hansa_model::order::{NewOrder, Order, OrderKind, OrderState, Reason};
use hansa_model::price::PricePlan;
use hansa_model::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::args;
use crate::db::{Arg, Row, Tx, json, placeholders, word};
use crate::error::Result;

/// A service that an order will make, decided when it was quoted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedService {
    /// Its identifier.
    pub service: ServiceId,
    /// The component of the application.
    pub component: Name,
    /// Which of the component's instances.
    pub instance: u32,
    /// What it is.
    pub kind: KindId,
    /// The offer.
    pub offer: OfferId,
    /// The version of the offer.
    pub offer_version: u32,
    /// How people name the offer.
    pub offer_key: String,
    /// The provider.
    pub provider: ParticipantId,
    /// The provider's short name.
    pub provider_name: Name,
    /// The site.
    pub site: SiteId,
    /// The site's short name.
    pub site_name: Name,
    /// Its properties.
    pub properties: Properties,
    /// What it costs: the price plan of the offer's version.
    pub price: PricePlan,
    /// What it is given to work with.
    pub config: Config,
    /// Whether a last dump is made.
    pub dump: bool,
    /// The components whose connections it needs before it can be made.
    pub needs: Vec<Name>,
    /// What it costs in a month.
    pub monthly: Money,
    /// What it costs once.
    pub one_off: Money,
}

/// An order as it is kept.
#[derive(Debug, Clone)]
pub struct OrderRecord {
    /// The order as it is shown.
    pub order: Order,
    /// The tenant of its project.
    pub tenant: TenantId,
    /// What was asked for.
    pub request: NewOrder,
    /// The services that it will make; empty for other kinds than create.
    pub plan: Vec<PlannedService>,
    /// Whether its buyer wants it undone.
    pub cancel_requested: bool,
}

#[derive(Serialize, Deserialize)]
struct Body {
    request: NewOrder,
    plan: Vec<PlannedService>,
}

const COLUMNS: &str = "o.id, o.project_id, p.tenant_id, o.kind, o.state, o.quote_id, o.application, o.body, o.monthly, \
    o.one_off, o.currency, o.lead_provider, o.ordered_by, o.approved_by, o.reason, o.partial, o.cancel_requested, \
    o.created_at, o.updated_at, o.deadline";

fn read(row: &Row) -> Result<OrderRecord> {
    let body: Body = row.json("body")?;
    Ok(OrderRecord {
        order: Order {
            id: row.parse("id")?,
            project: row.parse("project_id")?,
            kind: row.word("kind")?,
            state: row.word("state")?,
            quote: row.opt_parse::<QuoteId>("quote_id")?,
            application: row.opt_parse("application")?,
            services: Vec::new(),
            monthly: row.money("monthly", "currency")?,
            one_off: row.money("one_off", "currency")?,
            lead_provider: row.opt_parse("lead_provider")?,
            ordered_by: row.parse("ordered_by")?,
            approved_by: row.opt_parse::<MemberId>("approved_by")?,
            reason: row.opt_json::<Reason>("reason")?,
            partial: row.flag("partial")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
            deadline: row.opt_time("deadline")?,
        },
        tenant: row.parse("tenant_id")?,
        request: body.request,
        plan: body.plan,
        cancel_requested: row.flag("cancel_requested")?,
    })
}

/// Keeps a new order.
///
/// # Errors
/// [`crate::StoreError::Constraint`] when the quote became an order already.
pub async fn insert(tx: &mut Tx, record: &OrderRecord) -> Result<()> {
    let order = &record.order;
    let body = Body { request: record.request.clone(), plan: record.plan.clone() };
    let mut values = args![
        order.id,
        order.project,
        word(&order.kind),
        word(&order.state),
        order.quote,
        order.application.as_ref().map(ToString::to_string)
    ];
    values.push(json(&body));
    values.extend(args![
        order.monthly.micros(),
        order.one_off.micros(),
        order.monthly.currency().code(),
        order.lead_provider,
        order.ordered_by,
        order.created_at,
        order.deadline,
    ]);
    tx.execute(
        "insert into orders (id, project_id, kind, state, quote_id, application, body, monthly, one_off, currency, \
         lead_provider, ordered_by, partial, cancel_requested, created_at, updated_at, deadline) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, false, false, $13, $13, $14)",
        values,
    )
    .await?;
    Ok(())
}

async fn with_services(tx: &mut Tx, mut records: Vec<OrderRecord>) -> Result<Vec<OrderRecord>> {
    if records.is_empty() {
        return Ok(records);
    }
    let sql = format!(
        "select order_id, service_id from order_service where order_id in ({}) order by service_id",
        placeholders(1, records.len())
    );
    let rows = tx.all(&sql, records.iter().map(|record| Arg::from(record.order.id)).collect()).await?;
    for row in &rows {
        let id: OrderId = row.parse("order_id")?;
        if let Some(record) = records.iter_mut().find(|record| record.order.id == id) {
            record.order.services.push(row.parse("service_id")?);
        }
    }
    Ok(records)
}

/// The order.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn get(tx: &mut Tx, id: OrderId) -> Result<Option<OrderRecord>> {
    let sql = format!("select {COLUMNS} from orders o join project p on p.id = o.project_id where o.id = $1");
    let row = tx.first(&sql, args![id]).await?;
    let records = row.as_ref().map(read).transpose()?.into_iter().collect();
    Ok(with_services(tx, records).await?.pop())
}

/// Which orders to list.
#[derive(Debug, Clone, Default)]
pub struct OrderFilter {
    /// Of these projects; of all when `None`.
    pub projects: Option<Vec<ProjectId>>,
    /// In this state.
    pub state: Option<OrderState>,
    /// Of this kind.
    pub kind: Option<OrderKind>,
    /// Older than this one.
    pub before: Option<OrderId>,
}

/// Orders, the newest first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn list(tx: &mut Tx, filter: &OrderFilter, limit: u32) -> Result<Vec<OrderRecord>> {
    let mut values = args![filter.before.map_or_else(|| "z".to_owned(), |id| id.to_string()), limit];
    let mut sql = format!("select {COLUMNS} from orders o join project p on p.id = o.project_id where o.id < $1");
    if let Some(projects) = &filter.projects {
        if projects.is_empty() {
            return Ok(Vec::new());
        }
        sql.push_str(&format!(" and o.project_id in ({})", placeholders(values.len() + 1, projects.len())));
        values.extend(projects.iter().map(|project| Arg::from(*project)));
    }
    for (column, word) in [("state", filter.state.map(|s| word(&s))), ("kind", filter.kind.map(|k| word(&k)))] {
        if let Some(word) = word {
            values.push(Arg::from(word));
            sql.push_str(&format!(" and o.{column} = ${}", values.len()));
        }
    }
    sql.push_str(" order by o.id desc limit $2");
    let rows = tx.all(&sql, values).await?;
    let records = rows.iter().map(read).collect::<Result<_>>()?;
    with_services(tx, records).await
}

/// Moves an order to a state, with the deadline of that state.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_state(
    tx: &mut Tx,
    id: OrderId,
    state: OrderState,
    deadline: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        "update orders set state = $2, deadline = $3, updated_at = $4 where id = $1",
        args![id, word(&state), deadline, now],
    )
    .await?;
    Ok(())
}

/// Notes why an order did not end as wished; the first reason stays.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_reason(tx: &mut Tx, id: OrderId, reason: &Reason) -> Result<()> {
    let mut values = args![id];
    values.push(json(reason));
    tx.execute("update orders set reason = coalesce(reason, $2) where id = $1", values).await?;
    Ok(())
}

/// Notes who approved an order; `false` when somebody had already.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_approved(tx: &mut Tx, id: OrderId, by: MemberId) -> Result<bool> {
    let sql = "update orders set approved_by = $2 where id = $1 and approved_by is null";
    Ok(tx.execute(sql, args![id, by]).await? == 1)
}

/// Notes that an order's buyer wants it undone.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn request_cancel(tx: &mut Tx, id: OrderId) -> Result<()> {
    tx.execute("update orders set cancel_requested = true where id = $1", args![id]).await?;
    Ok(())
}

/// Notes that an order ended with some of its components only, and what the rest costs.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_partial(tx: &mut Tx, id: OrderId, monthly: Money, one_off: Money) -> Result<()> {
    tx.execute(
        "update orders set partial = true, monthly = $2, one_off = $3 where id = $1",
        args![id, monthly.micros(), one_off.micros()],
    )
    .await?;
    Ok(())
}

/// Ties a service to an order, with what it was before, so that a change can be taken back.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn tie(tx: &mut Tx, id: OrderId, service: ServiceId, previous: Option<&Previous>) -> Result<()> {
    let mut values = args![id, service];
    values.push(previous.map_or(Arg::Text(None), json));
    tx.execute(
        "insert into order_service (order_id, service_id, previous) values ($1, $2, $3) \
         on conflict (order_id, service_id) do nothing",
        values,
    )
    .await?;
    Ok(())
}

/// What a service was before an order changed it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Previous {
    /// Its properties.
    pub properties: Properties,
    /// What it should have been doing.
    pub desired: hansa_model::service::Desired,
    /// What it cost in a month.
    pub monthly: Money,
}

/// The services of an order with what they were before it.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn previous(tx: &mut Tx, id: OrderId) -> Result<Vec<(ServiceId, Option<Previous>)>> {
    let sql = "select service_id, previous from order_service where order_id = $1 order by service_id";
    let rows = tx.all(sql, args![id]).await?;
    rows.iter().map(|row| Ok((row.parse("service_id")?, row.opt_json("previous")?))).collect()
}

/// Orders that are at work on a service right now.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn at_work_on(tx: &mut Tx, service: ServiceId) -> Result<Vec<OrderId>> {
    let rows = tx
        .all(
            "select s.order_id from order_service os join saga s on s.order_id = os.order_id \
             where os.service_id = $1 and not s.finished",
            args![service],
        )
        .await?;
    rows.iter().map(|row| row.parse("order_id")).collect()
}
