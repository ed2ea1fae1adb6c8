//! Members.

use clap::{Args, Subcommand};

use super::Yes;
use crate::session::Session;
use crate::{prompt, resolve};

/// Members.
#[derive(Debug, Subcommand)]
pub(crate) enum Member {
    /// List the members of your participant
    List(List),
    /// Make a new way in for somebody who lost password and passkey
    Reset(Reset),
    /// Take a member away: tokens and sessions end at once
    Remove(Remove),
}

/// List the members of your participant.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa member list
  hansa member list -o json")]
pub(crate) struct List;

/// Make a new way in for somebody who lost password and passkey.
#[derive(Debug, Args)]
#[command(
    after_help = "Ends the account's sessions and prints a link, good for once within 24 hours, by which the person \
sets a new
password or passkey; those from before stop working then.

Examples:
  hansa member reset anna
  hansa member reset mbr_01h455vb4pex5vsknk084sn02q -o name"
)]
pub(crate) struct Reset {
    /// Identifier, or name within your participant
    member: String,
}

/// Take a member away: tokens and sessions end at once.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa member remove anna
  hansa member remove mbr_01h455vb4pex5vsknk084sn02q -y")]
pub(crate) struct Remove {
    /// Identifier, or name within your participant
    member: String,
    #[command(flatten)]
    yes: Yes,
}

impl Member {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        match self {
            Self::List(List) => session.output.list(&client.members().await?),
            Self::Reset(Reset { member }) => {
                let id = resolve::member(&client, &member).await?;
                let made = client.reset_member(id).await?;
                session.output.one(&made)?;
                let address = client.address();
                session
                    .output
                    .note(&format!("give them this link; it works once: {address}/sign-up#code={}", made.code));
                Ok(())
            }
            Self::Remove(Remove { member, yes }) => {
                let id = resolve::member(&client, &member).await?;
                let what = format!("At {}: the member's tokens and sessions will end at once.", client.address());
                prompt::type_name(&what, &member, yes.yes)?;
                client.remove_member(id).await?;
                session.output.done("removed", &id.to_string())
            }
        }
    }
}
