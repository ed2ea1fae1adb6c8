//! The command line as a whole.

use clap::{CommandFactory as _, Parser};

use crate::commands::Command;
use crate::failure::{Exit, Failure, Report};
use crate::logs::{self, LogFormat};
use crate::output::Format;
use crate::render::paint::Paint;
use crate::session::{Globals, Session};

/// Hansa: an open exchange for a federated European cloud.
#[derive(Debug, Parser)]
#[command(name = "hansa", version, propagate_version = true, max_term_width = 100, infer_long_args = true)]
struct Cli {
    /// What every command understands.
    #[command(flatten)]
    globals: Globals,
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

/// The tree of commands, for help, completion and tests.
#[must_use]
pub fn tree() -> clap::Command {
    Cli::command()
}

/// Whether errors are wanted as JSON, also when the command line can't be understood.
fn wants_json(arguments: &[String]) -> bool {
    let pairs = arguments.windows(2).any(|pair| matches!(pair[0].as_str(), "-o" | "--output") && pair[1] == "json");
    pairs || arguments.iter().any(|argument| matches!(argument.as_str(), "-ojson" | "--output=json" | "-o=json"))
}

fn tell(report: &Report, json: bool) {
    use std::io::{IsTerminal, Write};
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let mut stderr = std::io::stderr().lock();
    let paint = Paint::new(stderr.is_terminal() && !plain);
    let text = if json { report.json() } else { report.text(paint) };
    // Nobody is left to be told when stderr is gone.
    _ = stderr.write_all(text.as_bytes());
}

/// Does what the arguments say and gives what the process ends with.
pub async fn run(arguments: Vec<String>) -> i32 {
    let json = wants_json(&arguments);
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() && json => {
            let text = error.render().to_string();
            let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
            tell(&Report::of(&Failure::usage(first).hint("see --help").into()), true);
            return Exit::Usage as i32;
        }
        Err(error) => {
            // Nobody is left to be told when the streams are gone.
            _ = error.print();
            return error.exit_code();
        }
    };
    if cli.globals.verbose {
        logs::start(LogFormat::Text, "debug");
    }
    let json = cli.globals.output == Format::Json;
    let session = Session::new(cli.globals);
    match cli.command.run(&session).await {
        Ok(()) => 0,
        Err(error) => {
            let report = Report::of(&error);
            let report = match session.context() {
                Ok((_, context)) => report.to_caller(&context),
                Err(_) => report,
            };
            tell(&report, json);
            report.exit
        }
    }
}
