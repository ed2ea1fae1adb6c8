//! Faults of status lists, and statuses that are bad.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use hansa_trust::status::{Bitstring, StatusList, StatusPurpose};
use serde_json::{Value, json};

use crate::hostile::{Case, Cast};
use crate::stage::{LIST, base64, now};

pub(crate) fn entry(purpose: &str, index: &str) -> Value {
    json!({
        "id": format!("{LIST}#{index}"),
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": index,
        "statusListCredential": LIST,
    })
}

fn list(cast: &Cast, set: &[usize]) -> Value {
    let mut bits = Bitstring::new(0);
    for index in set {
        bits.set(*index, true).expect("a bit");
    }
    let list = StatusList { purposes: vec![StatusPurpose::Revocation, StatusPurpose::Suspension], ttl: None, bits };
    list.to_credential(LIST, cast.issuer.did.as_str(), now(), None)
}

pub(crate) fn good_list(cast: &Cast) -> Value {
    list(cast, &[4, 6])
}

fn packed(bytes: &[u8]) -> String {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes).expect("memory");
    format!("u{}", base64(packer.finish().expect("memory")))
}

pub(crate) fn cases(cast: &Cast) -> Vec<Case> {
    let mut cases = statuses(cast);
    cases.extend(lists(cast));
    cases.extend(encodings(cast));
    cases.extend(signers(cast));
    cases
}

fn published(cast: &Cast, name: impl Into<String>, code: &'static str, body: impl Into<Vec<u8>>) -> Case {
    let mut documents = cast.documents();
    documents.add(LIST, body);
    let name: String = name.into();
    cast.documents_case(format!("status list: {name}"), code, documents)
}

fn statuses(cast: &Cast) -> Vec<Case> {
    let mut cases = vec![
        published(cast, "revoked", "revoked", cast.issuer.sign("vc", &list(cast, &[5]))),
        published(cast, "all revoked", "revoked", cast.issuer.sign("vc", &list(cast, &(0..64).collect::<Vec<_>>()))),
    ];
    for (name, code, status) in [
        ("suspended", "suspended", json!([entry("suspension", "4")])),
        ("revoked behind good", "revoked", json!([entry("revocation", "5"), entry("revocation", "6")])),
        ("suspended and revoked", "revoked", json!([entry("suspension", "4"), entry("revocation", "6")])),
        ("past the end", "status-invalid", json!(entry("revocation", "131072"))),
        ("far past the end", "status-invalid", json!(entry("revocation", "18446744073709551615"))),
    ] {
        let mut document = cast.credential();
        document["credentialStatus"] = status;
        cases.push(cast.token(format!("status: {name}"), code, cast.issuer.sign("vc", &document)));
    }
    let mut elsewhere = cast.credential();
    elsewhere["credentialStatus"]["statusListCredential"] = "https://issuer.example/status/2".into();
    cases.push(cast.token("status: no such list", "status-unknown", cast.issuer.sign("vc", &elsewhere)));
    let mut inside = cast.credential();
    inside["credentialStatus"]["statusListCredential"] = "file:///etc/passwd".into();
    cases.push(cast.token("status: a file", "status-unknown", cast.issuer.sign("vc", &inside)));
    let mut own = cast.credential();
    own["credentialStatus"]["statusListCredential"] = cast.issuer.did.document_url().into();
    cases.push(cast.token("status: a DID document", "status-invalid", cast.issuer.sign("vc", &own)));
    cases
}

