//! Random graphs, with circles, against a naive reading of the rules in floating point.

use std::collections::BTreeSet;

use hansa_model::country::Country;
use hansa_model::evidence::{Claim, Entity, EntityKind, Holding, Right, Share};
use proptest::prelude::*;

use super::world::{World, X, country, entity};
use crate::ownership::{Answer, Finding, Verdict};

const NAMES: [&str; 6] = [X, "a", "b", "c", "d", "e"];

/// What the naive reading knows of a graph: entities and holdings as they are, one each.
#[derive(Debug, Clone)]
struct Plain {
    entities: Vec<Option<Entity>>,
    holdings: Vec<Holding>,
}

fn plain() -> impl Strategy<Value = Plain> {
    let kind = prop_oneof![
        6 => Just(EntityKind::Company),
        2 => Just(EntityKind::Person),
        1 => Just(EntityKind::State),
        1 => Just(EntityKind::Fund),
        1 => Just(EntityKind::Foundation),
        1 => Just(EntityKind::Dispersed),
        1 => Just(EntityKind::Unknown),
    ];
    let code = prop_oneof![5 => Just("DE"), 2 => Just("FR"), 1 => Just("NO"), 1 => Just("US"), 1 => Just("CN")];
    let one = prop_oneof![1 => Just(None), 12 => (kind, code).prop_map(Some)];
    let entities = proptest::collection::vec(one, NAMES.len()).prop_map(|all| {
        let named =
            |(name, known): (&&str, Option<(EntityKind, &str)>)| known.map(|(kind, code)| entity(name, kind, code));
        NAMES.iter().zip(all).map(named).collect::<Vec<_>>()
    });
    let part = prop_oneof![
        Just(10_000_u32),
        Just(6_000),
        Just(5_000),
        Just(5_001),
        Just(4_000),
        Just(2_400),
        Just(1_000),
        0_u32..7_000
    ];
    let rights = prop_oneof![
        8 => Just(Some(BTreeSet::new())),
        1 => Just(None),
        1 => Just(Some(BTreeSet::from([Right::VetoBudget]))),
    ];
    let group = prop_oneof![5 => Just(None), 1 => Just(Some("pact".to_owned()))];
    let one = (0..NAMES.len(), 0..NAMES.len(), part.clone(), part, rights, group);
    let holdings = proptest::collection::vec(one, 0..10).prop_map(|all| {
        let mut seen = BTreeSet::new();
        all.into_iter()
            .filter(|(owner, owned, ..)| owner != owned && seen.insert((*owner, *owned)))
            .map(|(owner, owned, votes, capital, rights, joint_group)| Holding {
                owner: NAMES[owner].to_owned(),
                owned: NAMES[owned].to_owned(),
                capital: Some(Share(capital)),
                votes: Some(Share(votes)),
                joint_group,
                rights,
                valid_from: None,
                valid_to: None,
                source: None,
            })
            .collect::<Vec<_>>()
    });
    (entities, holdings).prop_map(|(entities, holdings)| Plain { entities, holdings })
}

impl Plain {
    fn world(&self) -> World {
        let entities = self.entities.iter().flatten().cloned().fold(World::default(), World::entity);
        self.holdings.iter().cloned().fold(entities, World::holding)
    }

    fn find(&self) -> Finding {
        self.world().claim(Claim::NoSubcontractors).find()
    }

    fn kind(&self, id: &str) -> EntityKind {
        self.of(id).map_or(EntityKind::Unknown, |entity| entity.kind)
    }

    fn of(&self, id: &str) -> Option<&Entity> {
        self.entities.iter().flatten().find(|entity| entity.id == id)
    }

    fn country(&self, id: &str) -> Option<Country> {
        self.of(id).and_then(|entity| entity.incorporated_in)
    }

    fn into<'a>(&'a self, owned: &'a str) -> impl Iterator<Item = &'a Holding> {
        self.holdings.iter().filter(move |holding| holding.owned == owned && self.kind(owned) != EntityKind::Dispersed)
    }

