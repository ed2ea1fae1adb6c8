//! Who waits for what, since when, and who must act.

use hansa_model::id::{OrderId, ServiceId};
use hansa_model::lifecycle::{self, Owner, Stay};
use hansa_model::order::{Direction, OrderState, StepState};
use hansa_model::service::{Observed, ServiceState, Why};
use hansa_store::{Tx, saga};

use crate::principal::Principal;
use crate::{Result, orders, services};

fn who(owner: Owner, provider: Option<&str>) -> String {
    match (owner, provider) {
        (Owner::Buyer, _) => "buyer".to_owned(),
        (Owner::Provider, Some(provider)) => format!("provider {provider}"),
        (Owner::Provider, None) => "the providers".to_owned(),
        (Owner::Exchange, _) => "exchange".to_owned(),
        (Owner::Operator, _) => "operator".to_owned(),
    }
}

/// What an order waits for.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn order(tx: &mut Tx, principal: &Principal, id: OrderId) -> Result<Why> {
    let order = orders::get(tx, principal, id).await?;
    let steps = saga::steps(tx, id).await?;
    let row = lifecycle::ORDER.row(order.state);
    let undoing = matches!(order.state, OrderState::Compensating | OrderState::Cancelling);
    let direction = if undoing { Direction::Undo } else { Direction::Do };
    let current = steps.iter().rev().find(|step| step.direction == direction && step.state != StepState::Done);
    let ended = row.stay == Stay::End;
    let waiting_for = match (ended, current.and_then(|step| step.detail.clone())) {
        (true, _) => {
            order.reason.as_ref().map_or_else(|| "nothing".to_owned(), |reason| format!("nothing: {}", reason.message))
        }
        (false, Some(detail)) => detail,
        (false, None) => row.meaning.to_owned(),
    };
    let next = match order.state {
        OrderState::Submitted => vec![
            format!("another member approves it: hansa order approve {id}"),
            format!("or rejects it: hansa order reject {id}"),
        ],
        OrderState::Failed | OrderState::Rejected | OrderState::Cancelled => {
            vec!["ask for a new quote: hansa quote create -f app.yaml".to_owned()]
        }
        OrderState::Fulfilled => Vec::new(),
        _ => vec![format!("wait: hansa order wait {id}"), format!("or give it up: hansa order cancel {id}")],
    };
    Ok(Why {
        subject: id.to_string(),
        state: hansa_store::db::word(&order.state),
        waiting_for,
        since: current.map_or(order.updated_at, |step| step.started_at),
        who: if ended { "nobody".to_owned() } else { who(row.owner, None) },
        deadline: order.deadline.filter(|_| !ended),
        next,
    })
}

/// What a service waits for.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn service(tx: &mut Tx, principal: &Principal, id: ServiceId) -> Result<Why> {
    let record = services::visible(tx, principal, id).await?;
    let service = &record.service;
    let row = lifecycle::SERVICE.row(service.state);
    let seen = service.observation.as_ref();
    let message = seen.and_then(|seen| seen.message.clone());
    let behind = seen.is_none_or(|seen| seen.generation < service.generation);
    let waiting_for = match service.state {
        ServiceState::Requested => {
            let names: Vec<_> = record.needs.iter().map(ToString::to_string).collect();
            format!("the connections of {}", names.join(", "))
        }
        ServiceState::Active | ServiceState::Stopped if behind => {
            format!("the agent of {} to apply the latest change", service.provider_name)
        }
        ServiceState::Active | ServiceState::Stopped | ServiceState::Terminated => "nothing".to_owned(),
        ServiceState::Provisioning if seen.is_some_and(|seen| seen.state == Observed::Failed) => {
            message.unwrap_or_else(|| row.meaning.to_owned())
        }
        _ => message.unwrap_or_else(|| row.meaning.to_owned()),
    };
    let idle = waiting_for == "nothing";
    let next = match service.state {
        ServiceState::Unreachable => {
            vec![format!("ask {} whether its agent runs; the workload itself was left alone", service.provider_name)]
        }
        ServiceState::Terminated => Vec::new(),
        ServiceState::Stopped => vec![format!("start it: hansa service start {id}")],
        _ if idle => Vec::new(),
        _ => vec![format!("watch it: hansa service show {id} --watch")],
    };
    let deadline = match row.stay {
        Stay::AtMost(duration, _) => Some(service.created_at.plus(duration)),
        Stay::Steady | Stay::End => None,
    };
    Ok(Why {
        subject: id.to_string(),
        state: hansa_store::db::word(&service.state),
        waiting_for,
        since: service
            .unreachable_since
            .or(service.terminated_at)
            .or(seen.map(|seen| seen.at))
            .unwrap_or(service.created_at),
        who: if idle { "nobody".to_owned() } else { who(row.owner, Some(service.provider_name.as_str())) },
        deadline,
        next,
    })
}
