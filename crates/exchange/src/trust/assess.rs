//! What is known of participants is judged: anew whenever it changes, and when something of it ends by itself.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::event::Audience;
use hansa_model::evidence::{
    Assurance, Claim, Evaluation, Evidence, EvidenceState, Lack, Strength, Subject, TrustedIssuer,
};
use hansa_model::id::{OfferId, ParticipantId, SiteId};
use hansa_model::kind::KindId;
use hansa_model::offer::Offer;
use hansa_model::participant::{Participant, Role};
use hansa_model::time::Timestamp;
use hansa_store::{Tx, changes, evaluation, evidence, offer, participant, service, site, trusted_issuer};
use hansa_trust::ownership::Finding;
use hansa_trust::rules::{self, Appraiser, RuleSets};
use hansa_trust::{Case, Known};
use serde_json::json;

use super::labels;
use super::ownership::{Owners, owners};
use crate::{Error, Exchange, Result, Work};

/// As whom the exchange acts in the audit log.
const ACTOR: &str = "exchange";

/// The claims of evidence that counts, now or later.
pub(crate) fn known(evidence: &[Evidence]) -> Vec<Known> {
    let counts = |piece: &&Evidence| matches!(piece.state, EvidenceState::Valid | EvidenceState::NotYetValid);
    let claims = evidence.iter().filter(counts).flat_map(|piece| {
        piece.claims.iter().map(|claim| Known {
            claim: claim.clone(),
            strength: piece.strength,
            evidence: piece.id,
            issuer: piece.issuer.clone(),
            valid_from: piece.valid_from,
            valid_until: piece.valid_until,
        })
    });
    claims.collect()
}

/// What is left of evidence without that of issuers who are no longer believed.
pub(crate) fn believed(evidence: Vec<Evidence>, issuers: &[TrustedIssuer]) -> Vec<Evidence> {
    let believed = |piece: &Evidence| {
        piece.strength != Strength::Verified
            || issuers.iter().any(|issuer| issuer.did == piece.issuer && issuer.kinds.contains(&piece.kind))
    };
    evidence.into_iter().filter(believed).collect()
}

/// What is judged of one participant.
struct Docket {
    participant: Participant,
    evidence: Vec<Evidence>,
    finding: Finding,
    now: Timestamp,
}

/// What became of evidence that no longer counts, for people.
const fn fate(piece: &Evidence) -> Option<&'static str> {
    match piece.state {
        EvidenceState::Revoked => Some("was revoked"),
        EvidenceState::Suspended => Some("is suspended"),
        EvidenceState::Expired => Some("has expired"),
        EvidenceState::StatusUnknown => Some("can't be checked, because its issuer does not answer"),
        EvidenceState::Valid | EvidenceState::NotYetValid | EvidenceState::Withdrawn => None,
    }
}

/// What was made of a participant, and of the offers that differ from it.
struct Judgement {
    evaluations: Vec<Evaluation>,
    assurance: Assurance,
    places: BTreeMap<(SiteId, KindId), Assurance>,
    offers: BTreeMap<OfferId, Assurance>,
}

impl Judgement {
    /// When something of it first changes by itself.
    fn until(&self) -> Option<Timestamp> {
        let all = std::iter::once(&self.assurance).chain(self.places.values()).chain(self.offers.values());
        all.filter_map(|one| one.valid_until).min()
    }
}

impl Docket {
    /// What is known of a subject and of everything above it.
    fn known(&self, subjects: &[Subject]) -> Vec<Known> {
        let own = self.evidence.iter().filter(|piece| subjects.contains(&piece.subject)).cloned();
        known(&own.collect::<Vec<_>>())
    }

    /// Says of certificates that once counted what became of them, unless others took their place.
    fn explain(&self, assurance: &mut Assurance) {
        for piece in &self.evidence {
            let Some(what) = fate(piece) else { continue };
            for claim in &piece.claims {
                let Claim::Certificate(lost) = claim else { continue };
                if assurance.certificates.iter().any(|held| held.scheme == lost.scheme) {
                    continue;
                }
                let missing = format!("the certificate signed by {} {what}; a new one is missing", piece.issuer);
                let lack = Lack { criterion: lost.scheme.clone(), missing };
                assurance.lacks.insert(format!("certifications:{}", lost.scheme), vec![lack]);
            }
        }
    }

    fn judge(&self, sets: &RuleSets, case: &Case<'_>) -> (Vec<Evaluation>, Assurance) {
        let evaluations: Vec<_> =
            sets.all_current(self.now).into_iter().map(|set| rules::evaluate(set, case)).collect();
        let mut assurance = rules::assurance(sets, case, &evaluations);
        self.explain(&mut assurance);
        (evaluations, assurance)
    }

