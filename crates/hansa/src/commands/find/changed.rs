//! Documents with changes: what if, and repairs.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use hansa_model::application::{Application, Change, ChangeError};
use hansa_model::package::MatchOutcome;
use serde_json::json;

use super::nothing_fits;
use crate::commands::find::market::Market;
use crate::failure::{Exit, Failure};
use crate::render::packages;
use crate::session::Session;

/// Matches a document as it is and with changes, and shows both side by side.
///
/// # Errors
/// When a change can't be made, or nothing fits the changed document.
pub(super) async fn compare(
    session: &Session,
    market: &Market,
    application: &Application,
    changes: &[Change],
    orderable_only: bool,
    file: Option<&Path>,
) -> anyhow::Result<()> {
    // As they are called in the document, with what stands there now.
    let told = changes.iter().map(|change| {
        application.change(&change.field, change.to.clone()).or_else(|error| match error {
            // What an earlier change made is not there yet.
            ChangeError::Unknown { .. } | ChangeError::Beyond { .. } => Ok(change.clone()),
            other => Err(other),
        })
    });
    let told: Vec<Change> = told.collect::<Result<_, _>>().map_err(refused)?;
    let changed = application.changed(changes).map_err(refused)?;
    let before = market.find(application, orderable_only).await?;
    let after = market.find(&changed, orderable_only).await?;
    let answer = json!({"changes": told, "before": before, "after": after});
    let output = session.output;
    output.document(
        &answer,
        || packages::comparison(&told, &before, &after, output.paint()),
        || after.packages.iter().map(|package| package.name.clone()).collect(),
    )?;
    if let Some(file) = file {
        write(session, &changed, Some(file))?;
    }
    if after.packages.is_empty() {
        return Err(nothing_fits(&after).into());
    }
    Ok(())
}

/// Writes the document with the repair of this number, counted from 1.
///
/// # Errors
/// When it needs no repair, or there is no such repair.
pub(super) fn repair(
    session: &Session,
    application: &Application,
    found: &MatchOutcome,
    number: usize,
    file: Option<&Path>,
) -> anyhow::Result<()> {
    if !found.packages.is_empty() {
        let failure = Failure::new(Exit::Failure, "nothing-to-repair", "the document fits as it is");
        return Err(failure.hint("leave --apply-repair out to see its packages").into());
    }
    let Some(repair) = number.checked_sub(1).and_then(|number| found.repairs.get(number)) else {
        let count = found.repairs.len();
        let failure = Failure::new(Exit::NotFound, "no-such-repair", format!("there is no repair {number}"));
        let hint = if count == 0 { "none is known".to_owned() } else { format!("there are 1 to {count}") };
        return Err(failure.hint(hint).into());
    };
    let repaired = application.changed(&repair.changes).map_err(refused)?;
    write(session, &repaired, file)?;
    session.output.note(&format!("{}: {} a month", repair.summary, repair.gives.monthly.rounded()));
    Ok(())
}

/// Writes a document to a file, or to stdout.
fn write(session: &Session, application: &Application, file: Option<&Path>) -> anyhow::Result<()> {
    let yaml = || yaml_serde::to_string(application);
    let Some(file) = file else {
        let text = yaml()?;
        return session.output.document(application, || text, || vec![application.name.to_string()]);
    };
    fs::write(file, yaml()?).with_context(|| format!("{} can't be written", file.display()))?;
    session.output.note(&format!("the changed document is in {}", file.display()));
    Ok(())
}

/// Why a change can't be made, in the command line.
fn refused(error: ChangeError) -> Failure {
    let failure = Failure::usage(error.to_string());
    match error {
        ChangeError::Invalid(errors) => {
            Failure { errors, ..Failure::new(Exit::Usage, "invalid-change", "the changed document is not right") }
        }
        ChangeError::Unknown { .. } => failure.hint("paths go by name and number: components.web.cpu, links[0].rtt"),
        _ => failure,
    }
}
