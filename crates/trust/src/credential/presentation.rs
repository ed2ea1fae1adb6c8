//! What a presentation says and carries, once it is known who signed it.

use hansa_model::time::Timestamp;
use serde_json::{Map, Value};

use super::Refusal;
use super::document::{Common, named, seconds, texts};

/// The type that every presentation has.
const KIND: &str = "VerifiablePresentation";
/// The type of a credential in an envelope.
const ENVELOPED: &str = "EnvelopedVerifiableCredential";
/// What envelopes with a credential begin with.
const ENVELOPES: [&str; 3] =
    ["data:application/vc+jwt,", "data:application/vc+ld+json+jwt,", "data:application/vc+ld+jwt,"];
/// What marks a presentation inside a presentation.
const NESTED: [&str; 2] = [KIND, "EnvelopedVerifiablePresentation"];

/// A presentation of the W3C Verifiable Credentials Data Model 2.0.
#[derive(Debug, Clone, PartialEq)]
pub struct Presentation {
    /// Its identifier.
    pub id: Option<String>,
    /// Who presents.
    pub holder: String,
    /// Whom it is meant for; anybody when empty.
    pub audience: Vec<String>,
    /// The challenge that it answers.
    pub nonce: Option<String>,
    /// When it was made.
    pub made_at: Option<Timestamp>,
    /// From when on it counts.
    pub valid_from: Option<Timestamp>,
    /// When it ends.
    pub valid_until: Option<Timestamp>,
    /// The credentials that it carries, as compact JSON Web Signatures.
    pub credentials: Vec<String>,
    /// All of it, an object.
    pub document: Value,
}

impl Presentation {
    /// Reads a presentation with `limit` credentials at most. Nothing is said about whether it can be believed.
    ///
    /// # Errors
    /// [`Refusal::Wrapped`], [`Refusal::Context`], [`Refusal::Member`], [`Refusal::Cyclic`], [`Refusal::Unsigned`],
    /// [`Refusal::Count`].
    pub fn read(document: Value, limit: usize) -> Result<Self, Refusal> {
        let members = document.as_object().ok_or(Refusal::Member("type"))?;
        let common = Common::read(members)?;
        if !common.types.iter().any(|name| name == KIND) {
            return Err(Refusal::Member("type"));
        }
        let credentials = carried(members, limit)?;
        let text = |member: &'static str| match members.get(member) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Refusal::Member(member)),
        };
        let made_at = seconds(members, "iat")?.or(common.valid_from);
        Ok(Self {
            id: common.id.or(text("jti")?),
            holder: holder(members)?,
            audience: texts(members.get("aud")).map(str::to_owned).collect(),
            nonce: text("nonce")?,
            made_at,
            valid_from: common.valid_from,
            valid_until: common.valid_until,
            credentials,
            document,
        })
    }
}

/// Who presents: `holder`, or `issuer` as Gaia-X writes it; both must agree.
fn holder(document: &Map<String, Value>) -> Result<String, Refusal> {
    let names = ["holder", "issuer", "iss"].map(|member| named(document.get(member), member));
    let mut holder: Option<String> = None;
    for name in names {
        let Some(name) = name? else {
            continue;
        };
        if holder.as_ref().is_some_and(|known| *known != name) {
            return Err(Refusal::Member("holder"));
        }
        holder = Some(name);
    }
    holder.ok_or(Refusal::Member("holder"))
}

fn carried(document: &Map<String, Value>, limit: usize) -> Result<Vec<String>, Refusal> {
    let items = match document.get("verifiableCredential") {
        Some(Value::Array(items)) => items.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    if items.is_empty() || items.len() > limit {
        return Err(Refusal::Count { found: items.len(), limit });
    }
    if document.contains_key("verifiablePresentation") {
        return Err(nested());
    }
    items.iter().map(enveloped).collect()
}

fn enveloped(item: &Value) -> Result<String, Refusal> {
    let types: Vec<&str> = texts(item.get("type")).collect();
    let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
    if types.iter().any(|name| NESTED.contains(name)) || id.starts_with("data:application/vp") {
        return Err(nested());
    }
    if !types.contains(&ENVELOPED) {
        let is_credential = item.is_object();
        return Err(if is_credential { Refusal::Unsigned } else { Refusal::Member("verifiableCredential") });
    }
    let signature = ENVELOPES.iter().find_map(|envelope| id.strip_prefix(envelope));
    signature.map(str::to_owned).ok_or(Refusal::Member("verifiableCredential"))
}

const fn nested() -> Refusal {
    Refusal::Cyclic("it contains a presentation: present the credentials themselves")
}
