//! Whether some of the constraints can all be met, exactly also where a hundred thousand offers meet them.
//!
//! Whether anything fits is a smaller question than what fits best. Of offers at one site only those count that no
//! other beats in all that the kept constraints look at. Where nothing binds a component to a site (no round trip, no
//! traffic that is paid for, no sharing of sites), even sites are interchangeable within a provider or country that
//! counts, and of them the cheapest are enough, as many as the application has places: every other place takes up one
//! of them at most, so one that is free can take the place of any dearer one.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::time::{Duration, Instant};

use hansa_model::application::{Component, SpreadBy, Uniform};
use hansa_model::country::Country;
use hansa_model::id::{ParticipantId, SiteId};

use super::smallest::Verdict;
use crate::compose::{Composition, Obstacle, egress_rates};
use crate::index::Item;
use crate::prepare::{Prepared, Target, Wish};
use crate::requirement::{Check, Subject};
use crate::search::{Query, RESOURCES, Rates, Weights, solve};
use crate::uniform::{Conditions, Value};

/// With more sites than this some are tried before all are.
const FEW_SITES: usize = 96;
/// How many of the cheapest offers are tried first.
const FIRST: usize = 48;
/// At how many of the sites that most components could go to offers are tried first.
const COMMON: usize = 24;
/// What a pair of sites takes, about, and a pair of places of linked components.
const NANOS_FOR_A_ROUND_TRIP: u64 = 100;
const NANOS_FOR_A_PAIR: u64 = 300;

/// What of an offer the kept constraints look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Look {
    /// The price counts.
    price: bool,
    /// So does every site.
    site: bool,
    provider: bool,
    country: bool,
    /// So does whether everything has the same of these, by their places among all.
    uniform: [bool; Uniform::ALL.len()],
    /// How many instances go to one offer together.
    instances: u32,
    /// How many sites of each provider and country that count are enough, where not every site does.
    enough: usize,
}

/// For a wish, what is asked of its offers and looked at of them.
type Question = (usize, Vec<usize>, Look);

/// What of an offer may be worse than of another at its site, beside the price.
type Burden = (Rates, [i64; RESOURCES]);

/// Judges sets of constraints of one document.
pub(super) struct Oracle<'p, 'a> {
    prepared: &'p Prepared<'a>,
    deadline: Instant,
    workers: usize,
    known: RefCell<HashMap<Question, Rc<Vec<Subject<'a>>>>>,
}

impl<'p, 'a> Oracle<'p, 'a> {
    pub(super) fn new(prepared: &'p Prepared<'a>, deadline: Instant, workers: usize) -> Self {
        Self { prepared, deadline, workers, known: RefCell::default() }
    }

