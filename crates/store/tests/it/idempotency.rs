//! Keys of requests that are repeated.

use std::time::Duration;

use hansa_store::idempotency::{Claim, Request, claim, finish, sweep};
use hansa_testkit::Engine;

use crate::world::{NOW, store};

hansa_testkit::on_both! {
    a_repetition_finds_the_answer
    a_failure_leaves_nothing
    old_keys_are_forgotten
    whoever_comes_meanwhile_waits
}

const REQUEST: Request<'static> = Request { actor: "tok", key_hash: "key", request_hash: "body" };

async fn a_repetition_finds_the_answer(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    assert_eq!(claim(&mut tx, &REQUEST, NOW, NOW).await.unwrap(), Claim::New);
    finish(&mut tx, &REQUEST, 201, "answer").await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.db.write().await.unwrap();
    let done = Claim::Done { status: 201, answer: "answer".to_owned() };
    assert_eq!(claim(&mut tx, &REQUEST, NOW, NOW).await.unwrap(), done);
    let other = Request { request_hash: "other", ..REQUEST };
    assert_eq!(claim(&mut tx, &other, NOW, NOW).await.unwrap(), Claim::Mismatch);
    let another = Request { actor: "tok2", ..REQUEST };
    assert_eq!(claim(&mut tx, &another, NOW, NOW).await.unwrap(), Claim::New);
}

async fn a_failure_leaves_nothing(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    assert_eq!(claim(&mut tx, &REQUEST, NOW, NOW).await.unwrap(), Claim::New);
    drop(tx);
    let mut tx = store.db.write().await.unwrap();
    assert_eq!(claim(&mut tx, &REQUEST, NOW, NOW).await.unwrap(), Claim::New);
}

async fn old_keys_are_forgotten(engine: Engine) {
    let store = store(engine).await;
    let later = NOW.plus(Duration::from_secs(1));
    let mut tx = store.db.write().await.unwrap();
    claim(&mut tx, &REQUEST, NOW, NOW).await.unwrap();
    finish(&mut tx, &REQUEST, 200, "answer").await.unwrap();
    assert_eq!(claim(&mut tx, &REQUEST, later, later).await.unwrap(), Claim::New);
    assert_eq!(sweep(&mut tx, later).await.unwrap(), 0);
    assert_eq!(sweep(&mut tx, later.plus(Duration::from_secs(1))).await.unwrap(), 1);
}

async fn whoever_comes_meanwhile_waits(engine: Engine) {
    let store = store(engine).await;
    let mut first = store.db.write().await.unwrap();
    assert_eq!(claim(&mut first, &REQUEST, NOW, NOW).await.unwrap(), Claim::New);
    let db = store.db.clone();
    let second = tokio::spawn(async move {
        let mut tx = db.write().await.unwrap();
        claim(&mut tx, &REQUEST, NOW, NOW).await.unwrap()
    });
    finish(&mut first, &REQUEST, 200, "answer").await.unwrap();
    tokio::task::yield_now().await;
    assert!(!second.is_finished());
    first.commit().await.unwrap();
    assert_eq!(second.await.unwrap(), Claim::Done { status: 200, answer: "answer".to_owned() });
}
