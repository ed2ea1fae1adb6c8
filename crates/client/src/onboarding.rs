//! Onboarding of providers.

use hansa_model::id::ParticipantId;
use hansa_model::onboarding::{Onboarding, OnboardingState, OnboardingStep, OnboardingSummary, ReturnOnboarding};
use serde::Serialize;
use serde_json::Value;

use crate::client::Client;
use crate::error::ClientError;
use crate::path::part;

/// Which onboardings to list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct OnboardingFilter {
    /// Those in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<OnboardingState>,
}

impl Client {
    /// The onboardings that the caller may see, by the name of the provider.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn onboardings(&self, filter: &OnboardingFilter) -> Result<Vec<OnboardingSummary>, ClientError> {
        self.all("/v1/onboardings", filter).await
    }

    /// The onboarding of a participant, by identifier or short name, with its checklist.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn onboarding(&self, key: &str) -> Result<Onboarding, ClientError> {
        self.get(format!("/v1/participants/{}/onboarding", part(key))).await
    }

    /// Answers one step of the caller's own onboarding.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn answer_onboarding_step(
        &self,
        of: ParticipantId,
        step: OnboardingStep,
        said: &Value,
    ) -> Result<Onboarding, ClientError> {
        self.post(format!("/v1/participants/{of}/onboarding/steps/{step}"), said).await
    }

    /// Submits the caller's own onboarding.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn submit_onboarding(&self, of: ParticipantId) -> Result<Onboarding, ClientError> {
        self.post(format!("/v1/participants/{of}/onboarding/submit"), &()).await
    }

    /// Gives the caller's own onboarding up.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn withdraw_onboarding(&self, of: ParticipantId) -> Result<Onboarding, ClientError> {
        self.post(format!("/v1/participants/{of}/onboarding/withdraw"), &()).await
    }

    /// Approves what a provider submitted.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn approve_onboarding(&self, of: ParticipantId) -> Result<Onboarding, ClientError> {
        self.post(format!("/v1/participants/{of}/onboarding/approve"), &()).await
    }

    /// Gives an onboarding back with what is to be put right.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn return_onboarding(
        &self,
        of: ParticipantId,
        why: &ReturnOnboarding,
    ) -> Result<Onboarding, ClientError> {
        self.post(format!("/v1/participants/{of}/onboarding/return"), why).await
    }
}
