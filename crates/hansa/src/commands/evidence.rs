//! Evidence.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hansa_client::EvidenceFilter;
use hansa_model::evidence::{EvidenceState, NewAttestation, NewDeclaration, NewEvidence, Statement, Subject};
use hansa_model::id::EvidenceId;
use hansa_model::time::Timestamp;

use crate::session::Session;
use crate::{input, render, resolve};

/// Evidence.
#[derive(Debug, Subcommand)]
pub(crate) enum Evidence {
    /// List evidence
    List(List),
    /// Show one piece of evidence and what it says
    Show(Show),
    /// Hand in a signed credential or presentation
    Add(Add),
    /// Say something of your own participant, site or offer, signed with its key
    Declare(Declare),
    /// Sign for what you have looked at, as the operator
    Attest(Attest),
    /// Take evidence back
    Withdraw(Withdraw),
    /// Revoke what this exchange has signed, as the operator
    Revoke(Revoke),
}

/// List evidence.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa evidence list
  hansa evidence list --participant nordhafen --state expired")]
pub(crate) struct List {
    /// That of this participant; operators and auditors see that of others
    #[arg(long)]
    participant: Option<String>,
    /// That about this very participant, site or offer, by identifier
    #[arg(long)]
    subject: Option<Subject>,
    /// That in this state
    #[arg(long, value_parser = input::word::<EvidenceState>)]
    state: Option<EvidenceState>,
}

/// One piece of evidence.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa evidence show evd_01h455vb4pex5vsknk084sn02q
  hansa evidence show evd_01h455vb4pex5vsknk084sn02q -o json")]
pub(crate) struct Show {
    /// Its identifier
    evidence: EvidenceId,
}

/// Take evidence back.
#[derive(Debug, Args)]
#[command(after_help = "It counts no longer; handing it in again makes it count again.

Examples:
  hansa evidence withdraw evd_01h455vb4pex5vsknk084sn02q
  hansa evidence withdraw evd_01h455vb4pex5vsknk084sn02q -o json")]
pub(crate) struct Withdraw {
    /// Its identifier
    evidence: EvidenceId,
}

/// Revoke what this exchange has signed.
#[derive(Debug, Args)]
#[command(after_help = "Everybody who looks at the status list sees it; it can't be undone.

Examples:
  hansa evidence revoke evd_01h455vb4pex5vsknk084sn02q
  hansa evidence revoke evd_01h455vb4pex5vsknk084sn02q -o json")]
pub(crate) struct Revoke {
    /// Its identifier
    evidence: EvidenceId,
}

/// Hand in a credential.
#[derive(Debug, Args)]
#[command(after_help = "It is taken in only when its signature, times, status and issuer can be believed.

Examples:
  hansa evidence add iso27001.jwt
  hansa evidence add https://certifier.example/credentials/4711.jwt
  hansa evidence add c5.jwt --about frankfurt")]
pub(crate) struct Add {
    /// File with the credential (vc+jwt) or presentation (vp+jwt), its https address, or `-` for stdin
    #[arg(value_name = "FILE|URL")]
    from: String,
    /// The site (by name) or offer (provider/site/sku) that it is about; your participant by default
    #[arg(long, value_name = "SITE|OFFER")]
    about: Option<String>,
}

/// Declare something.
#[derive(Debug, Args)]
#[command(after_help = "A declaration file names facts, certificates, entities, holdings and subcontractors:

  facts:
    csf.sov-1-q1: 4
    gx.legally-binding-act.url: https://nordhafen.example/terms
  holdings:
    - { owner: hanna-beck, owned: self, votes: 100 %, capital: 100 %, rights: [] }
  entities:
    - { id: hanna-beck, name: Hanna Beck, kind: person, incorporatedIn: DE }
  subcontractors: []

Examples:
  hansa evidence declare -f declaration.yaml
  hansa evidence declare --fact csf.sov-1-q1=4 --fact gx.legally-binding-act.url=https://nordhafen.example/terms
  hansa evidence declare -f site.yaml --about frankfurt --valid-until 2027-06-30T00:00:00Z")]
