//! Credentials that are handed in: checked first, outside of any transaction, then taken in.

use hansa_model::evidence::{
    CheckedCredential, Claim, CredentialCheck, Evidence, EvidenceState, FactValue, NewEvidence, Strength, Subject,
};
use hansa_model::id::{EvidenceId, ParticipantId};
use hansa_model::participant::Participant;
use hansa_store::evidence;
use hansa_store::participant;
use hansa_trust::credential::{Expected, Refusal, Verified};
use hansa_trust::fetch::Fetch as _;
use hansa_trust::jose::Jws;
use hansa_trust::{reading, shapes};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::own;
use super::record::{next_check, tell};
use crate::principal::Principal;
use crate::trust::names::{Signer, did, subject_id};
use crate::trust::{concern, trusted};
use crate::{Error, Exchange, Result, Work};

/// The most bytes of a credential or presentation that is fetched.
const MOST_BYTES: usize = 4 << 20;
/// How deep a kept credential may nest.
const DEPTH: usize = 32;
/// What the types of Gaia-X begin with.
const GAIA_X: &str = "gx:";
/// The fact that credentials keep to the shapes of their types.
const CONFORMS: &str = "gx.conforms";

/// Credentials that can be believed, about to be taken in.
#[derive(Debug)]
pub struct Believed {
    holder: ParticipantId,
    subject: Subject,
    source: String,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    verified: Verified,
    credential: String,
    strength: Strength,
    claims: Vec<Claim>,
}

/// The text of what is handed in, and where it came from.
async fn text_of(exchange: &Exchange, new: &NewEvidence) -> Result<(String, String)> {
    match (&new.credential, &new.url) {
        (Some(credential), None) => Ok((credential.trim().to_owned(), "upload".to_owned())),
        (None, Some(url)) => {
            let fetched = exchange.web().fetch(url, MOST_BYTES).await;
            let fetched = fetched.map_err(|error| {
                Error::impossible("not-fetched", error.to_string(), "hand the credential in as a file")
            })?;
            let text = String::from_utf8(fetched.body).map_err(|_| Error::field("url", "it serves no credential"))?;
            Ok((text.trim().to_owned(), url.clone()))
        }
        _ => Err(Error::field("credential", "give either the credential or the address where it is published")),
    }
}

/// Whether a compact signature says that it holds a presentation.
fn is_presentation(compact: &str) -> bool {
    let typ = Jws::parse(compact, MOST_BYTES).ok().and_then(|jws| jws.header.typ);
    typ.is_some_and(|typ| typ.starts_with("vp+"))
}

fn refused(refusal: &Refusal) -> Error {
    Error::Impossible {
        code: "not-believed",
        detail: format!("refused ({}): {refusal}", refusal.code()),
        hint: Some("`hansa trust check` shows what is wrong with each credential".to_owned()),
    }
}

/// Every credential in a text, verified, with the text of each.
async fn verify(exchange: &Exchange, text: &str) -> std::result::Result<Vec<(Verified, String)>, Refusal> {
    let (verifier, now) = (exchange.verifier(), exchange.now());
    if !is_presentation(text) {
        return Ok(vec![(verifier.verify_credential(text, now).await?, text.to_owned())]);
    }
    let verified = verifier.verify_presentation(text, &Expected::default(), now).await?;
    Ok(verified.credentials.into_iter().zip(verified.presentation.credentials).collect())
}

/// Verifies what the caller hands in. Nothing is changed yet.
///
/// # Errors
/// [`Error::Impossible`] with the reason when it can't be believed, [`Error::NotFound`] for subjects of others.
pub async fn believe(exchange: &Exchange, caller: &Principal, new: &NewEvidence) -> Result<Believed> {
    let mut tx = exchange.read().await?;
    let subject = own(&mut tx, caller, new.subject).await?;
    let found = participant::find(&mut tx, caller.participant).await?;
    let found = found.ok_or_else(|| Error::not_found("participant", caller.participant))?;
    let list = trusted(&mut tx, exchange).await?;
    let kept = evidence::of_holder(&mut tx, caller.participant).await?;
    drop(tx);
    let own_did = did(exchange, &Signer::Participant(found.id, found.name.clone()));
    let (text, source) = text_of(exchange, new).await?;
    let mut pieces = Vec::new();
    for (verified, credential) in verify(exchange, &text).await.map_err(|refusal| refused(&refusal))? {
        let document = &verified.credential.document;
        let claims = reading::read(document).map_err(|error| {
            Error::impossible("not-understood", error.to_string(), "see docs/trust.md for what is understood")
        })?;
        let strength = list.strength(&verified, &own_did, &claims).map_err(|refusal| refused(&refusal))?;
        if strength != Strength::Declared {
            meant_for(&verified, &[&own_did, &subject_id(exchange, subject)])?;
        }
        pieces.push(Piece { verified, credential, strength, claims });
    }
    if conforms(&pieces, &kept) {
        let said = Claim::Fact { name: CONFORMS.to_owned(), value: FactValue::Flag(true) };
        pieces.iter_mut().filter(|piece| piece.is_gaia_x()).for_each(|piece| piece.claims.push(said.clone()));
    }
    Ok(Believed { holder: found.id, subject, source, pieces })
}

