use std::path::PathBuf;

use xtask::architecture::{check, faults};
use xtask::{Crate, Workspace};

#[test]
fn crates_keep_their_layers_and_rules() {
    let faults = check().unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn member(name: &str, uses: &[&str], source: &str) -> Crate {
    Crate {
        name: name.to_owned(),
        uses: uses.iter().map(|used| (*used).to_owned()).collect(),
        manifest: "[lints]\nworkspace = true\n".to_owned(),
        sources: vec![(PathBuf::from("lib.rs"), source.to_owned())],
        ..Crate::default()
    }
}

fn faults_of(member: Crate) -> Vec<String> {
    faults(&Workspace { crates: vec![member] })
}

#[test]
fn an_arrow_up_is_found() {
    assert_eq!(
        faults_of(member("hansa-store", &["hansa-model", "hansa-exchange", "sqlx"], "")),
        ["hansa-store may not use hansa-exchange: arrows only go down"],
    );
}

#[test]
fn a_crate_without_a_layer_is_found() {
    assert!(faults_of(member("hansa-novelty", &[], ""))[0].contains("has no row"));
}

#[test]
fn input_and_output_where_there_is_none_are_found() {
    let found = faults_of(member("hansa-ledger", &["tokio"], "fn f() { std::fs::read(\"x\"); }"));
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn sql_outside_of_the_store_is_found() {
    let statement = "fn f() {\n    run(\"UPDATE orders SET state = $1\")\n}";
    assert_eq!(
        faults_of(member("hansa-api", &[], statement)),
        ["lib.rs:2 holds SQL: statements belong into crates/store"],
    );
    assert!(faults_of(member("hansa-store", &[], statement)).is_empty());
    assert!(faults_of(member("hansa-api", &[], "// select a from b\nfn f() { say(\"select one\") }")).is_empty());
}

#[test]
fn a_crate_with_lints_of_its_own_is_found() {
    let bare = Crate { manifest: "[package]\nversion.workspace = true\n".to_owned(), ..member("hansa-model", &[], "") };
    assert!(faults_of(bare)[0].contains("does not inherit the lints"));
}
