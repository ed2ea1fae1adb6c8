//! Evidence comes in, levels come out: what is signed by whom is believed counts, and only as long as it stands.

use std::collections::BTreeSet;
use std::time::Duration;

use hansa_exchange::principal::Principal;
use hansa_exchange::{Error, evidence, market, trust};
use hansa_model::evidence::{
    CertificateClaim, Claim, Control, Evidence, EvidenceState, NewDeclaration, NewEvidence, NewTrustedIssuer, Strength,
    TrustReport,
};
use hansa_model::order::{NewOrder, OrderState};
use hansa_model::package::{MatchOutcome, MatchRequest};
use hansa_store::page::PageRequest;
use serde_json::{Value, json};

use crate::assessor::{Assessor, certificate};
use crate::world::{DAY, Engine, HOUR, World, application, on_both_engines};

on_both_engines!(
    a_certificate_counts_when_a_believed_body_signed_it_for_its_holder,
    what_a_body_revokes_excludes_offers_and_warns_who_runs_there,
    what_is_only_declared_does_not_count_and_says_what_is_missing,
    what_ends_by_itself_ends_at_its_instant,
    a_body_that_is_believed_no_longer_has_signed_nothing,
    a_certificate_with_a_scope_counts_there_alone,
    a_change_of_owners_reaches_everybody_below,
    keys_rotate_and_what_they_signed_still_verifies,
    evidence_is_its_holders_business,
    what_was_revoked_here_is_seen_by_everybody,
    a_status_list_is_given_while_somebody_writes,
);

/// A world whose exchange may ask an assessment body that it believes these schemes.
async fn with_assessor(engine: Engine, schemes: &[&str]) -> (World, Assessor) {
    let mut world = World::new(engine).await;
    let assessor = Assessor::open(world.clock.clone()).await;
    world.settings.trust.plain_http.insert(assessor.host.clone());
    world.settings.trust.private_hosts.insert("127.0.0.1".to_owned());
    world.settings.trust.refresh = Duration::from_secs(1);
    world.reopen().await;
    if !schemes.is_empty() {
        let new = NewTrustedIssuer {
            did: assessor.did.clone(),
            name: "An assessment body".to_owned(),
            kinds: vec!["hansa:Certificate".to_owned()],
            schemes: schemes.iter().map(ToString::to_string).collect(),
        };
        let mut work = world.exchange.begin().await.unwrap();
        trust::believe(&mut work, &world.cast.operator, new).await.unwrap();
        work.commit().await.unwrap();
    }
    (world, assessor)
}

fn provider(world: &World, number: usize) -> Principal {
    world.cast.providers[number].principal.clone()
}

async fn report(world: &World, of: &Principal) -> TrustReport {
    trust::of_participant(&world.exchange, &of.participant.to_string()).await.unwrap()
}

async fn hand_in(world: &World, caller: &Principal, credential: String) -> Result<Vec<Evidence>, Error> {
    let new = NewEvidence { credential: Some(credential), ..NewEvidence::default() };
    let believed = evidence::believe(&world.exchange, caller, &new).await?;
    let mut work = world.exchange.begin().await?;
    let taken = evidence::take(&mut work, caller, believed).await?;
    work.commit().await?;
    Ok(taken)
}

async fn declare(world: &World, caller: &Principal, claims: Value) -> Result<Evidence, Error> {
    let claims: Vec<Claim> = serde_json::from_value(claims).unwrap();
    let mut work = world.exchange.begin().await?;
    let made =
        evidence::declare(&mut work, caller, NewDeclaration { subject: None, claims, valid_until: None }).await?;
    work.commit().await?;
    Ok(made)
}

async fn certified(
    world: &World,
    assessor: &Assessor,
    of: &Principal,
    index: usize,
    what: &CertificateClaim,
) -> Evidence {
    let holder = report(world, of).await.did;
    hand_in(world, of, assessor.certify(&holder, index, what)).await.unwrap().remove(0)
}

