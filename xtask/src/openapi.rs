//! The checked-in API document.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// Writes the document that the code describes.
///
/// # Errors
/// When it can't be written.
pub fn write() -> Result<()> {
    let path = path();
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).with_context(|| format!("can't make {}", directory.display()))?;
    }
    fs::write(&path, current()?).with_context(|| format!("can't write {}", path.display()))
}

/// Compares the checked-in document with the one that the code describes.
///
/// # Errors
/// When they differ, or the checked-in one can't be read.
pub fn check() -> Result<()> {
    let path = path();
    let kept = fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
    if kept != current()? {
        bail!("{} is not what the code describes: run `cargo xtask openapi` and commit it", path.display());
    }
    Ok(())
}

fn current() -> Result<String> {
    let text = hansa_api::document().to_pretty_json().context("the document can't be written as JSON")?;
    Ok(text + "\n")
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/hansa-v1.json")
}
