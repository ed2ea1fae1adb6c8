//! The search against a referee that tries every choice of small random problems and shares none of its code.

use std::time::{Duration, Instant};

use hansa_matching::search::{
    Apart, Candidate, Cost, Flow, Level, Problem, Query, Rates, Site, Slot, Together, Weights, solve,
};
use proptest::prelude::*;

use crate::world::instances;

/// Steps of a rate as `(from byte, micro units for a GB)`.
type Steps = Vec<(i64, i64)>;

/// A random problem, with rates in a form that the referee can read.
#[derive(Debug, Clone)]
struct Case {
    problem: Problem,
    steps: Vec<Vec<Steps>>,
    query: Asked,
}

#[derive(Debug, Clone, Copy)]
struct Asked {
    weights: Weights,
    latency_cap: Option<i64>,
    max_providers: Option<usize>,
    least_grade: u8,
}

impl Asked {
    fn query(self, deadline: Instant) -> Query {
        let Self { weights, latency_cap, max_providers, least_grade } = self;
        let query = Query::least(weights, deadline);
        Query { latency_cap, max_providers, least_grade, workers: 2, repeatable: true, ..query }
    }
}

const GB: i64 = 1_000_000_000;

fn any_steps() -> impl Strategy<Value = Steps> {
    let rate = prop_oneof![Just(0i64), Just(10_000), 1i64..50_000];
    prop_oneof![
        Just(vec![]),
        rate.clone().prop_map(|rate| vec![(0, rate)]),
        (1i64..200, rate.clone()).prop_map(|(included, rate)| vec![(0, 0), (included * GB, rate)]),
        (1i64..200, rate.clone(), rate).prop_map(|(end, first, then)| vec![(0, first), (end * GB, then)]),
    ]
}

fn any_candidate(sites: usize) -> impl Strategy<Value = (Candidate, Steps)> {
    let amounts = (prop_oneof![Just(5_000_000i64), 0i64..20_000_000], 0i64..1000, 0i64..20_000);
    let downtime = prop_oneof![Just(1_000_000i64), Just(1_000), Just(500), 0i64..400_000];
    (0..sites, amounts, any_steps(), prop::array::uniform4(0i64..4), (downtime, 0u8..4, 0usize..3)).prop_map(
        |(site, (price, carbon, near), steps, takes, (downtime, grade, class))| {
            let egress = Rates::new(steps.clone());
            let pool = None;
            (Candidate { tag: 0, site, price, carbon, near, downtime, grade, class, egress, pool, takes }, steps)
        },
    )
}

fn any_slot(sites: usize) -> impl Strategy<Value = (Slot, Vec<Steps>)> {
    (1i64..3, prop::collection::vec(any_candidate(sites), 1..5)).prop_map(|(instances, candidates)| {
        let (candidates, steps) = candidates.into_iter().unzip();
        (Slot { instances, candidates }, steps)
    })
}

fn any_level() -> impl Strategy<Value = Level> {
    prop_oneof![Just(Level::Site), Just(Level::Provider), Just(Level::Country)]
}

