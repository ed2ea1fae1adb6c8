//! Services: intents, observations, and the assignments of agents.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::application::Config;
use hansa_model::console::ConsoleAccess;
use hansa_model::id::{AgentId, OrderId, ParticipantId, ProjectId, ServiceId, TenantId};
use hansa_model::kind::{KindId, Properties};
use hansa_model::money::Money;
use hansa_model::name::Name;
use hansa_model::price::PricePlan;
use hansa_model::service::{Connection, Desired, Observation, Service, ServiceState};
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Arg, Row, Tx, json, placeholders, word};
use crate::error::Result;

/// A service as it is kept.
#[derive(Debug, Clone)]
pub struct ServiceRecord {
    /// The service as it is shown; its observation carries no connection, and of its console nothing is known here.
    pub service: Service,
    /// The tenant of its project.
    pub tenant: TenantId,
    /// The agent that makes it real.
    pub agent: AgentId,
    /// What it costs: the price plan of its offer's version.
    pub price: PricePlan,
    /// What it is given to work with.
    pub config: Config,
    /// Whether a last dump is made.
    pub dump: bool,
    /// The components whose connections it needs before it can be made.
    pub needs: Vec<Name>,
    /// How it is reached, with its secret.
    pub connection: Option<Connection>,
    /// When all of its order was fulfilled: what was used before is not charged.
    pub billable_from: Option<Timestamp>,
    /// When its termination was ordered: what is used afterwards is not charged.
    pub termination_asked_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, order_id, project_id, tenant_id, component, instance, kind, offer_id, offer_version, \
    offer_key, provider_id, provider_name, site_id, site_name, agent_id, properties, price, config, dump, needs, state, \
    desired, generation, observation, connection, monthly, currency, created_at, active_at, billable_from, \
    unreachable_since, termination_asked_at, terminated_at";

fn read(row: &Row) -> Result<ServiceRecord> {
    Ok(ServiceRecord {
        service: Service {
            id: row.parse("id")?,
            order: row.parse("order_id")?,
            project: row.parse("project_id")?,
            component: row.parse("component")?,
            instance: row.unsigned("instance")?,
            kind: row.parse("kind")?,
            offer: row.parse("offer_id")?,
            offer_version: row.unsigned("offer_version")?,
            offer_key: row.text("offer_key")?,
            provider: row.parse("provider_id")?,
            provider_name: row.parse("provider_name")?,
            site: row.parse("site_id")?,
            site_name: row.parse("site_name")?,
            properties: row.json("properties")?,
            state: row.word("state")?,
            desired: row.word("desired")?,
            generation: row.unsigned("generation")?,
            observation: row.opt_json("observation")?,
            console: ConsoleAccess::None,
            monthly: row.money("monthly", "currency")?,
            created_at: row.time("created_at")?,
            active_at: row.opt_time("active_at")?,
            unreachable_since: row.opt_time("unreachable_since")?,
            terminated_at: row.opt_time("terminated_at")?,
        },
        tenant: row.parse("tenant_id")?,
        agent: row.parse("agent_id")?,
        price: row.json("price")?,
        config: row.json("config")?,
        dump: row.flag("dump")?,
        needs: row.json("needs")?,
        connection: row.opt_json("connection")?,
        billable_from: row.opt_time("billable_from")?,
        termination_asked_at: row.opt_time("termination_asked_at")?,
    })
}

/// The next number of an agent's assignments; everything after it is new to the agent.
async fn next_revision(tx: &mut Tx, agent: AgentId) -> Result<i64> {
    let row =
        tx.first("update agent set revision = revision + 1 where id = $1 returning revision", args![agent]).await?;
    row.map_or(Ok(0), |row| row.int("revision"))
}

/// Keeps a new service with the first generation of its intent. Its agent does not see it before [`assign`].
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, record: &ServiceRecord) -> Result<()> {
    let service = &record.service;
    let mut values = args![
        service.id,
        service.order,
        service.project,
        record.tenant,
        &service.component,
        service.instance,
        service.kind.name(),
        service.offer,
        service.offer_version,
        &service.offer_key,
        service.provider,
        &service.provider_name,
        service.site,
        &service.site_name,
        record.agent,
    ];
    values.extend([json(&service.properties), json(&record.price), json(&record.config)]);
    values.extend([Arg::Flag(record.dump), json(&record.needs)]);
    values.extend(args![
        word(&service.state),
        word(&service.desired),
        service.generation,
        service.monthly.micros(),
        service.monthly.currency().code(),
        service.created_at,
    ]);
    tx.execute(
        "insert into service (id, order_id, project_id, tenant_id, component, instance, kind, offer_id, \
         offer_version, offer_key, provider_id, provider_name, site_id, site_name, agent_id, properties, price, \
         config, dump, needs, state, desired, generation, revision, monthly, currency, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, \
         $22, $23, 0, $24, $25, $26)",
        values,
    )
    .await?;
    remember_revision(tx, service).await
}

