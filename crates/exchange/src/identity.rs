//! Who asks: the first operator, invitations, tokens, and the proof that a request carries.

use std::collections::BTreeSet;
use std::time::Duration;

use hansa_model::id::{AgentId, MemberId, ParticipantId, TokenId};
use hansa_model::page::Page;
use hansa_model::participant::{
    AcceptInvitation, Identity, Invitation, IssuedToken, Member, NewInvitation, NewParticipant, NewToken, Role, Scope,
    Token,
};
use hansa_model::time::Timestamp;
use hansa_store::invitation::Invited;
use hansa_store::page::PageRequest;
use hansa_store::{Tx, agent, invitation, member, participant, tenant, token};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::check::Faults;
use crate::principal::{AgentPrincipal, Credential, Principal};
use crate::{Error, Exchange, Result, Work, participants, secret};

/// What the secrets of tokens begin with.
pub const TOKEN_PREFIX: &str = "hansa_";
/// What the codes of invitations begin with.
pub const INVITATION_PREFIX: &str = "hansa-invite_";
/// How long a code works that lets in whoever has it right away: the first operator, or somebody who lost every proof.
pub(crate) const URGENT: Duration = Duration::from_secs(24 * 60 * 60);
/// How many characters of a secret are shown to recognise it by.
const SHOWN: usize = 12;
/// How far ahead an agent's proof may expire.
pub const AGENT_PROOF_LIFETIME: Duration = Duration::from_secs(120);
/// How far an agent's clock may be from the exchange's before it has learned the exchange's time.
pub const CLOCK_SKEW: Duration = Duration::from_secs(600);
/// Whom an agent's proof is for.
pub const AGENT_PROOF_AUDIENCE: &str = "hansa";

/// What an agent's proof says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AgentClaims {
    /// Whom it is for: [`AGENT_PROOF_AUDIENCE`].
    pub aud: String,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
}

/// Makes the way in for the first operator: while nobody acts as one, an invitation for `operator`, which is admitted
/// when it is not there yet. Invitations made earlier stop working. There is no default password.
///
/// # Errors
/// [`Error::Conflict`] when the name belongs to a participant that is no operator; [`Error::Store`].
pub async fn bootstrap(work: &mut Work, mut operator: NewParticipant) -> Result<Option<Invitation>> {
    if participant::has_operator(work).await? {
        return Ok(None);
    }
    operator.roles.insert(Role::Operator);
    let roles = operator.roles.clone();
    let existing = participant::by_name(work, operator.name.as_str()).await?;
    let id = match existing {
        Some(found) if found.roles.contains(&Role::Operator) => found.id,
        Some(_) => {
            let detail = format!("the participant `{}` is there already and is no operator", operator.name);
            return Err(Error::conflict("name-taken", detail, "choose another name for the operator"));
        }
        None => participants::found(work, "exchange", operator).await?.participant.id,
    };
    invitation::withdraw(work, id).await?;
    let invited = Invited { participant: id, roles, member: None, resets: None };
    let made = keep_invitation(work, invited, URGENT).await?;
    work.audit("exchange", "operator.bootstrap", &id.to_string(), json!({}));
    Ok(Some(made))
}

pub(crate) async fn make_invitation(
    work: &mut Work,
    participant: ParticipantId,
    roles: BTreeSet<Role>,
) -> Result<Invitation> {
    let lifetime = work.exchange().settings().invitation_lifetime;
    keep_invitation(work, Invited { participant, roles, member: None, resets: None }, lifetime).await
}

/// Makes the code that leads to this, for as long as it works.
pub(crate) async fn keep_invitation(work: &mut Work, invited: Invited, lifetime: Duration) -> Result<Invitation> {
    let code = secret::make(INVITATION_PREFIX);
    let expires_at = work.exchange().now().plus(lifetime);
    invitation::insert(work, &secret::hash(&code), &invited, expires_at).await?;
    Ok(Invitation { code, participant: invited.participant, roles: invited.roles, expires_at })
}

/// Refuses credentials without every scope.
///
/// # Errors
/// [`Error::Forbidden`].
pub(crate) fn whole(caller: &Principal) -> Result<()> {
    if caller.scopes.len() == Scope::ALL.len() {
        return Ok(());
    }
    Err(Error::Forbidden {
        detail: "a new member can do everything at first, so only a token with every scope may invite".to_owned(),
        hint: Some("use a token with all scopes".to_owned()),
    })
}

