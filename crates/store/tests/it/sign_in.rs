//! Accounts, sessions, attempts, devices.

use std::collections::BTreeSet;
use std::time::Duration;

use hansa_model::id::{AccountId, MemberId, PasskeyId, SessionId, TokenId};
use hansa_model::participant::{Member, Role, Scope, Token};
use hansa_model::sign_in::{DeviceRequest, DeviceState, Passkey, Proof, Session};
use hansa_model::time::Timestamp;
use hansa_store::account::PasskeyRow;
use hansa_store::attempt::Attempt;
use hansa_store::device::DeviceRow;
use hansa_store::page::PageRequest;
use hansa_store::{Tx, account, attempt, device, member, session, token};
use hansa_testkit::Engine;

use crate::world::{NOW, provider, store};

hansa_testkit::on_both! {
    names_to_sign_in_as_are_taken_once
    a_code_is_taken_once_and_none_before_it
    a_passkey_counts_up
    a_member_is_adopted_once
    a_member_that_is_removed_leaves_its_name_and_nothing_that_works
    an_account_is_forgotten_whole
    sessions_end_by_themselves
    a_session_speaks_in_the_standing_of_its_member
    attempts_are_of_one_kind_and_taken_once
    guesses_are_counted_and_forgotten
    a_device_is_answered_once
}

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

async fn person(tx: &mut Tx, login: &str) -> AccountId {
    let id = AccountId::new();
    assert!(account::insert(tx, id, Some(login), login, Some("hash"), NOW).await.unwrap());
    id
}

async fn names_to_sign_in_as_are_taken_once(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let anna = person(&mut tx, "anna").await;
    assert!(!account::insert(&mut tx, AccountId::new(), Some("anna"), "Other", None, NOW).await.unwrap());
    // Those who come from identity providers only sign in as nothing, and there may be many.
    for _ in 0..2 {
        assert!(account::insert(&mut tx, AccountId::new(), None, "Bert", None, NOW).await.unwrap());
    }
    let proofs = account::by_login(&mut tx, "anna").await.unwrap().unwrap();
    assert_eq!((proofs.account, proofs.password.as_deref()), (anna, Some("hash")));
    assert_eq!(account::by_login(&mut tx, "bert").await.unwrap(), None);
    assert!(account::link_identity(&mut tx, anna, "https://sso", "7", NOW).await.unwrap());
    assert!(!account::link_identity(&mut tx, anna, "https://sso", "7", NOW).await.unwrap());
    assert_eq!(account::by_identity(&mut tx, "https://sso", "7").await.unwrap(), Some(anna));
    assert_eq!(account::by_identity(&mut tx, "https://other", "7").await.unwrap(), None);
    let found = account::find(&mut tx, anna).await.unwrap().unwrap();
    assert_eq!((found.has_password, found.identities.len(), found.recovery_codes), (true, 1, 0));
}

async fn a_code_is_taken_once_and_none_before_it(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let anna = person(&mut tx, "anna").await;
    assert!(account::offer_one_time_secret(&mut tx, anna, "sealed").await.unwrap());
    assert!(account::require_one_time_codes(&mut tx, anna, NOW).await.unwrap());
    assert!(!account::offer_one_time_secret(&mut tx, anna, "another").await.unwrap());
    let mut taken = Vec::new();
    for step in [7, 7, 6, 8, 8] {
        taken.push(account::take_step(&mut tx, anna, step).await.unwrap());
    }
    assert_eq!(taken, [true, false, false, true, false]);
    account::set_recovery_codes(&mut tx, anna, &["a".to_owned(), "b".to_owned()]).await.unwrap();
    let other = person(&mut tx, "other").await;
    assert!(!account::take_recovery_code(&mut tx, other, "a").await.unwrap());
    assert!(account::take_recovery_code(&mut tx, anna, "a").await.unwrap());
    assert!(!account::take_recovery_code(&mut tx, anna, "a").await.unwrap());
    assert_eq!(account::find(&mut tx, anna).await.unwrap().unwrap().recovery_codes, 1);
    assert!(account::forget_one_time_codes(&mut tx, anna).await.unwrap());
    let found = account::find(&mut tx, anna).await.unwrap().unwrap();
    assert_eq!((found.recovery_codes, found.one_time_codes_since), (0, None));
}

