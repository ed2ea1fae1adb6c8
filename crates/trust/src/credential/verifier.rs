//! Whether a credential or presentation can be believed.

use std::sync::Arc;
use std::time::Duration;

use hansa_model::time::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::document::earlier;
use super::keys::Keys;
use super::replay::{Replays, Seen};
use super::settings::Settings;
use super::statuses::{KnownList, Statuses};
use super::{Credential, Presentation, Refusal};
use crate::did::{ChainEnd, DidUrl, DidWeb, Purpose};
use crate::fetch::Fetch;
use crate::jose::base64url;
use crate::jose::{Algorithm, Header, Jws};
use crate::status::{StatusEntry, StatusList, StatusPurpose};

/// What a signed document says that it is, in the spellings that are met.
struct Kind {
    typ: &'static [&'static str],
    cty: &'static [&'static str],
    purpose: Purpose,
}

const CREDENTIAL: Kind = Kind {
    typ: &["vc+jwt", "vc+ld+json+jwt", "vc+ld+jwt"],
    cty: &["vc", "vc+ld+json", "vc+ld"],
    purpose: Purpose::Assertion,
};

const PRESENTATION: Kind =
    Kind { typ: &["vp+jwt", "vp+ld+jwt"], cty: &["vp", "vp+ld+json"], purpose: Purpose::Presentation };

/// A credential that can be believed to be its issuer's, to count now, and not to be revoked.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// What it says.
    pub credential: Credential,
    /// Who signed it.
    pub issuer: DidWeb,
    /// The name of the key.
    pub key_id: String,
    /// The algorithm of the signature.
    pub algorithm: Algorithm,
    /// The trust anchor that the key's certificates lead to, when they were looked at.
    pub chain: Option<ChainEnd>,
    /// When its status was read; absent when it has none.
    pub checked_at: Option<Timestamp>,
    /// When it ends, by itself or with the certificates of its key; open when absent.
    pub valid_until: Option<Timestamp>,
}

/// A presentation that can be believed, with all its credentials.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifiedPresentation {
    /// Who presents.
    pub holder: DidWeb,
    /// The name of the key.
    pub key_id: String,
    /// What it says and carries.
    pub presentation: Presentation,
    /// The credentials, in the order of [`Presentation::credentials`].
    pub credentials: Vec<Verified>,
}

/// What a presentation must be besides signed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expected<'a> {
    /// Whom it must be meant for.
    pub audience: Option<&'a str>,
    /// The challenge that it must answer.
    pub nonce: Option<&'a str>,
    /// How old it may be.
    pub max_age: Option<Duration>,
    /// Where it is looked up whether it was handed in before; needs `max_age`, or the presentation must end by itself.
    pub replays: Option<&'a dyn Replays>,
}

/// Verifies credentials and presentations. It keeps keys and status lists for a while, so one should live long.
#[derive(Debug)]
pub struct Verifier<F> {
    fetch: F,
    settings: Settings,
    keys: Keys,
    statuses: Statuses,
}

/// A document whose signature is good.
struct Signed {
    document: Value,
    key_id: DidUrl,
    algorithm: Algorithm,
    chain: Option<ChainEnd>,
}

impl<F: Fetch> Verifier<F> {
    /// A verifier that asks `fetch` for what it needs.
    pub fn new(fetch: F, settings: Settings) -> Self {
        Self { fetch, settings, keys: Keys::default(), statuses: Statuses::default() }
    }

    /// Where it fetches from.
    pub const fn fetch(&self) -> &F {
        &self.fetch
    }

