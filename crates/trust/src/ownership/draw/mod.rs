//! A picture of who owns and controls an entity, as SVG that needs nothing else.

mod labels;
mod paint;
mod plan;
mod svg;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;

use hansa_model::country::Country;
use hansa_model::time::Timestamp;

use super::control::Control;
use super::finding::{Answer, Exposure, Verdict};
use super::graph::Graph;
use super::judge::{self, listed, percent};
use super::subcontracting::{self, Worker};

/// Entities that are drawn; further ones are counted.
const MOST_PARTIES: usize = 24;
/// Subcontractors that are drawn.
const MOST_WORKERS: usize = 10;

/// Draws an entity, everybody upstream of it and its subcontractors as a picture in SVG: boxes with name, kind and
/// country, arrows with parts and rights, and the verdicts. The same graph gives the same picture. Entities far
/// upstream are left out of very large graphs, and counted.
#[must_use]
pub fn draw(graph: &Graph, entity: &str, at: Timestamp) -> String {
    let Some(number) = graph.find_number(entity) else { return paint::nothing(entity) };
    let judged = judge::judge(graph, number, at);
    let finding = judge::find(graph, number, at);
    let control = Control::of(&judged.upstream);
    let workers = subcontracting::workers(graph, number, at);
    let shown: Option<Vec<_>> =
        workers.as_ref().map(|all| all.iter().take(MOST_WORKERS).map(|worker| helper(graph, worker, at)).collect());
    let in_chain = |place: &usize| judged.chain.contains(place);
    let scene = Scene {
        upstream: &judged.upstream,
        plan: plan::Plan::of(&judged.upstream, MOST_PARTIES, &|place| in_chain(&place)),
        controls: &|owner: usize, owned: usize| in_chain(&owned) && control.controls(owner, owned),
        workers: shown,
        workers_left_out: workers.as_ref().map_or(0, |all| all.len().saturating_sub(MOST_WORKERS)),
        at,
        findings: vec![
            line("Seen from the European Union", &finding.union),
            line("Seen from the European Economic Area", &finding.eea),
            exposure("Reached by third countries", &finding.exposure),
            match &finding.subcontractors {
                Some(reached) => exposure("… through subcontractors", reached),
                None => ("… through subcontractors".to_owned(), "not known".to_owned(), Tone::Unknown),
            },
            immunity(&finding.immunity),
        ],
    };
    paint::paint(&scene)
}

/// How good something is, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    Home,
    Area,
    Third,
    Unknown,
    Dispersed,
}

/// A subcontractor as it is drawn.
struct Helper {
    worker: Worker,
    /// Where it is seated, or whose law applies to it.
    countries: BTreeSet<Country>,
    /// Who reaches customers' data or identities through it.
    tone: Tone,
}

/// Everything that is in the picture.
struct Scene<'a> {
    upstream: &'a super::upstream::Upstream,
    plan: plan::Plan,
    /// Whether a holder controls what it holds, where that matters for the entity.
    controls: &'a dyn Fn(usize, usize) -> bool,
    workers: Option<Vec<Helper>>,
    workers_left_out: usize,
    at: Timestamp,
    /// What is found: a title, the outcome, and its colour.
    findings: Vec<(String, String, Tone)>,
}

fn helper(graph: &Graph, worker: &Worker, at: Timestamp) -> Helper {
    let judged = worker.entity.map(|entity| judge::judge(graph, entity, at));
    let (_, _, tone) = exposure("", &subcontracting::reached(worker, judged.as_ref()));
    let mut countries = worker.jurisdictions.clone();
    countries.extend(judged.iter().flat_map(judge::Judged::seats));
    Helper { worker: worker.clone(), countries, tone }
}

fn line(title: &str, verdict: &Verdict) -> (String, String, Tone) {
    let (outcome, tone) = match verdict {
        Verdict::Home => ("controlled at home".to_owned(), Tone::Home),
        Verdict::ThirdCountry(countries) => (format!("controlled from {}", listed(countries)), Tone::Third),
        Verdict::Unknown(_) => ("control is not known".to_owned(), Tone::Unknown),
    };
    (title.to_owned(), outcome, tone)
}

fn exposure(title: &str, exposure: &Exposure) -> (String, String, Tone) {
    let (outcome, tone) = match (exposure.countries.is_empty(), exposure.unknown.is_empty()) {
        (true, true) => ("none".to_owned(), Tone::Home),
        (true, false) => ("not known".to_owned(), Tone::Unknown),
        (false, true) => (listed(&exposure.countries), Tone::Third),
        (false, false) => (format!("{}, perhaps more", listed(&exposure.countries)), Tone::Third),
    };
    (title.to_owned(), outcome, tone)
}

fn immunity(immunity: &super::Immunity) -> (String, String, Tone) {
    let (word, tone) = match immunity.answer {
        Answer::Pass => ("within limits", Tone::Home),
        Answer::Fail => ("not within limits", Tone::Third),
        Answer::Unknown => ("not known", Tone::Unknown),
    };
    let between = |(least, most): (u32, u32)| match least == most {
        true => percent(least),
        false => format!("{} to {}", percent(least), percent(most)),
    };
    let shares = format!("{word}: {} together, {} one", between(immunity.collective), between(immunity.largest));
    ("Parts from outside the Union (19.6)".to_owned(), shares, tone)
}

/// The colour of a place by its country.
fn tone_of(country: Country) -> Tone {
    if country.in_eu() {
        Tone::Home
    } else if country.in_eea() {
        Tone::Area
    } else {
        Tone::Third
    }
}
