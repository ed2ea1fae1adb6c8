//! Follows the catalogue for what runs. Each process watches everything; what is said once is decided by the store.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use hansa_matching::watch::{Policy, Watch};
use hansa_model::id::OrderId;
use hansa_store::proposal::{self, RunningOrder};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{running, settle};
use crate::market::News;
use crate::{Error, Exchange, Result};

/// How long matching one package again may take.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// How many orders that it has not seen before are taken into the watch at once, so that a rush of orders is not slowed
/// down by watching; the rest follows the next time.
const MOST_NEW: usize = 32;

/// Keeps a watch on what runs, as far as it was seen.
#[derive(Debug)]
pub(crate) struct Watcher(Option<Arc<Mutex<Seen>>>);

#[derive(Debug)]
struct Seen {
    watch: Watch,
    /// What runs, by its order, as it was when it was last read.
    orders: HashMap<OrderId, RunningOrder>,
}

impl Watcher {
    pub(crate) fn new(policy: Option<Policy>) -> Self {
        let seen = policy.map(|policy| Seen { watch: Watch::new(policy), orders: HashMap::new() });
        Self(seen.map(|seen| Arc::new(Mutex::new(seen))))
    }
}

/// Brings what is proposed up to date with what runs and with the market.
pub(crate) async fn watch(exchange: &Exchange) -> Result<()> {
    let Some(seen) = &exchange.watcher().0 else { return Ok(()) };
    let mut seen = Arc::clone(seen).lock_owned().await;
    let proposed = read_orders(exchange, &mut seen).await?;
    if seen.watch.is_empty() {
        return Ok(());
    }
    let now = exchange.now();
    let hear = move |index: &hansa_matching::Index<'static>, news: News| {
        match news {
            News::Everything => seen.watch.note_everything(index),
            News::Of(changes) => changes.into_iter().for_each(|change| seen.watch.note(index, change, now)),
        }
        seen
    };
    let (mut seen, market) = exchange.keeper().follow(exchange, hear).await?;
    loop {
        let market = market.clone();
        // A search must not keep others from being served.
        let looked = tokio::task::spawn_blocking(move || {
            let answer = seen.watch.look(&market, now, TIME_LIMIT);
            (seen, answer)
        });
        let answer;
        (seen, answer) = looked.await.map_err(|error| Error::Internal(format!("the search broke off: {error}")))?;
        let Some((order, advice)) = answer else { return Ok(()) };
        if advice.is_none() && !proposed.contains(&order) {
            continue;
        }
        // Should it fail to be kept, the order is read and matched again.
        let known = seen.orders.remove(&order);
        let mut work = exchange.begin().await?;
        settle(&mut work, order, advice).await?;
        work.commit().await?;
        seen.orders.extend(known.map(|known| (order, known)));
    }
}

/// Reads what runs now where that differs from what ran before, and gives the orders with an open proposal.
async fn read_orders(exchange: &Exchange, seen: &mut OwnedMutexGuard<Seen>) -> Result<BTreeSet<OrderId>> {
    let mut tx = exchange.read().await?;
    let running: HashMap<OrderId, RunningOrder> =
        proposal::running(&mut tx).await?.into_iter().map(|one| (one.order, one)).collect();
    let watched: Vec<OrderId> = seen.watch.orders().filter(|order| !running.contains_key(order)).collect();
    let proposed: BTreeSet<OrderId> = proposal::proposed(&mut tx).await?.into_iter().collect();
    let mut silent: Vec<OrderId> = proposed.iter().copied().filter(|order| !running.contains_key(order)).collect();
    for order in watched {
        seen.watch.remove(order);
        seen.orders.remove(&order);
    }
    let mut room = MOST_NEW;
    for (order, one) in running {
        match seen.orders.get(&order) {
            Some(known) if *known == one => continue,
            Some(_) => {}
            None if room == 0 => continue,
            None => room -= 1,
        }
        match running::of_order(&mut tx, order, exchange.now()).await? {
            Some(running) => seen.watch.put(order, running),
            None => {
                seen.watch.remove(order);
                silent.push(order);
            }
        }
        seen.orders.insert(order, one);
    }
    drop(tx);
    for order in silent {
        let mut work = exchange.begin().await?;
        settle(&mut work, order, None).await?;
        work.commit().await?;
    }
    Ok(proposed)
}
