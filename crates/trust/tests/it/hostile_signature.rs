//! Faults of the signature: its form, its header, its algorithm, its bytes.

use ring::rand::SystemRandom;
use ring::signature::{
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaKeyPair,
};
use serde_json::{Value, json};

use crate::hostile::{Case, Cast};
use crate::stage::{Party, base64, credential};

pub(crate) fn cases(cast: &Cast) -> Vec<Case> {
    let mut cases = form(cast);
    cases.extend(header_text(cast));
    cases.extend(header_members(cast));
    cases.extend(algorithm_names(cast));
    cases.extend(algorithm_confusion(cast));
    cases.extend(brought_along(cast));
    cases.extend(bytes(cast));
    cases
}

fn good(cast: &Cast) -> [String; 3] {
    let token = cast.issuer.sign("vc", &cast.credential());
    let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts.try_into().expect("three parts")
}

fn form(cast: &Cast) -> Vec<Case> {
    let [header, payload, signature] = good(cast);
    let whole = format!("{header}.{payload}.{signature}");
    let large = format!("{header}.{}.{signature}", "A".repeat(300_000));
    let wide = format!("{}.{payload}.{signature}", "A".repeat(9_000));
    let long = format!("{header}.{payload}.{}", "A".repeat(2_000));
    [
        ("empty", "malformed", String::new()),
        ("one point", "malformed", ".".to_owned()),
        ("two points", "malformed", "..".to_owned()),
        ("three points", "malformed", "...".to_owned()),
        ("header only", "malformed", header.clone()),
        ("no signature part", "malformed", format!("{header}.{payload}")),
        ("a fourth part", "malformed", format!("{whole}.{signature}")),
        ("an empty fourth part", "malformed", format!("{whole}.")),
        ("an empty first part", "malformed", format!(".{whole}")),
        ("no header", "malformed", format!(".{payload}.{signature}")),
        ("a blank before", "malformed", format!(" {whole}")),
        ("a blank after", "malformed", format!("{whole} ")),
        ("a line end after", "malformed", format!("{whole}\n")),
        ("a line end within", "malformed", format!("{header}.{}\n{}.{signature}", &payload[..40], &payload[40..])),
        (
            "a blank within the signature",
            "malformed",
            format!("{header}.{payload}.{} {}", &signature[..9], &signature[9..]),
        ),
        ("padding of the header", "malformed", format!("{header}=.{payload}.{signature}")),
        ("padding of the payload", "malformed", format!("{header}.{payload}==.{signature}")),
        ("padding of the signature", "malformed", format!("{whole}==")),
        ("plus sign", "malformed", format!("{header}.{payload}.+{}", &signature[1..])),
        ("slash", "malformed", format!("{header}.{payload}./{}", &signature[1..])),
        ("a zero byte", "malformed", format!("{header}.{payload}.\0{}", &signature[1..])),
        ("a letter beyond ASCII", "malformed", format!("{header}.{payload}.ä{}", &signature[2..])),
        ("bits left over in the signature", "malformed", format!("{header}.{payload}.{}", left_over(&signature))),
        ("a length that no bytes have", "malformed", format!("{header}.{payload}.{}AAA", signature)),
        (
            "JSON serialization",
            "malformed",
            json!({"payload": payload, "signatures": [{"protected": header, "signature": signature}]}).to_string(),
        ),
        ("a data URL", "malformed", format!("data:application/vc+jwt,{whole}")),
        ("a bearer prefix", "malformed", format!("Bearer {whole}")),
        (
            "an encrypted token's five parts",
            "malformed",
            format!("{header}.{payload}.{signature}.{payload}.{signature}"),
        ),
        ("a selective disclosure after", "malformed", format!("{whole}~WyJhIiwiYiIsImMiXQ~")),
        ("larger than is read", "oversized", large),
        ("a header larger than is read", "oversized", wide),
        ("a signature larger than is read", "oversized", long),
    ]
    .map(|(name, code, token)| cast.token(format!("form: {name}"), code, token))
    .into()
}

/// The last letter of 64 bytes in base64url carries two bits and four zeros; sets one of the four.
fn left_over(signature: &str) -> String {
    let (rest, last) = signature.split_at(signature.len() - 1);
    let next = char::from(last.as_bytes()[0] + 1);
    assert!("AQgw".contains(last), "{last}");
    format!("{rest}{next}")
}

