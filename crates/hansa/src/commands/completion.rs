//! Completion scripts.

use clap::Args;
use clap_complete::Shell;

use crate::session::Session;

/// Print a completion script.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa completion bash > ~/.local/share/bash-completion/completions/hansa
  hansa completion zsh > ~/.zfunc/_hansa")]
pub(crate) struct Completion {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completion {
    pub(super) fn run(self, session: &Session) -> anyhow::Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut crate::cli::tree(), "hansa", &mut script);
        session.output.print(&String::from_utf8_lossy(&script))
    }
}
