//! A referee that tries every way in which something that runs could go on, written from the definitions.

use std::collections::{BTreeMap, BTreeSet};

use hansa_matching::watch::{Policy, Running};
use hansa_matching::{Geo, carbon};
use hansa_model::application::{Application, SpreadBy};
use hansa_model::kind::{Properties, PropertyValue, Resource};
use hansa_model::offer::{Catalogue, CatalogueProvider, Offer, OfferState};
use hansa_model::price::Price;
use hansa_model::proposal::Cause;
use hansa_model::quantity::Quantity;
use hansa_model::site::Site;
use hansa_model::time::Timestamp;

const NANOS: i128 = 1_000_000_000;

pub(crate) struct Referee<'a> {
    pub(crate) market: &'a Catalogue,
    pub(crate) running: &'a Running,
    pub(crate) policy: Policy,
    pub(crate) at: Timestamp,
}

/// An offer in one place: as it was ordered, or as it is today.
#[derive(Debug, Clone, Copy)]
struct Choice<'a> {
    offer: &'a Offer,
    provider: &'a CatalogueProvider,
    site: &'a Site,
    /// The number of the part that stays.
    part: Option<usize>,
}

/// The places of each component.
type Placing<'a> = Vec<Vec<Choice<'a>>>;

#[derive(Debug, Clone, Copy)]
struct Measures {
    /// In micro units, traffic rounded for each instance.
    monthly: i128,
    /// Price and traffic over the horizon in billionths of micro units, nothing rounded.
    recurring: i128,
    latency: Option<i64>,
    providers: usize,
    /// Over the horizon, in micro units.
    worth: i128,
    /// In micro units.
    switching: i128,
}

impl Measures {
    const fn total(&self) -> i128 {
        self.recurring + (self.worth + self.switching) * NANOS
    }
}

fn delivered(offer: &Offer) -> Properties {
    let values = offer.properties.0.iter();
    Properties { values: values.filter_map(|(name, bound)| Some((name.clone(), bound.default_value()?))).collect() }
}

fn one_off(offer: &Offer) -> i128 {
    i128::from(offer.price.estimate(&delivered(offer), 0).unwrap().one_off.micros())
}

