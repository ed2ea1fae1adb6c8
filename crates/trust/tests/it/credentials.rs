//! What is issued here verifies here, and what it says comes out as it went in.

use std::time::Duration;

use hansa_model::evidence::{CertificateClaim, Claim, EvidenceState, Strength};
use hansa_trust::credential::{
    Expected, Grant, IssueError, SeenIds, Settings, TrustedIssuers, Verifier, presentation_of,
};
use hansa_trust::did::{DidUrl, Document, Standing};
use hansa_trust::fetch::{AtHand, Fetch, FetchError, Fetched, Recorder};
use hansa_trust::jose::{Algorithm, PublicKey, SigningError, SigningKey};
use hansa_trust::status::{Bitstring, StatusEntry, StatusList, StatusPurpose};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::stage::{LIST, Party, credential, now, published, run, verifier};

#[test]
fn every_algorithm_signs_and_verifies() {
    for algorithm in Algorithm::ALL {
        let issuer = Party::new("issuer.example", algorithm);
        let document = credential("did:web:issuer.example");
        let compact = issuer.signer().credential(&document).expect("a credential");
        let verified =
            run(verifier(published([&issuer])).verify_credential(&compact, now())).expect("a good credential");
        assert_eq!(verified.algorithm, algorithm);
        assert_eq!(verified.issuer, issuer.did);
        assert_eq!(verified.key_id, issuer.key_id.as_str());
        assert_eq!(verified.credential.document, document);
        assert_eq!(verified.credential.types, ["gx:LegalPerson"]);
        assert_eq!(verified.valid_until, Some("2027-11-01T00:00:00Z".parse().expect("an instant")));
        assert_eq!(verified.checked_at, None);
    }
}

#[test]
fn every_spelling_of_the_media_types_is_taken() {
    let issuer = Party::new("issuer.example", Algorithm::Es256);
    let verifier = verifier(published([&issuer]));
    let document = credential(issuer.did.as_str()).to_string();
    for typ in ["vc+jwt", "vc+ld+json+jwt", "vc+ld+jwt"] {
        for cty in [Some("vc"), Some("vc+ld+json"), Some("vc+ld"), None] {
            let mut header = issuer.header("vc");
            header["typ"] = typ.into();
            header["cty"] = cty.into();
            if cty.is_none() {
                header.as_object_mut().expect("an object").remove("cty");
            }
            let compact = issuer.sign_raw(&header.to_string(), document.as_bytes());
            assert!(run(verifier.verify_credential(&compact, now())).is_ok(), "{typ} with {cty:?}");
        }
    }
}

#[test]
fn keys_survive_being_stored() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa] {
        let key = SigningKey::generate(algorithm).expect("a key");
        let again = SigningKey::from_pkcs8(key.to_pkcs8()).expect("the same key");
        assert_eq!(again.public(), key.public());
        assert_eq!(PublicKey::from_jwk(&key.public().to_jwk()).as_ref(), Ok(key.public()));
        assert_eq!(again.algorithm(), algorithm);
        let shown = format!("{key:?}");
        assert!(!shown.contains("pkcs8"), "{shown}");
    }
    assert_eq!(SigningKey::generate(Algorithm::Ps256).err(), Some(SigningError::CannotGenerate(Algorithm::Ps256)));
    assert_eq!(SigningKey::from_pkcs8(b"no key").err(), Some(SigningError::NotAKey));
}

#[test]
fn nothing_is_signed_for_somebody_else_or_that_nobody_would_take() {
    let issuer = Party::new("issuer.example", Algorithm::Es256);
    let elsewhere = issuer.signer().credential(&credential("did:web:other.example"));
    assert_eq!(elsewhere, Err(IssueError::SomebodyElse("did:web:issuer.example".to_owned())));
    let incomplete = issuer.signer().credential(&json!({"issuer": "did:web:issuer.example"}));
    assert!(matches!(incomplete, Err(IssueError::Unacceptable(_))));
}

#[test]
fn keys_rotate_without_losing_what_was_signed() {
    let old = Party::new("issuer.example", Algorithm::Es256);
    let new = Party::new("issuer.example", Algorithm::EdDsa);
    let new_id: DidUrl = "did:web:issuer.example#key-2".parse().expect("a key's name");
    let new = Party { key_id: new_id, ..new };
    let document = credential(old.did.as_str());
    let signed_before = old.signer().credential(&document).expect("a credential");
    let signed_after = new.signer().credential(&document).expect("a credential");
    let outcome = |old_standing| {
        let mut did = Document::new(old.did.clone());
        did.publish("key-1", old.key.public().clone(), old_standing, None).expect("a key");
        did.publish("key-2", new.key.public().clone(), Standing::Current, None).expect("another key");
        let mut documents = AtHand::default();
        documents.add(old.did.document_url(), did.to_json().to_string());
        let verifier = verifier(documents);
        [&signed_before, &signed_after].map(|compact| {
            run(verifier.verify_credential(compact, now())).map(|_| ()).map_err(|refusal| refusal.code())
        })
    };
    assert_eq!(outcome(Standing::Honoured), [Ok(()), Ok(())]);
    assert_eq!(outcome(Standing::Retired), [Err("key-purpose"), Ok(())]);
}

