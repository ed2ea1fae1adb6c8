//! Evidence, the keys to sign with, and who is to be judged when.

use std::time::Duration;

use hansa_model::evidence::{Assurance, Claim, Evidence, EvidenceState, FactValue, Strength, Subject, TrustedIssuer};
use hansa_model::id::{EvidenceId, ParticipantId};
use hansa_model::money::Currency;
use hansa_model::offer::Visibility;
use hansa_model::time::Timestamp;
use hansa_store::evidence::{self, EvidenceFilter};
use hansa_store::issuing::{self, KeyRow};
use hansa_store::offer::Viewer;
use hansa_store::page::PageRequest;
use hansa_store::{evaluation, offer, trusted_issuer};
use hansa_testkit::Engine;

use crate::world::{NOW, list, offer_row, provider, store};

hansa_testkit::on_both! {
    evidence_is_kept_once_for_each_holder
    evidence_is_due_when_its_time_comes
    what_is_said_of_owners_is_found_while_it_counts
    the_earliest_instant_to_be_judged_at_counts
    an_offer_has_what_is_known_of_itself
    keys_are_retired_and_places_given_once
    whoever_is_believed_is_named_once
}

fn piece(holder: ParticipantId, credential: &str, claims: Vec<Claim>) -> Evidence {
    Evidence {
        id: EvidenceId::new(),
        subject: Subject::Participant(holder),
        holder,
        kind: "hansa:Declaration".to_owned(),
        issuer: "did:web:exchange.example".to_owned(),
        strength: Strength::Declared,
        source: "upload".to_owned(),
        credential_id: Some("urn:x:1".to_owned()),
        valid_from: NOW,
        valid_until: Some(later(60)),
        state: EvidenceState::Valid,
        checked_at: None,
        claims,
        credential: credential.to_owned(),
        received_at: NOW,
    }
}

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

fn fact() -> Vec<Claim> {
    vec![Claim::Fact { name: "gx.legal-person".to_owned(), value: FactValue::Flag(true) }]
}

async fn evidence_is_kept_once_for_each_holder(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (one, ..) = provider(&mut tx, "utrecht").await;
    let (other, ..) = provider(&mut tx, "grenoble").await;
    let first = piece(one.id, "a.b.c", fact());
    assert!(evidence::insert(&mut tx, &first, None).await.unwrap());
    assert!(!evidence::insert(&mut tx, &piece(one.id, "a.b.c", fact()), None).await.unwrap());
    assert!(evidence::insert(&mut tx, &piece(other.id, "a.b.c", fact()), None).await.unwrap());
    assert_eq!(evidence::same(&mut tx, one.id, "a.b.c").await.unwrap(), Some(first.clone()));
    assert_eq!(evidence::find(&mut tx, first.id).await.unwrap(), Some(first.clone()));
    let own = EvidenceFilter { holder: Some(one.id), ..EvidenceFilter::default() };
    let page = evidence::page(&mut tx, &own, &PageRequest::default()).await.unwrap();
    assert_eq!(page.items, [first]);
}

async fn evidence_is_due_when_its_time_comes(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (who, ..) = provider(&mut tx, "utrecht").await;
    let (soon, late) = (piece(who.id, "1", fact()), piece(who.id, "2", fact()));
    evidence::insert(&mut tx, &late, Some(later(60))).await.unwrap();
    evidence::insert(&mut tx, &soon, Some(later(30))).await.unwrap();
    evidence::insert(&mut tx, &piece(who.id, "3", fact()), None).await.unwrap();
    assert_eq!(evidence::due(&mut tx, later(29), 10).await.unwrap(), []);
    assert_eq!(evidence::due(&mut tx, later(60), 10).await.unwrap(), [soon.clone(), late]);
    evidence::set_state(&mut tx, soon.id, EvidenceState::Expired, None, None).await.unwrap();
    let due = evidence::due(&mut tx, later(60), 10).await.unwrap();
    assert_eq!(due.len(), 1);
    evidence::set_state(&mut tx, due[0].id, EvidenceState::Withdrawn, None, None).await.unwrap();
    assert_eq!(evidence::of_holder(&mut tx, who.id).await.unwrap().len(), 2);
}

async fn what_is_said_of_owners_is_found_while_it_counts(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (who, ..) = provider(&mut tx, "utrecht").await;
    let owners = piece(who.id, "1", vec![Claim::NoSubcontractors]);
    evidence::insert(&mut tx, &owners, None).await.unwrap();
    evidence::insert(&mut tx, &piece(who.id, "2", fact()), None).await.unwrap();
    assert_eq!(evidence::of_ownership(&mut tx).await.unwrap(), std::slice::from_ref(&owners));
    evidence::set_state(&mut tx, owners.id, EvidenceState::Revoked, Some(NOW), None).await.unwrap();
    assert_eq!(evidence::of_ownership(&mut tx).await.unwrap(), []);
}

