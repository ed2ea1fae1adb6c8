//! What is said in each step. Everything may be left out: what is still missing is told, not refused.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::step::OnboardingStep;
use crate::country::Country;
use crate::evidence::{CertificateClaim, Entity, FactValue, Holding, Subcontractor};
use crate::kind::KindId;

/// Who the provider is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = OnboardingLegalPerson)]
pub struct LegalPerson {
    /// Its name in the register.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_name: Option<String>,
    /// Its legal form: `GmbH`, `B.V.`, `S.A.S.`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_form: Option<String>,
    /// Under whose law it is incorporated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incorporated_in: Option<Country>,
    /// Where its headquarters are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headquarters_in: Option<Country>,
    /// Where it mainly works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_establishment_in: Option<Country>,
    /// Its website.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Whether it accepts the Gaia-X terms and conditions for participants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepts_gaia_x_terms: Option<bool>,
}

/// Its registration numbers; at least one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = OnboardingRegistration)]
pub struct Registration {
    /// The country of the register; that of incorporation when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// The VAT identification number: `NL004495445B01`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vat_id: Option<String>,
    /// The Legal Entity Identifier (ISO 17442).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lei: Option<String>,
    /// The EORI number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eori: Option<String>,
    /// The European Unique Identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub euid: Option<String>,
    /// The number in the register of companies of the country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local: Option<String>,
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = OnboardingAddress)]
pub struct Address {
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Town.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// Part of the country by ISO 3166-2: `DE-HH`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subdivision: Option<String>,
    /// Country by the two letters of ISO 3166.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
}

/// Its addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = OnboardingAddresses)]
pub struct Addresses {
    /// Where it is registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered: Option<Address>,
    /// Where its headquarters are, when that is elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headquarters: Option<Address>,
}

/// Who owns it, and who works for it. `self` stands for the provider itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = OnboardingOwnership)]
pub struct Ownership {
    /// The owners, and the owners of those, up to those who control.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    /// Who holds what of whom; parts are in hundredths of a percent: 24 % is 2 400.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holdings: Vec<Holding>,
    /// Who works for it on what it offers; an empty list says that nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subcontractors: Option<Vec<Subcontractor>>,
    /// Where customers learn of subcontractors and of changes among them: an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subcontractors_told_at: Option<String>,
}

/// Its certificates.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = OnboardingCertificates)]
pub struct Certificates {
    /// Those it holds; an empty list says that it holds none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Vec<CertificateClaim>>,
}

/// A contract, policy or report that is published.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = OnboardingTermsDocument)]
pub struct TermsDocument {
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where it is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The SHA-256 of its bytes, in lower-case hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What it covers, by the names of the facts without `gx.`: `terms-and-conditions`, `legally-binding-act`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub covers: BTreeSet<String>,
}

/// How data is ported away.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = OnboardingPortability)]
pub struct Portability {
    /// By which means: `REST`, `S3`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub means: Vec<String>,
    /// In which formats: `qcow2`, `SQL`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<String>,
    /// Where that is documented.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documentations: Vec<String>,
    /// What it costs, or where that is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pricing: Option<String>,
    /// After what time everything is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_timeframe: Option<String>,
}

/// Its contracts and policies.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = OnboardingTerms)]
pub struct Terms {
    /// The documents.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<TermsDocument>,
    /// The countries whose law can govern the contract.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub governing_law: BTreeSet<Country>,
    /// How data is ported away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portability: Option<Portability>,
    /// Whether personal data never goes to third countries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_third_country_transfer: Option<bool>,
    /// What secures transfers to third countries, where there are any: `standard-contractual-clauses`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transfer_safeguards: Vec<String>,
    /// Whether the contract excludes a fallback to third countries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_third_country_fallback: Option<bool>,
    /// Whether nobody else processes personal data for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_sub_processors: Option<bool>,
}

/// When somebody can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Availability {
    /// On working days during the day.
    BusinessHours,
    /// On every day during the day.
    EveryDay,
    /// Always.
    Always,
}

