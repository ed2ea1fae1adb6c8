//! The programs that images are built with.

use std::path::Path;
use std::process::{Command, Output};

/// Why a program did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// It is not there.
    #[error("`{program}` was not found; install the Debian package {package}")]
    Missing {
        /// The program.
        program: String,
        /// The package that contains it.
        package: &'static str,
    },
    /// It failed.
    #[error("`{program}` failed: {reason}")]
    Failed {
        /// The program.
        program: String,
        /// The last lines that it wrote.
        reason: String,
    },
}

/// Runs a command of the given Debian package to its end and gives what it wrote.
pub(crate) fn run(package: &'static str, command: &mut Command) -> Result<String, ToolError> {
    Ok(String::from_utf8_lossy(&output(package, command)?.stdout).into_owned())
}

/// Runs a command of the given Debian package to its end.
pub(crate) fn output(package: &'static str, command: &mut Command) -> Result<Output, ToolError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ToolError::Missing { program: program.clone(), package },
        _ => ToolError::Failed { program: program.clone(), reason: error.to_string() },
    })?;
    if output.status.success() { Ok(output) } else { Err(ToolError::Failed { program, reason: last_lines(&output) }) }
}

/// The last few lines of what a failed program had to say.
pub(crate) fn last_lines(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match lines.len() {
        0 => output.status.to_string(),
        count => lines[count.saturating_sub(3)..].join("; "),
    }
}

/// A program in one of the usual directories.
pub(crate) fn find(name: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let usual = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"].map(std::path::PathBuf::from);
    std::env::split_paths(&path).chain(usual).map(|directory| directory.join(name)).find(|file| Path::is_file(file))
}