prop_compose! {
    fn any_case()(sites in 1usize..5, slots in 1usize..5)(
        places in prop::collection::vec((0usize..3, 0usize..3), sites),
        rtt in prop::collection::vec(prop::collection::vec(500i64..40_000, sites), sites),
        slots in prop::collection::vec(any_slot(sites), slots),
        flows in prop::collection::vec(
            (0usize..5, 0usize..5, prop_oneof![Just(0), 0i64..300], prop::option::of(10_000i64..45_000)),
            0..6,
        ),
        aparts in prop::collection::vec((0usize..5, 0usize..5, any_level()), 0..3),
        togethers in prop::collection::vec((0usize..5, 0usize..5, any_level()), 0..2),
        twins in prop::option::of(any_level()),
        pools in prop::option::of(prop::collection::vec(prop::array::uniform4(1i64..8), sites)),
        budget in prop::option::of(5_000_000i64..60_000_000),
        weights in prop_oneof![
            Just((1, 0, 0)), Just((0, 1, 0)), Just((0, 0, 1)),
            (1i128..5, 0i128..5_000_000_000, prop_oneof![Just(0), 0i128..20_000_000_000]),
        ],
        latency_cap in prop::option::of(5_000i64..40_000),
        max_providers in prop::option::of(1usize..4),
        least_grade in prop_oneof![Just(0u8), 0u8..3],
        (classes, standbys) in (prop_oneof![Just(1usize), Just(3)], prop_oneof![Just((0, 0)), (0usize..5, 0usize..4)]),
    ) -> Case {
        let (mut slots, mut steps): (Vec<Slot>, Vec<Vec<Steps>>) = slots.into_iter().unzip();
        if let Some(pools) = &pools {
            for candidate in slots.iter_mut().flat_map(|slot| &mut slot.candidates) {
                candidate.pool = (candidate.site < pools.len()).then_some(candidate.site);
            }
        }
        let mut aparts: Vec<Apart> = aparts
            .into_iter()
            .map(|(first, second, level)| (first % slots.len(), second % slots.len(), level))
            .filter(|(first, second, _)| first != second)
            .map(|(first, second, level)| Apart { first, second, level, ordered: false })
            .collect();
        let mut togethers: Vec<Together> = togethers
            .into_iter()
            .map(|(first, second, level)| Together { first: first % slots.len(), second: second % slots.len(), level })
            .filter(|pair| pair.first != pair.second)
            .collect();
        let mut flows: Vec<Flow> = flows
            .into_iter()
            .map(|(from, to, gb, most)| (from % slots.len(), to % slots.len(), gb, most))
            .filter(|(from, to, ..)| from != to)
            .map(|(from, to, gb, most)| Flow { from, to, bytes: gb * GB, rtt: most.map(|most| 0..=most) })
            .collect();
        if let Some(level) = twins {
            // The last slot twice, with the same flows and nothing else between the two.
            let twin = slots.len();
            let original = twin - 1;
            aparts.retain(|apart| apart.first != original && apart.second != original);
            togethers.retain(|pair| pair.first != original && pair.second != original);
            slots.push(slots[original].clone());
            steps.push(steps[original].clone());
            let copies: Vec<Flow> = flows
                .iter()
                .filter(|flow| flow.from == original || flow.to == original)
                .map(|flow| {
                    let turned = |slot: usize| if slot == original { twin } else { slot };
                    Flow { from: turned(flow.from), to: turned(flow.to), ..flow.clone() }
                })
                .collect();
            flows.extend(copies);
            aparts.push(Apart { first: original, second: twin, level, ordered: true });
        }
        let symmetric = |from: usize, to: usize| rtt[from.max(to)][from.min(to)];
        // Twins are interchangeable, so both are in a group or none.
        let group = standbys.0..standbys.0 + standbys.1;
        let parts_twins = twins.is_some() && group.contains(&(slots.len() - 2)) != group.contains(&(slots.len() - 1));
        let is_group = group.len() > 1 && group.end <= slots.len() && !parts_twins;
        let standbys = if is_group { vec![group] } else { Vec::new() };
        let count = rtt.len();
        let rtt = (0..count).map(|from| (0..count).map(|to| symmetric(from, to)).collect()).collect();
        let sites = places.into_iter().map(|(provider, country)| Site { provider, country }).collect();
        let problem =
            Problem {
                slots,
                sites,
                rtt,
                flows,
                aparts,
                togethers,
                standbys,
                classes,
                pools: pools.unwrap_or_default(),
                budget,
            };
        let weights = Weights { price: weights.0, carbon: weights.1, downtime: weights.2 };
        Case { problem, steps, query: Asked { weights, latency_cap, max_providers, least_grade } }
    }
}

