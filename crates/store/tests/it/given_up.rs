//! Requests that are given up at any moment: the next user of a connection begins with a clean one.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use hansa_store::{args, idempotency};
use hansa_testkit::Engine;

use crate::world::{NOW, Store, store};

hansa_testkit::on_both! { what_is_given_up_leaves_nothing_behind }

const KEY: idempotency::Request<'static> = idempotency::Request { actor: "a", key_hash: "given-up", request_hash: "r" };

/// Begins to read, then a change, and is given up when it has been polled so many times.
async fn give_up(store: &Store, polls: u32) {
    let request = async {
        drop(store.db.read().await.unwrap());
        let mut tx = store.db.write().await.unwrap();
        idempotency::claim(&mut tx, &KEY, NOW, NOW).await.unwrap();
        std::future::pending::<()>().await;
    };
    let mut request = pin!(request);
    let mut polled = 0;
    poll_fn(|context| {
        polled += 1;
        if request.as_mut().poll(context).is_ready() || polled > polls { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

async fn what_is_given_up_leaves_nothing_behind(engine: Engine) {
    let store = store(engine).await;
    let mut expected = Vec::new();
    for number in 0..60 {
        // What waits for ever is given up as well.
        let _ = tokio::time::timeout(Duration::from_millis(100), give_up(&store, number % 12)).await;
        let key = format!("kept-{number:02}");
        let mut tx = store.db.write().await.unwrap();
        idempotency::claim(&mut tx, &idempotency::Request { key_hash: &key, ..KEY }, NOW, NOW).await.unwrap();
        tx.commit().await.unwrap();
        expected.push(key);
    }
    let sql = "select key_hash from idempotency order by key_hash";
    let rows = store.db.read().await.unwrap().all(sql, args![]).await.unwrap();
    let kept: Vec<String> = rows.iter().map(|row| row.text("key_hash").unwrap()).collect();
    assert_eq!(kept, expected);
}