/// What the market has for one machine of providers with ISO 27001.
async fn find(world: &World) -> MatchOutcome {
    let wanted = application(json!({
        "requirements": {"certifications": {"all": ["ISO27001"]}},
        "components": {"web": {"kind": "compute.instance", "cpu": ">= 1", "memory": ">= 1 GiB", "disk": ">= 10 GiB"}},
    }));
    let request = MatchRequest { application: wanted, orderable_only: false };
    market::find(&world.exchange, &world.cast.buyer, &request).await.unwrap()
}

fn offers(outcome: &MatchOutcome) -> BTreeSet<String> {
    let replicas =
        outcome.packages.iter().flat_map(|package| package.components.values()).flat_map(|one| &one.replicas);
    replicas.map(|replica| replica.offer.clone()).collect()
}

fn code(error: &Error) -> (&'static str, String) {
    match error {
        Error::Impossible { code, detail, .. } | Error::Conflict { code, detail, .. } => (code, detail.clone()),
        other => panic!("{other:?}"),
    }
}

async fn a_certificate_counts_when_a_believed_body_signed_it_for_its_holder(engine: Engine) {
    let (world, assessor) = with_assessor(engine, &["ISO27001"]).await;
    let (tulip, sudety) = (provider(&world, 0), provider(&world, 1));
    assert_eq!(offers(&find(&world).await), BTreeSet::new());
    let (own, other) = (report(&world, &tulip).await.did, report(&world, &sudety).await.did);

    let signed = assessor.certify(&own, 0, &certificate("ISO27001"));
    let stolen = hand_in(&world, &sudety, signed.clone()).await.unwrap_err();
    assert!(code(&stolen).1.contains("wrong-subject"), "{stolen:?}");
    let beyond = hand_in(&world, &tulip, assessor.certify(&own, 1, &certificate("C5"))).await.unwrap_err();
    assert!(code(&beyond).1.contains("untrusted-issuer"), "{beyond:?}");
    let mut bent = signed.clone().into_bytes();
    let middle = bent.len() / 2;
    bent[middle] = if bent[middle] == b'A' { b'B' } else { b'A' };
    assert!(hand_in(&world, &tulip, String::from_utf8(bent).unwrap()).await.is_err());
    assert_eq!(offers(&find(&world).await), BTreeSet::new());

    let taken = hand_in(&world, &tulip, signed.clone()).await.unwrap();
    let [piece] = &taken[..] else { panic!("{taken:?}") };
    assert_eq!(
        (piece.strength, piece.state, piece.issuer.as_str()),
        (Strength::Verified, EvidenceState::Valid, assessor.did.as_str())
    );
    assert_eq!(offers(&find(&world).await), BTreeSet::from(["tulip/utrecht/vm".to_owned()]));
    // Handing it in again changes nothing.
    let again = hand_in(&world, &tulip, signed).await.unwrap();
    assert_eq!(again[0].id, piece.id);
    certified(&world, &assessor, &sudety, 2, &certificate("ISO27001")).await;
    assert_ne!(own, other);
    let all = offers(&find(&world).await);
    assert!(all.contains("tulip/utrecht/vm") || all.contains("sudety/jelenia-gora/vm"), "{all:?}");
}