/// Notes the terms of a generation, by which its usage will be rated.
async fn remember_revision(tx: &mut Tx, service: &Service) -> Result<()> {
    let mut values = args![service.id, service.generation];
    values.push(json(&service.properties));
    values.extend(args![service.offer_version]);
    tx.execute(
        "insert into service_revision (service_id, generation, properties, offer_version) values ($1, $2, $3, $4) \
         on conflict (service_id, generation) do nothing",
        values,
    )
    .await?;
    Ok(())
}

/// The service.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn get(tx: &mut Tx, id: ServiceId) -> Result<Option<ServiceRecord>> {
    let row = tx.first(&format!("select {COLUMNS} from service where id = $1"), args![id]).await?;
    row.as_ref().map(read).transpose()
}

/// Keeps a service from changing until the transaction ends, so that only one order is placed on it at a time.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn lock(tx: &mut Tx, id: ServiceId) -> Result<()> {
    tx.execute("update service set revision = revision where id = $1", args![id]).await?;
    Ok(())
}

/// The services of the given identifiers that exist.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn get_many(tx: &mut Tx, ids: &[ServiceId]) -> Result<Vec<ServiceRecord>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("select {COLUMNS} from service where id in ({}) order by id", placeholders(1, ids.len()));
    let rows = tx.all(&sql, ids.iter().map(|id| Arg::from(*id)).collect()).await?;
    rows.iter().map(read).collect()
}

/// Every service that an order made.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn of_order(tx: &mut Tx, order: OrderId) -> Result<Vec<ServiceRecord>> {
    let sql = format!("select {COLUMNS} from service where order_id = $1 order by id");
    let rows = tx.all(&sql, args![order]).await?;
    rows.iter().map(read).collect()
}

/// The tenants that have something running at a provider.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn tenants_at(tx: &mut Tx, provider: ParticipantId) -> Result<Vec<TenantId>> {
    let sql = "select distinct tenant_id from service where provider_id = $1 and terminated_at is null order by 1";
    tx.all(sql, args![provider]).await?.iter().map(|row| row.parse("tenant_id")).collect()
}

/// Which services to list.
#[derive(Debug, Clone, Default)]
pub struct ServiceFilter {
    /// Of these projects or of this provider; of all when both are `None`.
    pub projects: Option<Vec<ProjectId>>,
    /// Delivered by this provider.
    pub provider: Option<ParticipantId>,
    /// In this state.
    pub state: Option<ServiceState>,
    /// Of this kind.
    pub kind: Option<KindId>,
    /// Made by this order.
    pub order: Option<OrderId>,
    /// Whether those that are gone are left out.
    pub live_only: bool,
    /// Older than this one.
    pub before: Option<ServiceId>,
}