fn a_passkey(account: AccountId, credential: &str) -> PasskeyRow {
    PasskeyRow {
        passkey: Passkey { id: PasskeyId::new(), name: "phone".to_owned(), created_at: NOW, used_at: None },
        account,
        credential: credential.to_owned(),
        public_key: "{}".to_owned(),
        counter: 3,
    }
}

async fn a_passkey_counts_up(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let id = AccountId::new();
    assert!(account::insert(&mut tx, id, Some("anna"), "Anna", None, NOW).await.unwrap());
    assert!(account::is_locked_out(&mut tx, id).await.unwrap());
    let row = a_passkey(id, "c1");
    assert!(account::insert_passkey(&mut tx, &row).await.unwrap());
    assert!(!account::insert_passkey(&mut tx, &a_passkey(id, "c1")).await.unwrap());
    assert!(!account::is_locked_out(&mut tx, id).await.unwrap());
    // Of two who looked at the same counter one wins.
    assert!(account::use_passkey(&mut tx, &row, 4, later(1)).await.unwrap());
    assert!(!account::use_passkey(&mut tx, &row, 4, later(1)).await.unwrap());
    let kept = account::passkey(&mut tx, "c1").await.unwrap().unwrap();
    assert_eq!((kept.counter, kept.passkey.used_at), (4, Some(later(1))));
    let other = person(&mut tx, "other").await;
    assert!(!account::remove_passkey(&mut tx, other, row.passkey.id).await.unwrap());
    assert!(account::remove_passkey(&mut tx, id, row.passkey.id).await.unwrap());
    assert_eq!(account::passkeys(&mut tx, id).await.unwrap(), []);
}

async fn a_member_of(tx: &mut Tx, name: &str, roles: &[Role]) -> (Member, hansa_model::participant::Tenant) {
    let (participant, tenant, _) = provider(tx, name).await;
    let made = Member {
        id: MemberId::new(),
        participant: participant.id,
        name: "anna".to_owned(),
        roles: roles.iter().copied().collect(),
        created_at: NOW,
    };
    assert!(member::insert(tx, &made).await.unwrap());
    (made, tenant)
}

async fn a_member_is_adopted_once(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (anna, other) = (person(&mut tx, "anna").await, person(&mut tx, "other").await);
    let (first, tenant) = a_member_of(&mut tx, "utrecht", &[Role::Buyer]).await;
    let (second, _) = a_member_of(&mut tx, "grenoble", &[Role::Provider]).await;
    for member in [&first, &second] {
        assert!(account::adopt(&mut tx, anna, member.id).await.unwrap());
        assert!(!account::adopt(&mut tx, other, member.id).await.unwrap());
    }
    let memberships = account::memberships(&mut tx, anna).await.unwrap();
    assert_eq!(memberships.iter().map(|own| own.member.id).collect::<Vec<_>>(), [first.id, second.id]);
    assert_eq!(memberships[0].tenants, [tenant]);
    assert!(account::memberships(&mut tx, other).await.unwrap().is_empty());
    assert!(member::is_taken(&mut tx, first.participant, "anna").await.unwrap());
    assert!(!member::is_taken(&mut tx, first.participant, "bert").await.unwrap());
    assert_eq!(member::manager(&mut tx, first.id).await.unwrap(), None);
    member::manage(&mut tx, first.id, "https://sso").await.unwrap();
    assert_eq!(member::manager(&mut tx, first.id).await.unwrap().as_deref(), Some("https://sso"));
    member::set_roles(&mut tx, first.id, &BTreeSet::from([Role::Auditor])).await.unwrap();
    assert_eq!(member::find(&mut tx, first.id).await.unwrap().unwrap().roles, BTreeSet::from([Role::Auditor]));
}

