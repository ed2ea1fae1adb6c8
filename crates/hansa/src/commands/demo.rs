//! The whole story on one machine.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use crate::session::Session;

/// Show Hansa at work on this machine: an exchange, three providers with real machines and databases, one package.
#[derive(Debug, Args)]
#[command(after_help = "Needs QEMU, PostgreSQL and MariaDB (the program says what is missing), and root for starting
database servers as users of their own. Everything listens on the loopback address and is gone at the end.
With CI=true, or with --end, it ends by itself; otherwise it stays up until Ctrl-C.

Examples:
  hansa demo
  hansa demo --end --summary summary.json")]
pub(crate) struct Demo {
    /// End when the story is told instead of staying up
    #[arg(long)]
    end: bool,
    /// Write a summary as JSON into this file
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Keep everything in this directory instead of a temporary one
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Keep images in this directory between runs
    #[arg(long, value_name = "DIR", env = "HANSA_IMAGES")]
    images: Option<PathBuf>,
}

impl Demo {
    pub(crate) async fn run(self, _session: &Session) -> anyhow::Result<()> {
        let program = std::env::current_exe().context("this program does not know where it is")?;
        let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
        let images = self.images.unwrap_or_else(|| {
            let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
            let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
            cache.or_else(home).unwrap_or_else(std::env::temp_dir).join("hansa").join("images")
        });
        let options = hansa_demo::Options {
            program,
            directory: self.directory,
            images,
            summary: self.summary,
            ends: self.end || in_ci,
        };
        hansa_demo::tell(options).await.map(|_| ())
    }
}
