//! What Cargo knows about the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::Value;

/// A crate of the workspace.
#[derive(Debug, Clone, Default)]
pub struct Crate {
    /// Its package name.
    pub name: String,
    /// Its directory.
    pub directory: PathBuf,
    /// The packages that it is built with; those that only its tests use are left out.
    pub uses: Vec<String>,
    /// Its `Cargo.toml`.
    pub manifest: String,
    /// The texts of its own sources, without its tests' directory.
    pub sources: Vec<(PathBuf, String)>,
}

/// The crates of the workspace.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    /// All of them.
    pub crates: Vec<Crate>,
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// What `cargo metadata` answers.
pub(crate) fn metadata(arguments: &[&str]) -> anyhow::Result<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1"])
        .args(arguments)
        .current_dir(root())
        .output()
        .context("cargo can't be started")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).context("cargo metadata gave no JSON")
}

/// The texts of a list below an object.
pub(crate) fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// The text of a field; empty when it is none.
pub(crate) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

impl Workspace {
    /// Reads the workspace that this crate belongs to.
    ///
    /// # Errors
    /// When Cargo can't be asked or a file can't be read.
    pub fn read() -> anyhow::Result<Self> {
        let metadata = metadata(&["--no-deps", "--offline"])?;
        let crates = list(&metadata, "packages").iter().map(read_crate).collect::<anyhow::Result<_>>()?;
        Ok(Self { crates })
    }
}

fn read_crate(package: &Value) -> anyhow::Result<Crate> {
    let manifest = PathBuf::from(text(package, "manifest_path"));
    let directory = manifest.parent().unwrap_or(Path::new(".")).to_owned();
    let uses = list(package, "dependencies")
        .iter()
        .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
        .map(|dependency| text(dependency, "name").to_owned())
        .collect();
    let mut sources = Vec::new();
    collect(&directory.join("src"), &mut sources)?;
    Ok(Crate {
        name: text(package, "name").to_owned(),
        uses,
        manifest: std::fs::read_to_string(&manifest)?,
        sources,
        directory,
    })
}

fn collect(directory: &Path, sources: &mut Vec<(PathBuf, String)>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(directory).with_context(|| format!("{} can't be read", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path)?;
            sources.push((path, text));
        }
    }
    Ok(())
}
