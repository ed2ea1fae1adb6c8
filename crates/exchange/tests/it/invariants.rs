//! What must hold after every step of whatever happens.

use std::collections::{BTreeMap, BTreeSet};

use hansa_exchange::{orders, statements};
use hansa_model::id::{OrderId, ServiceId};
use hansa_model::money::Money;
use hansa_model::service::{Desired, ServiceState};
use hansa_store::service::ServiceRecord;
use hansa_store::{Tx, args, budget, capacity, ledger, order};

use crate::world::World;

/// What earlier checks saw, to compare with.
#[derive(Debug, Default)]
pub(crate) struct Witness {
    orders: BTreeSet<OrderId>,
    generations: BTreeMap<ServiceId, u64>,
}

/// Everything that does not hold now.
pub(crate) async fn violations(world: &World, witness: &mut Witness) -> Vec<String> {
    let mut found = Vec::new();
    let services = world.all_services().await;
    let mut tx = world.exchange.read().await.unwrap();
    made_once(world, &mut found);
    charged_once(&mut tx, &services, &mut found).await;
    let idle = orders_are_kept(&mut tx, witness, &mut found).await;
    generations_rise(world, &services, witness, &mut found);
    found.extend(capacity::leaks(&mut tx).await.unwrap().into_iter().map(|leak| format!("capacity: {leak}")));
    reserved_is_what_lives(world, &mut tx, &services, idle, &mut found).await;
    let balance = statements::trial_balance(&mut tx).await.unwrap();
    if balance.total.iter().any(|total| !total.is_zero()) {
        found.push(format!("the ledger does not balance: {:?}", balance.total));
    }
    found.extend(ledger::unbalanced(&mut tx).await.unwrap().into_iter().map(|entry| format!("{entry} is unbalanced")));
    back_ends_hold_what_lives(world, &services, &mut found);
    found
}

/// Panics with everything that does not hold.
pub(crate) async fn check(world: &World, witness: &mut Witness, when: &str) {
    let found = violations(world, witness).await;
    assert!(found.is_empty(), "{when}: {found:#?}");
}

fn made_once(world: &World, found: &mut Vec<String>) {
    for (id, times) in world.agents.iter().flat_map(|agent| &agent.made) {
        if *times > 1 {
            found.push(format!("{id} was made {times} times"));
        }
    }
}

async fn charged_once(tx: &mut Tx, services: &[ServiceRecord], found: &mut Vec<String>) {
    let rows = tx
        .all("select service_id, component, start_at, end_at from charge order by service_id, component, start_at, end_at", args![])
        .await
        .unwrap();
    let known: BTreeMap<String, &ServiceRecord> =
        services.iter().map(|record| (record.service.id.to_string(), record)).collect();
    let mut last: Option<(String, String, i64)> = None;
    for row in rows {
        let (service, component) = (row.text("service_id").unwrap(), row.text("component").unwrap());
        let (start, end) = (row.int("start_at").unwrap(), row.int("end_at").unwrap());
        if let Some((of, part, until)) = &last
            && (of, part) == (&service, &component)
            && start < *until
        {
            found.push(format!("{service} is charged twice for {component} before {until}"));
        }
        let owner = known[&service];
        if owner.billable_from.is_none_or(|from| start < from.micros()) {
            found.push(format!("{service} is charged before it was delivered"));
        }
        if owner.termination_asked_at.is_some_and(|asked| end > asked.micros()) {
            found.push(format!("{service} is charged after its termination was asked for"));
        }
        last = Some((service, component, end));
    }
}

