//! How the exchange and its participants are named to the world: by DIDs of the method `web` under its address.

use hansa_model::evidence::Subject;
use hansa_model::name::Name;
use url::Url;

use crate::Exchange;

/// Who signs something on this exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Signer {
    /// The exchange itself.
    Exchange,
    /// A participant, with the key that the exchange keeps for it.
    Participant(hansa_model::id::ParticipantId, Name),
}

impl Signer {
    /// The participant, when it is one.
    #[must_use]
    pub(crate) const fn participant(&self) -> Option<hansa_model::id::ParticipantId> {
        match self {
            Self::Exchange => None,
            Self::Participant(id, _) => Some(*id),
        }
    }
}

/// The address of the exchange without anything behind the host.
pub(crate) fn base(exchange: &Exchange) -> String {
    exchange.settings().issuer.trim_end_matches('/').to_owned()
}

/// The DID of a signer: `did:web:exchange.example`, `did:web:exchange.example:participants:alpha`.
#[must_use]
pub(crate) fn did(exchange: &Exchange, signer: &Signer) -> String {
    let host = Url::parse(&exchange.settings().issuer).ok().and_then(|url| {
        let host = url.host_str()?.to_owned();
        Some(url.port().map_or_else(|| host.clone(), |port| format!("{host}%3A{port}")))
    });
    let host = host.unwrap_or_else(|| "invalid".to_owned());
    match signer {
        Signer::Exchange => format!("did:web:{host}"),
        Signer::Participant(_, name) => format!("did:web:{host}:participants:{name}"),
    }
}

/// The identifier of a thing in credentials.
#[must_use]
pub(crate) fn subject_id(exchange: &Exchange, subject: Subject) -> String {
    format!("{}/trust/subjects/{subject}", base(exchange))
}

/// The identifier of a credential that is issued here.
#[must_use]
pub(crate) fn credential_id(exchange: &Exchange, position: u64) -> String {
    format!("{}/trust/credentials/{position}", base(exchange))
}

/// Where a signer's status list with a credential's place is served, and the place within it. Each signs its own.
#[must_use]
pub(crate) fn status_place(exchange: &Exchange, signer: &Signer, position: u64) -> (String, u64) {
    let (base, list) = (base(exchange), position / LIST_LENGTH);
    let url = match signer {
        Signer::Exchange => format!("{base}/trust/status/{list}"),
        Signer::Participant(_, name) => format!("{base}/participants/{name}/status/{list}"),
    };
    (url, position % LIST_LENGTH)
}

/// How many places a status list has.
pub(crate) const LIST_LENGTH: u64 = 131_072;

/// The path of an address under the exchange's own; `None` when it is another's.
#[must_use]
pub(crate) fn own_path(exchange: &Exchange, address: &str) -> Option<String> {
    let own = Url::parse(&exchange.settings().issuer).ok()?;
    let asked = Url::parse(address).ok()?;
    let same = own.host_str() == asked.host_str() && own.port_or_known_default() == asked.port_or_known_default();
    // A host on another port than its scheme's is the same whether it is asked over HTTP or HTTPS.
    let same = same || (own.host_str() == asked.host_str() && own.port() == asked.port());
    same.then(|| asked.path().to_owned())
}
