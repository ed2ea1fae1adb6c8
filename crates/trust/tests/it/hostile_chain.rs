//! Faults of the certificates behind a key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hansa_trust::credential::ChainPolicy;
use hansa_trust::fetch::AtHand;
use hansa_trust::jose::{Algorithm, SigningKey};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, date_time_ymd,
};
use serde_json::json;

use crate::hostile::{Case, Cast};

/// Where the issuer publishes its chain.
const CHAIN: &str = "https://issuer.example/.well-known/chain.pem";

type Authority = CertifiedIssuer<'static, KeyPair>;

fn params(name: &str, from: i32, until: i32, authority: bool) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    if authority {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    } else {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
    }
    params
}

fn root(name: &str, from: i32, until: i32) -> Authority {
    let key = KeyPair::generate().expect("a key");
    CertifiedIssuer::self_signed(params(name, from, until, true), key).expect("a certificate")
}

fn below(name: &str, from: i32, until: i32, authority: bool, above: &Authority) -> Authority {
    let key = KeyPair::generate().expect("a key");
    CertifiedIssuer::signed_by(params(name, from, until, authority), key, above).expect("a certificate")
}

/// A certificate of the issuer's key.
fn leaf(key: &SigningKey, from: i32, until: i32, above: &Authority) -> String {
    let algorithm = match key.algorithm() {
        Algorithm::EdDsa => &rcgen::PKCS_ED25519,
        _ => &rcgen::PKCS_ECDSA_P256_SHA256,
    };
    let der = key.to_pkcs8().into();
    let pair = KeyPair::from_pkcs8_der_and_sign_algo(&der, algorithm).expect("the same key");
    params("issuer.example", from, until, false).signed_by(&pair, above).expect("a certificate").pem()
}

struct Certificates {
    root: Authority,
    middle: Authority,
    leaf: String,
}

fn certificates(cast: &Cast) -> Certificates {
    let root = root("Anchor", 2020, 2040);
    let middle = below("Middle", 2021, 2039, true, &root);
    let leaf = leaf(&cast.issuer.key, 2025, 2028, &middle);
    Certificates { root, middle, leaf }
}

fn case(cast: &Cast, name: &str, code: &'static str, pem: Option<String>, anchor: &Authority) -> Case {
    let mut documents = cast.documents();
    let mut document = cast.issuer.document();
    document["verificationMethod"][0]["publicKeyJwk"]["x5u"] = CHAIN.into();
    documents.add(cast.issuer.did.document_url(), document.to_string());
    if let Some(pem) = pem {
        documents.add(CHAIN, pem);
    }
    with_documents(cast, name, code, documents, anchor)
}

fn with_documents(cast: &Cast, name: &str, code: &'static str, documents: AtHand, anchor: &Authority) -> Case {
    let case = cast.documents_case(format!("chain: {name}"), code, documents);
    Case { chains: ChainPolicy::Demanded, anchors: Some(anchor.pem().into_bytes()), ..case }
}

fn inline(cast: &Cast, name: &str, code: &'static str, texts: Vec<String>, anchor: &Authority) -> Case {
    let mut documents = cast.documents();
    let mut document = cast.issuer.document();
    document["verificationMethod"][0]["publicKeyJwk"]["x5c"] = json!(texts);
    documents.add(cast.issuer.did.document_url(), document.to_string());
    with_documents(cast, name, code, documents, anchor)
}

fn der(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("-----")).collect()
}

/// A credential whose key has a good chain.
pub(crate) fn good(cast: &Cast) -> Case {
    let Certificates { root, middle, leaf } = certificates(cast);
    case(cast, "good", "", Some(format!("{leaf}{}{}", middle.pem(), root.pem())), &root)
}

