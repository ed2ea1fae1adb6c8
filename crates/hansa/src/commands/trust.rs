//! Trust.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use hansa_model::evidence::NewTrustedIssuer;

use super::evidence::as_new;
use super::pack;
use crate::failure::{Exit, Failure};
use crate::session::Session;
use crate::{render, resolve};

/// Trust.
#[derive(Debug, Subcommand)]
pub(crate) enum Trust {
    /// Show the levels of a participant or offer, what binds them and what is missing for the next
    Show(Show),
    /// Check a credential or presentation without taking it in
    Check(Check),
    /// Show or draw who owns and controls a participant
    Ownership(Ownership),
    /// Show the rule sets that evidence is judged by
    Rules(Rules),
    /// Whom the exchange believes what
    #[command(subcommand)]
    Issuer(Issuer),
    /// Ask the clearing house of the exchange for a label
    Label(pack::Label),
    /// Fetch the audit pack of a participant or order
    Pack(pack::Pack),
    /// Verify an audit pack, offline
    Verify(pack::Verify),
    /// Give your participant a new key to sign with
    RotateKey(RotateKey),
}

/// Show levels.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa trust show nordhafen
  hansa trust show nordhafen --rules gaia-x
  hansa trust show nordhafen/frankfurt/vm-small -o json")]
pub(crate) struct Show {
    /// Participant (identifier or short name) or offer (identifier or provider/site/sku); your own by default
    subject: Option<String>,
    /// Only this rule set, with every criterion
    #[arg(long, value_name = "RULE SET")]
    rules: Option<String>,
}

/// Check a credential.
#[derive(Debug, Args)]
#[command(after_help = "Ends with 1 when anything in it can't be believed.

Examples:
  hansa trust check iso27001.jwt
  hansa trust check https://certifier.example/credentials/4711.jwt -o json")]
pub(crate) struct Check {
    /// File with the credential (vc+jwt) or presentation (vp+jwt), its https address, or `-` for stdin
    #[arg(value_name = "FILE|URL")]
    from: String,
}

/// Who owns a participant.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa trust ownership nordhafen
  hansa trust ownership nordhafen --svg nordhafen.svg")]
pub(crate) struct Ownership {
    /// Identifier or short name; your own participant by default
    participant: Option<String>,
    /// Draw it into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

/// Show rule sets.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa trust rules
  hansa trust rules gaia-x -o yaml
  hansa trust rules csf 2026-06 -o json")]
pub(crate) struct Rules {
    /// The rule set
    id: Option<String>,
    /// Its version; the newest by default
    #[arg(id = "edition", value_name = "VERSION", requires = "id")]
    version: Option<String>,
}

/// Trusted issuers.
#[derive(Debug, Subcommand)]
pub(crate) enum Issuer {
    /// List whom the exchange believes what
    #[command(after_help = "Examples:
  hansa trust issuer list
  hansa trust issuer list -o json")]
    List,
    /// Believe somebody
    Add(AddIssuer),
    /// Believe somebody no longer; what it signed counts no more
    Remove(RemoveIssuer),
}

/// Believe somebody.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa trust issuer add did:web:certifier.example --name 'Certifier GmbH' --scheme ISO27001 --scheme C5
  hansa trust issuer add did:web:notary.example --name 'A notary' --kind gx:VatID --kind gx:LeiCode")]
pub(crate) struct AddIssuer {
    /// Its DID
    did: String,
    /// What people call it
    #[arg(long)]
    name: String,
    /// A type of credential it is believed; repeatable
    #[arg(long, default_value = "hansa:Certificate")]
    kind: Vec<String>,
    /// A scheme of certificates it is believed; repeatable; all by default
    #[arg(long)]
    scheme: Vec<String>,
}

/// Believe somebody no longer.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa trust issuer remove did:web:certifier.example
  hansa trust issuer remove did:web:notary.example -o json")]
pub(crate) struct RemoveIssuer {
    /// Its DID
    did: String,
}

/// A new key.
#[derive(Debug, Args)]
#[command(after_help = "What was signed with earlier keys still verifies.

Examples:
  hansa trust rotate-key
  hansa trust rotate-key -o json")]
pub(crate) struct RotateKey {}

impl Trust {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        if let Self::Verify(verify) = self {
            return verify.run(session).await;
        }
        let client = session.client()?;
        match self {
            Self::Label(label) => label.run(session).await,
            Self::Pack(pack) => pack.run(session).await,
            Self::Verify(verify) => verify.run(session).await,
            Self::Show(Show { subject, rules }) => {
                let subject = match subject {
                    Some(subject) => subject,
                    None => client.whoami().await?.participant.name.to_string(),
                };
                let report = match subject.contains('/') || subject.starts_with("off_") {
                    true => client.offer_trust(resolve::offer(&client, &subject).await?.id).await?,
                    false => client.participant_trust(&subject).await?,
                };
                let people = || render::trust::report(&report, rules.as_deref(), output.paint());
                output.document(&report, people, || vec![report.subject.to_string()])
            }
            Self::Check(Check { from }) => {
                let check = client.check_credential(&as_new(&from)?).await?;
                let people = || render::trust::check(&check, output.paint());
                output
                    .document(&check, people, || check.credentials.iter().filter_map(|one| one.id.clone()).collect())?;
                match check.accepted {
                    true => Ok(()),
                    false => {
                        Err(Failure::new(Exit::Failure, "not-believed", format!("{from} can't be believed")).into())
                    }
                }
            }
            Self::Ownership(Ownership { participant, svg }) => {
                let key = match participant {
                    Some(key) => key,
                    None => client.whoami().await?.participant.name.to_string(),
                };
                let report = client.ownership(&key).await?;
                if let Some(path) = svg {
                    let unusable = || format!("{} can't be written", path.display());
                    std::fs::write(&path, &report.picture).with_context(unusable)?;
                    output.note(&format!("drawn into {}", path.display()));
                }
                let people = || render::trust::ownership(&report, output.paint());
                output.document(&report, people, || vec![report.entity.clone()])
            }
            Self::Rules(Rules { id: None, .. }) => output.list(&client.rule_sets().await?),
            Self::Rules(Rules { id: Some(id), version }) => {
                let version = match version {
                    Some(version) => version,
                    None => {
                        let mut known = client.rule_sets().await?.into_iter().filter(|set| set.about.id == id);
                        known
                            .next_back()
                            .map(|set| set.about.version)
                            .ok_or_else(|| Failure::not_found("rule set", &id))?
                    }
                };
                let set = client.rule_set(&id, &version).await?;
                output.document(&set, || render::trust::rule_set(&set, output.paint()), || vec![id.clone()])
            }
            Self::Issuer(Issuer::List) => output.list(&client.trusted_issuers().await?),
            Self::Issuer(Issuer::Add(AddIssuer { did, name, kind, scheme })) => {
                let new = NewTrustedIssuer { did, name, kinds: kind, schemes: scheme };
                output.one(&client.trust_issuer(&new).await?)
            }
            Self::Issuer(Issuer::Remove(RemoveIssuer { did })) => {
                client.distrust_issuer(&did).await?;
                output.done("believed no longer", &did)
            }
            Self::RotateKey(RotateKey {}) => {
                let own = client.whoami().await?.participant;
                let document = client.rotate_key(own.id).await?;
                let people = || format!("{} signs with a new key\n", own.name);
                output.document(&document, people, || vec![own.name.to_string()])
            }
        }
    }
}
