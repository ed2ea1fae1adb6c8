//! Evidence and trust.

use hansa_model::evidence::{
    AskedLabel, CredentialCheck, Evidence, EvidenceState, NewAttestation, NewDeclaration, NewEvidence,
    NewTrustedIssuer, OwnershipReport, RuleSetDetail, RuleSetSummary, Subject, TrustReport, TrustedIssuer,
};
use hansa_model::id::{EvidenceId, OfferId, OrderId, ParticipantId};
use reqwest::Method;
use serde::Serialize;
use serde_json::Value;

use crate::call::Call;
use crate::client::Client;
use crate::error::ClientError;
use crate::path::part;

/// Which evidence to list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct EvidenceFilter {
    /// That of this participant, by identifier or short name; of the caller's own when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant: Option<String>,
    /// That about this very participant, site or offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// That in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<EvidenceState>,
}

impl Client {
    /// Evidence, the newest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn evidence(&self, filter: &EvidenceFilter) -> Result<Vec<Evidence>, ClientError> {
        self.all("/v1/evidence", filter).await
    }

    /// One piece of evidence.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn piece_of_evidence(&self, id: EvidenceId) -> Result<Evidence, ClientError> {
        self.get(format!("/v1/evidence/{id}")).await
    }

    /// Hands a credential in.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn submit_evidence(&self, new: &NewEvidence) -> Result<Vec<Evidence>, ClientError> {
        self.post("/v1/evidence", new).await
    }

    /// Says something of the caller's participant, signed.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn declare(&self, new: &NewDeclaration) -> Result<Evidence, ClientError> {
        self.post("/v1/evidence/declarations", new).await
    }

    /// Signs for what an operator has looked at.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn attest(&self, new: &NewAttestation) -> Result<Evidence, ClientError> {
        self.post("/v1/evidence/attestations", new).await
    }

    /// Takes evidence back.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn withdraw_evidence(&self, id: EvidenceId) -> Result<Evidence, ClientError> {
        self.post(format!("/v1/evidence/{id}/withdraw"), &()).await
    }

    /// Revokes what the exchange has signed.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn revoke_evidence(&self, id: EvidenceId) -> Result<Evidence, ClientError> {
        self.post(format!("/v1/evidence/{id}/revoke"), &()).await
    }

    /// What is known of a participant, by identifier or short name.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn participant_trust(&self, key: &str) -> Result<TrustReport, ClientError> {
        self.get(format!("/v1/participants/{}/trust", part(key))).await
    }

    /// What is known of an offer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn offer_trust(&self, id: OfferId) -> Result<TrustReport, ClientError> {
        self.get(format!("/v1/offers/{id}/trust")).await
    }

    /// Who owns and controls a participant, by identifier or short name.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn ownership(&self, key: &str) -> Result<OwnershipReport, ClientError> {
        self.get(format!("/v1/participants/{}/ownership", part(key))).await
    }

    /// The rule sets that evidence is judged by.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn rule_sets(&self) -> Result<Vec<RuleSetSummary>, ClientError> {
        self.get("/v1/rule-sets").await
    }

    /// One version of a rule set.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn rule_set(&self, id: &str, version: &str) -> Result<RuleSetDetail, ClientError> {
        self.get(format!("/v1/rule-sets/{}/{}", part(id), part(version))).await
    }

    /// Looks at a credential without taking it in.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn check_credential(&self, new: &NewEvidence) -> Result<CredentialCheck, ClientError> {
        self.post("/v1/trust/check", new).await
    }

    /// Whom the exchange believes what.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn trusted_issuers(&self) -> Result<Vec<TrustedIssuer>, ClientError> {
        self.get("/v1/trusted-issuers").await
    }

    /// Believes somebody.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn trust_issuer(&self, new: &NewTrustedIssuer) -> Result<TrustedIssuer, ClientError> {
        self.post("/v1/trusted-issuers", new).await
    }

    /// Believes somebody no longer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn distrust_issuer(&self, did: &str) -> Result<(), ClientError> {
        self.delete(format!("/v1/trusted-issuers/{}", part(did))).await
    }

    /// Gives a participant a new key to sign with.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn rotate_key(&self, id: ParticipantId) -> Result<Value, ClientError> {
        self.post(format!("/v1/participants/{id}/key"), &()).await
    }

    /// The audit pack of a participant, by identifier or short name.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn participant_pack(&self, key: &str) -> Result<Vec<u8>, ClientError> {
        let path = format!("/v1/participants/{}/audit-pack", part(key));
        Call::new(self, Method::GET, path).send_bytes().await
    }

    /// The audit pack of an order.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn order_pack(&self, id: OrderId) -> Result<Vec<u8>, ClientError> {
        Call::new(self, Method::GET, format!("/v1/orders/{id}/audit-pack")).send_bytes().await
    }

    /// The receipt of an order, as a signed credential.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn receipt(&self, id: OrderId) -> Result<String, ClientError> {
        Call::new(self, Method::GET, format!("/v1/orders/{id}/receipt")).send_text().await
    }

    /// What a rule set makes of a participant, as a signed credential.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn label(&self, key: &str, rule_set: &str) -> Result<String, ClientError> {
        let path = format!("/v1/participants/{}/label-credential", part(key));
        Call::new(self, Method::GET, path).query(&[("ruleSet", rule_set)]).send_text().await
    }

    /// Asks the clearing house of the exchange for a label.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn ask_label(&self, key: &str, asked: &AskedLabel) -> Result<Vec<Evidence>, ClientError> {
        self.post(format!("/v1/participants/{}/labels", part(key)), asked).await
    }
}
