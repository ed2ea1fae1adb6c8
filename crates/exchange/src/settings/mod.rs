//! How an exchange is set up.

mod shown;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hansa_matching::watch::Policy;
use hansa_signin::oidc::Provider;

use crate::sagas::FaultPlan;

/// The settings of an exchange; the defaults suit a small one.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How the exchange is called in tokens and quotes: its address.
    pub issuer: String,
    /// The seed of the Ed25519 key that quotes are signed with.
    pub signing_seed: [u8; 32],
    /// How long the price of a quote holds.
    pub quote_lifetime: Duration,
    /// How long an agent's report counts as fresh.
    pub freshness: Duration,
    /// How long an agent may be silent before its services count as unreachable.
    pub silence: Duration,
    /// How long an order may wait for approval.
    pub approval_deadline: Duration,
    /// How long agents may take to make everything of an order real.
    pub provisioning_deadline: Duration,
    /// What the exchange keeps of each charge, in hundredths of a per cent.
    pub commission_bp: u32,
    /// The IANA name of the zone whose calendar months are billed.
    pub billing_zone: String,
    /// How long after its end a month stays open for late usage.
    pub billing_grace: Duration,
    /// How long invitations and enrolment tokens work.
    pub invitation_lifetime: Duration,
    /// How long answers are kept for repeated requests.
    pub idempotency_lifetime: Duration,
    /// How long a session in a browser lasts that is not used.
    pub session_idle: Duration,
    /// How long a session in a browser lasts in any case.
    pub session_lifetime: Duration,
    /// The identity providers whose word is taken.
    pub identity_providers: Vec<Provider>,
    /// Who must prove a second factor in a browser.
    pub second_factor: SecondFactor,
    /// How long metrics are kept.
    pub metric_lifetime: Duration,
    /// What a move of something that runs must bring to be proposed; nothing is proposed when absent.
    pub proposals: Option<Policy>,
    /// Whom and what is believed.
    pub trust: TrustSettings,
    /// The directory that copies of the database are kept in; none are made when absent.
    pub backups: Option<PathBuf>,
    /// What shall go wrong, for tests.
    pub faults: Option<Arc<dyn FaultPlan>>,
}

impl Default for Settings {
    fn default() -> Self {
        const DAY: u64 = 24 * 60 * 60;
        Self {
            issuer: "http://127.0.0.1:7443".to_owned(),
            signing_seed: [0; 32],
            quote_lifetime: Duration::from_secs(60 * 60),
            freshness: Duration::from_secs(120),
            silence: Duration::from_secs(90),
            approval_deadline: Duration::from_secs(3 * DAY),
            provisioning_deadline: Duration::from_secs(60 * 60),
            commission_bp: 300,
            billing_zone: "Europe/Brussels".to_owned(),
            billing_grace: Duration::from_secs(10 * DAY),
            invitation_lifetime: Duration::from_secs(7 * DAY),
            idempotency_lifetime: Duration::from_secs(7 * DAY),
            session_idle: Duration::from_secs(12 * 60 * 60),
            session_lifetime: Duration::from_secs(7 * DAY),
            identity_providers: Vec::new(),
            second_factor: SecondFactor::default(),
            metric_lifetime: Duration::from_secs(7 * DAY),
            proposals: Some(Policy::default()),
            trust: TrustSettings::default(),
            backups: None,
            faults: None,
        }
    }
}

/// Who must prove a second factor in a browser: everything but a password alone is one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SecondFactor {
    /// Nobody; people choose.
    #[default]
    Chosen,
    /// Whoever acts as an operator.
    Operators,
    /// Everybody.
    Everybody,
}

/// How credentials of others are checked.
#[derive(Debug, Clone)]
pub struct TrustSettings {
    /// The roots in which the certificate chains of issuers end, in PEM; without any, chains are not looked at.
    pub anchors: Vec<u8>,
    /// Whether issuers without a chain to one of the anchors are refused.
    pub demand_chain: bool,
    /// Hosts of issuers, without ports, that may be in a private network.
    pub private_hosts: BTreeSet<String>,
    /// Hosts of issuers with their ports that are asked over plain HTTP. For demonstrations and tests.
    pub plain_http: BTreeSet<String>,
    /// Whose notary, compliance and registry services are asked.
    pub clearing_house: ClearingHouse,
    /// After how long the issuer of a credential is asked again whether it still stands.
    pub refresh: Duration,
    /// How long a credential still counts when its issuer can't be asked.
    pub grace: Duration,
    /// Whether two operators must approve what a provider says of itself.
    pub four_eyes: bool,
    /// Whether offers are listed only when the onboarding of their provider is published.
    pub require_onboarding: bool,
}

impl Default for TrustSettings {
    fn default() -> Self {
        const HOUR: u64 = 60 * 60;
        Self {
            anchors: Vec::new(),
            demand_chain: false,
            private_hosts: BTreeSet::new(),
            plain_http: BTreeSet::new(),
            clearing_house: ClearingHouse::default(),
            refresh: Duration::from_secs(HOUR),
            grace: Duration::from_secs(24 * HOUR),
            four_eyes: false,
            require_onboarding: false,
        }
    }
}

/// The services of a Gaia-X clearing house by their base address, `https://compliance.example`; this exchange's own
/// where absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClearingHouse {
    /// Who signs for registration numbers.
    pub notary: Option<String>,
    /// Who signs labels.
    pub compliance: Option<String>,
    /// Who knows the trust anchors.
    pub registry: Option<String>,
}

impl ClearingHouse {
    /// The addresses that are configured.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        [&self.notary, &self.compliance, &self.registry].into_iter().flatten().map(String::as_str)
    }
}
