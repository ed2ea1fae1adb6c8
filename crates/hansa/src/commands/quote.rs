//! Quotes.

use std::path::PathBuf;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::{Args, Subcommand};
use hansa_model::order::NewQuote;
use hansa_model::time::MICROS_PER_SECOND;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Watch;
use crate::failure::{Exit, Failure};
use crate::input;
use crate::render::packages;
use crate::resolve;
use crate::session::Session;

/// Quotes.
#[derive(Debug, Subcommand)]
pub(crate) enum Quote {
    /// Ask for a quote
    Create(Create),
    /// List the quotes of a project
    List(List),
    /// Show a quote
    Show(Show),
    /// Give a quote up
    Withdraw(Withdraw),
    /// Write a quote as PDF, to be read, filed or signed on paper
    Print(Print),
    /// Check that a quote was signed by the exchange and says what it shows
    Verify(Verify),
}

/// Ask for a quote.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa quote create -f app.yaml
  hansa quote create -f app.yaml --package greenest --hold -o name")]
pub(crate) struct Create {
    /// The application, in YAML or JSON; `-` for stdin
    #[arg(short, long, value_name = "FILE")]
    file: PathBuf,
    /// Name of the package wanted instead of the chosen one
    #[arg(long, value_name = "NAME")]
    package: Option<String>,
    /// Set capacity aside until the quote expires
    #[arg(long)]
    hold: bool,
}

/// List quotes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa quote list
  hansa quote list --project web-shop -o json")]
pub(crate) struct List {
    #[command(flatten)]
    watch: Watch,
}

/// Show a quote.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa quote show quo_01h455vb4pex5vsknk084sn02q
  hansa quote show quo_01h455vb4pex5vsknk084sn02q -o yaml")]
pub(crate) struct Show {
    /// Its identifier
    quote: String,
}

/// Give a quote up.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa quote withdraw quo_01h455vb4pex5vsknk084sn02q
  hansa quote withdraw quo_01h455vb4pex5vsknk084sn02q -o json")]
pub(crate) struct Withdraw {
    /// Its identifier
    quote: String,
}

/// Print a quote.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa quote print quo_01h455vb4pex5vsknk084sn02q --to quote.pdf
  hansa quote print quo_01h455vb4pex5vsknk084sn02q --to /srv/files/offer-of-november.pdf")]
pub(crate) struct Print {
    /// Its identifier
    quote: String,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// Check a quote's signature.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa quote verify quo_01h455vb4pex5vsknk084sn02q
  hansa quote verify quo_01h455vb4pex5vsknk084sn02q -o json")]
pub(crate) struct Verify {
    /// Its identifier
    quote: String,
}

impl Quote {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::Create(command) => command.run(session).await,
            Self::List(command) => command.run(session).await,
            Self::Show(command) => show(session, &session.client()?.quote(resolve::quote(&command.quote)?).await?),
            Self::Withdraw(command) => {
                show(session, &session.client()?.withdraw_quote(resolve::quote(&command.quote)?).await?)
            }
            Self::Print(command) => command.run(session).await,
            Self::Verify(command) => command.run(session).await,
        }
    }
}

fn show(session: &Session, quote: &hansa_model::order::Quote) -> anyhow::Result<()> {
    let output = session.output;
    output.document(quote, || packages::quote(quote, output.paint()), || vec![quote.id.to_string()])
}

impl Print {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let pdf = session.client()?.quote_document(resolve::quote(&self.quote)?).await?;
        std::fs::write(&self.to, pdf).with_context(|| format!("{} can't be written", self.to.display()))?;
        session.output.done("printed into", &self.to.display().to_string())
    }
}

impl Create {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let application = input::application(&self.file)?;
        let client = session.client()?;
        let project = session.project(&client).await?.id;
        let new = NewQuote { project, application, package: self.package, hold: self.hold };
        let quote = client.create_quote(&new).await?;
        show(session, &quote)?;
        session.output.note(&format!("order it: hansa order create --quote {}", quote.id));
        Ok(())
    }
}

impl List {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let project = session.project(&client).await?.id;
        session
            .watched(&client, self.watch.watch, "quote.", async || session.output.list(&client.quotes(project).await?))
            .await
    }
}

impl Verify {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let quote = client.quote(resolve::quote(&self.quote)?).await?;
        let refuse = |why: &str| {
            let message = format!("the signature of {} does not hold: {why}", quote.id);
            anyhow::Error::from(
                Failure::new(Exit::Refused, "bad-signature", message).hint("do not order on it; ask the operator"),
            )
        };
        let header = jsonwebtoken::decode_header(&quote.jws).map_err(|_| refuse("it is no signature"))?;
        let keys = client.signing_keys().await?.keys;
        let key = header.kid.as_ref().and_then(|kid| keys.iter().find(|key| key.kid == *kid));
        let key = key.ok_or_else(|| refuse("the exchange has no such key"))?;
        let decoding = DecodingKey::from_ed_components(&key.x).map_err(|_| refuse("its key can't be read"))?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let signed = jsonwebtoken::decode::<Value>(&quote.jws, &decoding, &validation)
            .map_err(|_| refuse("it was not made with the exchange's key"))?
            .claims;
        for (field, shown) in signed_fields(&quote)? {
            if signed.get(field) != Some(&shown) {
                return Err(refuse(&format!("what was signed as `{field}` is not what is shown")));
            }
        }
        let answer = json!({"quote": quote.id, "key": key.kid, "valid": true});
        let people = || format!("the signature of {} holds (key {})\n", quote.id, key.kid);
        session.output.document(&answer, people, || vec![quote.id.to_string()])
    }
}

/// What the signature must say: which quote, of which project, for which package and application, until when.
fn signed_fields(quote: &hansa_model::order::Quote) -> anyhow::Result<[(&'static str, Value); 5]> {
    let application = Sha256::digest(quote.application.to_value().to_string());
    Ok([
        ("sub", json!(quote.id)),
        ("project", json!(quote.project)),
        ("package", serde_json::to_value(&quote.package)?),
        ("applicationSha256", json!(URL_SAFE_NO_PAD.encode(application))),
        ("exp", json!(quote.expires_at.micros().div_euclid(MICROS_PER_SECOND))),
    ])
}