async fn what_a_body_revokes_excludes_offers_and_warns_who_runs_there(engine: Engine) {
    let (mut world, assessor) = with_assessor(engine, &["ISO27001"]).await;
    let tulip = provider(&world, 0);
    certified(&world, &assessor, &tulip, 7, &certificate("ISO27001")).await;
    let wanted = application(json!({
        "requirements": {"certifications": {"all": ["ISO27001"]}},
        "components": {"web": {"kind": "compute.instance", "cpu": ">= 1", "memory": ">= 1 GiB", "disk": ">= 10 GiB"}},
    }));
    let quote = world.quote(wanted).await.unwrap();
    let order = world.submit(NewOrder::Create { quote: quote.id }).await.unwrap();
    assert_eq!(world.settle(order.id).await.state, OrderState::Fulfilled);

    assessor.revoke(7);
    for _ in 0..3 {
        world.round().await;
    }
    let held = held(&world, &tulip).await;
    assert_eq!(held[0].state, EvidenceState::Revoked);
    let outcome = find(&world).await;
    assert_eq!(offers(&outcome), BTreeSet::new());
    let lost = outcome.excluded.iter().find(|miss| miss.offer == "tulip/utrecht/vm").unwrap();
    assert_eq!(lost.requirement, "certifications.ISO27001");
    assert!(lost.because[0].missing.contains("was revoked"), "{lost:?}");

    let told = events(&world, &world.cast.buyer, "trust.changed").await;
    assert!(told.iter().any(|data| data["before"]["certificate ISO27001"] == "held"), "{told:?}");
}

async fn held(world: &World, of: &Principal) -> Vec<Evidence> {
    let mut tx = world.exchange.read().await.unwrap();
    evidence::list(&mut tx, of, &evidence::Wanted::default(), &PageRequest::default()).await.unwrap().items
}

async fn events(world: &World, of: &Principal, kind: &str) -> Vec<Value> {
    let mut tx = world.exchange.read().await.unwrap();
    let viewer = hansa_store::offer::Viewer::Participant(of.participant);
    let told = hansa_store::event::after(&mut tx, 0, viewer, &[kind.to_owned()], None, 500).await.unwrap();
    told.into_iter().map(|event| event.data).collect()
}

async fn what_is_only_declared_does_not_count_and_says_what_is_missing(engine: Engine) {
    let (world, _assessor) = with_assessor(engine, &[]).await;
    let tulip = provider(&world, 0);
    let claim = json!([{"claim": "certificate", "scheme": "ISO27001", "body": "ourselves"}]);
    let made = declare(&world, &tulip, claim).await.unwrap();
    assert_eq!(made.strength, Strength::Declared);
    let known = report(&world, &tulip).await.assurance;
    assert_eq!(known.certificates, []);
    let lack = &known.lacks["certifications:ISO27001"][0];
    assert!(lack.missing.contains("declared"), "{lack:?}");
    let outcome = find(&world).await;
    let miss = outcome.excluded.iter().find(|miss| miss.offer == "tulip/utrecht/vm").unwrap();
    assert_eq!(miss.because.first().map(|lack| lack.missing.as_str()), Some(lack.missing.as_str()));
    // What nobody asks for is a slip of the pen.
    let slip = declare(&world, &tulip, json!([{"claim": "fact", "name": "csf.sov-9-q1", "value": 4}])).await;
    assert!(matches!(slip, Err(Error::Invalid(_))), "{slip:?}");
}

async fn what_ends_by_itself_ends_at_its_instant(engine: Engine) {
    let (mut world, assessor) = with_assessor(engine, &["ISO27001"]).await;
    let tulip = provider(&world, 0);
    let end = world.now().plus(2 * HOUR);
    let short = CertificateClaim { valid_until: Some(end), ..certificate("ISO27001") };
    certified(&world, &assessor, &tulip, 0, &short).await;
    assert_eq!(offers(&find(&world).await).len(), 1);
    // Nobody has looked again yet; it does not count all the same.
    world.clock.advance(2 * HOUR);
    world.work().await;
    assert_eq!(offers(&find(&world).await), BTreeSet::new());
    world.clock.advance(Duration::from_secs(120));
    world.round().await;
    assert_eq!(held(&world, &tulip).await[0].state, EvidenceState::Expired);
    assert_eq!(report(&world, &tulip).await.assurance.certificates, []);
}

