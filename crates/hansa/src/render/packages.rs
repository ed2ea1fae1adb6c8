//! Packages: what matching found, and why everything else was left out.

mod comparison;
mod repairs;
mod why_not;

use std::fmt::Write as _;

use hansa_model::order::Quote;
use hansa_model::package::{LatencySource, MatchOutcome, Package, ProofStatus};

use crate::output::Shown;
use crate::render::paint::Paint;
use crate::render::{table, words};

pub use comparison::comparison;

/// The outcome of matching: packages, the parts of the one that suits best, what would be next best, and what was
/// left out. When nothing fits, the conflict and what would repair it.
#[must_use]
pub fn outcome(found: &MatchOutcome, paint: Paint) -> String {
    let mut text = String::new();
    let best = found.packages.first();
    if let Some(best) = best {
        text.push_str(&packages(&found.packages, paint));
        // Writing into a text can't fail.
        _ = write!(text, "\n{}\n{}", paint.strong(&format!("Package {}", best.name)), parts(best, paint));
    } else {
        text.push_str(&repairs::conflict(found, paint));
    }
    if !found.runners_up.is_empty() {
        _ = write!(text, "\n{}\n{}", paint.strong("Next best"), why_not::runners_up(&found.runners_up, paint));
    }
    if !found.requirements.is_empty() {
        let counts = why_not::left_out(&found.requirements, best, paint);
        _ = write!(text, "\n{}\n{counts}", paint.strong("Left out"));
    }
    if !found.excluded.is_empty() {
        let nearest = why_not::nearest_misses(&found.excluded, paint);
        _ = write!(text, "\n{}\n{nearest}", paint.strong("Nearest misses"));
        let missing = why_not::missing_evidence(&found.excluded);
        if !missing.is_empty() {
            _ = write!(text, "\n{}\n{missing}", paint.strong("Missing evidence"));
        }
    }
    text
}

fn proof(package: &Package) -> String {
    match package.proof.status {
        ProofStatus::Optimal => "optimal".to_owned(),
        ProofStatus::Feasible if package.proof.gap > 0.0 => format!("within {:.1} %", package.proof.gap * 100.0),
        ProofStatus::Feasible => "feasible".to_owned(),
    }
}

fn round_trip(package: &Package) -> String {
    package.worst_rtt.map_or_else(
        || "-".to_owned(),
        |trip| {
            let mark = if trip.source == LatencySource::Estimated { "~" } else { "" };
            format!("{mark}{}", trip.rtt.in_millis())
        },
    )
}

/// The packages side by side; `*` marks the one that suits the buyer best, `!` those that can't be ordered.
#[must_use]
pub fn packages(packages: &[Package], paint: Paint) -> String {
    let rows = packages.iter().map(|package| {
        let mark = match (package.chosen, package.orderable) {
            (true, true) => "*",
            (true, false) => "*!",
            (false, true) => "",
            (false, false) => "!",
        };
        vec![
            mark.to_owned(),
            package.name.clone(),
            package.price.monthly.rounded(),
            package.price.one_off.rounded(),
            words::list(&package.providers),
            words::list(&package.countries),
            format!("{:.1}", package.carbon),
            round_trip(package),
            package.sovereignty.to_string(),
            if package.availability.base() > 0 { package.availability.to_string() } else { "-".to_owned() },
            proof(package),
        ]
    });
    let columns = [
        "",
        "package",
        "a month",
        "once",
        "providers",
        "countries",
        "kg CO2e",
        "worst rtt",
        "seal",
        "available",
        "proof",
    ];
    let mut text = table::rows(&columns, rows, paint);
    if packages.iter().any(|package| !package.orderable) {
        text.push_str(&paint.dim("! not orderable now: its prices are listed, but no agent delivers it\n"));
    }
    text
}

/// Where each component of a package goes and what it costs.
#[must_use]
pub fn parts(package: &Package, paint: Paint) -> String {
    let rows = package.components.iter().flat_map(|(component, placement)| {
        placement.replicas.iter().map(move |replica| {
            vec![
                component.to_string(),
                replica.count.to_string(),
                replica.offer.clone(),
                replica.country.to_string(),
                replica.price.rounded(),
            ]
        })
    });
    let mut text = table::rows(&["component", "count", "offer", "country", "a month"], rows, paint);
    text.push_str(&trust(package));
    if let Some(term) = package.minimum_term {
        _ = writeln!(text, "binds for {term} at least");
    }
    if !package.price.traffic.is_zero() {
        _ = writeln!(text, "traffic between components: {} a month", package.price.traffic.rounded());
    }
    text
}

/// The levels of a package, and of those parts that have others.
fn trust(package: &Package) -> String {
    let replicas = package.components.iter().flat_map(|(name, part)| part.replicas.iter().map(move |one| (name, one)));
    let others: Vec<_> = replicas.filter(|(_, one)| one.levels != package.levels).collect();
    let mut text = match (package.levels.is_empty(), others.is_empty()) {
        (true, true) => return String::new(),
        (true, false) => "Trust: no level is known of every part\n".to_owned(),
        (false, _) => format!("Trust: {}\n", words::levels(&package.levels)),
    };
    for (component, replica) in others {
        _ = writeln!(text, "  {component} on {}: {}", replica.offer, words::levels(&replica.levels));
    }
    text
}

impl Shown for Quote {
    const COLUMNS: &'static [&'static str] = &["id", "application", "package", "a month", "once", "state", "expires"];
    const NONE: &'static str = "no quote; have an application quoted: `hansa quote create -f app.yaml`";

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.application.name.to_string(),
            self.package.name.clone(),
            self.package.price.monthly.rounded(),
            self.package.price.one_off.rounded(),
            words::word(&self.state),
            words::instant(self.expires_at),
        ]
    }

    fn name(&self) -> String {
        self.id.to_string()
    }
}

/// A quote with the parts of its package.
#[must_use]
pub fn quote(quote: &Quote, paint: Paint) -> String {
    let mut details = quote.details();
    details.push(("held", if quote.held { "yes" } else { "no" }.to_owned()));
    format!("{}\n{}", table::pairs(&details, paint), parts(&quote.package, paint))
}
