//! Onboardings of providers.

use std::collections::BTreeMap;

use hansa_model::id::{EvidenceId, ParticipantId};
use hansa_model::onboarding::{Answers, Approval, OnboardingState, OnboardingStep, OnboardingSummary};
use hansa_model::page::Page;
use hansa_model::time::Timestamp;

use crate::args;
use crate::db::{Row, Tx, json, word};
use crate::error::Result;
use crate::page::{Filter, Key, Order, PageRequest, collect};

const COLUMNS: &str = "participant_id, state, answers, notes, approvals, evidence, attestations, submitted_at, \
                       published_at, updated_at";
const BY_NAME: Order = Order { list: "onboarding", columns: &["name"], descending: false };

/// An onboarding as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnboardingRow {
    /// Whose it is.
    pub participant: ParticipantId,
    /// Where it stands.
    pub state: OnboardingState,
    /// What was said so far.
    pub answers: Answers,
    /// What an operator wants to be put right.
    pub notes: BTreeMap<OnboardingStep, String>,
    /// Who has approved what is submitted.
    pub approvals: Vec<Approval>,
    /// The evidence that the last submission made.
    pub evidence: Vec<EvidenceId>,
    /// The evidence that the last approval made.
    pub attestations: Vec<EvidenceId>,
    /// When it was last submitted.
    pub submitted_at: Option<Timestamp>,
    /// Since when it is published.
    pub published_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

fn read(row: &Row) -> Result<OnboardingRow> {
    Ok(OnboardingRow {
        participant: row.parse("participant_id")?,
        state: row.word("state")?,
        answers: row.json("answers")?,
        notes: row.json("notes")?,
        approvals: row.json("approvals")?,
        evidence: row.json("evidence")?,
        attestations: row.json("attestations")?,
        submitted_at: row.opt_time("submitted_at")?,
        published_at: row.opt_time("published_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// The onboarding of a participant, if it has begun.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, of: ParticipantId) -> Result<Option<OnboardingRow>> {
    let row = tx.first(&format!("select {COLUMNS} from onboarding where participant_id = $1"), args![of]).await?;
    row.as_ref().map(read).transpose()
}

/// The onboarding of a participant, kept from changing until the transaction ends.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn lock(tx: &mut Tx, of: ParticipantId) -> Result<Option<OnboardingRow>> {
    let sql = format!("update onboarding set state = state where participant_id = $1 returning {COLUMNS}");
    tx.first(&sql, args![of]).await?.as_ref().map(read).transpose()
}

/// Begins an onboarding; `false` when it has begun before.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, row: &OnboardingRow) -> Result<bool> {
    let sql = format!(
        "insert into onboarding ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing"
    );
    Ok(tx.execute(&sql, values(row)).await? == 1)
}

/// Writes an onboarding that was locked.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn update(tx: &mut Tx, row: &OnboardingRow) -> Result<()> {
    let sql = "update onboarding set state = $2, answers = $3, notes = $4, approvals = $5, evidence = $6, \
               attestations = $7, submitted_at = $8, published_at = $9, updated_at = $10 where participant_id = $1";
    tx.execute(sql, values(row)).await?;
    Ok(())
}

fn values(row: &OnboardingRow) -> Vec<crate::db::Arg> {
    let mut values = args![row.participant, word(&row.state)];
    values.extend([json(&row.answers), json(&row.notes), json(&row.approvals)]);
    values.extend([json(&row.evidence), json(&row.attestations)]);
    values.extend(args![row.submitted_at, row.published_at, row.updated_at]);
    values
}

/// Whether the onboarding of a participant is published.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn is_published(tx: &mut Tx, of: ParticipantId) -> Result<bool> {
    let sql = "select 1 as one from onboarding where participant_id = $1 and published_at is not null";
    Ok(tx.first(sql, args![of]).await?.is_some())
}

/// Which onboardings are wanted.
#[derive(Debug, Clone, Default)]
pub struct OnboardingFilter {
    /// That of this participant.
    pub participant: Option<ParticipantId>,
    /// Those in this state.
    pub state: Option<OnboardingState>,
}

/// One page of onboardings, by the name of the participant.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn page(tx: &mut Tx, wanted: &OnboardingFilter, page: &PageRequest) -> Result<Page<OnboardingSummary>> {
    let mut filter = Filter::default();
    if let Some(participant) = wanted.participant {
        filter.equals("participant_id", participant);
    }
    if let Some(state) = wanted.state {
        filter.equals("state", word(&state));
    }
    let select = "select participant_id, name, state, approvals, submitted_at, published_at, updated_at \
                  from onboarding join participant on participant.id = participant_id";
    let (sql, args) = filter.page(select, &BY_NAME, page)?;
    let rows = tx.all(&sql, args).await?;
    collect(&rows, page, &BY_NAME, summary, |item| vec![Key::Text(item.name.to_string())])
}

fn summary(row: &Row) -> Result<OnboardingSummary> {
    let approvals: Vec<Approval> = row.json("approvals")?;
    Ok(OnboardingSummary {
        participant: row.parse("participant_id")?,
        name: row.parse("name")?,
        state: row.word("state")?,
        approvals: u32::try_from(approvals.len()).unwrap_or(u32::MAX),
        submitted_at: row.opt_time("submitted_at")?,
        published_at: row.opt_time("published_at")?,
        updated_at: row.time("updated_at")?,
    })
}