    /// What it goes by.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Verifies a credential as of an instant: header, key, signature, form, issuer, times, status.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn verify_credential(&self, compact: &str, at: Timestamp) -> Result<Verified, Refusal> {
        let mut verified = self.verify_but_status(compact, self.settings.limits.credential, at).await?;
        verified.checked_at = self.check_status(&verified.credential, at).await?;
        Ok(verified)
    }

    /// Verifies a presentation and every credential in it as of an instant.
    ///
    /// # Errors
    /// [`Refusal`]; [`Refusal::Carried`] for the first credential that is refused.
    pub async fn verify_presentation(
        &self,
        compact: &str,
        expected: &Expected<'_>,
        at: Timestamp,
    ) -> Result<VerifiedPresentation, Refusal> {
        let limits = &self.settings.limits;
        let jws = Jws::parse(compact, limits.presentation)?;
        let signed = self.signed(&jws, &PRESENTATION, at).await?;
        let presentation = Presentation::read(signed.document, limits.count)?;
        check_signer(&presentation.holder, signed.key_id.did())?;
        let from = presentation.valid_from.max(presentation.made_at);
        self.check_times(from, presentation.valid_until, at)?;
        self.check_expected(&presentation, expected, at)?;
        let mut credentials: Vec<Verified> = Vec::with_capacity(presentation.credentials.len());
        for (index, compact) in presentation.credentials.iter().enumerate() {
            let carried = |source| Refusal::Carried { number: index + 1, source: Box::new(source) };
            let verified = self.verify_credential(compact, at).await.map_err(carried)?;
            let id = verified.credential.id.as_ref();
            if let Some(id) = id.filter(|_| credentials.iter().any(|other| other.credential.id.as_ref() == id)) {
                return Err(Refusal::Repeated(id.clone()));
            }
            credentials.push(verified);
        }
        // Last, so that only what is good otherwise takes room in the memory.
        if let Some(replays) = expected.replays {
            self.check_replay(&jws, &presentation, expected.max_age, replays, at)?;
        }
        let key_id = signed.key_id.as_str().to_owned();
        Ok(VerifiedPresentation { holder: signed.key_id.did().clone(), key_id, presentation, credentials })
    }

    /// Looks up whether a credential was revoked or suspended. Answers when its lists were read; nothing when it has
    /// none.
    ///
    /// # Errors
    /// [`Refusal::Revoked`], [`Refusal::Suspended`], [`Refusal::StatusUnknown`], [`Refusal::StatusRefused`],
    /// [`Refusal::StatusInvalid`].
    pub async fn check_status(&self, credential: &Credential, at: Timestamp) -> Result<Option<Timestamp>, Refusal> {
        let mut read_at: Option<Timestamp> = None;
        let mut suspended = false;
        for entry in &credential.status {
            let known = self.status_list(entry, credential, at).await?;
            let invalid = |source| Refusal::StatusInvalid { url: entry.list.clone(), source };
            let set = known.list.is_set(entry.purpose, entry.index).map_err(invalid)?;
            match entry.purpose {
                StatusPurpose::Revocation if set => return Err(Refusal::Revoked),
                StatusPurpose::Suspension => suspended |= set,
                StatusPurpose::Revocation => {}
            }
            read_at = earlier(read_at, Some(known.read_at));
        }
        if suspended { Err(Refusal::Suspended) } else { Ok(read_at) }
    }

    async fn verify_but_status(&self, compact: &str, limit: usize, at: Timestamp) -> Result<Verified, Refusal> {
        let jws = Jws::parse(compact, limit)?;
        let signed = self.signed(&jws, &CREDENTIAL, at).await?;
        let credential = Credential::read(signed.document)?;
        check_signer(&credential.issuer, signed.key_id.did())?;
        self.check_times(credential.valid_from, credential.valid_until, at)?;
        Ok(Verified {
            issuer: signed.key_id.did().clone(),
            key_id: signed.key_id.as_str().to_owned(),
            algorithm: signed.algorithm,
            valid_until: earlier(credential.valid_until, signed.chain.as_ref().map(|chain| chain.valid_until)),
            chain: signed.chain,
            checked_at: None,
            credential,
        })
    }

    async fn signed(&self, jws: &Jws<'_>, kind: &Kind, at: Timestamp) -> Result<Signed, Refusal> {
        let key_id = key_id(&jws.header, kind)?;
        let proven = self.keys.resolve(&self.fetch, &self.settings, &key_id, kind.purpose, at).await?;
        jws.verify(&proven.key)?;
        let document = jws.json(self.settings.limits.depth)?;
        Ok(Signed { document, key_id, algorithm: jws.header.algorithm, chain: proven.chain.clone() })
    }

    async fn status_list(
        &self,
        entry: &StatusEntry,
        credential: &Credential,
        at: Timestamp,
    ) -> Result<Arc<KnownList>, Refusal> {
        let refused = |source| Refusal::StatusRefused { url: entry.list.clone(), source: Box::new(source) };
        let known = match self.statuses.get(&entry.list, at) {
            Some(known) => known,
            None => self.read_status_list(entry, at).await?,
        };
        check_signer(&credential.issuer, &known.issuer).map_err(refused)?;
        self.check_times(known.valid_from, known.valid_until, at).map_err(refused)?;
        Ok(known)
    }

    async fn read_status_list(&self, entry: &StatusEntry, at: Timestamp) -> Result<Arc<KnownList>, Refusal> {
        let url = &entry.list;
        let refused = |source| Refusal::StatusRefused { url: url.clone(), source: Box::new(source) };
        let limit = self.settings.limits.status_list;
        let fetched = self.fetch.fetch(url, limit).await.map_err(Refusal::StatusUnknown)?;
        let compact = std::str::from_utf8(fetched.body.trim_ascii()).unwrap_or_default();
        let verified = self.verify_but_status(compact, limit, at).await.map_err(refused)?;
        if !verified.credential.status.is_empty() {
            return Err(refused(Refusal::Cyclic("a status list may not have a status itself")));
        }
        let invalid = |source| Refusal::StatusInvalid { url: url.clone(), source };
        let list = StatusList::read(&verified.credential.document, url).map_err(invalid)?;
        let (issuer, valid_from, valid_until) = (verified.issuer, verified.credential.valid_from, verified.valid_until);
        let known = KnownList { list, issuer, valid_from, valid_until, read_at: at };
        Ok(self.statuses.keep(url, known, self.settings.statuses_kept))
    }

    fn check_times(&self, from: Option<Timestamp>, until: Option<Timestamp>, at: Timestamp) -> Result<(), Refusal> {
        let skew = self.settings.skew;
        if let Some(from) = from.filter(|from| at.plus(skew) < *from) {
            return Err(Refusal::NotYetValid(from));
        }
        match until.filter(|until| *until <= at.minus(skew)) {
            Some(until) => Err(Refusal::Expired(until)),
            None => Ok(()),
        }
    }

    fn check_expected(
        &self,
        presentation: &Presentation,
        expected: &Expected<'_>,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        if let Some(audience) = expected.audience.filter(|wanted| !presentation.audience.iter().any(|it| it == wanted))
        {
            return Err(Refusal::WrongAudience(audience.to_owned()));
        }
        if expected.nonce.is_some_and(|nonce| presentation.nonce.as_deref() != Some(nonce)) {
            return Err(Refusal::WrongNonce);
        }
        let Some(max_age) = expected.max_age else {
            return Ok(());
        };
        let is_fresh = |made_at: Timestamp| at.since(made_at) <= max_age + self.settings.skew;
        if presentation.made_at.is_some_and(is_fresh) { Ok(()) } else { Err(Refusal::Stale(max_age.as_secs())) }
    }

    fn check_replay(
        &self,
        jws: &Jws<'_>,
        presentation: &Presentation,
        max_age: Option<Duration>,
        replays: &dyn Replays,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let too_old = presentation.made_at.zip(max_age).map(|(made_at, max_age)| made_at.plus(max_age));
        let end = earlier(too_old, presentation.valid_until).ok_or(Refusal::Member("validUntil"))?;
        // What was signed, not the signature: that can be changed into another good one without the key.
        let id = base64url::encode(&Sha256::digest(jws.signing_input()));
        match replays.seen(&id, end.plus(self.settings.skew), at) {
            Seen::First => Ok(()),
            Seen::Again => Err(Refusal::Replayed),
            Seen::Full => Err(Refusal::Busy),
        }
    }
}

/// The name of the key, once the header says what it must.
fn key_id(header: &Header, kind: &Kind) -> Result<DidUrl, Refusal> {
    let check = |member, found: &str, accepted: &'static [&'static str]| {
        if accepted.contains(&found) {
            return Ok(());
        }
        Err(Refusal::MediaType { member, found: found.chars().take(32).collect(), wanted: accepted[0] })
    };
    check("typ", header.typ.as_deref().unwrap_or_default(), kind.typ)?;
    if let Some(cty) = &header.cty {
        check("cty", cty, kind.cty)?;
    }
    let key_id: DidUrl = header.kid.as_deref().ok_or(Refusal::Member("kid"))?.parse()?;
    if let Some(issuer) = &header.iss {
        check_signer(issuer, key_id.did())?;
    }
    Ok(key_id)
}

fn check_signer(named: &str, signer: &DidWeb) -> Result<(), Refusal> {
    if named == signer.as_str() {
        return Ok(());
    }
    Err(Refusal::WrongIssuer { named: named.chars().take(96).collect(), signer: signer.to_string() })
}