fn a_session(member: MemberId, idle: u64, end: u64) -> Session {
    Session {
        id: SessionId::new(),
        member,
        roles: None,
        tenant: None,
        proof: Proof::Password,
        proven_at: NOW,
        browser: Some("Firefox".to_owned()),
        address: "127.0.0.1".to_owned(),
        created_at: NOW,
        seen_at: NOW,
        idle_at: later(idle),
        ends_at: later(end),
        current: false,
    }
}

async fn sessions_end_by_themselves(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let anna = person(&mut tx, "anna").await;
    let (member, _) = a_member_of(&mut tx, "utrecht", &[Role::Buyer]).await;
    let (short, long) = (a_session(member.id, 10, 100), a_session(member.id, 100, 50));
    session::insert(&mut tx, &short, anna, "h1").await.unwrap();
    session::insert(&mut tx, &long, anna, "h2").await.unwrap();
    let works = async |tx: &mut Tx, hash: &str, at: u64| session::by_hash(tx, hash, later(at)).await.unwrap().is_some();
    assert!(works(&mut tx, "h1", 9).await && !works(&mut tx, "h1", 10).await, "idle");
    session::touch(&mut tx, short.id, later(9), later(19)).await.unwrap();
    assert!(works(&mut tx, "h1", 18).await && !works(&mut tx, "h1", 19).await, "used");
    assert!(works(&mut tx, "h2", 49).await && !works(&mut tx, "h2", 50).await, "for good");
    let page = session::page(&mut tx, anna, later(30), &PageRequest::default()).await.unwrap();
    assert_eq!(page.items, std::slice::from_ref(&long));
    let other = person(&mut tx, "other").await;
    assert_eq!(session::find(&mut tx, other, long.id, NOW).await.unwrap(), None);
    assert!(!session::end(&mut tx, other, long.id).await.unwrap());
    session::prove(&mut tx, long.id, Proof::Passkey, later(7)).await.unwrap();
    let proven = session::find(&mut tx, anna, long.id, NOW).await.unwrap().unwrap();
    assert_eq!((proven.proof, proven.proven_at), (Proof::Passkey, later(7)));
    assert_eq!(session::end_others(&mut tx, anna, long.id).await.unwrap(), 1);
    assert_eq!(session::sweep(&mut tx, later(49)).await.unwrap(), 0);
    assert_eq!(session::sweep(&mut tx, later(50)).await.unwrap(), 1);
}

async fn a_session_speaks_in_the_standing_of_its_member(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let anna = person(&mut tx, "anna").await;
    // The participant is buyer and provider, not operator.
    let (first, tenant) = a_member_of(&mut tx, "utrecht", &[Role::Buyer, Role::Operator]).await;
    let (second, _) = a_member_of(&mut tx, "grenoble", &[Role::Provider]).await;
    let made = a_session(first.id, 100, 100);
    session::insert(&mut tx, &made, anna, "h").await.unwrap();
    let holder = session::by_hash(&mut tx, "h", NOW).await.unwrap().unwrap();
    assert_eq!((&holder.session, holder.account), (&made, anna));
    assert_eq!(holder.standing.roles, BTreeSet::from([Role::Buyer]));
    assert_eq!(holder.standing.tenants, BTreeSet::from([tenant.id]));
    let roles = BTreeSet::from([Role::Provider]);
    session::switch(&mut tx, made.id, second.id, Some(&roles), Some(tenant.id)).await.unwrap();
    let holder = session::by_hash(&mut tx, "h", NOW).await.unwrap().unwrap();
    assert_eq!(holder.standing.participant, second.participant);
    assert_eq!((holder.session.roles, holder.session.tenant), (Some(roles), Some(tenant.id)));
    session::switch(&mut tx, made.id, first.id, None, None).await.unwrap();
    assert_eq!(session::by_hash(&mut tx, "h", NOW).await.unwrap().unwrap().session.roles, None);
}

