//! The compliance service: what a presentation of credentials comes to, as a label that this exchange computed.

use hansa_model::document::FieldError;
use hansa_model::evidence::{Evaluation, Strength};
use hansa_model::id::EvidenceId;
use hansa_trust::credential::{Expected, Refusal, Signer as Pen, Verified, VerifiedPresentation};
use hansa_trust::ownership::{Aliases, Graph};
use hansa_trust::rules;
use hansa_trust::{Case, Known, reading, shapes};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{CONTEXTS, ENGINE, LIFETIME, check_id};
use crate::trust::keys;
use crate::trust::names::{Signer, did};
use crate::trust::trusted;
use crate::{Error, Exchange, Result};

/// The rule set that labels are of.
const RULES: &str = "gaia-x";
/// Where each level is asked for.
const LEVELS: [(&str, &str); 4] =
    [("standard-compliance", "SC"), ("label-level-1", "L1"), ("label-level-2", "L2"), ("label-level-3", "L3")];

/// What is offered to the compliance service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The level that is asked for: `standard-compliance`, `label-level-1` to `label-level-3`.
    pub level: String,
    /// The identifier that the label shall have.
    pub credential: String,
    /// The presentation, as a compact JSON Web Signature.
    pub presentation: String,
}

/// Gives a label for a presentation whose credentials are all good and fill every criterion of the level.
///
/// # Errors
/// [`Error::NotFound`] for levels that there are not, [`Error::Refused`] with everything that stands against it.
pub async fn comply(exchange: &Exchange, offered: &Offered) -> Result<String> {
    let level = LEVELS.iter().find(|(path, _)| *path == offered.level).map(|(_, level)| *level);
    let level = level.ok_or_else(|| Error::not_found("level", &offered.level))?;
    check_id("vcid", &offered.credential)?;
    let now = exchange.now();
    let (presentation, expected) = (offered.presentation.trim(), Expected::default());
    let presented = exchange.verifier().verify_presentation(presentation, &expected, now).await;
    let presented = presented.map_err(|refusal| not_believed(&refusal))?;
    let known = known(exchange, &presented).await?;
    check_shapes(&presented)?;
    let evaluation = evaluate(exchange, presented.holder.as_str(), &known)?;
    if let Some(gaps) = evaluation.gaps.get(level) {
        let missing = gaps.iter().map(|gap| FieldError::new(&gap.criterion, format!("{}: {}", gap.title, gap.missing)));
        return Err(refused("not-compliant", format!("{level} is not reached"), missing.collect()));
    }
    let document = label(exchange, offered, level, &presented, &known, &evaluation);
    let key = keys::signing(exchange, &Signer::Exchange).await?;
    let signed = Pen { key: &key.key, key_id: &key.id }.credential(&document);
    signed.map_err(|error| Error::field("vcid", format!("no credential can be made of it: {error}")))
}

fn refused(code: &'static str, detail: String, errors: Vec<FieldError>) -> Error {
    Error::Refused { code, detail, errors }
}

fn not_believed(refusal: &Refusal) -> Error {
    let error = FieldError::new(refusal.code(), refusal.to_string());
    refused("not-believed", format!("refused ({}): {refusal}", refusal.code()), vec![error])
}

/// How a credential is named in what is said about it.
fn name(verified: &Verified) -> &str {
    verified.credential.id.as_deref().unwrap_or("a credential without an identifier")
}

/// What the credentials say, each as well known as its issuer is.
async fn known(exchange: &Exchange, presented: &VerifiedPresentation) -> Result<Vec<Known>> {
    let list = trusted(&mut exchange.read().await?, exchange).await?;
    let (mut known, mut errors) = (Vec::new(), Vec::new());
    for verified in &presented.credentials {
        let claims = match reading::read(&verified.credential.document) {
            Ok(claims) => claims,
            Err(error) => {
                errors.push(FieldError::new(name(verified), error.to_string()));
                continue;
            }
        };
        match list.strength(verified, presented.holder.as_str(), &claims) {
            Ok(strength) => known.extend(as_known(verified, strength, claims)),
            Err(refusal) => errors.push(FieldError::new(name(verified), refusal.to_string())),
        }
    }
    if errors.is_empty() {
        return Ok(known);
    }
    Err(refused("not-believed", "not every credential can be believed".to_owned(), errors))
}

