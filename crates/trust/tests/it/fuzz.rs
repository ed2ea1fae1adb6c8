//! What nobody thought of: bytes, bits and members changed at random. Nothing of it is believed, nothing panics.

use std::sync::LazyLock;

use hansa_trust::credential::{Expected, Settings, Verifier};
use hansa_trust::did::{Chain, DidUrl, DidWeb, Document};
use hansa_trust::fetch::AtHand;
use hansa_trust::jose::{Jws, PublicKey, SigningKey};
use hansa_trust::status::{Bitstring, StatusEntry, StatusList};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::hostile::Cast;
use crate::stage::{now, run};

static CAST: LazyLock<Cast> = LazyLock::new(Cast::new);
static VERIFIER: LazyLock<Verifier<AtHand>> = LazyLock::new(|| Verifier::new(CAST.documents(), Settings::default()));
static CREDENTIAL: LazyLock<String> = LazyLock::new(|| CAST.issuer.sign("vc", &CAST.credential()));
static PRESENTATION: LazyLock<String> = LazyLock::new(|| CAST.holder.sign("vp", &CAST.presentation()));

fn believed(compact: &str) -> bool {
    run(VERIFIER.verify_credential(compact, now())).is_ok()
        || run(VERIFIER.verify_presentation(compact, &Expected::default(), now())).is_ok()
}

