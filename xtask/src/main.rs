//! Chores of those who work on Hansa.

mod openapi;

use std::process::ExitCode;

const USAGE: &str = "cargo xtask openapi [--check]    write the API document anew, or check that it is up to date";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["openapi"] => openapi::write(),
        ["openapi", "--check"] => openapi::check(),
        _ => Err(anyhow::anyhow!("{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            fail(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "whoever runs a chore reads the terminal")]
fn fail(error: &anyhow::Error) {
    eprintln!("{error:#}");
}