async fn a_body_that_is_believed_no_longer_has_signed_nothing(engine: Engine) {
    let (mut world, assessor) = with_assessor(engine, &["ISO27001"]).await;
    let tulip = provider(&world, 0);
    certified(&world, &assessor, &tulip, 0, &certificate("ISO27001")).await;
    assert_eq!(offers(&find(&world).await).len(), 1);
    let mut work = world.exchange.begin().await.unwrap();
    trust::distrust(&mut work, &world.cast.operator, &assessor.did).await.unwrap();
    work.commit().await.unwrap();
    world.round().await;
    assert_eq!(offers(&find(&world).await), BTreeSet::new());
}

async fn a_certificate_with_a_scope_counts_there_alone(engine: Engine) {
    let (world, assessor) = with_assessor(engine, &["ISO27001"]).await;
    let tulip = provider(&world, 0);
    let elsewhere = CertificateClaim { sites: vec!["nowhere".to_owned()], ..certificate("ISO27001") };
    certified(&world, &assessor, &tulip, 0, &elsewhere).await;
    assert_eq!(offers(&find(&world).await), BTreeSet::new());
    let here = CertificateClaim { kinds: vec!["compute.instance".to_owned()], ..certificate("ISO27001") };
    certified(&world, &assessor, &tulip, 1, &here).await;
    assert_eq!(offers(&find(&world).await), BTreeSet::from(["tulip/utrecht/vm".to_owned()]));
    // The provider as a whole is not certified.
    assert_eq!(report(&world, &tulip).await.assurance.certificates, []);
}

fn owned(owner: &str, country: &str) -> Value {
    let entity = |id: &str, kind: &str, country: &str| {
        json!({"claim": "entity", "id": id, "name": id, "kind": kind, "incorporatedIn": country,
            "headquartersIn": country, "mainEstablishmentIn": country})
    };
    json!([
        entity("tulip", "company", "NL"),
        entity(owner, "company", country),
        entity("someone", "person", country),
        {"claim": "holding", "owner": owner, "owned": "tulip", "votes": 10_000, "capital": 10_000, "rights": []},
        {"claim": "holding", "owner": "someone", "owned": owner, "votes": 10_000, "capital": 10_000, "rights": []},
        {"claim": "noSubcontractors"},
    ])
}

async fn a_change_of_owners_reaches_everybody_below(engine: Engine) {
    let (mut world, _assessor) = with_assessor(engine, &[]).await;
    let (tulip, sudety) = (provider(&world, 0), provider(&world, 1));
    assert_eq!(report(&world, &tulip).await.assurance.control, Control::Unknown);
    let first = declare(&world, &tulip, owned("holding", "NL")).await.unwrap();
    assert_eq!(report(&world, &tulip).await.assurance.control, Control::None);
    // Another provider belongs to the first.
    declare(
        &world,
        &sudety,
        json!([
            {"claim": "entity", "id": "sudety", "name": "sudety", "kind": "company", "incorporatedIn": "PL",
                "headquartersIn": "PL", "mainEstablishmentIn": "PL"},
            {"claim": "holding", "owner": "tulip", "owned": "sudety", "votes": 10_000, "capital": 10_000, "rights": []},
            {"claim": "noSubcontractors"},
        ]),
    )
    .await
    .unwrap();
    assert_eq!(report(&world, &sudety).await.assurance.control, Control::None);

    let mut work = world.exchange.begin().await.unwrap();
    evidence::withdraw(&mut work, &tulip, first.id).await.unwrap();
    work.commit().await.unwrap();
    declare(&world, &tulip, owned("holding", "US")).await.unwrap();
    world.round().await;
    let us = Control::Some(vec!["US".parse().unwrap()]);
    assert_eq!(report(&world, &tulip).await.assurance.control, us);
    assert_eq!(report(&world, &sudety).await.assurance.control, us);
    let drawn = trust::ownership(&world.exchange, "sudety").await.unwrap();
    assert_eq!(drawn.eea.verdict, "third-country");
    assert!(drawn.picture.starts_with("<svg"), "{}", &drawn.picture[..40]);
}

