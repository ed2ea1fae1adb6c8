//! Questions to the one who types.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::failure::{Exit, Failure};

fn ask(question: &str) -> anyhow::Result<String> {
    if !io::stdin().is_terminal() {
        let failure = Failure::usage("this needs an answer, and there is no terminal to ask on");
        return Err(failure.hint("say -y to answer yes").into());
    }
    let mut stderr = io::stderr().lock();
    write!(stderr, "{question} ")?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}

fn refused() -> anyhow::Error {
    Failure::new(Exit::Failure, "not-confirmed", "nothing was done").into()
}

/// Asks whether to go on, unless it was answered before.
///
/// # Errors
/// When the answer is no, or nobody can be asked.
pub fn confirm(question: &str, yes: bool) -> anyhow::Result<()> {
    if yes || matches!(ask(&format!("{question} [y/N]"))?.as_str(), "y" | "Y" | "yes") {
        return Ok(());
    }
    Err(refused())
}

/// Asks to type the name of what will be gone, unless it was answered before.
///
/// # Errors
/// When another name is typed, or nobody can be asked.
pub fn type_name(what: &str, name: &str, yes: bool) -> anyhow::Result<()> {
    if yes || ask(&format!("{what}\nType `{name}` to go on:"))? == name {
        return Ok(());
    }
    Err(refused())
}
