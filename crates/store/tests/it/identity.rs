//! Participants, tokens, invitations, agents.

use std::collections::BTreeSet;
use std::time::Duration;

use hansa_model::id::{AgentId, MemberId, TokenId};
use hansa_model::participant::{Member, Role, Scope, Token};
use hansa_store::invitation::Invited;
use hansa_store::page::PageRequest;
use hansa_store::participant::ParticipantFilter;
use hansa_store::{StoreError, Tx, agent, invitation, member, participant, token};
use hansa_testkit::Engine;

use crate::world::{NOW, provider, store};

hansa_testkit::on_both! {
    names_are_taken_once
    pages_neither_repeat_nor_skip
    wildcards_in_a_search_are_plain_characters
    an_invitation_works_once
    a_token_speaks_in_roles_that_its_participant_still_has
    an_agent_enrols_once_and_can_get_another_key
}

async fn names_are_taken_once(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (first, ..) = provider(&mut tx, "utrecht").await;
    let again = hansa_model::participant::Participant { id: hansa_model::id::ParticipantId::new(), ..first.clone() };
    assert!(!participant::insert(&mut tx, &again).await.unwrap());
    assert_eq!(participant::by_name(&mut tx, "utrecht").await.unwrap(), Some(first));
}

async fn pages_neither_repeat_nor_skip(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    for number in 0..7 {
        provider(&mut tx, &format!("p{number}")).await;
    }
    let mut request = PageRequest { limit: 3, cursor: None };
    let mut seen = Vec::new();
    loop {
        let page = participant::page(&mut tx, &ParticipantFilter::default(), &request).await.unwrap();
        seen.extend(page.items.iter().map(|item| item.name.to_string()));
        if seen.len() == 3 {
            // What comes and goes meanwhile hides nothing.
            provider(&mut tx, "p00").await;
        }
        request.cursor = page.next;
        if request.cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["p0", "p1", "p2", "p3", "p4", "p5", "p6"]);
    request.cursor = Some("nonsense".to_owned());
    let refusal = participant::page(&mut tx, &ParticipantFilter::default(), &request).await.unwrap_err();
    assert!(matches!(refusal, StoreError::Cursor));
}

async fn wildcards_in_a_search_are_plain_characters(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    provider(&mut tx, "utrecht").await;
    for (text, found) in [("TRECH", 1), ("%", 0), ("_", 0), ("\\", 0), ("'", 0), ("b.v.", 1)] {
        let wanted = ParticipantFilter { role: Some(Role::Buyer), text: Some(text.to_owned()) };
        let page = participant::page(&mut tx, &wanted, &PageRequest::default()).await.unwrap();
        assert_eq!(page.items.len(), found, "{text}");
    }
    let wanted = ParticipantFilter { role: Some(Role::Operator), text: None };
    assert!(participant::page(&mut tx, &wanted, &PageRequest::default()).await.unwrap().items.is_empty());
}

async fn an_invitation_works_once(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (who, ..) = provider(&mut tx, "utrecht").await;
    let end = NOW.plus(Duration::from_secs(60));
    let invited = Invited { participant: who.id, roles: who.roles.clone(), member: None, resets: None };
    invitation::insert(&mut tx, "h1", &invited, end).await.unwrap();
    invitation::insert(&mut tx, "h2", &invited, end).await.unwrap();
    assert_eq!(invitation::find(&mut tx, "h1", NOW).await.unwrap(), Some(invited.clone()));
    assert_eq!(invitation::take(&mut tx, "h1", NOW).await.unwrap(), Some(invited));
    assert_eq!(invitation::find(&mut tx, "h1", NOW).await.unwrap(), None);
    assert_eq!(invitation::take(&mut tx, "h1", NOW).await.unwrap(), None);
    assert_eq!(invitation::take(&mut tx, "h2", end).await.unwrap(), None);
    invitation::withdraw(&mut tx, who.id).await.unwrap();
    assert_eq!(invitation::take(&mut tx, "h2", NOW).await.unwrap(), None);
}

async fn a_member(tx: &mut Tx, of: hansa_model::id::ParticipantId, roles: &[Role]) -> Member {
    let made = Member {
        id: MemberId::new(),
        participant: of,
        name: "anna".to_owned(),
        roles: roles.iter().copied().collect(),
        created_at: NOW,
    };
    assert!(member::insert(tx, &made).await.unwrap());
    assert!(!member::insert(tx, &Member { id: MemberId::new(), ..made.clone() }).await.unwrap());
    made
}

async fn a_token_speaks_in_roles_that_its_participant_still_has(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (who, ..) = provider(&mut tx, "utrecht").await;
    let (other, ..) = provider(&mut tx, "grenoble").await;
    let anna = a_member(&mut tx, who.id, &[Role::Provider, Role::Buyer]).await;
    let made = Token {
        id: TokenId::new(),
        member: anna.id,
        name: "laptop".to_owned(),
        prefix: "hansa_abc".to_owned(),
        scopes: BTreeSet::from([Scope::Read]),
        created_at: NOW,
        expires_at: Some(NOW.plus(Duration::from_secs(60))),
        revoked_at: None,
    };
    token::insert(&mut tx, &made, "hash").await.unwrap();
    let narrowed = hansa_model::participant::Participant { roles: BTreeSet::from([Role::Buyer]), ..who.clone() };
    participant::update(&mut tx, &narrowed).await.unwrap();
    let holder = token::by_hash(&mut tx, "hash").await.unwrap().unwrap();
    assert_eq!((holder.token, holder.standing.participant), (made.clone(), who.id));
    assert_eq!(holder.standing.roles, BTreeSet::from([Role::Buyer]));
    assert!(token::by_hash(&mut tx, "other").await.unwrap().is_none());
    assert!(token::find(&mut tx, other.id, made.id).await.unwrap().is_none());
    token::revoke(&mut tx, made.id, NOW).await.unwrap();
    token::revoke(&mut tx, made.id, NOW.plus(Duration::from_secs(9))).await.unwrap();
    let page = token::page(&mut tx, who.id, &PageRequest::default()).await.unwrap();
    assert_eq!(page.items[0].revoked_at, Some(NOW));
    assert!(token::page(&mut tx, other.id, &PageRequest::default()).await.unwrap().items.is_empty());
}

async fn an_agent_enrols_once_and_can_get_another_key(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (who, ..) = provider(&mut tx, "utrecht").await;
    let name = "agent-1".parse().unwrap();
    let end = NOW.plus(Duration::from_secs(60));
    agent::insert_enrolment(&mut tx, "h", who.id, &name, end).await.unwrap();
    assert_eq!(agent::take_enrolment(&mut tx, "h", NOW).await.unwrap(), Some((who.id, name.clone())));
    assert_eq!(agent::take_enrolment(&mut tx, "h", NOW).await.unwrap(), None);
    let id: AgentId = agent::enrol(&mut tx, who.id, &name, "key-1", NOW).await.unwrap().unwrap();
    let second = "agent-2".parse().unwrap();
    assert_eq!(agent::enrol(&mut tx, who.id, &second, "key-1", NOW).await.unwrap(), None);
    agent::revoke(&mut tx, id, NOW).await.unwrap();
    assert!(agent::key(&mut tx, id).await.unwrap().unwrap().revoked);
    assert_eq!(agent::enrol(&mut tx, who.id, &name, "key-2", NOW).await.unwrap(), Some(id));
    let key = agent::key(&mut tx, id).await.unwrap().unwrap();
    assert_eq!((key.public_key.as_str(), key.revoked), ("key-2", false));
}
