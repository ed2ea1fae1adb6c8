//! The audit log: read it, and check that nobody tampered with it.

use hansa_model::event::{AuditRow, AuditVerification};
use hansa_model::page::Page;

use crate::args;
use crate::db::{Row, Tx, placeholders};
use crate::error::Result;
use crate::outbox::{PendingAudit, chain_hash};
use crate::page::{Filter, Key, Order, PageRequest, collect};

const COLUMNS: &str = "select sequence, at, actor, action, subject, detail, hash from audit";
const BY_SEQUENCE: Order = Order { list: "audit", columns: &["sequence"], descending: true };
/// How many rows are checked at a time.
const STRIDE: i64 = 1000;
/// How many things one statement asks for.
const SUBJECTS: usize = 500;

/// Which rows are wanted.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Those about this thing.
    pub subject: Option<String>,
    /// Those of this actor.
    pub actor: Option<String>,
    /// Those of this action.
    pub action: Option<String>,
}

fn read(row: &Row) -> Result<AuditRow> {
    Ok(AuditRow {
        sequence: row.unsigned("sequence")?,
        at: row.time("at")?,
        actor: row.text("actor")?,
        action: row.text("action")?,
        subject: row.text("subject")?,
        detail: row.json("detail")?,
        hash: row.text("hash")?,
    })
}

/// One page of the log, the newest first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn page(tx: &mut Tx, wanted: &AuditFilter, page: &PageRequest) -> Result<Page<AuditRow>> {
    let mut filter = Filter::default();
    for (column, value) in [("subject", &wanted.subject), ("actor", &wanted.actor), ("action", &wanted.action)] {
        if let Some(value) = value {
            filter.equals(column, value);
        }
    }
    let (sql, args) = filter.page(COLUMNS, &BY_SEQUENCE, page)?;
    let rows = tx.all(&sql, args).await?;
    let key = |item: &AuditRow| vec![Key::Int(i64::try_from(item.sequence).unwrap_or(i64::MAX))];
    collect(&rows, page, &BY_SEQUENCE, read, key)
}

/// The rows about any of these things, the oldest first, and the last of them when there are more than so many.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn concerning(tx: &mut Tx, subjects: &[String], most: usize) -> Result<Vec<AuditRow>> {
    let mut rows = Vec::new();
    for some in subjects.chunks(SUBJECTS) {
        let sql =
            format!("{COLUMNS} where subject in ({}) order by sequence desc limit {most}", placeholders(1, some.len()));
        let values = some.iter().flat_map(|subject| args![subject]).collect();
        rows.extend(tx.all(&sql, values).await?.iter().map(read).collect::<Result<Vec<_>>>()?);
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.sequence));
    rows.truncate(most);
    rows.reverse();
    Ok(rows)
}

/// How many rows there are, and the hash of the last.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn head(tx: &mut Tx) -> Result<(u64, String)> {
    let row = tx.first("select sequence, hash from audit order by sequence desc limit 1", args![]).await?;
    row.map_or_else(|| Ok((0, String::new())), |row| Ok((row.unsigned("sequence")?, row.text("hash")?)))
}

/// Checks every row: that it hashes to what it says, follows the one before, and that none is missing, neither in
/// between nor at the end. Take it in a transaction that reads from one snapshot.
///
/// A chain proves order and content. That nobody wrote the whole log anew shows only from a head that was kept
/// elsewhere.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn verify(tx: &mut Tx) -> Result<AuditVerification> {
    let mut last = 0;
    let mut head = String::new();
    loop {
        let sql = "select sequence, at, actor, action, subject, detail, hash from audit \
                   where sequence > $1 order by sequence limit $2";
        let rows = tx.all(sql, args![last, STRIDE]).await?;
        for row in &rows {
            if let Some(problem) = check(row, last, &head)? {
                return broken(last, head, problem);
            }
            last += 1;
            head = row.text("hash")?;
        }
        if rows.is_empty() {
            break;
        }
    }
    let counter = tx.first("select value from counter where name = 'audit'", args![]).await?;
    let written = counter.map_or(Ok(0), |row| row.int("value"))?;
    if written != last {
        return broken(last, head, format!("{written} rows were written, but only {last} are there"));
    }
    Ok(AuditVerification { rows: last.unsigned_abs(), head, broken_at: None, problem: None })
}

/// What is wrong with the row that should come after `last`.
fn check(row: &Row, last: i64, head: &str) -> Result<Option<String>> {
    let sequence = row.int("sequence")?;
    if sequence != last + 1 {
        return Ok(Some(format!("row {} is missing", last + 1)));
    }
    let Ok(detail) = row.json::<serde_json::Value>("detail") else {
        return Ok(Some("its detail is no JSON".to_owned()));
    };
    let entry = PendingAudit {
        at: row.time("at")?,
        actor: row.text("actor")?,
        action: row.text("action")?,
        subject: row.text("subject")?,
        detail,
    };
    let right = chain_hash(head, sequence, &entry) == row.text("hash")?;
    Ok((!right).then(|| "its hash does not fit what it says or the row before".to_owned()))
}

fn broken(last: i64, head: String, problem: String) -> Result<AuditVerification> {
    Ok(AuditVerification {
        rows: last.unsigned_abs(),
        head,
        broken_at: Some(last.unsigned_abs() + 1),
        problem: Some(problem),
    })
}
