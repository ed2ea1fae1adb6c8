//! What a provider says about who signed in, and whether to believe it (OpenID Connect Core 1.0, section 3.1.3.7).

use std::collections::BTreeSet;
use std::time::Duration;

use hansa_model::time::Timestamp;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde_json::{Map, Value};

use super::OidcError;

/// How far the provider's clock may be off.
const SKEW: Duration = Duration::from_secs(60);
/// How old what a provider says may be.
const OLDEST: Duration = Duration::from_secs(10 * 60);
/// The longest name that is taken over.
const LONGEST_NAME: usize = 64;
/// The longest `sub`, as the standard has it.
const LONGEST_SUBJECT: usize = 255;

/// Signatures with a private key. A shared secret, or none at all, proves nothing here.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Somebody whom a provider knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who says so.
    pub issuer: String,
    /// What the provider calls them, for ever.
    pub subject: String,
    /// What they are called, as well as the provider tells.
    pub name: String,
    /// The values of the claim that tells roles.
    pub values: BTreeSet<String>,
}

/// What the token must say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

fn refusal(why: &str) -> OidcError {
    OidcError::Token(why.to_owned())
}

/// The head of a token, which tells how it is signed.
pub(super) fn header(token: &str) -> Result<Header, OidcError> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| refusal("it is no JWT"))?;
    if ALGORITHMS.contains(&header.alg) { Ok(header) } else { Err(refusal("it is not signed with a private key")) }
}

/// What the token says, which is believed from then on.
pub(super) fn read(
    token: &str,
    header: &Header,
    key: &Jwk,
    expected: &Expected<'_>,
) -> Result<Map<String, Value>, OidcError> {
    let key = DecodingKey::from_jwk(key).map_err(|_| refusal("the provider's key can't be used"))?;
    let mut validation = Validation::new(header.alg);
    // Everything that is said is checked below, by the exchange's own clock.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let claims = jsonwebtoken::decode::<Map<String, Value>>(token, &key, &validation)
        .map_err(|_| refusal("its signature is wrong"))?
        .claims;
    check(&claims, expected)?;
    Ok(claims)
}

/// Adds what the provider tells of the person beside the token. What the token says counts more.
pub(super) fn complete(claims: &mut Map<String, Value>, told: Map<String, Value>) -> Result<(), OidcError> {
    if text(&told, "sub") != text(claims, "sub") {
        return Err(refusal("what it tells is about somebody else"));
    }
    for (name, value) in told {
        claims.entry(name).or_insert(value);
    }
    Ok(())
}

/// Whom claims are about.
pub(super) fn person(
    claims: &Map<String, Value>,
    issuer: &str,
    roles_claim: Option<&str>,
) -> Result<Person, OidcError> {
    let subject = text(claims, "sub").filter(|subject| (1..=LONGEST_SUBJECT).contains(&subject.len()));
    let subject = subject.filter(|subject| !subject.contains('\0'));
    let subject = subject.ok_or_else(|| refusal("it does not say whom it is about"))?.to_owned();
    Ok(Person {
        issuer: issuer.to_owned(),
        name: name(claims, &subject),
        subject,
        values: roles_claim.map(|claim| values(claims, claim)).unwrap_or_default(),
    })
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name)?.as_str()
}

fn instant(claims: &Map<String, Value>, name: &str) -> Option<Timestamp> {
    let claim = claims.get(name)?;
    // The standard allows fractions of seconds.
    #[allow(clippy::cast_possible_truncation, reason = "a claim beyond all time is refused by its comparison")]
    claim.as_i64().or_else(|| claim.as_f64().map(|seconds| seconds as i64)).map(Timestamp::from_seconds)
}

