//! Re-optimisation: packages that run are watched for what is better, or no longer holds.
//!
//! A [`Watch`] keeps for each package what its answer rests on: the offers, sites and providers that it names, the
//! instant at which the first certificate behind it ends, and for each component a price above which no offer can
//! change it. That price is sound: what the answer comes to, less the least that everything else can come to. So a
//! change of the catalogue wakes few packages, and never misses one; [`Watch::look`] matches those again. Answers are
//! the same as if every package were matched again after every change.
//!
//! What is compared is what things come to over the [`Policy`]'s horizon: price, traffic, carbon by the buyer's
//! weights, and what the move costs once. What the buyer weighs and what is no money (round trips, providers) must
//! not become worse. Parts that stay keep their contract price, so that each part is moved only if that is worth it.

mod advice;
mod as_it_is;
mod board;
mod policy;
mod review;
mod running;
mod standing;

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use hansa_model::id::{OfferId, OrderId, ParticipantId, SiteId};
use hansa_model::kind::KindId;
use hansa_model::proposal::Advice;
use hansa_model::time::Timestamp;

use crate::index::{Index, Item, Snapshot};
use crate::prepare::{Options, Prepared};
use board::Board;
use review::{Review, Use, review};

pub use policy::Policy;
pub use running::{Buyer, Mismatch, Part, Running};
pub(crate) use standing::Standing;

/// What changed in a catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// An offer came, went, or is another one now.
    Offer(OfferId),
    /// Something is known about a provider.
    Provider(ParticipantId),
    /// Something is known about a site.
    Site(SiteId),
    /// More or less is free at a site.
    Free(SiteId, KindId),
}

/// A package that runs, and what is known about it.
#[derive(Debug)]
struct Package {
    running: Running,
    review: Review,
}

/// Watches packages that run.
#[derive(Debug, Default)]
pub struct Watch {
    policy: Policy,
    packages: HashMap<OrderId, Package>,
    board: Board,
    users: HashMap<Use, BTreeSet<OrderId>>,
    due: BTreeSet<(Timestamp, OrderId)>,
    woken: BTreeSet<OrderId>,
    reviews: u64,
}

/// What is to be said about something that runs, when everything is looked at.
#[must_use]
pub fn advise(
    market: &Snapshot<'_>,
    running: &Running,
    policy: &Policy,
    now: Timestamp,
    time_limit: Duration,
) -> Option<Advice> {
    review(market, running, policy, now, time_limit).advice
}