/// Services, the newest first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn list(tx: &mut Tx, filter: &ServiceFilter, limit: u32) -> Result<Vec<ServiceRecord>> {
    let mut values = args![filter.before.map_or_else(|| "z".to_owned(), |id| id.to_string()), limit];
    let mut sql = format!("select {COLUMNS} from service where id < $1");
    let mut whose = Vec::new();
    if let Some(projects) = &filter.projects
        && !projects.is_empty()
    {
        whose.push(format!("project_id in ({})", placeholders(values.len() + 1, projects.len())));
        values.extend(projects.iter().map(|project| Arg::from(*project)));
    }
    if let Some(provider) = filter.provider {
        values.push(Arg::from(provider));
        whose.push(format!("provider_id = ${}", values.len()));
    }
    if !whose.is_empty() {
        sql.push_str(&format!(" and ({})", whose.join(" or ")));
    } else if filter.projects.is_some() {
        return Ok(Vec::new());
    }
    let words = [
        ("state", filter.state.map(|state| word(&state))),
        ("kind", filter.kind.map(|kind| kind.name().to_owned())),
        ("order_id", filter.order.map(|order| order.to_string())),
    ];
    for (column, word) in words {
        if let Some(word) = word {
            values.push(Arg::from(word));
            sql.push_str(&format!(" and {column} = ${}", values.len()));
        }
    }
    if filter.live_only {
        sql.push_str(" and terminated_at is null");
    }
    sql.push_str(" order by id desc limit $2");
    let rows = tx.all(&sql, values).await?;
    rows.iter().map(read).collect()
}

/// A new intent for a service.
#[derive(Debug, Clone)]
pub struct Intent<'a> {
    /// What it should be doing.
    pub desired: Desired,
    /// The properties that it should have.
    pub properties: &'a Properties,
    /// What it then costs in a month.
    pub monthly: Money,
    /// Its state while the agent is at work.
    pub state: ServiceState,
}

/// Gives a service its next intent and shows it to its agent; answers the generation.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn intend(tx: &mut Tx, record: &ServiceRecord, intent: &Intent<'_>, now: Timestamp) -> Result<u64> {
    let revision = next_revision(tx, record.agent).await?;
    let asked = (intent.desired == Desired::Terminated).then_some(now);
    let mut values = args![record.service.id, word(&intent.desired)];
    values.push(json(intent.properties));
    values.extend(args![intent.monthly.micros(), word(&intent.state), revision, asked]);
    let row = tx
        .first(
            "update service set desired = $2, properties = $3, monthly = $4, state = $5, revision = $6, \
             generation = generation + 1, \
             termination_asked_at = coalesce(termination_asked_at, cast($7 as bigint)) \
             where id = $1 returning generation",
            values,
        )
        .await?;
    let generation: u64 = row.map_or(Ok(0), |row| row.unsigned("generation"))?;
    let service = Service { properties: intent.properties.clone(), generation, ..record.service.clone() };
    remember_revision(tx, &service).await?;
    Ok(generation)
}

/// Shows a service to its agent for the first time.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn assign(tx: &mut Tx, record: &ServiceRecord) -> Result<()> {
    let revision = next_revision(tx, record.agent).await?;
    tx.execute(
        "update service set state = $2, revision = $3 where id = $1",
        args![record.service.id, word(&ServiceState::Provisioning), revision],
    )
    .await?;
    Ok(())
}

/// Notes what an agent saw, and the state that follows from it.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn observe(
    tx: &mut Tx,
    id: ServiceId,
    state: ServiceState,
    observation: &Observation,
    now: Timestamp,
) -> Result<()> {
    let active_at = (state == ServiceState::Active).then_some(observation.at);
    let terminated_at = (state == ServiceState::Terminated).then_some(observation.at.max(Timestamp::from_micros(0)));
    let shown = Observation { connection: None, ..observation.clone() };
    let unreachable = (state == ServiceState::Unreachable).then_some(now);
    let mut values = args![id, word(&state)];
    values.push(json(&shown));
    values.push(observation.connection.as_ref().map_or(Arg::Text(None), json));
    values.extend(args![active_at, terminated_at, unreachable]);
    tx.execute(
        "update service set state = $2, observation = $3, connection = coalesce($4, connection), \
         active_at = coalesce(active_at, cast($5 as bigint)), \
         terminated_at = coalesce(terminated_at, cast($6 as bigint)), unreachable_since = cast($7 as bigint) \
         where id = $1",
        values,
    )
    .await?;
    if state == ServiceState::Terminated {
        tx.execute("update service set connection = null where id = $1", args![id]).await?;
    }
    Ok(())
}

