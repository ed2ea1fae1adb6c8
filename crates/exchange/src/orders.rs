//! Orders: a buyer accepts a quote, or changes what is running.

use std::collections::BTreeSet;

use hansa_model::agent::Action;
use hansa_model::event::Audience;
use hansa_model::id::{OrderId, ProjectId, SagaId, ServiceId};
use hansa_model::kind::PropertyBound;
use hansa_model::lifecycle::{self, QUOTE, Stay};
use hansa_model::money::Money;
use hansa_model::order::{
    NewOrder, Order, OrderKind, OrderPreview, OrderState, OrderStep, QuoteState, Reason, ReasonCode,
};
use hansa_model::page::{MAX_PAGE, Page};
use hansa_model::service::Desired;
use hansa_store::offer::Viewer;
use hansa_store::order::{OrderFilter, OrderRecord, PlannedService, Previous};
use hansa_store::service::ServiceRecord;
use hansa_store::{Tx, budget, capacity, offer, order, participant, quote, saga, service};
use serde_json::json;

use crate::hints::Hint;
use crate::principal::Principal;
use crate::sagas::approve;
use crate::{Error, Result, Work, quotes, services};

/// Places an order. The agents go to work as soon as it is approved, where approval is needed.
///
/// # Errors
/// [`Error::NotFound`] for quotes and services of others; [`Error::Conflict`] when the quote is no longer open
/// (`quote-expired`, `quote-used`) or another order is at work on a service (`busy`); [`Error::Impossible`]
/// when the offer does not provide for the change (`not-offered`) or it costs too much (`over-max-price`).
pub async fn submit(work: &mut Work, principal: &Principal, request: NewOrder) -> Result<Order> {
    let draft = match &request {
        NewOrder::Create { quote } => accept(work, principal, *quote).await?,
        NewOrder::Resize { service, .. } => resize(work, principal, *service, &request).await?,
        NewOrder::Stop { services } => change(work, principal, services, Some(Action::Stop)).await?,
        NewOrder::Start { services } => change(work, principal, services, Some(Action::Start)).await?,
        NewOrder::Terminate { services } => change(work, principal, services, None).await?,
    };
    place(work, principal, request, draft).await
}

/// Says what an order would do and cost. It is placed as [`submit`] does, and undone before anybody sees it, so that
/// what is refused here would be refused there.
///
/// # Errors
/// As [`submit`].
pub async fn preview(mut work: Work, principal: &Principal, request: NewOrder) -> Result<OrderPreview> {
    let order = submit(&mut work, principal, request).await?;
    let needs_approval = approve::is_needed(&mut work, &order).await?;
    let project = order.project;
    let limits = budget::get(&mut work, project).await?.ok_or_else(|| Error::not_found("project", project))?;
    let mut monthly_before = Money::zero(order.monthly.currency());
    for id in &order.services {
        let record = service::get(&mut work, *id).await?.ok_or_else(|| Error::not_found("service", id))?;
        monthly_before = monthly_before.checked_add(record.service.monthly)?;
    }
    let growth = order.monthly.checked_sub(monthly_before)?;
    let within_budget = growth.micros() <= 0 || budget::reserve(&mut work, project, growth).await?;
    Ok(OrderPreview {
        kind: order.kind,
        project,
        services: order.services,
        monthly_before,
        monthly: order.monthly,
        one_off: order.one_off,
        needs_approval,
        project_monthly: limits.reserved.checked_add(growth)?,
        budget: limits.limit,
        within_budget,
    })
}

/// What an order is made of, before it has an identifier.
struct Draft {
    project: ProjectId,
    quote: Option<hansa_store::quote::QuoteRecord>,
    plan: Vec<PlannedService>,
    changed: Vec<ServiceRecord>,
    monthly: Money,
    one_off: Money,
}

