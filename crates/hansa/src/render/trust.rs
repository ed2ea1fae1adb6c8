//! Evidence, levels, and who owns whom.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hansa_model::evidence::{
    Assurance, Claim, ControlVerdict, CredentialCheck, Evaluation, Evidence, EvidenceState, OwnershipReport,
    RuleSetDetail, RuleSetSummary, Standing, TrustReport, TrustedIssuer,
};

use crate::output::Shown;
use crate::render::paint::Paint;
use crate::render::{table, words};

/// The lowest level of Gaia-X.
const LOWEST: &str = "SC";
/// How many criteria are named for each level that is not reached, unless all are asked for.
const FEW: usize = 3;

fn claim(claim: &Claim) -> String {
    match claim {
        Claim::Fact { name, value } => {
            let value = serde_json::to_string(value).unwrap_or_default();
            format!("{name} = {value}")
        }
        Claim::Certificate(held) => {
            let clauses =
                if held.clauses.is_empty() { String::new() } else { format!(" {}", words::list(&held.clauses)) };
            format!("{}{clauses} certified by {}", held.scheme, held.body)
        }
        Claim::Entity(entity) => format!("{} is {}, a {}", entity.id, entity.name, words::word(&entity.kind)),
        Claim::Holding(holding) => {
            let votes = holding.votes.map(|votes| format!("{votes} of the votes"));
            let capital = holding.capital.map(|capital| format!("{capital} of the capital"));
            let parts: Vec<_> = votes.into_iter().chain(capital).collect();
            let parts = if parts.is_empty() { "rights".to_owned() } else { parts.join(" and ") };
            format!("{} holds {parts} of {}", holding.owner, holding.owned)
        }
        Claim::Subcontractor(other) => format!("{} is a subcontractor", other.name),
        Claim::NoSubcontractors => "there are no subcontractors".to_owned(),
    }
}

impl Shown for Evidence {
    const COLUMNS: &'static [&'static str] = &["id", "kind", "strength", "state", "issuer", "until", "says"];
    const NONE: &'static str = "no evidence; providers hand some in: `hansa evidence declare --help`";

    fn cells(&self) -> Vec<String> {
        let said = match self.claims.as_slice() {
            [] => String::new(),
            [one] => claim(one),
            [first, rest @ ..] => format!("{} and {} more", claim(first), rest.len()),
        };
        vec![
            self.id.to_string(),
            self.kind.clone(),
            words::word(&self.strength),
            words::word(&self.state),
            self.issuer.clone(),
            words::maybe(self.valid_until),
            said,
        ]
    }

    fn name(&self) -> String {
        self.id.to_string()
    }
}

/// A piece of evidence with everything that it says.
pub fn evidence(piece: &Evidence, paint: Paint) -> String {
    let state = words::word(&piece.state);
    let state = if piece.state == EvidenceState::Valid { paint.good(&state) } else { paint.bad(&state) };
    let mut text = table::pairs(
        &[
            ("id", piece.id.to_string()),
            ("about", piece.subject.to_string()),
            ("kind", piece.kind.clone()),
            ("issuer", piece.issuer.clone()),
            ("strength", words::word(&piece.strength)),
            ("state", state),
            ("source", piece.source.clone()),
            ("from", words::instant(piece.valid_from)),
            ("until", words::maybe(piece.valid_until)),
            ("status checked", words::maybe(piece.checked_at)),
            ("received", words::instant(piece.received_at)),
        ],
        paint,
    );
    text.push_str("\nIt says:\n");
    for said in &piece.claims {
        // Writing into a text can't fail.
        _ = writeln!(text, "  {}", claim(said));
    }
    text
}

impl Shown for TrustedIssuer {
    const COLUMNS: &'static [&'static str] = &["did", "name", "credentials", "schemes", "added"];
    const NONE: &'static str =
        "nobody is believed what they sign about others; operators add some: `hansa trust issuer add --help`";

    fn cells(&self) -> Vec<String> {
        let schemes = if self.schemes.is_empty() { "all".to_owned() } else { words::list(&self.schemes) };
        vec![self.did.clone(), self.name.clone(), words::list(&self.kinds), schemes, words::instant(self.added_at)]
    }

    fn name(&self) -> String {
        self.did.clone()
    }
}

