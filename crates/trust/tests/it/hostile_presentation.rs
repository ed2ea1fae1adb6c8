//! Faults of presentations: what they carry, whom they are for, when they were made.

use serde_json::{Value, json};

use crate::hostile::{Case, Cast, Kind};
use crate::stage::{credential, now};

pub(crate) fn cases(cast: &Cast) -> Vec<Case> {
    let mut cases = members(cast);
    cases.extend(missing(cast));
    cases.extend(carried(cast));
    cases.extend(signers(cast));
    cases.extend(again(cast));
    cases
}

fn case(cast: &Cast, name: impl Into<String>, code: &'static str, token: String) -> Case {
    let name: String = name.into();
    Case { kind: Kind::Presentation, ..cast.token(format!("presentation: {name}"), code, token) }
}

fn signed(cast: &Cast, name: impl Into<String>, code: &'static str, document: &Value) -> Case {
    case(cast, name, code, cast.holder.sign("vp", document))
}

fn members(cast: &Cast) -> Vec<Case> {
    let seconds = now().micros() / 1_000_000;
    let v1 = "https://www.w3.org/2018/credentials/v1";
    let mut cases = Vec::new();
    for (member, code, values) in [
        ("vp", "wrapped", json!([{}])),
        ("vc", "wrapped", json!([{}])),
        ("@context", "context", json!([null, [], v1, [v1]])),
        ("type", "invalid-member", json!([null, [], "VerifiableCredential", ["VerifiablePresentation", 1]])),
        ("issuer", "wrong-issuer", json!(["did:web:attacker.example", {"id": "did:web:issuer.example"}, ""])),
        ("issuer", "invalid-member", json!([null, 1, [], {}])),
        ("holder", "invalid-member", json!(["did:web:attacker.example", 1, null, {}])),
        ("iss", "invalid-member", json!(["did:web:attacker.example", 1])),
        ("id", "invalid-member", json!([1, ""])),
        ("jti", "invalid-member", json!([1])),
        (
            "aud",
            "wrong-audience",
            json!(["https://other.example", [], null, 1, ["https://other.example"], "https://exchange.example/", ""]),
        ),
        ("nonce", "wrong-nonce", json!(["challenge-2", "", "challenge-1 "])),
        ("nonce", "invalid-member", json!([1, null, ["challenge-1"]])),
        ("iat", "stale", json!([seconds - 361, 0, -1])),
        ("iat", "not-yet-valid", json!([seconds + 61, 4_102_444_800_i64])),
        ("iat", "invalid-member", json!(["now", 1.5, null])),
        ("exp", "expired", json!([seconds - 60, 1])),
        ("nbf", "not-yet-valid", json!([seconds + 61])),
        ("validFrom", "not-yet-valid", json!(["2027-01-01T00:00:00Z"])),
        ("validUntil", "expired", json!(["2026-11-22T11:59:00Z"])),
        ("validUntil", "invalid-member", json!(["soon", 1])),
        ("verifiablePresentation", "cyclic", json!([{}, []])),
        ("verifiableCredential", "count", json!([[]])),
        ("verifiableCredential", "invalid-member", json!([null, "x", 1, [null], ["eyJ.eyJ.sig"], [[]]])),
        (
            "verifiableCredential",
            "unsigned",
            json!([{}, [{}], [credential("did:web:holder.example")], credential("did:web:issuer.example")]),
        ),
    ] {
        for value in values.as_array().expect("a list") {
            let mut document = cast.presentation();
            document[member] = value.clone();
            cases.push(signed(cast, format!("{member} {value}"), code, &document));
        }
    }
    cases
}

fn missing(cast: &Cast) -> Vec<Case> {
    [
        ("@context", "context"),
        ("type", "invalid-member"),
        ("issuer", "invalid-member"),
        ("aud", "wrong-audience"),
        ("nonce", "wrong-nonce"),
        ("iat", "stale"),
        ("verifiableCredential", "count"),
    ]
    .map(|(member, code)| {
        let mut document = cast.presentation();
        document.as_object_mut().expect("an object").remove(member);
        signed(cast, format!("without {member}"), code, &document)
    })
    .into()
}

fn enveloped(id: &str) -> Value {
    json!({"@context": "https://www.w3.org/ns/credentials/v2", "id": id, "type": "EnvelopedVerifiableCredential"})
}