async fn accept(work: &mut Work, principal: &Principal, id: hansa_model::id::QuoteId) -> Result<Draft> {
    let exchange = work.exchange();
    let record = quotes::own(work, &exchange, principal, id).await?;
    principal.own_project(record.quote.project)?;
    let refusal = |code, detail: &str| Error::conflict(code, detail, "ask for a new quote with `hansa quote create`");
    match record.quote.state {
        QuoteState::Open => {}
        QuoteState::Expired => {
            return Err(refusal("quote-expired", "the quote has expired; its price no longer holds"));
        }
        QuoteState::Accepted => return Err(refusal("quote-used", "the quote became an order already")),
        QuoteState::Withdrawn => return Err(refusal("quote-withdrawn", "the quote was withdrawn")),
    }
    let accepted = QUOTE.next(QuoteState::Open, "accept")?;
    if !quote::advance(work, id, QuoteState::Open, accepted).await? {
        return Err(refusal("quote-used", "the quote became an order already"));
    }
    Ok(Draft {
        project: record.quote.project,
        plan: record.plan.clone(),
        changed: Vec::new(),
        monthly: record.quote.package.price.monthly,
        one_off: record.quote.package.price.one_off,
        quote: Some(record),
    })
}

/// Refuses services that another order is at work on, or that are on their way out.
async fn free_to_change(work: &mut Work, record: &ServiceRecord) -> Result<()> {
    let id = record.service.id;
    if record.service.desired == Desired::Terminated {
        return Err(lifecycle::IllegalTransition {
            lifecycle: lifecycle::SERVICE.name,
            state: hansa_store::db::word(&record.service.state),
            event: "order",
        }
        .into());
    }
    if let Some(other) = order::at_work_on(work, id).await?.first() {
        let detail = format!("the order {other} is at work on {id}");
        return Err(Error::conflict("busy", detail, "wait for it with `hansa order wait`, or cancel it"));
    }
    Ok(())
}

/// Refuses what the service's agent said it can't do.
async fn agent_can(work: &mut Work, record: &ServiceRecord, action: Action) -> Result<()> {
    let supply = capacity::supply(work, record.service.site, record.service.kind).await?;
    let word = hansa_store::db::word(&action);
    if supply.is_some_and(|supply| supply.actions.contains(&word)) {
        return Ok(());
    }
    let detail = format!("{} at {} can't {word}", record.service.kind, record.service.provider_name);
    Err(Error::impossible("not-offered", detail, None))
}

async fn change(work: &mut Work, principal: &Principal, ids: &[ServiceId], action: Option<Action>) -> Result<Draft> {
    let unique: BTreeSet<_> = ids.iter().copied().collect();
    let mut changed = Vec::new();
    for id in unique {
        service::lock(work, id).await?;
        let record = services::own(work, principal, id).await?;
        free_to_change(work, &record).await?;
        if let Some(action) = action {
            agent_can(work, &record, action).await?;
        }
        changed.push(record);
    }
    let Some(first) = changed.first() else {
        return Err(Error::field("services", "at least one service is needed"));
    };
    let project = first.service.project;
    if changed.iter().any(|record| record.service.project != project) {
        return Err(Error::field("services", "all services of one order must be of one project"));
    }
    let zero = Money::zero(first.service.monthly.currency());
    let monthly = changed.iter().try_fold(zero, |sum, record| sum.checked_add(record.service.monthly))?;
    let monthly = if action.is_none() { zero } else { monthly };
    Ok(Draft { project, quote: None, plan: Vec::new(), changed, monthly, one_off: zero })
}

async fn resize(work: &mut Work, principal: &Principal, id: ServiceId, request: &NewOrder) -> Result<Draft> {
    let NewOrder::Resize { properties, max_monthly, .. } = request else {
        return Err(Error::Internal("a resize that is none".to_owned()));
    };
    service::lock(work, id).await?;
    let record = services::own(work, principal, id).await?;
    free_to_change(work, &record).await?;
    agent_can(work, &record, Action::Resize).await?;
    let now = work.exchange().now();
    let current = offer::find(work, record.service.offer, Viewer::Everything, now).await?;
    let terms = match current {
        Some(current) => offer::version(work, &current, record.service.offer_version).await?,
        None => None,
    };
    let terms = terms.ok_or_else(|| Error::Internal(format!("the offer of {id} is gone")))?;
    let mut wanted = record.service.properties.clone();
    for (name, value) in &properties.values {
        let field = format!("properties.{name}");
        let offered = terms.properties.0.get(name);
        let offered =
            offered.ok_or_else(|| Error::field(field.clone(), format!("`{}` has no such property", terms.key())))?;
        if offered.satisfy(&PropertyBound::from(value)).is_none() {
            let detail = format!("`{}` offers {name} {offered}, not {value}", terms.key());
            return Err(Error::impossible("not-offered", detail, "match the application anew for another offer"));
        }
        wanted.values.insert(name.clone(), value.clone());
    }
    if wanted == record.service.properties {
        return Err(Error::field("properties", "the service has these properties already"));
    }
    let before = record.price.estimate(&record.service.properties, 0)?.monthly;
    let after = record.price.estimate(&wanted, 0)?.monthly;
    let monthly = record.service.monthly.checked_add(after.checked_sub(before)?)?;
    if let Some(most) = max_monthly.filter(|most| monthly.micros() > most.micros()) {
        let detail = format!("it would cost {} a month, more than {}", monthly.rounded(), most.rounded());
        return Err(Error::impossible("over-max-price", detail, None));
    }
    let zero = Money::zero(monthly.currency());
    Ok(Draft {
        project: record.service.project,
        quote: None,
        plan: Vec::new(),
        changed: vec![record],
        monthly,
        one_off: zero,
    })
}

