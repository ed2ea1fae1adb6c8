//! Audit packs: fetched from an exchange, verified by a process that reaches nobody.

use std::path::Path;
use std::process::{Command, Output};

use hansa_model::participant::Role;
use hansa_testkit::{Engine, World};

use crate::against_an_exchange::member;
use crate::program::User;

/// Runs a program in namespaces of its own.
const UNSHARE: &str = "/usr/bin/unshare";

/// Verifies a pack in a process of its own: without any network where the machine allows that, and in any case without
/// an exchange.
fn verify_alone(pack: &Path, issuer: Option<&Path>) -> Output {
    let alone = Command::new(UNSHARE).args(["-rn", "true"]).status().is_ok_and(|status| status.success());
    let program = env!("CARGO_BIN_EXE_hansa");
    let mut command = if alone { Command::new(UNSHARE) } else { Command::new(program) };
    if alone {
        command.args(["-rn", program]);
    }
    command.args(["trust", "verify"]).arg(pack).args(["-o", "json"]);
    if let Some(issuer) = issuer {
        command.arg("--issuer").arg(issuer);
    }
    command.env_clear().env("HOME", "/nonexistent").output().expect("the program runs")
}

async fn declared(provider: &User) {
    provider.run(&["evidence", "declare", "--fact", "gx.legal-person=true"]).await.well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_is_verified_without_a_network_or_an_exchange() {
    let world = World::start(Engine::Sqlite).await;
    let provider = member(&world, "nordhafen", &[Role::Provider]).await;
    declared(&provider).await;
    world.settle().await;
    provider.run(&["trust", "pack", "nordhafen", "--to", "pack.tar.gz"]).await.well();
    let did = world.stranger().get("/.well-known/did.json").await.body;
    let issuer = provider.file("issuer.json", &did);
    let pack = provider.home().join("pack.tar.gz");
    drop(world);

    let plain = verify_alone(&pack, None);
    let report: serde_json::Value = serde_json::from_slice(&plain.stdout).expect("a report");
    assert!(plain.status.success(), "{report:#}");
    assert_eq!((&report["pinned"], &report["counting"]), (&false.into(), &1.into()));
    let pinned = verify_alone(&pack, Some(&issuer));
    let report: serde_json::Value = serde_json::from_slice(&pinned.stdout).expect("a report");
    assert!(pinned.status.success() && report["pinned"] == true, "{report:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_was_tampered_with_ends_with_a_failure() {
    let world = World::start(Engine::Sqlite).await;
    let provider = member(&world, "nordhafen", &[Role::Provider]).await;
    declared(&provider).await;
    provider.run(&["trust", "pack", "nordhafen", "--to", "pack.tar.gz"]).await.well();
    let path = provider.home().join("pack.tar.gz");
    let mut files = hansa_trust::pack::unpack(&std::fs::read(&path).expect("the pack")).expect("its files");
    let evaluations = String::from_utf8(files["evaluations.json"].clone()).expect("text");
    files.insert("evaluations.json".to_owned(), evaluations.replacen("missing", "declared", 1).into_bytes());
    std::fs::write(&path, hansa_trust::pack::pack(&files).expect("a pack")).expect("written");
    let ran = provider.run(&["trust", "verify", "pack.tar.gz"]).await;
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stdout.contains("evaluations.json was changed") && ran.stderr.contains("2 things differ"), "{ran}");
    provider.file("none.tar.gz", "no pack");
    assert_eq!(provider.run(&["trust", "verify", "none.tar.gz"]).await.code, 1);
}