/// What a choice costs by weights, or `None` when it breaks a condition. Written from the definitions.
fn judge(case: &Case, choice: &[usize]) -> Option<Cost> {
    let problem = &case.problem;
    let chosen: Vec<&Candidate> = problem.slots.iter().zip(choice).map(|(slot, one)| &slot.candidates[*one]).collect();
    let shared = |first: usize, second: usize, level: Level| {
        let (one, other) = (chosen[first].site, chosen[second].site);
        match level {
            Level::Site => one == other,
            Level::Provider => problem.sites[one].provider == problem.sites[other].provider,
            Level::Country => problem.sites[one].country == problem.sites[other].country,
        }
    };
    if problem.aparts.iter().any(|pair| shared(pair.first, pair.second, pair.level))
        || problem.togethers.iter().any(|pair| !shared(pair.first, pair.second, pair.level))
    {
        return None;
    }
    let cap = case.query.latency_cap.unwrap_or(i64::MAX);
    for flow in &problem.flows {
        let rtt = problem.rtt[chosen[flow.from].site][chosen[flow.to].site];
        if rtt > cap || flow.rtt.as_ref().is_some_and(|bound| !bound.contains(&rtt)) {
            return None;
        }
    }
    if chosen.iter().any(|candidate| candidate.near > cap || candidate.grade < case.query.least_grade) {
        return None;
    }
    if problem.classes > 1 && chosen.iter().any(|candidate| candidate.class != chosen[0].class) {
        return None;
    }
    let mut providers: Vec<usize> = chosen.iter().map(|candidate| problem.sites[candidate.site].provider).collect();
    providers.sort_unstable();
    providers.dedup();
    if case.query.max_providers.is_some_and(|most| providers.len() > most) {
        return None;
    }
    for (number, pool) in problem.pools.iter().enumerate() {
        for (resource, free) in pool.iter().enumerate() {
            let drawn = chosen.iter().filter(|candidate| candidate.pool == Some(number));
            if drawn.map(|candidate| candidate.takes[resource]).sum::<i64>() > *free {
                return None;
            }
        }
    }
    let (mut nanos, mut micros): (Cost, Cost) = (0, 0);
    for (slot, candidate) in chosen.iter().enumerate() {
        let remote: i64 = problem
            .flows
            .iter()
            .filter(|flow| flow.from == slot && chosen[flow.to].site != candidate.site)
            .map(|flow| flow.bytes)
            .sum();
        let steps = &case.steps[slot][choice[slot]];
        let mut traffic: Cost = 0;
        for (index, (start, rate)) in steps.iter().enumerate() {
            let end = steps.get(index + 1).map_or(i64::MAX, |next| next.0);
            traffic += Cost::from((remote.min(end) - start).max(0)) * Cost::from(*rate);
        }
        let instances = Cost::from(problem.slots[slot].instances);
        nanos += Cost::from(candidate.price) * 1_000_000_000 + traffic * instances;
        micros += Cost::from(candidate.price) + hansa_model::money::div_half_even(traffic, 1_000_000_000) * instances;
    }
    if problem.budget.is_some_and(|budget| micros > Cost::from(budget)) {
        return None;
    }
    let carbon: i64 = chosen.iter().map(|candidate| candidate.carbon).sum();
    let Weights { price, carbon: green, downtime } = case.query.weights;
    Some(nanos * price + Cost::from(carbon) * green + down(problem, &chosen) * downtime)
}

/// How long the chosen may be down together in millionths of the time. At most three stand in for each other, so that
/// products are exact.
fn down(problem: &Problem, chosen: &[&Candidate]) -> Cost {
    let share = |slot: usize| Cost::from(chosen[slot].downtime);
    let alone = (0..chosen.len()).filter(|slot| !problem.standbys.iter().any(|group| group.contains(slot)));
    let together = problem.standbys.iter().map(|group| {
        let all = 1_000_000i128.pow(u32::try_from(group.len()).unwrap() - 1);
        let product: Cost = group.clone().map(share).product();
        (product + all - 1) / all
    });
    alone.map(share).chain(together).sum()
}

