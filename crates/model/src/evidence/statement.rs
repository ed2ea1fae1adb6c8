//! What people write into a declaration file, and the claims that it makes.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de};

use super::claim::{CertificateClaim, Claim, Entity, FactValue, Holding, Right, Share, Subcontractor};
use crate::time::Timestamp;

/// The word that stands for the participant itself in holdings.
const SELF: &str = "self";

/// A declaration file.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Statement {
    facts: BTreeMap<String, FactValue>,
    certificates: Vec<CertificateClaim>,
    entities: Vec<Entity>,
    holdings: Vec<WrittenHolding>,
    /// An empty list says that there are none; nothing is said when it is absent.
    subcontractors: Option<Vec<Subcontractor>>,
}

/// A holding with parts as people write them: `24.5 %`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenHolding {
    owner: String,
    owned: String,
    #[serde(default)]
    capital: Option<Percent>,
    #[serde(default)]
    votes: Option<Percent>,
    #[serde(default)]
    joint_group: Option<String>,
    #[serde(default)]
    rights: Option<Vec<Right>>,
    #[serde(default)]
    valid_from: Option<Timestamp>,
    #[serde(default)]
    valid_to: Option<Timestamp>,
    #[serde(default)]
    source: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Percent(Share);

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = serde_json::Value::deserialize(deserializer)?;
        let text = match &written {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        let refusal = || de::Error::custom(format!("`{written}` is no percentage from 0 to 100, like `24.5 %`"));
        hundredths(&text).map(|share| Self(Share(share))).ok_or_else(refusal)
    }
}

/// A percentage as people write it, `24.5 %`, in hundredths of a percent; `None` when it is none from 0 to 100.
#[must_use]
pub fn hundredths(text: &str) -> Option<u32> {
    let number = text.trim().strip_suffix('%').unwrap_or(text).trim();
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    let share = whole.parse::<u32>().ok()?.checked_mul(100)?.checked_add(format!("{part:0<2}").parse().ok()?)?;
    (share <= 10_000).then_some(share)
}

/// Why something written is no statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStatement {
    /// A fact is not written as name and value.
    #[error("`{0}` is no fact: write NAME=VALUE, like csf.sov-1-q1=4")]
    Fact(String),
    /// Nothing is said.
    #[error("nothing is declared")]
    Empty,
}

impl Statement {
    /// Adds a fact that was written as `name=value`.
    ///
    /// # Errors
    /// [`InvalidStatement::Fact`].
    pub fn add_fact(&mut self, written: &str) -> Result<(), InvalidStatement> {
        let (name, value) = written.split_once('=').ok_or_else(|| InvalidStatement::Fact(written.to_owned()))?;
        let value = match (value, value.parse::<i64>()) {
            ("true", _) => FactValue::Flag(true),
            ("false", _) => FactValue::Flag(false),
            (_, Ok(number)) => FactValue::Number(number),
            (text, _) => FactValue::Text(text.to_owned()),
        };
        self.facts.insert(name.trim().to_owned(), value);
        Ok(())
    }

    /// The claims that it makes about the participant of this short name.
    ///
    /// # Errors
    /// [`InvalidStatement::Empty`].
    pub fn into_claims(self, participant: &str) -> Result<Vec<Claim>, InvalidStatement> {
        let Self { facts, certificates, entities, holdings, subcontractors } = self;
        let named = |entity: String| if entity == SELF { participant.to_owned() } else { entity };
        let mut claims: Vec<Claim> = facts.into_iter().map(|(name, value)| Claim::Fact { name, value }).collect();
        claims.extend(certificates.into_iter().map(Claim::Certificate));
        let renamed = |entity: Entity| Claim::Entity(Entity { id: named(entity.id.clone()), ..entity });
        claims.extend(entities.into_iter().map(renamed));
        claims.extend(holdings.into_iter().map(|written| {
            Claim::Holding(Holding {
                owner: named(written.owner),
                owned: named(written.owned),
                capital: written.capital.map(|Percent(share)| share),
                votes: written.votes.map(|Percent(share)| share),
                joint_group: written.joint_group,
                rights: written.rights.map(|rights| rights.into_iter().collect()),
                valid_from: written.valid_from,
                valid_to: written.valid_to,
                source: written.source,
            })
        }));
        match subcontractors {
            None => {}
            Some(none) if none.is_empty() => claims.push(Claim::NoSubcontractors),
            Some(some) => claims.extend(some.into_iter().map(Claim::Subcontractor)),
        }
        if claims.is_empty() { Err(InvalidStatement::Empty) } else { Ok(claims) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_as_people_write_them() {
        for (text, share) in [("24", 2_400), ("24.5 %", 2_450), ("0.01%", 1), ("100 %", 10_000), ("33.3", 3_330)] {
            assert_eq!(hundredths(text), Some(share), "{text}");
        }
        for wrong in ["", "%", "100.01", "-1", "1.234", "1,5", "ten", "4294967296"] {
            assert_eq!(hundredths(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn self_stands_for_the_participant_and_no_subcontractors_are_said() {
        let text = r#"{"holdings": [{"owner": "anna", "owned": "self", "votes": "100 %", "rights": []}],
            "subcontractors": []}"#;
        let said = serde_json::from_str::<Statement>(text).unwrap().into_claims("alpha").unwrap();
        let [Claim::Holding(holding), Claim::NoSubcontractors] = said.as_slice() else { panic!("{said:?}") };
        assert_eq!((holding.owned.as_str(), holding.votes), ("alpha", Some(Share(10_000))));
        assert_eq!(holding.rights.as_ref().map(std::collections::BTreeSet::len), Some(0));
    }
}
