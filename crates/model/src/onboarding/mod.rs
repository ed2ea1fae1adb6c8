//! Onboarding: what a provider says of itself step by step, until an operator has looked at it and publishes it.

mod answers;
mod record;
mod step;

pub use answers::{
    Address, Addresses, Answers, Availability, Certificates, Contact, Contacts, DataAct, KindTransparency, LegalPerson,
    LighterDuties, Ownership, Portability, Registration, Sovereignty, StepAnswers, SwitchingCharges, Terms,
    TermsDocument,
};
pub use record::{
    Approval, Checklist, LevelChecklist, Missing, Onboarding, OnboardingNote, OnboardingState, OnboardingSummary,
    ReturnOnboarding, StepReport, StepState,
};
pub use step::OnboardingStep;