pub(crate) struct Declare {
    /// What is declared, in YAML or JSON; `-` for stdin
    #[arg(short, long, value_name = "FILE", required_unless_present = "fact")]
    file: Option<PathBuf>,
    /// A fact; repeatable
    #[arg(long, value_name = "NAME=VALUE")]
    fact: Vec<String>,
    /// The site (by name) or offer (provider/site/sku) that it is about; your participant by default
    #[arg(long, value_name = "SITE|OFFER")]
    about: Option<String>,
    /// Until when it is said; a year from now by default
    #[arg(long, value_name = "TIME")]
    valid_until: Option<Timestamp>,
}

/// Attest something.
#[derive(Debug, Args)]
#[command(after_help = "The file has the form of a declaration: see `hansa evidence declare --help`.

Examples:
  hansa evidence attest nordhafen -f checked.yaml
  hansa evidence attest nordhafen --fact register.extract=seen")]
pub(crate) struct Attest {
    /// The participant (identifier or short name), or a site or offer by identifier
    subject: String,
    /// What was found to be so, in YAML or JSON; `-` for stdin
    #[arg(short, long, value_name = "FILE", required_unless_present = "fact")]
    file: Option<PathBuf>,
    /// A fact; repeatable
    #[arg(long, value_name = "NAME=VALUE")]
    fact: Vec<String>,
    /// Until when it is signed for; a year from now by default
    #[arg(long, value_name = "TIME")]
    valid_until: Option<Timestamp>,
}

impl Evidence {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        let client = session.client()?;
        match self {
            Self::List(List { participant, subject, state }) => {
                output.list(&client.evidence(&EvidenceFilter { participant, subject, state }).await?)
            }
            Self::Show(Show { evidence }) => {
                let found = client.piece_of_evidence(evidence).await?;
                let people = || render::trust::evidence(&found, output.paint());
                output.document(&found, people, || vec![found.id.to_string()])
            }
            Self::Add(Add { from, about }) => {
                let subject = resolve::about(&client, about.as_deref()).await?;
                let new = NewEvidence { subject, ..as_new(&from)? };
                output.list(&client.submit_evidence(&new).await?)
            }
            Self::Declare(Declare { file, fact, about, valid_until }) => {
                let own = client.whoami().await?.participant;
                let subject = resolve::about(&client, about.as_deref()).await?;
                let claims = statement(file.as_deref(), &fact)?.into_claims(own.name.as_str())?;
                output.one(&client.declare(&NewDeclaration { subject, claims, valid_until }).await?)
            }
            Self::Attest(Attest { subject, file, fact, valid_until }) => {
                let (subject, name) = resolve::subject(&client, &subject).await?;
                let claims = statement(file.as_deref(), &fact)?.into_claims(&name)?;
                output.one(&client.attest(&NewAttestation { subject, claims, valid_until }).await?)
            }
            Self::Withdraw(Withdraw { evidence }) => output.one(&client.withdraw_evidence(evidence).await?),
            Self::Revoke(Revoke { evidence }) => output.one(&client.revoke_evidence(evidence).await?),
        }
    }
}

/// The statement of a file with further facts.
fn statement(file: Option<&std::path::Path>, facts: &[String]) -> anyhow::Result<Statement> {
    let mut statement: Statement = file.map(input::document).transpose()?.unwrap_or_default();
    for fact in facts {
        statement.add_fact(fact)?;
    }
    Ok(statement)
}

/// A credential by what was named: an address, or a file with it.
pub(super) fn as_new(from: &str) -> anyhow::Result<NewEvidence> {
    if from.contains("://") {
        return Ok(NewEvidence { url: Some(from.to_owned()), ..NewEvidence::default() });
    }
    let text = input::read(std::path::Path::new(from))?;
    Ok(NewEvidence { credential: Some(text.trim().to_owned()), ..NewEvidence::default() })
}
