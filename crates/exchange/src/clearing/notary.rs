//! The notary: registration numbers that are well written, signed for.

use hansa_model::country::Country;
use hansa_trust::credential::Signer as Pen;
use hansa_trust::fetch::Fetch as _;
use hansa_trust::registration::{self, Checked, Kind, Number};
use serde_json::{Value, json};
use url::Url;

use super::{CONTEXTS, LIFETIME, check_id};
use crate::trust::keys;
use crate::trust::names::{Signer, did};
use crate::{Error, Exchange, Result};

/// The most bytes of a notary's answer.
const MOST_BYTES: usize = 256 * 1024;

/// What is asked of the notary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What kind of number: `vat-id`, `lei-code`, `eori`, `tax-id`, `euid`, `local`.
    pub kind: String,
    /// The number.
    pub number: String,
    /// The country, where the number does not name it.
    pub country: Option<Country>,
    /// The identifier that the credential shall have.
    pub credential: String,
    /// The identifier of what it is about; `{credential}#cs` when absent.
    pub subject: Option<String>,
}

/// A kind of number: how it is checked, and how the ontology calls it.
struct Register {
    kind: Kind,
    class: &'static str,
    property: &'static str,
    /// The property with the country, where the class has one.
    country: Option<&'static str>,
}

fn register(name: &str) -> Option<Register> {
    let (kind, class, property, country) = match name {
        "vat-id" => (Kind::Vat, "gx:VatID", "gx:vatID", Some("gx:countryCode")),
        "lei-code" => (Kind::Lei, "gx:LeiCode", "schema:leiCode", Some("gx:countryCode")),
        "eori" => (Kind::Eori, "gx:EORI", "gx:eori", Some("gx:country")),
        "euid" => (Kind::Euid, "gx:EUID", "gx:euid", None),
        "tax-id" => (Kind::Local, "gx:TaxID", "schema:taxID", None),
        "local" => (Kind::Local, "gx:LocalRegistrationNumber", "gx:local", None),
        _ => return None,
    };
    Some(Register { kind, class, property, country })
}

/// Signs for a registration number whose form and check digits are right. No register is asked, and the credential
/// says so.
///
/// # Errors
/// [`Error::NotFound`] for kinds that there are not, [`Error::Invalid`] for numbers that are wrong.
pub async fn notarise(exchange: &Exchange, asked: &Asked) -> Result<String> {
    let register = register(&asked.kind).ok_or_else(|| Error::not_found("kind of registration number", &asked.kind))?;
    check_id("vcId", &asked.credential)?;
    let subject = asked.subject.clone().unwrap_or_else(|| format!("{}#cs", asked.credential));
    check_id("subjectId", &subject)?;
    let checked = registration::check(register.kind, asked.country, &asked.number);
    let number = checked.map_err(|fault| Error::field("number", format!("{}: {}", fault.why, fault.hint)))?;
    let document = credential(exchange, asked, &register, &number, &subject);
    let key = keys::signing(exchange, &Signer::Exchange).await?;
    let signed = Pen { key: &key.key, key_id: &key.id }.credential(&document);
    signed.map_err(|error| Error::field("vcId", format!("no credential can be made of it: {error}")))
}

/// Asks the notary that the exchange is set up with; its own without one.
///
/// # Errors
/// As [`notarise`]; [`Error::Impossible`] when a notary elsewhere refuses or can't be asked.
pub async fn ask_notary(exchange: &Exchange, asked: &Asked) -> Result<String> {
    let Some(base) = &exchange.settings().trust.clearing_house.notary else { return notarise(exchange, asked).await };
    let unfit = |why: String| Error::impossible("clearing-house", why, "check the number, or ask again later");
    let mut url = Url::parse(base).map_err(|error| unfit(format!("`{base}`: {error}")))?;
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["v2", "registration-numbers", &asked.kind, &asked.number]);
    }
    url.query_pairs_mut().append_pair("vcId", &asked.credential);
    if let Some(subject) = &asked.subject {
        url.query_pairs_mut().append_pair("subjectId", subject);
    }
    let fetched = exchange.web().fetch(url.as_str(), MOST_BYTES).await.map_err(|error| unfit(error.to_string()))?;
    String::from_utf8(fetched.body).map_err(|_| unfit("the notary answered no credential".to_owned()))
}

fn credential(exchange: &Exchange, asked: &Asked, register: &Register, number: &Number, subject: &str) -> Value {
    let now = exchange.now();
    let how = match number.checked {
        Checked::Format => "its form was checked",
        Checked::CheckDigits => "its form and check digits were checked",
    };
    let mut about = json!({"id": subject, "type": register.class});
    about[register.property] = number.normalised.as_str().into();
    let country = asked.country.or_else(|| prefix(register.kind, &number.normalised));
    if let (Some(property), Some(country)) = (register.country, country) {
        about[property] = country.code().into();
    }
    json!({
        "@context": [CONTEXTS[0], CONTEXTS[1], {"schema": "https://schema.org/"}],
        "id": asked.credential,
        "type": ["VerifiableCredential", register.class],
        "issuer": did(exchange, &Signer::Exchange),
        "validFrom": now,
        "validUntil": now.plus(LIFETIME),
        "name": "Registration number",
        "description": format!("Of this number {how}. No register was asked whether it exists and whose it is."),
        "credentialSubject": about,
    })
}

/// The country that a number begins with.
fn prefix(kind: Kind, number: &str) -> Option<Country> {
    let code = match number.get(..2)? {
        // Greece writes its VAT numbers so, and Northern Ireland its own.
        "EL" => "GR",
        "XI" => "GB",
        other => other,
    };
    matches!(kind, Kind::Vat | Kind::Eori).then(|| code.parse().ok()).flatten()
}
