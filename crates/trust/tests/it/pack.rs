//! Audit packs: what is made verifies, and whatever is changed shows.

use hansa_model::evidence::{Claim, Entity, EntityKind, FactValue, Holding, Share, Subject, TrustedIssuer};
use hansa_model::id::{EvidenceId, ParticipantId};
use hansa_model::time::Timestamp;
use hansa_trust::credential::{Settings, Verifier};
use hansa_trust::fetch::{AtHand, Recorder};
use hansa_trust::jose::Algorithm;
use hansa_trust::pack::{self, Belief, Draft, Files, Issued, Judged, Kept, PackReport, Party, Unverifiable};
use hansa_trust::reading::Statement;
use hansa_trust::rules::RuleSets;
use hansa_trust::status::{Bitstring, MINIMUM_BITS, StatusEntry, StatusList, StatusPurpose};
use serde_json::{Value, json};
use std::collections::BTreeMap;

use crate::stage::{LIST, Party as Signing, now, published, run};

/// An exchange, a provider, a certifier that may have revoked something, and what was handed in.
struct World {
    exchange: Signing,
    provider: Signing,
    certifier: Signing,
    revoked: bool,
}

const EXCHANGE: &str = "exchange.example";

impl World {
    fn new() -> Self {
        let provider = Signing::new("provider.example", Algorithm::Es256);
        let certifier = Signing::new("issuer.example", Algorithm::EdDsa);
        Self { exchange: Signing::new(EXCHANGE, Algorithm::Es256), provider, certifier, revoked: false }
    }

    fn documents(&self) -> AtHand {
        let mut documents = published([&self.exchange, &self.provider, &self.certifier]);
        let mut bits = Bitstring::new(MINIMUM_BITS);
        bits.set(7, self.revoked).unwrap();
        let list = StatusList { purposes: vec![StatusPurpose::Revocation], ttl: None, bits };
        let list = list.to_credential(LIST, self.certifier.did.as_str(), now(), Some(now().plus(DAY)));
        documents.add(LIST, self.certifier.signer().credential(&list).unwrap());
        documents
    }

    fn certificate(&self) -> String {
        let certificate = json!({"claim": "certificate", "scheme": "C5", "body": "Auditor", "level": "type2"});
        let Ok(Claim::Certificate(certificate)) = serde_json::from_value(certificate) else { panic!("a certificate") };
        let mut document = Statement::Certificate(certificate).credential(self.provider.did.as_str());
        let entry = StatusEntry { purpose: StatusPurpose::Revocation, list: LIST.to_owned(), index: 7 };
        document["credentialStatus"] = entry.to_json();
        dated(&self.certifier, document)
    }

    fn declaration(&self) -> String {
        let facts = BTreeMap::from([
            ("gx.legally-binding-act".to_owned(), FactValue::Flag(true)),
            ("gx.legal-person".to_owned(), FactValue::Flag(true)),
        ]);
        dated(&self.provider, Statement::Declaration(facts).credential(self.provider.did.as_str()))
    }

    fn ownership(&self) -> String {
        let entity = |id: &str, kind| Entity {
            id: id.to_owned(),
            name: id.to_owned(),
            kind,
            incorporated_in: Some("DE".parse().unwrap()),
            headquarters_in: Some("DE".parse().unwrap()),
            main_establishment_in: None,
            personal_jurisdictions: Vec::new(),
        };
        let holding = Holding {
            owner: "hanna-beck".to_owned(),
            owned: "provider".to_owned(),
            capital: Some(Share(10_000)),
            votes: Some(Share(10_000)),
            joint_group: None,
            rights: Some(std::collections::BTreeSet::new()),
            valid_from: None,
            valid_to: None,
            source: None,
        };
        let entities = vec![entity("provider", EntityKind::Company), entity("hanna-beck", EntityKind::Person)];
        let said = Statement::Ownership { entities, holdings: vec![holding] };
        dated(&self.provider, said.credential(self.provider.did.as_str()))
    }

