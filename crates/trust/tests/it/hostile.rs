//! What must not be believed: a corpus of inputs, each a good one with one named fault, each with the reason that must
//! be given. The corpora are in the files beside this one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hansa_trust::credential::{
    ChainPolicy, Expected, Refusal, Replays as _, SeenIds, Settings, Verifier, presentation_of,
};
use hansa_trust::fetch::AtHand;
use hansa_trust::jose::Algorithm;
use serde_json::{Value, json};

use crate::stage::{LIST, Party, credential, now, published, run};
use crate::{hostile_chain, hostile_credential, hostile_did, hostile_presentation, hostile_signature, hostile_status};

/// The audience of presentations.
pub(crate) const AUDIENCE: &str = "https://exchange.example";
/// The challenge that presentations answer.
pub(crate) const NONCE: &str = "challenge-1";

/// The parties of the corpus.
#[derive(Debug)]
pub(crate) struct Cast {
    /// Signs credentials with ES256.
    pub(crate) issuer: Party,
    /// Signs credentials with ES384, PS256 and EdDSA.
    pub(crate) others: [Party; 3],
    /// Presents.
    pub(crate) holder: Party,
    /// Has a document of its own, and wants to be taken for the issuer.
    pub(crate) attacker: Party,
}

impl Cast {
    pub(crate) fn new() -> Self {
        Self {
            issuer: Party::new("issuer.example", Algorithm::Es256),
            others: [
                Party::new("p384.example", Algorithm::Es384),
                Party::new("rsa.example", Algorithm::Ps256),
                Party::new("ed25519.example", Algorithm::EdDsa),
            ],
            holder: Party::new("holder.example", Algorithm::EdDsa),
            attacker: Party::new("attacker.example", Algorithm::Es256),
        }
    }

    pub(crate) fn documents(&self) -> AtHand {
        let mut documents = published([&self.issuer, &self.holder, &self.attacker].into_iter().chain(&self.others));
        documents.add(LIST, self.issuer.sign("vc", &hostile_status::good_list(self)));
        documents
    }

    /// A credential of the issuer that has a status.
    pub(crate) fn credential(&self) -> Value {
        let mut document = credential(self.issuer.did.as_str());
        document["credentialStatus"] = hostile_status::entry("revocation", "5");
        document
    }

    /// A presentation of the holder with two credentials.
    pub(crate) fn presentation(&self) -> Value {
        let other = &self.others[0];
        let mut second = credential(other.did.as_str());
        second["id"] = "https://p384.example/credentials/1".into();
        let carried = [self.issuer.sign("vc", &self.credential()), other.sign("vc", &second)];
        let mut presentation = presentation_of(self.holder.did.as_str(), carried.iter().map(String::as_str));
        presentation["aud"] = AUDIENCE.into();
        presentation["nonce"] = NONCE.into();
        presentation["iat"] = json!(now().micros() / 1_000_000);
        presentation
    }

    /// The case of a credential's text among the usual documents.
    pub(crate) fn token(&self, name: impl Into<String>, code: &'static str, token: impl Into<String>) -> Case {
        Case {
            name: name.into(),
            code,
            token: token.into(),
            kind: Kind::Credential,
            documents: self.documents(),
            chains: ChainPolicy::Ignored,
            anchors: None,
        }
    }

    /// The case of a good credential among other documents.
    pub(crate) fn documents_case(&self, name: impl Into<String>, code: &'static str, documents: AtHand) -> Case {
        let token = self.issuer.sign("vc", &self.credential());
        Case { documents, ..self.token(name, code, token) }
    }
}

/// What is handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Credential,
    Presentation,
    /// One that was handed in before.
    Replay,
    /// One for which the memory has no room.
    Crowd,
}

/// One input, and why it must be refused.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) code: &'static str,
    pub(crate) token: String,
    pub(crate) kind: Kind,
    pub(crate) documents: AtHand,
    pub(crate) chains: ChainPolicy,
    pub(crate) anchors: Option<Vec<u8>>,
}

