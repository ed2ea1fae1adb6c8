//! Labels: what a rule set makes of a participant, as a credential that others can verify.

use std::time::Duration;

use hansa_model::evidence::{Evaluation, Subject};
use hansa_model::id::ParticipantId;
use hansa_model::participant::Participant;
use hansa_store::issuing::Issued;
use hansa_store::{Tx, evaluation, issuing};
use serde_json::{Value, json};

use super::names::{Signer, did};
use crate::evidence::{Draft, issue};
use crate::{Error, Exchange, Result, Work, participants};

/// The type of labels.
pub(crate) const KIND: &str = "hansa:Label";
/// How long a label counts at most.
const LONGEST: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// What a rule set makes of a participant as it was last judged, signed. The same label is given until it ends, or
/// the result changes.
///
/// # Errors
/// [`Error::NotFound`] for participants and rule sets that there are not, or participants that were never judged.
pub async fn label(exchange: &Exchange, key: &str, rule_set: &str) -> Result<String> {
    let mut tx = exchange.read().await?;
    let found = participants::get(&mut tx, key).await?;
    let kept = evaluation::of(&mut tx, found.id).await?;
    let result = kept.into_iter().map(|(result, _)| result).find(|result| result.rule_set == rule_set);
    let result = result.ok_or_else(|| Error::not_found("evaluation by rule set", rule_set))?;
    if result.valid_until.is_some_and(|end| end <= exchange.now()) {
        return Err(Error::Busy("the participant is just being judged anew".to_owned()));
    }
    let subject = subject(exchange, &found, &result);
    if let Some(label) = current(&mut tx, exchange, found.id, &subject).await? {
        return Ok(label);
    }
    drop(tx);
    let mut work = exchange.begin().await?;
    // Somebody else may have asked meanwhile.
    if let Some(label) = current(&mut work, exchange, found.id, &subject).await? {
        return Ok(label);
    }
    let now = exchange.now();
    let longest = now.plus(LONGEST);
    let draft = Draft {
        id: None,
        signer: Signer::Exchange,
        subject: Subject::Participant(found.id),
        document: json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "urn:hansa:v1"],
            "type": ["VerifiableCredential", KIND],
            "name": format!("{} {} of {}", result.rule_set, result.version, found.legal_name),
            "description": "Computed by this exchange from evidence; not a label of those who wrote the rules.",
            "credentialSubject": subject,
        }),
        valid_until: result.valid_until.map_or(longest, |end| end.min(longest)),
    };
    let issued = issue(&mut work, draft).await?;
    work.commit().await?;
    Ok(issued.credential)
}

fn subject(exchange: &Exchange, of: &Participant, result: &Evaluation) -> Value {
    let evidence: std::collections::BTreeSet<_> = result.outcomes.iter().flat_map(|one| &one.evidence).collect();
    json!({
        "id": did(exchange, &Signer::Participant(of.id, of.name.clone())),
        "computedBy": did(exchange, &Signer::Exchange),
        "ruleSet": result.rule_set,
        "version": result.version,
        "standing": result.standing,
        "level": result.level,
        "scores": result.scores,
        "criteria": result.outcomes.iter().map(|one| json!({
            "criterion": one.criterion,
            "outcome": one.outcome,
        })).collect::<Vec<_>>(),
        "evidence": evidence,
    })
}

/// The label that says exactly this and still counts.
async fn current(tx: &mut Tx, exchange: &Exchange, of: ParticipantId, subject: &Value) -> Result<Option<String>> {
    let now = exchange.now();
    let labels = standing(tx, of).await?.into_iter().rev();
    let says = |label: &Issued| {
        let document = document(&label.credential);
        let until = document["validUntil"].as_str().and_then(|until| until.parse().ok());
        document["credentialSubject"] == *subject && until.is_some_and(|until| now < until)
    };
    Ok(labels.into_iter().find(says).map(|label| label.credential))
}

/// The labels of a participant that were not revoked, the oldest first.
pub(crate) async fn standing(tx: &mut Tx, of: ParticipantId) -> Result<Vec<Issued>> {
    let labels = issuing::about(tx, Subject::Participant(of), KIND).await?;
    Ok(labels.into_iter().filter(|label| label.revoked_at.is_none()).collect())
}

/// Revokes the labels that say another level than a participant has now.
pub(crate) async fn revoke_outdated(work: &mut Work, of: ParticipantId, results: &[Evaluation]) -> Result<()> {
    let now = work.exchange().now();
    for label in standing(work, of).await? {
        let said = document(&label.credential);
        let said = &said["credentialSubject"];
        let still = results.iter().any(|result| {
            said["ruleSet"] == result.rule_set.as_str()
                && said["version"] == result.version.as_str()
                && said["level"] == json!(result.level)
        });
        if !still {
            issuing::revoke(work, &label.id, now).await?;
        }
    }
    Ok(())
}

/// What a credential of our own says.
pub(crate) fn document(credential: &str) -> Value {
    use base64::Engine as _;
    let payload = credential.split('.').nth(1).unwrap_or_default();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}
