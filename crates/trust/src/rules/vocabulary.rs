//! The facts that rule sets may ask for: what each means, what its values look like, who asks for it.

use std::collections::{BTreeMap, HashMap};

use hansa_model::country::Country;
use hansa_model::evidence::FactValue;
use serde::{Deserialize, Serialize};

use super::load::LoadError;
use super::period::Period;

/// What the values of a fact look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactKind {
    /// Yes or no.
    Flag,
    /// A whole number; its unit or scale ends the name.
    Number,
    /// One word or sentence.
    Text,
    /// One or several words.
    Words,
    /// One or several countries by the two letters of ISO 3166.
    Countries,
    /// A day: `2027-01-11`.
    Date,
    /// A period: `P2M`.
    Period,
    /// The address of a document.
    Url,
}

/// The part of onboarding that asks for a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Who the provider is.
    LegalPerson,
    /// Its registration numbers.
    Registration,
    /// Its addresses.
    Address,
    /// Who owns it, and who works for it.
    Ownership,
    /// Its certificates.
    Certificates,
    /// Its contracts and policies.
    Terms,
    /// Whom to ask.
    Contacts,
    /// Its terms of switching.
    DataAct,
    /// Its sites.
    Site,
    /// What it offers.
    Service,
    /// Its answers on sovereignty.
    Sovereignty,
    /// Nobody asks: an assessment body says it.
    Assessment,
    /// Nobody asks: the exchange finds it out.
    Exchange,
}

/// What several pieces of evidence make of one fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Several {
    /// They must agree; otherwise the fact is not known.
    #[default]
    Agree,
    /// What they say is added up.
    Collect,
}

/// A fact that rule sets may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fact {
    /// What its values look like.
    #[serde(rename = "type")]
    pub kind: FactKind,
    /// Who asks for it.
    pub step: Step,
    /// What several pieces of evidence make of it.
    #[serde(default)]
    pub several: Several,
    /// What it is, for people, fit for the middle of a sentence.
    pub title: String,
    /// How to answer it, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The values that it may have; any when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// Why a value does not fit its fact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactFault {
    /// No rule set asks for such a fact.
    #[error("no rule set asks for `{0}`; see the list of facts")]
    Unknown(String),
    /// The value has another form.
    #[error("`{name}` must be {expected}")]
    Form {
        /// The fact.
        name: String,
        /// What it must be.
        expected: &'static str,
    },
    /// The value is none of those that the fact may have.
    #[error("`{name}` must be one of {allowed}")]
    Value {
        /// The fact.
        name: String,
        /// Those it may have.
        allowed: String,
    },
}

/// Where a fact stands in the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FactAt(pub(super) u32);

/// Every fact that rule sets may ask for.
#[derive(Debug)]
pub struct Vocabulary {
    facts: Vec<(String, Fact)>,
    places: HashMap<String, FactAt>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(deserialize_with = "super::source::once")]
    facts: BTreeMap<String, Fact>,
}

impl Vocabulary {
    /// Reads it from the text of a file.
    ///
    /// # Errors
    /// [`LoadError`] when the text has another form.
    pub fn read(file: &str, text: &str) -> Result<Self, LoadError> {
        let parsed: File = yaml_serde::from_str(text).map_err(|error| LoadError::format(file, &error))?;
        let facts: Vec<_> = parsed.facts.into_iter().collect();
        let places = (0u32..).zip(&facts).map(|(at, (name, _))| (name.clone(), FactAt(at))).collect();
        Ok(Self { facts, places })
    }

    /// The fact of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Fact> {
        self.place(name).map(|at| &self.at(at).1)
    }

    /// Every fact with its name, by name.
    pub fn facts(&self) -> impl Iterator<Item = (&str, &Fact)> {
        self.facts.iter().map(|(name, fact)| (name.as_str(), fact))
    }

    /// Whether a value may be stated for a fact.
    ///
    /// # Errors
    /// [`FactFault`], for people to put right.
    pub fn check(&self, name: &str, value: &FactValue) -> Result<(), FactFault> {
        let fact = self.get(name).ok_or_else(|| FactFault::Unknown(name.chars().take(64).collect()))?;
        if !fact.kind.strictly(value) {
            return Err(FactFault::Form { name: name.to_owned(), expected: fact.kind.expected() });
        }
        let allowed = |word: &String| fact.values.is_empty() || fact.values.contains(word);
        let fits = match value {
            FactValue::Text(word) => allowed(word),
            FactValue::List(words) => words.iter().all(allowed),
            FactValue::Flag(_) | FactValue::Number(_) => true,
        };
        if fits { Ok(()) } else { Err(FactFault::Value { name: name.to_owned(), allowed: fact.values.join(", ") }) }
    }

    pub(super) fn place(&self, name: &str) -> Option<FactAt> {
        self.places.get(name).copied()
    }

    pub(super) fn at(&self, at: FactAt) -> &(String, Fact) {
        &self.facts[at.0 as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.facts.len()
    }
}

impl FactKind {
    /// Whether a value counts: words may come as one text, and numbers that are collected as a list of digits.
    pub(super) fn loosely(self, value: &FactValue, several: Several) -> bool {
        match (self, value) {
            (Self::Words | Self::Countries, FactValue::Text(_) | FactValue::List(_))
            | (Self::Flag, FactValue::Flag(_))
            | (Self::Number, FactValue::Number(_))
            | (Self::Text | Self::Date | Self::Period | Self::Url, FactValue::Text(_)) => true,
            (Self::Number, FactValue::List(words)) => {
                several == Several::Collect && words.iter().all(|word| word.parse::<i64>().is_ok())
            }
            _ => false,
        }
    }

    fn strictly(self, value: &FactValue) -> bool {
        let country = |word: &String| word.parse::<Country>().is_ok();
        match (self, value) {
            (Self::Flag, FactValue::Flag(_)) | (Self::Number, FactValue::Number(_)) => true,
            (Self::Text, FactValue::Text(text)) => !text.trim().is_empty(),
            (Self::Words, FactValue::Text(text)) => !text.trim().is_empty(),
            (Self::Words, FactValue::List(words)) => words.iter().all(|word| !word.trim().is_empty()),
            (Self::Countries, FactValue::Text(text)) => country(text),
            (Self::Countries, FactValue::List(words)) => words.iter().all(country),
            (Self::Date, FactValue::Text(text)) => text.parse::<jiff::civil::Date>().is_ok(),
            (Self::Period, FactValue::Text(text)) => text.parse::<Period>().is_ok(),
            (Self::Url, FactValue::Text(text)) => url::Url::parse(text).is_ok(),
            _ => false,
        }
    }

    fn expected(self) -> &'static str {
        match self {
            Self::Flag => "true or false",
            Self::Number => "a whole number",
            Self::Text => "a text",
            Self::Words => "a text or a list of texts",
            Self::Countries => "countries by two capital letters, such as [DE, FR]",
            Self::Date => "a day such as 2027-01-11",
            Self::Period => "a period such as P2M or P59D",
            Self::Url => "an address such as https://provider.example/terms",
        }
    }
}
