//! API tokens.

use std::time::Duration;

use clap::{Args, Subcommand};
use hansa_model::participant::{NewToken, Scope};
use hansa_model::time::Clock;

use super::Yes;
use crate::session::Session;
use crate::{input, prompt, resolve};

const DAY: u64 = 24 * 60 * 60;

/// API tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// List tokens
    List(List),
    /// Make a token; its secret is shown once
    Create(Create),
    /// Make a token useless
    Revoke(Revoke),
}

/// List tokens.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa token list
  hansa token list -o json")]
pub(crate) struct List;

/// Make a token.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa token create ci --scope read --scope order --days 90
  hansa token create monitoring --scope read -o name")]
pub(crate) struct Create {
    /// What it is for
    name: String,
    /// What it may be used for: read, catalogue, order, admin; repeatable
    #[arg(long, required = true, value_parser = input::word::<Scope>)]
    scope: Vec<Scope>,
    /// Days until it stops working; never by default
    #[arg(long)]
    days: Option<u32>,
}

/// Make a token useless.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa token revoke ci
  hansa token revoke tok_01h455vb4pex5vsknk084sn02q -y")]
pub(crate) struct Revoke {
    /// Identifier or name
    name: String,
    #[command(flatten)]
    yes: Yes,
}

impl Token {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        match self {
            Self::List(List) => session.output.list(&client.tokens().await?),
            Self::Create(Create { name, scope, days }) => {
                let expires_at = days.map(|days| Clock::System.now().plus(Duration::from_secs(u64::from(days) * DAY)));
                let new = NewToken { name, scopes: scope.into_iter().collect(), expires_at };
                session.output.one(&client.create_token(&new).await?)?;
                session.output.note("keep the secret: it is not shown again");
                Ok(())
            }
            Self::Revoke(Revoke { name, yes }) => {
                let id = resolve::token(&client, &name).await?;
                let what = format!("At {}: the token will stop working at once.", client.address());
                prompt::type_name(&what, &name, yes.yes)?;
                client.revoke_token(id).await?;
                session.output.done("revoked", &id.to_string())
            }
        }
    }
}
