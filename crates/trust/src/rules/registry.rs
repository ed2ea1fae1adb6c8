//! The rule sets that are at hand, several versions side by side.

use std::sync::Arc;

use hansa_model::evidence::Standing;
use hansa_model::time::Timestamp;

use super::load::LoadError;
use super::schemes::Schemes;
use super::set::RuleSet;
use super::vocabulary::Vocabulary;

macro_rules! file {
    ($path:literal) => {
        ($path, include_str!(concat!("../../../../data/rules/", $path)))
    };
}

const FACTS: (&str, &str) = file!("facts.yaml");
const CERTIFICATES: (&str, &str) = file!("certificates.yaml");
const SETS: [(&str, &str); 5] = [
    file!("gaia-x/25.10.yaml"),
    file!("csf/2026-06.yaml"),
    file!("cada/2026-06-proposal.yaml"),
    file!("secnumcloud-ownership/3.2.yaml"),
    file!("data-act/2023-2854.yaml"),
];

/// The rule sets that are at hand, with the facts and schemes that they name.
#[derive(Debug, Clone)]
pub struct RuleSets {
    vocabulary: Arc<Vocabulary>,
    schemes: Arc<Schemes>,
    sets: Vec<Arc<RuleSet>>,
}

impl RuleSets {
    /// Those that Hansa comes with.
    ///
    /// # Errors
    /// [`LoadError`], which its tests rule out.
    pub fn embedded() -> Result<Self, LoadError> {
        Self::read(FACTS, CERTIFICATES, &SETS)
    }

    /// The files that Hansa comes with, each by its name and verbatim: facts, certificates, then rule sets.
    #[must_use]
    pub fn embedded_files() -> Vec<(&'static str, &'static str)> {
        [FACTS, CERTIFICATES].into_iter().chain(SETS).collect()
    }

    /// Those of these files, each a name and a text: the facts, the schemes, and one for each version of a rule set.
    ///
    /// # Errors
    /// [`LoadError`] when a file is not sound, or a version stands there twice.
    pub fn read(facts: (&str, &str), schemes: (&str, &str), sets: &[(&str, &str)]) -> Result<Self, LoadError> {
        let vocabulary = Arc::new(Vocabulary::read(facts.0, facts.1)?);
        let schemes = Arc::new(Schemes::read(schemes.0, schemes.1)?);
        let mut all = Self { vocabulary, schemes, sets: Vec::with_capacity(sets.len()) };
        for (file, text) in sets {
            all.add(file, text)?;
        }
        Ok(all)
    }

    /// Adds a version of a rule set beside those that are there.
    ///
    /// # Errors
    /// [`LoadError`] when the file is not sound, or its version is there already.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), LoadError> {
        let set = RuleSet::read(file, text, &self.vocabulary, &self.schemes)?;
        if self.get(&set.about().id, &set.about().version).is_some() {
            let id = format!("{} {}", set.about().id, set.about().version);
            return Err(LoadError::Twice { file: (*file).to_owned(), id });
        }
        self.sets.push(Arc::new(set));
        Ok(())
    }

    /// A version of a rule set.
    #[must_use]
    pub fn get(&self, id: &str, version: &str) -> Option<&Arc<RuleSet>> {
        self.sets.iter().find(|set| set.about().id == id && set.about().version == version)
    }

    /// The version of a rule set that is used at an instant: the last that applies by then and is not superseded.
    #[must_use]
    pub fn current(&self, id: &str, at: Timestamp) -> Option<&Arc<RuleSet>> {
        let applies = |set: &&Arc<RuleSet>| {
            let about = set.about();
            let time = about.applies_from <= at && about.applies_to.is_none_or(|end| at < end);
            about.id == id && time && about.standing != Standing::Superseded
        };
        self.sets.iter().filter(applies).max_by_key(|set| set.about().applies_from)
    }

    /// The version of each rule set that is used at an instant.
    #[must_use]
    pub fn all_current(&self, at: Timestamp) -> Vec<&Arc<RuleSet>> {
        let mut ids: Vec<&str> = Vec::new();
        for set in &self.sets {
            if !ids.contains(&set.about().id.as_str()) {
                ids.push(&set.about().id);
            }
        }
        ids.into_iter().filter_map(|id| self.current(id, at)).collect()
    }

    /// Every version of every rule set.
    #[must_use]
    pub fn all(&self) -> &[Arc<RuleSet>] {
        &self.sets
    }

    /// The facts that they may ask for.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The schemes of certificates that they know.
    #[must_use]
    pub fn schemes(&self) -> &Schemes {
        &self.schemes
    }
}