async fn the_earliest_instant_to_be_judged_at_counts(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (who, ..) = provider(&mut tx, "utrecht").await;
    evaluation::schedule(&mut tx, &[who.id], later(60)).await.unwrap();
    evaluation::schedule(&mut tx, &[who.id], later(30)).await.unwrap();
    evaluation::schedule(&mut tx, &[who.id], later(90)).await.unwrap();
    assert_eq!(evaluation::due(&mut tx, later(29), 10).await.unwrap(), []);
    assert_eq!(evaluation::due(&mut tx, later(30), 10).await.unwrap(), [who.id]);
    evaluation::judged(&mut tx, who.id, Some(later(40))).await.unwrap();
    assert_eq!(evaluation::due(&mut tx, later(39), 10).await.unwrap(), []);
    evaluation::judged(&mut tx, who.id, None).await.unwrap();
    assert_eq!(evaluation::due(&mut tx, later(1_000), 10).await.unwrap(), []);
    // Who has nothing to be judged by is not.
    evaluation::schedule_evidenced(&mut tx, who.id, NOW).await.unwrap();
    assert_eq!(evaluation::due(&mut tx, later(1_000), 10).await.unwrap(), []);
}

async fn an_offer_has_what_is_known_of_itself(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (_, _, site) = provider(&mut tx, "utrecht").await;
    let eur: Currency = "EUR".parse().unwrap();
    let (small, large) = (
        offer_row(&site, "small", 100, eur, Visibility::Public),
        offer_row(&site, "large", 200, eur, Visibility::Public),
    );
    list(&mut tx, &small).await;
    list(&mut tx, &large).await;
    let known = Assurance { seal: Some(2), ..Assurance::default() };
    let place = (site.id, small.kind);
    evaluation::set_offers_assurance(&mut tx, place, &[large.id], Some(&known)).await.unwrap();
    let find = async |tx: &mut hansa_store::Tx, id| offer::find(tx, id, Viewer::Anybody, NOW).await.unwrap().unwrap();
    assert_eq!(find(&mut tx, small.id).await.assurance.as_deref(), Some(&known));
    assert_eq!(find(&mut tx, large.id).await.assurance, None);
    evaluation::set_offer_assurance(&mut tx, large.id, Some(&known)).await.unwrap();
    evaluation::set_offers_assurance(&mut tx, place, &[large.id], None).await.unwrap();
    assert_eq!(find(&mut tx, small.id).await.assurance, None);
    assert_eq!(find(&mut tx, large.id).await.assurance.as_deref(), Some(&known));
}

async fn keys_are_retired_and_places_given_once(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (who, ..) = provider(&mut tx, "utrecht").await;
    let key = |id: &str, participant| KeyRow {
        id: id.to_owned(),
        participant,
        public_key: "{}".to_owned(),
        sealed: "sealed".to_owned(),
        created_at: NOW,
        retired_at: None,
    };
    issuing::insert_key(&mut tx, &key("own", None)).await.unwrap();
    issuing::insert_key(&mut tx, &key("theirs", Some(who.id))).await.unwrap();
    issuing::retire_keys(&mut tx, Some(who.id), later(1)).await.unwrap();
    assert_eq!(issuing::keys(&mut tx, None).await.unwrap()[0].retired_at, None);
    assert_eq!(issuing::keys(&mut tx, Some(who.id)).await.unwrap()[0].retired_at, Some(later(1)));
    let (first, second) =
        (issuing::next_position(&mut tx).await.unwrap(), issuing::next_position(&mut tx).await.unwrap());
    assert_eq!((second, issuing::last_position(&mut tx).await.unwrap()), (first + 1, second));
}

async fn whoever_is_believed_is_named_once(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let body = TrustedIssuer {
        did: "did:web:body.example".to_owned(),
        name: "A body".to_owned(),
        kinds: vec!["hansa:Certificate".to_owned()],
        schemes: vec!["C5".to_owned()],
        added_at: NOW,
        added_by: "somebody".to_owned(),
    };
    trusted_issuer::put(&mut tx, &body).await.unwrap();
    let wider = TrustedIssuer { schemes: vec!["C5".to_owned(), "ISO27001".to_owned()], ..body };
    trusted_issuer::put(&mut tx, &wider).await.unwrap();
    assert_eq!(trusted_issuer::all(&mut tx).await.unwrap(), std::slice::from_ref(&wider));
    assert!(trusted_issuer::remove(&mut tx, &wider.did).await.unwrap());
    assert!(!trusted_issuer::remove(&mut tx, &wider.did).await.unwrap());
}