#[test]
fn documents_are_read_as_they_were_written() {
    let mut document = Document::new("did:web:exchange.example:participants:borealis".parse().expect("a DID"));
    for (number, standing) in [Standing::Retired, Standing::Honoured, Standing::Current].into_iter().enumerate() {
        let key = SigningKey::generate(Algorithm::Es256).expect("a key").public().clone();
        document.publish(&format!("key-{number}"), key, standing, None).expect("a key");
    }
    let written = document.to_json().to_string();
    assert_eq!(Document::parse(written.as_bytes(), document.id()), Ok(document));
}

#[test]
fn presentations_bring_their_credentials_along() {
    let holder = Party::new("holder.example", Algorithm::Es256);
    let issuer = Party::new("issuer.example", Algorithm::Ps256);
    let credential = issuer.signer().credential(&credential(issuer.did.as_str())).expect("a credential");
    let mut presentation = presentation_of(holder.did.as_str(), [credential.as_str()]);
    presentation["aud"] = "https://exchange.example".into();
    presentation["nonce"] = "n-0S6_WzA2Mj".into();
    presentation["iat"] = (now().micros() / 1_000_000 - 30).into();
    let compact = holder.signer().presentation(&presentation).expect("a presentation");
    let seen = SeenIds::new(10);
    let expected = Expected {
        audience: Some("https://exchange.example"),
        nonce: Some("n-0S6_WzA2Mj"),
        max_age: Some(Duration::from_mins(5)),
        replays: Some(&seen),
    };
    let verifier = verifier(published([&holder, &issuer]));
    let verified = run(verifier.verify_presentation(&compact, &expected, now())).expect("a good presentation");
    assert_eq!(verified.holder, holder.did);
    assert_eq!(verified.credentials.len(), 1);
    assert_eq!(verified.credentials[0].issuer, issuer.did);
    assert_eq!(verified.presentation.credentials, [credential]);
    let again = run(verifier.verify_presentation(&compact, &expected, now()));
    assert_eq!(again.expect_err("a replay").code(), "replayed");
    // Another good signature over the same is still the same message.
    let other = holder.signer().presentation(&presentation).expect("a presentation");
    assert_ne!(other, compact);
    let again = run(verifier.verify_presentation(&other, &expected, now()));
    assert_eq!(again.expect_err("a replay").code(), "replayed");
}

/// Counts how often something is asked for.
#[derive(Debug)]
struct Counted {
    documents: AtHand,
    count: AtomicUsize,
}

impl Fetch for Counted {
    async fn fetch(&self, url: &str, limit: usize) -> Result<Fetched, FetchError> {
        self.count.fetch_add(1, Ordering::SeqCst);
        self.documents.fetch(url, limit).await
    }
}

fn listed(issuer: &Party, set: &[(StatusPurpose, usize)]) -> (String, AtHand) {
    let mut document = credential(issuer.did.as_str());
    let entry = |purpose, index| StatusEntry { purpose, index, list: LIST.to_owned() }.to_json();
    document["credentialStatus"] = json!([entry(StatusPurpose::Revocation, 7), entry(StatusPurpose::Suspension, 8)]);
    let compact = issuer.signer().credential(&document).expect("a credential");
    let mut list = StatusList {
        purposes: vec![StatusPurpose::Revocation, StatusPurpose::Suspension],
        ttl: Some(Duration::from_mins(1)),
        bits: Bitstring::new(0),
    };
    for (_, index) in set {
        list.bits.set(*index, true).expect("a bit");
    }
    let list = list.to_credential(LIST, issuer.did.as_str(), now(), None);
    let mut documents = published([issuer]);
    documents.add(LIST, issuer.signer().credential(&list).expect("a list"));
    (compact, documents)
}