fn check(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), OidcError> {
    if text(claims, "iss") != Some(expected.issuer) {
        return Err(refusal("it is from somebody else"));
    }
    let audience: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let party = claims.get("azp").map(Value::as_str);
    let for_us = audience.contains(&expected.client) && party.is_none_or(|party| party == Some(expected.client));
    if !for_us || (audience.len() > 1 && party.is_none()) {
        return Err(refusal("it is for somebody else"));
    }
    if text(claims, "nonce") != Some(expected.nonce) {
        return Err(refusal("it is the answer to something else"));
    }
    let (now, end, made) = (expected.now, instant(claims, "exp"), instant(claims, "iat"));
    if end.is_none_or(|end| end.plus(SKEW) <= now) {
        return Err(refusal("it has expired"));
    }
    if made.is_none_or(|made| made > now.plus(SKEW) || made.plus(OLDEST) < now) {
        return Err(refusal("it was not made just now: one of the clocks is wrong"));
    }
    Ok(())
}

/// What a person is called, without what would not do as a label.
fn name(claims: &Map<String, Value>, subject: &str) -> String {
    let candidates = ["preferred_username", "name", "email"].into_iter().filter_map(|claim| text(claims, claim));
    let clean = |candidate: &str| -> String {
        let printable: String = candidate.chars().filter(|character| !character.is_control()).collect();
        printable.trim().chars().take(LONGEST_NAME).collect::<String>().trim_end().to_owned()
    };
    candidates.map(clean).find(|candidate| !candidate.is_empty()).unwrap_or_else(|| clean(subject))
}