/// Verifies a label that a clearing house gave for credentials of a participant.
///
/// # Errors
/// [`Error::Impossible`] with the reason when it can't be believed, or is for other credentials.
pub(crate) async fn believe_label(
    exchange: &Exchange,
    holder: &Participant,
    label: String,
    source: String,
    presented: &[&str],
) -> Result<Believed> {
    let list = trusted(&mut exchange.read().await?, exchange).await?;
    let verified = exchange.verifier().verify_credential(&label, exchange.now()).await;
    let verified = verified.map_err(|refusal| refused(&refusal))?;
    let claims = reading::read(&verified.credential.document);
    let claims = claims.map_err(|error| Error::impossible("not-understood", error.to_string(), None))?;
    let own_did = did(exchange, &Signer::Participant(holder.id, holder.name.clone()));
    let strength = list.strength(&verified, &own_did, &claims).map_err(|refusal| refused(&refusal))?;
    let digests: Vec<String> =
        presented.iter().map(|compact| format!("sha256-{}", hex::encode(Sha256::digest(compact)))).collect();
    let is_ours = |text: &str| digests.iter().any(|digest| digest == text);
    let stated: Vec<&str> = verified.credential.subjects().flat_map(digests_in).collect();
    if stated.is_empty() || !stated.iter().all(|digest| is_ours(digest)) {
        let detail = "refused (wrong-subject): the label is for other credentials than were presented".to_owned();
        return Err(Error::Impossible { code: "not-believed", detail, hint: None });
    }
    let pieces = vec![Piece { verified, credential: label, strength, claims }];
    Ok(Believed { holder: holder.id, subject: Subject::Participant(holder.id), source, pieces })
}