    /// The pairs of control, by trying every pair until nothing is added.
    fn pairs(&self) -> BTreeSet<(&str, &str)> {
        let mut pairs: BTreeSet<(&str, &str)> = BTreeSet::new();
        loop {
            let before = pairs.len();
            for who in NAMES.iter().filter(|who| self.kind(who) != EntityKind::Dispersed) {
                for whom in NAMES {
                    let in_block = |holder: &str| holder == *who || pairs.iter().any(|pair| *pair == (*who, holder));
                    let counted: Vec<&Holding> = self
                        .into(whom)
                        .filter(|holding| self.kind(&holding.owner) != EntityKind::Dispersed)
                        .filter(|holding| {
                            in_block(&holding.owner)
                                || holding.joint_group.is_some()
                                    && self.into(whom).any(|other| {
                                        self.kind(&other.owner) != EntityKind::Dispersed
                                            && other.joint_group == holding.joint_group
                                            && in_block(&other.owner)
                                    })
                        })
                        .collect();
                    let votes: u32 = counted.iter().map(|holding| holding.votes.unwrap().0).sum();
                    let capital: u32 = counted.iter().map(|holding| holding.capital.unwrap().0).sum();
                    let right =
                        counted.iter().any(|holding| holding.rights.as_ref().is_some_and(|all| !all.is_empty()));
                    if votes > 5_000 || capital > 5_000 || right {
                        pairs.insert((who, whom));
                    }
                }
            }
            if pairs.len() == before {
                return pairs;
            }
        }
    }

    fn chain(&self) -> BTreeSet<&str> {
        self.pairs().into_iter().filter(|(_, whom)| *whom == X).map(|(who, _)| who).chain([X]).collect()
    }

    fn is_known(&self) -> bool {
        let pairs = self.pairs();
        self.chain().into_iter().all(|member| {
            let kind = self.kind(member);
            if matches!(kind, EntityKind::Unknown | EntityKind::Dispersed) {
                return false;
            }
            let crowd = |holding: &Holding| self.kind(&holding.owner) == EntityKind::Dispersed;
            if self.into(member).any(|holding| holding.rights.is_none() && !crowd(holding))
                || self
                    .into(member)
                    .any(|holding| crowd(holding) && holding.rights.as_ref().is_some_and(|r| !r.is_empty()))
            {
                return false;
            }
            let controlled = pairs.iter().any(|(who, whom)| *whom == member && *who != member);
            if kind == EntityKind::Foundation && !controlled {
                return false;
            }
            if matches!(kind, EntityKind::Company | EntityKind::Fund) {
                let sum = |part: fn(&Holding) -> u32| self.into(member).map(part).sum::<u32>();
                let (votes, capital) = (sum(|h| h.votes.unwrap().0), sum(|h| h.capital.unwrap().0));
                if votes > 10_050 || capital > 10_050 {
                    return false;
                }
                let rest = if votes >= 9_950 { 0 } else { 10_000 - votes };
                let to_unknown: u32 = self
                    .into(member)
                    .filter(|holding| self.kind(&holding.owner) == EntityKind::Unknown)
                    .map(|holding| holding.votes.unwrap().0)
                    .sum();
                if rest + to_unknown > if controlled { 5_000 } else { 2_500 } {
                    return false;
                }
            }
            let circle = |who: &str| pairs.contains(&(who, member)) && pairs.contains(&(member, who));
            !pairs.contains(&(member, member))
                || pairs.iter().any(|(who, whom)| *whom == member && *who != member && !circle(who))
        })
    }

