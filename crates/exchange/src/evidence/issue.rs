//! What the exchange signs: for its participants what they declare, for itself what it has looked at or found.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hansa_model::evidence::{
    Certificate, CertificateClaim, Claim, Evidence, NewAttestation, NewDeclaration, Source, Strength, Subject,
};
use hansa_model::id::{EvidenceId, ParticipantId};
use hansa_model::participant::Participant;
use hansa_model::time::Timestamp;
use hansa_store::issuing::{self, Issued};
use hansa_store::{evidence, participant};
use hansa_trust::credential::Signer as Pen;
use hansa_trust::reading::{self, Statement};
use hansa_trust::status::{Bitstring, StatusEntry, StatusList, StatusPurpose};
use serde_json::{Value, json};

use super::own;
use super::record::{by_time, next_check, tell};
use crate::check::Faults;
use crate::principal::Principal;
use crate::trust::keys;
use crate::trust::names::{self, Signer, did};
use crate::trust::{concern, holder_of};
use crate::{Error, Exchange, Result, Work};

/// How long a declaration or attestation counts when nobody says.
pub(crate) const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// The longest that one counts.
const LONGEST: Duration = Duration::from_secs(3 * 365 * 24 * 60 * 60 + 24 * 60 * 60);
/// How many claims one credential makes at most.
const MOST_CLAIMS: usize = 500;
/// How long a status list may be kept by others.
const STATUS_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// A credential to be signed.
#[derive(Debug)]
pub(crate) struct Draft {
    /// The identifier that it gets; one of its own when absent.
    pub(crate) id: Option<String>,
    /// Who signs.
    pub(crate) signer: Signer,
    /// What it is about.
    pub(crate) subject: Subject,
    /// Its context, type and subject, as the issuer words them; the subject's identifier stands in it.
    pub(crate) document: Value,
    /// When it ends.
    pub(crate) valid_until: Timestamp,
}

/// Signs a credential and keeps it, with a place in the status list.
///
/// # Errors
/// [`Error::Store`], [`Error::Internal`] when it can't be signed.
pub(crate) async fn issue(work: &mut Work, draft: Draft) -> Result<Issued> {
    let exchange = work.exchange();
    let position = issuing::next_position(work).await?;
    let id = draft.id.unwrap_or_else(|| names::credential_id(&exchange, position));
    let issuer = did(&exchange, &draft.signer);
    let (list, index) = names::status_place(&exchange, &draft.signer, position);
    let status =
        StatusEntry { purpose: StatusPurpose::Revocation, list, index: usize::try_from(index).unwrap_or_default() };
    let mut document = draft.document;
    let kind = document["type"][1].as_str().unwrap_or_default().to_owned();
    document["id"] = id.as_str().into();
    document["issuer"] = issuer.as_str().into();
    document["validFrom"] = json!(exchange.now());
    document["validUntil"] = json!(draft.valid_until);
    document["credentialStatus"] = status.to_json();
    let key = keys::current(work, &draft.signer).await?;
    let pen = Pen { key: &key.key, key_id: &key.id };
    let fault = |error| Error::Internal(format!("a credential can't be signed: {error}"));
    let issued = Issued {
        position,
        id,
        issuer,
        kind,
        subject: draft.subject,
        credential: pen.credential(&document).map_err(fault)?,
        issued_at: exchange.now(),
        revoked_at: None,
    };
    issuing::insert(work, &issued).await?;
    Ok(issued)
}