async fn attempts_are_of_one_kind_and_taken_once(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let made = Attempt { kind: "code".to_owned(), account: None, data: "{}".to_owned(), expires_at: later(10) };
    attempt::insert(&mut tx, "h1", &made).await.unwrap();
    attempt::insert(&mut tx, "h2", &made).await.unwrap();
    assert_eq!(attempt::take(&mut tx, "h1", "passkey", NOW).await.unwrap(), None);
    assert_eq!(attempt::find(&mut tx, "h1", "code", NOW).await.unwrap(), Some(made.clone()));
    assert_eq!(attempt::find(&mut tx, "h1", "code", later(10)).await.unwrap(), None);
    assert_eq!(attempt::take(&mut tx, "h1", "code", NOW).await.unwrap(), Some(made));
    assert_eq!(attempt::take(&mut tx, "h1", "code", NOW).await.unwrap(), None);
    assert_eq!(attempt::take(&mut tx, "h2", "code", later(10)).await.unwrap(), None);
}

async fn guesses_are_counted_and_forgotten(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let mut counts = Vec::new();
    for (at, oldest) in [(0, 0), (1, 0), (2, 0), (100, 50), (101, 50)] {
        counts.push(attempt::fail(&mut tx, "anna", later(at), later(oldest)).await.unwrap());
    }
    assert_eq!(counts, [1, 2, 3, 1, 2]);
    assert_eq!(attempt::fail(&mut tx, "bert", later(101), NOW).await.unwrap(), 1);
    attempt::lock(&mut tx, "anna", later(200)).await.unwrap();
    assert_eq!(attempt::locked_until(&mut tx, "anna", later(199)).await.unwrap(), Some(later(200)));
    assert_eq!(attempt::locked_until(&mut tx, "anna", later(200)).await.unwrap(), None);
    assert_eq!(attempt::locked_until(&mut tx, "bert", later(199)).await.unwrap(), None);
    // A wait that is not over is not forgotten.
    attempt::sweep(&mut tx, later(150), later(150)).await.unwrap();
    assert!(attempt::locked_until(&mut tx, "anna", later(199)).await.unwrap().is_some());
    attempt::succeed(&mut tx, "anna").await.unwrap();
    assert_eq!(attempt::fail(&mut tx, "anna", later(201), NOW).await.unwrap(), 1);
}

async fn a_device_is_answered_once(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (member, _) = a_member_of(&mut tx, "utrecht", &[Role::Buyer]).await;
    let request = DeviceRequest {
        user_code: "BCDF-GHJK".to_owned(),
        name: "laptop".to_owned(),
        scopes: BTreeSet::from([Scope::Read]),
        address: "127.0.0.1".to_owned(),
        state: DeviceState::Pending,
        created_at: NOW,
        expires_at: later(10),
    };
    let row = DeviceRow { request, member: None, pause: 5, asked_at: NOW };
    assert!(device::insert(&mut tx, "h1", &row).await.unwrap());
    assert!(!device::insert(&mut tx, "h2", &row).await.unwrap());
    assert_eq!(device::by_user_code(&mut tx, "BCDF-GHJK", NOW).await.unwrap(), Some(row.clone()));
    assert_eq!(device::by_user_code(&mut tx, "BCDF-GHJK", later(10)).await.unwrap(), None);
    let approve = async |tx: &mut Tx, at: Timestamp| {
        device::answer(tx, "BCDF-GHJK", DeviceState::Approved, Some(member.id), at).await.unwrap()
    };
    assert!(!approve(&mut tx, later(10)).await, "too late");
    assert!(approve(&mut tx, later(9)).await);
    assert!(!device::answer(&mut tx, "BCDF-GHJK", DeviceState::Denied, None, later(9)).await.unwrap());
    device::asked(&mut tx, "h1", 10, later(7)).await.unwrap();
    let locked = device::lock(&mut tx, "h1").await.unwrap().unwrap();
    assert_eq!((locked.member, locked.pause, locked.asked_at), (Some(member.id), 10, later(7)));
    device::done(&mut tx, "h1").await.unwrap();
    assert_eq!(device::lock(&mut tx, "h1").await.unwrap().unwrap().request.state, DeviceState::Done);
    assert_eq!(device::sweep(&mut tx, later(10)).await.unwrap(), 1);
    assert_eq!(device::lock(&mut tx, "h1").await.unwrap(), None);
}

