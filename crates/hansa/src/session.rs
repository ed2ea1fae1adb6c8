//! Who a command speaks for, and to whom: flag before environment before profile.

use clap::Args;
use futures_util::StreamExt as _;
use hansa_client::{Client, Credentials};
use hansa_model::participant::Project;

use crate::events::EventFilter;
use crate::failure::{Exit, Failure};
use crate::output::{Format, Output};
use crate::profile::{self, Context, Profiles};
use crate::resolve;

/// What every command understands.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// Address of the exchange
    #[arg(long, global = true, env = "HANSA_EXCHANGE", value_name = "URL")]
    pub exchange: Option<String>,
    /// API token; better kept in the environment or a context than on the command line
    #[arg(long, global = true, env = "HANSA_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub token: Option<String>,
    /// Context to use instead of the current one
    #[arg(long, global = true, env = "HANSA_CONTEXT", value_name = "NAME")]
    pub context: Option<String>,
    /// Project that is meant: name or identifier
    #[arg(long, global = true, env = "HANSA_PROJECT", value_name = "PROJECT")]
    pub project: Option<String>,
    /// Form of the answer
    #[arg(short, long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    pub output: Format,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Tell on stderr what is asked of the exchange
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// What a command works with.
#[derive(Debug)]
pub struct Session {
    /// How answers are written.
    pub output: Output,
    globals: Globals,
}

impl Session {
    /// A session with these options.
    #[must_use]
    pub fn new(globals: Globals) -> Self {
        Self { output: Output::new(globals.output, globals.quiet), globals }
    }

    /// What the command line and environment say.
    #[must_use]
    pub const fn globals(&self) -> &Globals {
        &self.globals
    }

    /// The context that applies: its name, and what is in force of it.
    ///
    /// # Errors
    /// When the contexts can't be read, or a context is named that does not exist.
    pub fn context(&self) -> anyhow::Result<(Option<String>, Context)> {
        // A variable that is set to nothing says nothing.
        let said = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        let (exchange, token) = (said(&self.globals.exchange), said(&self.globals.token));
        let profiles = Profiles::load(&profile::path())?;
        let selected = profiles.select(said(&self.globals.context).as_deref())?;
        let (name, saved) =
            selected.map_or_else(Default::default, |(name, saved)| (Some(name.to_owned()), saved.clone()));
        // A token is for its exchange: one that was saved is not sent to another that is named here.
        let elsewhere = exchange.as_ref().is_some_and(|other| name.is_some() && *other != saved.exchange);
        let saved_token = saved.token.filter(|_| !elsewhere);
        let exchange = exchange.or((!saved.exchange.is_empty()).then_some(saved.exchange));
        let context = Context {
            exchange: exchange.unwrap_or_else(|| profile::DEFAULT_EXCHANGE.to_owned()),
            token: token.or(saved_token),
            project: said(&self.globals.project).or(saved.project),
        };
        Ok((name, context))
    }

    /// A client that speaks for the caller, or for nobody without a token.
    ///
    /// # Errors
    /// When the context can't be had or its address is none.
    pub fn client(&self) -> anyhow::Result<Client> {
        let (_, context) = self.context()?;
        let credentials = context.token.map_or(Credentials::None, |token| Credentials::Token(token.into()));
        Ok(Client::new(&context.exchange, credentials)?)
    }

    /// The project that is meant: the named one, or the only one there is.
    ///
    /// # Errors
    /// When there is none, or several and none is named.
    pub async fn project(&self, client: &Client) -> anyhow::Result<Project> {
        let named = self.context()?.1.project;
        if let Some(name) = named {
            return resolve::project(client, &name).await;
        }
        let mut projects = client.whoami().await?.projects;
        match projects.len() {
            1 => Ok(projects.remove(0)),
            0 => Err(Failure::new(Exit::NotFound, "no-project", "you have no project")
                .hint("make one: `hansa project create NAME`")
                .into()),
            _ => {
                let names: Vec<_> = projects.iter().map(|project| project.name.as_str()).collect();
                let hint = format!("name one with --project: {}", names.join(", "));
                Err(Failure::usage("you have several projects").hint(hint).into())
            }
        }
    }

    /// Draws once, and with `on` again after every event of these kinds until interrupted.
    ///
    /// # Errors
    /// What drawing fails with, or the stream of events.
    pub async fn watched(
        &self,
        client: &Client,
        on: bool,
        kinds: &str,
        draw: impl AsyncFn() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        // Listening begins before the first look, so that nothing happens unseen in between.
        let filter = EventFilter { kind: Some(kinds.to_owned()), subject: None };
        let mut events = std::pin::pin!(client.events(None, filter));
        let mut next = on.then(|| events.next());
        loop {
            if on && self.output.is_live() {
                self.output.print("\x1b[2J\x1b[H")?;
            }
            draw().await?;
            let Some(event) = next.take() else { return Ok(()) };
            tokio::select! {
                event = event => match event {
                    Some(event) => drop(event?),
                    None => return Ok(()),
                },
                _ = tokio::signal::ctrl_c() => return Ok(()),
            }
            next = Some(events.next());
        }
    }
}