impl Shown for RuleSetSummary {
    const COLUMNS: &'static [&'static str] = &["id", "version", "title", "standing", "levels", "criteria"];

    fn cells(&self) -> Vec<String> {
        let about = &self.about;
        vec![
            about.id.clone(),
            about.version.clone(),
            about.title.clone(),
            words::word(&about.standing),
            words::list(&about.levels),
            self.criteria.to_string(),
        ]
    }

    fn name(&self) -> String {
        self.about.id.clone()
    }
}

/// A rule set with what each criterion asks at which level.
#[must_use]
pub fn rule_set(set: &RuleSetDetail, paint: Paint) -> String {
    let about = &set.about;
    let head = table::pairs(
        &[
            ("rule set", format!("{} {}", about.id, about.version)),
            ("title", about.title.clone()),
            ("standing", words::word(&about.standing)),
            ("levels", words::list(&about.levels)),
            ("source", about.source.clone()),
        ],
        paint,
    );
    let criteria = set.criteria.iter().map(|criterion| {
        let mut asks: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (level, asked) in &criterion.asks {
            asks.entry(asked).or_default().push(level);
        }
        let asks = asks.iter().map(|(asked, levels)| format!("{asked} {}", words::list(levels)));
        vec![criterion.id.clone(), asks.collect::<Vec<_>>().join("; "), criterion.title.clone()]
    });
    format!("{head}\n{}", table::rows(&["criterion", "asks", "title"], criteria, paint))
}

/// The levels of an assurance in one line: `Gaia-X L1 · SEAL 2 · CADA 1 (proposal) · ISO27001`.
fn in_short(known: &Assurance) -> String {
    let mut parts: Vec<String> = known.labels.iter().map(|(scheme, level)| format!("{scheme} {level}")).collect();
    parts.extend(known.seal.map(|level| format!("SEAL {level}")));
    parts.extend(known.cada.map(|level| format!("CADA {level} (proposal)")));
    parts.extend(known.certificates.iter().map(|held| held.scheme.clone()));
    if parts.is_empty() { "no level".to_owned() } else { parts.join(" · ") }
}

/// A score in hundredths of a percent.
fn percent(score: i64) -> String {
    format!("{}.{:02} %", score / 100, score.rem_euclid(100))
}

fn evaluation(of: &Evaluation, all: bool, paint: Paint, text: &mut String) {
    let proposal = if of.standing == Standing::Proposal { " (proposal, not law)" } else { "" };
    let level = of.level.as_deref().map_or_else(|| paint.bad("not reached"), |level| paint.good(level));
    _ = write!(text, "\n{} {}{proposal}: {level}", paint.strong(&of.rule_set), of.version);
    for (weights, score) in &of.scores {
        _ = write!(text, " · {} with the weights {weights}", percent(*score));
    }
    text.push('\n');
    let mut missing: Vec<_> = of.gaps.iter().collect();
    // Levels sort by their names but for this one, which is the lowest of its rule set.
    missing.sort_by_key(|(level, _)| level.as_str() != LOWEST);
    for (level, gaps) in missing.into_iter().take(if all { usize::MAX } else { 1 }) {
        let shown = if all { gaps.len() } else { FEW.min(gaps.len()) };
        _ = writeln!(text, "  missing for {level}: {} criteria", gaps.len());
        for gap in &gaps[..shown] {
            _ = writeln!(text, "    {} {}\n      {}", paint.strong(&gap.criterion), gap.title, gap.missing);
        }
        if shown < gaps.len() {
            let hint = format!("    … and {} more: see --rules {}", gaps.len() - shown, of.rule_set);
            _ = writeln!(text, "{}", paint.dim(&hint));
        }
    }
    if all {
        text.push_str("  criteria:\n");
        for outcome in &of.outcomes {
            let allows = outcome.allows.as_ref().map(|level| format!(" (allows {level})")).unwrap_or_default();
            _ = writeln!(text, "    {:<10} {}{allows}", outcome.criterion, outcome.outcome);
        }
    }
}

