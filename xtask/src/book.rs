//! The documents and what they point at: links must lead somewhere, and tests that are named must exist.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::workspace::root;

/// Everything in the documents that points at nothing, in sentences.
///
/// # Errors
/// When a document or a source can't be read.
pub fn check() -> anyhow::Result<Vec<String>> {
    let root = root();
    let mut documents = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
    collect(&root.join("docs"), "md", &mut documents)?;
    let mut sources = Vec::new();
    for directory in ["crates", "xtask"] {
        collect(&root.join(directory), "rs", &mut sources)?;
    }
    let code: Vec<String> = sources.iter().map(std::fs::read_to_string).collect::<Result<_, _>>()?;
    let mut faults = Vec::new();
    for document in documents {
        let text = std::fs::read_to_string(&document)?;
        let name = document.strip_prefix(&root).unwrap_or(&document).display();
        let directory = document.parent().unwrap_or(&root);
        let broken = links(&text).filter(|link| !directory.join(link).exists());
        faults.extend(broken.map(|link| format!("{name} links to {link}, which is not there")));
        let missing = tests(&text).filter(|test| !code.iter().any(|source| mentions(source, test)));
        faults.extend(missing.map(|test| format!("{name} names the test {test}, which is not there")));
    }
    Ok(faults)
}

fn collect(directory: &Path, extension: &str, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(directory).with_context(|| format!("{} can't be read", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, extension, found)?;
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    Ok(())
}

/// The targets of a document's links to files.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).filter_map(|(target, _)| {
        let path = target.split('#').next().unwrap_or_default();
        (!path.is_empty() && !target.contains("://")).then_some(path)
    })
}

/// The names in a document that look like those of tests: code of four words or more, joined by underscores.
fn tests(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    quoted.filter(|name| {
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
        let is_metric = name.starts_with("hansa_");
        name.split('_').count() >= 4 && name.split('_').all(is_word) && !is_metric
    })
}

/// Whether a source has this name as a whole word.
fn mentions(source: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    source.match_indices(name).any(|(start, _)| {
        let before = source[..start].chars().next_back();
        let after = source[start + name.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_files_are_found() {
        let text = "[a](b.md) ![c](d/e.svg#f) [g](https://h.example) [i](#j)";
        assert_eq!(links(text).collect::<Vec<_>>(), ["b.md", "d/e.svg"]);
    }

    #[test]
    fn names_of_tests_are_told_from_other_code() {
        let text = "| `no_lifecycle_has_a_defect` | `hansa_agent_journal_full` | `saga_step` | `a_Word_of_four`";
        assert_eq!(tests(text).collect::<Vec<_>>(), ["no_lifecycle_has_a_defect"]);
        assert!(mentions("fn no_test() {}", "no_test") && !mentions("fn no_tests() {}", "no_test"));
    }
}
