//! Quotes.

use hansa_model::id::{ProjectId, QuoteId};
use hansa_model::order::{Quote, QuoteState};
use hansa_model::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::args;
use crate::db::{Row, Tx, json, word};
use crate::error::Result;
use crate::order::PlannedService;

/// A quote as it is kept: with the services that accepting it will make.
#[derive(Debug, Clone)]
pub struct QuoteRecord {
    /// The quote as it is shown.
    pub quote: Quote,
    /// The services, with their identifiers, which are made with the quote.
    pub plan: Vec<PlannedService>,
}

#[derive(Serialize, Deserialize)]
struct Body {
    application: hansa_model::application::Application,
    package: hansa_model::package::Package,
    plan: Vec<PlannedService>,
}

const COLUMNS: &str = "id, project_id, state, held, body, jws, created_at, expires_at";

fn read(row: &Row) -> Result<QuoteRecord> {
    let body: Body = row.json("body")?;
    Ok(QuoteRecord {
        quote: Quote {
            id: row.parse("id")?,
            project: row.parse("project_id")?,
            state: row.word("state")?,
            application: body.application,
            package: body.package,
            held: row.flag("held")?,
            created_at: row.time("created_at")?,
            expires_at: row.time("expires_at")?,
            jws: row.text("jws")?,
        },
        plan: body.plan,
    })
}

/// Keeps a new quote.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, record: &QuoteRecord) -> Result<()> {
    let quote = &record.quote;
    let body =
        Body { application: quote.application.clone(), package: quote.package.clone(), plan: record.plan.clone() };
    let mut values = args![quote.id, quote.project, word(&quote.state), quote.held];
    values.push(json(&body));
    values.extend(args![&quote.jws, quote.created_at, quote.expires_at]);
    tx.execute(&format!("insert into quote ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8)"), values).await?;
    Ok(())
}

/// The quote.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn get(tx: &mut Tx, id: QuoteId) -> Result<Option<QuoteRecord>> {
    let row = tx.first(&format!("select {COLUMNS} from quote where id = $1"), args![id]).await?;
    row.as_ref().map(read).transpose()
}

/// Quotes of a project, the newest first, up to `limit` of those before `before`.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn list(tx: &mut Tx, project: ProjectId, before: Option<QuoteId>, limit: u32) -> Result<Vec<QuoteRecord>> {
    let before = before.map_or_else(|| "z".to_owned(), |id| id.to_string());
    let rows = tx
        .all(
            &format!("select {COLUMNS} from quote where project_id = $1 and id < $2 order by id desc limit $3"),
            args![project, before, limit],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Moves a quote on from the state it is in; `false` when it was no longer in it.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn advance(tx: &mut Tx, id: QuoteId, from: QuoteState, to: QuoteState) -> Result<bool> {
    let changed = tx
        .execute("update quote set state = $3 where id = $1 and state = $2", args![id, word(&from), word(&to)])
        .await?;
    Ok(changed == 1)
}

/// Quotes that are open though their time is over.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn overdue(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<QuoteId>> {
    let rows = tx
        .all(
            "select id from quote where state = 'open' and expires_at <= $1 order by expires_at limit $2",
            args![now, limit],
        )
        .await?;
    rows.iter().map(|row| row.parse("id")).collect()
}