fn lists(cast: &Cast) -> Vec<Case> {
    let mut cases = Vec::new();
    for (pointer, values) in [
        ("/id", json!(["https://issuer.example/status/2", 1, ""])),
        (
            "/type",
            json!([
                ["VerifiableCredential"],
                ["BitstringStatusListCredential"],
                ["VerifiableCredential", "StatusList2021Credential"]
            ]),
        ),
        ("/issuer", json!(["did:web:attacker.example", null])),
        ("/validFrom", json!(["2027-01-01T00:00:00Z", "soon"])),
        ("/validUntil", json!(["2026-11-22T11:00:00Z", "2026-11-22T12:00:00"])),
        ("/@context", json!(["https://www.w3.org/2018/credentials/v1"])),
        ("/credentialStatus", json!([entry("revocation", "9"), [entry("suspension", "9")], "x"])),
        ("/credentialSubject", json!([null, [], "x"])),
        ("/credentialSubject/type", json!(["StatusList2021", null, []])),
        ("/credentialSubject/statusPurpose", json!(["suspension", "message", [], null, ["suspension", "message"], 1])),
        ("/credentialSubject/statusSize", json!([2, 0, "1", null])),
        ("/credentialSubject/ttl", json!(["300000", -1, 1.5, null])),
        ("/credentialSubject/encodedList", json!([null, 1, [], ""])),
    ] {
        for value in values.as_array().expect("a list") {
            let mut document = good_list(cast);
            let (parent, member) = pointer.rsplit_once('/').expect("a pointer");
            document.pointer_mut(parent).expect("a member")[member] = value.clone();
            let token = cast.issuer.sign("vc", &document);
            cases.push(published(cast, format!("{pointer} {value}"), "status-invalid", token));
        }
    }
    cases
}

fn encodings(cast: &Cast) -> Vec<Case> {
    let good = Bitstring::new(0).encode();
    let mut broken: Vec<u8> = {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&good[1..]).expect("base64url")
    };
    let cut = base64(&broken[..broken.len() - 6]);
    let checksum = broken.len() - 7;
    broken[checksum] ^= 1;
    [
        ("without multibase", good[1..].to_owned()),
        ("another multibase", format!("z{}", &good[1..])),
        ("a capital multibase", format!("U{}", &good[1..])),
        ("padding", format!("{good}==")),
        ("not base64", "u!!!!".to_owned()),
        ("only the multibase", "u".to_owned()),
        ("not gzip", format!("u{}", base64([0; 16_384]))),
        ("cut off", format!("u{cut}")),
        ("a wrong checksum", format!("u{}", base64(&broken))),
        ("empty", packed(&[])),
        ("a byte short of the least", packed(&[0; 16_383])),
        ("one byte", packed(&[0])),
        ("a bomb of 64 MiB", packed(&vec![0; 64 * 1024 * 1024])),
        ("a byte more than is read", packed(&vec![0; 1024 * 1024 + 1])),
    ]
    .map(|(name, encoded)| {
        let mut document = good_list(cast);
        document["credentialSubject"]["encodedList"] = encoded.into();
        published(cast, format!("bits: {name}"), "status-invalid", cast.issuer.sign("vc", &document))
    })
    .into()
}

fn signers(cast: &Cast) -> Vec<Case> {
    let document = good_list(cast);
    let good = cast.issuer.sign("vc", &document);
    let mut of_attacker = document.clone();
    of_attacker["issuer"] = cast.attacker.did.as_str().into();
    let header = cast.issuer.header("vc").to_string();
    let (input, _) = good.rsplit_once('.').expect("three parts");
    let mut unsigned = cast.issuer.header("vc");
    unsigned["alg"] = "none".into();
    vec![
        published(cast, "the attacker's own", "status-invalid", cast.attacker.sign("vc", &of_attacker)),
        published(cast, "in the issuer's name", "status-invalid", cast.attacker.sign("vc", &document)),
        published(
            cast,
            "signed by the attacker",
            "status-invalid",
            cast.attacker.sign_raw(&header, document.to_string().as_bytes()),
        ),
        published(cast, "without a signature", "status-invalid", format!("{input}.")),
        published(
            cast,
            "alg none",
            "status-invalid",
            cast.issuer.sign_raw(&unsigned.to_string(), document.to_string().as_bytes()),
        ),
        published(cast, "as JSON", "status-invalid", document.to_string()),
        published(cast, "nothing", "status-invalid", ""),
        published(cast, "not UTF-8", "status-invalid", vec![0xff; 100]),
        published(cast, "a presentation", "status-invalid", cast.holder.sign("vp", &cast.presentation())),
        published(cast, "the credential itself", "status-invalid", cast.issuer.sign("vc", &cast.credential())),
        published(cast, "larger than is read", "status-unknown", vec![b'a'; 5_000_000]),
    ]
}
