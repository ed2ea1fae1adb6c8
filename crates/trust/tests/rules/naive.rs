//! A second evaluator, to compare with: it walks the files as they stand, looks through all claims for each question
//! and keeps nothing. It shares no code with the first.

use std::collections::BTreeMap;

use hansa_model::evidence::{Claim, Strength};
use hansa_trust::Known;
use hansa_trust::ownership::{Answer, Verdict};
use serde_json::Value;

use crate::world::World;

const FACTS: &str = include_str!("../../../../data/rules/facts.yaml");
const CERTIFICATES: &str = include_str!("../../../../data/rules/certificates.yaml");
const EU: &str = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK";

/// What it makes of a case.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdicts {
    pub(crate) level: Option<String>,
    /// By level that is not reached, the criteria that keep from it.
    pub(crate) gaps: BTreeMap<String, Vec<String>>,
    pub(crate) scores: BTreeMap<String, i64>,
}

pub(crate) struct Naive {
    file: Value,
    facts: Value,
    schemes: Value,
}

fn yaml(text: &str) -> Value {
    yaml_serde::from_str(text).unwrap()
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn inside(country: &str, region: &Value) -> bool {
    let union = EU.split(' ').any(|member| member == country);
    match region.as_str().unwrap() {
        "EU" => union,
        "EEA" => union || ["IS", "LI", "NO"].contains(&country),
        only => only == country,
    }
}

impl Naive {
    pub(crate) fn new(file: &str) -> Self {
        Self { file: yaml(file), facts: yaml(FACTS)["facts"].clone(), schemes: yaml(CERTIFICATES)["schemes"].clone() }
    }

    pub(crate) fn judge(&self, world: &World) -> Verdicts {
        let levels: Vec<String> = list(&self.file["levels"]).iter().map(|level| text(&level["id"])).collect();
        if self.file["aggregation"] == "minimum" {
            self.minimum(world, &levels)
        } else {
            self.every_level(world, &levels)
        }
    }

    fn every_level(&self, world: &World, levels: &[String]) -> Verdicts {
        let mut result = Verdicts { level: None, gaps: BTreeMap::new(), scores: BTreeMap::new() };
        for level in levels {
            let open: Vec<String> = list(&self.file["criteria"])
                .iter()
                .filter(|criterion| self.concerned(world, criterion) && !self.satisfied(world, criterion, level))
                .map(|criterion| text(&criterion["id"]))
                .collect();
            if open.is_empty() {
                result.level = Some(level.clone());
            } else {
                result.gaps.insert(level.clone(), open);
            }
        }
        result
    }

    fn concerned(&self, world: &World, criterion: &Value) -> bool {
        let Some(kind) = world.kind else { return true };
        let kinds = list(&criterion["kinds"]);
        (kinds.is_empty() || kinds.iter().any(|one| one == kind))
            && !list(&criterion["exceptKinds"]).iter().any(|one| one == kind)
    }

    fn satisfied(&self, world: &World, criterion: &Value, level: &str) -> bool {
        let asked = &criterion["asks"][level];
        if asked.is_null() {
            return true;
        }
        let bar = &criterion["barredBy"];
        let gate = &criterion["requires"];
        if (!bar.is_null() && self.holds(world, bar, true)) || (!gate.is_null() && !self.holds(world, gate, false)) {
            return false;
        }
        let certified = list(&criterion["certification"]).iter().any(|accept| self.certified(world, accept));
        let assessed = criterion["assessment"]
            .as_str()
            .is_some_and(|fact| self.holds(world, &serde_json::json!({"fact": fact, "strength": "attested"}), false));
        let declared = asked == "declaration" && self.holds(world, &criterion["declaration"], false);
        certified || assessed || declared
    }

    fn minimum(&self, world: &World, levels: &[String]) -> Verdicts {
        let place = |level: &Value| levels.iter().position(|id| *id == text(level)).unwrap() as i64;
        let mut criteria: Vec<(String, Value)> = vec![];
        for criterion in list(&self.file["criteria"]) {
            criteria.push((String::new(), criterion));
        }
        for objective in list(&self.file["objectives"]) {
            for criterion in list(&objective["criteria"]) {
                criteria.push((text(&objective["id"]), criterion));
            }
        }
        let mut allowed: Vec<(i64, String)> = vec![];
        let mut points: BTreeMap<String, i64> = BTreeMap::new();
        for (objective, criterion) in &criteria {
            let n = self.answer(world, criterion);
            let answers = list(&criterion["answers"]);
            let mut choice = answers.iter().find(|answer| answer["n"] == n).cloned();
            if n == 0 && self.file["unanswered"] == "first-answer" {
                choice = Some(answers[0].clone());
            }
            let level = match &choice {
                Some(choice) => place(&choice["allows"]),
                None if criterion["unanswered"].is_null() => -1,
                None => place(&criterion["unanswered"]),
            };
            allowed.push((level, text(&criterion["id"])));
            *points.entry(objective.clone()).or_default() += choice.and_then(|one| one["points"].as_i64()).unwrap_or(0);
        }
        let least = allowed.iter().map(|(level, _)| *level).min().unwrap();
        let mut gaps = BTreeMap::new();
        for (at, level) in (0i64..).zip(levels).filter(|(at, _)| *at > least) {
            let mut open: Vec<_> = allowed.iter().filter(|(allows, _)| *allows < at).cloned().collect();
            open.sort_by_key(|(allows, _)| *allows);
            gaps.insert(level.clone(), open.into_iter().map(|(_, id)| id).collect());
        }
        let scores = list(&self.file["weights"])
            .into_iter()
            .map(|weights| (text(&weights["id"]), self.score(&weights, &points)));
        let level = usize::try_from(least).ok().map(|at| levels[at].clone());
        Verdicts { level, gaps, scores: scores.collect() }
    }

    /// In floating point, which is exact enough to compare where it is not near a half.
    fn score(&self, weights: &Value, points: &BTreeMap<String, i64>) -> i64 {
        let mut sum = 0.0;
        for objective in list(&self.file["objectives"]) {
            let best = |criterion: &Value| {
                list(&criterion["answers"]).iter().filter_map(|answer| answer["points"].as_f64()).fold(0.0, f64::max)
            };
            let most: f64 = list(&objective["criteria"]).iter().map(best).sum();
            let whole = weights["points"].as_f64().unwrap_or(most);
            let weight = objective["weights"][text(&weights["id"])].as_f64().unwrap();
            sum += weight * points[&text(&objective["id"])] as f64 / whole;
        }
        (sum + 0.5 + 1e-9).floor() as i64
    }

    fn answer(&self, world: &World, criterion: &Value) -> i64 {
        let numbers: Vec<i64> =
            list(&criterion["answers"]).iter().map(|answer| answer["n"].as_i64().unwrap()).collect();
        let stated = self.best(world, &text(&criterion["fact"])).and_then(|(strength, values)| {
            let all: Vec<i64> = values.iter().filter_map(Value::as_i64).collect();
            (all.iter().all(|one| *one == all[0]) && numbers.contains(&all[0])).then(|| (strength, all[0]))
        });
        let mut n = match stated {
            Some((strength, n)) => numbers
                .iter()
                .rev()
                .copied()
                .filter(|lower| *lower <= n)
                .find(|lower| {
                    let choice = list(&criterion["answers"]).into_iter().find(|answer| answer["n"] == *lower).unwrap();
                    let level =
                        list(&self.file["levels"]).into_iter().find(|one| one["id"] == choice["allows"]).unwrap();
                    strength >= rank(&level["proof"])
                })
                .unwrap_or(0),
            None => list(&criterion["computed"])
                .iter()
                .find(|computed| self.holds(world, &computed["when"], false))
                .map_or(0, |computed| computed["answer"].as_i64().unwrap()),
        };
        for cap in list(&criterion["caps"]) {
            let applies = match &cap["when"] {
                Value::Null => !self.holds(world, &cap["unless"], false),
                when => self.holds(world, when, true),
            };
            if applies {
                n = n.min(cap["atMost"].as_i64().unwrap());
            }
        }
        n
    }

    /// The statements of a fact that are known best, with how well, as plain values.
    fn best(&self, world: &World, fact: &str) -> Option<(u8, Vec<Value>)> {
        let about = &self.facts[fact];
        let mut found: Vec<(u8, Value)> = vec![];
        for known in world.known.iter().filter(|known| counts(known, world)) {
            let value = match &known.claim {
                Claim::Fact { name, value } if name == fact => serde_json::to_value(value).unwrap(),
                Claim::NoSubcontractors if fact == "subcontractors.none" => Value::Bool(true),
                Claim::Subcontractor(_) if fact == "subcontractors.none" => Value::Bool(false),
                Claim::Subcontractor(one) if fact == "subcontractors.jurisdictions" => {
                    serde_json::to_value(&one.jurisdictions).unwrap()
                }
                _ => continue,
            };
            let fits = match about["type"].as_str().unwrap() {
                "flag" => value.is_boolean(),
                "number" => value.is_i64(),
                "words" | "countries" => value.is_string() || value.is_array(),
                _ => value.is_string(),
            };
            if fits {
                found.push((rank(&serde_json::to_value(known.strength).unwrap()), value));
            }
        }
        let strength = found.iter().map(|(strength, _)| *strength).max()?;
        Some((strength, found.into_iter().filter(|one| one.0 == strength).map(|one| one.1).collect()))
    }

    fn holds(&self, world: &World, condition: &Value, suspicious: bool) -> bool {
        if let Some(fact) = condition.as_str() {
            return self.holds(world, &serde_json::json!({ "fact": fact }), suspicious);
        }
        let finding = &world.finding;
        let node = condition.as_object().unwrap();
        let home = if self.file["home"] == "EU" { &finding.union } else { &finding.eea };
        let unexposed = |one: &hansa_trust::ownership::Exposure| one.countries.is_empty() && one.unknown.is_empty();
        let (key, value) = node.iter().find(|(key, _)| *key != "strength").unwrap();
        match key.as_str() {
            "all" => list(value).iter().all(|part| self.holds(world, part, suspicious)),
            "any" => list(value).iter().any(|part| self.holds(world, part, suspicious)),
            "before" => world.at < format!("{}T00:00:00Z", text(value)).parse().unwrap(),
            "certificate" => self.certified(world, value),
            "control" if value == "home" => *home == Verdict::Home,
            "control" => matches!(home, Verdict::ThirdCountry(_)),
            "foreignHolders" => finding.eea == Verdict::Home && !finding.foreign_minority,
            "exposure" => unexposed(&finding.exposure) && finding.subcontractors.as_ref().is_some_and(unexposed),
            "subcontractors" => finding.subcontractors.as_ref().is_some_and(unexposed),
            "seatsIn" => {
                finding.seats_known
                    && !finding.seats.is_empty()
                    && finding.seats.iter().all(|at| inside(at.code(), value))
            }
            "noSeatIn" => finding.seats_known && finding.seats.iter().all(|at| !inside(at.code(), value)),
            "subcontractorsIn" => {
                finding.subcontractors.is_some()
                    && finding.subcontractor_countries.iter().all(|at| inside(at.code(), value))
            }
            "subcontractorsOutside" => finding.subcontractor_countries.iter().any(|at| !inside(at.code(), value)),
            "immunity" => finding.immunity.answer == Answer::Pass,
            _ => self.fact(world, condition, suspicious),
        }
    }

    fn fact(&self, world: &World, node: &Value, suspicious: bool) -> bool {
        let fact = text(&node["fact"]);
        let Some((strength, values)) = self.best(world, &fact) else { return false };
        let collects = self.facts[&fact]["several"] == "collect";
        if strength < rank(&node["strength"])
            && !(suspicious && !collects && values.iter().any(|one| *one != values[0]))
        {
            return false;
        }
        if !collects && values.iter().any(|one| *one != values[0]) {
            return suspicious && values.iter().any(|one| self.passes(world, node, std::slice::from_ref(one)));
        }
        self.passes(world, node, &values)
    }

    fn passes(&self, world: &World, node: &Value, values: &[Value]) -> bool {
        let words = |value: &Value| -> Vec<String> {
            let all = if value.is_array() { list(value) } else { vec![value.clone()] };
            all.iter().filter_map(Value::as_str).filter(|word| !word.trim().is_empty()).map(str::to_owned).collect()
        };
        let every: Vec<String> = values.iter().flat_map(words).collect();
        let numbers: Vec<i64> = values.iter().filter_map(Value::as_i64).collect();
        let (test, wanted) = node
            .as_object()
            .unwrap()
            .iter()
            .find(|(key, _)| *key != "fact" && *key != "strength")
            .map_or(("shown", &Value::Null), |(key, value)| (key.as_str(), value));
        let bound = wanted.as_i64().unwrap_or(0);
        match test {
            "shown" => values.iter().any(|value| match value {
                Value::Bool(flag) => *flag,
                Value::String(text) => !text.trim().is_empty(),
                Value::Array(all) => !all.is_empty(),
                _ => true,
            }),
            "stated" => true,
            "is" => values.iter().all(|value| value == wanted),
            "atLeast" => numbers.iter().all(|number| *number >= bound),
            "atMost" => numbers.iter().all(|number| *number <= bound),
            "below" => numbers.iter().all(|number| *number < bound),
            "someIn" => every.iter().any(|country| inside(country, wanted)),
            "everyIn" => !every.is_empty() && every.iter().all(|country| inside(country, wanted)),
            "someOutside" => every.iter().any(|country| !inside(country, wanted)),
            "holds" => list(wanted).iter().all(|word| every.contains(&text(word))),
            "apartFrom" => {
                let others =
                    world.known.iter().filter(|known| counts(known, world)).filter_map(|known| match &known.claim {
                        Claim::Fact { name, value } if *name == text(wanted) => {
                            Some(serde_json::to_value(value).unwrap())
                        }
                        _ => None,
                    });
                !others.into_iter().flat_map(|value| words(&value)).any(|word| every.contains(&word))
            }
            "noLongerThan" => values.iter().all(|period| fits(&text(period), &text(wanted))),
            // Days of four, two and two digits compare as texts.
            "notAfter" => values.iter().map(text).all(|day| day.len() == 10 && day <= text(wanted)),
            other => panic!("{other}"),
        }
    }

    fn certified(&self, world: &World, accept: &Value) -> bool {
        let schemes = list(&self.schemes);
        let scheme = schemes.iter().find(|scheme| scheme["id"] == accept["scheme"]).unwrap();
        let levels: Vec<String> = list(&scheme["levels"]).iter().map(text).collect();
        let place = |level: &str| {
            let other = scheme["levelAliases"][level].as_str().unwrap_or(level);
            levels.iter().position(|one| one == other)
        };
        world.known.iter().filter(|known| counts(known, world) && known.strength == Strength::Verified).any(|known| {
            let Claim::Certificate(held) = &known.claim else { return false };
            let over = held.valid_until.is_some_and(|end| end <= world.at)
                || scheme["maxAgeMonths"].as_i64().is_some_and(|months| {
                    world.at.micros() - known.valid_from.micros() >= months * 31 * 24 * 3600 * 1_000_000
                });
            let nowhere = scheme["jurisdiction"] == true && held.jurisdiction.is_none();
            let wanted = list(&accept["levels"]);
            let level = wanted.is_empty()
                || held.level.as_deref().and_then(place).is_some_and(|has| {
                    wanted.iter().any(|one| {
                        let least = place(&text(one)).unwrap();
                        if scheme["ordered"] == true { has >= least } else { has == least }
                    })
                });
            let clauses = list(&accept["clauses"]);
            let covered = |clause: &Value| {
                held.clauses.iter().any(|one| {
                    let wanted = text(clause);
                    wanted == *one || wanted.starts_with(&format!("{one}.")) || wanted.starts_with(&format!("{one}-"))
                })
            };
            let content = held.clauses.is_empty() || (!clauses.is_empty() && clauses.iter().all(covered));
            let kind = held.kinds.is_empty() || world.kind.is_some_and(|kind| held.kinds.iter().any(|one| one == kind));
            let site = held.sites.is_empty() || world.site.is_some_and(|site| held.sites.iter().any(|one| one == site));
            accept["scheme"] == held.scheme && !over && !nowhere && level && content && kind && site
        })
    }
}

fn counts(known: &Known, world: &World) -> bool {
    known.valid_from <= world.at && known.valid_until.is_none_or(|end| world.at < end)
}

fn rank(strength: &Value) -> u8 {
    match strength.as_str() {
        Some("verified") => 2,
        Some("attested") => 1,
        _ => 0,
    }
}

/// Tries every start over eight years.
fn fits(period: &str, limit: &str) -> bool {
    let span = |text: &str| text.parse::<jiff::Span>().ok().filter(|_| text.starts_with('P'));
    let (Some(period), Some(limit)) = (span(period), span(limit)) else { return false };
    let first = jiff::civil::date(2024, 1, 1);
    (0..2922).map(|day| first + jiff::Span::new().days(day)).all(|start| start + period <= start + limit)
}