/// Invites a member of a participant: of any by an operator, otherwise of the caller's own.
///
/// # Errors
/// [`Error::NotFound`] for participants that are not the caller's own, [`Error::Forbidden`] when the token has not
/// every scope (the new member's first token will), [`Error::Invalid`] for roles that the participant or the caller
/// does not have.
pub async fn invite(work: &mut Work, caller: &Principal, of: ParticipantId, new: NewInvitation) -> Result<Invitation> {
    let operator = caller.is(Role::Operator);
    let invited = participant::find(work, of).await?.filter(|found| operator || found.id == caller.participant);
    let Some(invited) = invited else { return Err(Error::not_found("participant", of)) };
    whole(caller)?;
    let mut faults = Faults::default();
    faults.unless(!new.roles.is_empty(), "roles", "name at least one role");
    for role in &new.roles {
        let had = invited.roles.contains(role) && (operator || caller.is(*role));
        faults.unless(had, "roles", format!("`{role}` is not a role that you can pass on for `{}`", invited.name));
    }
    faults.finish()?;
    let made = make_invitation(work, invited.id, new.roles).await?;
    let detail = json!({"roles": made.roles, "expiresAt": made.expires_at});
    work.audit(&caller.actor(), "member.invite", &invited.id.to_string(), detail);
    Ok(made)
}

/// Lets the holder of an invitation in: a member with a token of every scope.
///
/// # Errors
/// [`Error::Unauthenticated`] when the code does not work, [`Error::Conflict`] when the name is taken.
pub async fn accept(work: &mut Work, answer: AcceptInvitation) -> Result<IssuedToken> {
    let mut faults = Faults::default();
    faults.label("name", &answer.name, 64);
    faults.finish()?;
    let now = work.exchange().now();
    // One that leads to a member who is there already is for a browser: it gives no token.
    let invited = invitation::take(work, &secret::hash(&answer.code), now).await?;
    let Some(Invited { participant, roles, member: None, .. }) = invited else {
        let detail = "the invitation does not work: it is unknown, was used, or came too late; ask for a new one";
        return Err(Error::Unauthenticated(detail.to_owned()));
    };
    let joined = Member { id: MemberId::new(), participant, name: answer.name, roles, created_at: now };
    if !member::insert(work, &joined).await? {
        let detail = format!("there is a member called `{}` already", joined.name);
        return Err(Error::conflict("name-taken", detail, "choose another name; the invitation still works"));
    }
    let issued = issue(work, joined.id, "first token".to_owned(), Scope::ALL.into_iter().collect(), None).await?;
    let detail = json!({"participant": participant, "name": joined.name, "roles": joined.roles});
    work.audit(&joined.id.to_string(), "member.join", &joined.id.to_string(), detail);
    Ok(issued)
}

pub(crate) async fn issue(
    work: &mut Work,
    member: MemberId,
    name: String,
    scopes: BTreeSet<Scope>,
    expires_at: Option<Timestamp>,
) -> Result<IssuedToken> {
    let secret = secret::make(TOKEN_PREFIX);
    let token = Token {
        id: TokenId::new(),
        member,
        name,
        prefix: secret.chars().take(SHOWN).collect(),
        scopes,
        created_at: work.exchange().now(),
        expires_at,
        revoked_at: None,
    };
    token::insert(work, &token, &secret::hash(&secret)).await?;
    Ok(IssuedToken { token, secret })
}

/// Makes another token for the caller, with no more scopes than the one that asks and no later end.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Unproven`] in a browser where the caller's proof is too old.
pub async fn create_token(work: &mut Work, caller: &Principal, new: NewToken) -> Result<IssuedToken> {
    let now = work.exchange().now();
    caller.proven_lately(now)?;
    let own_end = match caller.token() {
        Some(token) => token::find(work, caller.participant, token).await?.and_then(|own| own.expires_at),
        None => None,
    };
    let mut faults = Faults::default();
    faults.label("name", &new.name, 64);
    faults.unless(!new.scopes.is_empty(), "scopes", "name at least one scope");
    for scope in new.scopes.difference(&caller.scopes) {
        faults.add("scopes", format!("the token that asks has no scope `{}` itself", scope.name()));
    }
    faults.unless(new.expires_at.is_none_or(|end| end > now), "expiresAt", "this is in the past");
    if let Some(own_end) = own_end {
        let message = format!("the token that asks ends at {own_end}; the new one can't outlive it");
        faults.unless(new.expires_at.is_some_and(|end| end <= own_end), "expiresAt", message);
    }
    faults.finish()?;
    let issued = issue(work, caller.member, new.name, new.scopes, new.expires_at).await?;
    let detail = json!({"name": issued.token.name, "prefix": issued.token.prefix, "scopes": issued.token.scopes});
    work.audit(&caller.actor(), "token.create", &issued.token.id.to_string(), detail);
    Ok(issued)
}

/// One page of the tokens of the caller's participant.
///
/// # Errors
/// [`Error::Store`].
pub async fn tokens(tx: &mut Tx, caller: &Principal, page: &PageRequest) -> Result<Page<Token>> {
    Ok(token::page(tx, caller.participant, page).await?)
}

