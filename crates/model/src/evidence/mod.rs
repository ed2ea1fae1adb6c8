//! What is known about participants, sites and offers beyond their price, and how it is known.
//!
//! Evidence comes in as signed credentials. Each makes [claims](Claim); rule sets turn the claims that stand into an
//! [`Evaluation`], and the evaluations of an offer into the [`Assurance`] that matching looks at. What is not known
//! never counts as fulfilled.

mod assurance;
mod claim;
mod evaluation;
mod record;
mod statement;
mod wire;

pub use assurance::{
    Assurance, Certificate, Control, GAIA_X, GAIA_X_LABELS, Lack, Source, Subcontracting, gaia_x_rank,
};
pub use claim::{
    Access, CertificateClaim, Claim, DocumentRef, Entity, EntityKind, FactValue, Holding, Right, Share, Subcontractor,
};
pub use evaluation::{CriterionOutcome, Evaluation, Gap, Standing};
pub use record::{Evidence, EvidenceState, Strength, Subject, TrustedIssuer};
pub use statement::{InvalidStatement, Statement, hundredths};
pub use wire::{
    AskedLabel, CertificateChain, CheckedCredential, ControlVerdict, CredentialCheck, NewAttestation, NewDeclaration,
    NewEvidence, NewTrustedIssuer, OwnershipReport, RuleSetAbout, RuleSetCriterion, RuleSetDetail, RuleSetSummary,
    TrustReport,
};
