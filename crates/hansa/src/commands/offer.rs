//! Offers.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use hansa_client::{CatalogueFormat, ComparedOffer, ImportOptions, OfferFilter};
use hansa_model::document::FieldError;
use hansa_model::kind::KindId;
use hansa_model::money::Money;
use hansa_model::offer::{NewOffer, OfferState};
use serde::Deserialize as _;
use serde_json::Value;

use super::find::is_csv;
use super::{Watch, Yes};
use crate::render::{table, words};
use crate::session::Session;
use crate::{input, prompt, resolve};

/// A full example of an offer.
const SKELETON: &str = include_str!("../skeletons/offer.yaml");

/// Offers.
#[derive(Debug, Subcommand)]
pub(crate) enum Offer {
    /// List offers
    List(List),
    /// Show an offer
    Show(Show),
    /// Publish an offer, or a new version of one
    Publish(Publish),
    /// Withdraw an offer for good
    Retire(Retire),
    /// Take a catalogue file in
    Import(Import),
    /// Write the catalogue as a file
    Export(Export),
    /// Put offers side by side
    Compare(Compare),
}

/// List offers.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa offer list
  hansa offer list --kind compute.instance --country NL --state orderable
  hansa offer list --search utrecht -o name")]
pub(crate) struct List {
    /// Only those of this kind
    #[arg(long)]
    kind: Option<KindId>,
    /// Only those of this provider: short name or identifier
    #[arg(long)]
    provider: Option<String>,
    /// Only those at this site: short name or identifier
    #[arg(long)]
    site: Option<String>,
    /// Only those in this country
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
    /// Only those in this state
    #[arg(long, value_parser = input::word::<OfferState>)]
    state: Option<OfferState>,
    /// Only those whose sku, provider, site or city holds this text
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    #[command(flatten)]
    watch: Watch,
}

/// Show an offer.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa offer show nordhafen/hamburg-1/m.small
  hansa offer show off_01h455vb4pex5vsknk084sn02q -o yaml")]
pub(crate) struct Show {
    /// Identifier, or `provider/site/sku`
    offer: String,
}

/// Publish an offer.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa offer publish -f offer.yaml
  hansa offer publish --generate-skeleton")]
pub(crate) struct Publish {
    /// The offer, in YAML or JSON; `-` for stdin
    #[arg(short, long, value_name = "FILE", required_unless_present = "generate_skeleton")]
    file: Option<PathBuf>,
    /// Print a full example of an offer and do nothing
    #[arg(long)]
    generate_skeleton: bool,
}

/// Withdraw an offer.
#[derive(Debug, Args)]
#[command(after_help = "What was ordered on it runs on.

Examples:
  hansa offer retire nordhafen/hamburg-1/m.small
  hansa offer retire off_01h455vb4pex5vsknk084sn02q -y")]
pub(crate) struct Retire {
    /// Identifier, or `provider/site/sku`
    offer: String,
    #[command(flatten)]
    yes: Yes,
}

/// How a catalogue file is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum FileFormat {
    /// Providers with everything they have
    Yaml,
    /// One offer a row
    Csv,
}

impl From<FileFormat> for CatalogueFormat {
    fn from(format: FileFormat) -> Self {
        match format {
            FileFormat::Yaml => Self::Yaml,
            FileFormat::Csv => Self::Csv,
        }
    }
}

/// Take a catalogue file in.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa offer import -f catalogue.yaml
  hansa offer import -f offers.csv --dry-run -o json")]
pub(crate) struct Import {
    /// The file; `-` for stdin
    #[arg(short, long, value_name = "FILE")]
    file: PathBuf,
    /// How it is written; told by its name by default
    #[arg(long, value_enum)]
    format: Option<FileFormat>,
    /// Take nothing in when anything is wrong; otherwise what is right goes in
    #[arg(long)]
    atomic: bool,
    /// Only check it
    #[arg(long)]
    dry_run: bool,
}

/// Write the catalogue as a file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa offer export > catalogue.yaml
  hansa offer export --format csv > offers.csv")]
pub(crate) struct Export {
    /// How it is written
    #[arg(long, value_enum, default_value = "yaml")]
    format: FileFormat,
}

