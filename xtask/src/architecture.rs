//! The shape of the workspace, as `docs/architecture.md` describes it: crates form layers and arrows only go down,
//! the lower layers do no I/O, only the store speaks SQL.

use crate::source;
use crate::workspace::{Crate, Workspace};

/// What a crate may be built with, of this workspace.
enum May {
    /// Only these.
    Use(&'static [&'static str]),
    /// Anything: it stands above everything.
    UseAnything,
}

/// The layers, from the bottom up. Tests may use more than their crate may.
const LAYERS: &[(&str, May)] = &[
    ("hansa-model", May::Use(&[])),
    ("hansa-matching", May::Use(&["hansa-model"])),
    ("hansa-ledger", May::Use(&["hansa-model"])),
    ("hansa-trust", May::Use(&["hansa-model"])),
    ("hansa-print", May::Use(&["hansa-model"])),
    ("hansa-resolver", May::Use(&["hansa-trust"])),
    ("hansa-signin", May::Use(&["hansa-model"])),
    ("hansa-store", May::Use(&["hansa-model"])),
    (
        "hansa-exchange",
        May::Use(&[
            "hansa-store",
            "hansa-matching",
            "hansa-ledger",
            "hansa-trust",
            "hansa-print",
            "hansa-resolver",
            "hansa-signin",
            "hansa-model",
        ]),
    ),
    ("hansa-api", May::Use(&["hansa-exchange", "hansa-store", "hansa-trust", "hansa-model"])),
    ("hansa-console", May::Use(&[])),
    ("hansa-client", May::Use(&["hansa-model"])),
    ("hansa-agent", May::Use(&["hansa-client", "hansa-model"])),
    ("hansa-database-kit", May::Use(&["hansa-agent", "hansa-model"])),
    ("hansa-driver-simulated", May::Use(&["hansa-agent", "hansa-model"])),
    ("hansa-driver-qemu", May::Use(&["hansa-agent", "hansa-model"])),
    ("hansa-driver-postgres", May::Use(&["hansa-database-kit", "hansa-agent", "hansa-model"])),
    ("hansa-driver-mariadb", May::Use(&["hansa-database-kit", "hansa-agent", "hansa-model"])),
    ("hansa-demo", May::Use(&["hansa-client", "hansa-trust", "hansa-model", "hansa-driver-qemu"])),
    ("hansa", May::UseAnything),
    ("hansa-testkit", May::UseAnything),
    ("hansa-benches", May::UseAnything),
    ("hansa-bench-index", May::UseAnything),
    ("matching", May::UseAnything),
    ("xtask", May::UseAnything),
];

/// Crates that compute and nothing else.
const PURE: &[&str] = &["hansa-model", "hansa-matching", "hansa-ledger", "hansa-trust", "hansa-print"];

/// Packages by which a crate could do I/O or wait for it.
const DOING_IO: &[&str] =
    &["async-trait", "axum", "futures-util", "hyper", "nix", "reqwest", "sqlx", "tempfile", "tokio", "tokio-util"];

/// Parts of the standard library by which a crate could do I/O, or leave threads behind; those of a scope end with it.
const STANDARD_IO: &[&str] = &["std::env", "std::fs", "std::net", "std::process", "std::thread::spawn"];

/// Crates that may hold SQL: the store, and what speaks to the databases that are sold or tested with.
fn may_hold_sql(name: &str) -> bool {
    ["hansa-store", "hansa-database-kit", "hansa-testkit", "hansa-benches"].contains(&name)
        || name.starts_with("hansa-driver-")
}

/// Every rule that the workspace breaks, in sentences.
///
/// # Errors
/// When the workspace can't be read.
pub fn check() -> anyhow::Result<Vec<String>> {
    Ok(faults(&Workspace::read()?))
}

/// Every rule that these crates break, in sentences.
#[must_use]
pub fn faults(workspace: &Workspace) -> Vec<String> {
    workspace
        .crates
        .iter()
        .flat_map(|member| {
            let mut faults = layering(member);
            faults.extend(impurity(member));
            faults.extend(stray_sql(member));
            faults.extend(lints(member));
            faults
        })
        .collect()
}

fn layering(member: &Crate) -> Vec<String> {
    let name = &member.name;
    match LAYERS.iter().find(|(known, _)| known == name) {
        None => vec![format!("{name} has no row in the table of layers: give it one in xtask/src/architecture.rs")],
        Some((_, May::UseAnything)) => Vec::new(),
        Some((_, May::Use(allowed))) => member
            .uses
            .iter()
            .filter(|used| LAYERS.iter().any(|(known, _)| known == used) && !allowed.contains(&used.as_str()))
            .map(|used| format!("{name} may not use {used}: arrows only go down"))
            .collect(),
    }
}

fn impurity(member: &Crate) -> Vec<String> {
    let name = &member.name;
    if !PURE.contains(&name.as_str()) {
        return Vec::new();
    }
    let packages = member
        .uses
        .iter()
        .filter(|used| DOING_IO.contains(&used.as_str()))
        .map(|used| format!("{name} may not use {used}: it does no I/O"));
    let calls = member.sources.iter().flat_map(|(path, text)| {
        let code = source::parts(text).code;
        let found: Vec<_> = STANDARD_IO.iter().filter(|word| code.contains(*word)).collect();
        found.into_iter().map(move |word| format!("{} may not use {word}: {name} does no I/O", path.display()))
    });
    packages.chain(calls).collect()
}

fn is_sql(text: &str) -> bool {
    let text = text.to_lowercase();
    let has = |words: &[&str]| {
        let mut rest = text.as_str();
        words.iter().all(|word| rest.find(word).map(|place| rest = &rest[place + word.len()..]).is_some())
    };
    has(&["insert into "]) || has(&["delete from "]) || has(&["select ", " from "]) || has(&["update ", " set ", "="])
}

fn stray_sql(member: &Crate) -> Vec<String> {
    if may_hold_sql(&member.name) || member.name == "xtask" {
        return Vec::new();
    }
    let literals = member.sources.iter().flat_map(|(path, text)| {
        let literals = source::parts(text).literals;
        literals.into_iter().map(move |(line, literal)| (path, line, literal))
    });
    literals
        .filter(|(.., literal)| is_sql(literal))
        .map(|(path, line, _)| format!("{}:{line} holds SQL: statements belong into crates/store", path.display()))
        .collect()
}

fn lints(member: &Crate) -> Option<String> {
    let section = member.manifest.split("[lints]").nth(1).unwrap_or_default();
    let inherits =
        section.lines().map(str::trim).take_while(|line| !line.starts_with('[')).any(|line| line == "workspace = true");
    (!inherits).then(|| format!("{} does not inherit the lints: add `[lints]` with `workspace = true`", member.name))
}