/// Notes what a service is expected to cost in a month.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_monthly(tx: &mut Tx, id: ServiceId, monthly: Money) -> Result<()> {
    tx.execute("update service set monthly = $2 where id = $1", args![id, monthly.micros()]).await?;
    Ok(())
}

/// Notes from when on a service is charged.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_billable(tx: &mut Tx, id: ServiceId, from: Timestamp) -> Result<()> {
    tx.execute("update service set billable_from = coalesce(billable_from, $2) where id = $1", args![id, from]).await?;
    Ok(())
}

/// Ends a service that its agent never saw.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn drop_unseen(tx: &mut Tx, id: ServiceId, now: Timestamp) -> Result<()> {
    tx.execute(
        "update service set state = 'terminated', desired = 'terminated', termination_asked_at = $2, \
         terminated_at = $2 where id = $1 and revision = 0",
        args![id, now],
    )
    .await?;
    Ok(())
}

/// Marks a service as unreachable since then.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn lose(tx: &mut Tx, id: ServiceId, since: Timestamp) -> Result<()> {
    tx.execute(
        "update service set state = $2, unreachable_since = $3 where id = $1",
        args![id, word(&ServiceState::Unreachable), since],
    )
    .await?;
    Ok(())
}

/// Services of an agent that changed after its cursor, with the new cursor.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn changed_after(tx: &mut Tx, agent: AgentId, cursor: u64, limit: u32) -> Result<(u64, Vec<ServiceRecord>)> {
    let rows = tx
        .all(
            &format!(
                "select {COLUMNS}, revision from service where agent_id = $1 and revision > $2 and revision > 0 \
                 order by revision limit $3"
            ),
            args![agent, cursor, limit],
        )
        .await?;
    let last = rows.last().map(|row| row.unsigned("revision")).transpose()?.unwrap_or(cursor);
    Ok((last, rows.iter().map(read).collect::<Result<_>>()?))
}

/// How the first instance of each component of the orders is reached, by order and component.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn connections(tx: &mut Tx, orders: &[OrderId]) -> Result<BTreeMap<(OrderId, String), Connection>> {
    if orders.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sql = format!(
        "select order_id, component, connection from service \
         where instance = 0 and connection is not null and order_id in ({})",
        placeholders(1, orders.len())
    );
    let rows = tx.all(&sql, orders.iter().map(|order| Arg::from(*order)).collect()).await?;
    rows.iter().map(|row| Ok(((row.parse("order_id")?, row.text("component")?), row.json("connection")?))).collect()
}

/// The services of an agent that are not gone.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn live_of_agent(tx: &mut Tx, agent: AgentId) -> Result<Vec<ServiceRecord>> {
    let sql = format!("select {COLUMNS} from service where agent_id = $1 and terminated_at is null order by id");
    let rows = tx.all(&sql, args![agent]).await?;
    rows.iter().map(read).collect()
}

/// Which services of an agent are not gone.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn ids_of_agent(tx: &mut Tx, agent: AgentId) -> Result<BTreeSet<ServiceId>> {
    let rows = tx.all("select id from service where agent_id = $1 and terminated_at is null", args![agent]).await?;
    rows.iter().map(|row| row.parse("id")).collect()
}

/// The terms of one generation of a service: its properties and the version of its offer.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn revision(tx: &mut Tx, id: ServiceId, generation: u64) -> Result<Option<(Properties, u32)>> {
    let sql = "select properties, offer_version from service_revision where service_id = $1 and generation = $2";
    let row = tx.first(sql, args![id, generation]).await?;
    row.map(|row| Ok((row.json("properties")?, row.unsigned("offer_version")?))).transpose()
}

/// How many services are in each state.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn count_by_state(tx: &mut Tx) -> Result<BTreeMap<String, i64>> {
    let rows = tx.all("select state, count(*) as number from service group by state", args![]).await?;
    rows.iter().map(|row| Ok((row.text("state")?, row.int("number")?))).collect()
}
