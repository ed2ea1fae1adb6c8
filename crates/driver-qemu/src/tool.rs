//! The programs that machines need on the host.

use std::io;
use std::path::Path;

use hansa_agent::driver::DriverError;
use tokio::process::Command;

use crate::images::last_lines;

/// Runs a program to its end. It is ended when nobody waits for it any more.
pub(crate) async fn run(command: &mut Command) -> Result<(), DriverError> {
    let output = command.kill_on_drop(true).output().await;
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let output = output.map_err(|error| cannot_run(&program, &error))?;
    if output.status.success() {
        return Ok(());
    }
    Err(DriverError::Unavailable(format!("`{program}` failed: {}", last_lines(&output))))
}

/// Says how a program that can't be run is installed.
pub(crate) fn cannot_run(program: &str, error: &io::Error) -> DriverError {
    let package = match program {
        "qemu-img" => "qemu-utils",
        "mke2fs" => "e2fsprogs",
        _ => "qemu-system-x86",
    };
    DriverError::Unavailable(match error.kind() {
        io::ErrorKind::NotFound => {
            format!("`{program}` was not found; the provider must install the package {package}")
        }
        _ => format!("`{program}` can't be run: {error}"),
    })
}

/// Says which file can't be used.
pub(crate) fn unusable(path: &Path, error: &io::Error) -> DriverError {
    DriverError::Unavailable(format!("`{}` can't be used: {error}", path.display()))
}
