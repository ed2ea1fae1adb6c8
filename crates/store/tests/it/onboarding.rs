//! Onboardings.

use std::time::Duration;

use hansa_model::id::{EvidenceId, MemberId};
use hansa_model::onboarding::{Answers, Approval, LegalPerson, OnboardingState, OnboardingStep};
use hansa_store::onboarding::{self, OnboardingFilter, OnboardingRow};
use hansa_store::page::PageRequest;
use hansa_testkit::Engine;

use crate::world::{NOW, provider, store};

hansa_testkit::on_both! {
    an_onboarding_is_kept_as_it_was_written
    onboardings_are_listed_by_state_and_name
    two_who_begin_at_once_begin_one
}

fn begun(of: hansa_model::id::ParticipantId) -> OnboardingRow {
    OnboardingRow {
        participant: of,
        state: OnboardingState::Draft,
        answers: Answers::default(),
        notes: std::collections::BTreeMap::new(),
        approvals: Vec::new(),
        evidence: Vec::new(),
        attestations: Vec::new(),
        submitted_at: None,
        published_at: None,
        updated_at: NOW,
    }
}

async fn an_onboarding_is_kept_as_it_was_written(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (who, ..) = provider(&mut tx, "utrecht").await;
    assert_eq!(onboarding::lock(&mut tx, who.id).await.unwrap(), None);
    let mut row = begun(who.id);
    assert!(onboarding::insert(&mut tx, &row).await.unwrap());
    assert!(!onboarding::is_published(&mut tx, who.id).await.unwrap());
    let later = NOW.plus(Duration::from_secs(60));
    row.answers.legal_person =
        Some(LegalPerson { legal_name: Some("Grachten \"Cloud\" B.V.".to_owned()), ..LegalPerson::default() });
    row.state = OnboardingState::Published;
    row.notes.insert(OnboardingStep::DataAct, "which notice?".to_owned());
    row.approvals = vec![Approval { member: MemberId::new(), at: later }];
    row.evidence = vec![EvidenceId::new(), EvidenceId::new()];
    row.attestations = vec![EvidenceId::new()];
    (row.submitted_at, row.published_at, row.updated_at) = (Some(NOW), Some(later), later);
    onboarding::update(&mut tx, &row).await.unwrap();
    assert_eq!(onboarding::find(&mut tx, who.id).await.unwrap(), Some(row.clone()));
    assert_eq!(onboarding::lock(&mut tx, who.id).await.unwrap(), Some(row));
    assert!(onboarding::is_published(&mut tx, who.id).await.unwrap());
}

async fn onboardings_are_listed_by_state_and_name(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    for (name, state) in [
        ("utrecht", OnboardingState::Submitted),
        ("aachen", OnboardingState::Submitted),
        ("lyon", OnboardingState::Draft),
    ] {
        let (who, ..) = provider(&mut tx, name).await;
        onboarding::insert(&mut tx, &OnboardingRow { state, ..begun(who.id) }).await.unwrap();
    }
    let submitted = OnboardingFilter { state: Some(OnboardingState::Submitted), participant: None };
    let first = PageRequest { limit: 1, cursor: None };
    let page = onboarding::page(&mut tx, &submitted, &first).await.unwrap();
    assert_eq!(page.items[0].name.as_str(), "aachen");
    let second = PageRequest { limit: 5, cursor: page.next };
    let page = onboarding::page(&mut tx, &submitted, &second).await.unwrap();
    let names: Vec<_> = page.items.iter().map(|item| item.name.to_string()).collect();
    assert_eq!((names, page.next), (vec!["utrecht".to_owned()], None));
}

async fn two_who_begin_at_once_begin_one(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (who, ..) = provider(&mut tx, "utrecht").await;
    assert!(onboarding::insert(&mut tx, &begun(who.id)).await.unwrap());
    assert!(!onboarding::insert(&mut tx, &begun(who.id)).await.unwrap());
}
