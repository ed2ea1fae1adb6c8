//! Verifying a pack, with nothing but the pack.

use std::collections::BTreeMap;

use hansa_model::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::archive::{ArchiveError, Files, unpack};
use super::content::{
    Belief, Decisions, FORMAT, Judged, Kept, Manifest, PackedDocument, PackedEvaluation, PackedEvidence, PackedIssued,
    Party,
};
use super::examine::{Examined, Examiner, GOOD, check, evidence_path, rule_sets};
use super::make::{KIND, MANIFEST, SIGNATURE, digest, json_file, picture_path};
use crate::credential::{ChainPolicy, Settings, Verifier};
use crate::did::{DidUrl, DidWeb, Document, Purpose, TrustAnchors};
use crate::fetch::AtHand;
use crate::jose::Jws;
use crate::ownership::draw;

/// The most bytes of a manifest's signature.
const MOST_OF_SIGNATURE: usize = 64 * 1024;

/// Why a pack can't even be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Unverifiable {
    /// The archive can't be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A file is missing or has not the form that it must have.
    #[error("`{path}` {why}")]
    File {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// It is of another form.
    #[error("it is of the form `{0}`, which is not understood here")]
    Format(String),
    /// The document that the issuer was to be known by is none, or of somebody else.
    #[error("the issuer's document can't be used: {0}")]
    Pin(String),
}

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The file.
    pub path: String,
    /// What differs.
    pub what: String,
}

/// What verifying a pack found.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PackReport {
    /// The participant or order that it is about.
    pub about: String,
    /// The DID of the exchange that made it.
    pub exchange: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// The thumbprint of the key that signed it (RFC 7638); absent when no key in it did.
    pub fingerprint: Option<String>,
    /// Whether that key is one that the issuer's document from elsewhere names.
    pub pinned: bool,
    /// How many files it has.
    pub files: usize,
    /// How many credentials count.
    pub counting: usize,
    /// Those that did not count already when the pack was made, each with the reason.
    pub not_counting: Vec<String>,
    /// The levels, by what was judged and by rule set, as they come out now.
    pub levels: BTreeMap<String, BTreeMap<String, String>>,
    /// Everything that is not as it must be; nothing when the pack is good.
    pub differences: Vec<Difference>,
}

impl PackReport {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Verifies a pack: manifest and its signature, every hash, every credential and status as of the pack's time, and
/// every evaluation anew, compared byte by byte. `issuer` is the DID document of the exchange, had from elsewhere;
/// without it the pack shows only that whoever holds the key of the fingerprint has made it.
///
/// # Errors
/// [`Unverifiable`] when it is no pack.
pub async fn verify(archive: &[u8], issuer: Option<&[u8]>) -> Result<PackReport, Unverifiable> {
    let files = unpack(archive)?;
    let manifest: Manifest = read(&files, MANIFEST)?;
    if manifest.format != FORMAT {
        return Err(Unverifiable::Format(manifest.format.chars().take(40).collect()));
    }
    let mut work = Work { differences: Vec::new(), files: &files, manifest: &manifest };
    let documents = work.documents(issuer)?;
    let belief: Belief = read(&files, "trust.json")?;
    let settings = work.settings(&belief);
    work.compare_files();
    let fingerprint = work.check_signature(&documents).await;
    let verifier = Verifier::new(documents, settings);
    let parties: Vec<Party> = read(&files, "participants.json")?;
    let examiner = Examiner::new(&manifest.exchange, &belief, &parties, manifest.made_at);
    let examined = work.check_evidence(&examiner, &verifier).await?;
    work.check_issued(&verifier).await?;
    let _: Decisions = read(&files, "decisions.json")?;
    let levels = work.evaluate(&examiner, &examined)?;
    let not_counting = examined.iter().filter(|one| one.line.check != GOOD);
    Ok(PackReport {
        about: manifest.about.clone(),
        exchange: manifest.exchange.clone(),
        made_at: manifest.made_at,
        pinned: issuer.is_some() && fingerprint.is_some(),
        fingerprint,
        files: files.len(),
        counting: examined.iter().filter(|one| one.line.check == GOOD).count(),
        not_counting: not_counting.map(|one| format!("{}: {}", one.line.id, one.line.check)).collect(),
        levels,
        differences: work.differences,
    })
}

fn read<T: DeserializeOwned>(files: &Files, path: &str) -> Result<T, Unverifiable> {
    let unfit = |why: String| Unverifiable::File { path: path.to_owned(), why };
    let bytes = files.get(path).ok_or_else(|| unfit("is missing".to_owned()))?;
    serde_json::from_slice(bytes).map_err(|error| unfit(format!("can't be read: {error}")))
}

/// A verification that is going on.
struct Work<'a> {
    differences: Vec<Difference>,
    files: &'a Files,
    manifest: &'a Manifest,
}