    /// Whether anything is known that does not hold for every kind at every site.
    fn is_scoped(&self) -> bool {
        let own = Subject::Participant(self.participant.id);
        self.evidence.iter().any(|piece| {
            let narrow = |claim: &Claim| match claim {
                Claim::Certificate(held) => !(held.kinds.is_empty() && held.sites.is_empty()),
                _ => false,
            };
            piece.subject != own || piece.claims.iter().any(narrow)
        })
    }
}

/// Judges a participant by everything that is known of it, and tells whom it concerns when a level changed.
///
/// # Errors
/// [`Error::Store`].
pub(crate) async fn assess(work: &mut Work, owners: &Owners, id: ParticipantId) -> Result<()> {
    let now = work.exchange().now();
    let Some(participant) = participant::find(work, id).await? else { return Ok(()) };
    let finding = owners.graph.find(participant.name.as_str(), now);
    let issuers = trusted_issuer::all(work).await?;
    let evidence = believed(evidence::of_holder(work, id).await?, &issuers);
    let docket = Docket { participant, evidence, finding, now };
    let judgement = judge(work, &docket).await?;
    let until = judgement.until();
    evaluation::put(work, id, &judgement.evaluations, now).await?;
    evaluation::judged(work, id, until).await?;
    labels::revoke_outdated(work, id, &judgement.evaluations).await?;
    let before = &docket.participant.assurance;
    let differs = *before != judgement.assurance;
    if differs {
        evaluation::set_assurance(work, id, &judgement.assurance).await?;
    }
    write_offers(work, id, &judgement).await?;
    if docket.participant.roles.contains(&Role::Provider) {
        changes::count(work).await?;
    }
    if differs {
        tell(work, &docket, before, &judgement.assurance).await?;
    }
    Ok(())
}

async fn judge(work: &mut Work, docket: &Docket) -> Result<Judgement> {
    let exchange = work.exchange();
    let (sets, now) = (exchange.rule_sets(), docket.now);
    let own = Subject::Participant(docket.participant.id);
    let whole = docket.known(&[own]);
    let case = Case { at: now, kind: None, site: None, known: &whole, finding: &docket.finding };
    let (evaluations, assurance) = docket.judge(sets, &case);
    let (mut places, mut offers) = (BTreeMap::new(), BTreeMap::new());
    if !docket.is_scoped() {
        return Ok(Judgement { evaluations, assurance, places, offers });
    }
    let sites = site::of_provider(work, docket.participant.id).await?;
    let names: BTreeMap<SiteId, String> = sites.into_values().map(|site| (site.id, site.name.to_string())).collect();
    let mut kinds: BTreeMap<SiteId, Vec<KindId>> = BTreeMap::new();
    for (site, kind) in evaluation::places(work, docket.participant.id).await? {
        kinds.entry(site).or_default().push(kind);
    }
    for (site, kinds) in kinds {
        let known = docket.known(&[own, Subject::Site(site)]);
        let mut appraiser = Appraiser::new(sets, now, &known, &docket.finding);
        for kind in kinds {
            let mut here = (*appraiser.of(Some(kind.name()), names.get(&site).map(String::as_str))).clone();
            docket.explain(&mut here);
            if here != assurance {
                places.insert((site, kind), here);
            }
        }
    }
    let about: BTreeSet<OfferId> = docket.evidence.iter().filter_map(|piece| as_offer(piece.subject)).collect();
    for row in offer::rows(work, docket.participant.id, &about).await? {
        let known = docket.known(&[own, Subject::Site(row.site), Subject::Offer(row.id)]);
        let mut appraiser = Appraiser::new(sets, now, &known, &docket.finding);
        let mut own = (*appraiser.of(Some(row.kind.name()), names.get(&row.site).map(String::as_str))).clone();
        docket.explain(&mut own);
        offers.insert(row.id, own);
    }
    Ok(Judgement { evaluations, assurance, places, offers })
}

const fn as_offer(subject: Subject) -> Option<OfferId> {
    match subject {
        Subject::Offer(id) => Some(id),
        Subject::Participant(_) | Subject::Site(_) => None,
    }
}

/// What rule sets make of nothing known.
pub(crate) fn of_nothing(sets: &RuleSets, at: Timestamp) -> Vec<Evaluation> {
    let finding = Finding::unknown();
    let case = Case { at, kind: None, site: None, known: &[], finding: &finding };
    sets.all_current(at).into_iter().map(|set| rules::evaluate(set, &case)).collect()
}

