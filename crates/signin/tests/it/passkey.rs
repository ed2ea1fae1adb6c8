//! Passkeys of a client and authenticator of somebody else's making, then with each part spoilt in turn.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use hansa_signin::passkey::{Assertion, Attestation, Challenge, Kept, Owner, PasskeyError, RelyingParty};
use hansa_testkit::Authenticator;
use serde_json::{Value, json};

/// Makes an answer wrong.
type Spoil<'a> = &'a dyn Fn(&mut Value);

const ORIGIN: &str = "https://exchange.example:7443";
const OWNER: Owner<'_> = Owner { handle: "acc_1", login: "anna", name: "Anna" };
const FLAGS: usize = 32;
const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;

fn party() -> RelyingParty {
    RelyingParty::at(ORIGIN).unwrap()
}

fn decode(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}

fn encode(bytes: impl AsRef<[u8]>) -> Value {
    json!(URL_SAFE_NO_PAD.encode(bytes))
}

/// Changes what the browser says about the request.
fn client(answer: &mut Value, change: impl FnOnce(&mut Value)) {
    let mut data: Value = serde_json::from_slice(&decode(&answer["response"]["clientDataJSON"])).unwrap();
    change(&mut data);
    answer["response"]["clientDataJSON"] = encode(data.to_string());
}

/// Changes what the authenticator says within an attestation.
fn attested(answer: &mut Value, change: impl FnOnce(&mut Vec<u8>)) {
    let object: Cbor = ciborium::from_reader(&decode(&answer["response"]["attestationObject"])[..]).unwrap();
    let mut fields = object.into_map().unwrap();
    let data = fields.iter_mut().find(|(name, _)| name.as_text() == Some("authData")).unwrap();
    change(data.1.as_bytes_mut().unwrap());
    let mut written = Vec::new();
    ciborium::into_writer(&Cbor::Map(fields), &mut written).unwrap();
    answer["response"]["attestationObject"] = encode(written);
}

async fn made() -> (Authenticator, Challenge, Value) {
    let mut key = Authenticator::new(ORIGIN);
    let challenge = Challenge::make();
    let answer = key.create(&party().creation(&challenge, OWNER, &[])).await;
    (key, challenge, answer)
}

fn register(challenge: &Challenge, answer: &Value) -> Result<Kept, PasskeyError> {
    party().register(challenge, &Attestation::read(answer)?)
}

#[tokio::test]
async fn a_passkey_is_made_and_used() {
    let (mut key, challenge, answer) = made().await;
    let mut kept = register(&challenge, &answer).unwrap();
    assert_eq!(json!(kept.credential), answer["rawId"]);
    for _ in 0..3 {
        let challenge = Challenge::make();
        let used = key.get(&party().request(&challenge, &[])).await;
        let assertion = Assertion::read(&used).unwrap();
        assert_eq!(assertion.handle().as_deref(), Some(OWNER.handle));
        let counter = party().authenticate(&challenge, &kept, &assertion).unwrap();
        assert!(counter > kept.counter);
        kept.counter = counter;
    }
    let text = serde_json::to_string(&kept).unwrap();
    assert_eq!(serde_json::from_str::<Kept>(&text).unwrap(), kept);
}