#[test]
fn status_lists_decide() {
    let issuer = Party::new("issuer.example", Algorithm::Es256);
    for (set, expected) in [
        (vec![], None),
        (vec![(StatusPurpose::Revocation, 7)], Some(EvidenceState::Revoked)),
        (vec![(StatusPurpose::Suspension, 8)], Some(EvidenceState::Suspended)),
        (vec![(StatusPurpose::Suspension, 8), (StatusPurpose::Revocation, 7)], Some(EvidenceState::Revoked)),
        (vec![(StatusPurpose::Revocation, 6), (StatusPurpose::Revocation, 9)], None),
    ] {
        let (compact, documents) = listed(&issuer, &set);
        let outcome = run(verifier(documents).verify_credential(&compact, now()));
        assert_eq!(outcome.as_ref().err().and_then(|refusal| refusal.state()), expected, "{set:?}");
        if expected.is_none() {
            assert_eq!(outcome.map(|verified| verified.checked_at), Ok(Some(now())));
        }
    }
}

#[test]
fn keys_and_lists_are_asked_for_again_when_they_have_aged() {
    let issuer = Party::new("issuer.example", Algorithm::Es256);
    let (compact, documents) = listed(&issuer, &[]);
    let verifier = Verifier::new(Counted { documents, count: AtomicUsize::new(0) }, Settings::default());
    let count_after = |verifier: &Verifier<Counted>, seconds| {
        let at = now().plus(Duration::from_secs(seconds));
        run(verifier.verify_credential(&compact, at)).expect("a good credential");
        verifier.fetch().count.load(Ordering::SeqCst)
    };
    assert_eq!(count_after(&verifier, 0), 2, "the document and the list");
    assert_eq!(count_after(&verifier, 59), 2, "nothing again");
    assert_eq!(count_after(&verifier, 60), 3, "the list again, which lives for a minute");
    assert_eq!(count_after(&verifier, 300), 5, "both again");
}

#[test]
fn what_was_fetched_is_enough_to_verify_it_elsewhere() {
    let issuer = Party::new("issuer.example", Algorithm::EdDsa);
    let (compact, documents) = listed(&issuer, &[]);
    let here = Verifier::new(Recorder::new(documents), Settings::default());
    let verified = run(here.verify_credential(&compact, now())).expect("a good credential");
    let elsewhere = Verifier::new(here.fetch().kept(), Settings::default());
    assert_eq!(run(elsewhere.verify_credential(&compact, now())), Ok(verified));
}

#[test]
fn strength_follows_from_who_says_what() {
    let issuer = Party::new("issuer.example", Algorithm::Es256);
    let compact = issuer.sign("vc", &credential(issuer.did.as_str()));
    let verified = run(verifier(published([&issuer])).verify_credential(&compact, now())).expect("a good credential");
    let certificate = |scheme: &str| {
        Claim::Certificate(CertificateClaim {
            scheme: scheme.to_owned(),
            version: None,
            level: None,
            clauses: Vec::new(),
            kinds: Vec::new(),
            sites: Vec::new(),
            body: "Body".to_owned(),
            jurisdiction: None,
            document: None,
            valid_until: None,
        })
    };
    let own = "did:web:provider.example";
    let name = "did:web:issuer.example";
    let grant = |types: &[&str], schemes: &[&str]| {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        TrustedIssuers {
            issuers: [(name.to_owned(), Grant { types: set(types), schemes: set(schemes) })].into(),
            ..Default::default()
        }
    };
    let attestor = TrustedIssuers { attestors: [name.to_owned()].into(), ..Default::default() };
    let strength = |trusted: &TrustedIssuers, own, claims: &[Claim]| {
        trusted.strength(&verified, own, claims).map_err(|refusal| refusal.code())
    };
    assert_eq!(strength(&TrustedIssuers::default(), name, &[]), Ok(Strength::Declared));
    assert_eq!(
        strength(&grant(&["gx:LegalPerson"], &[]), name, &[]),
        Ok(Strength::Declared),
        "of itself, whoever it is"
    );
    assert_eq!(strength(&TrustedIssuers::default(), own, &[]), Err("untrusted-issuer"));
    assert_eq!(strength(&attestor, own, &[certificate("C5")]), Ok(Strength::Attested));
    assert_eq!(strength(&grant(&["gx:LegalPerson"], &[]), own, &[]), Ok(Strength::Verified));
    assert_eq!(strength(&grant(&["gx:VatID"], &[]), own, &[]), Err("untrusted-issuer"));
    assert_eq!(strength(&grant(&["gx:LegalPerson"], &["C5"]), own, &[certificate("C5")]), Ok(Strength::Verified));
    assert_eq!(strength(&grant(&["gx:LegalPerson"], &["C5"]), own, &[certificate("HDS")]), Err("untrusted-issuer"));
}