/// What is known of an offer of a provider, and what rule sets make of it, worked out now.
pub(crate) async fn of_offer(
    tx: &mut Tx,
    exchange: &Exchange,
    provider: &Participant,
    offer: &Offer,
) -> Result<(Vec<Evaluation>, Assurance)> {
    let now = exchange.now();
    let finding = owners(tx, exchange).await?.graph.find(provider.name.as_str(), now);
    let issuers = trusted_issuer::all(tx).await?;
    let evidence = believed(evidence::of_holder(tx, provider.id).await?, &issuers);
    let docket = Docket { participant: provider.clone(), evidence, finding, now };
    let known = docket.known(&[Subject::Participant(provider.id), Subject::Site(offer.site), Subject::Offer(offer.id)]);
    let (kind, site) = (Some(offer.kind.name()), Some(offer.site_name.as_str()));
    Ok(docket.judge(exchange.rule_sets(), &Case { at: now, kind, site, known: &known, finding: &docket.finding }))
}

/// Gives offers what is known of them where it differs from what is known of their provider.
async fn write_offers(work: &mut Work, provider: ParticipantId, judgement: &Judgement) -> Result<()> {
    let but: Vec<OfferId> = judgement.offers.keys().copied().collect();
    for place in evaluation::places(work, provider).await? {
        evaluation::set_offers_assurance(work, place, &but, judgement.places.get(&place)).await?;
    }
    for (offer, own) in &judgement.offers {
        evaluation::set_offer_assurance(work, *offer, Some(own)).await?;
    }
    Ok(())
}

/// Tells the provider and everybody who has something running there what changed.
async fn tell(work: &mut Work, docket: &Docket, before: &Assurance, after: &Assurance) -> Result<()> {
    let lost = levels(before).into_iter().filter(|(name, level)| levels(after).get(name) != Some(level));
    let lost: BTreeMap<_, _> = lost.collect();
    let gained = levels(after).into_iter().filter(|(name, level)| levels(before).get(name) != Some(level));
    let gained: BTreeMap<_, _> = gained.collect();
    if lost.is_empty() && gained.is_empty() {
        return Ok(());
    }
    let id = docket.participant.id;
    let data = json!({"participant": docket.participant.name, "before": lost, "after": gained});
    work.audit(ACTOR, "trust.assess", &id.to_string(), data.clone());
    work.event("trust.changed", &id.to_string(), None, Audience { tenant: None, provider: Some(id) }, data.clone());
    for tenant in service::tenants_at(work, id).await? {
        let audience = Audience { tenant: Some(tenant), provider: None };
        work.event("trust.changed", &id.to_string(), None, audience, data.clone());
    }
    Ok(())
}

/// Every level of an assurance, by name.
pub(crate) fn levels(assurance: &Assurance) -> BTreeMap<String, String> {
    let mut levels: BTreeMap<String, String> = assurance.labels.clone().into_iter().collect();
    levels.extend(assurance.seal.map(|level| ("seal".to_owned(), level.to_string())));
    levels.extend(assurance.cada.map(|level| ("cada".to_owned(), level.to_string())));
    let control = serde_json::to_value(&assurance.control).ok().map(|control| control["thirdCountry"].clone());
    if let Some(control) = control.and_then(|control| control.as_str().map(str::to_owned)) {
        levels.insert("control".to_owned(), control);
    }
    for held in &assurance.certificates {
        levels.insert(format!("certificate {}", held.scheme), "held".to_owned());
    }
    levels
}

/// Has everybody judged anew whom evidence of a participant can concern: itself at once, and those whose ownership
/// leads through what it says at the next look.
///
/// # Errors
/// [`Error::Store`].
pub(crate) async fn concern(work: &mut Work, holder: ParticipantId, claims: &[Claim]) -> Result<()> {
    let exchange = work.exchange();
    let owners = owners(work, &exchange).await?;
    assess(work, &owners, holder).await?;
    let others = owners.downstream(holder, claims);
    if !others.is_empty() {
        evaluation::schedule(work, &others, exchange.now()).await?;
        work.hint(crate::hints::Hint::Trust);
    }
    Ok(())
}

/// Judges a few of those whose time has come; answers whether there may be more.
///
/// # Errors
/// [`Error::Store`].
pub(crate) async fn assess_due(exchange: &Exchange, most: u32) -> Result<bool> {
    let now = exchange.now();
    let due = evaluation::due(&mut exchange.read().await?, now, most).await?;
    if due.is_empty() {
        return Ok(false);
    }
    let more = u32::try_from(due.len()).is_ok_and(|many| many == most);
    let mut work = exchange.begin().await?;
    let owners = owners(&mut work, exchange).await?;
    for id in due {
        assess(&mut work, &owners, id).await?;
    }
    work.commit().await?;
    Ok(more)
}

/// Refuses what is said of nobody known.
pub(crate) async fn holder_of(tx: &mut Tx, subject: Subject) -> Result<ParticipantId> {
    let found = match subject {
        Subject::Participant(id) => participant::find(tx, id).await?.map(|found| found.id),
        Subject::Site(id) => site::find(tx, id).await?.map(|found| found.provider),
        Subject::Offer(id) => offer::provider_of(tx, id).await?,
    };
    found.ok_or_else(|| Error::not_found("subject", subject))
}