async fn keys_rotate_and_what_they_signed_still_verifies(engine: Engine) {
    let (mut world, _assessor) = with_assessor(engine, &[]).await;
    let tulip = provider(&world, 0);
    let fact = |value: i64| json!([{"claim": "fact", "name": "csf.sov-1-q1", "value": value}]);
    let first = declare(&world, &tulip, fact(3)).await.unwrap();
    let mut work = world.exchange.begin().await.unwrap();
    let document = trust::rotate(&mut work, &tulip, tulip.participant).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(document["verificationMethod"].as_array().map(Vec::len), Some(2));
    world.reopen().await;
    let second = declare(&world, &tulip, fact(4)).await.unwrap();
    for piece in [first, second] {
        let new = NewEvidence { credential: Some(piece.credential), ..NewEvidence::default() };
        let found = trust::check(&world.exchange, &new).await.unwrap();
        assert!(found.accepted, "{found:?}");
    }
    let mut work = world.exchange.begin().await.unwrap();
    let others = trust::rotate(&mut work, &provider(&world, 1), tulip.participant).await;
    assert!(matches!(others, Err(Error::NotFound { .. })), "{others:?}");
}

async fn evidence_is_its_holders_business(engine: Engine) {
    let (world, _assessor) = with_assessor(engine, &[]).await;
    let (tulip, sudety) = (provider(&world, 0), provider(&world, 1));
    let made = declare(&world, &tulip, json!([{"claim": "fact", "name": "csf.sov-1-q1", "value": 3}])).await.unwrap();
    let mut work = world.exchange.begin().await.unwrap();
    let seen = evidence::get(&mut work, &sudety, made.id).await;
    assert!(matches!(seen, Err(Error::NotFound { .. })), "{seen:?}");
    let taken = evidence::withdraw(&mut work, &sudety, made.id).await;
    assert!(matches!(taken, Err(Error::NotFound { .. })), "{taken:?}");
    let wanted = evidence::Wanted { participant: Some("tulip".to_owned()), ..evidence::Wanted::default() };
    assert!(evidence::list(&mut work, &sudety, &wanted, &PageRequest::default()).await.is_err());
    let seen = evidence::list(&mut work, &world.cast.operator, &wanted, &PageRequest::default()).await.unwrap();
    assert_eq!(seen.items.len(), 1);
}

async fn a_status_list_is_given_while_somebody_writes(engine: Engine) {
    let world = World::new(engine).await;
    let tulip = provider(&world, 0);
    declare(&world, &tulip, json!([{"claim": "fact", "name": "csf.sov-1-q1", "value": 3}])).await.unwrap();
    let _writer = world.exchange.begin().await.unwrap();
    let list = evidence::status_list(&world.exchange, Some("tulip"), "0");
    let given = tokio::time::timeout(Duration::from_secs(5), list).await.expect("it waits for the writer").unwrap();
    assert_eq!(given.split('.').count(), 3, "{given}");
}

async fn what_was_revoked_here_is_seen_by_everybody(engine: Engine) {
    let (mut world, _assessor) = with_assessor(engine, &[]).await;
    let tulip = provider(&world, 0);
    let claims = json!([{"claim": "certificate", "scheme": "ISO27001", "body": "seen on paper"}]);
    let new = json!({"subject": tulip.participant, "claims": claims});
    let mut work = world.exchange.begin().await.unwrap();
    let made = evidence::attest(&mut work, &world.cast.operator, serde_json::from_value(new).unwrap()).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(offers(&find(&world).await).len(), 1);
    let mut work = world.exchange.begin().await.unwrap();
    let now = evidence::revoke(&mut work, &world.cast.operator, made.id).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(now.state, EvidenceState::Revoked);
    assert_eq!(offers(&find(&world).await), BTreeSet::new());
    world.pass(DAY).await;
    let new = NewEvidence { credential: Some(made.credential), ..NewEvidence::default() };
    let found = trust::check(&world.exchange, &new).await.unwrap();
    assert_eq!(found.credentials[0].refusal.as_deref(), Some("revoked"), "{found:?}");
}
