//! The files that rule sets are written in, as they stand there.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::marker::PhantomData;

use hansa_model::country::Region;
use hansa_model::evidence::{FactValue, Standing, Strength};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::set::{Asked, Certainty};

/// A rule set.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RuleSetFile {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) title: String,
    pub(super) standing: Standing,
    pub(super) applies_from: String,
    #[serde(default)]
    pub(super) applies_to: Option<String>,
    pub(super) home: Home,
    pub(super) source: String,
    pub(super) licence: String,
    pub(super) certainty: Certainty,
    pub(super) aggregation: Aggregation,
    #[serde(default)]
    pub(super) unanswered: Option<Unanswered>,
    pub(super) levels: Vec<LevelFile>,
    #[serde(default)]
    pub(super) weights: Vec<WeightsFile>,
    #[serde(default)]
    pub(super) objectives: Vec<ObjectiveFile>,
    #[serde(default)]
    pub(super) criteria: Vec<CriterionFile>,
}

/// From where control counts as control from home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Home {
    #[serde(rename = "EU")]
    Union,
    #[serde(rename = "EEA")]
    Area,
}

/// How criteria make a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Aggregation {
    /// Each level asks for criteria of its own; the highest whose criteria are all met is reached.
    EveryLevel,
    /// Each criterion is answered; the weakest answer decides.
    Minimum,
}

/// What counts for a criterion without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Unanswered {
    /// Its first answer.
    FirstAnswer,
    /// Nothing: it allows no level, unless the criterion says which.
    Nothing,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LevelFile {
    pub(super) id: String,
    pub(super) title: String,
    #[serde(default = "declared")]
    pub(super) proof: Strength,
}

fn declared() -> Strength {
    Strength::Declared
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightsFile {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) per: Per,
    /// In hundredths.
    #[serde(default)]
    pub(super) points: Option<u32>,
}

/// What the points of an objective are a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Per {
    /// So many points.
    Fixed,
    /// The most points that it can have.
    Maximum,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ObjectiveFile {
    pub(super) id: String,
    pub(super) title: String,
    /// In ten-thousandths.
    #[serde(deserialize_with = "once")]
    pub(super) weights: BTreeMap<String, u32>,
    pub(super) criteria: Vec<CriterionFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CriterionFile {
    pub(super) id: String,
    pub(super) title: String,
    #[serde(default)]
    pub(super) kinds: Vec<String>,
    #[serde(default)]
    pub(super) except_kinds: Vec<String>,
    #[serde(default, deserialize_with = "once")]
    pub(super) asks: BTreeMap<String, Asked>,
    #[serde(default)]
    pub(super) declaration: Option<ConditionFile>,
    #[serde(default)]
    pub(super) certification: Vec<AcceptFile>,
    #[serde(default)]
    pub(super) assessment: Option<String>,
    #[serde(default)]
    pub(super) requires: Option<ConditionFile>,
    #[serde(default)]
    pub(super) barred_by: Option<ConditionFile>,
    #[serde(default)]
    pub(super) fact: Option<String>,
    #[serde(default)]
    pub(super) unanswered: Option<String>,
    #[serde(default)]
    pub(super) answers: Vec<AnswerFile>,
    #[serde(default)]
    pub(super) computed: Vec<ComputedFile>,
    #[serde(default)]
    pub(super) caps: Vec<CapFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerFile {
    pub(super) n: u8,
    pub(super) label: String,
    /// In hundredths.
    #[serde(default)]
    pub(super) points: u32,
    pub(super) allows: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ComputedFile {
    pub(super) answer: u8,
    pub(super) when: ConditionFile,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CapFile {
    pub(super) at_most: u8,
    #[serde(default)]
    pub(super) when: Option<ConditionFile>,
    #[serde(default)]
    pub(super) unless: Option<ConditionFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AcceptFile {
    pub(super) scheme: String,
    #[serde(default)]
    pub(super) levels: Vec<String>,
    #[serde(default)]
    pub(super) clauses: Vec<String>,
}

/// A condition: the name of a fact that must be shown, or more.
pub(super) enum ConditionFile {
    Shown(String),
    Node(Box<NodeFile>),
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct NodeFile {
    pub(super) all: Option<Vec<ConditionFile>>,
    pub(super) any: Option<Vec<ConditionFile>>,
    pub(super) fact: Option<String>,
    pub(super) strength: Option<Strength>,
    pub(super) stated: Option<bool>,
    pub(super) is: Option<FactValue>,
    pub(super) at_least: Option<i64>,
    pub(super) at_most: Option<i64>,
    pub(super) below: Option<i64>,
    pub(super) some_in: Option<Region>,
    pub(super) every_in: Option<Region>,
    pub(super) some_outside: Option<Region>,
    pub(super) holds: Option<Vec<String>>,
    pub(super) apart_from: Option<String>,
    pub(super) no_longer_than: Option<String>,
    pub(super) not_after: Option<String>,
    pub(super) before: Option<String>,
    pub(super) certificate: Option<AcceptFile>,
    pub(super) control: Option<ControlFile>,
    pub(super) foreign_holders: Option<NoneFile>,
    pub(super) exposure: Option<NoneFile>,
    pub(super) seats_in: Option<Region>,
    pub(super) no_seat_in: Option<Region>,
    pub(super) subcontractors: Option<UnexposedFile>,
    pub(super) subcontractors_in: Option<Region>,
    pub(super) subcontractors_outside: Option<Region>,
    pub(super) immunity: Option<PassFile>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ControlFile {
    Home,
    ThirdCountry,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub(super) enum NoneFile {
    None,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub(super) enum UnexposedFile {
    Unexposed,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PassFile {
    Pass,
}

/// Reads a map whose keys each stand once; the format itself would take the last of several.
pub(super) fn once<'de, D: Deserializer<'de>, V: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, V>, D::Error> {
    struct Once<V>(PhantomData<V>);
    impl<'de, V: Deserialize<'de>> Visitor<'de> for Once<V> {
        type Value = BTreeMap<String, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut all = BTreeMap::new();
            while let Some((key, value)) = map.next_entry::<String, V>()? {
                match all.entry(key) {
                    Entry::Vacant(free) => drop(free.insert(value)),
                    Entry::Occupied(taken) => {
                        return Err(de::Error::custom(format!("`{}` stands there twice", taken.key())));
                    }
                }
            }
            Ok(all)
        }
    }
    deserializer.deserialize_map(Once(PhantomData))
}

impl<'de> Deserialize<'de> for ConditionFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = ConditionFile;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a fact, or a condition")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<ConditionFile, E> {
                Ok(ConditionFile::Shown(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ConditionFile, A::Error> {
                NodeFile::deserialize(MapAccessDeserializer::new(map)).map(|node| ConditionFile::Node(Box::new(node)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}
