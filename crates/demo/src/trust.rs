//! How the providers of the story show who they are, and what becomes of it when something of that ends.

use std::time::Duration;

use anyhow::{Context as _, bail};
use hansa_model::evidence::{
    Evidence, EvidenceState, NewDeclaration, NewEvidence, NewTrustedIssuer, OwnershipReport, Statement, TrustReport,
    TrustedIssuer,
};
use hansa_model::package::MatchOutcome;

use crate::assessor::{Assessor, Certified};
use crate::buyer::Buyer;
use crate::exchange::Exchange;
use crate::provider::Provider;
use crate::stage::Stage;

/// What every provider declares.
const COMMON: &str = include_str!("../../../examples/evidence/common.yaml");
/// What each declares besides, with its country and an invented VAT number of the right form.
const OWN: [(&str, &str, &str, &str); 3] = [
    ("domstad-cloud", include_str!("../../../examples/evidence/utrecht.yaml"), "NL", "NL999999990B01"),
    ("alpes-data", include_str!("../../../examples/evidence/grenoble.yaml"), "FR", "FR83404833048"),
    ("karkonosze-edge", include_str!("../../../examples/evidence/jelenia-gora.yaml"), "PL", "PL5260250274"),
];
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(100);

/// What one provider holds that it can lose.
#[derive(Debug)]
pub(crate) struct Shown {
    /// The number of its ISO 27001 certificate in the books of the assessment body.
    certificate: usize,
}

/// The exchange believes the assessment body what it signs.
pub(crate) async fn believe(exchange: &Exchange, assessor: &Assessor) -> anyhow::Result<()> {
    let new = NewTrustedIssuer {
        did: assessor.did.clone(),
        name: "Assessment body of the demo (simulated)".to_owned(),
        kinds: vec!["hansa:Certificate".to_owned(), "gx:VatID".to_owned()],
        schemes: vec!["ISO27001".to_owned()],
    };
    let _: TrustedIssuer = exchange.operator.post("/v1/trusted-issuers", &new).await?;
    Ok(())
}

/// A provider declares what it is and hands in what others have signed for it.
pub(crate) async fn show(assessor: &Assessor, provider: &Provider) -> anyhow::Result<(Shown, TrustReport)> {
    let own = OWN.iter().find(|(name, ..)| *name == provider.name);
    let (name, text, country, vat) = own.with_context(|| format!("{} has nothing to show", provider.name))?;
    for text in [COMMON, text] {
        let statement: Statement = yaml_serde::from_str(text).context("a declaration can't be read")?;
        let claims = statement.into_claims(name)?;
        let new = NewDeclaration { subject: None, claims, valid_until: None };
        let _: Evidence = provider.client.post("/v1/evidence/declarations", &new).await?;
    }
    let did = levels(provider).await?.did;
    let certificate = assessor.certify(&did, "ISO27001")?;
    for signed in [&certificate, &assessor.notarise(&did, country, vat)?] {
        hand_in(provider, signed).await?;
    }
    Ok((Shown { certificate: certificate.number }, levels(provider).await?))
}

async fn hand_in(provider: &Provider, signed: &Certified) -> anyhow::Result<Vec<Evidence>> {
    let new = NewEvidence { credential: Some(signed.credential.clone()), ..NewEvidence::default() };
    Ok(provider.client.post("/v1/evidence", &new).await?)
}

/// What the exchange makes of a provider.
async fn levels(provider: &Provider) -> anyhow::Result<TrustReport> {
    Ok(provider.client.get(format!("/v1/participants/{}/trust", provider.name)).await?)
}

/// The levels of a provider in one line.
pub(crate) fn in_short(report: &TrustReport) -> String {
    let known = &report.assurance;
    let label = known.labels.get("gaia-x").map(|label| format!("Gaia-X {label}"));
    let seal = known.seal.map(|level| format!("SEAL {level}"));
    let held = known.certificates.iter().map(|held| held.scheme.clone());
    label.into_iter().chain(seal).chain(held).collect::<Vec<_>>().join(" · ")
}

/// Takes one certificate away and gives it back: what rests on it goes and comes by itself.
pub(crate) async fn lose_and_regain(
    assessor: &Assessor,
    buyer: &Buyer,
    provider: &Provider,
    shown: &Shown,
    stage: &Stage,
) -> anyhow::Result<()> {
    let application = Buyer::application()?;
    let before = buyer.find(&application).await?;
    if before.packages.is_empty() {
        bail!("there is no package although every provider has shown what is asked for");
    }
    assessor.revoke(shown.certificate);
    stage.say(format!("the assessment body revokes the ISO 27001 certificate of {}", provider.name));
    await_state(provider, EvidenceState::Revoked).await?;
    let after = buyer.find(&application).await?;
    let lost = lost(&after, &provider.name);
    let (offer, why) = lost.with_context(|| format!("no offer of {} was excluded", provider.name))?;
    stage.proof(format!("{offer} is excluded: {why}"));
    let again = assessor.certify(&levels(provider).await?.did, "ISO27001")?;
    hand_in(provider, &again).await?;
    if buyer.find(&application).await?.packages.is_empty() {
        bail!("a new certificate does not bring {} back", provider.name);
    }
    stage.proof(format!("with a new certificate {} is back", provider.name));
    Ok(())
}

/// An offer of a provider that its certificate excludes, and why.
fn lost(outcome: &MatchOutcome, provider: &str) -> Option<(String, String)> {
    let own = format!("{provider}/");
    let miss = outcome
        .excluded
        .iter()
        .find(|miss| miss.offer.starts_with(&own) && miss.requirement.starts_with("certifications"))?;
    let because = miss.because.first().map_or_else(|| miss.offered.clone(), |lack| lack.missing.clone());
    Some((miss.offer.clone(), format!("{}: {because}", miss.requirement)))
}

async fn await_state(provider: &Provider, state: EvidenceState) -> anyhow::Result<()> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let held: hansa_model::page::Page<Evidence> = provider.client.get("/v1/evidence?limit=100").await?;
        if held.items.iter().any(|piece| piece.state == state) {
            return Ok(());
        }
        if tokio::time::Instant::now() > deadline {
            bail!("the exchange has not seen within {} s that the certificate was revoked", PATIENCE.as_secs());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Who owns a provider, in one sentence.
pub(crate) async fn owners(provider: &Provider) -> anyhow::Result<String> {
    let report: OwnershipReport = provider.client.get(format!("/v1/participants/{}/ownership", provider.name)).await?;
    Ok(match report.eea.verdict.as_str() {
        "home" => "nobody from outside the EEA controls it".to_owned(),
        other => format!("control: {other}"),
    })
}
