//! Hansa's own credentials: claims as they are.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::evidence::{CertificateClaim, Claim, Entity, FactValue, Holding, Subcontractor};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{LONGEST_NAME, Unreadable, shown, texts};

/// The context of Hansa's own credentials.
pub const CONTEXT: &str = "urn:hansa:v1";
const CREDENTIALS_V2: &str = "https://www.w3.org/ns/credentials/v2";

/// What a credential of one of Hansa's own types says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "there is one per credential, never many side by side")]
pub enum Statement {
    /// `hansa:Declaration`: facts that somebody declares of itself.
    Declaration(BTreeMap<String, FactValue>),
    /// `hansa:Certificate`: a certificate as its body words it.
    Certificate(CertificateClaim),
    /// `hansa:Ownership`: who holds what of whom.
    Ownership {
        /// The entities.
        entities: Vec<Entity>,
        /// What they hold.
        holdings: Vec<Holding>,
    },
    /// `hansa:Subcontractors`: everybody who works for a provider; empty when nobody does.
    Subcontractors(Vec<Subcontractor>),
    /// `hansa:Attestation`: claims that somebody has looked at and signs for.
    Attestation(Vec<Claim>),
}

impl Statement {
    /// The type of its credential, `hansa:Declaration`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Declaration(_) => "hansa:Declaration",
            Self::Certificate(_) => "hansa:Certificate",
            Self::Ownership { .. } => "hansa:Ownership",
            Self::Subcontractors(_) => "hansa:Subcontractors",
            Self::Attestation(_) => "hansa:Attestation",
        }
    }

    /// The statement that makes these claims: of the type made for them, an attestation where they are mixed.
    #[must_use]
    pub fn of(claims: &[Claim]) -> Self {
        match claims {
            [Claim::Certificate(certificate)] => return Self::Certificate(certificate.clone()),
            [Claim::NoSubcontractors] => return Self::Subcontractors(Vec::new()),
            [] => return Self::Attestation(Vec::new()),
            _ => {}
        }
        let (mut entities, mut holdings, mut subcontractors) = (Vec::new(), Vec::new(), Vec::new());
        let mut facts = BTreeMap::new();
        for claim in claims {
            match claim {
                Claim::Fact { name, value } => drop(facts.insert(name.clone(), value.clone())),
                Claim::Entity(entity) => entities.push(entity.clone()),
                Claim::Holding(holding) => holdings.push(holding.clone()),
                Claim::Subcontractor(subcontractor) => subcontractors.push(subcontractor.clone()),
                Claim::Certificate(_) | Claim::NoSubcontractors => {}
            }
        }
        if facts.len() == claims.len() {
            Self::Declaration(facts)
        } else if entities.len() + holdings.len() == claims.len() {
            Self::Ownership { entities, holdings }
        } else if subcontractors.len() == claims.len() {
            Self::Subcontractors(subcontractors)
        } else {
            Self::Attestation(claims.to_vec())
        }
    }

    /// The subject of a credential that says this of the subject `id`.
    #[must_use]
    pub fn subject(&self, id: &str) -> Value {
        let mut subject = self.says();
        subject["id"] = id.into();
        subject
    }

    /// What the subject of a credential has besides its identifier.
    fn says(&self) -> Value {
        match self {
            Self::Declaration(facts) => json!({ "facts": facts }),
            Self::Certificate(certificate) => json!({ "certificate": certificate }),
            Self::Ownership { entities, holdings } => json!({ "entities": entities, "holdings": holdings }),
            Self::Subcontractors(subcontractors) => json!({ "subcontractors": subcontractors }),
            Self::Attestation(claims) => json!({ "claims": claims }),
        }
    }

    /// A credential that says this of the subject `id`, still without issuer, validity and status.
    #[must_use]
    pub fn credential(&self, id: &str) -> Value {
        json!({
            "@context": [CREDENTIALS_V2, CONTEXT],
            "type": ["VerifiableCredential", self.kind()],
            "credentialSubject": self.subject(id),
        })
    }

    /// The claims that it makes.
    #[must_use]
    pub fn into_claims(self) -> Vec<Claim> {
        match self {
            Self::Declaration(facts) => facts.into_iter().map(|(name, value)| Claim::Fact { name, value }).collect(),
            Self::Certificate(certificate) => vec![Claim::Certificate(certificate)],
            Self::Ownership { entities, holdings } => {
                entities.into_iter().map(Claim::Entity).chain(holdings.into_iter().map(Claim::Holding)).collect()
            }
            Self::Subcontractors(none) if none.is_empty() => vec![Claim::NoSubcontractors],
            Self::Subcontractors(all) => all.into_iter().map(Claim::Subcontractor).collect(),
            Self::Attestation(claims) => claims,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    facts: BTreeMap<String, FactValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Certified {
    certificate: CertificateClaim,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Owned {
    #[serde(default)]
    entities: Vec<Entity>,
    #[serde(default)]
    holdings: Vec<Holding>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subcontracted {
    subcontractors: Vec<Subcontractor>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attested {
    claims: Vec<Claim>,
}

/// The type of the credential that makes these claims, and its subject still without an identifier; what [`read`] of it
/// gives are the claims again, entities before holdings, facts by their names.
///
/// [`read`]: super::read
#[must_use]
pub fn write(claims: &[Claim]) -> (&'static str, Value) {
    let statement = Statement::of(claims);
    (statement.kind(), statement.says())
}

pub(super) fn read(document: &Map<String, Value>, kind: &str) -> Result<Vec<Claim>, Unreadable> {
    if !texts(document.get("@context")).contains(&CONTEXT) {
        return Err(Unreadable::Form("a credential of Hansa has the context `urn:hansa:v1`"));
    }
    let subjects = match document.get("credentialSubject") {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => return Err(Unreadable::Form("the credential has no `credentialSubject`")),
    };
    let mut claims = Vec::new();
    for subject in subjects {
        let says = statement(subject, kind)?.into_claims();
        check_names(&says)?;
        claims.extend(says);
    }
    Ok(claims)
}

fn statement(subject: &Value, kind: &str) -> Result<Statement, Unreadable> {
    Ok(match kind {
        "hansa:Declaration" => Statement::Declaration(parse::<Facts>(subject, kind)?.facts),
        "hansa:Certificate" => Statement::Certificate(parse::<Certified>(subject, kind)?.certificate),
        "hansa:Ownership" => {
            let Owned { entities, holdings } = parse(subject, kind)?;
            Statement::Ownership { entities, holdings }
        }
        "hansa:Subcontractors" => Statement::Subcontractors(parse::<Subcontracted>(subject, kind)?.subcontractors),
        "hansa:Attestation" => Statement::Attestation(parse::<Attested>(subject, kind)?.claims),
        other => return Err(Unreadable::UnknownType(shown(other))),
    })
}

fn parse<T: DeserializeOwned>(subject: &Value, kind: &str) -> Result<T, Unreadable> {
    let mut says = subject.clone();
    if let Some(subject) = says.as_object_mut() {
        subject.shift_remove("id");
        subject.shift_remove("type");
    }
    T::deserialize(says).map_err(|error| Unreadable::Subject { kind: kind.to_owned(), why: shown(&error.to_string()) })
}

fn check_names(claims: &[Claim]) -> Result<(), Unreadable> {
    let mut seen = BTreeSet::new();
    for claim in claims {
        let Claim::Fact { name, .. } = claim else { continue };
        let is_word = |word: &str| {
            !word.is_empty()
                && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        if name.len() > LONGEST_NAME || !name.split('.').all(is_word) || !seen.insert(name) {
            return Err(Unreadable::Name(shown(name)));
        }
    }
    Ok(())
}