/// Any JSON, with the names and values that are looked for among the rest.
fn json() -> impl Strategy<Value = Value> {
    let known = prop::sample::select(vec![
        "did:web:issuer.example",
        "did:web:issuer.example#key-1",
        "https://www.w3.org/ns/credentials/v2",
        "EC",
        "P-256",
        "ES256",
        "VerifiableCredential",
        "VerifiablePresentation",
        "JsonWebKey2020",
        "BitstringStatusListEntry",
        "revocation",
        "5",
        "BitstringStatusListCredential",
        "BitstringStatusList",
        "2026-11-22T12:00:00Z",
        "none",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 4.0)),
        known.prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((member(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn member() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "@context",
        "id",
        "type",
        "issuer",
        "validFrom",
        "validUntil",
        "credentialSubject",
        "credentialStatus",
        "statusPurpose",
        "statusListIndex",
        "statusListCredential",
        "encodedList",
        "verifiableCredential",
        "holder",
        "verificationMethod",
        "assertionMethod",
        "authentication",
        "controller",
        "publicKeyJwk",
        "kty",
        "crv",
        "x",
        "y",
        "n",
        "e",
        "alg",
        "x5c",
        "x5u",
        "iss",
        "sub",
        "jti",
        "nbf",
        "exp",
        "iat",
        "aud",
        "nonce",
        "vc",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,6}"]
}

/// A way into a document.
fn choice(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<prop::sample::Index>> {
    prop::collection::vec(any::<prop::sample::Index>(), length)
}

/// Puts a value somewhere into a document: at the member that `choice` leads to.
fn replace(place: &mut Value, choice: &[prop::sample::Index], value: Value) {
    let size = match &*place {
        Value::Object(members) => members.len(),
        Value::Array(items) => items.len(),
        _ => 0,
    };
    let Some((index, rest)) = choice.split_first().filter(|_| size > 0) else {
        *place = value;
        return;
    };
    let at = index.index(size);
    let inner = match place {
        Value::Object(members) => members.values_mut().nth(at),
        Value::Array(items) => items.get_mut(at),
        _ => None,
    };
    replace(inner.expect("a member"), rest, value);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_text(text in ".{0,200}") {
        prop_assert!(!believed(&text));
    }

    #[test]
    fn random_parts(parts in prop::collection::vec("[A-Za-z0-9_-]{0,80}", 0..5)) {
        prop_assert!(!believed(&parts.join(".")));
    }

    #[test]
    fn random_bytes_where_documents_are_expected(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let did: DidWeb = "did:web:issuer.example".parse().expect("a DID");
        prop_assert!(Document::parse(&bytes, &did).is_err());
        prop_assert!(SigningKey::from_pkcs8(&bytes).is_err());
        let _ = Chain::from_pem(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        let _ = (text.parse::<DidWeb>(), text.parse::<DidUrl>(), Jws::parse(&text, 1_000).is_ok());
        prop_assert!(Bitstring::decode(&text).is_err());
    }

    #[test]
    fn a_changed_bit(position in any::<prop::sample::Index>(), bit in 0_u8..7, presentation in any::<bool>()) {
        let good = if presentation { &*PRESENTATION } else { &*CREDENTIAL };
        let mut bytes = good.clone().into_bytes();
        let at = position.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(text) = String::from_utf8(bytes) {
            prop_assert!(!believed(&text), "byte {} bit {}", at, bit);
        }
    }

    #[test]
    fn a_part_left_out_or_doubled(
        from in any::<prop::sample::Index>(), length in 1_usize..64, doubled in any::<bool>(),
    ) {
        let good = &*CREDENTIAL;
        let start = from.index(good.len());
        let end = (start + length).min(good.len());
        let text = if doubled {
            format!("{}{}", &good[..end], &good[start..])
        } else {
            format!("{}{}", &good[..start], &good[end..])
        };
        prop_assert!(!believed(&text));
    }

    #[test]
    fn parts_of_two_good_ones_mixed(choice in prop::collection::vec(any::<bool>(), 3)) {
        prop_assume!(choice.iter().any(|it| *it) && !choice.iter().all(|it| *it));
        let parts = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
        let (one, other) = (parts(&CREDENTIAL), parts(&PRESENTATION));
        let part = |(at, first): (usize, &bool)| if *first { one[at].clone() } else { other[at].clone() };
        let mixed: Vec<_> = choice.iter().enumerate().map(part).collect();
        prop_assert!(!believed(&mixed.join(".")));
    }

    #[test]
    fn a_member_changed_after_signing(choice in choice(1..4), value in json()) {
        let mut document = CAST.credential();
        replace(&mut document, &choice, value);
        prop_assume!(document != CAST.credential());
        let parts: Vec<&str> = CREDENTIAL.split('.').collect();
        let changed = format!("{}.{}.{}", parts[0], crate::stage::base64(document.to_string()), parts[2]);
        prop_assert!(!believed(&changed));
    }

    #[test]
    fn a_member_changed_before_signing_is_read_or_refused(
        choice in choice(1..4), value in json(), presentation in any::<bool>(),
    ) {
        let mut document = if presentation { CAST.presentation() } else { CAST.credential() };
        replace(&mut document, &choice, value);
        if presentation {
            let compact = CAST.holder.sign("vp", &document);
            if let Ok(verified) = run(VERIFIER.verify_presentation(&compact, &Expected::default(), now())) {
                prop_assert_eq!(verified.holder, CAST.holder.did.clone());
                prop_assert!(verified.credentials.iter().all(|one| one.credential.issuer == one.issuer.as_str()));
            }
        } else {
            let compact = CAST.issuer.sign("vc", &document);
            if let Ok(verified) = run(VERIFIER.verify_credential(&compact, now())) {
                prop_assert_eq!(&verified.credential.issuer, CAST.issuer.did.as_str());
                prop_assert_eq!(verified.credential.document, document);
            }
        }
    }

    #[test]
    fn a_changed_header_is_read_or_refused(choice in choice(1..2), value in json()) {
        let mut header = CAST.issuer.header("vc");
        replace(&mut header, &choice, value);
        let parts: Vec<&str> = CREDENTIAL.split('.').collect();
        let kept = header == CAST.issuer.header("vc");
        let changed = format!("{}.{}.{}", crate::stage::base64(header.to_string()), parts[1], parts[2]);
        prop_assert_eq!(believed(&changed), kept);
    }

    #[test]
    fn a_changed_document_never_lets_another_key_sign(
        choice in choice(1..5), value in json(),
    ) {
        let mut did_document = CAST.issuer.document();
        replace(&mut did_document, &choice, value);
        let mut documents = CAST.documents();
        documents.add(CAST.issuer.did.document_url(), did_document.to_string());
        let verifier = Verifier::new(documents, Settings::default());
        let header = CAST.issuer.header("vc").to_string();
        let forged = CAST.attacker.sign_raw(&header, CAST.credential().to_string().as_bytes());
        prop_assert!(run(verifier.verify_credential(&forged, now())).is_err());
    }

    #[test]
    fn random_values_where_parts_are_expected(
        value in json(), members in prop::collection::vec((member(), json()), 0..8),
    ) {
        let _ = StatusEntry::read(&value);
        let _ = StatusList::read(&value, "https://issuer.example/status/1");
        if let Ok(key) = PublicKey::from_jwk(&value) {
            prop_assert!(!key.verify(b"message", &[0; 64]));
        }
        let mut jwk = CAST.issuer.key.public().to_jwk();
        jwk.as_object_mut().expect("an object").extend(members.into_iter().collect::<Map<_, _>>());
        if let Ok(key) = PublicKey::from_jwk(&jwk) {
            prop_assert!(!key.verify(b"message", &[0; 64]));
        }
    }
}
