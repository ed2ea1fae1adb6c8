//! Those who act for a participant: who they are, and taking them away.

use std::collections::BTreeSet;

use hansa_model::event::Audience;
use hansa_model::id::MemberId;
use hansa_model::page::Page;
use hansa_model::participant::{Member, Role};
use hansa_store::page::PageRequest;
use hansa_store::{Tx, account, member, participant};
use serde_json::json;

use crate::principal::Principal;
use crate::{Error, Result, Work};

/// One page of the members of the caller's participant.
///
/// # Errors
/// [`Error::Store`].
pub async fn list(tx: &mut Tx, caller: &Principal, page: &PageRequest) -> Result<Page<Member>> {
    Ok(member::page(tx, caller.participant, page).await?)
}

/// The roles in which a member can act: those that its participant has as well.
async fn standing(tx: &mut Tx, found: &Member) -> Result<BTreeSet<Role>> {
    let of = participant::find(tx, found.participant).await?;
    Ok(of.map(|of| of.roles.intersection(&found.roles).copied().collect()).unwrap_or_default())
}

/// A member over whom the caller decides: of anybody for an operator, otherwise one of the caller's own participant who
/// is in no role that the caller is not in.
pub(crate) async fn under(work: &mut Work, caller: &Principal, id: MemberId) -> Result<Member> {
    let operator = caller.is(Role::Operator);
    let found = member::find(work, id).await?.filter(|found| operator || found.participant == caller.participant);
    let found = found.ok_or_else(|| Error::not_found("member", id))?;
    let beyond: Vec<_> = standing(work, &found).await?.difference(&caller.roles).map(|role| role.name()).collect();
    if operator || beyond.is_empty() {
        return Ok(found);
    }
    Err(Error::Forbidden {
        detail: format!("`{}` is in a role that you are not in: {}", found.name, beyond.join(", ")),
        hint: Some("ask a member who is in that role as well, or an operator of the exchange".to_owned()),
    })
}

/// Takes a member away: its tokens and sessions end at once. The account of a person who acts for nobody else is
/// forgotten. What the member did stays.
///
/// # Errors
/// [`Error::NotFound`] for members of others, [`Error::Forbidden`] for members with roles that the caller does not have,
/// [`Error::Conflict`] when nobody would be left in one of its roles, [`Error::Unproven`] when the caller's proof is
/// too old.
pub async fn remove(work: &mut Work, caller: &Principal, id: MemberId) -> Result<()> {
    let found = under(work, caller, id).await?;
    let now = work.exchange().now();
    caller.proven_lately(now)?;
    let mut others = member::lock_all(work, found.participant).await?;
    others.retain(|other| other.id != found.id);
    let roles = standing(work, &found).await?;
    let mut last = roles.iter().filter(|role| !others.iter().any(|other| other.roles.contains(role)));
    if let Some(role) = last.next() {
        let detail = format!("without `{}` nobody would act as {role} for its participant", found.name);
        return Err(Error::conflict("last-member", detail, "invite somebody else in that role first"));
    }
    let account = member::account(work, found.id).await?;
    member::remove(work, found.id, now).await?;
    if let Some(account) = account
        && account::memberships(work, account).await?.is_empty()
    {
        account::delete(work, account).await?;
    }
    let detail = json!({"participant": found.participant, "name": found.name, "roles": found.roles});
    work.audit(&caller.actor(), "member.remove", &found.id.to_string(), detail);
    let audience = Audience { tenant: None, provider: Some(found.participant) };
    work.event("member.removed", &found.id.to_string(), None, audience, json!({"name": found.name}));
    Ok(())
}