pub(crate) fn cases(cast: &Cast) -> Vec<Case> {
    let Certificates { root: anchor, middle, leaf: own } = certificates(cast);
    let middle_pem = middle.pem();
    let other = root("Anchor", 2020, 2040);
    let late_middle = below("Middle", 2021, 2026, true, &anchor);
    let plain_middle = below("Middle", 2021, 2039, false, &anchor);
    let old_anchor = root("Old anchor", 2010, 2020);
    let foreign = leaf(&cast.attacker.key, 2025, 2028, &middle);
    let mut flipped = STANDARD.decode(der(&own)).expect("base64");
    let last = flipped.len() - 3;
    flipped[last] ^= 1;
    let flipped = STANDARD.encode(flipped);
    let pem = |parts: &[&str]| Some(parts.concat());
    let no_chain = with_documents(cast, "none", "chain-missing", cast.documents(), &anchor);
    let mut where_given =
        case(cast, "not good where it need not be", "chain-other-key", pem(&[&foreign, &middle_pem]), &anchor);
    where_given.chains = ChainPolicy::WhereGiven;
    let at = |name, code, pem| case(cast, name, code, pem, &anchor);
    let within = |name, code, texts| inline(cast, name, code, texts, &anchor);
    vec![
        no_chain,
        where_given,
        at("not there", "chain-unavailable", None),
        at("empty", "chain-malformed", Some(String::new())),
        at("a web page", "chain-malformed", Some("<!doctype html>".to_owned())),
        at("broken PEM", "chain-malformed", Some(own.replace("-----END", "-----ENT"))),
        at("larger than is read", "oversized", Some(" ".repeat(200_000))),
        at("nine certificates", "chain-malformed", Some(own.repeat(9))),
        at("of the attacker's key", "chain-other-key", pem(&[&foreign, &middle_pem])),
        at("the authority first", "chain-other-key", pem(&[&middle_pem, &own])),
        at("without the middle", "chain-untrusted", Some(own.clone())),
        at(
            "of another anchor of the same name",
            "chain-untrusted",
            pem(&[&leaf(&cast.issuer.key, 2025, 2028, &other), &other.pem()]),
        ),
        at("self-signed", "chain-untrusted", Some(leaf_of_itself(cast))),
        at(
            "a middle that is no authority",
            "chain-untrusted",
            pem(&[&leaf(&cast.issuer.key, 2025, 2028, &plain_middle), &plain_middle.pem()]),
        ),
        at("expired", "chain-expired", pem(&[&leaf(&cast.issuer.key, 2024, 2026, &middle), &middle_pem])),
        at("early", "chain-expired", pem(&[&leaf(&cast.issuer.key, 2027, 2029, &middle), &middle_pem])),
        at(
            "an expired middle",
            "chain-expired",
            pem(&[&leaf(&cast.issuer.key, 2025, 2028, &late_middle), &late_middle.pem()]),
        ),
        case(
            cast,
            "an expired anchor",
            "chain-expired",
            Some(leaf(&cast.issuer.key, 2025, 2028, &old_anchor)),
            &old_anchor,
        ),
        within("inline: none", "chain-malformed", vec![]),
        within("inline: not base64", "chain-malformed", vec!["no base64".to_owned()]),
        within("inline: base64url", "chain-malformed", vec!["_-_-".to_owned()]),
        within("inline: not a certificate", "chain-malformed", vec![STANDARD.encode(b"certificate")]),
        within("inline: PEM", "chain-malformed", vec![own.clone()]),
        within(
            "inline: bytes after",
            "chain-malformed",
            vec![STANDARD.encode([STANDARD.decode(der(&own)).expect("base64"), vec![0; 3]].concat())],
        ),
        within("inline: a changed signature", "chain-untrusted", vec![flipped, der(&middle_pem)]),
        within("inline: without the middle", "chain-untrusted", vec![der(&own)]),
        within("inline: of the attacker's key", "chain-other-key", vec![der(&foreign), der(&middle_pem)]),
        within("inline: larger than is read", "oversized", vec!["A".repeat(200_000)]),
    ]
}

fn leaf_of_itself(cast: &Cast) -> String {
    let der = cast.issuer.key.to_pkcs8().into();
    let pair = KeyPair::from_pkcs8_der_and_sign_algo(&der, &rcgen::PKCS_ECDSA_P256_SHA256).expect("the same key");
    params("Anchor", 2025, 2028, false).self_signed(&pair).expect("a certificate").pem()
}
