//! Things by identifier or by name.

use std::str::FromStr;

use hansa_client::{Client, OfferFilter, OrderFilter, ProposalFilter, ServiceFilter};
use hansa_model::agent::Agent;
use hansa_model::evidence::Subject;
use hansa_model::id::{AgentId, MemberId, OfferId, OrderId, ProjectId, QuoteId, ServiceId, SiteId, TokenId};
use hansa_model::offer::Offer;
use hansa_model::participant::{Member, Project, Token};
use hansa_model::proposal::{Proposal, ProposalState};
use hansa_model::service::Service;
use hansa_model::site::Site;

use crate::failure::{Exit, Failure};

/// The one item that goes by this name.
fn only<T>(
    what: &str,
    name: &str,
    items: Vec<T>,
    called: impl Fn(&T) -> Vec<String>,
    id: impl Fn(&T) -> String,
) -> anyhow::Result<T> {
    let mut known: Vec<_> = items.iter().filter_map(|item| called(item).into_iter().next()).collect();
    let mut found: Vec<_> = items.into_iter().filter(|item| called(item).iter().any(|other| other == name)).collect();
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => {
            known.sort();
            known.dedup();
            known.truncate(10);
            let failure = Failure::not_found(what, name);
            let hint = if known.is_empty() { None } else { Some(format!("there are: {}", known.join(", "))) };
            Err(Failure { hint, ..failure }.into())
        }
        count => {
            let ids: Vec<_> = found.iter().map(id).collect();
            let message = format!("`{name}` stands for {count} {what}s");
            let failure = Failure::new(Exit::Usage, "ambiguous", message);
            Err(failure.hint(format!("use an identifier: {}", ids.join(", "))).into())
        }
    }
}

/// The identifier that a text must be.
fn identifier<T: FromStr>(what: &str, text: &str) -> anyhow::Result<T> {
    text.parse().map_err(|_| Failure::not_found(what, text).into())
}

/// A project by identifier or name.
///
/// # Errors
/// When there is none or several, or the exchange refuses.
pub async fn project(client: &Client, text: &str) -> anyhow::Result<Project> {
    if let Ok(id) = text.parse::<ProjectId>() {
        return Ok(client.project(id).await?);
    }
    let projects = client.projects().await?;
    only("project", text, projects, |project| vec![project.name.to_string()], |project| project.id.to_string())
}

/// A service by identifier, component (`web`) or component and instance (`web/1`).
///
/// # Errors
/// When there is none or several, or the exchange refuses.
pub async fn service(client: &Client, text: &str) -> anyhow::Result<Service> {
    if let Ok(id) = text.parse::<ServiceId>() {
        return Ok(client.service(id).await?);
    }
    let services = client.services(&ServiceFilter::default()).await?;
    let called =
        |service: &Service| vec![service.component.to_string(), format!("{}/{}", service.component, service.instance)];
    only("service", text, services, called, |service| service.id.to_string())
}

/// An order by identifier or by the name of the application that it made.
///
/// # Errors
/// When there is none or several, or the exchange refuses.
pub async fn order(client: &Client, text: &str) -> anyhow::Result<OrderId> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let orders = client.orders(&OrderFilter::default()).await?;
    let called =
        |order: &hansa_model::order::Order| order.application.iter().map(ToString::to_string).collect::<Vec<_>>();
    Ok(only("order", text, orders, called, |order| order.id.to_string())?.id)
}

/// A proposal by identifier, or the open one for the application of this name.
///
/// # Errors
/// When there is none or several, or the exchange refuses.
pub async fn proposal(client: &Client, text: &str) -> anyhow::Result<Proposal> {
    if let Ok(id) = text.parse() {
        return Ok(client.proposal(id).await?);
    }
    let open = ProposalFilter { state: Some(ProposalState::Open), ..ProposalFilter::default() };
    let called = |proposal: &Proposal| vec![proposal.application.to_string()];
    only("proposal", text, client.proposals(&open).await?, called, |proposal| proposal.id.to_string())
}

