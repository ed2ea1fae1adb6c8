//! Onboarding: what a provider says of itself step by step, what that reaches, and what an operator makes of it.

mod address;
mod check;
mod checklist;
mod claims;
mod data_act;
mod review;
mod wrong;

use std::collections::BTreeSet;

use hansa_model::event::Audience;
use hansa_model::kind::KindId;
use hansa_model::lifecycle::ONBOARDING;
use hansa_model::onboarding::{
    Answers, Onboarding, OnboardingState, OnboardingStep, OnboardingSummary, StepAnswers, StepReport, StepState,
};
use hansa_model::page::Page;
use hansa_model::participant::Participant;
use hansa_model::time::Timestamp;
use hansa_store::onboarding::{self, OnboardingFilter, OnboardingRow};
use hansa_store::page::PageRequest;
use hansa_store::{Tx, evaluation};
use hansa_trust::rules::RuleSets;
use serde_json::{Value, json};

use crate::principal::Principal;
use crate::{Error, Exchange, Result, Work, evidence, participants};

pub use review::{approve, give_back, submit};

/// What answers are checked against, beside themselves.
struct Setting<'a> {
    participant: &'a Participant,
    rule_sets: &'a RuleSets,
    /// The kinds that the provider offers.
    kinds: BTreeSet<KindId>,
    now: Timestamp,
}

/// One page of the onboardings that the caller may see, by the name of the provider.
///
/// # Errors
/// [`Error::Invalid`] for a foreign cursor; [`Error::Store`].
pub async fn list(
    tx: &mut Tx,
    caller: &Principal,
    state: Option<OnboardingState>,
    page: &PageRequest,
) -> Result<Page<OnboardingSummary>> {
    let participant = (!caller.sees_all()).then_some(caller.participant);
    Ok(onboarding::page(tx, &OnboardingFilter { participant, state }, page).await?)
}

/// The onboarding of a participant, named by its identifier or short name, with its checklist. One that has not begun
/// is shown as if it just had.
///
/// # Errors
/// [`Error::NotFound`] for that of another participant.
pub async fn get(exchange: &Exchange, tx: &mut Tx, caller: &Principal, key: &str) -> Result<Onboarding> {
    let participant = participants::get(tx, key).await?;
    if participant.id != caller.participant && !caller.sees_all() {
        return Err(Error::not_found("onboarding", key));
    }
    let row = onboarding::find(tx, participant.id).await?;
    let row = row.unwrap_or_else(|| begun(&participant, exchange.now()));
    let untouched = row.answers == Answers::default() && row.submitted_at.is_none();
    let shown = show(exchange, tx, &participant, row).await?;
    Ok(if untouched { Onboarding { updated_at: None, ..shown } } else { shown })
}

/// Keeps the answers of one step in the place of those before, also when something of them is still wrong.
///
/// # Errors
/// [`Error::NotFound`] for other participants, [`Error::Invalid`] for what can't be understood.
pub async fn answer(
    work: &mut Work,
    caller: &Principal,
    key: &str,
    step: OnboardingStep,
    said: Value,
) -> Result<Onboarding> {
    let participant = own(work, caller, key).await?;
    let said = StepAnswers::read(step, said).map_err(|error| Error::field(step.name(), error.to_string()))?;
    let mut row = locked(work, &participant).await?;
    if row.state == OnboardingState::Withdrawn {
        // What was given up begins anew, with what was said.
        row = OnboardingRow { answers: row.answers, ..begun(&participant, row.updated_at) };
    }
    let before = row.state;
    row.state = ONBOARDING.next(row.state, "answer")?;
    row.answers.set(said);
    row.notes.remove(&step);
    row.approvals.clear();
    row.updated_at = work.exchange().now();
    onboarding::update(work, &row).await?;
    let detail = json!({"step": step.name(), "state": row.state});
    work.audit(&caller.actor(), "onboarding.answer", &participant.id.to_string(), detail.clone());
    if before != row.state {
        tell(work, &participant, "onboarding.revised", detail);
    }
    let exchange = work.exchange();
    show(&exchange, work, &participant, row).await
}

/// Gives the onboarding of the caller's participant up; its evidence counts no longer.
///
/// # Errors
/// [`Error::NotFound`], [`Error::State`] when it was given up before.
pub async fn withdraw(work: &mut Work, caller: &Principal, key: &str) -> Result<Onboarding> {
    let participant = own(work, caller, key).await?;
    let mut row = locked(work, &participant).await?;
    row.state = ONBOARDING.next(row.state, "withdraw")?;
    let made: Vec<_> = row.evidence.drain(..).chain(row.attestations.drain(..)).collect();
    evidence::replace(work, caller, &made).await?;
    row.approvals.clear();
    row.published_at = None;
    row.updated_at = work.exchange().now();
    onboarding::update(work, &row).await?;
    note(work, caller, &participant, "withdraw", "onboarding.withdrawn", json!({}));
    let exchange = work.exchange();
    show(&exchange, work, &participant, row).await
}

