//! One changed fact: how long it takes until every offer that it is known of is found by it.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use hansa_bench_index::market;
use hansa_matching::{Geo, Index};
use hansa_model::evidence::Assurance;
use hansa_model::id::OfferId;

use crate::quantile;

/// A change to be timed, told apart by a number from those before it.
type Step<'s> = dyn FnMut(&mut Index<'static>, u8) + 's;

const OFFERS: usize = 100_000;
/// How often each thing is measured.
const ROUNDS: u8 = 20;

/// Prints a table: changing what is known of a provider, of all its offers by themselves, and of one of them.
pub(crate) fn measure(arguments: &[String]) -> anyhow::Result<()> {
    let size = match arguments.first() {
        Some(text) => text.parse().with_context(|| format!("`{text}` is no number"))?,
        None => OFFERS,
    };
    let mut market = market(7, size);
    let provider = market.providers.values().next().context("the market has no provider")?.clone();
    market.offers.iter_mut().for_each(|offer| offer.provider = provider.id);
    let mut index = Index::of(&market, Geo::embedded());
    let offers: Vec<OfferId> = market.offers.iter().map(|offer| offer.id).collect();
    let known =
        |round: u8| Assurance { seal: Some(round % 5), cada: Some(1 + round % 4), ..provider.assurance.clone() };
    println!("{size} offers of one provider\n\n| what becomes known | p50 | slowest |\n|---|---|---|");
    let mut timed = |name: &str, mut change: Box<Step<'_>>| {
        let times = (0..ROUNDS).map(|round| {
            // Somebody is reading, so chunks have to be copied.
            let reader = index.snapshot();
            let start = Instant::now();
            change(&mut index, round);
            let time = start.elapsed();
            drop(reader);
            time
        });
        let mut times: Vec<Duration> = times.collect();
        times.sort_unstable();
        let shown = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1e3);
        println!("| {name} | {} | {} |", shown(quantile(&times, 50)), shown(quantile(&times, 100)));
    };
    timed(
        "of the provider",
        Box::new(|index, round| {
            index.put_provider(hansa_model::offer::CatalogueProvider { assurance: known(round), ..provider.clone() });
        }),
    );
    timed("of one offer", Box::new(|index, round| index.set_assurance(&offers[..1], Some(&known(round)))));
    timed("of every offer by itself", Box::new(|index, round| index.set_assurance(&offers, Some(&known(round)))));
    timed(
        "of the provider, whose offers are all known by themselves",
        Box::new(|index, round| {
            index.put_provider(hansa_model::offer::CatalogueProvider { assurance: known(round), ..provider.clone() });
        }),
    );
    Ok(())
}
