//! Asking the drivers what they can do and what their back ends hold.

use futures_util::future::join_all;
use hansa_model::agent::{Capability, InventoryItem};

use crate::core::Core;
use crate::station::Station;

/// Asks with every heartbeat, and in between when somebody wants to know what the back ends hold.
pub(crate) async fn census(core: &Core) {
    tokio::select! {
        biased;
        () = core.signals.closing.cancelled() => {}
        () = beat(core) => {}
    }
}

async fn beat(core: &Core) {
    let (mut beats, mut failures) = (0u32, 0);
    loop {
        let is_inventory_due = beats.is_multiple_of(core.options.inventory_every.max(1));
        let was_asked = core.stations.iter().all(Station::was_asked);
        let unknown_before = unknown(core);
        let capabilities = capabilities(core).await;
        if !was_asked || unknown(core) < unknown_before {
            // Services waited for a driver that has come up only now.
            core.wake_all();
        }
        core.census().capabilities = Some(capabilities);
        if core.is_inventory_wanted() || is_inventory_due {
            take_inventory(core).await;
        }
        core.signals.report.notify_one();
        beats = beats.wrapping_add(1);
        failures = if unknown(core) > 0 { failures + 1 } else { 0 };
        let pause =
            if failures > 0 { core.pause(failures).min(core.options.heartbeat) } else { core.options.heartbeat };
        let until_next_beat = core.options.timer.sleep(pause);
        let mut until_next_beat = std::pin::pin!(until_next_beat);
        loop {
            tokio::select! {
                biased;
                () = core.signals.census.notified() => {
                    if core.is_inventory_wanted() {
                        take_inventory(core).await;
                        core.signals.report.notify_one();
                    }
                }
                () = &mut until_next_beat => break,
            }
        }
    }
}

/// How many drivers have never said what they can do.
fn unknown(core: &Core) -> usize {
    core.stations.iter().filter(|station| station.kind().is_none()).count()
}

/// What each driver can do. Who does not answer can't deliver now, and is left out.
async fn capabilities(core: &Core) -> Vec<Capability> {
    let asked = join_all(core.stations.iter().map(|station| async {
        let answer = station.describe().await;
        answer.inspect_err(|error| tracing::warn!(site = %station.site, %error, "a driver can't say what it can do"))
    }));
    asked.await.into_iter().flatten().collect()
}

/// What the back ends hold, all of them or none: a part would look as if the rest were gone.
async fn take_inventory(core: &Core) {
    let mut items = Vec::new();
    for answer in join_all(core.stations.iter().map(|station| station.inventory())).await {
        match answer {
            Ok((driver, held)) => items.extend(held.into_iter().map(|held| InventoryItem {
                driver: driver.to_owned(),
                name: held.name,
                service: held.service,
            })),
            Err(error) => {
                tracing::warn!(%error, "a driver can't say what its back end holds");
                return;
            }
        }
    }
    core.census().inventory = Some(items);
}