#[test]
fn a_subject_of_another_type_does_not_come_along() {
    let issuer = Party::new("issuer.example", Algorithm::Es256);
    let mut document = credential(issuer.did.as_str());
    document["credentialSubject"]["type"] = "hansa:Certificate".into();
    let compact = issuer.sign("vc", &document);
    let verified = run(verifier(published([&issuer])).verify_credential(&compact, now())).expect("a good credential");
    let grant = Grant { types: ["gx:LegalPerson".to_owned()].into(), ..Default::default() };
    let trusted = TrustedIssuers { issuers: [(issuer.did.to_string(), grant)].into(), ..Default::default() };
    let refusal = trusted.strength(&verified, "did:web:provider.example", &[]).expect_err("a foreign type");
    assert_eq!(refusal.code(), "untrusted-issuer");
    assert!(refusal.to_string().contains("hansa:Certificate"), "{refusal}");
}

#[test]
fn what_is_nested_does_not_come_along_either() {
    let issuer = Party::new("issuer.example", Algorithm::Es256);
    let mut document = credential(issuer.did.as_str());
    let address = json!({"id": "urn:a", "https://attacker.example/is": {"id": "urn:b", "@type": "gx:SubContractor"}});
    document["credentialSubject"]["gx:legalAddress"] = address;
    let compact = issuer.sign("vc", &document);
    let verified = run(verifier(published([&issuer])).verify_credential(&compact, now())).expect("a good credential");
    let strength = |types: &[&str]| {
        let grant = Grant { types: types.iter().map(|name| (*name).to_owned()).collect(), ..Default::default() };
        let trusted = TrustedIssuers { issuers: [(issuer.did.to_string(), grant)].into(), ..Default::default() };
        trusted.strength(&verified, "did:web:provider.example", &[]).map_err(|refusal| refusal.to_string())
    };
    assert_eq!(strength(&["gx:LegalPerson", "gx:SubContractor"]), Ok(Strength::Verified));
    let refused = strength(&["gx:LegalPerson"]).expect_err("a foreign type");
    assert!(refused.contains("gx:SubContractor"), "{refused}");
}

#[test]
fn the_examples_of_gaia_x_verify_once_signed() {
    let provider = Party::new("provider.example", Algorithm::Es256);
    let notary = Party::new("notary.example", Algorithm::Ps256);
    let verifier = verifier(published([&provider, &notary]));
    let headers: Value = serde_json::from_str(include_str!("../data/gaiax/jose-headers.json")).expect("JSON");
    assert_eq!(provider.header("vc"), headers["vc_header"]);
    let mut carried = Vec::new();
    for text in [
        include_str!("../data/gaiax/issuer-terms.vc.json"),
        include_str!("../data/gaiax/legal-person.vc.json"),
        include_str!("../data/gaiax/vat-id.vc.json"),
        include_str!("../data/gaiax/vm-offering.vc.json"),
        include_str!("../data/gaiax/vm-offering.invalid.vc.json"),
    ] {
        let document: Value = serde_json::from_str(text).expect("JSON");
        let by = if document["issuer"] == "did:web:notary.example" { &notary } else { &provider };
        let compact = by.signer().credential(&document).expect("a credential");
        let verified = run(verifier.verify_credential(&compact, now())).expect("a good credential");
        assert_eq!(verified.credential.document, document);
        carried.push(compact);
    }
    let mut presentation: Value =
        serde_json::from_str(include_str!("../data/gaiax/presentation.enveloped.json")).expect("JSON");
    presentation["verifiableCredential"] =
        presentation_of("", carried.iter().map(String::as_str))["verifiableCredential"].clone();
    let compact = provider.signer().presentation(&presentation).expect("a presentation");
    let verified =
        run(verifier.verify_presentation(&compact, &Expected::default(), now())).expect("a good presentation");
    assert_eq!(verified.credentials.len(), 5);
}

#[test]
fn the_example_document_is_of_the_form_that_is_read() {
    let provider = Party::new("provider.example", Algorithm::Es256);
    let mut example: Value = serde_json::from_str(include_str!("../data/gaiax/did.json")).expect("JSON");
    let jwk = provider.key.public().to_jwk();
    for member in ["x", "y"] {
        example["verificationMethod"][0]["publicKeyJwk"][member] = jwk[member].clone();
    }
    let read = Document::parse(example.to_string().as_bytes(), &provider.did).expect("a good document");
    assert_eq!(read.to_json(), example);
}

#[test]
fn the_last_day_of_the_calendar_is_taken_for_never() {
    let issuer = Party::new("issuer.example", Algorithm::Es256);
    let mut document = credential(issuer.did.as_str());
    document["validUntil"] = "9999-12-31T23:59:59Z".into();
    let compact = issuer.signer().credential(&document).expect("a credential");
    let at = "9990-01-01T00:00:00Z".parse().expect("an instant");
    assert!(run(verifier(published([&issuer])).verify_credential(&compact, at)).is_ok());
}
