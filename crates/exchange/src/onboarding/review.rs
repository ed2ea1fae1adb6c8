//! What is submitted, and what operators make of it.

use hansa_model::lifecycle::ONBOARDING;
use hansa_model::onboarding::{Approval, Onboarding, ReturnOnboarding, StepState};
use hansa_model::participant::Participant;
use hansa_store::onboarding::{self, OnboardingRow};
use serde_json::json;

use super::{claims, complete, locked, note, own, report, setting, show};
use crate::check::Faults;
use crate::principal::Principal;
use crate::{Error, Result, Work, evidence, participants};

/// The longest note, in characters.
const LONGEST_NOTE: usize = 2_000;

/// Submits the onboarding of the caller's participant: its answers become signed declarations, in the place of those
/// of an earlier submission, and levels follow at once.
///
/// # Errors
/// [`Error::Invalid`] with everything that is still wrong or missing, [`Error::State`] when it waits already.
pub async fn submit(work: &mut Work, caller: &Principal, key: &str) -> Result<Onboarding> {
    let participant = own(work, caller, key).await?;
    let mut row = locked(work, &participant).await?;
    let state = ONBOARDING.next(row.state, "submit")?;
    let exchange = work.exchange();
    let steps = report(&row, &setting(work, &exchange, &participant).await?);
    let mut faults = Faults::default();
    for step in &steps {
        let name = step.step.name();
        let missing = step.required && step.state == StepState::Empty;
        faults.unless(!missing, name, format!("this step is still to be answered: `hansa onboarding set {name}`"));
        for wrong in &step.wrong {
            faults.note(wrong.clone().under(name));
        }
    }
    faults.finish()?;
    let before: Vec<_> = row.evidence.drain(..).chain(row.attestations.drain(..)).collect();
    evidence::replace(work, caller, &before).await?;
    for said in claims::declared(&complete(&row.answers, &steps), participant.name.as_str()) {
        row.evidence.push(evidence::declare_for(work, caller, &participant, said).await?.id);
    }
    row.state = state;
    row.notes.clear();
    row.approvals.clear();
    let now = exchange.now();
    (row.submitted_at, row.updated_at) = (Some(now), now);
    onboarding::update(work, &row).await?;
    note(work, caller, &participant, "submit", "onboarding.submitted", json!({"evidence": row.evidence}));
    show(&exchange, work, &participant, row).await
}

/// Somebody else's onboarding that an operator is to judge.
async fn foreign(work: &mut Work, caller: &Principal, key: &str) -> Result<(Participant, OnboardingRow)> {
    let participant = participants::get(work, key).await?;
    if participant.id == caller.participant {
        return Err(Error::Forbidden {
            detail: "nobody judges the onboarding of their own participant".to_owned(),
            hint: Some("ask an operator of another participant".to_owned()),
        });
    }
    let row = onboarding::lock(work, participant.id).await?;
    Ok((participant, row.ok_or_else(|| Error::not_found("onboarding", key))?))
}

/// Approves what is submitted. When enough operators have, what they have looked at is attested and the onboarding is
/// published.
///
/// # Errors
/// [`Error::Forbidden`] for the caller's own participant, [`Error::Conflict`] when the caller approved it before,
/// [`Error::State`] when it is not submitted.
pub async fn approve(work: &mut Work, caller: &Principal, key: &str) -> Result<Onboarding> {
    let (participant, mut row) = foreign(work, caller, key).await?;
    let state = ONBOARDING.next(row.state, "approve")?;
    let exchange = work.exchange();
    let now = exchange.now();
    if row.approvals.iter().any(|approval| approval.member == caller.member) {
        let detail = "you have approved it already, and four eyes are asked for";
        return Err(Error::conflict("four-eyes", detail, "another operator must approve it too"));
    }
    row.approvals.push(Approval { member: caller.member, at: now });
    row.updated_at = now;
    let needed = if exchange.settings().trust.four_eyes { 2 } else { 1 };
    let approvals = json!({"approvals": row.approvals.len(), "needed": needed});
    if row.approvals.len() < needed {
        onboarding::update(work, &row).await?;
        note(work, caller, &participant, "approve", "onboarding.approved", approvals);
        return show(&exchange, work, &participant, row).await;
    }
    let looked_at = claims::attested(&row.answers);
    row.attestations.push(evidence::attest_for(work, caller, &participant, looked_at).await?.id);
    row.state = state;
    row.published_at = Some(now);
    onboarding::update(work, &row).await?;
    note(work, caller, &participant, "approve", "onboarding.published", approvals);
    show(&exchange, work, &participant, row).await
}

/// Gives an onboarding back with what is to be put right. It is no longer published then.
///
/// # Errors
/// [`Error::Forbidden`] for the caller's own participant, [`Error::Invalid`] without notes, [`Error::State`] when
/// there is nothing to give back.
pub async fn give_back(work: &mut Work, caller: &Principal, key: &str, why: ReturnOnboarding) -> Result<Onboarding> {
    let (participant, mut row) = foreign(work, caller, key).await?;
    let mut faults = Faults::default();
    faults.unless(!why.notes.is_empty(), "notes", "say what is to be put right, for at least one step");
    for (step, text) in &why.notes {
        faults.label(&format!("notes.{step}"), text, LONGEST_NOTE);
    }
    faults.finish()?;
    row.state = ONBOARDING.next(row.state, "return")?;
    row.notes = why.notes;
    row.approvals.clear();
    row.published_at = None;
    let exchange = work.exchange();
    row.updated_at = exchange.now();
    let attested: Vec<_> = row.attestations.drain(..).collect();
    evidence::replace(work, caller, &attested).await?;
    onboarding::update(work, &row).await?;
    note(work, caller, &participant, "return", "onboarding.returned", json!({"notes": row.notes}));
    show(&exchange, work, &participant, row).await
}
