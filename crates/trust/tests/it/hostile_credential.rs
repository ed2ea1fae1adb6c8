//! Faults of what a credential says, under a good signature.

use serde_json::{Value, json};

use crate::hostile::{Case, Cast};
use crate::stage::LIST;

pub(crate) fn cases(cast: &Cast) -> Vec<Case> {
    let mut cases = texts(cast);
    cases.extend(members(cast));
    cases.extend(missing(cast));
    cases.extend(subjects(cast));
    cases
}

fn texts(cast: &Cast) -> Vec<Case> {
    let good = cast.credential().to_string();
    let inner = &good[1..good.len() - 1];
    let deep = format!(r#"{{{inner},"x":{}1{}}}"#, "[".repeat(40), "]".repeat(40));
    let endless = format!(r#"{{{inner},"x":{}"#, r#"{"x":"#.repeat(10_000));
    let texts: Vec<(&str, &str, Vec<u8>)> = vec![
        ("nothing", "malformed", Vec::new()),
        ("not JSON", "malformed", b"credential".to_vec()),
        ("two objects", "malformed", format!("{good}{good}").into_bytes()),
        ("cut off", "malformed", good.as_bytes()[..good.len() - 1].to_vec()),
        ("a byte order mark", "malformed", format!("\u{feff}{good}").into_bytes()),
        ("not UTF-8", "malformed", [good.as_bytes(), &[0xff]].concat()),
        ("not a number", "malformed", format!(r#"{{{inner},"x":NaN}}"#).into_bytes()),
        ("a list", "invalid-member", format!("[{good}]").into_bytes()),
        ("a text", "invalid-member", b"\"x\"".to_vec()),
        ("null", "invalid-member", b"null".to_vec()),
        ("issuer twice", "ambiguous", format!(r#"{{{inner},"issuer":"did:web:attacker.example"}}"#).into_bytes()),
        ("issuer twice in another spelling", "ambiguous", format!(r#"{{{inner},"\u0069ssuer":"x"}}"#).into_bytes()),
        ("subject twice", "ambiguous", format!(r#"{{"credentialSubject":{{"id":"x"}},{inner}}}"#).into_bytes()),
        (
            "a member of the subject twice",
            "ambiguous",
            good.replace(r#""schema:name""#, r#""type":"x","schema:name""#).into_bytes(),
        ),
        ("deep nesting", "too-deep", deep.into_bytes()),
        ("endless nesting", "too-deep", endless.into_bytes()),
    ];
    let header = cast.issuer.header("vc").to_string();
    texts
        .into_iter()
        .map(|(name, code, text)| {
            cast.token(format!("credential text: {name}"), code, cast.issuer.sign_raw(&header, &text))
        })
        .collect()
}

fn signed(cast: &Cast, name: String, code: &'static str, document: &Value) -> Case {
    cast.token(name, code, cast.issuer.sign("vc", document))
}

fn members(cast: &Cast) -> Vec<Case> {
    let v1 = "https://www.w3.org/2018/credentials/v1";
    let v2 = "https://www.w3.org/ns/credentials/v2";
    let mut cases = Vec::new();
    for (member, code, values) in [
        ("vc", "wrapped", json!([{}, null])),
        ("vp", "wrapped", json!([{}, "x"])),
        (
            "@context",
            "context",
            json!([
                null, [], {}, 1, v1, [v1], [v1, v2], ["https://w3id.org/gaia-x/development#", v2], [[v2]],
                [{"@vocab": "x"}, v2], [v2, 1], [v2, null], [v2, {"gx": "https://attacker.example/#"}],
                [v2, {"gx": {"@id": "https://attacker.example/#"}}],
                [v2, {"gx": null}], "https://www.w3.org/ns/credentials/v2/", " https://www.w3.org/ns/credentials/v2",
            ]),
        ),
        (
            "type",
            "invalid-member",
            json!([
                "gx:LegalPerson",
                [],
                null,
                1,
                ["gx:LegalPerson"],
                ["VerifiableCredential", 1],
                ["VerifiablePresentation"],
                ["verifiablecredential"]
            ]),
        ),
        ("issuer", "invalid-member", json!([null, 1, [], ["did:web:issuer.example"], {}, {"id": 1}, {"name": "x"}])),
        (
            "issuer",
            "wrong-issuer",
            json!([
                "did:web:attacker.example", {"id": "did:web:attacker.example"}, "", "https://issuer.example",
                "did:web:issuer.example#key-1",
                "did:web:issuer.example ", "did:web:ISSUER.example", "did:web:issuer.example:sub",
            ]),
        ),
        ("iss", "invalid-member", json!(["did:web:attacker.example", 1, null])),
        ("jti", "invalid-member", json!(["https://issuer.example/credentials/2", null])),
        ("sub", "invalid-member", json!(["did:web:attacker.example", 7])),
        ("id", "invalid-member", json!([1, "", null, ["https://issuer.example/credentials/1"]])),
        ("validFrom", "not-yet-valid", json!(["2026-11-22T12:01:01Z", "2027-01-01T00:00:00Z"])),
        (
            "validFrom",
            "invalid-member",
            json!([
                "", "yesterday", "2026-11-01", "2026-11-01T00:00:00", "2026-11-01 00:00:00Z", "2026-11-01T00:00Z",
                "20261101T000000Z",
                "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-01T24:00:01Z", "2026-11-01T00:00:00.Z",
                "+002026-11-01T00:00:00Z",
                "2026-11-01T00:00:00Z[Europe/Berlin]", "2026-11-01T00:00:00Zjunk", 1_761_955_200, null,
                ["2026-11-01T00:00:00Z"],
                {"@value": "2026-11-01T00:00:00Z"},
            ]),
        ),
        (
            "validUntil",
            "expired",
            json!(["2026-11-22T11:59:00Z", "2026-11-21T00:00:00+00:00", "2026-11-02T00:00:00.000001Z"]),
        ),
        (
            "validUntil",
            "invalid-member",
            json!([
                "",
                "never",
                "2026-12-01",
                "2026-12-01T00:00:00",
                4_102_444_800_i64,
                null,
                "2026-10-01T00:00:00Z",
                true
            ]),
        ),
        ("nbf", "not-yet-valid", json!([1_795_400_000])),
        ("nbf", "invalid-member", json!(["1", 1.5, null, 1e300])),
        ("exp", "expired", json!([1_793_610_000])),
        ("exp", "invalid-member", json!(["4102444800", 4_102_444_800.5, null, 0, -1, 1_763_810_000])),
        (
            "credentialSubject",
            "invalid-member",
            json!([
                null, [], {}, "did:web:issuer.example", 1, [{}], [{"id": "a"}, {}], [{"id": "a"}, "b"],
                {"id": 1}, {"id": null},
                [[{"id": "a"}]], {"type": "gx:LegalPerson"},
            ]),
        ),
        ("verifiableCredential", "cyclic", json!([null, [], {}, [{"credentialSubject": {"id": "x"}}]])),
        ("credentialStatus", "invalid-member", statuses()),
    ] {
        for value in values.as_array().expect("a list") {
            let mut document = cast.credential();
            document[member] = value.clone();
            cases.push(signed(cast, format!("credential: {member} {value}"), code, &document));
        }
    }
    cases
}

fn statuses() -> Value {
    let entry = |changes: &[(&str, Value)]| {
        let mut entry = json!({
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "5",
            "statusListCredential": LIST,
        });
        for (member, value) in changes {
            entry[*member] = value.clone();
        }
        entry
    };
    let good = entry(&[]);
    json!([
        null,
        "https://issuer.example/status/1",
        1,
        {},
        [null],
        [good, {}],
        [good, good, good, good, good],
        entry(&[("type", "StatusList2021Entry".into())]),
        entry(&[("type", "RevocationList2020Status".into())]),
        entry(&[("type", Value::Null)]),
        entry(&[("statusPurpose", "Revocation".into())]),
        entry(&[("statusPurpose", "none".into())]),
        entry(&[("statusPurpose", Value::Null)]),
        entry(&[("statusListIndex", 5.into())]),
        entry(&[("statusListIndex", "-5".into())]),
        entry(&[("statusListIndex", "+5".into())]),
        entry(&[("statusListIndex", "".into())]),
        entry(&[("statusListIndex", " 5".into())]),
        entry(&[("statusListIndex", "5e0".into())]),
        entry(&[("statusListIndex", "0x5".into())]),
        entry(&[("statusListIndex", "99999999999999999999999999".into())]),
        entry(&[("statusListCredential", Value::Null)]),
        entry(&[("statusListCredential", 1.into())]),
        entry(&[("statusSize", 2.into())]),
        entry(&[("statusSize", "1".into())]),
    ])
}

fn missing(cast: &Cast) -> Vec<Case> {
    [
        ("@context", "context"),
        ("type", "invalid-member"),
        ("issuer", "invalid-member"),
        ("credentialSubject", "invalid-member"),
    ]
    .map(|(member, code)| {
        let mut document = cast.credential();
        document.as_object_mut().expect("an object").remove(member);
        signed(cast, format!("credential: without {member}"), code, &document)
    })
    .into()
}

/// A credential inside a credential is not taken for one; what is signed outside decides.
fn subjects(cast: &Cast) -> Vec<Case> {
    let inner = cast.credential();
    let wrapper = json!({"iss": "did:web:issuer.example", "vc": inner, "exp": 4_102_444_800_i64});
    let presentation = cast.presentation();
    vec![
        signed(cast, "credential: the claims of version 1.1".to_owned(), "wrapped", &wrapper),
        signed(cast, "credential: a presentation in its place".to_owned(), "invalid-member", &presentation),
    ]
}
