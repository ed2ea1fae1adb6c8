//! Evidence: what participants, operators and bodies outside have signed, and whether it stands.

mod issue;
mod record;
mod submit;
mod watch;

use hansa_model::evidence::{Evidence, EvidenceState, Subject};
use hansa_model::id::EvidenceId;
use hansa_model::page::Page;
use hansa_store::evidence::{self, EvidenceFilter};
use hansa_store::page::PageRequest;
use hansa_store::{Tx, issuing};
use serde_json::json;

use crate::principal::Principal;
use crate::trust::names::{Signer, did};
use crate::trust::{concern, holder_of};
use crate::{Error, Result, Work};

pub(crate) use issue::{Draft, YEAR, attest_for, declare_for, issue, take_over};
pub use issue::{attest, declare, status_list};
pub(crate) use submit::believe_label;
pub use submit::{Believed, believe, check, take};
pub(crate) use watch::look_after;

/// Which evidence is wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// That of this participant, by identifier or short name; of the caller's own when absent.
    pub participant: Option<String>,
    /// That about this very participant, site or offer.
    pub subject: Option<Subject>,
    /// That in this state.
    pub state: Option<EvidenceState>,
}

/// One page of evidence that the caller may see, the newest first.
///
/// # Errors
/// [`Error::NotFound`] for a participant whose evidence is not the caller's to see.
pub async fn list(tx: &mut Tx, caller: &Principal, wanted: &Wanted, page: &PageRequest) -> Result<Page<Evidence>> {
    let holder = match &wanted.participant {
        None => (!caller.sees_all()).then_some(caller.participant),
        Some(key) => {
            let found = crate::participants::get(tx, key).await?.id;
            if found != caller.participant && !caller.sees_all() {
                return Err(Error::not_found("evidence of participant", key));
            }
            Some(found)
        }
    };
    let filter = EvidenceFilter { holder, subject: wanted.subject, state: wanted.state };
    Ok(evidence::page(tx, &filter, page).await?)
}

/// One piece of evidence.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(tx: &mut Tx, caller: &Principal, id: EvidenceId) -> Result<Evidence> {
    let found = evidence::find(tx, id).await?;
    let own = found.filter(|found| caller.sees_all() || found.holder == caller.participant);
    own.ok_or_else(|| Error::not_found("evidence", id))
}

/// Puts evidence into its last state and judges anew what rested on it.
async fn end(work: &mut Work, caller: &Principal, piece: Evidence, state: EvidenceState) -> Result<Evidence> {
    let now = work.exchange().now();
    evidence::set_state(work, piece.id, state, Some(now), None).await?;
    record::tell(work, &caller.actor(), &piece, state);
    concern(work, piece.holder, &piece.claims).await?;
    Ok(Evidence { state, checked_at: Some(now), ..piece })
}

/// Ends evidence that was signed here because something else takes its place: its credentials are revoked too.
///
/// # Errors
/// [`Error::Store`].
pub(crate) async fn replace(work: &mut Work, caller: &Principal, ids: &[EvidenceId]) -> Result<()> {
    let now = work.exchange().now();
    for id in ids {
        let Some(piece) = evidence::find(work, *id).await? else { continue };
        if let Some(credential) = &piece.credential_id {
            issuing::revoke(work, credential, now).await?;
        }
        if piece.state != EvidenceState::Withdrawn {
            end(work, caller, piece, EvidenceState::Withdrawn).await?;
        }
    }
    Ok(())
}

/// Takes evidence back that the caller's participant holds.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn withdraw(work: &mut Work, caller: &Principal, id: EvidenceId) -> Result<Evidence> {
    let found = evidence::find(work, id).await?.filter(|found| found.holder == caller.participant);
    let piece = found.ok_or_else(|| Error::not_found("evidence", id))?;
    if piece.state == EvidenceState::Withdrawn {
        return Ok(piece);
    }
    end(work, caller, piece, EvidenceState::Withdrawn).await
}

/// Revokes what this exchange has signed, for itself or for a participant.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Conflict`] for what somebody else signed.
pub async fn revoke(work: &mut Work, caller: &Principal, id: EvidenceId) -> Result<Evidence> {
    let piece = evidence::find(work, id).await?.ok_or_else(|| Error::not_found("evidence", id))?;
    let own = did(&work.exchange(), &Signer::Exchange);
    let signed_here = piece.issuer == own || piece.issuer.starts_with(&format!("{own}:"));
    let credential = piece.credential_id.clone().filter(|_| signed_here).ok_or_else(|| {
        let detail = format!("`{}` signed it, not this exchange", piece.issuer);
        Error::conflict("not-issued-here", detail, "ask its issuer to revoke it, or stop trusting the issuer")
    })?;
    let now = work.exchange().now();
    issuing::revoke(work, &credential, now).await?;
    work.audit(&caller.actor(), "evidence.revoke", &id.to_string(), json!({"credential": credential}));
    if piece.state == EvidenceState::Withdrawn {
        return Ok(piece);
    }
    end(work, caller, piece, EvidenceState::Revoked).await
}

/// Whose evidence about a subject is, when the caller may hand it in.
async fn own(tx: &mut Tx, caller: &Principal, subject: Option<Subject>) -> Result<Subject> {
    let subject = subject.unwrap_or(Subject::Participant(caller.participant));
    if holder_of(tx, subject).await? != caller.participant {
        return Err(Error::not_found("subject", subject));
    }
    Ok(subject)
}