/// Orders stay, have a saga while they are open, and leave their traces when they end. Whether none is open.
async fn orders_are_kept(tx: &mut Tx, witness: &mut Witness, found: &mut Vec<String>) -> bool {
    let all = order::list(tx, &order::OrderFilter::default(), 10_000).await.unwrap();
    let present: BTreeSet<_> = all.iter().map(|record| record.order.id).collect();
    found.extend(witness.orders.difference(&present).map(|id| format!("{id} was lost")));
    let open: BTreeSet<String> = tx
        .all("select order_id from saga where not finished", args![])
        .await
        .unwrap()
        .iter()
        .map(|row| row.text("order_id").unwrap())
        .collect();
    let mut traces: BTreeMap<(String, String), u32> = BTreeMap::new();
    for row in tx
        .all("select kind as what, subject from event union all select action as what, subject from audit", args![])
        .await
        .unwrap()
    {
        *traces.entry((row.text("what").unwrap(), row.text("subject").unwrap())).or_default() += 1;
    }
    for row in tx.all("select kind, body from outbox", args![]).await.unwrap() {
        let body: serde_json::Value = row.json("body").unwrap();
        let what = if row.text("kind").unwrap() == "event" { &body["kind"] } else { &body["action"] };
        let key = (what.as_str().unwrap().to_owned(), body["subject"].as_str().unwrap().to_owned());
        *traces.entry(key).or_default() += 1;
    }
    for record in &all {
        let id = record.order.id.to_string();
        let ended = orders::has_ended(record.order.state);
        if ended == open.contains(&id) {
            found.push(format!("{id} is {:?}, and its saga disagrees", record.order.state));
        }
        let state = format!("order.{}", hansa_store::db::word(&record.order.state));
        for what in ["order.create".to_owned(), state] {
            let times = traces.get(&(what.clone(), id.clone())).copied().unwrap_or(0);
            if times != 1 {
                found.push(format!("{id} has {times} traces `{what}`"));
            }
        }
    }
    witness.orders = present;
    open.is_empty()
}

fn generations_rise(world: &World, services: &[ServiceRecord], witness: &mut Witness, found: &mut Vec<String>) {
    for record in services {
        let (id, generation) = (record.service.id, record.service.generation);
        let before = witness.generations.insert(id, generation).unwrap_or(0);
        if generation < before {
            found.push(format!("the generation of {id} fell from {before} to {generation}"));
        }
        for machine in world.agents.iter().filter_map(|agent| agent.machines.get(&id)) {
            if machine.assignment.generation > generation {
                found.push(format!("{id} was made in a generation that is not there"));
            }
        }
    }
}

/// Capacity and budget are what the living services take, and what open orders are about to.
async fn reserved_is_what_lives(
    world: &World,
    tx: &mut Tx,
    services: &[ServiceRecord],
    idle: bool,
    found: &mut Vec<String>,
) {
    let mut taken: BTreeMap<(String, String, String), i64> = BTreeMap::new();
    let mut monthly = 0;
    for record in services.iter().filter(|record| record.service.terminated_at.is_none()) {
        let service = &record.service;
        for (resource, amount) in service.kind.spec().takes(&service.properties) {
            let key = (service.site.to_string(), service.kind.name().to_owned(), resource.name().to_owned());
            *taken.entry(key).or_default() += amount;
        }
        if service.project == world.cast.project {
            monthly += service.monthly.micros();
        }
    }
    for row in tx.all("select site_id, kind, resource, total, reserved from capacity", args![]).await.unwrap() {
        let key = (row.text("site_id").unwrap(), row.text("kind").unwrap(), row.text("resource").unwrap());
        let lives = taken.get(&key).copied().unwrap_or(0);
        let reserved = row.int("reserved").unwrap();
        if reserved < lives || (idle && reserved != lives) {
            found.push(format!("{key:?}: {reserved} is reserved, {lives} lives"));
        }
    }
    let limits = budget::get(tx, world.cast.project).await.unwrap().unwrap();
    if limits.reserved.micros() != monthly {
        let lives = Money::from_micros(monthly, limits.reserved.currency());
        found.push(format!("{} of the budget is reserved, {lives} lives", limits.reserved));
    }
    if limits.limit.is_some_and(|limit| limits.reserved.micros() > limit.micros()) {
        found.push(format!("{} is more than the budget", limits.reserved));
    }
}

fn back_ends_hold_what_lives(world: &World, services: &[ServiceRecord], found: &mut Vec<String>) {
    let known: BTreeMap<ServiceId, &ServiceRecord> =
        services.iter().map(|record| (record.service.id, record)).collect();
    for agent in &world.agents {
        for id in agent.machines.keys() {
            let owner = known.get(id).filter(|record| record.agent == agent.principal.agent);
            match owner {
                None => found.push(format!("a back end holds {id}, which is not there")),
                Some(record) if record.service.terminated_at.is_some() => {
                    found.push(format!("a back end holds {id}, which is gone"));
                }
                Some(_) => {}
            }
        }
        for record in services.iter().filter(|record| record.agent == agent.principal.agent) {
            let settled = matches!(record.service.state, ServiceState::Active | ServiceState::Stopped);
            if settled
                && record.service.desired != Desired::Terminated
                && !agent.machines.contains_key(&record.service.id)
            {
                found.push(format!("{} is {:?} but no back end holds it", record.service.id, record.service.state));
            }
        }
    }
}