    fn label(&self) -> String {
        let document = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "urn:hansa:v1"],
            "type": ["VerifiableCredential", "hansa:Label"],
            "credentialSubject": {"id": self.provider.did.as_str(), "level": "SC"},
        });
        dated(&self.exchange, document)
    }

    fn pack(&self) -> Vec<u8> {
        let id = ParticipantId::new();
        let files = RuleSets::embedded_files();
        let kept = |credential: String| Kept {
            id: EvidenceId::new(),
            subject: Subject::Participant(id),
            holder: id,
            source: "upload".to_owned(),
            received_at: now(),
            credential,
        };
        let trusted = TrustedIssuer {
            did: self.certifier.did.to_string(),
            name: "Certifier".to_owned(),
            kinds: vec!["hansa:Certificate".to_owned()],
            schemes: vec!["C5".to_owned()],
            added_at: now(),
            added_by: "somebody".to_owned(),
        };
        let judged = |name: &str, kind: Option<&str>, site: Option<&str>| Judged {
            participant: id,
            subjects: vec![Subject::Participant(id)],
            name: name.to_owned(),
            kind: kind.map(str::to_owned),
            site: site.map(str::to_owned),
        };
        let draft = Draft {
            about: id.to_string(),
            exchange: self.exchange.did.to_string(),
            at: now(),
            parties: vec![Party { id, name: "provider".to_owned(), did: self.provider.did.to_string() }],
            belief: Belief::new(vec![trusted], &Settings::default(), b""),
            evidence: vec![kept(self.certificate()), kept(self.declaration()), kept(self.ownership())],
            judged: vec![
                judged("provider", None, None),
                judged("provider/site/vm", Some("compute.instance"), Some("site")),
            ],
            issued: vec![Issued { folder: "labels", kind: "hansa:Label".to_owned(), credential: self.label() }],
            decisions: pack::decisions("head".to_owned(), 0, Vec::new()),
            rules: &files,
        };
        let verifier = Verifier::new(Recorder::new(self.documents()), Settings::default());
        run(pack::make(&draft, &verifier, &self.exchange.signer())).expect("a pack")
    }
}

const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// A credential of a party that counts from a month ago for a year.
fn dated(by: &Signing, mut document: Value) -> String {
    let from: Timestamp = now().minus(30 * DAY);
    document["issuer"] = by.did.as_str().into();
    document["validFrom"] = json!(from);
    document["validUntil"] = json!(from.plus(365 * DAY));
    by.signer().credential(&document).expect("a credential")
}

fn verify(archive: &[u8]) -> PackReport {
    run(pack::verify(archive, None)).expect("a pack")
}

/// The differences after some change to the files; the manifest is as it was.
fn changed(change: impl FnOnce(&mut Files)) -> Vec<String> {
    let mut files = pack::unpack(&World::new().pack()).unwrap();
    change(&mut files);
    let report = verify(&pack::pack(&files).unwrap());
    assert!(!report.is_good(), "nothing was noticed");
    report.differences.into_iter().map(|difference| format!("{} {}", difference.path, difference.what)).collect()
}

/// The differences after a change that was put into the manifest too, so that only its signature and what the files
/// mean can tell.
fn forged(change: impl FnOnce(&mut Files)) -> Vec<String> {
    changed(|files| {
        change(files);
        let mut manifest: pack::Manifest = serde_json::from_slice(&files["manifest.json"]).unwrap();
        let others = files.iter().filter(|(path, _)| !path.starts_with("manifest."));
        manifest.files = others
            .map(|(path, bytes)| pack::FileEntry {
                path: path.clone(),
                sha256: hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes)),
                bytes: bytes.len(),
            })
            .collect();
        let manifest = serde_json::to_vec_pretty(&manifest).unwrap();
        files.insert("manifest.json".to_owned(), manifest);
    })
}

fn edit(files: &mut Files, path: &str, from: &str, to: &str) {
    let text = String::from_utf8(files[path].clone()).unwrap();
    assert!(text.contains(from), "`{from}` does not stand in {path}");
    files.insert(path.to_owned(), text.replacen(from, to, 1).into_bytes());
}

fn some_evidence(files: &Files) -> String {
    files.keys().find(|path| path.starts_with("evidence/evd_")).unwrap().clone()
}

fn names(differences: &[String], path: &str) -> bool {
    differences.iter().any(|difference| difference.starts_with(path))
}

#[test]
fn a_pack_verifies_and_says_what_it_comes_to() {
    let world = World::new();
    let archive = world.pack();
    let report = verify(&archive);
    assert!(report.is_good(), "{:#?}", report.differences);
    assert_eq!((report.counting, report.not_counting.len()), (3, 0));
    assert_eq!(report.fingerprint, Some(world.exchange.key.public().thumbprint()));
    assert!(!report.pinned);
    assert_eq!(report.levels.len(), 2);
    assert_eq!(report.levels["provider"].len(), 5);
    let pin = world.exchange.document().to_string();
    let pinned = run(pack::verify(&archive, Some(pin.as_bytes()))).unwrap();
    assert!(pinned.is_good() && pinned.pinned);
}

#[test]
fn what_was_revoked_does_not_count_and_the_pack_is_still_good() {
    let world = World { revoked: true, ..World::new() };
    let report = verify(&world.pack());
    assert!(report.is_good(), "{:#?}", report.differences);
    assert_eq!(report.counting, 2);
    assert!(report.not_counting[0].ends_with("revoked"), "{:?}", report.not_counting);
}

