//! The licences of everything that Hansa is built with.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::Context as _;

use crate::workspace::{list, metadata, text};

/// Licences that ask for no more than a notice (SPDX identifiers).
const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// What was found.
#[derive(Debug, Default)]
pub struct Survey {
    /// How many packages were looked at.
    pub packages: usize,
    /// Packages whose licence is not permissive, in sentences.
    pub refused: Vec<String>,
    /// Packages that are there in several versions.
    pub duplicates: Vec<String>,
}

/// Looks at every package that is built on this platform, tests included.
///
/// # Errors
/// When Cargo can't be asked.
pub fn survey() -> anyhow::Result<Survey> {
    let metadata = metadata(&["--filter-platform", &host()?])?;
    let resolved: Vec<&str> = list(&metadata["resolve"], "nodes").iter().map(|node| text(node, "id")).collect();
    let mut survey = Survey::default();
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in list(&metadata, "packages").iter().filter(|package| resolved.contains(&text(package, "id"))) {
        let (name, licence) = (text(package, "name"), text(package, "license"));
        survey.packages += 1;
        versions.entry(name).or_default().push(text(package, "version"));
        if !is_permissive(licence) {
            survey.refused.push(format!("{name} has the licence `{licence}`, which is not known to be permissive"));
        }
    }
    let several = versions.into_iter().filter(|(_, versions)| versions.len() > 1);
    survey.duplicates = several.map(|(name, versions)| format!("{name} {}", versions.join(", "))).collect();
    Ok(survey)
}

fn host() -> anyhow::Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output().context("rustc can't be started")?;
    let about = String::from_utf8_lossy(&output.stdout);
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say its host")?.to_owned())
}

/// Whether an SPDX expression leaves a permissive choice; what is no expression does not. `OR` binds weaker than
/// `AND`; the old `/` means `OR`.
#[must_use]
pub fn is_permissive(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Expression { words: &words };
    reader.any() == Some(true) && reader.words.is_empty()
}

/// What is left to read of an expression. Each part answers whether it is permissive, or nothing when it can't be
/// understood.
struct Expression<'w> {
    words: &'w [&'w str],
}

impl<'w> Expression<'w> {
    fn accept(&mut self, word: &str) -> bool {
        let found = self.words.first() == Some(&word);
        if found {
            self.words = &self.words[1..];
        }
        found
    }

    fn name(&mut self) -> Option<&'w str> {
        let (name, rest) = self.words.split_first()?;
        self.words = rest;
        let is_name = !["AND", "OR", "WITH", "(", ")"].contains(name);
        is_name.then_some(name)
    }

    fn any(&mut self) -> Option<bool> {
        let mut permissive = self.all()?;
        while self.accept("OR") {
            permissive |= self.all()?;
        }
        Some(permissive)
    }

    fn all(&mut self) -> Option<bool> {
        let mut permissive = self.one()?;
        while self.accept("AND") {
            permissive &= self.one()?;
        }
        Some(permissive)
    }

    fn one(&mut self) -> Option<bool> {
        if self.accept("(") {
            let inner = self.any()?;
            return self.accept(")").then_some(inner);
        }
        let name = self.name()?;
        if self.accept("WITH") {
            let exception = self.name()?;
            return Some(PERMISSIVE.contains(&format!("{name} WITH {exception}").as_str()));
        }
        Some(PERMISSIVE.contains(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_spdx_says() {
        for good in ["MIT", "MIT/Apache-2.0", "GPL-2.0 OR MIT", "(MIT OR GPL-3.0) AND ISC", "MIT AND BSD-3-Clause"] {
            assert!(is_permissive(good), "{good}");
        }
        let bad =
            ["", "GPL-3.0", "MIT AND MPL-2.0", "MIT OR", "(MIT", "MIT WITH Something", "ISC AND (GPL-2.0 OR LGPL-2.1)"];
        for expression in bad {
            assert!(!is_permissive(expression), "{expression}");
        }
    }
}