/// The least cost over all choices.
fn by_trying_all(case: &Case) -> Option<Cost> {
    let mut best: Option<Cost> = None;
    let mut choice = vec![0; case.problem.slots.len()];
    loop {
        if let Some(cost) = judge(case, &choice) {
            best = Some(best.map_or(cost, |best| best.min(cost)));
        }
        let Some(slot) = (0..choice.len()).find(|slot| choice[*slot] + 1 < case.problem.slots[*slot].candidates.len())
        else {
            return best;
        };
        choice[slot] += 1;
        choice[..slot].fill(0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: instances(4_000), ..ProptestConfig::default() })]

    #[test]
    fn the_search_finds_what_trying_everything_finds(case in any_case()) {
        let query = case.query.query(Instant::now() + Duration::from_secs(60));
        let answer = solve(&case.problem, &query);
        prop_assert!(answer.complete);
        let expected = by_trying_all(&case);
        prop_assert_eq!(answer.best.as_ref().map(|(cost, _)| *cost), expected);
        if let Some((cost, choice)) = &answer.best {
            prop_assert_eq!(judge(&case, choice), Some(*cost), "the choice is what it is said to be");
            prop_assert_eq!(answer.lower, *cost);
            let any = solve(&case.problem, &Query { any: true, ..query });
            prop_assert!(any.best.is_some_and(|(_, choice)| judge(&case, &choice).is_some()));
            let below = solve(&case.problem, &Query { below: Some(*cost), ..query });
            prop_assert!(below.best.is_none() && below.complete);
        }
    }

    #[test]
    fn a_search_cut_short_gives_a_true_bound(case in any_case()) {
        let answer = solve(&case.problem, &case.query.query(Instant::now()));
        match by_trying_all(&case) {
            Some(expected) => prop_assert!(answer.lower <= expected),
            None => prop_assert!(answer.best.is_none()),
        }
    }
}

/// A problem of many equal prices that takes long enough to be shared.
fn long_problem() -> Problem {
    let mut state = 7u64;
    let mut below = |end: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((state >> 33) % end).unwrap()
    };
    let sites = 12;
    let slot = |below: &mut dyn FnMut(u64) -> i64| Slot {
        instances: 1,
        candidates: (0..sites)
            .map(|site| Candidate {
                site,
                price: 1_000_000 * (1 + below(4)),
                egress: Rates::new(vec![(0, 10_000 * (1 + below(2)))]),
                pool: Some(site),
                takes: [1 + below(3), 0, 0, 0],
                ..Candidate::default()
            })
            .collect(),
    };
    let slots: Vec<Slot> = (0..13).map(|_| slot(&mut below)).collect();
    let pairs = (0..13).flat_map(|from| (from + 1..13).map(move |to| (from, to)));
    let flows = pairs.filter(|_| below(2) == 0).map(|(from, to)| Flow { from, to, bytes: 40 * GB, rtt: None });
    let flows: Vec<Flow> = flows.collect();
    Problem {
        slots,
        sites: (0..sites).map(|site| Site { provider: site / 2, country: 0 }).collect(),
        rtt: vec![vec![500; sites]; sites],
        flows,
        pools: vec![[4, 9, 9, 9]; sites],
        ..Problem::default()
    }
}

#[test]
fn a_search_that_is_to_be_repeatable_is_so_however_many_threads_work_on_it() {
    let problem = long_problem();
    let query = Query::least(Weights::PRICE, Instant::now() + Duration::from_secs(60));
    let found = |workers: usize| {
        let answer = solve(&problem, &Query { workers, repeatable: true, ..query });
        assert!(answer.complete && answer.nodes > 500, "{} nodes are too few to be shared", answer.nodes);
        answer.best.unwrap()
    };
    let alone = found(1);
    for workers in [2, 2] {
        assert_eq!(found(workers), alone);
    }
    assert_eq!(solve(&problem, &query).best.unwrap().0, alone.0);
}
