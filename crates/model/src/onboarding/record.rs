//! An onboarding as it is kept and shown, with its checklist.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answers::Answers;
use super::step::OnboardingStep;
use crate::document::FieldError;
use crate::evidence::Standing;
use crate::id::{EvidenceId, MemberId, ParticipantId};
use crate::name::Name;
use crate::time::Timestamp;

/// Where an onboarding stands; [`crate::lifecycle::ONBOARDING`] has the ways between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnboardingState {
    /// It is being answered.
    Draft,
    /// It waits for an operator to look at it.
    Submitted,
    /// An operator gave it back with notes.
    Returned,
    /// An operator has looked at it, and it stands.
    Published,
    /// The provider gave it up.
    Withdrawn,
}

/// An operator who approves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = OnboardingApproval)]
pub struct Approval {
    /// Who.
    pub member: MemberId,
    /// When.
    pub at: Timestamp,
}

/// What an operator wants to be put right in a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OnboardingNote {
    /// The step.
    pub step: OnboardingStep,
    /// What is to be done, for people.
    pub text: String,
}

/// What an operator gives an onboarding back with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReturnOnboarding {
    /// What is to be done, by step; at least one.
    pub notes: BTreeMap<OnboardingStep, String>,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = OnboardingStepState)]
pub enum StepState {
    /// Nothing was said yet.
    Empty,
    /// Something is wrong or missing.
    Incomplete,
    /// It can be submitted.
    Complete,
}

/// How far a step is, and what is still wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepReport {
    /// The step.
    pub step: OnboardingStep,
    /// What it is called.
    pub title: String,
    /// What it asks for.
    pub help: String,
    /// Whether it must be complete to submit.
    pub required: bool,
    /// How far it is.
    pub state: StepState,
    /// What is wrong or missing, each with what to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrong: Vec<FieldError>,
    /// What an operator wants to be put right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A criterion that keeps a level from being reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MissingForLevel)]
pub struct Missing {
    /// The criterion.
    pub criterion: String,
    /// What it asks.
    pub title: String,
    /// What evidence would meet it, or what stands against it.
    pub missing: String,
    /// Who asks for it: steps of onboarding; `site` and `service` are declared about sites and offers, `assessment` is
    /// what a body outside must sign, `exchange` what the exchange finds out by itself.
    pub steps: Vec<String>,
}

/// What a level of a rule set still needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LevelChecklist {
    /// The level.
    pub level: String,
    /// What it is called.
    pub title: String,
    /// Whether the answers reach it, beside what is known otherwise.
    pub reached: bool,
    /// What is missing; empty exactly when it is reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
}

/// What each level of a rule set still needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Checklist {
    /// The rule set: `gaia-x`.
    pub rule_set: String,
    /// Its version.
    pub version: String,
    /// What people call it.
    pub title: String,
    /// Whether it applies.
    pub standing: Standing,
    /// The level that the answers reach as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Its levels, the lowest first.
    pub levels: Vec<LevelChecklist>,
}

/// The onboarding of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Onboarding {
    /// The provider.
    pub participant: ParticipantId,
    /// Its short name.
    pub name: Name,
    /// Where it stands.
    pub state: OnboardingState,
    /// How much of what is required is complete, in percent.
    pub progress: u8,
    /// Every step.
    pub steps: Vec<StepReport>,
    /// What the answers would reach if they were submitted now, and what is missing for more.
    pub checklist: Vec<Checklist>,
    /// What was said so far.
    pub answers: Answers,
    /// The operators who have approved what is submitted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approval>,
    /// The evidence that the last submission made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceId>,
    /// The evidence that the last approval made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<EvidenceId>,
    /// When it was last submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<Timestamp>,
    /// Since when it is published; a provider that revises what is published stays so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// When it last changed; absent when nothing was said yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
}

/// An onboarding in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OnboardingSummary {
    /// The provider.
    pub participant: ParticipantId,
    /// Its short name.
    pub name: Name,
    /// Where it stands.
    pub state: OnboardingState,
    /// How many operators have approved what is submitted.
    pub approvals: u32,
    /// When it was last submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<Timestamp>,
    /// Since when it is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
}