/// Somebody to turn to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = OnboardingContact)]
pub struct Contact {
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The telephone number with its country: `+49 40 123456`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// When somebody is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<Availability>,
    /// Within how many hours an answer comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answers_within_hours: Option<u32>,
}

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = OnboardingContacts)]
pub struct Contacts {
    /// On the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<Contact>,
    /// When something does not work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support: Option<Contact>,
    /// On security incidents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security: Option<Contact>,
    /// On personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_protection: Option<Contact>,
    /// On switching away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub switching: Option<Contact>,
}

/// What is charged for switching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SwitchingCharges {
    /// Nothing.
    None,
    /// No more than it costs the provider.
    AtCost,
}

/// Lighter duties that are claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LighterDuties {
    /// None.
    None,
    /// For what is made for one customer.
    CustomBuilt,
    /// For what is only for tests.
    Test,
}

/// What can be ported of one kind of service, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct KindTransparency {
    /// The data and digital assets that can be ported, by category.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exportable_data: Vec<String>,
    /// Data of the inner working that is exempt; an empty list says that there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exempt_data: Option<Vec<String>>,
    /// The formats of the export.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub export_formats: Vec<String>,
    /// For infrastructure: the means by which the same works at another provider.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub equivalence_means: Vec<String>,
    /// For everything else: open interfaces, free of charge.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub open_interfaces: Vec<String>,
}

/// Its terms of switching, as the contract has them (Regulation (EU) 2023/2854).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = OnboardingDataAct)]
pub struct DataAct {
    /// Whether the terms hold no obstacle to switching.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_obstacles: Option<bool>,
    /// The contract, that can be stored before it is signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract_url: Option<String>,
    /// The notice for a switch, as a period: `P2M` at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// Days of transition after the notice, 30 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transition_days: Option<i64>,
    /// The longest transition when 30 days are not feasible: `P7M` at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_transition: Option<String>,
    /// Working days until such an extension is told, 14 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension_notice_working_days: Option<i64>,
    /// How often the customer may extend the transition, at least once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_extensions: Option<i64>,
    /// Days in which data can be fetched after the transition, at least 30.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrieval_days: Option<i64>,
    /// Whether everything is erased after that, with a certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erasure: Option<bool>,
    /// Whether it assists, takes care, continues and keeps secure during a switch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assistance: Option<bool>,
    /// The exit plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_plan_url: Option<String>,
    /// Whether the contract ends when the switch succeeds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_on_switch: Option<bool>,
    /// What the customer may choose: `switch-provider`, `on-premises`, `erase`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub switch_choices: BTreeSet<String>,
    /// What switching costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub switching_charges: Option<SwitchingCharges>,
    /// How that follows from cost, where it is charged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub switching_cost_basis: Option<String>,
    /// The last day on which switching is charged: 2027-01-11 or before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub switching_charges_last_day: Option<String>,
    /// What traffic costs between two providers that are used at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel_egress: Option<SwitchingCharges>,
    /// Fees, penalties and charges, told before the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fees_url: Option<String>,
    /// Whether a service is complex or costly to switch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub costly_to_switch: Option<bool>,
    /// The register of data structures, formats and standards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register_url: Option<String>,
    /// Whether it works with everybody in a switch in good faith.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub good_faith: Option<bool>,
    /// The countries whose law holds for the infrastructure.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub jurisdictions: BTreeSet<Country>,
    /// The measures against access by foreign authorities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_measures_url: Option<String>,
    /// Whether demands of foreign authorities are checked, kept small, registered and told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demands_register: Option<bool>,
    /// Lighter duties that are claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lighter_duties: Option<LighterDuties>,
    /// Whether lighter duties are told before the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lighter_duties_told: Option<bool>,
    /// Standards and common specifications that are kept; an empty list says that there are none yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standards: Option<Vec<String>>,
    /// What can be ported, for each kind that is offered.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<KindId, KindTransparency>,
}

/// Its answers on sovereignty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = OnboardingSovereignty)]
pub struct Sovereignty {
    /// The answers by the name of the fact: `csf.sov-1-q1: 4`, `cada.a: 2`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, FactValue>,
}