    /// Whether all that is not waived can be met.
    pub(super) fn verdict(&self, waived: &[bool]) -> Verdict {
        if self.is_late() {
            return Verdict::Unknown;
        }
        let asked: Vec<Component> = self.prepared.wishes.iter().map(|wish| asked(wish, waived)).collect();
        let asked: Vec<&Component> = asked.iter().collect();
        let looks: Vec<Look> = self.prepared.wishes.iter().map(|wish| self.look(wish, waived)).collect();
        let wishes = self.prepared.wishes.iter().zip(&looks);
        let among: Vec<Rc<Vec<Subject<'a>>>> =
            wishes.map(|(wish, look)| self.among(wish, asked[wish.number], waived, *look)).collect();
        if among.iter().any(|subjects| subjects.is_empty()) {
            return Verdict::Impossible;
        }
        let is_large = |(subjects, look): (&Rc<Vec<Subject<'a>>>, &Look)| look.site && sites(subjects) > FEW_SITES;
        if among.iter().zip(&looks).any(is_large) {
            let some = some_of(&among);
            if self.judge(waived, &asked, &some) == Verdict::Possible {
                return Verdict::Possible;
            }
        }
        match self.cost(&among) <= self.deadline.saturating_duration_since(Instant::now()) {
            true => self.judge(waived, &asked, &among),
            false => Verdict::Unknown,
        }
    }

    /// A wish that no offer has room for by itself, with what is not waived.
    pub(super) fn without_room(&self, waived: &[bool]) -> Option<&'p Wish<'a>> {
        self.prepared.wishes.iter().find(|wish| {
            let asked = asked(wish, waived);
            self.among(wish, &asked, waived, self.look(wish, waived)).is_empty()
        })
    }

    fn is_late(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Whether all that is not waived can be met among these offers.
    fn judge(&self, waived: &[bool], asked: &[&Component], among: &[Rc<Vec<Subject<'a>>>]) -> Verdict {
        let admitted = |wish: &Wish<'a>| among[wish.number].to_vec();
        match Composition::bare(self.prepared, waived, asked, admitted) {
            Ok(composition) => {
                let query = Query {
                    weights: Weights { price: 1, carbon: 0, downtime: 0 },
                    latency_cap: None,
                    max_providers: composition.max_providers,
                    least_grade: 0,
                    below: None,
                    repeatable: false,
                    any: true,
                    deadline: self.deadline,
                    workers: self.workers,
                };
                let answer = solve(&composition.problem, &query);
                match (answer.best, answer.complete) {
                    (Some(_), _) => Verdict::Possible,
                    (None, true) => Verdict::Impossible,
                    (None, false) => Verdict::Unknown,
                }
            }
            Err(Obstacle::NoCandidate(_)) => Verdict::Impossible,
            Err(Obstacle::TooLarge) => Verdict::Unknown,
        }
    }

    fn is_kept(&self, target: Target, waived: &[bool]) -> bool {
        self.prepared.constraint(target).is_some_and(|number| !waived[number])
    }

    /// What of a wish's offers the constraints look at that are not waived.
    fn look(&self, wish: &Wish<'a>, waived: &[bool]) -> Look {
        let application = self.prepared.application;
        let price = self.is_kept(Target::Budget, waived);
        let links = application.links.iter().enumerate();
        let own = links.filter(|(_, link)| link.from == *wish.name || link.to == *wish.name);
        let is_bound = |(number, link): (usize, &hansa_model::application::Link)| {
            link.rtt.is_some() && self.is_kept(Target::Link(number), waived)
                || price && link.traffic.is_some_and(|traffic| traffic.base() > 0)
        };
        let mut look = Look {
            price,
            site: own.into_iter().any(is_bound),
            provider: self.is_kept(Target::MaxProviders, waived),
            country: false,
            uniform: Uniform::ALL.map(|one| self.uniform(waived).contains(&one)),
            instances: wish.instances(),
            enough: 0,
        };
        let share = |by: SpreadBy, look: &mut Look| match by {
            SpreadBy::Site => look.site |= true,
            SpreadBy::Provider => look.provider = true,
            SpreadBy::Country => look.country = true,
        };
        for (number, group) in application.together.iter().enumerate() {
            if group.components.contains(wish.name) && self.is_kept(Target::Together(number), waived) {
                share(group.by, &mut look);
            }
        }
        if let Some(spread) = wish.component.spread.filter(|_| self.is_kept(Target::Spread(wish.number), waived)) {
            // Sites that differ are interchangeable with other sites that differ.
            if spread.by != SpreadBy::Site {
                share(spread.by, &mut look);
            }
        }
        look.enough = if look.site { 0 } else { self.places() };
        look
    }

    /// What has to be the same, as far as it is not waived.
    fn uniform(&self, waived: &[bool]) -> Vec<Uniform> {
        let all = self.prepared.application.uniform.iter().copied();
        all.filter(|uniform| self.is_kept(Target::Uniform(*uniform), waived)).collect()
    }

    /// How many places the application comes to.
    fn places(&self) -> usize {
        let places = self.prepared.wishes.iter().map(|wish| match wish.component.spread {
            Some(_) => wish.component.count as usize,
            None => 1,
        });
        places.sum()
    }

    /// The offers that meet all that is not waived, without those that change nothing.
    fn among(&self, wish: &Wish<'a>, asked: &Component, waived: &[bool], look: Look) -> Rc<Vec<Subject<'a>>> {
        let kept = wish.requirements.iter().filter_map(|asked| asked.constraint).filter(|number| !waived[*number]);
        let question = (wish.number, kept.collect(), look);
        if let Some(known) = self.known.borrow().get(&question) {
            return known.clone();
        }
        let found = Rc::new(self.choose(wish, asked, waived, look));
        self.known.borrow_mut().insert(question, found.clone());
        found
    }

    fn choose(&self, wish: &Wish<'a>, asked: &Component, waived: &[bool], look: Look) -> Vec<Subject<'a>> {
        let judge = &self.prepared.judge;
        let rows = self.prepared.rows_without(wish, waived);
        let chunks = judge.market.chunks(wish.component.kind).iter().zip(&rows);
        let items =
            chunks.flat_map(|(chunk, rows)| chunk.in_order(rows).filter_map(|row| chunk.item(row).map(AsRef::as_ref)));
        let mut priced: Vec<(i64, &'a Item)> = if look.price {
            items.filter_map(|item| Some((item.monthly(asked, look.instances)?, item))).collect()
        } else {
            items.map(|item| (0, item)).collect()
        };
        priced.sort_by_key(|(price, _)| *price);
        let mut chosen: Vec<Subject<'a>> = Vec::new();
        let mut at: HashMap<(SiteId, usize), Vec<Burden>> = HashMap::new();
        let conditions = Conditions::new(self.prepared.application, self.uniform(waived), judge.now);
        let mut classes: BTreeMap<Vec<Value>, usize> = BTreeMap::new();
        let mut counted: HashMap<(Option<ParticipantId>, Option<Country>, usize), usize> = HashMap::new();
        for (_, item) in priced {
            let subject = judge.subject(item);
            let class = if look.uniform.contains(&true) {
                let Some(values) = conditions.values(&subject) else { continue };
                let next = classes.len();
                *classes.entry(values).or_insert(next)
            } else {
                0
            };
            let supply = judge.market.supply(subject.site.id, item.kind);
            if item.shortage(supply, asked, look.instances).is_some() {
                continue;
            }
            let extent = supply.and_then(|_| item.extent(asked, look.instances, judge.geo));
            let taken = extent.map_or([0; RESOURCES], |extent| extent.takes);
            let rates = if look.price && look.site { egress_rates(&item.price) } else { Rates::default() };
            if !look.site && !at.contains_key(&(subject.site.id, class)) {
                let provider = look.provider.then_some(subject.provider.id);
                let group = (provider, look.country.then_some(subject.site.country), class);
                let count = counted.entry(group).or_default();
                if *count >= look.enough {
                    continue;
                }
                *count += 1;
            }
            let there = at.entry((subject.site.id, class)).or_default();
            // Those before are no dearer.
            let no_worse = |(other, others): &Burden| {
                *other == rates && others.iter().zip(&taken).all(|(other, own)| other <= own)
            };
            if !there.iter().any(no_worse) {
                there.push((rates, taken));
                chosen.push(subject);
            }
        }
        chosen
    }

    /// About how long it takes to judge offers: something for each pair of sites, and of linked places.
    fn cost(&self, among: &[Rc<Vec<Subject<'a>>>]) -> Duration {
        let links = &self.prepared.application.links;
        let places = |name| {
            let wish = self.prepared.wishes.iter().find(|wish| wish.name == name);
            wish.map_or(0, |wish| sites(&among[wish.number]) as u64)
        };
        let pairs = links.iter().map(|link| places(&link.from).saturating_mul(places(&link.to)));
        let pairs = pairs.fold(0, u64::saturating_add);
        let all = among.iter().flat_map(|subjects| subjects.iter().map(|subject| subject.site.id));
        let all = all.collect::<std::collections::HashSet<_>>().len() as u64;
        let round_trips = if links.is_empty() { 0 } else { all.saturating_mul(all) };
        let nanos = pairs.saturating_mul(NANOS_FOR_A_PAIR);
        Duration::from_nanos(nanos.saturating_add(round_trips.saturating_mul(NANOS_FOR_A_ROUND_TRIP)))
    }
}

/// A component without the wishes for properties that are waived: what is configurable is then as small as it can be.
fn asked(wish: &Wish<'_>, waived: &[bool]) -> Component {
    let is_waived = |name: &String| {
        let own = |check: &Check<'_>| matches!(check, Check::Property { name: own, .. } if *own == name);
        let requirement = wish.requirements.iter().find(|requirement| own(&requirement.check));
        requirement.and_then(|requirement| requirement.constraint).is_some_and(|number| waived[number])
    };
    let mut component = wish.component.clone();
    component.properties.retain(|name, _| !is_waived(name));
    component
}

/// At how many sites offers are.
fn sites(subjects: &[Subject<'_>]) -> usize {
    subjects.iter().map(|subject| subject.site.id).collect::<std::collections::HashSet<_>>().len()
}

/// A few offers of each wish: the cheapest, and those at the sites that most wishes have offers at.
fn some_of<'a>(among: &[Rc<Vec<Subject<'a>>>]) -> Vec<Rc<Vec<Subject<'a>>>> {
    let mut wishes_at: HashMap<SiteId, usize> = HashMap::new();
    for subjects in among {
        let here: std::collections::HashSet<SiteId> = subjects.iter().map(|subject| subject.site.id).collect();
        here.into_iter().for_each(|site| *wishes_at.entry(site).or_default() += 1);
    }
    let mut common: Vec<(usize, SiteId)> = wishes_at.into_iter().map(|(site, wishes)| (wishes, site)).collect();
    common.sort_unstable_by(|one, other| other.cmp(one));
    let common: Vec<SiteId> = common.into_iter().take(COMMON).map(|(_, site)| site).collect();
    let some = among.iter().map(|subjects| {
        let numbered = subjects.iter().enumerate();
        let wanted = numbered.filter(|(number, subject)| *number < FIRST || common.contains(&subject.site.id));
        Rc::new(wanted.map(|(_, subject)| *subject).collect())
    });
    some.collect()
}