/// What is known of a participant or offer; one rule set alone is shown with all its criteria.
pub fn report(report: &TrustReport, only: Option<&str>, paint: Paint) -> String {
    let known = &report.assurance;
    let control = serde_json::to_value(&known.control).unwrap_or_default();
    let countries = control["countries"].as_array().map(|list| words::list(list.iter().filter_map(|one| one.as_str())));
    let control =
        format!("{} {}", control["thirdCountry"].as_str().unwrap_or("unknown"), countries.unwrap_or_default());
    let mut text = table::pairs(
        &[
            ("subject", report.subject.to_string()),
            ("DID", report.did.clone()),
            ("levels", in_short(known)),
            ("third-country control", control.trim().to_owned()),
            ("judged", words::maybe(report.evaluated_at)),
            ("holds until", words::maybe(known.valid_until)),
        ],
        paint,
    );
    for of in report.evaluations.iter().filter(|of| only.is_none_or(|only| only == of.rule_set)) {
        evaluation(of, only.is_some(), paint, &mut text);
    }
    text
}

/// What was found of a credential.
pub fn check(check: &CredentialCheck, paint: Paint) -> String {
    let mut text = String::new();
    for one in &check.credentials {
        let verdict = match &one.refusal {
            None if one.faults.is_empty() => paint.good("can be believed"),
            None => paint.busy("can be believed, but does not keep to its shape"),
            Some(code) => paint.bad(&format!("refused: {code}")),
        };
        let name = one.id.as_deref().or(one.kind.as_deref()).unwrap_or("a credential");
        _ = writeln!(text, "{} {verdict}", paint.strong(name));
        let issuer = one.issuer.as_ref().map(|issuer| format!("signed by {issuer}"));
        let kind = one.kind.as_ref().map(|kind| format!("type {kind}"));
        let said = one.claims.iter().map(claim);
        for line in kind.into_iter().chain(issuer).chain(one.faults.iter().cloned()).chain(said) {
            _ = writeln!(text, "  {line}");
        }
    }
    text
}

fn verdict(of: &ControlVerdict) -> String {
    match of.verdict.as_str() {
        "home" => "nobody from outside".to_owned(),
        "third-country" => format!("third countries: {}", words::list(&of.countries)),
        _ => format!("not known: {}", of.reasons.join("; ")),
    }
}

fn immunity(report: &OwnershipReport) -> String {
    let parts = std::iter::once(&report.immunity).chain(&report.immunity_reasons);
    parts.map(String::as_str).collect::<Vec<_>>().join("; ")
}

/// Who controls a participant.
pub fn ownership(report: &OwnershipReport, paint: Paint) -> String {
    let reached = |countries: &[hansa_model::country::Country], unknown: &[String]| match (countries, unknown) {
        ([], []) => "no third country".to_owned(),
        (some, []) => words::list(some),
        ([], why) => format!("not known: {}", why.join("; ")),
        (some, why) => format!("{} and perhaps more: {}", words::list(some), why.join("; ")),
    };
    let subcontractors = report.subcontractors_exposed.as_ref();
    let subcontractors = subcontractors.map_or_else(|| "not known".to_owned(), |some| reached(some, &[]));
    table::pairs(
        &[
            ("entity", report.entity.clone()),
            ("control, seen from the EU", verdict(&report.union)),
            ("control, seen from the EEA", verdict(&report.eea)),
            ("reached by", reached(&report.exposed, &report.exposure_unknown)),
            ("subcontractors reached by", subcontractors),
            ("SecNumCloud 19.6", immunity(report)),
            ("holds until", words::maybe(report.valid_until)),
        ],
        paint,
    )
}
