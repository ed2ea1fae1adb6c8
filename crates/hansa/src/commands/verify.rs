//! Re-checking an answer of matching.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use hansa_client::{Client, OfferFilter, ParticipantFilter};
use hansa_matching::{VerifyOptions, verify};
use hansa_model::offer::{Catalogue, CatalogueProvider};
use hansa_model::package::MatchOutcome;
use hansa_model::time::Clock;

use super::find;
use crate::failure::{Exit, Failure};
use crate::input;
use crate::render::verification;
use crate::session::Session;

/// Re-check an answer: every requirement, every figure, and by a search of its own whether anything is better.
#[derive(Debug, Args)]
#[command(after_help = "Exits with 1 when a claim is not so.

Examples:
  hansa match verify found.json -f app.yaml
  hansa match verify found.json -f app.yaml --catalogue catalogues/ --time-limit 60")]
pub(crate) struct Verify {
    /// The answer of `hansa match -o json`; `-` for stdin
    #[arg(value_name = "FOUND")]
    found: PathBuf,
    /// The application, in YAML or JSON
    #[arg(short, long, value_name = "FILE")]
    file: PathBuf,
    /// Catalogue file or directory of such; repeatable; then no exchange is asked
    #[arg(long, value_name = "PATH")]
    catalogue: Vec<PathBuf>,
    /// The answer was asked for among orderable offers only
    #[arg(long)]
    orderable_only: bool,
    /// Seconds that the search of its own may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    time_limit: u64,
}

impl Verify {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let application = input::application(&self.file)?;
        let found: MatchOutcome = input::document(&self.found)?;
        let now = Clock::System.now();
        let (catalogue, is_original) = match self.catalogue.as_slice() {
            [] => (published(&session.client()?).await?, false),
            paths => {
                let catalogue = find::catalogue(session, paths, now)?;
                let is_original = found.catalogue_version == catalogue.version;
                (catalogue, is_original)
            }
        };
        let options = VerifyOptions {
            orderable_only: self.orderable_only,
            time_limit: Duration::from_secs(self.time_limit),
            is_original,
            ..VerifyOptions::at(now)
        };
        let checked = verify(&application, &catalogue, &found, &options);
        let output = session.output;
        output.document(
            &checked,
            || verification::shown(&checked, output.paint()),
            || checked.falsehoods().map(|check| check.field.clone()).collect(),
        )?;
        match checked.falsehoods().count() {
            0 => Ok(()),
            count => {
                let claims = if count == 1 { "1 claim is" } else { &format!("{count} claims are") };
                let failure = Failure::new(Exit::Failure, "false-claims", format!("{claims} not so"));
                Err(failure.hint("match again: offers may have changed since, or the answer was altered").into())
            }
        }
    }
}

/// What an exchange publishes, without what is free at the sites.
async fn published(client: &Client) -> anyhow::Result<Catalogue> {
    let participants = client.participants(&ParticipantFilter::default()).await?;
    let provider = |participant: hansa_model::participant::Participant| CatalogueProvider {
        id: participant.id,
        name: participant.name,
        legal_name: participant.legal_name,
        country: participant.country,
        assurance: participant.assurance,
    };
    let sites = client.sites().await?;
    Ok(Catalogue {
        providers: participants.into_iter().map(|one| (one.id, provider(one))).collect(),
        sites: sites.into_iter().map(|site| (site.id, site)).collect(),
        offers: client.offers(&OfferFilter::default()).await?,
        ..Catalogue::default()
    })
}
