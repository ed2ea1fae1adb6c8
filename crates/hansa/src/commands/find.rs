//! Searching the market: at an exchange, or in catalogue files without one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use hansa_matching::Options;
use hansa_model::application::Application;
use hansa_model::catalogue::{build, parse_csv, parse_yaml};
use hansa_model::offer::Catalogue;
use hansa_model::package::{MatchOutcome, MatchRequest};
use hansa_model::time::{Clock, Timestamp};

use crate::commands::verify::Verify;
use crate::failure::{Exit, Failure};
use crate::input;
use crate::render::packages;
use crate::session::Session;

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
        let application = input::application(&file)?;
        let found = if self.catalogue.is_empty() {
            let request = MatchRequest { application, orderable_only: self.orderable_only };
            session.client()?.find_packages(&request).await?
        } else {
            offline(session, &self.catalogue, &application, self.orderable_only)?
        };
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
pub(super) fn nothing_fits(found: &MatchOutcome) -> Failure {
    let failure = Failure::new(Exit::Impossible, "no-match", "nothing on the market meets every requirement");
    match found.conflict.iter().find_map(|conflict| conflict.repair.as_ref()) {
        Some(repair) => failure.hint(format!("this would help: {repair}")),
        None => failure,
    }
}

fn offline(
    session: &Session,
    paths: &[PathBuf],
    application: &Application,
    orderable_only: bool,
) -> anyhow::Result<MatchOutcome> {
    let now = Clock::System.now();
    let catalogue = catalogue(session, paths, now)?;
    let options = Options { orderable_only, ..Options::at(now) };
    Ok(hansa_matching::find(application, &catalogue, &options))
}

/// The catalogue in files.
pub(super) fn catalogue(session: &Session, paths: &[PathBuf], now: Timestamp) -> anyhow::Result<Catalogue> {
    let mut files = Vec::new();
    for path in paths.iter().map(|path| listed(path)).collect::<anyhow::Result<Vec<_>>>()?.concat() {
        let text = input::read(&path)?;
        let parsed = if is_csv(&path) { parse_csv(&text) } else { parse_yaml(&text) };
        if !parsed.errors.is_empty() {
            return Err(input::invalid(&path, &text, parsed.errors).into());
        }
        files.push(parsed.file);
    }
    let built = build(&files, now);
    for error in &built.errors {
        session.output.note(&format!("left out of the catalogue: {error}"));
    }
    Ok(built.catalogue)
}

pub(super) fn is_csv(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"))
}

/// A file, or the catalogue files of a directory by name.
fn listed(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let known = ["yaml", "yml", "json", "csv"];
    let mut files = Vec::new();
    for entry in fs::read_dir(path).with_context(|| format!("{} can't be read", path.display()))? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| known.iter().any(|known| extension.eq_ignore_ascii_case(known))) {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        let message = format!("there are no catalogue files in {}", path.display());
        return Err(Failure::new(Exit::NotFound, "no-catalogue", message).into());
    }
    Ok(files)
}