impl<'a> Referee<'a> {
    fn application(&self) -> &'a Application {
        self.running.application()
    }

    fn number(&self, name: &hansa_model::name::Name) -> usize {
        self.application().components.get_index_of(name).unwrap()
    }

    fn parts(&self, component: usize) -> Vec<(usize, Choice<'a>)> {
        let parts = self.running.parts().iter().enumerate();
        parts
            .filter(|(_, part)| self.number(&part.component) == component)
            .map(|(number, part)| {
                let provider = &self.market.providers[&part.provider.id];
                let site = &self.market.sites[&part.site.id];
                (number, Choice { offer: &part.offer, provider, site, part: Some(number) })
            })
            .collect()
    }

    /// Whether a component's own requirements hold there today.
    fn suits(&self, component: usize, choice: &Choice<'_>) -> bool {
        let application = self.application();
        let wanted = &application.components[component];
        let cpu = match delivered(choice.offer).values["cpu"] {
            PropertyValue::Count(cpu) => cpu,
            _ => unreachable!(),
        };
        let least = match &wanted.properties["cpu"] {
            hansa_model::kind::PropertyBound::Count(bound) => bound.min.unwrap(),
            _ => unreachable!(),
        };
        // What is known of an offer today counts, also for what was ordered on it long ago.
        let listed = self.market.offers.iter().find(|offer| offer.id == choice.offer.id).unwrap_or(choice.offer);
        let assurance = listed.assurance.as_deref().unwrap_or(&choice.provider.assurance);
        let lasts = assurance.valid_until.is_none_or(|end| self.at.micros() < end.micros());
        let seal = application.requirements.seal.map_or(0, |seal| seal.minimum);
        let certified = application.requirements.certifications.all.iter().all(|scheme| {
            assurance.certificates.iter().any(|held| {
                held.scheme == *scheme && held.valid_until.is_none_or(|end| self.at.micros() < end.micros())
            })
        });
        let close = self
            .near(component, choice)
            .is_none_or(|rtt| wanted.near.as_ref().and_then(|near| near.rtt.max).is_none_or(|most| rtt <= most.base()));
        cpu >= least && (seal == 0 || lasts && assurance.seal.is_some_and(|has| has >= seal)) && certified && close
    }

    fn near(&self, component: usize, choice: &Choice<'_>) -> Option<i64> {
        let geo = Geo::embedded();
        let near = self.application().components[component].near.as_ref()?;
        let place = geo.place(geo.city(&near.place)?.coordinates);
        Some(geo.round_trip(&geo.place(choice.site.coordinates), &place).rtt.base())
    }

    fn round_trip(from: &Choice<'_>, to: &Choice<'_>) -> i64 {
        let geo = Geo::embedded();
        let place = |choice: &Choice<'_>| geo.place(choice.site.coordinates);
        if from.site.id == to.site.id { 500 } else { geo.round_trip(&place(from), &place(to)).rtt.base() }
    }

    fn on_the_market(&self, component: usize) -> Vec<Choice<'a>> {
        let fresh = |offer: &Offer| offer.fresh_until.is_none_or(|until| self.at.micros() < until.micros());
        let offers = self.market.offers.iter().filter(|offer| offer.state == OfferState::Orderable && fresh(offer));
        let choices = offers.map(|offer| {
            let provider = &self.market.providers[&offer.provider];
            Choice { offer, provider, site: &self.market.sites[&offer.site], part: None }
        });
        choices.filter(|choice| self.suits(component, choice)).collect()
    }

    fn share(by: SpreadBy, a: &Choice<'_>, b: &Choice<'_>) -> bool {
        match by {
            SpreadBy::Site => a.site.id == b.site.id,
            SpreadBy::Provider => a.provider.id == b.provider.id,
            SpreadBy::Country => a.site.country == b.site.country,
        }
    }

    fn ways(&self, component: usize) -> Vec<Vec<Choice<'a>>> {
        let wanted = &self.application().components[component];
        let staying = self.parts(component).into_iter().map(|(_, choice)| choice);
        let staying = staying.filter(|choice| self.suits(component, choice));
        let all: Vec<_> = staying.chain(self.on_the_market(component)).collect();
        if wanted.spread.is_none() || wanted.count == 1 {
            return all.into_iter().map(|choice| vec![choice]).collect();
        }
        assert_eq!(wanted.count, 2, "the referee places pairs");
        let by = wanted.spread.unwrap().by;
        let pairs = (0..all.len()).flat_map(|first| (first + 1..all.len()).map(move |second| (first, second)));
        let pairs = pairs.map(|(first, second)| vec![all[first], all[second]]);
        pairs.filter(|pair| !Self::share(by, &pair[0], &pair[1])).collect()
    }

    fn instances(&self, component: usize) -> i64 {
        let wanted = &self.application().components[component];
        if wanted.spread.is_some() { 1 } else { i64::from(wanted.count) }
    }

    /// Whether what is asked of all together holds.
    fn holds_together(&self, placing: &Placing<'a>, measures: &Measures) -> bool {
        let application = self.application();
        let apart = placing.iter().enumerate().all(|(component, way)| {
            let spread = application.components[component].spread;
            way.len() == 1 || spread.is_none_or(|spread| !Self::share(spread.by, &way[0], &way[1]))
        });
        let close = application.links.iter().all(|link| {
            let (from, to) = (&placing[self.number(&link.from)], &placing[self.number(&link.to)]);
            let pairs = from.iter().flat_map(|from| to.iter().map(move |to| (from, to)));
            link.rtt.is_none_or(|bound| {
                pairs.into_iter().all(|(from, to)| bound.admits(Quantity::micros(Self::round_trip(from, to))))
            })
        });
        let few = application.max_providers.is_none_or(|most| measures.providers <= usize::try_from(most).unwrap());
        let cheap = application.budget.is_none_or(|budget| measures.monthly <= i128::from(budget.micros()));
        apart && close && few && cheap
    }

    /// Whether there is room for what is new.
    fn has_room(&self, placing: &Placing<'a>) -> bool {
        let mut drawn: BTreeMap<_, i64> = BTreeMap::new();
        for (component, way) in placing.iter().enumerate() {
            for choice in way.iter().filter(|choice| choice.part.is_none()) {
                *drawn.entry((choice.site.id, choice.offer.kind)).or_default() += self.instances(component);
            }
        }
        drawn.iter().all(|(place, instances)| {
            self.market.free.get(place).is_none_or(|free| *instances <= free[&Resource::Instances])
        })
    }

    fn egress(offer: &Offer, bytes: i64) -> i128 {
        let prices = offer.price.components.iter().map(|part| &part.price);
        let costs = prices.filter_map(|price| match price {
            Price::Egress { included, per_gb } => {
                Some(i128::from((bytes - included.base()).max(0)) * i128::from(per_gb.micros()))
            }
            _ => None,
        });
        costs.sum()
    }

    /// The buyer's weight of carbon: micro units for a milligram a month.
    fn rate(&self) -> f64 {
        let objective = &self.application().objective;
        let (mut price, mut emitted) = (0i64, 0i64);
        for part in self.running.parts() {
            let site = &self.market.sites[&part.site.id];
            let count = i64::from(part.count);
            price += part.offer.price.estimate(&part.properties, 0).unwrap().monthly.micros() * count;
            emitted += carbon::footprint(part.offer.kind, &part.properties, site, Geo::embedded()) * count;
        }
        let rate = objective.carbon / objective.price * price as f64 / emitted as f64;
        if rate.is_finite() { rate } else { 0.0 }
    }

    fn measure(&self, placing: &Placing<'a>) -> Measures {
        let application = self.application();
        let months = i128::from(self.policy.horizon_months);
        let rate = self.rate();
        let (mut latency, mut monthly, mut recurring, mut worth, mut switching) = (None, 0i128, 0i128, 0i128, 0i128);
        for (component, way) in placing.iter().enumerate() {
            latency = latency.max(way.iter().filter_map(|choice| self.near(component, choice)).max());
            for choice in way {
                let instances = self.instances(component);
                let properties = delivered(choice.offer);
                let price = i128::from(choice.offer.price.estimate(&properties, 0).unwrap().monthly.micros());
                let mut bytes = 0;
                for link in application.links.iter().filter(|link| self.number(&link.from) == component) {
                    let receivers = self.number(&link.to);
                    let count = |component: usize| i64::from(application.components[component].count);
                    for other in &placing[receivers] {
                        let rtt = Self::round_trip(choice, other);
                        latency = latency.max(Some(rtt));
                        if other.site.id != choice.site.id {
                            let share = i128::from(link.traffic.unwrap().base())
                                * i128::from(self.instances(receivers))
                                / i128::from(count(component) * count(receivers));
                            bytes += i64::try_from(share).unwrap();
                        }
                    }
                }
                let traffic = Self::egress(choice.offer, bytes);
                let rounded = hansa_model::money::div_half_even(traffic, NANOS);
                monthly += (price + rounded) * i128::from(instances);
                recurring += months * (price * NANOS + traffic) * i128::from(instances);
                let emitted =
                    carbon::footprint(choice.offer.kind, &properties, choice.site, Geo::embedded()) * instances;
                worth += (emitted as f64 * rate * months as f64).round() as i128;
                if choice.part.is_none() {
                    switching += one_off(choice.offer) * i128::from(instances);
                }
            }
        }
        let staying: BTreeSet<usize> = placing.iter().flatten().filter_map(|choice| choice.part).collect();
        for (number, part) in self.running.parts().iter().enumerate().filter(|(number, _)| !staying.contains(number)) {
            let PropertyValue::Bytes(disk) = part.properties.values["disk"] else { unreachable!("{number}") };
            let sent = hansa_model::money::div_half_even(Self::egress(&part.offer, disk.base()), NANOS);
            switching += (sent + i128::from(self.policy.downtime)) * i128::from(part.count);
        }
        let providers = placing.iter().flatten().map(|choice| choice.provider.id).collect::<BTreeSet<_>>().len();
        Measures { monthly, recurring, latency, providers, worth, switching }
    }

    /// What is to be said: why, and what is gained over the horizon in thousandths of a unit.
    pub(crate) fn outline(&self) -> Option<(Cause, Option<i64>)> {
        let components = self.application().components.len();
        let stay: Placing<'a> = (0..components)
            .map(|component| self.parts(component).into_iter().map(|(_, choice)| choice).collect())
            .collect();
        let measured = self.measure(&stay);
        let suits = stay.iter().enumerate().all(|(component, way)| way.iter().all(|one| self.suits(component, one)));
        let holds = suits && self.holds_together(&stay, &measured);
        let objective = &self.application().objective;
        if holds && objective.price == 0.0 {
            return None;
        }
        let mut placings: Vec<Placing<'a>> = vec![Vec::new()];
        for component in 0..components {
            let ways = self.ways(component);
            let longer = placings.iter().flat_map(|placing| {
                ways.iter().map(move |way| placing.iter().cloned().chain([way.clone()]).collect::<Vec<_>>())
            });
            placings = longer.collect();
        }
        let possible = placings.iter().filter(|placing| self.has_room(placing)).filter_map(|placing| {
            let measures = self.measure(placing);
            let no_worse = !holds
                || (objective.latency == 0.0 || measures.latency <= measured.latency)
                    && (objective.providers == 0.0 || measures.providers <= measured.providers);
            (no_worse && self.holds_together(placing, &measures)).then_some(measures)
        });
        let best = possible.map(|measures| measures.total()).min();
        let net = best.map(|best| measured.total() - best);
        let shown = net.map(|net| i64::try_from((net / NANOS + 500).div_euclid(1_000)).unwrap());
        if !holds {
            return Some((Cause::MustMove, shown));
        }
        let share =
            measured.monthly * i128::from(self.policy.horizon_months) * i128::from(self.policy.margin_bp) / 10_000;
        let hysteresis = share.max(i128::from(self.policy.margin)) * NANOS;
        (net? > hysteresis).then_some((Cause::Better, shown))
    }
}