fn header_text(cast: &Cast) -> Vec<Case> {
    let [_, payload, signature] = good(cast);
    let good = cast.issuer.header("vc").to_string();
    let inner = &good[1..good.len() - 1];
    let deep = format!(r#"{{"alg":"ES256","x":{}1{}}}"#, "[".repeat(50), "]".repeat(50));
    let endless = format!("{}{}", r#"{"x":"#, "[".repeat(5_000));
    let texts: Vec<(&str, &str, Vec<u8>)> = vec![
        ("not JSON", "malformed", b"header".to_vec()),
        ("nothing", "malformed", Vec::new()),
        ("null", "malformed", b"null".to_vec()),
        ("a list", "malformed", format!("[{good}]").into_bytes()),
        ("a text", "malformed", br#""ES256""#.to_vec()),
        ("a number", "malformed", b"256".to_vec()),
        ("two objects", "malformed", format!("{good}{good}").into_bytes()),
        ("cut off", "malformed", good.as_bytes()[..good.len() - 1].to_vec()),
        ("a comma too much", "malformed", format!("{{{inner},}}").into_bytes()),
        ("a byte order mark", "malformed", format!("\u{feff}{good}").into_bytes()),
        ("not UTF-8", "malformed", [b"{\"alg\":\"ES256\",\"x\":\"\xff\"".as_slice(), b"}"].concat()),
        ("UTF-16", "malformed", good.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("single quotes", "malformed", good.replace('"', "'").into_bytes()),
        ("a comment", "malformed", format!("{{/* */{inner}}}").into_bytes()),
        ("algorithm twice", "ambiguous", format!(r#"{{{inner},"alg":"none"}}"#).into_bytes()),
        ("algorithm twice the other way", "ambiguous", format!(r#"{{"alg":"none",{inner}}}"#).into_bytes()),
        ("algorithm twice in another spelling", "ambiguous", format!(r#"{{{inner},"\u0061lg":"none"}}"#).into_bytes()),
        ("key twice", "ambiguous", format!(r#"{{{inner},"kid":"did:web:attacker.example#key-1"}}"#).into_bytes()),
        ("an unknown member twice", "ambiguous", format!(r#"{{{inner},"x":{{"a":1,"a":2}}}}"#).into_bytes()),
        ("deep nesting", "too-deep", deep.into_bytes()),
        ("endless nesting", "too-deep", endless.into_bytes()),
    ];
    texts
        .into_iter()
        .map(|(name, code, text)| {
            cast.token(format!("header text: {name}"), code, format!("{}.{payload}.{signature}", base64(text)))
        })
        .collect()
}

fn with(party: &Party, member: &str, value: Value) -> Value {
    let mut header = party.header("vc");
    header[member] = value;
    header
}

fn header_members(cast: &Cast) -> Vec<Case> {
    let issuer = &cast.issuer;
    let payload = cast.credential().to_string();
    let signed = |header: &Value| issuer.sign_raw(&header.to_string(), payload.as_bytes());
    let without = |member: &str| {
        let mut header = issuer.header("vc");
        header.as_object_mut().expect("an object").remove(member);
        header
    };
    let long = format!("did:web:{}#key-1", "a".repeat(600));
    let mut cases = vec![
        ("typ missing", "media-type", without("typ")),
        ("kid missing", "invalid-member", without("kid")),
        ("alg missing", "algorithm", without("alg")),
    ];
    for (member, code, values) in [
        (
            "typ",
            "media-type",
            json!(["", "JWT", "vp+jwt", "VC+JWT", "application/vc+jwt", "vc+sd-jwt", "at+jwt", "vc+jwt "]),
        ),
        ("typ", "malformed", json!([1, null, ["vc+jwt"], {"vc+jwt": 1}])),
        ("cty", "media-type", json!(["", "vp", "JWT", "VC", "application/vc"])),
        ("cty", "malformed", json!([1, null])),
        ("kid", "malformed", json!([1, null, ["did:web:issuer.example#key-1"]])),
        ("kid", "unknown-key", json!(["did:web:issuer.example#key-2", "did:web:issuer.example#KEY-1"])),
        (
            "kid",
            "did",
            json!([
                "",
                "key-1",
                "#key-1",
                "did:web:issuer.example",
                "did:web:issuer.example#",
                "did:web:issuer.example#key-1#key-1",
                "did:web:issuer.example?versionId=1#key-1",
                "did:web:issuer.example/x#key-1",
                "did:web:ISSUER.example#key-1",
                "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#key-1",
                "did:jwk:eyJrdHkiOiJFQyJ9#0",
                "https://issuer.example/keys/1",
                "file:///etc/passwd#key-1",
                "did:web:issuer.example:..:x#key-1",
                "did:web:issuer.example%2F..%2Fx#key-1",
                "did:web:issuer.example@attacker.example#key-1",
                "did:web:[::1]#key-1",
                "did:web:issuer.example%00#key-1",
                "did:web:issuer.example#key-1\u{0}",
                long,
            ]),
        ),
        (
            "kid",
            "wrong-issuer",
            json!([
                "did:web:attacker.example#key-1",
                "did:web:nowhere.example#key-1",
                "did:web:issuer.example:x#key-1"
            ]),
        ),
        (
            "iss",
            "wrong-issuer",
            json!(["did:web:attacker.example", "", "https://issuer.example", "did:web:issuer.example#key-1"]),
        ),
        ("iss", "malformed", json!([1, null, ["did:web:issuer.example"]])),
        ("crit", "extension", json!([["exp"], ["b64"], ["x"], [], "alg", null])),
        ("b64", "extension", json!([false, true, null])),
    ] {
        for value in values.as_array().expect("a list") {
            cases.push((member, code, with(issuer, member, value.clone())));
        }
    }
    let mut nameless = with(issuer, "kid", "did:web:nowhere.example#key-1".into());
    nameless.as_object_mut().expect("an object").remove("iss");
    cases.push(("nobody's kid and no iss", "unresolvable", nameless));
    let mut local = with(issuer, "kid", "did:web:127.0.0.1%3A8443#key-1".into());
    local.as_object_mut().expect("an object").remove("iss");
    cases.push(("a kid of this machine and no iss", "unresolvable", local));
    let named = |(member, code, header): (&str, &'static str, Value)| {
        let name = format!("header: {member} in {header}");
        cast.token(name, code, signed(&header))
    };
    cases.into_iter().map(named).collect()
}

fn algorithm_names(cast: &Cast) -> Vec<Case> {
    let issuer = &cast.issuer;
    let payload = cast.credential().to_string();
    let names = json!([
        "none",
        "None",
        "NONE",
        "nOnE",
        "",
        "es256",
        "Es256",
        "ES256 ",
        " ES256",
        "ES256\u{0}",
        "ES256K",
        "ES512",
        "RS256",
        "RS384",
        "RS512",
        "PS384",
        "PS512",
        "HS256",
        "HS384",
        "HS512",
        "eddsa",
        "EDDSA",
        "Ed25519",
        "Ed448",
        "ESP256",
        "RSA-OAEP",
        "dir",
        "A128KW",
        "ECDH-ES",
        "ES256,none",
        "\u{415}S256",
        "ＥＳ256",
    ]);
    let mut cases = Vec::new();
    for name in names.as_array().expect("a list") {
        let header = with(issuer, "alg", name.clone()).to_string();
        let signed = issuer.sign_raw(&header, payload.as_bytes());
        cases.push(cast.token(format!("alg {name:?} over a good signature"), "algorithm", signed));
    }
    for name in ["none", "None", "NONE", "", "HS256"] {
        let header = with(issuer, "alg", name.into()).to_string();
        let token = format!("{}.{}.", base64(header), base64(&payload));
        cases.push(cast.token(format!("alg {name:?} without a signature"), "algorithm", token));
    }
    for value in [json!(0), json!(null), json!(["ES256"]), json!({"ES256": true}), json!(true)] {
        let header = with(issuer, "alg", value.clone()).to_string();
        cases.push(cast.token(
            format!("alg of another type: {value}"),
            "malformed",
            issuer.sign_raw(&header, payload.as_bytes()),
        ));
    }
    cases
}

fn algorithm_confusion(cast: &Cast) -> Vec<Case> {
    let mut cases = Vec::new();
    // A good signature of one kind under the name of each other kind, for each kind of key.
    for party in [&cast.issuer].into_iter().chain(&cast.others) {
        let own = party.key.algorithm().name();
        let payload = credential(party.did.as_str()).to_string();
        for name in ["ES256", "ES384", "PS256", "EdDSA"].into_iter().filter(|name| *name != own) {
            let header = with(party, "alg", name.into()).to_string();
            cases.push(cast.token(
                format!("{own} key under {name}"),
                "algorithm",
                party.sign_raw(&header, payload.as_bytes()),
            ));
        }
        // The public key as the secret of an HMAC, in every form that a library might take it.
        let jwk = party.key.public().to_jwk();
        let forms = [
            jwk.to_string(),
            jwk.get("x").or(jwk.get("n")).expect("a number").to_string(),
            party.key.public().thumbprint(),
        ];
        for (number, secret) in forms.iter().enumerate() {
            let header = with(party, "alg", "HS256".into()).to_string();
            let input = format!("{}.{}", base64(header), base64(&payload));
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
            let tag = ring::hmac::sign(&key, input.as_bytes());
            cases.push(cast.token(
                format!("{own} key as secret, form {number}"),
                "algorithm",
                format!("{input}.{}", base64(tag)),
            ));
        }
    }
    // Good RSA signatures of kinds that are not accepted, under their own names and under PS256.
    let rsa = &cast.others[1];
    let pair = RsaKeyPair::from_pkcs8(rsa.key.to_pkcs8()).expect("an RSA key");
    let payload = credential(rsa.did.as_str()).to_string();
    let paddings: [(&str, &dyn ring::signature::RsaEncoding); 5] = [
        ("RS256", &RSA_PKCS1_SHA256),
        ("RS384", &RSA_PKCS1_SHA384),
        ("RS512", &RSA_PKCS1_SHA512),
        ("PS384", &RSA_PSS_SHA384),
        ("PS512", &RSA_PSS_SHA512),
    ];
    for (name, padding) in paddings {
        for (stated, code) in [(name, "algorithm"), ("PS256", "tampered")] {
            let input = format!("{}.{}", base64(with(rsa, "alg", stated.into()).to_string()), base64(&payload));
            let mut signature = vec![0; 256];
            pair.sign(padding, &SystemRandom::new(), input.as_bytes(), &mut signature).expect("a signature");
            cases.push(cast.token(format!("{name} under {stated}"), code, format!("{input}.{}", base64(signature))));
        }
    }
    cases
}

/// Keys that the attacker brings along in the header are not looked at.
fn brought_along(cast: &Cast) -> Vec<Case> {
    let (issuer, attacker) = (&cast.issuer, &cast.attacker);
    let payload = cast.credential().to_string();
    [
        ("jwk", attacker.key.public().to_jwk()),
        ("jku", "https://attacker.example/keys.json".into()),
        ("x5u", "https://attacker.example/chain.pem".into()),
        ("x5c", json!(["MIIB"])),
        ("x5t#S256", "AAAA".into()),
    ]
    .map(|(member, value)| {
        let header = with(issuer, member, value).to_string();
        cast.token(format!("brought along: {member}"), "tampered", attacker.sign_raw(&header, payload.as_bytes()))
    })
    .into()
}

fn bytes(cast: &Cast) -> Vec<Case> {
    let [header, payload, signature] = good(cast);
    let raw = {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&signature).expect("base64url")
    };
    let mut other = cast.credential();
    other["credentialSubject"]["schema:name"] = "Example Cloud Inc.".into();
    let other_payload = base64(other.to_string());
    let other_header = base64(with(&cast.issuer, "x", 1.into()).to_string());
    let signed_by_attacker =
        cast.attacker.sign_raw(&cast.issuer.header("vc").to_string(), cast.credential().to_string().as_bytes());
    let signature_of_other = cast.issuer.sign("vc", &other).rsplit_once('.').map(|(_, last)| last.to_owned());
    // The order of P-256.
    let order: Vec<u8> =
        hex::decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551").expect("hexadecimal");
    let half = |bytes: &[u8], other: &[u8]| base64([bytes, other].concat());
    let (r, s) = raw.split_at(32);
    let der = [&[0x30, 0x44, 0x02, 0x20], r, &[0x02, 0x20], s].concat();
    let mut cases: Vec<(String, String)> = [
        ("nothing", String::new()),
        ("zeros", base64([0; 64])),
        ("ones", base64([1; 64])),
        ("r zero", half(&[0; 32], s)),
        ("s zero", half(r, &[0; 32])),
        ("r the order", half(&order, s)),
        ("s the order", half(r, &order)),
        ("r and s swapped", half(s, r)),
        ("r doubled", half(r, r)),
        ("DER", base64(der)),
        ("a byte short", base64(&raw[..63])),
        ("a byte long", base64([raw.as_slice(), &[0]].concat())),
        ("half", base64(r)),
        ("twice", base64([raw.clone(), raw.clone()].concat())),
        ("of another payload", signature_of_other.expect("a signature")),
    ]
    .map(|(name, signature)| (name.to_owned(), format!("{header}.{payload}.{signature}")))
    .into();
    for position in [0, 7, 31, 32, 48, 63] {
        let mut flipped = raw.clone();
        flipped[position] ^= 0x10;
        cases.push((format!("byte {position} changed"), format!("{header}.{payload}.{}", base64(flipped))));
    }
    cases.push(("another payload".to_owned(), format!("{header}.{other_payload}.{signature}")));
    cases.push(("another header".to_owned(), format!("{other_header}.{payload}.{signature}")));
    cases.push(("no payload".to_owned(), format!("{header}..{signature}")));
    cases.push(("header as payload".to_owned(), format!("{header}.{header}.{signature}")));
    cases.push(("the attacker's key".to_owned(), signed_by_attacker));
    cases.into_iter().map(|(name, token)| cast.token(format!("bytes: {name}"), "tampered", token)).collect()
}
