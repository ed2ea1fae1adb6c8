//! Asking a clearing house for a label, as somebody who wants one.

use hansa_model::evidence::{AskedLabel, Evidence, EvidenceState};
use hansa_store::evidence;
use hansa_trust::credential::{Signer as Pen, presentation_of};
use serde_json::{Value, json};
use url::Url;

use super::compliance::{Offered, comply};
use crate::evidence::{Believed, believe_label};
use crate::principal::Principal;
use crate::trust::keys;
use crate::trust::names::{self, Signer, did};
use crate::{Error, Exchange, Result, participants};

/// The most bytes of an answer.
const MOST_BYTES: usize = 256 * 1024;

/// Asks the compliance service that the exchange is set up with for a label over the credentials of a participant that
/// stand. What it answers is verified, to be taken in as evidence; nothing is changed yet.
///
/// # Errors
/// [`Error::NotFound`] for participants of others, but for operators; [`Error::Refused`] with what the service finds
/// missing; [`Error::Impossible`] when it can't be asked, or what it answers can't be believed.
pub async fn ask(exchange: &Exchange, caller: &Principal, key: &str, asked: &AskedLabel) -> Result<Believed> {
    let mut tx = exchange.read().await?;
    let found = participants::get(&mut tx, key).await?;
    if found.id != caller.participant && !caller.is(hansa_model::participant::Role::Operator) {
        return Err(Error::not_found("participant", key));
    }
    let kept = evidence::of_holder(&mut tx, found.id).await?;
    drop(tx);
    let elsewhere = exchange.settings().trust.clearing_house.compliance.as_ref();
    let own = did(exchange, &Signer::Exchange);
    // What this exchange signed itself counts nowhere else.
    let shown = kept.iter().filter(|piece| presents(piece) && (elsewhere.is_none() || piece.issuer != own));
    let credentials: Vec<&str> = shown.map(|piece| &*piece.credential).collect();
    if credentials.is_empty() {
        let detail = "there are no credentials that stand";
        return Err(Error::impossible("no-credentials", detail, "hand some in with `hansa evidence add`"));
    }
    let signer = Signer::Participant(found.id, found.name.clone());
    let presentation = present(exchange, &signer, &credentials).await?;
    let credential = format!("{}/trust/labels/{}", names::base(exchange), hansa_model::id::EvidenceId::new());
    let offered = Offered { level: asked.level.clone(), credential, presentation };
    let (label, source) = match elsewhere {
        None => (comply(exchange, &offered).await?, "compliance".to_owned()),
        Some(base) => (post(exchange, base, offered).await?, base.clone()),
    };
    believe_label(exchange, &found, label, source, &credentials).await
}

/// Whether a piece of evidence is shown to a clearing house: what stands, but for labels, which it gives itself.
fn presents(piece: &Evidence) -> bool {
    piece.state == EvidenceState::Valid && piece.kind != "gx:LabelCredential"
}

/// Credentials in a presentation that the participant signs.
async fn present(exchange: &Exchange, signer: &Signer, credentials: &[&str]) -> Result<String> {
    const LIFETIME: std::time::Duration = std::time::Duration::from_secs(10 * 60);
    let now = exchange.now();
    let mut presentation = presentation_of(&did(exchange, signer), credentials.iter().copied());
    presentation["validFrom"] = json!(now);
    presentation["validUntil"] = json!(now.plus(LIFETIME));
    let key = keys::signing(exchange, signer).await?;
    let signed = Pen { key: &key.key, key_id: &key.id }.presentation(&presentation);
    signed.map_err(|error| Error::Internal(format!("a presentation can't be signed: {error}")))
}

/// Asks a compliance service elsewhere.
async fn post(exchange: &Exchange, base: &str, offered: Offered) -> Result<String> {
    let unfit = |why: String| Error::impossible("clearing-house", why, "ask the operator of this exchange");
    let path = format!("{}/v2/api/credential-offers/{}", base.trim_end_matches('/'), offered.level);
    let mut url = Url::parse(&path).map_err(|error| unfit(format!("`{path}`: {error}")))?;
    url.query_pairs_mut().append_pair("vcid", &offered.credential);
    let answer = exchange.web().post(url.as_str(), "application/vp+jwt", offered.presentation, MOST_BYTES).await;
    let answer = answer.map_err(|error| unfit(error.to_string()))?;
    let text = String::from_utf8(answer.body).unwrap_or_default();
    match answer.status {
        200 | 201 => Ok(text.trim().trim_matches('"').to_owned()),
        400..500 => Err(refusal(&text)),
        status => Err(unfit(format!("the compliance service answered {status}"))),
    }
}

/// What a compliance service found missing.
fn refusal(text: &str) -> Error {
    let problem: Value = serde_json::from_str(text).unwrap_or_default();
    let words = |name: &str| problem[name].as_str().map(|text| text.chars().take(500).collect::<String>());
    let errors = serde_json::from_value(problem["errors"].clone()).unwrap_or_default();
    let detail =
        words("detail").or_else(|| words("message")).unwrap_or_else(|| "it refused without a reason".to_owned());
    Error::Refused { code: "not-compliant", detail: format!("the compliance service refused: {detail}"), errors }
}
