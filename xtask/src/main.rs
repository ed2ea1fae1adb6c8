//! Chores of this repository: `cargo xtask` lists them.

use std::io::{Write as _, stderr, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use xtask::picture::Picture;
use xtask::{architecture, book, licences, openapi};

const HELP: &str = "\
Usage: cargo xtask <chore>

  architecture                       Check which crate uses which, and the other rules of the workspace
  book                               Check that links lead somewhere and named tests exist
  licences                           Check that every dependency has a permissive licence; list duplicates
  openapi [--check]                  Write openapi/hansa-v1.json anew, or check that it is up to date
  picture RECORDING [SVG] [TITLE]    Draw a recorded terminal; the usual place is docs/img/demo.svg
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to be told when stderr is gone.
            _ = writeln!(stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["architecture"] => conclude(&architecture::check()?, "the crates keep their layers"),
        ["book"] => conclude(&book::check()?, "everything that the documents point at is there"),
        ["licences"] => {
            let survey = licences::survey()?;
            for line in &survey.duplicates {
                say(&format!("twice: {line}"))?;
            }
            conclude(&survey.refused, &format!("{} packages have permissive licences", survey.packages))
        }
        ["openapi"] => openapi::write().and_then(|()| say("openapi/hansa-v1.json is written")),
        ["openapi", "--check"] => openapi::check().and_then(|()| say("openapi/hansa-v1.json is up to date")),
        ["picture", recording, rest @ ..] => draw(recording, rest),
        [] | ["help" | "--help" | "-h"] => say(HELP.trim_end()),
        _ => bail!("there is no such chore\n\n{HELP}"),
    }
}

fn say(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(stdout(), "{line}")?)
}

/// Says that all is well, or ends with everything that is not.
fn conclude(faults: &[String], well: &str) -> anyhow::Result<()> {
    if faults.is_empty() { say(well) } else { bail!("{}", faults.join("\n")) }
}

fn draw(recording: &str, rest: &[&str]) -> anyhow::Result<()> {
    let target = PathBuf::from(rest.first().copied().unwrap_or("docs/img/demo.svg"));
    let title = rest.get(1).copied().unwrap_or("make demo");
    let text = std::fs::read(recording).with_context(|| format!("{recording} can't be read"))?;
    let picture = Picture { title: title.to_owned(), ..Picture::default() };
    if let Some(directory) = target.parent() {
        std::fs::create_dir_all(directory)?;
    }
    std::fs::write(&target, picture.draw(&String::from_utf8_lossy(&text)))
        .with_context(|| format!("{} can't be written", target.display()))?;
    say(&format!("{} is drawn", target.display()))
}
