//! Who takes part: participants, members, tokens, projects.

use hansa_model::id::{MemberId, ParticipantId, ProjectId, TokenId};
use hansa_model::participant::{
    AcceptInvitation, AdmittedParticipant, Identity, Invitation, IssuedToken, Member, NewInvitation, NewParticipant,
    NewProject, NewToken, Participant, Project, ProjectLimits, Role, Token,
};
use serde::Serialize;

use crate::client::Client;
use crate::error::ClientError;

/// Which participants to list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ParticipantFilter {
    /// Those with this role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

impl Client {
    /// Who the caller is.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn whoami(&self) -> Result<Identity, ClientError> {
        self.get("/v1/whoami").await
    }

    /// Turns a one-time code into a member with a token.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn accept_invitation(&self, answer: &AcceptInvitation) -> Result<IssuedToken, ClientError> {
        self.post("/v1/invitations/accept", answer).await
    }

    /// The participants.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn participants(&self, filter: &ParticipantFilter) -> Result<Vec<Participant>, ClientError> {
        self.all("/v1/participants", filter).await
    }

    /// One participant, by identifier or short name.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn participant(&self, key: &str) -> Result<Participant, ClientError> {
        self.get(format!("/v1/participants/{}", crate::path::part(key))).await
    }

    /// Takes a participant in.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn admit_participant(&self, new: &NewParticipant) -> Result<AdmittedParticipant, ClientError> {
        self.post("/v1/participants", new).await
    }

    /// Makes a one-time code for a new member.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn invite_member(&self, of: ParticipantId, new: &NewInvitation) -> Result<Invitation, ClientError> {
        self.post(format!("/v1/participants/{of}/invitations"), new).await
    }

    /// The members of the caller's participant.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn members(&self) -> Result<Vec<Member>, ClientError> {
        self.all("/v1/members", ()).await
    }

    /// Takes a member away: its tokens and sessions end at once.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn remove_member(&self, member: MemberId) -> Result<(), ClientError> {
        self.delete(format!("/v1/members/{member}")).await
    }

    /// Makes a one-time code by which the person behind a member sets a new password or passkey.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn reset_member(&self, member: MemberId) -> Result<Invitation, ClientError> {
        self.post(format!("/v1/members/{member}/resets"), &serde_json::json!({})).await
    }

    /// The tokens of the caller's participant.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn tokens(&self) -> Result<Vec<Token>, ClientError> {
        self.all("/v1/tokens", ()).await
    }

    /// Makes a token.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn create_token(&self, new: &NewToken) -> Result<IssuedToken, ClientError> {
        self.post("/v1/tokens", new).await
    }

    /// Makes a token useless at once.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn revoke_token(&self, token: TokenId) -> Result<(), ClientError> {
        self.delete(format!("/v1/tokens/{token}")).await
    }

    /// The projects that the caller may see.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn projects(&self) -> Result<Vec<Project>, ClientError> {
        self.all("/v1/projects", ()).await
    }

    /// One project.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn project(&self, id: ProjectId) -> Result<Project, ClientError> {
        self.get(format!("/v1/projects/{id}")).await
    }

    /// Makes a project.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn create_project(&self, new: &NewProject) -> Result<Project, ClientError> {
        self.post("/v1/projects", new).await
    }

    /// Gives a project other limits; what is absent is taken away.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn set_project_limits(&self, id: ProjectId, limits: &ProjectLimits) -> Result<Project, ClientError> {
        self.patch(format!("/v1/projects/{id}"), limits).await
    }
}