impl Watch {
    /// Watches nothing yet.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy, ..Self::default() }
    }

    /// How many packages are watched.
    #[must_use]
    pub fn len(&self) -> usize {
        self.packages.len()
    }

    /// Whether nothing is watched.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    /// The orders whose packages are watched.
    pub fn orders(&self) -> impl Iterator<Item = OrderId> {
        self.packages.keys().copied()
    }

    /// What the order made, if that is watched.
    #[must_use]
    pub fn running(&self, order: OrderId) -> Option<&Running> {
        self.packages.get(&order).map(|package| &package.running)
    }

    /// How often a package was matched again.
    #[must_use]
    pub const fn reviews(&self) -> u64 {
        self.reviews
    }

    /// Watches what an order made, as it runs now. It is woken at once.
    pub fn put(&mut self, order: OrderId, running: Running) {
        self.remove(order);
        let review = Review::unknown(&running);
        self.enrol(order, &review);
        self.packages.insert(order, Package { running, review });
        self.woken.insert(order);
    }

    /// Watches what an order made no longer.
    pub fn remove(&mut self, order: OrderId) {
        if let Some(package) = self.packages.remove(&order) {
            self.strike(order, &package.review);
            self.woken.remove(&order);
        }
    }

    /// Wakes every package, with what the index knows about its providers and sites: for a catalogue that was read anew.
    pub fn note_everything(&mut self, index: &Index<'_>) {
        for part in self.packages.values_mut().flat_map(|package| &mut package.running.parts) {
            index.provider(part.provider.id).inspect(|known| part.provider.clone_from(known));
            index.site(part.site.id).inspect(|known| part.site.clone_from(known));
            refresh(part, index);
        }
        self.woken.extend(self.packages.keys());
    }

    /// Wakes the packages to which a change may matter. The index must hold the change already, or be ahead of it.
    pub fn note(&mut self, index: &Index<'_>, change: Change, now: Timestamp) {
        let test = |watch: &mut Self, item: &Item| watch.test(index, item, now);
        match change {
            Change::Offer(id) => {
                self.wake(Use::Offer(id));
                self.refresh(id, index);
                if let Some(item) = index.offer(id) {
                    test(self, item);
                }
            }
            Change::Provider(id) => {
                for order in self.wake(Use::Provider(id)) {
                    let Some((package, known)) = self.packages.get_mut(&order).zip(index.provider(id)) else {
                        continue;
                    };
                    let own = package.running.parts.iter_mut().filter(|part| part.provider.id == id);
                    own.for_each(|part| part.provider.clone_from(known));
                }
                index.sold_by(id).for_each(|item| test(self, item));
            }
            Change::Site(id) => {
                for order in self.wake(Use::Site(id)) {
                    let Some((package, known)) = self.packages.get_mut(&order).zip(index.site(id)) else { continue };
                    let own = package.running.parts.iter_mut().filter(|part| part.site.id == id);
                    own.for_each(|part| part.site.clone_from(known));
                }
                index.at(id).for_each(|item| test(self, item));
            }
            Change::Free(site, kind) => {
                self.wake(Use::Room(site, kind));
                index.at(site).filter(|item| item.kind == kind).for_each(|item| test(self, item));
            }
        }
    }

    /// Matches the next package again that was woken, by a change or by time, and says what is to be said about it;
    /// `None` when nobody is awake. The catalogue must hold every change that was noted.
    pub fn look(
        &mut self,
        market: &Snapshot<'_>,
        now: Timestamp,
        time_limit: Duration,
    ) -> Option<(OrderId, Option<Advice>)> {
        let due = self.due.iter().take_while(|(at, _)| *at <= now).map(|(_, order)| *order);
        self.woken.extend(due);
        let order = self.woken.pop_first()?;
        let mut package = self.packages.remove(&order)?;
        self.strike(order, &package.review);
        package.review = review(market, &package.running, &self.policy, now, time_limit);
        self.reviews += 1;
        let advice = package.review.advice.clone();
        self.enrol(order, &package.review);
        self.packages.insert(order, package);
        Some((order, advice))
    }

    fn enrol(&mut self, order: OrderId, review: &Review) {
        self.board.put(order, review);
        for thing in &review.uses {
            self.users.entry(*thing).or_default().insert(order);
        }
        self.due.extend(review.until.map(|until| (until, order)));
    }

    fn strike(&mut self, order: OrderId, review: &Review) {
        self.board.remove(order);
        for thing in &review.uses {
            if let Some(users) = self.users.get_mut(thing) {
                users.remove(&order);
                if users.is_empty() {
                    self.users.remove(thing);
                }
            }
        }
        review.until.map(|until| self.due.remove(&(until, order)));
    }

    /// Wakes those that run on an offer of which something else is known now.
    fn refresh(&mut self, offer: OfferId, index: &Index<'_>) {
        let users: Vec<OrderId> = self.users.get(&Use::Assurance(offer)).into_iter().flatten().copied().collect();
        for order in users {
            let Some(package) = self.packages.get_mut(&order) else { continue };
            let own = package.running.parts.iter_mut().filter(|part| part.offer.id == offer);
            // Every part takes it over.
            if own.filter_map(|part| refresh(part, index).then_some(())).count() > 0 {
                self.woken.insert(order);
            }
        }
    }

    /// Wakes those whose answer rests on something.
    fn wake(&mut self, thing: Use) -> Vec<OrderId> {
        let users: Vec<OrderId> = self.users.get(&thing).into_iter().flatten().copied().collect();
        self.woken.extend(&users);
        users
    }

    /// Wakes those whom an offer could serve better, as it is now.
    fn test(&mut self, index: &Index<'_>, item: &Item, now: Timestamp) {
        for (order, component) in self.board.above(item.kind, item.least.price) {
            if self.woken.contains(&order) {
                continue;
            }
            let Some(package) = self.packages.get_mut(&order) else { continue };
            if package.is_woken_by(index.latest(), component, item, now) {
                self.woken.insert(order);
            }
        }
    }
}

/// Takes over what is known now of the offer that a part runs on; whether that is something else.
fn refresh(part: &mut Part, index: &Index<'_>) -> bool {
    let Some(item) = index.offer(part.offer.id) else { return false };
    let now = item.own_assurance().map(AsRef::as_ref);
    let differs = part.offer.assurance.as_deref() != now;
    if differs {
        part.offer.assurance = now.cloned().map(Box::new);
    }
    differs
}

impl Package {
    /// Whether it may come to less since an offer is as it is now.
    fn is_woken_by(&mut self, market: &Snapshot<'_>, component: usize, item: &Item, now: Timestamp) -> bool {
        let viewer = self.running.viewer();
        let options = Options { orderable_only: true, viewer, geo: market.geo(), ..Options::at(now) };
        let (prepared, _) = Prepared::asked(&self.running.application, market, &options);
        let wish = &prepared.wishes[component];
        if !prepared.admits(wish, item) {
            return false;
        }
        let value = review::value(&prepared, &self.review.standing, wish, item);
        value.is_some_and(|value| board::wakes(&mut self.review, component, value))
    }
}