/// The digests of credentials in the subject of a label.
fn digests_in(subject: &serde_json::Map<String, Value>) -> Vec<&str> {
    let listed = ["gx:compliantCredentials", "compliantCredentials"].iter().find_map(|name| subject.get(*name));
    let listed = match listed {
        Some(Value::Array(several)) => several.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let digests = listed.iter().filter_map(|one| one.get("cred:digestSRI").or_else(|| one.get("digestSRI")));
    digests.filter_map(|digest| digest.get("@value").unwrap_or(digest).as_str()).collect()
}

impl Piece {
    fn is_gaia_x(&self) -> bool {
        self.verified.credential.types.iter().any(|name| name.starts_with(GAIA_X))
    }
}

/// Whether Gaia-X credentials, with those that their holder handed in before, keep to the shapes of their types.
fn conforms(new: &[Piece], kept: &[Evidence]) -> bool {
    let handed_in =
        new.iter().filter(|piece| piece.is_gaia_x()).map(|piece| piece.verified.credential.document.clone());
    let mut documents: Vec<Value> = handed_in.collect();
    if documents.is_empty() {
        return false;
    }
    let before = kept.iter().filter(|piece| piece.state == EvidenceState::Valid && piece.kind.starts_with(GAIA_X));
    documents.extend(before.filter_map(|piece| Jws::parse(&piece.credential, MOST_BYTES).ok()?.json(DEPTH).ok()));
    shapes::check(&documents).is_ok_and(|report| report.conforms())
}

/// Refuses what somebody signed about somebody else: a certificate that another holds is worth nothing here.
fn meant_for(verified: &Verified, names: &[&str]) -> Result<()> {
    // All of it: what else it speaks of would come along under the holder's name.
    let is_own = |id: &str| names.contains(&id.split('#').next().unwrap_or_default());
    if verified.credential.subject_ids().all(is_own) {
        return Ok(());
    }
    let about: Vec<_> = verified.credential.subject_ids().map(|id| format!("`{id}`")).collect();
    let detail = format!("refused (wrong-subject): it is about {}, not about {}", about.join(", "), names[0]);
    Err(Error::Impossible {
        code: "not-believed",
        detail,
        hint: Some(format!("ask its issuer for one whose credentialSubject.id is `{}`", names[0])),
    })
}

/// Takes in what was verified. What was taken in before is left as it is.
///
/// # Errors
/// [`Error::Store`].
pub async fn take(work: &mut Work, caller: &Principal, believed: Believed) -> Result<Vec<Evidence>> {
    let (now, refresh) = (work.exchange().now(), work.exchange().settings().trust.refresh);
    let mut taken = Vec::new();
    for Piece { verified, credential, strength, claims } in believed.pieces {
        let kind = verified.credential.types.first().cloned().unwrap_or_else(|| "VerifiableCredential".to_owned());
        let piece = Evidence {
            id: EvidenceId::new(),
            subject: believed.subject,
            holder: believed.holder,
            kind,
            issuer: verified.issuer.to_string(),
            strength,
            source: believed.source.clone(),
            credential_id: verified.credential.id.clone(),
            valid_from: verified.credential.valid_from.unwrap_or(now).min(now),
            valid_until: verified.valid_until,
            state: EvidenceState::Valid,
            checked_at: verified.checked_at,
            claims,
            credential,
            received_at: now,
        };
        let asked = verified.checked_at.map(|_| refresh);
        if evidence::insert(work, &piece, next_check(&piece, now, asked)).await? {
            tell(work, &caller.actor(), &piece, piece.state);
            concern(work, piece.holder, &piece.claims).await?;
            taken.push(piece);
            continue;
        }
        let before = evidence::same(work, believed.holder, &piece.credential).await?;
        let before = before.ok_or_else(|| Error::Internal("evidence vanished".to_owned()))?;
        taken.push(revive(work, caller, before, piece).await?);
    }
    Ok(taken)
}

/// What was handed in before counts again if it was taken back, or found to stand once more.
async fn revive(work: &mut Work, caller: &Principal, before: Evidence, again: Evidence) -> Result<Evidence> {
    if before.state == EvidenceState::Valid {
        return Ok(before);
    }
    let (now, refresh) = (work.exchange().now(), work.exchange().settings().trust.refresh);
    let asked = again.checked_at.map(|_| refresh);
    evidence::set_state(work, before.id, again.state, again.checked_at, next_check(&again, now, asked)).await?;
    tell(work, &caller.actor(), &before, again.state);
    concern(work, before.holder, &before.claims).await?;
    Ok(Evidence { state: again.state, checked_at: again.checked_at, ..before })
}

/// What an issuer says now about a credential that was taken in; `None` when it can't be asked.
pub(super) async fn status(exchange: &Exchange, credential: &str) -> Option<EvidenceState> {
    match exchange.verifier().verify_credential(credential, exchange.now()).await {
        Ok(_) => Some(EvidenceState::Valid),
        Err(refusal) => match refusal.state() {
            Some(EvidenceState::StatusUnknown) | None => None,
            known => known,
        },
    }
}

/// Looks at a credential or presentation without taking it in.
///
/// # Errors
/// [`Error::Invalid`] when nothing is given to look at, [`Error::Impossible`] when it can't be fetched.
pub async fn check(exchange: &Exchange, new: &NewEvidence) -> Result<CredentialCheck> {
    let (text, _) = text_of(exchange, new).await?;
    let list = trusted(&mut exchange.read().await?, exchange).await?;
    let credentials = match verify(exchange, &text).await {
        Err(refusal) => vec![CheckedCredential {
            refusal: Some(refusal.code().to_owned()),
            faults: vec![refusal.to_string()],
            ..unread()
        }],
        Ok(verified) => {
            let documents: Vec<Value> = verified.iter().map(|(one, _)| one.credential.document.clone()).collect();
            verified.iter().map(|(one, _)| look_at(one, &documents, &list)).collect()
        }
    };
    Ok(CredentialCheck { accepted: credentials.iter().all(|one| one.refusal.is_none()), credentials })
}

const fn unread() -> CheckedCredential {
    CheckedCredential { id: None, kind: None, issuer: None, refusal: None, faults: Vec::new(), claims: Vec::new() }
}

fn look_at(verified: &Verified, beside: &[Value], list: &hansa_trust::credential::TrustedIssuers) -> CheckedCredential {
    let document = &verified.credential.document;
    let mut found = CheckedCredential {
        id: verified.credential.id.clone(),
        kind: verified.credential.types.first().cloned(),
        issuer: Some(verified.issuer.to_string()),
        ..unread()
    };
    match reading::read(document) {
        Ok(claims) => {
            if let Err(refusal) = list.strength(verified, verified.issuer.as_str(), &claims) {
                found.refusal = Some(refusal.code().to_owned());
                found.faults.push(refusal.to_string());
            }
            found.claims = claims;
        }
        Err(error) => found.faults.push(error.to_string()),
    }
    if found.kind.as_ref().is_some_and(|kind| kind.starts_with(GAIA_X)) {
        match shapes::check(beside) {
            Ok(report) => found.faults.extend(report.faults.into_iter().map(|fault| fault.message)),
            Err(error) => found.faults.push(error.to_string()),
        }
    }
    found
}