/// What was said so far, by step; a step that is absent was not begun.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schema(as = OnboardingAnswers)]
pub struct Answers {
    /// Who the provider is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_person: Option<LegalPerson>,
    /// Its registration numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
    /// Its addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Addresses>,
    /// Who owns it, and who works for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership: Option<Ownership>,
    /// Its certificates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificates: Option<Certificates>,
    /// Its contracts and policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// Whom to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Contacts>,
    /// Its terms of switching.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_act: Option<DataAct>,
    /// Its answers on sovereignty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sovereignty: Option<Sovereignty>,
}

/// The answers of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum StepAnswers {
    /// Who the provider is.
    LegalPerson(LegalPerson),
    /// Its registration numbers.
    Registration(Registration),
    /// Its addresses.
    Address(Addresses),
    /// Who owns it, and who works for it.
    Ownership(Box<Ownership>),
    /// Its certificates.
    Certificates(Certificates),
    /// Its contracts and policies.
    Terms(Box<Terms>),
    /// Whom to ask.
    Contacts(Box<Contacts>),
    /// Its terms of switching.
    DataAct(Box<DataAct>),
    /// Its answers on sovereignty.
    Sovereignty(Sovereignty),
}

impl StepAnswers {
    /// Reads the answers of a step.
    ///
    /// # Errors
    /// What is not understood, for people.
    pub fn read(step: OnboardingStep, value: serde_json::Value) -> Result<Self, serde_json::Error> {
        use serde_json::from_value as read;
        Ok(match step {
            OnboardingStep::LegalPerson => Self::LegalPerson(read(value)?),
            OnboardingStep::Registration => Self::Registration(read(value)?),
            OnboardingStep::Address => Self::Address(read(value)?),
            OnboardingStep::Ownership => Self::Ownership(read(value)?),
            OnboardingStep::Certificates => Self::Certificates(read(value)?),
            OnboardingStep::Terms => Self::Terms(read(value)?),
            OnboardingStep::Contacts => Self::Contacts(read(value)?),
            OnboardingStep::DataAct => Self::DataAct(read(value)?),
            OnboardingStep::Sovereignty => Self::Sovereignty(read(value)?),
        })
    }
}

impl Answers {
    /// Puts the answers of one step in the place of those before.
    pub fn set(&mut self, answers: StepAnswers) {
        match answers {
            StepAnswers::LegalPerson(said) => self.legal_person = Some(said),
            StepAnswers::Registration(said) => self.registration = Some(said),
            StepAnswers::Address(said) => self.address = Some(said),
            StepAnswers::Ownership(said) => self.ownership = Some(*said),
            StepAnswers::Certificates(said) => self.certificates = Some(said),
            StepAnswers::Terms(said) => self.terms = Some(*said),
            StepAnswers::Contacts(said) => self.contacts = Some(*said),
            StepAnswers::DataAct(said) => self.data_act = Some(*said),
            StepAnswers::Sovereignty(said) => self.sovereignty = Some(said),
        }
    }

    /// The answers of one step, when it was begun.
    #[must_use]
    pub fn of(&self, step: OnboardingStep) -> Option<StepAnswers> {
        match step {
            OnboardingStep::LegalPerson => self.legal_person.clone().map(StepAnswers::LegalPerson),
            OnboardingStep::Registration => self.registration.clone().map(StepAnswers::Registration),
            OnboardingStep::Address => self.address.clone().map(StepAnswers::Address),
            OnboardingStep::Ownership => self.ownership.clone().map(|said| StepAnswers::Ownership(Box::new(said))),
            OnboardingStep::Certificates => self.certificates.clone().map(StepAnswers::Certificates),
            OnboardingStep::Terms => self.terms.clone().map(|said| StepAnswers::Terms(Box::new(said))),
            OnboardingStep::Contacts => self.contacts.clone().map(|said| StepAnswers::Contacts(Box::new(said))),
            OnboardingStep::DataAct => self.data_act.clone().map(|said| StepAnswers::DataAct(Box::new(said))),
            OnboardingStep::Sovereignty => self.sovereignty.clone().map(StepAnswers::Sovereignty),
        }
    }
}