/// The caller's own participant, by identifier or short name.
async fn own(tx: &mut Tx, caller: &Principal, key: &str) -> Result<Participant> {
    let participant = participants::get(tx, key).await?;
    match participant.id == caller.participant {
        true => Ok(participant),
        false => Err(Error::not_found("onboarding", key)),
    }
}

fn begun(of: &Participant, now: Timestamp) -> OnboardingRow {
    OnboardingRow {
        participant: of.id,
        state: ONBOARDING.start,
        answers: Answers::default(),
        notes: std::collections::BTreeMap::new(),
        approvals: Vec::new(),
        evidence: Vec::new(),
        attestations: Vec::new(),
        submitted_at: None,
        published_at: None,
        updated_at: now,
    }
}

/// The onboarding of a participant, begun if it was not, kept from changing until the work is done.
async fn locked(work: &mut Work, of: &Participant) -> Result<OnboardingRow> {
    if let Some(row) = onboarding::lock(work, of.id).await? {
        return Ok(row);
    }
    let now = work.exchange().now();
    onboarding::insert(work, &begun(of, now)).await?;
    let row = onboarding::lock(work, of.id).await?;
    row.ok_or_else(|| Error::Internal("an onboarding vanished".to_owned()))
}

async fn setting<'a>(tx: &mut Tx, exchange: &'a Exchange, participant: &'a Participant) -> Result<Setting<'a>> {
    let kinds = evaluation::places(tx, participant.id).await?.into_iter().map(|(_, kind)| kind).collect();
    Ok(Setting { participant, rule_sets: exchange.rule_sets(), kinds, now: exchange.now() })
}

/// Every step with what is still wrong.
fn report(row: &OnboardingRow, setting: &Setting<'_>) -> Vec<StepReport> {
    let steps = OnboardingStep::ALL.into_iter().map(|step| {
        let begun = row.answers.of(step).is_some();
        let wrong = if begun { check::step(step, &row.answers, setting) } else { Vec::new() };
        let state = match (begun, wrong.is_empty()) {
            (false, _) => StepState::Empty,
            (true, false) => StepState::Incomplete,
            (true, true) => StepState::Complete,
        };
        StepReport {
            step,
            title: step.title().to_owned(),
            help: step.help().to_owned(),
            required: step.is_required(),
            state,
            wrong,
            note: row.notes.get(&step).cloned(),
        }
    });
    steps.collect()
}

/// How much of what is required is complete, in percent.
fn progress(steps: &[StepReport]) -> u8 {
    let required: Vec<_> = steps.iter().filter(|step| step.required).collect();
    let complete = required.iter().filter(|step| step.state == StepState::Complete).count();
    u8::try_from(complete * 100 / required.len().max(1)).unwrap_or(100)
}

/// What was said in the steps that are complete.
fn complete(answers: &Answers, steps: &[StepReport]) -> Answers {
    let mut complete = Answers::default();
    for step in steps.iter().filter(|step| step.state == StepState::Complete) {
        if let Some(said) = answers.of(step.step) {
            complete.set(said);
        }
    }
    complete
}

async fn show(exchange: &Exchange, tx: &mut Tx, of: &Participant, row: OnboardingRow) -> Result<Onboarding> {
    let setting = setting(tx, exchange, of).await?;
    let steps = report(&row, &setting);
    let answers = complete(&row.answers, &steps);
    let checklist = checklist::of(tx, exchange, of, &row, &answers).await?;
    Ok(Onboarding {
        participant: of.id,
        name: of.name.clone(),
        state: row.state,
        progress: progress(&steps),
        steps,
        checklist,
        answers: row.answers,
        approvals: row.approvals,
        evidence: row.evidence,
        attestations: row.attestations,
        submitted_at: row.submitted_at,
        published_at: row.published_at,
        updated_at: Some(row.updated_at),
    })
}

fn tell(work: &mut Work, of: &Participant, kind: &str, data: Value) {
    let audience = Audience { tenant: None, provider: Some(of.id) };
    work.event(kind, &of.id.to_string(), None, audience, data);
}

fn note(work: &mut Work, caller: &Principal, of: &Participant, act: &str, kind: &str, data: Value) {
    work.audit(&caller.actor(), &format!("onboarding.{act}"), &of.id.to_string(), data.clone());
    tell(work, of, kind, data);
}