impl Work<'_> {
    fn differs(&mut self, path: &str, what: impl Into<String>) {
        self.differences.push(Difference { path: path.to_owned(), what: what.into() });
    }

    /// The documents of the pack by address; that of the exchange from elsewhere, where it is given.
    fn documents(&mut self, issuer: Option<&[u8]>) -> Result<AtHand, Unverifiable> {
        let mut documents = AtHand::default();
        for document in read::<Vec<PackedDocument>>(self.files, "documents/index.json")? {
            match self.files.get(&document.path) {
                Some(bytes) => documents.add(document.url, bytes.clone()),
                None => self.differs(&document.path, "is missing"),
            }
        }
        if let Some(pin) = issuer {
            let exchange: DidWeb =
                self.manifest.exchange.parse().map_err(|error| Unverifiable::Pin(format!("{error}")))?;
            Document::parse(pin, &exchange).map_err(|error| Unverifiable::Pin(error.to_string()))?;
            documents.add(exchange.document_url(), pin.to_vec());
        }
        Ok(documents)
    }

    fn settings(&mut self, belief: &Belief) -> Settings {
        let anchors = match belief.anchors.is_empty() {
            true => Ok(TrustAnchors::default()),
            false => TrustAnchors::from_pem(belief.anchors.as_bytes()),
        };
        let chains = match belief.chains.as_str() {
            "ignored" => ChainPolicy::Ignored,
            "where-given" => ChainPolicy::WhereGiven,
            "demanded" => ChainPolicy::Demanded,
            other => {
                self.differs("trust.json", format!("`{other}` is no policy for chains"));
                ChainPolicy::Demanded
            }
        };
        if let Err(error) = &anchors {
            self.differs("trust.json", format!("its anchors can't be read: {error}"));
        }
        Settings { anchors: anchors.unwrap_or_default(), chains, ..Settings::default() }
    }

    /// Compares every file with the manifest.
    fn compare_files(&mut self) {
        let manifest = self.manifest;
        for entry in &manifest.files {
            match self.files.get(&entry.path) {
                None => self.differs(&entry.path, "is missing"),
                Some(bytes) if bytes.len() != entry.bytes || digest(bytes) != entry.sha256 => {
                    self.differs(&entry.path, "was changed after the manifest was signed");
                }
                Some(_) => {}
            }
        }
        let files = self.files;
        let listed = |path: &str| manifest.files.iter().any(|entry| entry.path == path);
        for path in files.keys().filter(|path| ![MANIFEST, SIGNATURE].contains(&path.as_str()) && !listed(path)) {
            self.differs(path, "is not in the manifest");
        }
    }

    /// Checks who signed the manifest; answers with the thumbprint of the key.
    async fn check_signature(&mut self, documents: &AtHand) -> Option<String> {
        match self.signed_by(documents).await {
            Ok(fingerprint) => Some(fingerprint),
            Err(what) => {
                self.differs(SIGNATURE, what);
                None
            }
        }
    }

    async fn signed_by(&self, documents: &AtHand) -> Result<String, String> {
        let bytes = self.files.get(SIGNATURE).ok_or("is missing")?;
        let compact = std::str::from_utf8(bytes).map_err(|_| "is no signature")?;
        let verifier = Verifier::new(documents, Settings::default());
        let verified = verifier.verify_credential(compact, self.manifest.made_at).await;
        let verified = verified.map_err(|refusal| format!("is refused: {refusal}"))?;
        if verified.issuer.as_str() != self.manifest.exchange {
            return Err(format!("is of `{}`, not of the exchange that the manifest names", verified.issuer));
        }
        let manifest = self.files.get(MANIFEST).map(|bytes| digest(bytes)).unwrap_or_default();
        let credential = &verified.credential;
        let stated = credential.subjects().next().and_then(|subject| subject.get("manifestSha256")?.as_str());
        if credential.types != [KIND] || stated != Some(&manifest) {
            return Err("signs another manifest".to_owned());
        }
        let jws = Jws::parse(compact, MOST_OF_SIGNATURE).map_err(|error| error.to_string())?;
        let key_id: DidUrl = jws.header.kid.unwrap_or_default().parse().map_err(|_| "names no key".to_owned())?;
        let document = documents.documents.get(&key_id.did().document_url()).ok_or("names no key in the pack")?;
        let document = Document::parse(&document.body, key_id.did()).map_err(|error| error.to_string())?;
        let (key, _) = document.key(key_id.as_str(), Purpose::Assertion).map_err(|error| error.to_string())?;
        Ok(key.thumbprint())
    }

    /// Looks at every credential again.
    async fn check_evidence(
        &mut self,
        examiner: &Examiner<'_>,
        verifier: &Verifier<AtHand>,
    ) -> Result<Vec<Examined>, Unverifiable> {
        let lines: Vec<PackedEvidence> = read(self.files, "evidence/index.json")?;
        let mut examined = Vec::with_capacity(lines.len());
        for line in lines {
            let path = evidence_path(line.id);
            let Some(bytes) = self.files.get(&path) else {
                self.differs(&path, "is missing");
                continue;
            };
            let kept = Kept {
                id: line.id,
                subject: line.subject,
                holder: line.holder,
                source: line.source.clone(),
                received_at: line.received_at,
                credential: String::from_utf8_lossy(bytes).into_owned(),
            };
            let again = examiner.examine(verifier, &kept).await;
            if again.line != line {
                let what = format!("comes out as `{}`, but the pack says `{}`", again.line.check, line.check);
                let what = if again.line.check == line.check {
                    "is another credential than the pack says".to_owned()
                } else {
                    what
                };
                self.differs(&path, what);
            }
            examined.push(again);
        }
        Ok(examined)
    }

    /// Looks again at what the exchange issued.
    async fn check_issued(&mut self, verifier: &Verifier<AtHand>) -> Result<(), Unverifiable> {
        for issued in read::<Vec<PackedIssued>>(self.files, "issued.json")? {
            let Some(bytes) = self.files.get(&issued.path) else {
                self.differs(&issued.path, "is missing");
                continue;
            };
            let again = check(verifier, &String::from_utf8_lossy(bytes), self.manifest.made_at).await;
            if again != issued.check {
                self.differs(&issued.path, format!("comes out as `{again}`, but the pack says `{}`", issued.check));
            }
        }
        Ok(())
    }

    /// Judges everything again, by the rule sets of the pack; answers with the levels.
    fn evaluate(
        &mut self,
        examiner: &Examiner<'_>,
        examined: &[Examined],
    ) -> Result<BTreeMap<String, BTreeMap<String, String>>, Unverifiable> {
        let path = "evaluations.json";
        let stated: Vec<PackedEvaluation> = read(self.files, path)?;
        let sets = match rule_sets(self.files) {
            Ok(sets) => sets,
            Err(why) => {
                self.differs("rules", format!("the rule sets can't be read: {why}"));
                return Ok(BTreeMap::new());
            }
        };
        let graph = examiner.graph(examined);
        let judged: Vec<&Judged> = stated.iter().map(|one| &one.judged).collect();
        let again: Vec<_> = judged.iter().map(|judged| examiner.evaluate(&sets, &graph, examined, judged)).collect();
        let bytes = json_file(&again).unwrap_or_default();
        if self.files.get(path) != Some(&bytes) {
            let other = stated.iter().zip(&again).filter(|(stated, again)| stated != again);
            let names: Vec<&str> = other.map(|(stated, _)| stated.judged.name.as_str()).collect();
            self.differs(path, format!("what the evidence comes to now differs: {}", names.join(", ")));
        }
        for judged in &judged {
            let name = examiner.name(judged.participant);
            let path = picture_path(name);
            let picture = draw(&graph, name, self.manifest.made_at).into_bytes();
            if self.files.get(&path) != Some(&picture) && !self.differences.iter().any(|known| known.path == path) {
                self.differs(&path, "who owns and controls it comes out otherwise now");
            }
        }
        let levels = again.into_iter().map(|one| {
            let level = |of: hansa_model::evidence::Evaluation| {
                (format!("{} {}", of.rule_set, of.version), of.level.unwrap_or_else(|| "none".to_owned()))
            };
            (one.judged.name, one.evaluations.into_iter().map(level).collect())
        });
        Ok(levels.collect())
    }
}
