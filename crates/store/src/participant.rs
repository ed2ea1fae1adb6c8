//! Participants.

use std::collections::BTreeMap;

use hansa_model::id::ParticipantId;
use hansa_model::name::Name;
use hansa_model::page::Page;
use hansa_model::participant::{Participant, Role};

use crate::args;
use crate::db::{Arg, Row, Tx, json};
use crate::error::Result;
use crate::page::{Filter, Key, Order, PageRequest, collect};

const COLUMNS: &str = "select id, name, legal_name, country, roles, assurance, created_at from participant";
const BY_NAME: Order = Order { list: "participant", columns: &["name"], descending: false };

fn read(row: &Row) -> Result<Participant> {
    Ok(Participant {
        id: row.parse("id")?,
        name: row.parse("name")?,
        legal_name: row.text("legal_name")?,
        country: row.parse("country")?,
        roles: row.json("roles")?,
        assurance: row.json("assurance")?,
        created_at: row.time("created_at")?,
    })
}

/// Which participants are wanted.
#[derive(Debug, Clone, Default)]
pub struct ParticipantFilter {
    /// Those with this role.
    pub role: Option<Role>,
    /// Those whose name holds this text.
    pub text: Option<String>,
}

/// Adds a participant; answers whether its name was free.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, participant: &Participant) -> Result<bool> {
    let inserted = tx
        .execute(
            "insert into participant (id, name, legal_name, country, roles, assurance, created_at, changed) \
             values ($1, $2, $3, $4, $5, $6, $7, -1) on conflict (name) do nothing",
            args![
                participant.id,
                &participant.name,
                &participant.legal_name,
                participant.country.code(),
                json(&participant.roles),
                json(&participant.assurance),
                participant.created_at,
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Replaces what is registered of a participant; what it is known for is evaluated, not replaced.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn update(tx: &mut Tx, participant: &Participant) -> Result<()> {
    tx.execute(
        "update participant set legal_name = $2, country = $3, roles = $4, changed = -1 where id = $1",
        args![participant.id, &participant.legal_name, participant.country.code(), json(&participant.roles)],
    )
    .await?;
    Ok(())
}

/// The participant with this identifier.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, id: ParticipantId) -> Result<Option<Participant>> {
    one(tx, "id", id.into()).await
}

/// The participant with this short name.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<Participant>> {
    one(tx, "name", name.into()).await
}

async fn one(tx: &mut Tx, column: &str, value: Arg) -> Result<Option<Participant>> {
    let row = tx.first(&format!("{COLUMNS} where {column} = $1"), vec![value]).await?;
    row.as_ref().map(read).transpose()
}

/// The participants with these short names.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn by_names(tx: &mut Tx, names: &[String]) -> Result<BTreeMap<String, Participant>> {
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut filter = Filter::default();
    filter.one_of("name", names.iter().map(String::as_str));
    let rows = tx.all(&format!("{COLUMNS}{}", filter.clause()), filter.args()).await?;
    rows.iter().map(|row| read(row).map(|found| (found.name.to_string(), found))).collect()
}

/// Every participant with its short name.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn names(tx: &mut Tx) -> Result<Vec<(ParticipantId, Name)>> {
    let rows = tx.all("select id, name from participant order by id", args![]).await?;
    rows.iter().map(|row| Ok((row.parse("id")?, row.parse("name")?))).collect()
}

/// One page of the participants, by name.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn page(tx: &mut Tx, wanted: &ParticipantFilter, page: &PageRequest) -> Result<Page<Participant>> {
    let mut filter = Filter::default();
    if let Some(role) = wanted.role {
        let role = filter.bind(format!("%\"{role}\"%"));
        filter.and(format!("roles like {role}"));
    }
    if let Some(text) = &wanted.text {
        filter.contains(&["name", "legal_name"], text);
    }
    let (sql, args) = filter.page(COLUMNS, &BY_NAME, page)?;
    let rows = tx.all(&sql, args).await?;
    collect(&rows, page, &BY_NAME, read, |item| vec![Key::Text(item.name.to_string())])
}

/// Whether anybody acts as an operator.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn has_operator(tx: &mut Tx) -> Result<bool> {
    let row = tx
        .first(
            "select m.id from member m join participant p on p.id = m.participant_id \
             where m.removed_at is null and m.roles like '%\"operator\"%' and p.roles like '%\"operator\"%' limit 1",
            args![],
        )
        .await?;
    Ok(row.is_some())
}

/// The participant that runs the exchange; `None` before the first operator was let in.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn operator(tx: &mut Tx) -> Result<Option<ParticipantId>> {
    let sql = "select id from participant where roles like '%\"operator\"%' order by id limit 1";
    let row = tx.first(sql, args![]).await?;
    row.map(|row| row.parse("id")).transpose()
}
