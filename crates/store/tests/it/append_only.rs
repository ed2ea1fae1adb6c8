//! What is written into the audit log and the ledger stays, and tampering shows.

use hansa_store::outbox::{self, PendingAudit};
use hansa_store::{Db, args, audit};
use hansa_testkit::Engine;
use serde_json::json;

use crate::world::{NOW, Store, store};

hansa_testkit::on_both! {
    rows_can_neither_change_nor_vanish
    an_untouched_log_is_sound
    a_changed_row_is_found
    a_removed_row_is_found
    swapped_rows_are_found
    a_cut_off_end_is_found
    the_log_is_read_page_by_page
}

async fn written(engine: Engine, rows: usize) -> Store {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    for number in 0..rows {
        let row = PendingAudit {
            at: NOW,
            actor: "mbr_x".to_owned(),
            action: "offer.publish".to_owned(),
            subject: format!("off_{number}"),
            detail: json!({"b": number, "a": "ü", "amount": 0.1}),
        };
        outbox::put(&mut tx, &[outbox::Pending::Audit(row)]).await.unwrap();
    }
    tx.commit().await.unwrap();
    // Small steps, so that the chain goes over several transactions.
    loop {
        let mut tx = store.db.write().await.unwrap();
        let moved = outbox::relay(&mut tx, 2).await.unwrap();
        tx.commit().await.unwrap();
        if moved == 0 {
            return store;
        }
    }
}

/// Somebody with every right on the database takes the guard away first.
async fn tamper(db: &Db, statements: &[&str]) {
    let mut tx = db.write().await.unwrap();
    let unguard = match db.engine() {
        "sqlite" => "drop trigger audit_is_append_only_update; drop trigger audit_is_append_only_delete",
        _ => "drop trigger audit_is_append_only on audit",
    };
    tx.script(unguard).await.unwrap();
    for statement in statements {
        assert!(tx.execute(statement, args![]).await.unwrap() > 0, "{statement}");
    }
    tx.commit().await.unwrap();
}

async fn rows_can_neither_change_nor_vanish(engine: Engine) {
    let store = written(engine, 1).await;
    let mut tx = store.db.write().await.unwrap();
    tx.execute("insert into ledger_entry (id, at, reference) values ('ent_1', 0, 'r')", args![]).await.unwrap();
    let posting = "insert into posting (entry_id, line, account, owner, amount, currency) values ('ent_1', 0, 'a', 'o', 1, 'EUR')";
    tx.execute(posting, args![]).await.unwrap();
    tx.commit().await.unwrap();
    for (table, column) in [("audit", "actor"), ("posting", "owner"), ("ledger_entry", "reference")] {
        for sql in [format!("update {table} set {column} = 'other'"), format!("delete from {table}")] {
            let mut tx = store.db.write().await.unwrap();
            let refusal = tx.execute(&sql, args![]).await.unwrap_err();
            let text = format!("{refusal:?}");
            assert!(text.contains("append-only"), "{sql}: {text}");
        }
    }
}

async fn an_untouched_log_is_sound(engine: Engine) {
    let store = written(engine, 7).await;
    let mut tx = store.db.read().await.unwrap();
    let found = audit::verify(&mut tx).await.unwrap();
    assert_eq!((found.rows, found.broken_at, found.problem), (7, None, None));
    assert_eq!(found.head, outbox::head(&mut tx).await.unwrap());
}

async fn expect_broken(engine: Engine, statements: &[&str], at: u64) {
    let store = written(engine, 6).await;
    tamper(&store.db, statements).await;
    let mut tx = store.db.read().await.unwrap();
    let found = audit::verify(&mut tx).await.unwrap();
    assert_eq!(found.broken_at, Some(at), "{found:?}");
    assert!(found.problem.is_some());
}

async fn a_changed_row_is_found(engine: Engine) {
    for change in ["actor = 'mbr_y'", "action = 'x'", "subject = 'x'", "at = at + 1", "detail = '{}'", "hash = 'x'"] {
        expect_broken(engine, &[&format!("update audit set {change} where sequence = 3")], 3).await;
    }
}

async fn a_removed_row_is_found(engine: Engine) {
    expect_broken(engine, &["delete from audit where sequence = 1"], 1).await;
    expect_broken(engine, &["delete from audit where sequence = 4"], 4).await;
}

async fn swapped_rows_are_found(engine: Engine) {
    let swap = [
        "update audit set sequence = -2 where sequence = 2",
        "update audit set sequence = 2 where sequence = 3",
        "update audit set sequence = 3 where sequence = -2",
    ];
    expect_broken(engine, &swap, 2).await;
}

async fn a_cut_off_end_is_found(engine: Engine) {
    expect_broken(engine, &["delete from audit where sequence > 4"], 5).await;
    expect_broken(engine, &["delete from audit"], 1).await;
}

async fn the_log_is_read_page_by_page(engine: Engine) {
    let store = written(engine, 5).await;
    let mut tx = store.db.read().await.unwrap();
    let mut request = hansa_store::page::PageRequest { limit: 2, cursor: None };
    let mut seen = Vec::new();
    loop {
        let page = audit::page(&mut tx, &audit::AuditFilter::default(), &request).await.unwrap();
        seen.extend(page.items.iter().map(|row| row.sequence));
        request.cursor = page.next;
        if request.cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
    let wanted = audit::AuditFilter { subject: Some("off_3".to_owned()), ..Default::default() };
    let page = audit::page(&mut tx, &wanted, &hansa_store::page::PageRequest::default()).await.unwrap();
    assert_eq!(page.items.len(), 1);
}