/// The values of a claim that holds a text or a list of texts.
fn values(claims: &Map<String, Value>, claim: &str) -> BTreeSet<String> {
    let pointed = || {
        let (first, rest) = claim.strip_prefix('/')?.split_once('/')?;
        claims.get(first)?.pointer(&format!("/{rest}"))
    };
    match claims.get(claim).or_else(pointed) {
        Some(Value::String(one)) => BTreeSet::from([one.clone()]),
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ed25519_dalek::SigningKey;
    use ed25519_dalek::pkcs8::EncodePrivateKey as _;
    use jsonwebtoken::EncodingKey;
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn claims(changes: &[(&str, Value)]) -> Map<String, Value> {
        let mut claims = json!({"iss": "https://sso.example", "aud": "hansa", "sub": "7", "nonce": "n",
            "exp": 1_800_000_300, "iat": 1_800_000_000})
        .as_object()
        .unwrap()
        .clone();
        for (name, value) in changes {
            claims.insert((*name).to_owned(), value.clone());
        }
        claims.retain(|_, value| !value.is_null());
        claims
    }

    fn verdict(changes: &[(&str, Value)]) -> Result<(), String> {
        let expected = Expected { issuer: "https://sso.example", client: "hansa", nonce: "n", now: NOW };
        check(&claims(changes), &expected).map_err(|error| error.to_string())
    }

    #[test]
    fn every_claim_is_checked() {
        assert_eq!(verdict(&[]), Ok(()));
        assert_eq!(verdict(&[("aud", json!(["hansa"]))]), Ok(()));
        assert_eq!(verdict(&[("aud", json!(["other", "hansa"])), ("azp", json!("hansa"))]), Ok(()));
        assert_eq!(verdict(&[("exp", json!(1_799_999_941.5))]), Ok(()));
        for (wrong, why) in [
            (vec![("iss", json!("https://sso.example/"))], "from somebody else"),
            (vec![("aud", json!("other"))], "for somebody else"),
            (vec![("aud", json!(["hansa", "other"]))], "for somebody else"),
            (vec![("azp", json!("other"))], "for somebody else"),
            (vec![("azp", json!(7))], "for somebody else"),
            (vec![("nonce", json!("m"))], "answer to something else"),
            (vec![("nonce", Value::Null)], "answer to something else"),
            (vec![("exp", json!(1_799_999_940))], "expired"),
            (vec![("exp", Value::Null)], "expired"),
            (vec![("iat", json!(1_800_000_061))], "clocks"),
            (vec![("iat", json!(1_799_999_399))], "clocks"),
            (vec![("iat", Value::Null)], "clocks"),
        ] {
            let refusal = verdict(&wrong).unwrap_err();
            assert!(refusal.contains(why), "{wrong:?}: {refusal}");
        }
    }

    #[test]
    fn what_is_told_beside_is_about_the_same_person_and_counts_less() {
        let told = |text: Value| text.as_object().unwrap().clone();
        let mut all = claims(&[("name", json!("Anna"))]);
        complete(&mut all, told(json!({"sub": "7", "name": "Other", "groups": ["a"]}))).unwrap();
        assert_eq!((&all["name"], &all["groups"]), (&json!("Anna"), &json!(["a"])));
        for wrong in [json!({"sub": "8"}), json!({})] {
            assert!(complete(&mut all, told(wrong)).is_err());
        }
    }

    #[test]
    fn people_are_called_as_well_as_the_provider_tells() {
        let called = |changes: &[(&str, Value)]| name(&claims(changes), "7");
        assert_eq!(called(&[("preferred_username", json!(" anna\n ")), ("name", json!("Anna"))]), "anna");
        assert_eq!(called(&[("preferred_username", json!("\t")), ("email", json!("a@b.eu"))]), "a@b.eu");
        assert_eq!(called(&[("name", json!("ä".repeat(99)))]).chars().count(), LONGEST_NAME);
        assert_eq!(called(&[]), "7");
    }

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn jwk(key: &SigningKey) -> Jwk {
        let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        serde_json::from_value(json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": "k"})).unwrap()
    }

    fn signed(algorithm: Algorithm, key: &SigningKey) -> String {
        let secret = match algorithm {
            // A public key is no secret.
            Algorithm::HS256 => EncodingKey::from_secret(key.verifying_key().as_bytes()),
            _ => EncodingKey::from_ed_der(key.to_pkcs8_der().unwrap().as_bytes()),
        };
        jsonwebtoken::encode(&Header::new(algorithm), &claims(&[]), &secret).unwrap()
    }

    fn taken(token: &str, key: &SigningKey) -> Result<Map<String, Value>, OidcError> {
        let expected = Expected { issuer: "https://sso.example", client: "hansa", nonce: "n", now: NOW };
        let header = header(token)?;
        read(token, &header, &jwk(key), &expected)
    }

    #[test]
    fn only_the_provider_signs() {
        let token = signed(Algorithm::EdDSA, &key(1));
        assert_eq!(taken(&token, &key(1)).unwrap()["sub"], "7");
        assert!(taken(&token, &key(2)).is_err(), "another key");
        assert!(taken(&signed(Algorithm::HS256, &key(1)), &key(1)).is_err(), "a shared secret");
        let parts: Vec<_> = token.split('.').collect();
        let text = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let other = Value::Object(claims(&[("sub", json!("8"))]));
        assert!(taken(&format!("{}.{}.{}", parts[0], text(other), parts[2]), &key(1)).is_err(), "other claims");
        for alg in ["none", "None", "RS256", "ES256"] {
            let head = text(json!({"alg": alg, "typ": "JWT"}));
            for signature in ["", parts[2]] {
                assert!(taken(&format!("{head}.{}.{signature}", parts[1]), &key(1)).is_err(), "{alg}");
            }
        }
        assert!(taken("garbage", &key(1)).is_err());
    }

    #[test]
    fn roles_are_found_by_name_or_by_pointer() {
        let claims = claims(&[
            ("groups", json!(["a", 7, "b"])),
            ("https://x/roles", json!("c")),
            ("realm_access", json!({"roles": ["d"]})),
        ]);
        let found = |claim: &str| values(&claims, claim).into_iter().collect::<Vec<_>>();
        assert_eq!(found("groups"), ["a", "b"]);
        assert_eq!(found("https://x/roles"), ["c"]);
        assert_eq!(found("/realm_access/roles"), ["d"]);
        assert!(found("/realm_access/none").is_empty());
    }
}
