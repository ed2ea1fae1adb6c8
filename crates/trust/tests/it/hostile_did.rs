//! Faults of DID documents and of the keys in them.

use hansa_trust::fetch::AtHand;
use serde_json::{Value, json};

use crate::hostile::{Case, Cast};
use crate::stage::{Party, base64, credential};

pub(crate) fn cases(cast: &Cast) -> Vec<Case> {
    let mut cases = texts(cast);
    cases.extend(documents(cast));
    cases.extend(keys(cast));
    cases.extend(rsa_keys(cast));
    cases
}

fn publish(cast: &Cast, party: &Party, body: impl Into<Vec<u8>>) -> AtHand {
    let mut documents = cast.documents();
    documents.add(party.did.document_url(), body);
    documents
}

fn texts(cast: &Cast) -> Vec<Case> {
    let good = cast.issuer.document().to_string();
    let inner = &good[1..good.len() - 1];
    let mut gone = cast.documents();
    gone.documents.remove(&cast.issuer.did.document_url());
    let mut cases = vec![cast.documents_case("document: not there", "unresolvable", gone)];
    let texts: Vec<(&str, &str, Vec<u8>)> = vec![
        ("nothing", "did-document", Vec::new()),
        ("a web page", "did-document", b"<!doctype html><title>Not found</title>".to_vec()),
        ("a list", "did-document", format!("[{good}]").into_bytes()),
        ("two objects", "did-document", format!("{good}{good}").into_bytes()),
        ("not UTF-8", "did-document", [good.as_bytes(), &[0xff]].concat()),
        ("keys twice", "did-document", format!(r#"{{{inner},"verificationMethod":[]}}"#).into_bytes()),
        ("id twice", "did-document", format!(r#"{{"id":"did:web:issuer.example",{inner}}}"#).into_bytes()),
        (
            "deep nesting",
            "did-document",
            format!(r#"{{{inner},"x":{}{}}}"#, "[".repeat(60), "]".repeat(60)).into_bytes(),
        ),
        ("larger than is read", "oversized", format!(r#"{{{inner},"x":"{}"}}"#, "x".repeat(200_000)).into_bytes()),
        ("larger than is read by blanks", "oversized", format!("{good}{}", " ".repeat(200_000)).into_bytes()),
        ("the attacker's", "did-document", cast.attacker.document().to_string().into_bytes()),
    ];
    for (name, code, text) in texts {
        cases.push(cast.documents_case(format!("document: {name}"), code, publish(cast, &cast.issuer, text)));
    }
    cases
}

fn documents(cast: &Cast) -> Vec<Case> {
    let method = cast.issuer.document()["verificationMethod"][0].clone();
    let other = |member: &str, value: Value| {
        let mut method = method.clone();
        method[member] = value;
        method
    };
    let without = |member: &str| {
        let mut method = method.clone();
        method.as_object_mut().expect("an object").remove(member);
        method
    };
    let many: Vec<Value> =
        (0..65).map(|number| other("id", format!("did:web:issuer.example#k{number}").into())).collect();
    let id = "did:web:issuer.example#key-1";
    let mut cases = Vec::new();
    for (member, code, values) in [
        (
            "id",
            "did-document",
            json!([null, 1, "", "did:web:attacker.example", "did:web:issuer.example#key-1", "did:web:Issuer.example"]),
        ),
        (
            "verificationMethod",
            "did-document",
            json!([
                null,
                {},
                "x",
                [null],
                ["x"],
                [{}],
                [method, method],
                [without("id")],
                [without("controller")],
                [without("type")],
                [without("publicKeyJwk")],
                [other("id", 1.into())],
                [other("controller", Value::Null)],
                many,
            ]),
        ),
        (
            "verificationMethod",
            "unknown-key",
            json!([
                [],
                [other("id", "did:web:issuer.example#key-2".into())],
                [other("id", "key-1".into())],
                [other("id", "did:web:attacker.example#key-1".into())],
                [other("id", "did:web:issuer.example#key-1 ".into())],
            ]),
        ),
        (
            "verificationMethod",
            "key-purpose",
            json!([
                [other("controller", "did:web:attacker.example".into())],
                [other("controller", "".into())],
                [other("controller", "did:web:issuer.example#key-1".into())],
            ]),
        ),
        (
            "verificationMethod",
            "key",
            json!([
                [other("type", "Ed25519VerificationKey2020".into())],
                [other("type", "Multikey".into())],
                [other("type", "".into())],
                [other("publicKeyJwk", "x".into())],
                [other("publicKeyJwk", json!([]))],
                [other("publicKeyJwk", Value::Null)],
            ]),
        ),
        (
            "assertionMethod",
            "key-purpose",
            json!([[], ["did:web:issuer.example#key-2"], ["key-1"], ["did:web:attacker.example#key-1"], [""]]),
        ),
        ("assertionMethod", "did-document", json!([null, id, {}, [1], [null], [[id]], [{"id": id}], [method]])),
        ("authentication", "did-document", json!([null, id, [1], [method]])),
    ] {
        for value in values.as_array().expect("a list") {
            let mut document = cast.issuer.document();
            document[member] = value.clone();
            let name = format!("document: {member} {}", shown(value));
            cases.push(cast.documents_case(name, code, publish(cast, &cast.issuer, document.to_string())));
        }
    }
    let mut presenting = cast.issuer.document();
    presenting.as_object_mut().expect("an object").remove("assertionMethod");
    let documents = publish(cast, &cast.issuer, presenting.to_string());
    cases.push(cast.documents_case("document: a key for authentication only", "key-purpose", documents));
    cases
}

/// A value without the parts that differ from run to run.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    let short: String = text.chars().take(60).collect();
    format!(
        "{short} ({} bytes, {:x})",
        text.len(),
        text.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31) ^ u32::from(byte))
    )
}

fn keys(cast: &Cast) -> Vec<Case> {
    let good = cast.issuer.key.public().to_jwk();
    let (x, y) = (good["x"].clone(), good["y"].clone());
    let attacker = cast.attacker.key.public().to_jwk();
    let p384 = cast.others[0].key.public().to_jwk();
    let mut cases = Vec::new();
    let mut add = |name: String, code: &'static str, jwk: Value| {
        let mut document = cast.issuer.document();
        document["verificationMethod"][0]["publicKeyJwk"] = jwk;
        cases.push(cast.documents_case(
            format!("key: {name}"),
            code,
            publish(cast, &cast.issuer, document.to_string()),
        ));
    };
    for (member, code, values) in [
        ("kty", "key", json!(["", "ec", "OKP", "RSA", "oct", null, 1, "AKP"])),
        ("crv", "key", json!(["", "P-384", "P-521", "secp256k1", "p-256", "Ed25519", null])),
        (
            "x",
            "key",
            json!([
                "",
                null,
                1,
                "AAAA",
                "not base64!",
                format!("{}=", x.as_str().expect("a text")),
                base64([0; 33]),
                p384["x"]
            ]),
        ),
        ("y", "key", json!(["", null, "AAAA", base64([0; 31]), base64([0; 64])])),
        ("y", "tampered", json!([x, base64([0; 32]), base64([255; 32]), attacker["y"]])),
        ("x", "tampered", json!([y, base64([0; 32]), attacker["x"]])),
        ("alg", "key", json!(["ES384", "none", "HS256", "RS256", "PS256", "EdDSA", "es256", "", null, 1])),
        ("use", "key", json!(["enc", "", null, "SIG", ["sig"]])),
        ("key_ops", "key", json!([[], ["sign"], ["encrypt", "deriveKey"], "verify", null])),
        ("d", "key", json!([base64([7; 32]), "", null])),
        ("k", "key", json!(["c2VjcmV0"])),
        ("oth", "key", json!([[]])),
        ("x5u", "did-document", json!([1, null, []])),
        ("x5c", "did-document", json!([1, null, "MIIB", [1], {}])),
    ] {
        for value in values.as_array().expect("a list") {
            let mut jwk = good.clone();
            jwk[member] = value.clone();
            add(format!("{member} {}", shown(value)), code, jwk);
        }
    }
    add("the attacker's".to_owned(), "tampered", attacker);
    add("of another curve".to_owned(), "algorithm", p384);
    add("of another kind".to_owned(), "algorithm", cast.others[1].key.public().to_jwk());
    add("a secret".to_owned(), "key", json!({"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"}));
    cases.extend(small_order(cast));
    cases
}

/// Points for which anybody can sign.
fn small_order(cast: &Cast) -> Vec<Case> {
    let ed25519 = &cast.others[2];
    let mut cases = Vec::new();
    let identity = "0100000000000000000000000000000000000000000000000000000000000000";
    for point in [
        "0000000000000000000000000000000000000000000000000000000000000000",
        identity,
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ] {
        let bytes = hex::decode(point).expect("hexadecimal");
        let mut document = ed25519.document();
        document["verificationMethod"][0]["publicKeyJwk"] = json!({"kty": "OKP", "crv": "Ed25519", "x": base64(bytes)});
        let header = ed25519.header("vc").to_string();
        let input = format!("{}.{}", base64(header), base64(credential(ed25519.did.as_str()).to_string()));
        // R the identity and s zero is a good signature of the identity, whatever the message.
        let signature = hex::decode(format!("{identity}{}", "00".repeat(32))).expect("hexadecimal");
        let case = cast.token(format!("key: point {point}"), "key", format!("{input}.{}", base64(signature)));
        cases.push(Case { documents: publish(cast, ed25519, document.to_string()), ..case });
    }
    cases
}

fn rsa_keys(cast: &Cast) -> Vec<Case> {
    let rsa = &cast.others[1];
    let token = rsa.sign("vc", &credential(rsa.did.as_str()));
    let good = rsa.key.public().to_jwk();
    let modulus = {
        use base64::Engine as _;
        let text = good["n"].as_str().expect("a text");
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).expect("base64url")
    };
    let mut even = modulus.clone();
    even[255] &= 0xfe;
    let mut cases = Vec::new();
    for (member, value) in [
        ("n", base64(&modulus[..128])),
        ("n", base64(&modulus[..255])),
        ("n", base64([&[0], modulus.as_slice()].concat())),
        ("n", base64([modulus.as_slice(), &[1; 1_000]].concat())),
        ("n", base64(even)),
        ("n", String::new()),
        ("n", "AQAB=".to_owned()),
        ("e", "AQ".to_owned()),
        ("e", "Aw".to_owned()),
        ("e", "AQAA".to_owned()),
        ("e", "AAEAAQ".to_owned()),
        ("e", String::new()),
        ("e", base64([1; 9])),
        ("d", "AQAB".to_owned()),
        ("p", "AQAB".to_owned()),
        ("qi", "AQAB".to_owned()),
        ("alg", "RS256".to_owned()),
        ("alg", "PS384".to_owned()),
        ("alg", "RSA-OAEP".to_owned()),
    ] {
        let mut document = rsa.document();
        document["verificationMethod"][0]["publicKeyJwk"][member] = value.as_str().into();
        let case = cast.token(format!("RSA key: {member} {}", shown(&json!(value))), "key", token.clone());
        cases.push(Case { documents: publish(cast, rsa, document.to_string()), ..case });
    }
    cases
}
