//! Another library agrees: what jwcrypto signs verifies here, and what is signed here verifies there.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hansa_trust::did::{Document, Standing};
use hansa_trust::fetch::AtHand;
use hansa_trust::jose::{Algorithm, Jws, PublicKey, SigningKey};
use serde_json::{Value, json};

use crate::stage::{Party, credential, now, run, verifier};

/// The library and its version.
const PACKAGE: &str = "jwcrypto==1.6.1";

fn done(output: &Output, what: &str, hint: &str) {
    let errors = String::from_utf8_lossy(&output.stderr);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{what} failed: {hint}\n{said}\n{errors}");
}

/// A Python that has the library, installed below the build's directory once. Without it this test fails: it would
/// prove nothing otherwise.
fn python() -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("python-{}", PACKAGE.replace("==", "-")));
    let python = home.join("bin/python");
    let has_library = |python: &Path| {
        let probe = Command::new(python).args(["-c", "import jwcrypto"]).stderr(Stdio::null()).status();
        probe.is_ok_and(|status| status.success())
    };
    if has_library(&python) {
        return python;
    }
    let hint = "install it with `apt-get install python3-venv python3-pip`";
    let made = Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home).output();
    done(&made.unwrap_or_else(|error| panic!("python3 is missing ({error}): {hint}")), "python3 -m venv", hint);
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE];
    let installed = Command::new(&python).args(pip).output().expect("the Python of the environment");
    done(&installed, "pip install", "it needs a Python package index");
    assert!(has_library(&python), "{PACKAGE} was installed but can't be imported");
    python
}

fn ask(request: &Value) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/jose.py");
    let mut child = Command::new(python())
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the Python of the environment");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(request.to_string().as_bytes()).expect("a reader");
    drop(input);
    let output = child.wait_with_output().expect("an end");
    done(&output, "jose.py", "its own words follow");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn jwcrypto_agrees_on_every_algorithm() {
    let parties = Algorithm::ALL.map(|algorithm| Party::new("issuer.example", algorithm));
    let document = credential("did:web:issuer.example");
    let mut verify = Vec::new();
    let mut sign = Vec::new();
    for party in &parties {
        let algorithm = party.key.algorithm().name();
        let public = party.key.public().to_jwk();
        let token = party.signer().credential(&document).expect("a credential");
        let (rest, _) = token.rsplit_once('.').expect("three parts");
        let other = Party::new("issuer.example", Algorithm::Es256).sign("vc", &json!({}));
        let foreign = format!("{rest}.{}", other.rsplit_once('.').expect("three parts").1);
        for token in [token.clone(), foreign] {
            verify.push(json!({"token": token, "public": public, "algorithm": algorithm}));
        }
        sign.push(json!({"algorithm": algorithm, "header": party.header("vc"), "payload": document.to_string()}));
    }
    let answer = ask(&json!({"verify": verify, "sign": sign}));

    let verified: Vec<Option<&str>> =
        answer["verified"].as_array().expect("a list").iter().map(Value::as_str).collect();
    let text = document.to_string();
    assert_eq!(verified, [Some(text.as_str()), None].repeat(4), "what was signed here, good and changed in turn");

    let signed = answer["signed"].as_array().expect("a list");
    assert_eq!(signed.len(), 4);
    for (item, algorithm) in signed.iter().zip(Algorithm::ALL) {
        let key = PublicKey::from_jwk(&item["public"]).expect("a good key");
        assert_eq!(key.algorithm(), algorithm);
        assert_eq!(key.thumbprint(), item["thumbprint"].as_str().expect("a text"));
        let token = item["token"].as_str().expect("a token");
        let mut did = Document::new("did:web:issuer.example".parse().expect("a DID"));
        did.publish("key-1", key.clone(), Standing::Current, None).expect("a key");
        let mut documents = AtHand::default();
        documents.add(did.id().document_url(), did.to_json().to_string());
        let verified = run(verifier(documents).verify_credential(token, now())).expect("a good credential");
        assert_eq!(verified.credential.document, document);
        assert!(Jws::parse(token, 100_000).expect("a token").verify(parties[0].key.public()).is_err());
        let der: String = item["pem"].as_str().expect("PEM").lines().filter(|line| !line.contains("---")).collect();
        let own = SigningKey::from_pkcs8(&STANDARD.decode(der).expect("base64")).expect("a private key");
        assert_eq!(own.public(), &key, "{algorithm}");
    }
}
