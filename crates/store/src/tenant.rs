//! Tenants and their projects.

use hansa_model::id::{ParticipantId, ProjectId, TenantId};
use hansa_model::money::Money;
use hansa_model::page::Page;
use hansa_model::participant::{Project, Tenant};

use crate::args;
use crate::db::{Row, Tx, json};
use crate::error::Result;
use crate::page::{Filter, Key, Order, PageRequest, collect};

const PROJECTS: &str = "select p.id, p.tenant_id, p.name, p.currency, p.budget, p.approval_above, p.alerts, p.created_at \
                        from project p join tenant t on t.id = p.tenant_id";
const PROJECT_COLUMNS: &str = "id, tenant_id, name, currency, budget, approval_above, alerts, created_at";
const BY_ID: Order = Order { list: "project", columns: &["p.id"], descending: false };

fn read_tenant(row: &Row) -> Result<Tenant> {
    Ok(Tenant {
        id: row.parse("id")?,
        participant: row.parse("participant_id")?,
        name: row.parse("name")?,
        created_at: row.time("created_at")?,
    })
}

fn read_project(row: &Row) -> Result<Project> {
    let amount = |column: &str| -> Result<Option<Money>> {
        row.opt_int(column)?.map(|micros| Ok(Money::from_micros(micros, row.parse("currency")?))).transpose()
    };
    Ok(Project {
        id: row.parse("id")?,
        tenant: row.parse("tenant_id")?,
        name: row.parse("name")?,
        budget: amount("budget")?,
        approval_above: amount("approval_above")?,
        alerts: row.json("alerts")?,
        created_at: row.time("created_at")?,
    })
}

/// Adds a tenant.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, tenant: &Tenant) -> Result<()> {
    tx.execute(
        "insert into tenant (id, participant_id, name, created_at) values ($1, $2, $3, $4)",
        args![tenant.id, tenant.participant, &tenant.name, tenant.created_at],
    )
    .await?;
    Ok(())
}

/// Every tenant of a participant.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn of_participant(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Tenant>> {
    let sql = "select id, participant_id, name, created_at from tenant where participant_id = $1 order by id";
    tx.all(sql, args![participant]).await?.iter().map(read_tenant).collect()
}

/// The tenant.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, id: TenantId) -> Result<Option<Tenant>> {
    let sql = "select id, participant_id, name, created_at from tenant where id = $1";
    tx.first(sql, args![id]).await?.as_ref().map(read_tenant).transpose()
}

/// Which of these tenants there are.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn known(tx: &mut Tx, tenants: &[TenantId]) -> Result<Vec<TenantId>> {
    if tenants.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter::default();
    filter.one_of("id", tenants.iter().copied());
    let rows = tx.all(&format!("select id from tenant{}", filter.clause()), filter.args()).await?;
    rows.iter().map(|row| row.parse("id")).collect()
}

fn currency_of(budget: Option<Money>, approval_above: Option<Money>) -> &'static str {
    budget.or(approval_above).map_or("EUR", |amount| amount.currency().code())
}

/// Adds a project; answers whether its name was free within the tenant.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert_project(tx: &mut Tx, project: &Project) -> Result<bool> {
    let inserted = tx
        .execute(
            "insert into project (id, tenant_id, name, currency, budget, approval_above, alerts, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (tenant_id, name) do nothing",
            args![
                project.id,
                project.tenant,
                &project.name,
                currency_of(project.budget, project.approval_above),
                project.budget.map(Money::micros),
                project.approval_above.map(Money::micros),
                json(&project.alerts),
                project.created_at,
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Every project of a participant.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn projects_of_participant(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Project>> {
    let sql = format!("{PROJECTS} where t.participant_id = $1 order by p.id");
    tx.all(&sql, args![participant]).await?.iter().map(read_project).collect()
}

/// One page of projects: of one participant, or all.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn project_page(
    tx: &mut Tx,
    participant: Option<ParticipantId>,
    page: &PageRequest,
) -> Result<Page<Project>> {
    let mut filter = Filter::default();
    if let Some(participant) = participant {
        filter.equals("t.participant_id", participant);
    }
    let (sql, args) = filter.page(PROJECTS, &BY_ID, page)?;
    let rows = tx.all(&sql, args).await?;
    collect(&rows, page, &BY_ID, read_project, |item| vec![Key::Text(item.id.to_string())])
}

/// A project.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find_project(tx: &mut Tx, id: ProjectId) -> Result<Option<Project>> {
    let row = tx.first(&format!("select {PROJECT_COLUMNS} from project where id = $1"), args![id]).await?;
    row.as_ref().map(read_project).transpose()
}

/// A project, kept from changing until the transaction ends.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn lock_project(tx: &mut Tx, id: ProjectId) -> Result<Option<Project>> {
    let sql = format!("update project set name = name where id = $1 returning {PROJECT_COLUMNS}");
    let row = tx.first(&sql, args![id]).await?;
    row.as_ref().map(read_project).transpose()
}

/// Gives a project other limits.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_limits(tx: &mut Tx, project: &Project) -> Result<()> {
    tx.execute(
        "update project set currency = $2, budget = $3, approval_above = $4, alerts = $5 where id = $1",
        args![
            project.id,
            currency_of(project.budget, project.approval_above),
            project.budget.map(Money::micros),
            project.approval_above.map(Money::micros),
            json(&project.alerts),
        ],
    )
    .await?;
    Ok(())
}

/// What the running services and open orders of a project have reserved of its budget, with the currency.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn reserved(tx: &mut Tx, id: ProjectId) -> Result<Option<Money>> {
    let row = tx.first("select reserved, currency from project where id = $1", args![id]).await?;
    row.map(|row| row.money("reserved", "currency")).transpose()
}