/// A quote by identifier.
///
/// # Errors
/// When it is no identifier.
pub fn quote(text: &str) -> anyhow::Result<QuoteId> {
    identifier("quote", text)
}

/// An offer by identifier or as `provider/site/sku`.
///
/// # Errors
/// When there is none, or the exchange refuses.
pub async fn offer(client: &Client, text: &str) -> anyhow::Result<Offer> {
    if let Ok(id) = text.parse::<OfferId>() {
        return Ok(client.offer(id).await?);
    }
    let parts: Vec<_> = text.splitn(3, '/').collect();
    let [provider, site, _] = parts[..] else {
        let failure = Failure::not_found("offer", text);
        return Err(failure.hint("offers are called `provider/site/sku`: `hansa offer list -o name`").into());
    };
    let filter =
        OfferFilter { provider: Some(provider.to_owned()), site: Some(site.to_owned()), ..OfferFilter::default() };
    let offers = client.offers(&filter).await?;
    only("offer", text, offers, |offer| vec![offer.key()], |offer| offer.id.to_string())
}

/// A site by identifier or name.
///
/// # Errors
/// When there is none or several, or the exchange refuses.
pub async fn site(client: &Client, text: &str) -> anyhow::Result<Site> {
    if let Ok(id) = text.parse::<SiteId>() {
        return Ok(client.site(id).await?);
    }
    only("site", text, client.sites().await?, |site| vec![site.name.to_string()], |site| site.id.to_string())
}

/// What evidence is about, when it is not a whole participant: an offer as `provider/site/sku` or by identifier, else
/// a site by name or identifier.
///
/// # Errors
/// When there is none or several, or the exchange refuses.
pub async fn about(client: &Client, text: Option<&str>) -> anyhow::Result<Option<Subject>> {
    Ok(match text {
        None => None,
        Some(text) if text.contains('/') || text.parse::<OfferId>().is_ok() => {
            Some(Subject::Offer(offer(client, text).await?.id))
        }
        Some(text) => Some(Subject::Site(site(client, text).await?.id)),
    })
}

/// A participant by identifier or short name, or a site or offer by identifier; with the name of the participant.
///
/// # Errors
/// When there is none, or the exchange refuses.
pub async fn subject(client: &Client, text: &str) -> anyhow::Result<(Subject, String)> {
    if let Ok(subject @ (Subject::Site(_) | Subject::Offer(_))) = text.parse() {
        return Ok((subject, String::new()));
    }
    let found = client.participant(text).await?;
    Ok((Subject::Participant(found.id), found.name.to_string()))
}

/// An agent by identifier or name.
///
/// # Errors
/// When there is none or several, or the exchange refuses.
pub async fn agent(client: &Client, text: &str) -> anyhow::Result<Agent> {
    if let Ok(id) = text.parse::<AgentId>() {
        return Ok(client.agent(id).await?);
    }
    only("agent", text, client.agents().await?, |agent| vec![agent.name.to_string()], |agent| agent.id.to_string())
}

/// A member by identifier, or by name within the caller's participant.
///
/// # Errors
/// When there is none, or the exchange refuses.
pub async fn member(client: &Client, text: &str) -> anyhow::Result<MemberId> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let members = client.members().await?;
    Ok(only("member", text, members, |member: &Member| vec![member.name.clone()], |member| member.id.to_string())?.id)
}

/// A token by identifier or name, among those that still work.
///
/// # Errors
/// When there is none or several, or the exchange refuses.
pub async fn token(client: &Client, text: &str) -> anyhow::Result<TokenId> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let mut tokens = client.tokens().await?;
    tokens.retain(|token| token.revoked_at.is_none());
    Ok(only("token", text, tokens, |token: &Token| vec![token.name.clone()], |token| token.id.to_string())?.id)
}