/// Put offers side by side.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa offer compare nordhafen/hamburg-1/m.small alpenrechner/wien/std-2
  hansa offer compare off_01h455vb4pex5vsknk084sn02q off_01h455vb4pex5vsknk084sn03r -o json")]
pub(crate) struct Compare {
    /// Identifiers, or `provider/site/sku`; up to 10
    #[arg(required = true, value_name = "OFFER")]
    offers: Vec<String>,
}

impl Offer {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::List(command) => command.run(session).await,
            Self::Show(command) => {
                let client = session.client()?;
                session.output.one(&resolve::offer(&client, &command.offer).await?)
            }
            Self::Publish(command) => command.run(session).await,
            Self::Retire(command) => {
                let client = session.client()?;
                let offer = resolve::offer(&client, &command.offer).await?;
                let what = format!("At {}: {} will be withdrawn for good.", client.address(), offer.key());
                prompt::type_name(&what, &command.offer, command.yes.yes)?;
                client.retire_offer(offer.id).await?;
                session.output.done("retired", &offer.key())
            }
            Self::Import(command) => command.run(session).await,
            Self::Export(command) => {
                let text = session.client()?.export_offers(command.format.into()).await?;
                session.output.document(&Value::from(text.as_str()), || text.clone(), || vec![text.clone()])
            }
            Self::Compare(command) => command.run(session).await,
        }
    }
}

impl List {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let filter = OfferFilter {
            kind: self.kind,
            provider: self.provider,
            site: self.site,
            country: self.country,
            state: self.state,
            text: self.search,
        };
        let draw = async || session.output.list(&client.offers(&filter).await?);
        session.watched(&client, self.watch.watch, "offer.", draw).await
    }
}

impl Publish {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let Some(file) = self.file.filter(|_| !self.generate_skeleton) else {
            return session.output.print(SKELETON);
        };
        let new: NewOffer = input::document(&file)?;
        session.output.one(&session.client()?.publish_offer(&new).await?)
    }
}

impl Import {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let text = input::read(&self.file)?;
        let told = self.format.map(CatalogueFormat::from);
        let guessed = if is_csv(&self.file) { CatalogueFormat::Csv } else { CatalogueFormat::Yaml };
        let options = ImportOptions { format: told.unwrap_or(guessed), atomic: self.atomic, dry_run: self.dry_run };
        let answer = session.client()?.import_offers(&text, options).await?;
        let output = session.output;
        output.document(&answer, || table::pairs(&counts(&answer), output.paint()), Vec::new)?;
        match left_out(&answer) {
            errors if errors.is_empty() => Ok(()),
            errors => Err(input::invalid(&self.file, &text, errors).into()),
        }
    }
}

/// What was left out of a file, and why.
fn left_out(answer: &Value) -> Vec<FieldError> {
    answer.get("errors").and_then(|errors| Vec::deserialize(errors).ok()).unwrap_or_default()
}

/// What an answer tells by name: texts as they are, lists by their length.
fn counts(answer: &Value) -> Vec<(&str, String)> {
    let told = |value: &Value| match value {
        Value::Array(items) => items.len().to_string(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    answer.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), told(value))).collect()
}

impl Compare {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let mut ids = Vec::with_capacity(self.offers.len());
        for text in &self.offers {
            ids.push(resolve::offer(&client, text).await?.id);
        }
        let compared = client.compare_offers(&ids).await?;
        let output = session.output;
        output.document(
            &compared,
            || {
                let columns = ["offer", "country", "properties", "a month", "once", "state"];
                table::rows(&columns, compared.iter().map(beside), output.paint())
            },
            || compared.iter().map(|one| one.offer.key()).collect(),
        )
    }
}

fn beside(one: &ComparedOffer) -> Vec<String> {
    let properties = one.properties.values.iter().map(|(name, value)| format!("{name} {value}"));
    vec![
        one.offer.key(),
        one.offer.country.to_string(),
        words::list(properties),
        one.monthly.map(Money::rounded).unwrap_or_default(),
        one.one_off.map(Money::rounded).unwrap_or_default(),
        words::word(&one.offer.state),
    ]
}
