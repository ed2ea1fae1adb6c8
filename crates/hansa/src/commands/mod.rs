//! Every command: one file for each noun.

mod agent;
mod audit;
mod completion;
mod context;
mod cost;
mod demo;
mod enrolment;
mod events;
mod evidence;
mod find;
mod image;
mod kind;
mod ledger;
mod login;
mod maintenance;
mod member;
mod offer;
mod onboarding;
mod order;
mod pack;
mod participant;
mod project;
mod proposal;
mod quote;
mod serve;
mod service;
mod site;
mod statement;
mod system;
mod terminal;
mod token;
mod trust;
mod usage;
mod validate;
mod verify;
mod version;
mod why;

use clap::{Args, Subcommand};

use crate::session::Session;

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show the whole story on this machine
    Demo(demo::Demo),
    /// Run an exchange
    Serve(serve::Serve),
    /// Log in to an exchange and remember it as a context
    Login(login::Login),
    /// Forget the token of a context and revoke it
    Logout(login::Logout),
    /// Get a link that lets you in to the console in a browser
    Console(login::Console),
    /// Show who you are at the exchange
    Whoami(login::WhoAmI),
    /// Remembered exchanges with who you are there
    #[command(subcommand)]
    Context(context::Context),
    /// Check an application document
    Validate(validate::Validate),
    /// Search the market for an application
    Match(find::Match),
    /// Quotes: packages whose price holds
    #[command(subcommand)]
    Quote(quote::Quote),
    /// Orders
    #[command(subcommand)]
    Order(order::Order),
    /// Services: what runs
    #[command(subcommand)]
    Service(service::Service),
    /// Proposals: what could be better about what runs
    #[command(subcommand)]
    Proposal(proposal::Proposal),
    /// Show what an order or service waits for, and who must act
    Why(why::Why),
    /// Measured usage
    #[command(subcommand)]
    Usage(usage::Usage),
    /// What is owed and due
    #[command(subcommand)]
    Statement(statement::Statement),
    /// What is spent, and what a month will come to
    #[command(subcommand)]
    Cost(cost::Cost),
    /// The books of the exchange
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    /// Offers: what is for sale
    #[command(subcommand)]
    Offer(offer::Offer),
    /// Kinds of services that can be asked for
    #[command(subcommand)]
    Kind(kind::Kind),
    /// Sites: where providers have capacity
    #[command(subcommand)]
    Site(site::Site),
    /// When providers work on their sites
    #[command(subcommand)]
    Maintenance(maintenance::Maintenance),
    /// Agents of a provider
    #[command(subcommand)]
    Agent(agent::Agent),
    /// Images that virtual machines start from, on the machine of an agent
    #[command(subcommand)]
    Image(image::Image),
    /// One-time tokens that let agents enrol
    #[command(subcommand)]
    Enrolment(enrolment::Enrolment),
    /// Participants of the federation
    #[command(subcommand)]
    Participant(participant::Participant),
    /// Members of your participant
    #[command(subcommand)]
    Member(member::Member),
    /// Onboarding: who you are as a provider, step by step, and what that reaches
    #[command(subcommand)]
    Onboarding(onboarding::Onboarding),
    /// Trust: levels, what binds them, ownership, rule sets
    #[command(subcommand)]
    Trust(trust::Trust),
    /// Evidence: signed credentials about participants, sites and offers
    #[command(subcommand)]
    Evidence(evidence::Evidence),
    /// Projects: parts with budget and services
    #[command(subcommand)]
    Project(project::Project),
    /// API tokens
    #[command(subcommand)]
    Token(token::Token),
    /// Show what happened
    Events(events::Events),
    /// The exchange as a running system
    #[command(subcommand)]
    System(system::System),
    /// The audit log
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Print the completion script of a shell
    Completion(completion::Completion),
    /// Show the version of this program and of the exchange
    Version(version::Version),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// Whatever it fails with.
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::Demo(command) => command.run(session).await,
            Self::Serve(command) => command.run(session).await,
            Self::Login(command) => command.run(session).await,
            Self::Logout(command) => command.run(session).await,
            Self::Console(command) => command.run(session).await,
            Self::Whoami(command) => command.run(session).await,
            Self::Context(command) => command.run(session),
            Self::Validate(command) => command.run(session),
            Self::Match(command) => command.run(session).await,
            Self::Quote(command) => command.run(session).await,
            Self::Order(command) => command.run(session).await,
            Self::Service(command) => command.run(session).await,
            Self::Proposal(command) => command.run(session).await,
            Self::Why(command) => command.run(session).await,
            Self::Usage(command) => command.run(session).await,
            Self::Statement(command) => command.run(session).await,
            Self::Cost(command) => command.run(session).await,
            Self::Ledger(command) => command.run(session).await,
            Self::Offer(command) => command.run(session).await,
            Self::Kind(command) => command.run(session),
            Self::Site(command) => command.run(session).await,
            Self::Maintenance(command) => command.run(session).await,
            Self::Agent(command) => command.run(session).await,
            Self::Image(command) => command.run(session).await,
            Self::Enrolment(command) => command.run(session).await,
            Self::Participant(command) => command.run(session).await,
            Self::Member(command) => command.run(session).await,
            Self::Onboarding(command) => command.run(session).await,
            Self::Trust(command) => command.run(session).await,
            Self::Evidence(command) => command.run(session).await,
            Self::Project(command) => command.run(session).await,
            Self::Token(command) => command.run(session).await,
            Self::Events(command) => command.run(session).await,
            Self::System(command) => command.run(session).await,
            Self::Audit(command) => command.run(session).await,
            Self::Completion(command) => command.run(session),
            Self::Version(command) => command.run(session).await,
        }
    }
}

/// Whether to go on looking.
#[derive(Debug, Args)]
struct Watch {
    /// Show it again whenever it changes, until interrupted
    #[arg(short, long)]
    watch: bool,
}

/// Whether questions are answered before they are asked.
#[derive(Debug, Args)]
struct Yes {
    /// Answer every question with yes
    #[arg(short, long)]
    yes: bool,
}
