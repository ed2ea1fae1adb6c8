//! Logging in and out.

use clap::Args;
use hansa_client::{Client, Credentials};
use hansa_model::participant::AcceptInvitation;

use crate::failure::{Exit, Failure};
use crate::profile::{self, Context, Profiles};
use crate::session::Session;

/// Log in.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa login --exchange https://exchange.example --invitation hansa-invite_abc --name anna
  HANSA_TOKEN=hansa_abc hansa login --exchange https://exchange.example
  hansa login --exchange http://127.0.0.1:7443 --token hansa_abc --as operator")]
pub(crate) struct Login {
    /// One-time code that makes you a member
    #[arg(long, value_name = "CODE")]
    invitation: Option<String>,
    /// What you will be called as a new member
    #[arg(long, env = "USER", default_value = "member")]
    name: String,
    /// Name of the context that remembers it
    #[arg(long = "as", value_name = "CONTEXT", default_value = "default")]
    context: String,
}

impl Login {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let globals = session.globals();
        let exchange = globals.exchange.clone().unwrap_or_else(|| profile::DEFAULT_EXCHANGE.to_owned());
        let token = match (&self.invitation, &globals.token) {
            (Some(code), _) => {
                let anonymous = Client::new(&exchange, Credentials::None)?;
                let answer = AcceptInvitation { code: code.clone(), name: self.name.clone() };
                anonymous.accept_invitation(&answer).await?.secret
            }
            (None, Some(token)) => token.clone(),
            (None, None) => {
                let failure = Failure::usage("nothing to log in with");
                return Err(failure.hint("give --invitation CODE, or --token TOKEN").into());
            }
        };
        let client = Client::new(&exchange, Credentials::Token(token.clone().into()))?;
        // What an invitation gave must not be lost, so it is remembered before anything else can fail.
        let path = profile::path();
        let mut profiles = Profiles::load(&path)?;
        if self.invitation.is_none() {
            client.whoami().await?;
        }
        let known = profiles.contexts.remove(&self.context);
        let project = globals.project.clone().or(known.and_then(|known| known.project));
        profiles.contexts.insert(self.context.clone(), Context { exchange, token: Some(token), project });
        profiles.current = Some(self.context.clone());
        profiles.save(&path)?;
        session.output.note(&format!("logged in; context `{}` is in use", self.context));
        session.output.one(&client.whoami().await?)
    }
}

/// Log out.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa logout
  hansa logout --context operator")]
pub(crate) struct Logout;

impl Logout {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let path = profile::path();
        let mut profiles = Profiles::load(&path)?;
        let name = profiles.select(session.globals().context.as_deref())?.map(|(name, _)| name.to_owned());
        let Some((name, context)) = name.and_then(|name| profiles.contexts.remove_entry(&name)) else {
            return Err(Failure::new(Exit::NotFound, "not-logged-in", "you are not logged in").into());
        };
        if profiles.current.as_ref() == Some(&name) {
            profiles.current = None;
        }
        profiles.save(&path)?;
        if let Some(token) = context.token {
            let client = Client::new(&context.exchange, Credentials::Token(token.into()))?;
            let revoked = async { client.revoke_token(client.whoami().await?.token.id).await };
            if let Err(error) = revoked.await {
                session.output.note(&format!("the token is forgotten here, but was not revoked: {error}"));
            }
        }
        session.output.done("logged out", &name)
    }
}

/// Show who you are.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa whoami
  hansa whoami -o json")]
pub(crate) struct WhoAmI;

impl WhoAmI {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let identity = client.whoami().await?;
        session.output.note(&format!("at {}", client.address()));
        session.output.one(&identity)
    }
}
