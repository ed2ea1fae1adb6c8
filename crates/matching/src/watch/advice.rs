//! What was found, in the words and numbers of a proposal.

use hansa_model::id::{OfferId, ParticipantId, SiteId};
use hansa_model::kind::{KindId, Resource};
use hansa_model::money::{Currency, Money};
use hansa_model::package::{Package, Proof, ProofStatus};
use hansa_model::proposal::{Advice, Alternative, Cause, Move, Switching};
use hansa_model::quantity::Quantity;
use hansa_model::time::Timestamp;

use super::as_it_is::AsItIs;
use super::review;
use super::running::Running;
use super::standing::{Kept, Standing};
use crate::compose::{Composition, kilograms};
use crate::prepare::Prepared;
use crate::rank::gap;
use crate::search::{Cost, NANOS};

/// Days of a month in estimates.
const DAYS_PER_MONTH: (i128, i128) = (365, 12);

/// An offer that would be taken instead of a part.
#[derive(Debug, Clone)]
pub(crate) struct New {
    pub(crate) offer: OfferId,
    pub(crate) provider: ParticipantId,
    pub(crate) site: SiteId,
    pub(crate) kind: KindId,
    /// When what speaks for it ends: certificates, the report of its agent.
    pub(crate) ends: Vec<Timestamp>,
    component: usize,
    key: String,
    instances: i64,
    /// In micro units, of all instances.
    monthly: i64,
    /// In micro units, of all instances.
    one_off: i64,
}

/// The best that what runs could become.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// What it comes to over the horizon by the weights of the search.
    pub(crate) cost: Cost,
    pub(crate) new: Vec<New>,
    /// The parts that stay.
    stays: Vec<usize>,
    /// In micro units a month, traffic included.
    monthly: i64,
    /// In milligrams a month.
    carbon: i64,
    package: Package,
}

impl Found {
    pub(crate) fn new(
        composition: &Composition<'_, '_>,
        standing: &Standing,
        choice: &[usize],
        cost: Cost,
        lower: Cost,
        nodes: u64,
    ) -> Self {
        let problem = &composition.problem;
        let (mut new, mut stays, mut carbon) = (Vec::new(), Vec::new(), 0i64);
        for (slot, component) in composition.wishes.iter().copied().enumerate() {
            let subject = composition.subject(slot, choice);
            let instances = problem.slots[slot].instances;
            carbon = carbon.saturating_add(composition.carbon_of(slot, choice));
            if let Some(kept) = standing.part(component, subject.offer) {
                stays.push(kept.part);
                continue;
            }
            let ends = review::ends(subject.assurance);
            new.push(New {
                offer: subject.offer.id,
                provider: subject.provider.id,
                site: subject.site.id,
                kind: subject.offer.kind,
                ends: ends.chain(subject.offer.fresh_until).collect(),
                component,
                key: subject.offer.key(),
                instances,
                monthly: problem.slots[slot].candidates[choice[slot]].price,
                one_off: subject.offer.one_off().saturating_mul(instances),
            });
        }
        let micros = |cost: Cost| as_measure(cost.clamp(0, Cost::MAX / 2) / NANOS);
        let proven = lower >= cost;
        let (bound, objective) = (micros(lower.min(cost)), micros(cost));
        let proof = Proof {
            status: if proven { ProofStatus::Optimal } else { ProofStatus::Feasible },
            bound,
            objective,
            gap: gap(objective, bound),
            catalogue_version: composition.catalogue_version(),
            nodes,
            seed: composition.seed(),
        };
        let package = composition.package(choice, proof);
        let package = Package { name: "proposed".to_owned(), chosen: true, carbon: kilograms(carbon), ..package };
        Self { cost, new, stays, monthly: problem.price(choice), carbon, package }
    }
}

/// What is to be said about what runs.
pub(crate) fn advice(
    prepared: &Prepared<'_>,
    standing: &Standing,
    running: &Running,
    stay: &AsItIs,
    cause: Cause,
    hysteresis: i64,
    found: Option<&Found>,
) -> Advice {
    let currency = prepared.currency;
    let writer = Writer { standing, running, stay, currency, hysteresis };
    Advice {
        cause,
        failures: stay.failures.clone(),
        monthly: writer.money(stay.monthly),
        alternative: found.map(|found| writer.alternative(found)),
        catalogue_version: prepared.judge.market.version(),
    }
}