async fn a_member_that_is_removed_leaves_its_name_and_nothing_that_works(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let anna = person(&mut tx, "anna").await;
    let (made, _) = a_member_of(&mut tx, "utrecht", &[Role::Buyer]).await;
    assert!(account::adopt(&mut tx, anna, made.id).await.unwrap());
    assert_eq!(member::account(&mut tx, made.id).await.unwrap(), Some(anna));
    session::insert(&mut tx, &a_session(made.id, 100, 100), anna, "h1").await.unwrap();
    let secret = Token {
        id: TokenId::new(),
        member: made.id,
        name: "ci".to_owned(),
        prefix: "hansa_x".to_owned(),
        scopes: BTreeSet::from([Scope::Read]),
        created_at: NOW,
        expires_at: None,
        revoked_at: None,
    };
    token::insert(&mut tx, &secret, "h2").await.unwrap();
    assert_eq!(member::lock_all(&mut tx, made.participant).await.unwrap(), std::slice::from_ref(&made));
    member::remove(&mut tx, made.id, later(1)).await.unwrap();
    assert!(session::by_hash(&mut tx, "h1", NOW).await.unwrap().is_none());
    assert!(token::by_hash(&mut tx, "h2").await.unwrap().is_none());
    assert_eq!(member::find(&mut tx, made.id).await.unwrap(), None);
    assert!(member::lock_all(&mut tx, made.participant).await.unwrap().is_empty());
    assert!(member::page(&mut tx, made.participant, &PageRequest::default()).await.unwrap().items.is_empty());
    assert!(account::memberships(&mut tx, anna).await.unwrap().is_empty());
    assert!(!account::adopt(&mut tx, anna, made.id).await.unwrap());
    assert!(member::insert(&mut tx, &Member { id: MemberId::new(), ..made }).await.unwrap());
}

async fn an_account_is_forgotten_whole(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (anna, other) = (person(&mut tx, "anna").await, person(&mut tx, "other").await);
    for (id, credential, subject) in [(anna, "c1", "7"), (other, "c2", "8")] {
        assert!(account::insert_passkey(&mut tx, &a_passkey(id, credential)).await.unwrap());
        assert!(account::link_identity(&mut tx, id, "https://sso", subject, NOW).await.unwrap());
        account::set_recovery_codes(&mut tx, id, &["a".to_owned()]).await.unwrap();
    }
    // What somebody signs in with can go without the rest.
    account::forget_proofs(&mut tx, anna).await.unwrap();
    let found = account::find(&mut tx, anna).await.unwrap().unwrap();
    assert_eq!((found.has_password, found.recovery_codes, found.passkeys.len()), (false, 0, 0));
    assert_eq!(found.identities.len(), 1);
    account::delete(&mut tx, anna).await.unwrap();
    assert_eq!(account::find(&mut tx, anna).await.unwrap(), None);
    assert_eq!(account::by_identity(&mut tx, "https://sso", "7").await.unwrap(), None);
    // The name is free again.
    let _ = person(&mut tx, "anna").await;
    let rest = account::find(&mut tx, other).await.unwrap().unwrap();
    assert_eq!((rest.passkeys.len(), rest.recovery_codes, rest.identities.len()), (1, 1, 1));
    let theirs = rest.identities[0].id;
    assert!(!account::unlink_identity(&mut tx, anna, theirs).await.unwrap());
    assert!(account::unlink_identity(&mut tx, other, theirs).await.unwrap());
}
