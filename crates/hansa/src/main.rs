//! The one program.

use std::process::ExitCode;

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            use std::io::Write as _;
            // Nobody is left to be told when stderr is gone.
            _ = writeln!(std::io::stderr(), "error: no threads can be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(hansa::cli::run(std::env::args().collect()));
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