async fn place(work: &mut Work, principal: &Principal, request: NewOrder, draft: Draft) -> Result<Order> {
    let exchange = work.exchange();
    let now = exchange.now();
    let limits = budget::get(work, draft.project).await?.ok_or_else(|| Error::not_found("project", draft.project))?;
    let id = OrderId::new();
    let changed: Vec<_> = draft.changed.iter().map(|record| record.service.id).collect();
    let record = OrderRecord {
        order: Order {
            id,
            project: draft.project,
            kind: request.kind(),
            state: OrderState::Submitted,
            quote: draft.quote.as_ref().map(|record| record.quote.id),
            application: draft.quote.as_ref().map(|record| record.quote.application.name.clone()),
            services: changed,
            monthly: draft.monthly,
            one_off: draft.one_off,
            lead_provider: participant::operator(work).await?,
            ordered_by: principal.member,
            approved_by: None,
            reason: None,
            partial: false,
            created_at: now,
            updated_at: now,
            deadline: Some(now.plus(exchange.settings().approval_deadline)),
        },
        tenant: limits.tenant,
        request,
        plan: draft.plan,
        cancel_requested: false,
    };
    order::insert(work, &record).await?;
    for changed in &draft.changed {
        let before = Previous {
            properties: changed.service.properties.clone(),
            desired: changed.service.desired,
            monthly: changed.service.monthly,
        };
        order::tie(work, id, changed.service.id, Some(&before)).await?;
    }
    saga::insert(work, SagaId::new(), record.order.kind, id, now).await?;
    tell(work, &record, OrderState::Submitted);
    let detail = json!({"request": record.request, "monthly": record.order.monthly, "oneOff": record.order.one_off});
    work.audit(&principal.actor(), "order.create", &id.to_string(), detail);
    work.hint(Hint::Sagas);
    Ok(record.order)
}

/// The order.
pub(crate) async fn record(tx: &mut Tx, id: OrderId) -> Result<OrderRecord> {
    order::get(tx, id).await?.ok_or_else(|| Error::not_found("order", id))
}

/// Tells subscribers that an order entered a state.
pub(crate) fn tell(work: &mut Work, record: &OrderRecord, state: OrderState) {
    let kind = format!("order.{}", hansa_store::db::word(&state));
    let audience = Audience { tenant: Some(record.tenant), provider: None };
    let data = json!({"kind": record.order.kind, "application": record.order.application});
    work.event(&kind, &record.order.id.to_string(), Some(record.order.project), audience, data);
}

/// The order, if the caller may see it.
pub(crate) async fn visible(tx: &mut Tx, principal: &Principal, id: OrderId) -> Result<OrderRecord> {
    order::get(tx, id)
        .await?
        .filter(|record| principal.sees(Audience { tenant: Some(record.tenant), provider: None }))
        .ok_or_else(|| Error::not_found("order", id))
}

async fn own(tx: &mut Tx, principal: &Principal, id: OrderId) -> Result<OrderRecord> {
    let record = visible(tx, principal, id).await?;
    principal.own_project(record.order.project)?;
    Ok(record)
}

/// The order.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(tx: &mut Tx, principal: &Principal, id: OrderId) -> Result<Order> {
    Ok(visible(tx, principal, id).await?.order)
}

/// The steps of an order's saga, forward ones first.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn steps(tx: &mut Tx, principal: &Principal, id: OrderId) -> Result<Vec<OrderStep>> {
    visible(tx, principal, id).await?;
    Ok(saga::steps(tx, id).await?)
}

/// Which orders to list.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// In this state.
    pub state: Option<OrderState>,
    /// Of this kind.
    pub kind: Option<OrderKind>,
    /// The cursor of the page before.
    pub cursor: Option<String>,
    /// How many at most.
    pub limit: Option<u32>,
}