impl Case {
    /// What becomes of it.
    fn judge(&self) -> Result<(), Refusal> {
        let mut settings = Settings { chains: self.chains, ..Settings::default() };
        if let Some(pem) = &self.anchors {
            settings.anchors = hansa_trust::did::TrustAnchors::from_pem(pem).expect("good anchors");
        }
        let verifier = Verifier::new(self.documents.clone(), settings);
        let seen = SeenIds::new(1);
        let expected = Expected {
            audience: Some(AUDIENCE),
            nonce: Some(NONCE),
            max_age: Some(Duration::from_mins(5)),
            replays: Some(&seen),
        };
        let present = || run(verifier.verify_presentation(&self.token, &expected, now())).map(|_| ());
        match self.kind {
            Kind::Credential => run(verifier.verify_credential(&self.token, now())).map(|_| ()),
            Kind::Presentation => present(),
            Kind::Replay => {
                present().expect("good at first");
                present()
            }
            Kind::Crowd => {
                seen.seen("another", now().plus(Duration::from_hours(1)), now());
                present()
            }
        }
    }

    /// What makes it another input than the next.
    fn input(&self) -> String {
        format!("{:?} {:?} {:?} {:?} {}", self.kind, self.documents, self.chains, self.anchors, self.token)
    }
}

fn corpus(cast: &Cast) -> Vec<Case> {
    let mut cases = hostile_signature::cases(cast);
    cases.extend(hostile_credential::cases(cast));
    cases.extend(hostile_presentation::cases(cast));
    cases.extend(hostile_did::cases(cast));
    cases.extend(hostile_chain::cases(cast));
    cases.extend(hostile_status::cases(cast));
    cases
}

#[test]
fn what_the_faults_are_put_into_is_good() {
    let cast = Cast::new();
    let credential = cast.token("good", "", cast.issuer.sign("vc", &cast.credential()));
    assert_eq!(credential.judge(), Ok(()));
    let presentation = cast.holder.sign("vp", &cast.presentation());
    let presentation = Case { kind: Kind::Presentation, ..cast.token("good", "", presentation) };
    assert_eq!(presentation.judge(), Ok(()));
    assert_eq!(hostile_chain::good(&cast).judge(), Ok(()));
    for other in &cast.others {
        let token = other.sign("vc", &crate::stage::credential(other.did.as_str()));
        assert_eq!(cast.token("good", "", token).judge(), Ok(()));
    }
}

#[test]
fn every_fault_is_found_and_named() {
    let cast = Cast::new();
    let cases = corpus(&cast);
    let names: BTreeSet<_> = cases.iter().map(|case| &case.name).collect();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
    let inputs: BTreeSet<_> = cases.iter().map(Case::input).collect();
    assert_eq!(inputs.len(), cases.len(), "two cases are one input");
    assert!(cases.len() >= 200, "there are {} cases only", cases.len());
    let wrong: BTreeMap<_, _> = cases
        .iter()
        .filter_map(|case| match case.judge() {
            Ok(()) => Some((&case.name, format!("was believed instead of `{}`", case.code))),
            Err(refusal) if refusal.code() == case.code => None,
            Err(refusal) => Some((&case.name, format!("`{}` instead of `{}`: {refusal}", refusal.code(), case.code))),
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} cases: {wrong:#?}", wrong.len(), cases.len());
}

#[test]
fn every_reason_is_given_by_some_fault() {
    let cast = Cast::new();
    let given: BTreeSet<_> = corpus(&cast).iter().map(|case| case.code).collect();
    for code in [
        "ambiguous",
        "algorithm",
        "busy",
        "chain-expired",
        "chain-malformed",
        "chain-missing",
        "chain-other-key",
        "chain-unavailable",
        "chain-untrusted",
        "context",
        "count",
        "cyclic",
        "did",
        "did-document",
        "expired",
        "extension",
        "invalid-member",
        "key",
        "key-purpose",
        "malformed",
        "media-type",
        "not-yet-valid",
        "oversized",
        "repeated",
        "replayed",
        "revoked",
        "stale",
        "status-invalid",
        "status-unknown",
        "suspended",
        "tampered",
        "too-deep",
        "unknown-key",
        "unresolvable",
        "unsigned",
        "wrapped",
        "wrong-audience",
        "wrong-issuer",
        "wrong-nonce",
    ] {
        assert!(given.contains(code), "no case is refused as `{code}`");
    }
}

#[test]
fn an_address_that_may_not_be_asked_is_a_reason_of_its_own() {
    let cast = Cast::new();
    let token = cast.issuer.sign("vc", &cast.credential());
    let verifier = Verifier::new(hansa_trust::fetch::Offline, Settings::default());
    let refusal = run(verifier.verify_credential(&token, now())).expect_err("nothing is at hand");
    assert_eq!(refusal.code(), "address");
}
