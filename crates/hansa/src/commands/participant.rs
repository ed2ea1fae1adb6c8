//! Participants.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use hansa_client::{Client, ParticipantFilter};
use hansa_model::country::Country;
use hansa_model::evidence::Assurance;
use hansa_model::name::Name;
use hansa_model::participant::{Invitation, NewInvitation, NewParticipant, Role};

use crate::session::Session;

/// Participants.
#[derive(Debug, Subcommand)]
pub(crate) enum Participant {
    /// Take a participant in; prints the invitation for its first member
    Admit(Admit),
    /// List participants
    List(List),
    /// Show a participant
    Show(Show),
    /// Invite a member
    Invite(Invite),
}

/// Take a participant in.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa participant admit gridtown --legal-name 'Gemeente Gridtown' --country NL --role buyer
  hansa participant admit nordhafen --legal-name 'Nordhafen GmbH' --country DE --role provider -o json")]
pub(crate) struct Admit {
    /// Short name, unique on the exchange
    name: Name,
    /// Name in the register
    #[arg(long)]
    legal_name: String,
    /// Country of the registered seat
    #[arg(long, value_name = "CODE")]
    country: Country,
    /// What it is in the federation; repeatable
    #[arg(long, required = true)]
    role: Vec<Role>,
}

/// List participants.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa participant list
  hansa participant list --role provider -o name")]
pub(crate) struct List {
    /// Only those with this role
    #[arg(long)]
    role: Option<Role>,
}

/// Show a participant.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa participant show nordhafen
  hansa participant show prt_01h455vb4pex5vsknk084sn02q -o yaml")]
pub(crate) struct Show {
    /// Identifier or short name
    participant: String,
}

/// Invite a member.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa participant invite gridtown --role buyer
  hansa participant invite nordhafen -o name")]
pub(crate) struct Invite {
    /// Identifier or short name of the participant to join
    participant: String,
    /// Roles of the new member; all of the participant's by default
    #[arg(long)]
    role: Vec<Role>,
}

/// How whoever is invited comes in.
fn ways_in(client: &Client, invitation: &Invitation) -> String {
    let (address, code) = (client.address(), &invitation.code);
    format!(
        "the new member opens {address}/sign-up#code={code}\n\
         or logs in: hansa login --exchange {address} --invitation {code}"
    )
}

impl Participant {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let output = session.output;
        match self {
            Self::Admit(Admit { name, legal_name, country, role }) => {
                let roles: BTreeSet<_> = role.into_iter().collect();
                let new = NewParticipant { name, legal_name, country, roles, assurance: Assurance::default() };
                let admitted = client.admit_participant(&new).await?;
                output.one(&admitted)?;
                output.note(&ways_in(&client, &admitted.invitation));
                Ok(())
            }
            Self::List(List { role }) => output.list(&client.participants(&ParticipantFilter { role }).await?),
            Self::Show(Show { participant }) => output.one(&client.participant(&participant).await?),
            Self::Invite(Invite { participant, role }) => {
                let found = client.participant(&participant).await?;
                let roles = if role.is_empty() { found.roles } else { role.into_iter().collect() };
                let made = client.invite_member(found.id, &NewInvitation { roles }).await?;
                output.one(&made)?;
                output.note(&ways_in(&client, &made));
                Ok(())
            }
        }
    }
}