fn carried(cast: &Cast) -> Vec<Case> {
    let good = cast.issuer.sign("vc", &cast.credential());
    let inner = cast.holder.sign("vp", &cast.presentation());
    let with = |items: Vec<Value>| {
        let mut document = cast.presentation();
        document["verifiableCredential"] = items.into();
        document
    };
    let envelope = |compact: &str| enveloped(&format!("data:application/vc+jwt,{compact}"));
    let changed = |member: &str, value: Value| {
        let mut document = cast.credential();
        document[member] = value;
        envelope(&cast.issuer.sign("vc", &document))
    };
    let mut of_attacker = cast.credential();
    of_attacker["id"] = "https://issuer.example/credentials/2".into();
    let forged =
        envelope(&cast.attacker.sign_raw(&cast.issuer.header("vc").to_string(), of_attacker.to_string().as_bytes()));
    let mut again = credential(cast.issuer.did.as_str());
    again["credentialSubject"]["schema:name"] = "Another".into();
    let again = envelope(&cast.issuer.sign("vc", &again));
    let swapped = {
        let (input, _) = good.rsplit_once('.').expect("three parts");
        let other = cast.issuer.sign("vc", &of_attacker);
        envelope(&format!("{input}.{}", other.rsplit_once('.').expect("three parts").1))
    };
    let envelope_of = |kind: &str| {
        let mut item = envelope(&good);
        item["type"] = kind.into();
        item
    };
    let deep_envelope = {
        let level = |inner: &str| {
            let mut document = cast.presentation();
            document["verifiableCredential"] = json!([enveloped(&format!("data:application/vp+jwt,{inner}"))]);
            cast.holder.sign("vp", &document)
        };
        level(&level(&inner))
    };
    let cases: Vec<(&str, &str, Vec<Value>)> = vec![
        ("a presentation in an envelope", "cyclic", vec![enveloped(&format!("data:application/vp+jwt,{inner}"))]),
        (
            "a presentation of a presentation of one",
            "cyclic",
            vec![enveloped(&format!("data:application/vp+jwt,{deep_envelope}"))],
        ),
        ("an enveloped presentation by type", "cyclic", vec![envelope_of("EnvelopedVerifiablePresentation")]),
        ("a presentation in the open", "cyclic", vec![cast.presentation()]),
        ("a presentation beside a credential", "cyclic", vec![envelope(&good), cast.presentation()]),
        ("a presentation said to be a credential", "media-type", vec![envelope(&inner)]),
        ("no envelope's type", "unsigned", vec![envelope_of("VerifiableCredential")]),
        ("another media type", "invalid-member", vec![enveloped(&format!("data:application/jwt,{good}"))]),
        ("base64 of it", "invalid-member", vec![enveloped(&format!("data:application/vc+jwt;base64,{good}"))]),
        ("an address", "invalid-member", vec![enveloped("https://issuer.example/credentials/1")]),
        ("nothing in the envelope", "malformed", vec![envelope("")]),
        ("no signature in the envelope", "malformed", vec![envelope("eyJhbGciOiJub25lIn0.e30")]),
        ("an unsigned token in the envelope", "algorithm", vec![envelope("eyJhbGciOiJub25lIn0.e30.")]),
        ("an envelope without an id", "invalid-member", vec![json!({"type": "EnvelopedVerifiableCredential"})]),
        ("one credential twice", "repeated", vec![envelope(&good), envelope(&good)]),
        ("two credentials of one name", "repeated", vec![envelope(&good), again]),
        ("a forged one behind a good one", "tampered", vec![envelope(&good), forged]),
        ("a changed one", "tampered", vec![swapped]),
        ("an expired one", "expired", vec![changed("validUntil", "2026-11-20T00:00:00Z".into())]),
        ("an early one", "not-yet-valid", vec![changed("validFrom", "2026-12-20T00:00:00Z".into())]),
        ("somebody else's", "wrong-issuer", vec![changed("issuer", "did:web:attacker.example".into())]),
        ("65 of them", "count", (0..65).map(|_| envelope(&good)).collect()),
    ];
    cases.into_iter().map(|(name, code, items)| signed(cast, format!("carries {name}"), code, &with(items))).collect()
}

fn signers(cast: &Cast) -> Vec<Case> {
    let document = cast.presentation();
    let text = document.to_string();
    let header = |member: &str, value: &str| {
        let mut header = cast.holder.header("vp");
        header[member] = value.into();
        header.to_string()
    };
    let good = cast.holder.sign("vp", &document);
    let mut parts: Vec<&str> = good.split('.').collect();
    let fitted = {
        let mut document = document.clone();
        document["nonce"] = "challenge-2".into();
        cast.holder.sign("vp", &document)
    };
    parts[2] = fitted.rsplit('.').next().expect("a signature");
    let large = format!("{}.{}.{}", parts[0], "A".repeat(5_000_000), parts[2]);
    vec![
        case(cast, "the signature of another", "tampered", parts.join(".")),
        case(cast, "larger than is read", "oversized", large),
        case(cast, "signed by another", "tampered", cast.others[2].sign_raw(&header("alg", "EdDSA"), text.as_bytes())),
        case(cast, "under the attacker's name", "wrong-issuer", cast.attacker.sign("vp", &document)),
        case(cast, "as a credential", "media-type", cast.holder.sign("vc", &document)),
        case(cast, "typ of version 1.1", "media-type", cast.holder.sign_raw(&header("typ", "JWT"), text.as_bytes())),
        case(cast, "cty of a credential", "media-type", cast.holder.sign_raw(&header("cty", "vc"), text.as_bytes())),
        case(cast, "alg none", "algorithm", cast.holder.sign_raw(&header("alg", "none"), text.as_bytes())),
        case(cast, "a credential in its place", "media-type", cast.issuer.sign("vc", &cast.credential())),
        case(
            cast,
            "not JSON",
            "malformed",
            cast.holder.sign_raw(&cast.holder.header("vp").to_string(), b"presentation"),
        ),
        case(cast, "a list", "invalid-member", cast.holder.sign("vp", &json!([document]))),
    ]
}

fn again(cast: &Cast) -> Vec<Case> {
    let token = cast.holder.sign("vp", &cast.presentation());
    vec![
        Case { kind: Kind::Replay, ..case(cast, "handed in again", "replayed", token.clone()) },
        Case { kind: Kind::Crowd, ..case(cast, "among too many", "busy", token) },
    ]
}
