//! A judge of instances that shares nothing with the search: it reads documents and tries every choice.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Document, Offer};

/// Money as millionths.
#[allow(clippy::cast_possible_truncation, reason = "what comes here is at most 1e12")]
fn millionths(money: f64) -> i128 {
    (money * 1e6).round() as i128
}

/// What a choice costs a month in millionths; `None` when it breaks a condition.
#[must_use]
pub fn judge(document: &Document, choice: &[usize]) -> Option<i128> {
    let chosen: Vec<&Offer> =
        document.components.iter().zip(choice).map(|(component, number)| &component.cands[*number]).collect();
    let prices = document.components.iter().zip(&chosen);
    let mut cost: i128 = prices.map(|(component, offer)| millionths(offer.price) * i128::from(component.count)).sum();
    for edge in &document.edges {
        if !chosen[edge.src].shares_site(chosen[edge.dst]) {
            cost += millionths(chosen[edge.src].egress) * i128::from(edge.gb);
        }
        if let (Some(most), Some(rtt)) = (edge.max_rtt, &edge.rtt)
            && rtt[choice[edge.src]][choice[edge.dst]] > most
        {
            return None;
        }
    }
    let providers: BTreeSet<&str> = chosen.iter().map(|offer| offer.provider.as_str()).collect();
    let same_provider = |[one, other]: &[usize; 2]| chosen[*one].provider == chosen[*other].provider;
    let same_site = |[one, other]: &[usize; 2]| chosen[*one].shares_site(chosen[*other]);
    let holds = document.max_providers.is_none_or(|most| providers.len() <= most)
        && !document.anti.iter().any(same_provider)
        && document.same_site.iter().all(same_site)
        && document.same_provider.iter().all(same_provider)
        && document.budget.is_none_or(|budget| cost <= millionths(budget))
        && fits(document, &chosen);
    holds.then_some(cost)
}

/// Whether no site is overfull.
fn fits(document: &Document, chosen: &[&Offer]) -> bool {
    let mut taken: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for (component, offer) in document.components.iter().zip(chosen) {
        *taken.entry((&offer.provider, &offer.region)).or_default() += component.count;
    }
    document.capacity.iter().all(|capacity| {
        let taken = taken.get(&(capacity.provider.as_str(), capacity.region.as_str()));
        taken.is_none_or(|taken| *taken <= capacity.instances)
    })
}

/// The least cost over all choices, in millionths; `None` when none holds. Takes as long as there are choices.
#[must_use]
pub fn by_trying_all(document: &Document) -> Option<i128> {
    let mut best: Option<i128> = None;
    let mut choice = vec![0; document.components.len()];
    loop {
        if let Some(cost) = judge(document, &choice) {
            best = Some(best.map_or(cost, |best| best.min(cost)));
        }
        let last = |number: usize| document.components[number].cands.len() - 1;
        let Some(number) = (0..choice.len()).find(|number| choice[*number] < last(*number)) else { return best };
        choice[number] += 1;
        choice[..number].fill(0);
    }
}
