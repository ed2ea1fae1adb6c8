//! The steps of onboarding.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A step of onboarding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnboardingStep {
    /// Who the provider is.
    LegalPerson,
    /// Its registration numbers.
    Registration,
    /// Its addresses.
    Address,
    /// Who owns it, and who works for it.
    Ownership,
    /// Its certificates.
    Certificates,
    /// Its contracts and policies.
    Terms,
    /// Whom to ask, and how quickly they answer.
    Contacts,
    /// Its terms of switching under the Data Act.
    DataAct,
    /// Its answers on sovereignty.
    Sovereignty,
}

impl OnboardingStep {
    /// Every step, in the order in which they are asked.
    pub const ALL: [Self; 9] = [
        Self::LegalPerson,
        Self::Registration,
        Self::Address,
        Self::Ownership,
        Self::Certificates,
        Self::Terms,
        Self::Contacts,
        Self::DataAct,
        Self::Sovereignty,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LegalPerson => "legal-person",
            Self::Registration => "registration",
            Self::Address => "address",
            Self::Ownership => "ownership",
            Self::Certificates => "certificates",
            Self::Terms => "terms",
            Self::Contacts => "contacts",
            Self::DataAct => "data-act",
            Self::Sovereignty => "sovereignty",
        }
    }

    /// What it is called, for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::LegalPerson => "Legal person",
            Self::Registration => "Registration numbers",
            Self::Address => "Addresses",
            Self::Ownership => "Owners and subcontractors",
            Self::Certificates => "Certificates",
            Self::Terms => "Contracts and policies",
            Self::Contacts => "Contacts",
            Self::DataAct => "Switching (Data Act)",
            Self::Sovereignty => "Sovereignty",
        }
    }

    /// What it asks for, for people.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::LegalPerson => "The name in the register, and where the seats are.",
            Self::Registration => "At least one of VAT number, LEI, EORI, EUID or the number in the national register.",
            Self::Address => "The registered address; that of the headquarters where it is another.",
            Self::Ownership => "Who holds what, up to those who control, and who works for you with what access.",
            Self::Certificates => "The certificates you hold, or that you hold none.",
            Self::Terms => "Each document with its address and SHA-256, and what it covers.",
            Self::Contacts => "Whom customers and authorities reach, and within how many hours they answer.",
            Self::DataAct => "The terms of switching as your contract has them, and what can be ported per kind.",
            Self::Sovereignty => "Answers to the EC Cloud Sovereignty Framework and the CADA criteria, by number.",
        }
    }

    /// Whether it must be complete before the onboarding is submitted.
    #[must_use]
    pub const fn is_required(self) -> bool {
        !matches!(self, Self::Certificates | Self::Sovereignty)
    }
}

impl fmt::Display for OnboardingStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for OnboardingStep {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|step| step.name() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|step| step.name()).collect();
            let shown: String = text.chars().take(32).collect();
            format!("`{shown}` is no step: use one of {}", names.join(", "))
        })
    }
}
