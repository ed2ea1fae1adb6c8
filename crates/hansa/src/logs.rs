//! What programs write about themselves, to stderr.

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// In what form logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Begins to write logs of this level and above; `HANSA_LOG` has finer rules. Later calls change nothing.
pub fn start(format: LogFormat, level: &str) {
    let filter = EnvFilter::try_from_env("HANSA_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Whoever set up logs before, as a test may, goes on with them.
    let _ = match format {
        LogFormat::Text => builder.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}
