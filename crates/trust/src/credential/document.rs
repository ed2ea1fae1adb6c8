//! What a credential says, once it is known who signed it.

use hansa_model::time::Timestamp;
use serde_json::{Map, Value};

use super::Refusal;
use crate::status::StatusEntry;

/// The context that every credential and presentation begins with.
pub const CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
/// The type that every credential has.
const KIND: &str = "VerifiableCredential";
/// The last day that four digits of a year allow.
const LAST_DAY: &str = "9999-12-31T";
/// The last instant that is counted.
const LAST_INSTANT: &str = "9999-12-30T22:00:00Z";
/// Prefixes that mean one vocabulary only, whatever a credential's own context says.
const PREFIXES: [(&str, &str); 1] = [("gx", "https://w3id.org/gaia-x/")];

/// A credential of the W3C Verifiable Credentials Data Model 2.0.
#[derive(Debug, Clone, PartialEq)]
pub struct Credential {
    /// The identifier that its issuer gave it.
    pub id: Option<String>,
    /// Its types without `VerifiableCredential`, as they are written: `gx:LegalPerson`.
    pub types: Vec<String>,
    /// Who says so.
    pub issuer: String,
    /// From when on it counts; always when absent.
    pub valid_from: Option<Timestamp>,
    /// When it ends; open when absent.
    pub valid_until: Option<Timestamp>,
    /// Where its status is, if it has one.
    pub status: Vec<StatusEntry>,
    /// All of it, an object.
    pub document: Value,
}

impl Credential {
    /// Reads a credential. Nothing is said about whether it can be believed.
    ///
    /// # Errors
    /// [`Refusal::Wrapped`], [`Refusal::Context`], [`Refusal::Member`], [`Refusal::Cyclic`].
    pub fn read(document: Value) -> Result<Self, Refusal> {
        let members = document.as_object().ok_or(Refusal::Member("credentialSubject"))?;
        let common = Common::read(members)?;
        let mut types = common.types;
        if !types.iter().any(|name| name == KIND) {
            return Err(Refusal::Member("type"));
        }
        types.retain(|name| name != KIND);
        let issuer = named(members.get("issuer"), "issuer")?.ok_or(Refusal::Member("issuer"))?;
        check_subjects(members)?;
        if members.contains_key("verifiableCredential") {
            return Err(Refusal::Cyclic("it contains credentials: hand each in by itself, or in a presentation"));
        }
        let status = members.get("credentialStatus").map(StatusEntry::read).transpose();
        let status = status.map_err(Refusal::Member)?.unwrap_or_default();
        let credential = Self {
            id: common.id,
            types,
            issuer,
            valid_from: common.valid_from,
            valid_until: common.valid_until,
            status,
            document,
        };
        credential.check_claims()?;
        Ok(credential)
    }

    /// What it says something about, one or more.
    pub fn subjects(&self) -> impl Iterator<Item = &Map<String, Value>> {
        objects(self.document.get("credentialSubject"))
    }

    /// The identifiers of what it says something about.
    pub fn subject_ids(&self) -> impl Iterator<Item = &str> {
        self.subjects().filter_map(|subject| subject.get("id").and_then(Value::as_str))
    }

    /// The types of what it says something about.
    pub fn subject_types(&self) -> impl Iterator<Item = &str> {
        self.subjects().flat_map(|subject| texts(subject.get("type")))
    }

    /// Registered claims of JSON Web Tokens may be there too, but must not say otherwise.
    fn check_claims(&self) -> Result<(), Refusal> {
        let claim = |name: &str| self.document.get(name);
        if claim("iss").is_some_and(|issuer| *issuer != self.issuer) {
            return Err(Refusal::Member("iss"));
        }
        if claim("jti").is_some_and(|id| id.as_str() != self.id.as_deref()) {
            return Err(Refusal::Member("jti"));
        }
        if claim("sub").is_some_and(|subject| !self.subject_ids().any(|id| subject == id)) {
            return Err(Refusal::Member("sub"));
        }
        Ok(())
    }
}

/// What credentials and presentations have in common.
pub(super) struct Common {
    pub(super) id: Option<String>,
    pub(super) types: Vec<String>,
    pub(super) valid_from: Option<Timestamp>,
    pub(super) valid_until: Option<Timestamp>,
}