fn as_known(
    verified: &Verified,
    strength: Strength,
    claims: Vec<hansa_model::evidence::Claim>,
) -> impl Iterator<Item = Known> {
    let evidence = EvidenceId::new();
    claims.into_iter().map(move |claim| Known {
        claim,
        strength,
        evidence,
        issuer: verified.issuer.to_string(),
        valid_from: verified.credential.valid_from.unwrap_or(hansa_model::time::Timestamp::from_seconds(0)),
        valid_until: verified.valid_until,
    })
}

/// All Gaia-X credentials are looked at together, since they link to each other.
fn check_shapes(presented: &VerifiedPresentation) -> Result<()> {
    let is_gaia_x = |verified: &&Verified| verified.credential.types.iter().any(|name| name.starts_with("gx:"));
    let documents = presented.credentials.iter().filter(is_gaia_x);
    let documents: Vec<Value> = documents.map(|verified| verified.credential.document.clone()).collect();
    let malformed = |errors| refused("not-compliant", "credentials do not keep to their shapes".to_owned(), errors);
    let report = shapes::check(&documents);
    let report = report.map_err(|error| malformed(vec![FieldError::new("shape", error.to_string())]))?;
    if report.conforms() {
        return Ok(());
    }
    let errors = report
        .faults
        .into_iter()
        .map(|fault| FieldError::new(format!("{} {}", fault.node, fault.path).trim_end(), fault.message));
    Err(malformed(errors.collect()))
}

fn evaluate(exchange: &Exchange, holder: &str, known: &[Known]) -> Result<Evaluation> {
    let now = exchange.now();
    let set = exchange.rule_sets().current(RULES, now).ok_or_else(|| Error::not_found("rule set", RULES))?;
    let graph = Graph::of(Aliases::default(), known.iter().map(|known| (holder, known)));
    let finding = graph.find(holder, now);
    Ok(rules::evaluate(set, &Case { at: now, kind: None, site: None, known, finding: &finding }))
}

fn label(
    exchange: &Exchange,
    offered: &Offered,
    level: &str,
    presented: &VerifiedPresentation,
    known: &[Known],
    evaluation: &Evaluation,
) -> Value {
    let now = exchange.now();
    let longest = now.plus(LIFETIME);
    let ends = known.iter().filter_map(|known| known.valid_until);
    let until = ends.chain(evaluation.valid_until).fold(longest, std::cmp::Ord::min);
    let carried = presented.credentials.iter().zip(&presented.presentation.credentials);
    let compliant = carried.enumerate().map(|(number, (verified, compact))| {
        let id = verified.credential.id.clone().unwrap_or_else(|| format!("{}#{number}", offered.credential));
        json!({
            "id": id,
            "type": "gx:CompliantCredential",
            "gx:credentialType": verified.credential.types.first(),
            "cred:digestSRI": {
                "@type": "https://www.w3.org/2018/credentials#sriString",
                "@value": format!("sha256-{}", hex::encode(Sha256::digest(compact))),
            },
        })
    });
    let met =
        evaluation.outcomes.iter().filter(|one| !["missing", "against", "not-applicable"].contains(&&*one.outcome));
    json!({
        "@context": [CONTEXTS[0], CONTEXTS[1], {"cred": "https://www.w3.org/2018/credentials#"}],
        "id": offered.credential,
        "type": ["VerifiableCredential", "gx:LabelCredential"],
        "issuer": did(exchange, &Signer::Exchange),
        "validFrom": now,
        "validUntil": until,
        "name": format!("{level}, computed by {}", did(exchange, &Signer::Exchange)),
        "description": "Computed by this exchange by its own reading of the rules. It is not a label of Gaia-X.",
        "credentialSubject": {
            "id": format!("{}#cs", offered.credential),
            "type": "gx:LabelCredential",
            "gx:labelLevel": level,
            "gx:engineVersion": ENGINE,
            "gx:rulesVersion": format!("{} {}", evaluation.rule_set, evaluation.version),
            "gx:validatedCriteria": met.map(|one| one.criterion.as_str()).collect::<Vec<_>>(),
            "gx:compliantCredentials": compliant.collect::<Vec<_>>(),
        },
    })
}
