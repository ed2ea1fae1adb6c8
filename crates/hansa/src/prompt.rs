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

/// Asks for a line; `None` when the one who types has left.
///
/// # Errors
/// When stdin or stderr is gone.
pub fn line(question: &str) -> anyhow::Result<Option<String>> {
    let mut stderr = io::stderr().lock();
    write!(stderr, "{question} ")?;
    stderr.flush()?;
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer)?;
    Ok((read > 0).then(|| answer.trim().to_owned()))
}

/// Asks a question that is usually answered with yes.
///
/// # Errors
/// When stdin or stderr is gone.
pub fn agreed(question: &str) -> anyhow::Result<bool> {
    Ok(line(question)?.is_some_and(|answer| matches!(answer.as_str(), "" | "y" | "Y" | "yes")))
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