    fn verdict(&self, home: fn(Country) -> bool) -> &'static str {
        let outside = self.chain().into_iter().filter_map(|id| self.country(id)).any(|country| !home(country));
        match (outside, self.is_known()) {
            (true, _) => "third",
            (false, true) => "home",
            (false, false) => "unknown",
        }
    }

    /// The least and the most that holders from outside the Union have, in percent, by going round many times.
    fn collective(&self) -> (f64, f64) {
        let pairs = self.pairs();
        let outside = |id: &str| self.country(id).is_some_and(|country| !country.in_eu());
        let foreign = |id: &str| outside(id) || pairs.iter().any(|(who, whom)| *whom == id && outside(who));
        let solve = |part: fn(&Holding) -> u32, first: f64| {
            let mut shares = [first; NAMES.len()];
            for _ in 0..300 {
                let of = |id: &str| NAMES.iter().position(|name| *name == id).unwrap();
                let next = NAMES.map(|id| match self.kind(id) {
                    _ if foreign(id) => 100.0,
                    EntityKind::Person | EntityKind::State => 0.0,
                    EntityKind::Unknown | EntityKind::Dispersed => first,
                    _ => {
                        let sum: u32 = self.into(id).map(part).sum();
                        if sum > 10_050 {
                            return first;
                        }
                        let rest = if sum >= 9_950 { 0.0 } else { f64::from(10_000 - sum) / 100.0 };
                        let held: f64 = self
                            .into(id)
                            .map(|holding| match self.kind(&holding.owner) {
                                EntityKind::Dispersed => f64::from(part(holding)) / 100.0 * first / 100.0,
                                _ => f64::from(part(holding)) / 10_000.0 * shares[of(&holding.owner)],
                            })
                            .sum();
                        (held + rest * first / 100.0).min(100.0)
                    }
                });
                shares = next;
            }
            shares[0]
        };
        let votes: fn(&Holding) -> u32 = |holding| holding.votes.unwrap().0;
        let capital: fn(&Holding) -> u32 = |holding| holding.capital.unwrap().0;
        (solve(votes, 0.0).max(solve(capital, 0.0)), solve(votes, 100.0).max(solve(capital, 100.0)))
    }
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Home => "home",
        Verdict::ThirdCountry(_) => "third",
        Verdict::Unknown(_) => "unknown",
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn verdicts_are_those_of_the_naive_reading(plain in plain()) {
        let found = plain.find();
        prop_assert_eq!(word(&found.union), plain.verdict(Country::in_eu));
        prop_assert_eq!(word(&found.eea), plain.verdict(Country::in_eea));
        if let Verdict::ThirdCountry(countries) = &found.eea {
            let chain = plain.chain();
            let expected = chain.into_iter().filter_map(|id| plain.country(id)).filter(|country| !country.in_eea());
            prop_assert_eq!(countries.clone(), expected.collect::<BTreeSet<_>>());
        }
    }

    #[test]
    fn collective_shares_are_those_of_the_naive_reading(plain in plain()) {
        let found = plain.find().immunity;
        let (least, most) = plain.collective();
        let (found_least, found_most) = (f64::from(found.collective.0) / 100.0, f64::from(found.collective.1) / 100.0);
        prop_assert!((found_least - least).abs() < 0.0101, "{found:?} against {least}");
        prop_assert!((found_most - most).abs() < 0.0101, "{found:?} against {most}");
        prop_assert!(found.largest.0 <= found.collective.0 && found.largest.1 <= found.collective.1, "{found:?}");
        if found.answer == Answer::Pass {
            prop_assert!(most < 39.001);
        }
        if least > 39.001 {
            prop_assert_eq!(found.answer, Answer::Fail);
        }
    }

    #[test]
    fn forgetting_an_entity_never_makes_a_home(plain in plain(), forgotten in 0..NAMES.len()) {
        let before = plain.find();
        let mut less = plain;
        less.entities[forgotten] = None;
        let after = less.find();
        prop_assert!(after.eea != Verdict::Home || before.eea == Verdict::Home);
        prop_assert!(after.immunity.answer != Answer::Pass || before.immunity.answer == Answer::Pass);
    }

    #[test]
    fn one_more_right_never_frees_from_control(plain in plain(), which in any::<prop::sample::Index>()) {
        prop_assume!(!plain.holdings.is_empty());
        let before = plain.find();
        let mut more = plain;
        let index = which.index(more.holdings.len());
        more.holdings[index].rights.get_or_insert_default().insert(Right::ContractualControl);
        let after = more.find();
        if let Verdict::ThirdCountry(countries) = &before.eea {
            let Verdict::ThirdCountry(now) = &after.eea else { return Err(TestCaseError::fail("freed")) };
            prop_assert!(now.is_superset(countries));
        }
    }
}

#[test]
fn exposed_countries_of_a_circle_through_the_union_are_found() {
    let world = World::default().company(X, "DE").company("a", "FR").person("us", "US").person("b", "DE");
    let world = world.holds(X, "a", 60.0).holds("a", X, 60.0).holds("b", X, 40.0).holds("us", "a", 40.0);
    let found = world.find().immunity;
    // x = 0.6 a and a = 0.6 x + 0.4, so x = 0.375.
    assert_eq!((found.collective, found.largest), ((3_749, 3_750), (3_749, 3_750)));
    assert_eq!(found.answer, Answer::Fail);
    assert_eq!(country("US").code(), "US");
}