struct Writer<'w> {
    standing: &'w Standing,
    running: &'w Running,
    stay: &'w AsItIs,
    currency: Currency,
    hysteresis: i64,
}

impl Writer<'_> {
    const fn money(&self, micros: i64) -> Money {
        Money::from_micros(micros, self.currency)
    }

    fn alternative(&self, found: &Found) -> Alternative {
        let left: Vec<&Kept> = self.left(found).collect();
        let total = |amount: &dyn Fn(&Kept) -> i64| left.iter().map(|kept| amount(kept)).fold(0, i64::saturating_add);
        let one_off = found.new.iter().map(|new| new.one_off).fold(0, i64::saturating_add);
        let (egress, downtime) = (total(&|kept| kept.egress), total(&|kept| kept.downtime));
        let switching = one_off.saturating_add(egress).saturating_add(downtime);
        let saving = self.stay.monthly.saturating_sub(found.monthly);
        let saved_carbon = self.stay.carbon.saturating_sub(found.carbon);
        let carbon_worth = self.standing.carbon_worth(saved_carbon);
        let months = self.standing.months();
        let net = saving.saturating_mul(months).saturating_add(carbon_worth).saturating_sub(switching);
        Alternative {
            moves: self.moves(found),
            monthly: self.money(found.monthly),
            saving: self.money(saving),
            carbon_saving: kilograms(saved_carbon),
            switching: Switching {
                one_off: self.money(one_off),
                egress: self.money(egress),
                downtime: self.money(downtime),
            },
            horizon_months: u32::try_from(months).unwrap_or(u32::MAX),
            carbon_worth: self.money(carbon_worth),
            hysteresis: self.money(self.hysteresis),
            net: self.money(net),
            pays_back_days: pays_back(switching, saving),
            package: found.package.clone(),
        }
    }

    /// The parts that are left.
    fn left<'f>(&'f self, found: &'f Found) -> impl Iterator<Item = &'f Kept> {
        let components = 0..self.running.application.components.len();
        components.flat_map(|component| self.standing.kept(component)).filter(|kept| !found.stays.contains(&kept.part))
    }

    fn moves(&self, found: &Found) -> Vec<Move> {
        let of = |component: usize| found.new.iter().filter(move |new| new.component == component);
        let components = (0..self.running.application.components.len()).flat_map(|component| {
            let left = self.standing.kept(component).iter().filter(|kept| !found.stays.contains(&kept.part));
            left.zip(of(component))
        });
        let moves = components.map(|(kept, new)| {
            let part = &self.running.parts()[kept.part];
            let takes = part.offer.kind.spec().takes(&part.properties);
            let each = part.offer.price.estimate(&part.properties, 0).map_or(0, |estimate| estimate.monthly.micros());
            let count = i64::from(part.count);
            Move {
                component: part.component.clone(),
                count: u32::try_from(new.instances).unwrap_or(u32::MAX),
                from: kept.item.key(),
                to: new.key.clone(),
                from_monthly: self.money(each.saturating_mul(count)),
                to_monthly: self.money(new.monthly),
                data: Quantity::from_base(takes.get(&Resource::Storage).map_or(0, |data| data.saturating_mul(count))),
            }
        });
        moves.collect()
    }
}

/// After how many days so much a month has paid for what a move costs.
fn pays_back(switching: i64, saving: i64) -> Option<u32> {
    let (days, months) = DAYS_PER_MONTH;
    let divisor = i128::from(saving.max(0)) * months;
    let days = (divisor > 0).then(|| (i128::from(switching) * days + divisor - 1) / divisor)?;
    u32::try_from(days).ok()
}

#[allow(clippy::cast_precision_loss, reason = "measures are shown, and far below 2^53")]
const fn as_measure(micros: Cost) -> f64 {
    micros as f64
}