#[test]
fn a_changed_credential_shows() {
    let change = |files: &mut Files| {
        let path = some_evidence(files);
        let middle = files[&path].len() / 2;
        let byte = &mut files.get_mut(&path).unwrap()[middle];
        *byte = if *byte == b'A' { b'B' } else { b'A' };
    };
    assert!(names(&changed(change), "evidence/evd_"));
    let differences = forged(change);
    assert!(names(&differences, "evidence/evd_") && names(&differences, "manifest.jws"), "{differences:#?}");
}

#[test]
fn a_credential_that_another_took_the_place_of_shows() {
    let swap = |files: &mut Files| {
        let paths: Vec<String> = files.keys().filter(|path| path.starts_with("evidence/evd_")).cloned().collect();
        let other = files[&paths[1]].clone();
        files.insert(paths[0].clone(), other);
    };
    assert!(names(&forged(swap), "evidence/evd_"));
}

#[test]
fn a_status_list_that_another_took_the_place_of_shows() {
    let other = World { revoked: true, ..World::new() };
    let from_elsewhere = other.documents().documents[LIST].body.clone();
    let swap = |files: &mut Files| {
        let index: Value = serde_json::from_slice(&files["documents/index.json"]).unwrap();
        let entry = index.as_array().unwrap().iter().find(|entry| entry["url"] == LIST).unwrap();
        files.insert(entry["path"].as_str().unwrap().to_owned(), from_elsewhere);
    };
    let differences = forged(swap);
    assert!(differences.iter().any(|one| one.contains("status-invalid")), "{differences:#?}");
}

#[test]
fn an_edited_evaluation_shows() {
    let edit = |files: &mut Files| edit(files, "evaluations.json", "\"missing\"", "\"declared\"");
    assert!(names(&changed(edit), "evaluations.json was changed"));
    assert!(names(&forged(edit), "evaluations.json what the evidence comes to"));
}

#[test]
fn an_edited_rule_file_shows() {
    // No certificate that is held does for this criterion.
    let edit = |files: &mut Files| {
        let from = "declaration: { all: [gx.legally-binding-act, gx.legal-person] }";
        edit(files, "rules/gaia-x/25.10.yaml", from, "declaration: gx.measure");
    };
    assert!(names(&changed(edit), "rules/gaia-x/25.10.yaml"));
    let differences = forged(edit);
    assert!(names(&differences, "evaluations.json"), "{differences:#?}");
}

#[test]
fn an_edited_trust_list_or_index_shows() {
    let distrust = |files: &mut Files| edit(files, "trust.json", "hansa:Certificate", "hansa:Other");
    assert!(names(&forged(distrust), "evidence/evd_"));
    let promote = |files: &mut Files| edit(files, "evidence/index.json", "\"declared\"", "\"verified\"");
    assert!(names(&forged(promote), "evidence/evd_"));
}

#[test]
fn an_edited_picture_or_label_shows() {
    let edit_picture = |files: &mut Files| edit(files, "ownership/provider.svg", "<svg", "<svg ");
    assert!(names(&forged(edit_picture), "ownership/provider.svg"));
    let edit_label = |files: &mut Files| {
        files.get_mut("labels/0001.jwt").unwrap().pop();
    };
    assert!(names(&forged(edit_label), "labels/0001.jwt"));
}

#[test]
fn removed_and_added_files_show() {
    let removed = changed(|files| {
        let path = some_evidence(files);
        files.remove(&path);
    });
    assert!(removed.iter().any(|one| one.ends_with("is missing")), "{removed:#?}");
    let removed = changed(|files| {
        files.remove("manifest.jws");
    });
    assert!(names(&removed, "manifest.jws is missing"));
    let added = changed(|files| {
        files.insert("receipts/9999.jwt".to_owned(), b"x".to_vec());
    });
    assert!(names(&added, "receipts/9999.jwt is not in the manifest"));
}

#[test]
fn a_manifest_without_its_own_signature_shows() {
    let differences = changed(|files| edit(files, "manifest.json", "\"bytes\": ", "\"bytes\":  "));
    assert!(names(&differences, "manifest.jws signs another manifest"), "{differences:#?}");
}

#[test]
fn a_pack_of_somebody_else_fails_the_pin() {
    let archive = World::new().pack();
    let other = World::new().exchange.document().to_string();
    let report = run(pack::verify(&archive, Some(other.as_bytes()))).unwrap();
    assert!(!report.is_good() && !report.pinned && report.fingerprint.is_none());
    let nobody = Signing::new("elsewhere.example", Algorithm::Es256).document().to_string();
    let outcome = run(pack::verify(&archive, Some(nobody.as_bytes())));
    assert!(matches!(outcome, Err(Unverifiable::Pin(_))), "{outcome:?}");
}

#[test]
fn what_is_no_pack_is_refused() {
    for archive in [Vec::new(), b"PK\x03\x04".to_vec(), pack::pack(&Files::new()).unwrap()] {
        assert!(run(pack::verify(&archive, None)).is_err());
    }
}