/// Signs what is claimed and takes it in as evidence.
async fn make(
    work: &mut Work,
    actor: &str,
    signer: Signer,
    subject: Subject,
    claims: Vec<Claim>,
    valid_until: Option<Timestamp>,
) -> Result<Evidence> {
    let now = work.exchange().now();
    let valid_until = valid_until.unwrap_or_else(|| now.plus(YEAR));
    check(&work.exchange(), &claims, now, valid_until)?;
    let holder = holder_of(work, subject).await?;
    let document = Statement::of(&claims).credential(&names::subject_id(&work.exchange(), subject));
    reading::read(&document).map_err(|error| Error::field("claims", error.to_string()))?;
    let (strength, source) = match signer {
        Signer::Exchange => (Strength::Attested, "attestation"),
        Signer::Participant(..) => (Strength::Declared, "declaration"),
    };
    let issued = issue(work, Draft { id: None, signer, subject, document, valid_until }).await?;
    let mut piece = Evidence {
        id: EvidenceId::new(),
        subject,
        holder,
        kind: issued.kind,
        issuer: issued.issuer,
        strength,
        source: source.to_owned(),
        credential_id: Some(issued.id),
        valid_from: now,
        valid_until: Some(valid_until),
        state: hansa_model::evidence::EvidenceState::Valid,
        checked_at: None,
        claims,
        credential: issued.credential,
        received_at: now,
    };
    piece.state = by_time(&piece, now);
    evidence::insert(work, &piece, next_check(&piece, now, None)).await?;
    tell(work, actor, &piece, piece.state);
    concern(work, holder, &piece.claims).await?;
    Ok(piece)
}

fn check(exchange: &Exchange, claims: &[Claim], now: Timestamp, valid_until: Timestamp) -> Result<()> {
    let mut faults = Faults::default();
    faults.unless(!claims.is_empty(), "claims", "say at least one thing");
    faults.unless(claims.len() <= MOST_CLAIMS, "claims", format!("say at most {MOST_CLAIMS} things at once"));
    faults.unless(valid_until > now, "validUntil", "it is over already");
    faults.unless(valid_until <= now.plus(LONGEST), "validUntil", "nothing is signed for more than three years");
    let mut named = BTreeSet::new();
    for (number, claim) in claims.iter().enumerate() {
        let Claim::Fact { name, value } = claim else { continue };
        if let Err(fault) = exchange.rule_sets().vocabulary().check(name, value) {
            faults.add(format!("claims[{number}]"), fault.to_string());
        }
        faults.unless(named.insert(name), &format!("claims[{number}]"), format!("`{name}` is said twice"));
    }
    faults.finish()
}

/// Signs and keeps what the caller's participant says of itself, its sites or offers.
///
/// # Errors
/// [`Error::Invalid`], [`Error::NotFound`] for subjects of others.
pub async fn declare(work: &mut Work, caller: &Principal, new: NewDeclaration) -> Result<Evidence> {
    let subject = own(work, caller, new.subject).await?;
    let found = participant::find(work, caller.participant).await?;
    let found = found.ok_or_else(|| Error::not_found("participant", caller.participant))?;
    let signer = Signer::Participant(found.id, found.name);
    make(work, &caller.actor(), signer, subject, new.claims, new.valid_until).await
}

/// Signs for what an operator has looked at.
///
/// # Errors
/// [`Error::Invalid`], [`Error::NotFound`].
pub async fn attest(work: &mut Work, caller: &Principal, new: NewAttestation) -> Result<Evidence> {
    make(work, &caller.actor(), Signer::Exchange, new.subject, new.claims, new.valid_until).await
}

/// Signs and keeps what a participant says of itself, for a caller that may speak for it.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Store`].
pub(crate) async fn declare_for(
    work: &mut Work,
    caller: &Principal,
    of: &Participant,
    claims: Vec<Claim>,
) -> Result<Evidence> {
    let signer = Signer::Participant(of.id, of.name.clone());
    make(work, &caller.actor(), signer, Subject::Participant(of.id), claims, None).await
}

/// Signs for what operators have looked at of a participant.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Store`].
pub(crate) async fn attest_for(
    work: &mut Work,
    caller: &Principal,
    of: &Participant,
    claims: Vec<Claim>,
) -> Result<Evidence> {
    make(work, &caller.actor(), Signer::Exchange, Subject::Participant(of.id), claims, None).await
}

