//! Onboarding.

mod guide;
mod said;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use hansa_client::{Client, OnboardingFilter};
use hansa_model::onboarding::{OnboardingState, OnboardingStep, ReturnOnboarding};
use hansa_model::participant::Participant;

use crate::failure::Failure;
use crate::session::Session;
use crate::{input, render};

/// Onboarding.
#[derive(Debug, Subcommand)]
pub(crate) enum Onboarding {
    /// Show how far you are, what is missing for which level, and what to do next
    Show(Show),
    /// Answer step by step on this terminal; go on where you left off
    Start(Start),
    /// Answer one step from a file or from the command line
    Set(Set),
    /// Print a commented file for a step
    Template(Template),
    /// Submit what you answered: it becomes signed evidence, and an operator looks at it
    Submit(Submit),
    /// Give your onboarding up; its evidence counts no longer
    Withdraw(Withdraw),
    /// List onboardings (operators and auditors: of all providers)
    List(List),
    /// Approve what a provider submitted (operators)
    Approve(Approve),
    /// Give an onboarding back with what is to be put right (operators)
    Return(Return),
}

/// Show an onboarding.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa onboarding show
  hansa onboarding show --rules gaia-x
  hansa onboarding show nordhafen -o json")]
pub(crate) struct Show {
    /// Provider, by identifier or short name; your own by default
    provider: Option<String>,
    /// Everything that is missing for this rule set
    #[arg(long, value_name = "RULE SET")]
    rules: Option<String>,
}

/// Answer step by step.
#[derive(Debug, Args)]
#[command(after_help = "Every answer is kept at once. Leave with Ctrl-D, and start again to go on.

Examples:
  hansa onboarding start
  hansa onboarding start --step address")]
pub(crate) struct Start {
    /// Only this step, also when it is complete
    #[arg(long)]
    step: Option<OnboardingStep>,
}

/// Answer one step.
#[derive(Debug, Args)]
#[command(after_help = "It is kept also when something is still missing; the answer says what.

Examples:
  hansa onboarding set terms -f terms.yaml
  hansa onboarding set registration --field vatId=DE136695976
  hansa onboarding set address --field registered.country=DE --field registered.locality=Hamburg")]
pub(crate) struct Set {
    /// The step
    step: OnboardingStep,
    /// File with the answers of the step, or `-` for stdin; takes the place of what was answered before
    #[arg(short, long, value_name = "FILE", required_unless_present = "field")]
    file: Option<PathBuf>,
    /// One field; what was answered in others stays; repeatable
    #[arg(long, value_name = "NAME=VALUE")]
    field: Vec<String>,
}

/// Print a commented file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa onboarding template terms
  hansa onboarding template data-act > data-act.yaml")]
pub(crate) struct Template {
    /// The step
    step: OnboardingStep,
}

/// Submit.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa onboarding submit
  hansa onboarding submit -o json")]
pub(crate) struct Submit {}

/// Give up.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa onboarding withdraw
  hansa onboarding withdraw --yes")]
pub(crate) struct Withdraw {
    #[command(flatten)]
    yes: super::Yes,
}

/// List onboardings.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa onboarding list --state submitted
  hansa onboarding list -o name")]
pub(crate) struct List {
    /// Those in this state
    #[arg(long, value_parser = input::word::<OnboardingState>)]
    state: Option<OnboardingState>,
}

/// Approve.
#[derive(Debug, Args)]
#[command(after_help = "The exchange then attests that you have looked at the legal person, its numbers and addresses.

Examples:
  hansa onboarding approve nordhafen
  hansa onboarding approve nordhafen -o json")]
pub(crate) struct Approve {
    /// Provider, by identifier or short name
    provider: String,
}

/// Give back.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa onboarding return nordhafen --note 'terms=the document can not be opened'
  hansa onboarding return nordhafen --note 'address=which floor?' --note 'registration=the number is of another company'")]
pub(crate) struct Return {
    /// Provider, by identifier or short name
    provider: String,
    /// What is to be put right in a step; repeatable
    #[arg(long, value_name = "STEP=TEXT", required = true)]
    note: Vec<String>,
}

impl Onboarding {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        if let Self::Template(Template { step }) = self {
            return output.print(said::template(step));
        }
        let client = session.client()?;
        let shown = match self {
            Self::Template(_) => return Ok(()),
            Self::List(List { state }) => {
                return output.list(&client.onboardings(&OnboardingFilter { state }).await?);
            }
            Self::Show(Show { provider, rules }) => {
                let key = match provider {
                    Some(key) => key,
                    None => own(&client).await?.name.to_string(),
                };
                let shown = client.onboarding(&key).await?;
                let people = || render::onboarding::onboarding(&shown, rules.as_deref(), output.paint());
                return output.document(&shown, people, || vec![shown.name.to_string()]);
            }
            Self::Start(Start { step }) => guide::run(&client, own(&client).await?.id, step, session).await?,
            Self::Set(Set { step, file, field }) => {
                let own = own(&client).await?;
                let mut said = match &file {
                    Some(file) => input::document(file)?,
                    None => said::before(&client.onboarding(own.name.as_str()).await?, step)?,
                };
                for written in &field {
                    said::set_field(&mut said, written)?;
                }
                said::read_parts(&mut said)?;
                let shown = client.answer_onboarding_step(own.id, step, &said).await?;
                let people = || render::onboarding::step(&shown, step, output.paint());
                return output.document(&shown, people, || vec![shown.name.to_string()]);
            }
            Self::Submit(Submit {}) => client.submit_onboarding(own(&client).await?.id).await?,
            Self::Withdraw(Withdraw { yes }) => {
                let own = own(&client).await?;
                crate::prompt::confirm("Give the onboarding up? Its evidence counts no longer.", yes.yes)?;
                client.withdraw_onboarding(own.id).await?
            }
            Self::Approve(Approve { provider }) => {
                let of = client.participant(&provider).await?;
                client.approve_onboarding(of.id).await?
            }
            Self::Return(Return { provider, note }) => {
                let notes = note.iter().map(|written| said::note(written)).collect::<anyhow::Result<_>>()?;
                let of = client.participant(&provider).await?;
                client.return_onboarding(of.id, &ReturnOnboarding { notes }).await?
            }
        };
        let people = || render::onboarding::onboarding(&shown, None, output.paint());
        output.document(&shown, people, || vec![shown.name.to_string()])
    }
}

/// The caller's own participant.
async fn own(client: &Client) -> anyhow::Result<Participant> {
    let participant = client.whoami().await.context("it is not known who you are")?.participant;
    match participant.roles.contains(&hansa_model::participant::Role::Provider) {
        true => Ok(participant),
        false => Err(Failure::usage(format!("{} is no provider", participant.name))
            .hint("name one: `hansa onboarding show PROVIDER`")
            .into()),
    }
}