#[tokio::test]
async fn a_new_passkey_is_checked_in_every_part() {
    let (_, challenge, answer) = made().await;
    let spoilt = |spoil: &dyn Fn(&mut Value)| {
        let mut answer = answer.clone();
        spoil(&mut answer);
        register(&challenge, &answer).unwrap_err().to_string()
    };
    let cases: [(Spoil<'_>, &str); 13] = [
        (&|answer| client(answer, |data| data["type"] = json!("webauthn.get")), "this purpose"),
        (&|answer| client(answer, |data| data["challenge"] = json!("AAAA")), "this challenge"),
        (&|answer| client(answer, |data| data["origin"] = json!("https://exchange.example")), "this address"),
        (&|answer| client(answer, |data| data["crossOrigin"] = json!(true)), "this address"),
        (&|answer| attested(answer, |data| data[0] ^= 1), "this exchange"),
        (&|answer| attested(answer, |data| data[FLAGS] &= !USER_PRESENT), "did not verify"),
        (&|answer| attested(answer, |data| data[FLAGS] &= !USER_VERIFIED), "did not verify"),
        (&|answer| attested(answer, |data| data.push(0)), "authenticator data"),
        (&|answer| attested(answer, |data| data.truncate(60)), "authenticator data"),
        (&|answer| attested(answer, |data| data.truncate(100)), "public key"),
        (&|answer| answer["rawId"] = encode("other"), "identifier"),
        (&|answer| answer["type"] = json!("password"), "type"),
        (&|answer| answer["response"]["attestationObject"] = encode([0xff; 9]), "attestation"),
    ];
    for (number, (spoil, why)) in cases.into_iter().enumerate() {
        let refusal = spoilt(spoil);
        assert!(refusal.contains(why), "{number}: {refusal}, not {why}");
    }
    assert_eq!(register(&Challenge::make(), &answer), Err(PasskeyError::Foreign("this challenge")));
    let elsewhere = RelyingParty::at("https://other.example").unwrap();
    assert!(elsewhere.register(&challenge, &Attestation::read(&answer).unwrap()).is_err());
}

#[tokio::test]
async fn each_use_is_checked_in_every_part() {
    let (mut key, challenge, answer) = made().await;
    let kept = register(&challenge, &answer).unwrap();
    let challenge = Challenge::make();
    let used = key.get(&party().request(&challenge, &[])).await;
    let spoilt = |kept: &Kept, spoil: &dyn Fn(&mut Value)| {
        let mut used = used.clone();
        spoil(&mut used);
        Assertion::read(&used).and_then(|used| party().authenticate(&challenge, kept, &used))
    };
    let byte = |name: &'static str, place: usize| {
        move |used: &mut Value| {
            let mut bytes = decode(&used["response"][name]);
            bytes[place] ^= 1;
            used["response"][name] = encode(bytes);
        }
    };
    assert!(spoilt(&kept, &|_| {}).is_ok());
    let wrong: [(Spoil<'_>, PasskeyError); 6] = [
        (&byte("signature", 12), PasskeyError::Signature),
        // The last byte of the counter, which is signed.
        (&byte("authenticatorData", 35), PasskeyError::Signature),
        (&byte("authenticatorData", 0), PasskeyError::Foreign("this exchange")),
        (&byte("authenticatorData", FLAGS), PasskeyError::Unverified),
        (&|used| client(used, |data| data["type"] = json!("webauthn.create")), PasskeyError::Foreign("this purpose")),
        (&|used| used["rawId"] = encode("other"), PasskeyError::Foreign("this passkey")),
    ];
    for (spoil, why) in wrong {
        assert_eq!(spoilt(&kept, spoil), Err(why));
    }
    // Blanks that change nothing are signed as well.
    let blank = |used: &mut Value| {
        let text = String::from_utf8(decode(&used["response"]["clientDataJSON"])).unwrap();
        used["response"]["clientDataJSON"] = encode(text.replacen('{', "{ ", 1));
    };
    assert_eq!(spoilt(&kept, &blank), Err(PasskeyError::Signature));
    let counted = party().authenticate(&challenge, &kept, &Assertion::read(&used).unwrap()).unwrap();
    let again = Kept { counter: counted, ..kept.clone() };
    assert_eq!(spoilt(&again, &|_| {}), Err(PasskeyError::Copied));
    let (_, other_challenge, other) = made().await;
    let other = register(&other_challenge, &other).unwrap();
    let mixed = Kept { credential: kept.credential.clone(), ..other };
    assert_eq!(spoilt(&mixed, &|_| {}), Err(PasskeyError::Signature));
}

#[test]
fn browsers_make_no_passkeys_at_bare_or_open_addresses() {
    for address in ["https://exchange.example", "http://localhost:7443", "http://a.localhost"] {
        assert!(RelyingParty::at(address).is_some(), "{address}");
    }
    for address in ["http://127.0.0.1:7443", "https://[::1]", "http://exchange.example", "exchange", "", "file:///x"] {
        assert!(RelyingParty::at(address).is_none(), "{address}");
    }
}
