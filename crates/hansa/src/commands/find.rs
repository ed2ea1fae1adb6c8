//! Searching the market: at an exchange, or in catalogue files without one.

mod changed;
mod market;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hansa_model::application::Change;
use hansa_model::package::MatchOutcome;

use crate::commands::verify::Verify;
use crate::failure::{Exit, Failure};
use crate::input;
use crate::render::packages;
use crate::session::Session;
use market::Market;

pub(super) use market::{catalogue, is_csv};

/// A full example of an application.
const SKELETON: &str = include_str!("../skeletons/application.yaml");

/// Search the market.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "Exits with 4 when nothing fits.

Examples:
  hansa match -f app.yaml
  hansa match -f app.yaml --orderable-only -o json
  hansa match -f app.yaml --catalogue catalogues/ --catalogue extra.csv
  hansa match -f app.yaml --what-if 'budget.monthly=500 EUR' --what-if 'links[0].rtt='
  hansa match -f app.yaml --apply-repair 1 --write repaired.yaml
  hansa match --generate-skeleton
  hansa match verify found.json -f app.yaml --catalogue catalogues/")]
pub(crate) struct Match {
    #[command(subcommand)]
    further: Option<Further>,
    /// The application, in YAML or JSON; `-` for stdin
    #[arg(short, long, value_name = "FILE", required_unless_present = "generate_skeleton")]
    file: Option<PathBuf>,
    /// Catalogue file or directory of such; repeatable; then no exchange is asked
    #[arg(long, value_name = "PATH")]
    catalogue: Vec<PathBuf>,
    /// Only offers that can be ordered now
    #[arg(long)]
    orderable_only: bool,
    /// Compare with the document in which a field has another value, or with none after `=` is gone; repeatable
    #[arg(long, value_name = "FIELD=VALUE")]
    what_if: Vec<Change>,
    /// Print the document with the repair of this number, of those that are shown when nothing fits
    #[arg(long, value_name = "NUMBER", conflicts_with = "what_if")]
    apply_repair: Option<usize>,
    /// Write the changed document to this file
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Print a full example of an application and do nothing
    #[arg(long)]
    generate_skeleton: bool,
}

/// What else can be done with answers.
#[derive(Debug, Subcommand)]
enum Further {
    /// Re-check an answer on its own
    Verify(Verify),
}

impl Match {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        if let Some(Further::Verify(verify)) = self.further {
            return verify.run(session).await;
        }
        let Some(file) = self.file.filter(|_| !self.generate_skeleton) else {
            return session.output.print(SKELETON);
        };
        if self.write.is_some() && self.what_if.is_empty() && self.apply_repair.is_none() {
            let failure = Failure::usage("--write is for a changed document");
            return Err(failure.hint("say what changes with --what-if or --apply-repair").into());
        }
        let application = input::application(&file)?;
        let market = Market::open(session, &self.catalogue)?;
        let write = self.write.as_deref();
        if !self.what_if.is_empty() {
            return changed::compare(session, &market, &application, &self.what_if, self.orderable_only, write).await;
        }
        let found = market.find(&application, self.orderable_only).await?;
        if let Some(number) = self.apply_repair {
            return changed::repair(session, &application, &found, number, write);
        }
        let output = session.output;
        output.document(
            &found,
            || packages::outcome(&found, output.paint()),
            || found.packages.iter().map(|package| package.name.clone()).collect(),
        )?;
        if found.packages.is_empty() {
            return Err(nothing_fits(&found).into());
        }
        Ok(())
    }
}

/// The failure that tells that nothing fits, with the first repair as hint.
fn nothing_fits(found: &MatchOutcome) -> Failure {
    let failure = Failure::new(Exit::Impossible, "no-match", "nothing on the market meets every requirement");
    if let Some(repair) = found.repairs.first() {
        let price = repair.gives.monthly.rounded();
        return failure.hint(format!("this would help: {} ({price} a month)", repair.summary));
    }
    match found.conflict.iter().find_map(|conflict| conflict.repair.as_ref()) {
        Some(repair) => failure.hint(format!("this would help: {repair}")),
        None => failure,
    }
}
