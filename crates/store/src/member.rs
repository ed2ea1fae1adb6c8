//! Members of participants.

use hansa_model::id::{MemberId, ParticipantId};
use hansa_model::page::Page;
use hansa_model::participant::Member;

use crate::args;
use crate::db::{Row, Tx, json};
use crate::error::Result;
use crate::page::{Filter, Key, Order, PageRequest, collect};

const COLUMNS: &str = "select id, participant_id, name, roles, created_at from member";
const BY_ID: Order = Order { list: "member", columns: &["id"], descending: false };

fn read(row: &Row) -> Result<Member> {
    Ok(Member {
        id: row.parse("id")?,
        participant: row.parse("participant_id")?,
        name: row.text("name")?,
        roles: row.json("roles")?,
        created_at: row.time("created_at")?,
    })
}

/// Adds a member; answers whether its name was free within the participant.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, member: &Member) -> Result<bool> {
    let inserted = tx
        .execute(
            "insert into member (id, participant_id, name, roles, created_at) values ($1, $2, $3, $4, $5) \
             on conflict (participant_id, name) do nothing",
            args![member.id, member.participant, &member.name, json(&member.roles), member.created_at],
        )
        .await?;
    Ok(inserted == 1)
}

/// A member.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, id: MemberId) -> Result<Option<Member>> {
    let row = tx.first(&format!("{COLUMNS} where id = $1"), args![id]).await?;
    row.as_ref().map(read).transpose()
}

/// One page of the members of a participant, the first to join first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn page(tx: &mut Tx, participant: ParticipantId, page: &PageRequest) -> Result<Page<Member>> {
    let mut filter = Filter::default();
    filter.equals("participant_id", participant);
    let (sql, args) = filter.page(COLUMNS, &BY_ID, page)?;
    let rows = tx.all(&sql, args).await?;
    collect(&rows, page, &BY_ID, read, |item| vec![Key::Text(item.id.to_string())])
}
