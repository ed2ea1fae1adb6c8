//! Where packages are sought: at an exchange, or in catalogue files without one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use hansa_client::Client;
use hansa_matching::{Geo, Index, Options, find_in};
use hansa_model::application::Application;
use hansa_model::catalogue::{build, parse_csv, parse_yaml};
use hansa_model::offer::Catalogue;
use hansa_model::package::{MatchOutcome, MatchRequest};
use hansa_model::time::{Clock, Timestamp};

use crate::failure::{Exit, Failure};
use crate::input;
use crate::session::Session;

/// A market that can be searched more than once.
pub(crate) enum Market {
    Exchange(Client),
    Files(Box<Index<'static>>, Timestamp),
}

impl Market {
    /// The exchange of the session, or these catalogue files and directories of such, if there are any.
    ///
    /// # Errors
    /// When there is no exchange, or a file can't be read or understood.
    pub(crate) fn open(session: &Session, paths: &[PathBuf]) -> anyhow::Result<Self> {
        if paths.is_empty() {
            return Ok(Self::Exchange(session.client()?));
        }
        let now = Clock::System.now();
        let catalogue = catalogue(session, paths, now)?;
        Ok(Self::Files(Box::new(Index::of(&catalogue, Geo::embedded())), now))
    }

    /// What matching answers to an application.
    ///
    /// # Errors
    /// When the exchange can't be asked or refuses.
    pub(crate) async fn find(&self, application: &Application, orderable_only: bool) -> anyhow::Result<MatchOutcome> {
        match self {
            Self::Exchange(client) => {
                let request = MatchRequest { application: application.clone(), orderable_only };
                Ok(client.find_packages(&request).await?)
            }
            Self::Files(index, now) => {
                let options = Options { orderable_only, ..Options::at(*now) };
                Ok(find_in(&index.snapshot(), application, &options))
            }
        }
    }
}

/// The catalogue in files and directories of such.
///
/// # Errors
/// When a file can't be read or understood.
pub(crate) fn catalogue(session: &Session, paths: &[PathBuf], now: Timestamp) -> anyhow::Result<Catalogue> {
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

pub(crate) fn is_csv(path: &Path) -> bool {
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