/// Takes certificates over that a catalogue file or an admission names: as attested what the operator says it has
/// looked at, as declared the rest. Levels are not taken over: they are evaluated.
///
/// # Errors
/// [`Error::Store`].
pub(crate) async fn take_over(work: &mut Work, actor: &str, of: ParticipantId, named: &[Certificate]) -> Result<()> {
    let Some(found) = participant::find(work, of).await? else { return Ok(()) };
    let now = work.exchange().now();
    let kept = evidence::of_holder(work, of).await?;
    let kept: Vec<(&CertificateClaim, Strength)> = kept
        .iter()
        .flat_map(|piece| piece.claims.iter().map(|claim| (claim, piece.strength)))
        .filter_map(|(claim, strength)| match claim {
            Claim::Certificate(held) => Some((held, strength)),
            _ => None,
        })
        .collect();
    let mut new: BTreeMap<Strength, Vec<Claim>> = BTreeMap::new();
    for certificate in named.iter().filter(|named| named.valid_until.is_none_or(|end| now < end)) {
        let strength = match certificate.source {
            Source::Declared => Strength::Declared,
            Source::Verified => Strength::Attested,
        };
        let claim = CertificateClaim {
            scheme: certificate.scheme.clone(),
            version: None,
            level: None,
            clauses: Vec::new(),
            kinds: Vec::new(),
            sites: Vec::new(),
            body: "not stated".to_owned(),
            jurisdiction: None,
            document: None,
            valid_until: certificate.valid_until,
        };
        let known = |(held, known): &(&CertificateClaim, Strength)| {
            held.scheme == claim.scheme && *known >= strength && held.valid_until == claim.valid_until
        };
        if !kept.iter().any(known) {
            new.entry(strength).or_default().push(Claim::Certificate(claim));
        }
    }
    let subject = Subject::Participant(of);
    for (strength, claims) in new {
        let signer = match strength {
            Strength::Declared => Signer::Participant(of, found.name.clone()),
            _ => Signer::Exchange,
        };
        make(work, actor, signer, subject, claims, None).await?;
    }
    Ok(())
}

/// A status list of what the exchange, or a participant by its short name, has signed here; signed by the same.
///
/// # Errors
/// [`Error::NotFound`] for a list that nothing was issued with.
pub async fn status_list(exchange: &Exchange, of: Option<&str>, list: &str) -> Result<String> {
    let missing = || Error::not_found("status list", list);
    let number: u64 = list.parse().map_err(|_| missing())?;
    let from = number.checked_mul(names::LIST_LENGTH).ok_or_else(missing)?;
    let mut tx = exchange.read().await?;
    let signer = match of {
        None => Signer::Exchange,
        Some(name) => {
            let found = participant::by_name(&mut tx, name).await?.ok_or_else(missing)?;
            Signer::Participant(found.id, found.name)
        }
    };
    if from > issuing::last_position(&mut tx).await? {
        return Err(missing());
    }
    let mut bits = Bitstring::new(usize::try_from(names::LIST_LENGTH).unwrap_or_default());
    for position in issuing::revoked(&mut tx, from, from + names::LIST_LENGTH).await? {
        let index = usize::try_from(position - from).unwrap_or_default();
        bits.set(index, true).map_err(|error| Error::Internal(error.to_string()))?;
    }
    drop(tx);
    let key = keys::signing(exchange, &signer).await?;
    let now = exchange.now();
    let url = names::status_place(exchange, &signer, from).0;
    let list = StatusList { purposes: vec![StatusPurpose::Revocation], ttl: None, bits };
    let document = list.to_credential(&url, &did(exchange, &signer), now, Some(now.plus(STATUS_LIFETIME)));
    let signed = Pen { key: &key.key, key_id: &key.id }.credential(&document);
    signed.map_err(|error| Error::Internal(format!("a status list can't be signed: {error}")))
}
