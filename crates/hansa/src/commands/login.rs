//! Logging in and out.

use std::time::Duration;

use clap::Args;
use hansa_client::{Client, ClientError, Credentials, DeviceAnswer};
use hansa_model::participant::AcceptInvitation;
use hansa_model::sign_in::{DeviceQuestion, NewDevice};

use crate::failure::{Exit, Failure};
use crate::profile::{self, Context, Profiles};
use crate::session::Session;

/// How many seconds longer to wait when the exchange says to slow down (RFC 8628).
const SLOWER: u64 = 5;

/// Log in.
#[derive(Debug, Args)]
#[command(
    after_help = "Without a code or a token you are let in by a browser in which you are signed in to the console.

Examples:
  hansa login --exchange https://exchange.example
  hansa login --exchange https://exchange.example --invitation hansa-invite_abc --name anna
  HANSA_TOKEN=hansa_abc hansa login --exchange https://exchange.example
  hansa login --exchange http://127.0.0.1:7443 --token hansa_abc --as operator"
)]
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
                anonymous.accept_invitation(&answer).await.map_err(not_invited)?.secret
            }
            (None, Some(token)) => token.clone(),
            (None, None) => self.by_browser(session, &exchange).await?,
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

/// An invitation that does not work is no matter of logging in.
fn not_invited(error: ClientError) -> anyhow::Error {
    match error {
        ClientError::Problem(problem) if problem.status == 401 => {
            let failure = Failure::new(Exit::Refused, "invitation-refused", problem.detail.clone());
            failure.hint("whoever invited you makes another: `hansa participant invite NAME`").into()
        }
        other => other.into(),
    }
}

impl Login {
    /// Has somebody who is signed in to the console let this device in.
    async fn by_browser(&self, session: &Session, exchange: &str) -> anyhow::Result<String> {
        let anonymous = Client::new(exchange, Credentials::None)?;
        let new = NewDevice { name: format!("hansa login of {}", self.name), scopes: None };
        let code = anonymous.device_code(&new).await?;
        session.output.note(&format!(
            "open {} in a browser\nand see whether it shows the code {}\nwaiting for your answer there …",
            code.verification_uri_complete, code.user_code
        ));
        let question = DeviceQuestion { device_code: code.device_code };
        let mut pause = code.interval;
        loop {
            tokio::time::sleep(Duration::from_secs(pause)).await;
            match anonymous.device_token(&question).await? {
                DeviceAnswer::Token(issued) => return Ok(issued.secret),
                DeviceAnswer::Pending => {}
                DeviceAnswer::SlowDown => pause += SLOWER,
            }
        }
    }
}

/// Get a link to the console.
#[derive(Debug, Args)]
#[command(
    after_help = "The link makes an account with a password or a passkey for the member that you are here, and works once. If you
have one already, it is where to sign in.

Examples:
  hansa console
  hansa console --context operator -o name"
)]
pub(crate) struct Console;

impl Console {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        match client.invite_self().await {
            Ok(invitation) => {
                session.output.note("open this in a browser; it works once:");
                session.output.print(&format!("{}/sign-up#code={}\n", client.address(), invitation.code))
            }
            Err(ClientError::Problem(problem)) if problem.code() == "account-already" => {
                session.output.note("you have an account; sign in with it:");
                session.output.print(&format!("{}/sign-in\n", client.address()))
            }
            Err(error) => Err(error.into()),
        }
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
            let failure = Failure::new(Exit::NotFound, "not-logged-in", "you are not logged in");
            return Err(failure.hint("`hansa context list` shows where you are").into());
        };
        if profiles.current.as_ref() == Some(&name) {
            profiles.current = None;
        }
        profiles.save(&path)?;
        if let Some(token) = context.token {
            let client = Client::new(&context.exchange, Credentials::Token(token.into()))?;
            let revoked = async {
                match client.whoami().await?.token {
                    Some(token) => client.revoke_token(token.id).await,
                    None => Ok(()),
                }
            };
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
