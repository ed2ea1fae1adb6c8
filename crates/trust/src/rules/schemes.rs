//! The schemes of certificates that count as evidence: names, levels, and how far a certificate reaches.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use hansa_model::evidence::CertificateClaim;
use hansa_model::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::load::LoadError;

/// A scheme of certificates, attestations, badges or adherences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scheme {
    /// Its name, in capitals without blanks.
    pub id: String,
    /// Its name in full, for people.
    pub title: String,
    /// Other names; compared without case, blanks and punctuation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Its levels or badges; from low to high when they are ordered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<String>,
    /// Other names of levels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub level_aliases: BTreeMap<String, String>,
    /// Whether a higher level covers the lower ones.
    #[serde(default)]
    pub ordered: bool,
    /// Whether a certificate may cover some clauses only.
    #[serde(default)]
    pub clauses: bool,
    /// Whether a certificate may cover some service kinds or sites only.
    #[serde(default)]
    pub scope: bool,
    /// Whether it is given for one jurisdiction.
    #[serde(default)]
    pub jurisdiction: bool,
    /// How many months after it was issued it counts no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_months: Option<u32>,
    /// What else to know, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Where a scheme stands in the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct SchemeAt(pub(super) u32);

/// Every scheme that is known.
#[derive(Debug)]
pub struct Schemes {
    schemes: Vec<Scheme>,
    places: HashMap<String, SchemeAt>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schemes: Vec<Scheme>,
}

impl Schemes {
    /// Reads them from the text of a file.
    ///
    /// # Errors
    /// [`LoadError`] when the text has another form, or a name stands for two schemes or levels.
    pub fn read(file: &str, text: &str) -> Result<Self, LoadError> {
        let parsed: File = yaml_serde::from_str(text).map_err(|error| LoadError::format(file, &error))?;
        let mut places = HashMap::new();
        for (at, scheme) in (0u32..).zip(&parsed.schemes) {
            for name in std::iter::once(&scheme.id).chain(&scheme.aliases) {
                if places.insert(plain(name), SchemeAt(at)).is_some() {
                    return Err(LoadError::Twice { file: file.to_owned(), id: name.clone() });
                }
            }
            let mut levels = std::collections::BTreeSet::new();
            for level in scheme.levels.iter().chain(scheme.level_aliases.keys()) {
                if !levels.insert(plain(level)) {
                    return Err(LoadError::Twice { file: file.to_owned(), id: format!("{} {level}", scheme.id) });
                }
            }
            if let Some(level) = scheme.level_aliases.values().find(|level| !scheme.levels.contains(level)) {
                let place = format!("levelAliases of {}", scheme.id);
                return Err(LoadError::UnknownLevel { file: file.to_owned(), place, level: level.clone() });
            }
        }
        Ok(Self { schemes: parsed.schemes, places })
    }

    /// The scheme of a name or alias.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Scheme> {
        self.place(name).map(|at| self.at(at))
    }

    /// Every scheme.
    #[must_use]
    pub fn schemes(&self) -> &[Scheme] {
        &self.schemes
    }

    pub(super) fn place(&self, name: &str) -> Option<SchemeAt> {
        self.places.get(name).or_else(|| self.places.get(&plain(name))).copied()
    }

    pub(super) fn at(&self, at: SchemeAt) -> &Scheme {
        &self.schemes[at.0 as usize]
    }
}

impl Scheme {
    /// The place of a level among its levels.
    pub(super) fn level(&self, name: &str) -> Option<usize> {
        let wanted = plain(name);
        let known = |name: &str| self.levels.iter().position(|level| plain(level) == plain(name));
        let alias = || self.level_aliases.iter().find(|(alias, _)| plain(alias) == wanted);
        known(name).or_else(|| alias().and_then(|(_, level)| known(level)))
    }

    /// When a certificate that was issued at an instant is too old; never when absent. A month is taken as 31 days, so
    /// that none ends before the last day that its body means.
    pub(super) fn too_old(&self, issued: Timestamp) -> Option<Timestamp> {
        const DAY: u64 = 24 * 60 * 60;
        self.max_age_months.map(|months| issued.plus(Duration::from_secs(u64::from(months) * 31 * DAY)))
    }
}

/// Whether a certificate reaches what is judged: the kind and the site, where it names any.
pub(super) fn reaches(claim: &CertificateClaim, kind: Option<&str>, site: Option<&str>) -> bool {
    let within = |named: &[String], judged: Option<&str>| {
        named.is_empty() || judged.is_some_and(|judged| named.iter().any(|name| name == judged))
    };
    within(&claim.kinds, kind) && within(&claim.sites, site)
}

/// Whether a clause, as a certificate words it, covers another: itself, or the chapter that it stands in.
pub(super) fn covers(clause: &str, wanted: &str) -> bool {
    wanted
        .strip_prefix(clause)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']) || clause.ends_with(['.', '-']))
        && !clause.is_empty()
}

/// A name without case, blanks and punctuation.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_covers_itself_and_what_stands_in_it() {
        assert!(covers("19.1", "19.1") && covers("19.1", "19.1.c") && covers("STA", "STA-09") && covers("5", "5.12.A"));
        assert!(!covers("19.1", "19.10") && !covers("19.1.c", "19.1") && !covers("", "19.1"));
    }

    #[test]
    fn names_are_found_by_alias_and_level() {
        let text = "schemes:\n  - { id: ENS, title: E, levels: [basica, alta], levelAliases: { básica: basica } }\n  \
                    - { id: ISO27001, title: I, aliases: [ISO/IEC 27001] }";
        let schemes = Schemes::read("certificates.yaml", text).unwrap();
        assert_eq!(schemes.get("iso/iec 27001").unwrap().id, "ISO27001");
        assert_eq!(schemes.get("ISO 27001").unwrap().id, "ISO27001");
        assert!(schemes.get("ISO27002").is_none());
        let ens = schemes.get("ens").unwrap();
        assert_eq!((ens.level("Básica"), ens.level("ALTA"), ens.level("other")), (Some(0), Some(1), None));
    }

    #[test]
    fn a_name_for_two_schemes_or_levels_is_refused() {
        let twice = "schemes:\n  - { id: A, title: A }\n  - { id: B, title: B, aliases: [a] }";
        assert!(matches!(Schemes::read("f", twice), Err(LoadError::Twice { .. })));
        let level = "schemes:\n  - { id: A, title: A, levels: [x], levelAliases: { y: z } }";
        assert!(matches!(Schemes::read("f", level), Err(LoadError::UnknownLevel { .. })));
        let levels = "schemes:\n  - { id: A, title: A, levels: [x, X] }";
        assert!(matches!(Schemes::read("f", levels), Err(LoadError::Twice { .. })));
        let unknown = "schemes:\n  - { id: A, title: A, surprise: 1 }";
        assert!(matches!(Schemes::read("f", unknown), Err(LoadError::Format { .. })));
    }
}
