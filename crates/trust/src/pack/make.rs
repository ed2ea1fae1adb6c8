//! Making a pack.

use hansa_model::event::AuditRow;
use hansa_model::time::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::archive::{ArchiveError, Files, pack};
use super::content::{
    Belief, Decisions, FORMAT, FileEntry, Judged, Kept, Manifest, PackedDocument, PackedEvidence, PackedIssued, Party,
    RuleSetRef,
};
use super::examine::{Examiner, check, evidence_path, rule_sets};
use crate::credential::{CONTEXT, IssueError, Refusal, Signer, Verifier};
use crate::fetch::{Fetch, Recorder};
use crate::ownership::draw;
use crate::rules::RuleSets;

/// The type of the credential that signs a manifest.
pub(super) const KIND: &str = "hansa:AuditPack";
/// The file with the manifest.
pub(super) const MANIFEST: &str = "manifest.json";
/// The file with its signature.
pub(super) const SIGNATURE: &str = "manifest.jws";

/// Why no pack was made.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// It is too large, or a name in it can't be a path.
    #[error("the audit pack can't be written: {0}")]
    Archive(#[from] ArchiveError),
    /// The manifest can't be signed.
    #[error("the manifest can't be signed: {0}")]
    Signing(#[from] IssueError),
    /// The exchange's own documents are not to be had, so that nobody could verify it.
    #[error("the exchange's own signature can't be verified: {0}")]
    OwnKey(#[source] Refusal),
    /// The files of the rule sets are not sound.
    #[error("{0}")]
    Rules(String),
    /// Something of it can't be written as JSON.
    #[error("something of it can't be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// What a pack is made of.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The participant or order that it is about, by its identifier.
    pub about: String,
    /// The DID of the exchange.
    pub exchange: String,
    /// When it is made.
    pub at: Timestamp,
    /// The participants that something in it names.
    pub parties: Vec<Party>,
    /// How credentials are judged.
    pub belief: Belief,
    /// The evidence, of others too where who owns whom rests on it.
    pub evidence: Vec<Kept>,
    /// What is judged.
    pub judged: Vec<Judged>,
    /// Credentials that the exchange issued about it: a folder, a name, and the credential.
    pub issued: Vec<Issued>,
    /// The rows of the audit log that concern it.
    pub decisions: Decisions,
    /// The files of the rule sets, verbatim, by name.
    pub rules: &'a [(&'a str, &'a str)],
}

/// A credential that the exchange issued.
#[derive(Debug, Clone)]
pub struct Issued {
    /// Where it goes: `labels` or `receipts`.
    pub folder: &'static str,
    /// Its type.
    pub kind: String,
    /// The credential.
    pub credential: String,
}

/// Makes a pack. The verifier should be a fresh one, so that it fetches everything that others need to verify it.
///
/// # Errors
/// [`PackError`].
pub async fn make<F: Fetch>(
    draft: &Draft<'_>,
    verifier: &Verifier<Recorder<F>>,
    signer: &Signer<'_>,
) -> Result<Vec<u8>, PackError> {
    let mut files: Files =
        draft.rules.iter().map(|(name, text)| (format!("rules/{name}"), text.as_bytes().to_vec())).collect();
    let sets = rule_sets(&files).map_err(PackError::Rules)?;
    let examiner = Examiner::new(&draft.exchange, &draft.belief, &draft.parties, draft.at);
    let mut examined = Vec::with_capacity(draft.evidence.len());
    for kept in &draft.evidence {
        examined.push(examiner.examine(verifier, kept).await);
        files.insert(evidence_path(kept.id), kept.credential.clone().into_bytes());
    }
    let graph = examiner.graph(&examined);
    let index: Vec<&PackedEvidence> = examined.iter().map(|one| &one.line).collect();
    let judged = draft.judged.iter().map(|judged| examiner.evaluate(&sets, &graph, &examined, judged));
    let evaluations: Vec<_> = judged.collect();
    for judged in &draft.judged {
        let name = examiner.name(judged.participant);
        files.insert(picture_path(name), draw(&graph, name, draft.at).into_bytes());
    }
    let mut issued = Vec::new();
    for (number, one) in draft.issued.iter().enumerate() {
        let path = format!("{}/{:04}.jwt", one.folder, number + 1);
        files.insert(path.clone(), one.credential.clone().into_bytes());
        let check = check(verifier, &one.credential, draft.at).await;
        issued.push(PackedIssued { path, kind: one.kind.clone(), check });
    }
    files.insert("evidence/index.json".to_owned(), json_file(&index)?);
    files.insert("evaluations.json".to_owned(), json_file(&evaluations)?);
    files.insert("issued.json".to_owned(), json_file(&issued)?);
    files.insert("participants.json".to_owned(), json_file(&draft.parties)?);
    files.insert("trust.json".to_owned(), json_file(&draft.belief)?);
    files.insert("decisions.json".to_owned(), json_file(&draft.decisions)?);
    // Signed once before everything is known, so that the exchange's own document is among those fetched.
    let rehearsal = signature(draft, signer, b"")?;
    verifier.verify_credential(&rehearsal, draft.at).await.map_err(PackError::OwnKey)?;
    add_documents(&mut files, verifier.fetch())?;
    let manifest = json_file(&manifest(draft, &sets, &files))?;
    files.insert(SIGNATURE.to_owned(), signature(draft, signer, &manifest)?.into_bytes());
    files.insert(MANIFEST.to_owned(), manifest);
    Ok(pack(&files)?)
}

/// The picture of who owns a participant.
pub(super) fn picture_path(name: &str) -> String {
    format!("ownership/{name}.svg")
}

/// The rows of the log, as they stand in a pack.
#[must_use]
pub fn decisions(head: String, rows_written: u64, mut rows: Vec<AuditRow>) -> Decisions {
    rows.sort_by_key(|row| row.sequence);
    rows.dedup_by_key(|row| row.sequence);
    Decisions { head, rows_written, rows }
}

pub(super) fn json_file(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    Ok(text)
}

pub(super) fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn add_documents<F>(files: &mut Files, recorder: &Recorder<F>) -> Result<(), serde_json::Error> {
    let mut index = Vec::new();
    for (number, (url, fetched)) in recorder.kept().documents.into_iter().enumerate() {
        let path = format!("documents/{:04}", number + 1);
        files.insert(path.clone(), fetched.body);
        index.push(PackedDocument { url, path });
    }
    files.insert("documents/index.json".to_owned(), json_file(&index)?);
    Ok(())
}

fn manifest(draft: &Draft<'_>, sets: &RuleSets, files: &Files) -> Manifest {
    let current = sets.all_current(draft.at).into_iter().map(|set| set.about());
    Manifest {
        format: FORMAT.to_owned(),
        about: draft.about.clone(),
        exchange: draft.exchange.clone(),
        made_at: draft.at,
        rule_sets: current.map(|about| RuleSetRef { id: about.id.clone(), version: about.version.clone() }).collect(),
        files: files
            .iter()
            .map(|(path, bytes)| FileEntry { path: path.clone(), sha256: digest(bytes), bytes: bytes.len() })
            .collect(),
    }
}

/// The credential that signs a manifest.
fn signature(draft: &Draft<'_>, signer: &Signer<'_>, manifest: &[u8]) -> Result<String, IssueError> {
    let document: Value = json!({
        "@context": [CONTEXT, "urn:hansa:v1"],
        "type": ["VerifiableCredential", KIND],
        "issuer": draft.exchange,
        "validFrom": draft.at,
        "credentialSubject": {"id": format!("urn:hansa:{}", draft.about), "manifestSha256": digest(manifest)},
    });
    signer.credential(&document)
}