impl Common {
    pub(super) fn read(document: &Map<String, Value>) -> Result<Self, Refusal> {
        if let Some(wrapper) = ["vc", "vp"].into_iter().find(|name| document.contains_key(*name)) {
            return Err(Refusal::Wrapped(wrapper));
        }
        check_context(document)?;
        let id = match document.get("id") {
            None => None,
            Some(Value::String(id)) if !id.is_empty() => Some(id.clone()),
            Some(_) => return Err(Refusal::Member("id")),
        };
        let types: Vec<String> = texts(document.get("type")).map(str::to_owned).collect();
        let written = match document.get("type") {
            Some(Value::Array(names)) => names.len(),
            _ => 1,
        };
        if types.is_empty() || types.len() != written {
            return Err(Refusal::Member("type"));
        }
        let valid_from = later(instant(document, "validFrom")?, seconds(document, "nbf")?);
        let valid_until = earlier(instant(document, "validUntil")?, seconds(document, "exp")?);
        if valid_from.zip(valid_until).is_some_and(|(from, until)| until < from) {
            return Err(Refusal::Member("validUntil"));
        }
        Ok(Self { id, types, valid_from, valid_until })
    }
}

/// An identifier that stands alone or as the `id` of an object.
pub(super) fn named(value: Option<&Value>, member: &'static str) -> Result<Option<String>, Refusal> {
    let id = match value {
        None => return Ok(None),
        Some(Value::String(id)) => Some(id),
        Some(Value::Object(object)) => match object.get("id") {
            Some(Value::String(id)) => Some(id),
            _ => None,
        },
        Some(_) => None,
    };
    id.map(|id| Some(id.clone())).ok_or(Refusal::Member(member))
}

/// The texts of a member that holds one or several.
pub(super) fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let items = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    items.iter().filter_map(Value::as_str)
}

/// A claim in seconds since 1970 (RFC 7519).
pub(super) fn seconds(document: &Map<String, Value>, member: &'static str) -> Result<Option<Timestamp>, Refusal> {
    match document.get(member) {
        None => Ok(None),
        Some(value) => value.as_i64().map(|at| Some(Timestamp::from_seconds(at))).ok_or(Refusal::Member(member)),
    }
}

fn objects(value: Option<&Value>) -> impl Iterator<Item = &Map<String, Value>> {
    let items = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    items.iter().filter_map(Value::as_object)
}

fn check_subjects(document: &Map<String, Value>) -> Result<(), Refusal> {
    let subjects = document.get("credentialSubject");
    let written = match subjects {
        Some(Value::Array(items)) => items.len(),
        _ => 1,
    };
    let named = |subject: &&Map<String, Value>| subject.get("id").is_some_and(Value::is_string);
    let found = objects(subjects).filter(named).count();
    if found == 0 || found != written { Err(Refusal::Member("credentialSubject")) } else { Ok(()) }
}

fn check_context(document: &Map<String, Value>) -> Result<(), Refusal> {
    let context = document.get("@context");
    let items = match context {
        Some(Value::Array(items)) => items.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    if items.first().and_then(Value::as_str) != Some(CONTEXT) {
        return Err(Refusal::Context(format!("it must begin with {CONTEXT}")));
    }
    for item in items {
        let Some(terms) = item.as_object() else {
            if item.is_string() {
                continue;
            }
            return Err(Refusal::Context("it holds something else than addresses and objects".to_owned()));
        };
        for (prefix, vocabulary) in PREFIXES {
            let meant = terms.get(prefix).map(|term| term.get("@id").unwrap_or(term));
            if meant.is_some_and(|meant| !meant.as_str().is_some_and(|meant| meant.starts_with(vocabulary))) {
                return Err(Refusal::Context(format!("`{prefix}` must stay in {vocabulary}")));
            }
        }
    }
    Ok(())
}

/// An instant as XML Schema's dateTimeStamp has it: date, `T`, time to the second or finer, and a zone.
fn instant(document: &Map<String, Value>, member: &'static str) -> Result<Option<Timestamp>, Refusal> {
    let Some(value) = document.get(member) else {
        return Ok(None);
    };
    let text = value.as_str().filter(|text| is_date_time_stamp(text)).ok_or(Refusal::Member(member))?;
    // Many write the last second of the calendar for "never"; instants are only counted up to the day before.
    let text = if text.starts_with(LAST_DAY) { LAST_INSTANT } else { text };
    text.parse().map(Some).map_err(|_| Refusal::Member(member))
}

fn is_date_time_stamp(text: &str) -> bool {
    let matches = |text: &str, form: &str| {
        text.len() == form.len()
            && text.bytes().zip(form.bytes()).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                sign => byte == sign,
            })
    };
    let Some((stamp, rest)) = text.split_at_checked(19) else {
        return false;
    };
    let zone = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|sign: char| sign.is_ascii_digit());
            if zone.len() == fraction.len() {
                return false;
            }
            zone
        }
    };
    matches(stamp, "0000-00-00T00:00:00") && ["Z", "+00:00", "-00:00"].iter().any(|form| matches(zone, form))
}

fn later(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.max(other)
}

pub(super) fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