/// The orders that the caller may see, the newest first.
///
/// # Errors
/// [`Error::Invalid`] for a foreign cursor.
pub async fn list(tx: &mut Tx, principal: &Principal, query: &Query) -> Result<Page<Order>> {
    let limit = query.limit.unwrap_or(50).clamp(1, MAX_PAGE);
    let filter = OrderFilter {
        projects: (!principal.sees_all()).then(|| principal.projects.iter().copied().collect()),
        state: query.state,
        kind: query.kind,
        before: crate::paging::cursor(query.cursor.as_deref())?,
    };
    let records = order::list(tx, &filter, limit + 1).await?;
    let orders = records.into_iter().map(|record| record.order).collect();
    Ok(crate::paging::page(orders, limit, |order: &Order| order.id.to_string()))
}

/// Refuses an order that is not waiting for approval.
fn waits_for_approval(record: &OrderRecord, event: &'static str) -> Result<()> {
    if record.order.state == OrderState::Submitted && record.order.approved_by.is_none() {
        return Ok(());
    }
    Err(lifecycle::IllegalTransition {
        lifecycle: lifecycle::ORDER.name,
        state: hansa_store::db::word(&record.order.state),
        event,
    }
    .into())
}

/// Approves an order that waits for it. Nobody approves their own order.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`] for one's own order, [`Error::State`] when it waits for nothing.
pub async fn approve(work: &mut Work, principal: &Principal, id: OrderId) -> Result<Order> {
    saga::lock(work, id).await?;
    let current = own(work, principal, id).await?;
    waits_for_approval(&current, "approve")?;
    if current.order.ordered_by == principal.member {
        return Err(Error::Forbidden {
            detail: "nobody approves their own order".to_owned(),
            hint: Some("ask another member of your participant to approve it".to_owned()),
        });
    }
    order::set_approved(work, id, principal.member).await?;
    let now = work.exchange().now();
    saga::wake(work, id, now).await?;
    work.audit(&principal.actor(), "order.approve", &id.to_string(), json!({}));
    work.hint(Hint::Sagas);
    Ok(record(work, id).await?.order)
}

/// Rejects an order that waits for approval.
///
/// # Errors
/// [`Error::NotFound`], [`Error::State`] when it waits for nothing.
pub async fn reject(work: &mut Work, principal: &Principal, id: OrderId, message: Option<String>) -> Result<Order> {
    saga::lock(work, id).await?;
    let current = own(work, principal, id).await?;
    waits_for_approval(&current, "reject")?;
    let message = message.unwrap_or_else(|| "somebody with the right to do so rejected it".to_owned());
    order::set_reason(work, id, &Reason { code: ReasonCode::NotApproved, message: message.clone() }).await?;
    let state = lifecycle::ORDER.next(current.order.state, "reject")?;
    let now = work.exchange().now();
    order::set_state(work, id, state, None, now).await?;
    saga::finish(work, id).await?;
    tell(work, &current, state);
    work.audit(&principal.actor(), "order.reject", &id.to_string(), json!({"message": message}));
    Ok(record(work, id).await?.order)
}

/// Cancels an order that is at work: what was done is undone.
///
/// # Errors
/// [`Error::NotFound`], [`Error::State`] when it has ended already, [`Error::Conflict`] for a termination that
/// has begun (`irreversible`).
pub async fn cancel(work: &mut Work, principal: &Principal, id: OrderId) -> Result<Order> {
    saga::lock(work, id).await?;
    let current = own(work, principal, id).await?;
    lifecycle::ORDER.next(current.order.state, "cancel")?;
    if current.order.kind == OrderKind::Terminate && current.order.state == OrderState::Provisioning {
        let detail = "what is being taken down can't be brought back";
        return Err(Error::conflict("irreversible", detail, "order the services anew"));
    }
    order::request_cancel(work, id).await?;
    let now = work.exchange().now();
    saga::wake(work, id, now).await?;
    work.audit(&principal.actor(), "order.cancel", &id.to_string(), json!({}));
    work.hint(Hint::Sagas);
    Ok(record(work, id).await?.order)
}

/// Whether an order in this state has come to its end.
#[must_use]
pub fn has_ended(state: OrderState) -> bool {
    matches!(lifecycle::ORDER.row(state).stay, Stay::End)
}
