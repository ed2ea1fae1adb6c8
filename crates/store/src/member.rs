//! Members of participants.

use std::collections::BTreeSet;

use hansa_model::id::{AccountId, MemberId, ParticipantId, ProjectId, TenantId};
use hansa_model::page::Page;
use hansa_model::participant::{Member, Role};
use hansa_model::time::Timestamp;

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

/// What a member may see and do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The member's participant.
    pub participant: ParticipantId,
    /// The member's roles that its participant still has.
    pub roles: BTreeSet<Role>,
    /// The participant's tenants, with their projects.
    pub tenants: BTreeSet<TenantId>,
    /// The projects, each with its tenant.
    pub projects: BTreeSet<(ProjectId, TenantId)>,
}

/// What [`Standing::read`] reads, from `member m` joined with [`STANDING`].
pub(crate) const STANDING_COLUMNS: &str = "p.id as participant_id, m.roles as member_roles, \
     p.roles as participant_roles, tenant.id as tenant_id, project.id as project_id";

/// What joins a `member m` with where it stands; a row for each project.
pub(crate) const STANDING: &str = "join participant p on p.id = m.participant_id \
     left join tenant on tenant.participant_id = p.id left join project on project.tenant_id = tenant.id";

impl Standing {
    pub(crate) fn read(first: &Row, rows: &[Row]) -> Result<Self> {
        let (mut tenants, mut projects) = (BTreeSet::new(), BTreeSet::new());
        for row in rows {
            if let Some(tenant) = row.opt_parse::<TenantId>("tenant_id")? {
                tenants.insert(tenant);
                projects.extend(row.opt_parse::<ProjectId>("project_id")?.map(|project| (project, tenant)));
            }
        }
        let member: BTreeSet<Role> = first.json("member_roles")?;
        let participant: BTreeSet<Role> = first.json("participant_roles")?;
        Ok(Self {
            participant: first.parse("participant_id")?,
            roles: member.intersection(&participant).copied().collect(),
            tenants,
            projects,
        })
    }
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

/// A member that acts.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, id: MemberId) -> Result<Option<Member>> {
    let row = tx.first(&format!("{COLUMNS} where id = $1 and removed_at is null"), args![id]).await?;
    row.as_ref().map(read).transpose()
}

/// The account of a member; `None` for those who act by tokens only.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn account(tx: &mut Tx, id: MemberId) -> Result<Option<AccountId>> {
    let row = tx.first("select account_id from member where id = $1", args![id]).await?;
    row.map_or(Ok(None), |row| row.opt_parse("account_id"))
}

/// The members of a participant that act, kept from changing until the transaction ends.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn lock_all(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Member>> {
    tx.execute("update participant set name = name where id = $1", args![participant]).await?;
    let rows =
        tx.all(&format!("{COLUMNS} where participant_id = $1 and removed_at is null"), args![participant]).await?;
    rows.iter().map(read).collect()
}

/// Takes a member away: its tokens and sessions end. Its row stays, because what it did still is its own; its name is
/// free for others.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn remove(tx: &mut Tx, id: MemberId, now: Timestamp) -> Result<()> {
    tx.execute("update token set revoked_at = $2 where member_id = $1 and revoked_at is null", args![id, now]).await?;
    for table in ["session", "device"] {
        tx.execute(&format!("delete from {table} where member_id = $1"), args![id]).await?;
    }
    tx.execute("delete from invitation where member_id = $1 and used_at is null", args![id]).await?;
    let sql = "update member set removed_at = $2, account_id = null, name = name || ' (' || id || ')' where id = $1";
    tx.execute(sql, args![id, now]).await?;
    Ok(())
}

/// The members that act for one person, the first joined first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn of_account(tx: &mut Tx, account: AccountId) -> Result<Vec<Member>> {
    let rows = tx.all(&format!("{COLUMNS} where account_id = $1 order by id"), args![account]).await?;
    rows.iter().map(read).collect()
}

/// Whether a participant has a member of this name.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn is_taken(tx: &mut Tx, participant: ParticipantId, name: &str) -> Result<bool> {
    let sql = "select 1 as one from member where participant_id = $1 and name = $2";
    Ok(tx.first(sql, args![participant, name]).await?.is_some())
}

/// Notes that a member's roles come from an identity provider.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn manage(tx: &mut Tx, id: MemberId, issuer: &str) -> Result<()> {
    tx.execute("update member set managed_by = $2 where id = $1", args![id, issuer]).await?;
    Ok(())
}

/// The identity provider that a member's roles come from, where they come from one.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn manager(tx: &mut Tx, id: MemberId) -> Result<Option<String>> {
    let row = tx.first("select managed_by from member where id = $1", args![id]).await?;
    row.map_or(Ok(None), |row| row.opt_text("managed_by"))
}

/// Gives a member other roles.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn set_roles(tx: &mut Tx, id: MemberId, roles: &BTreeSet<Role>) -> Result<()> {
    tx.execute("update member set roles = $2 where id = $1", args![id, json(roles)]).await?;
    Ok(())
}

/// One page of the members of a participant, the first to join first.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn page(tx: &mut Tx, participant: ParticipantId, page: &PageRequest) -> Result<Page<Member>> {
    let mut filter = Filter::default();
    filter.equals("participant_id", participant);
    filter.and("removed_at is null");
    let (sql, args) = filter.page(COLUMNS, &BY_ID, page)?;
    let rows = tx.all(&sql, args).await?;
    collect(&rows, page, &BY_ID, read, |item| vec![Key::Text(item.id.to_string())])
}