/// Revokes a token of the caller's participant. It stops working at once; revoking it again changes nothing.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn revoke_token(work: &mut Work, caller: &Principal, id: TokenId) -> Result<()> {
    let Some(found) = token::find(work, caller.participant, id).await? else {
        return Err(Error::not_found("token", id));
    };
    if found.revoked_at.is_none() {
        let now = work.exchange().now();
        token::revoke(work, id, now).await?;
        work.audit(&caller.actor(), "token.revoke", &id.to_string(), json!({"prefix": found.prefix}));
    }
    Ok(())
}

/// Who the caller is.
///
/// # Errors
/// [`Error::NotFound`] when it vanished meanwhile; [`Error::Store`].
pub async fn whoami(tx: &mut Tx, caller: &Principal) -> Result<Identity> {
    let gone = || Error::not_found("member", caller.member);
    let tenants = tenant::of_participant(tx, caller.participant).await?;
    let projects = tenant::projects_of_participant(tx, caller.participant).await?;
    Ok(Identity {
        participant: participant::find(tx, caller.participant).await?.ok_or_else(gone)?,
        member: member::find(tx, caller.member).await?.ok_or_else(gone)?,
        token: match caller.token() {
            Some(token) => Some(token::find(tx, caller.participant, token).await?.ok_or_else(gone)?),
            None => None,
        },
        tenants: tenants.into_iter().filter(|tenant| caller.tenants.contains(&tenant.id)).collect(),
        projects: projects.into_iter().filter(|project| caller.projects.contains(&project.id)).collect(),
    })
}

/// Whom the secret of a token belongs to.
///
/// # Errors
/// [`Error::Unauthenticated`] when it does not work (any more).
pub async fn authenticate(exchange: &Exchange, secret: &str) -> Result<Principal> {
    let refusal = || {
        let detail = "the token does not work: it is unknown, expired or revoked; ask for a new one";
        Error::Unauthenticated(detail.to_owned())
    };
    if !secret.starts_with(TOKEN_PREFIX) {
        return Err(refusal());
    }
    let now = exchange.now();
    let mut tx = exchange.read().await?;
    let holder = token::by_hash(&mut tx, &secret::hash(secret)).await?;
    let holder = holder
        .filter(|holder| holder.token.revoked_at.is_none())
        .filter(|holder| holder.token.expires_at.is_none_or(|end| now < end))
        .ok_or_else(refusal)?;
    let standing = holder.standing;
    Ok(Principal {
        participant: standing.participant,
        member: holder.token.member,
        credential: Credential::Token(holder.token.id),
        roles: standing.roles,
        scopes: holder.token.scopes,
        tenants: standing.tenants,
        projects: standing.projects.into_iter().map(|(project, _)| project).collect(),
    })
}

/// Which agent a proof belongs to: a JWT signed by the agent's own key (EdDSA and nothing else), whose `kid` is the
/// agent's identifier, whose `aud` is `hansa`, and whose `exp` is at most 120 seconds ahead.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub async fn authenticate_agent(exchange: &Exchange, jwt: &str) -> Result<AgentPrincipal> {
    let refusal = |why: &str| Error::Unauthenticated(format!("the agent's proof does not work: {why}"));
    let header = jsonwebtoken::decode_header(jwt).map_err(|_| refusal("it is no JWT"))?;
    let agent: AgentId = header
        .kid
        .as_deref()
        .and_then(|kid| kid.parse().ok())
        .ok_or_else(|| refusal("its `kid` is not the identifier of an agent"))?;
    let mut tx = exchange.read().await?;
    let key = agent::key(&mut tx, agent).await?;
    let key = key.ok_or_else(|| refusal("there is no such agent; enrol again"))?;
    if key.revoked {
        return Err(refusal("its right to speak was taken away; ask the provider's operator"));
    }
    let public_key = DecodingKey::from_ed_components(&key.public_key)
        .map_err(|_| Error::Internal("an agent's public key can't be read".to_owned()))?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[AGENT_PROOF_AUDIENCE]);
    // The exchange's own clock judges, not the one that the library reads.
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<AgentClaims>(jwt, &public_key, &validation)
        .map_err(|_| refusal("its signature or audience is wrong"))?
        .claims;
    let (now, end) = (exchange.now(), Timestamp::from_seconds(claims.exp));
    if end.plus(CLOCK_SKEW) <= now || end > now.plus(AGENT_PROOF_LIFETIME + CLOCK_SKEW) {
        return Err(refusal("the agent's clock is wrong by more than ten minutes; set it"));
    }
    Ok(AgentPrincipal { agent, provider: key.provider })
}
