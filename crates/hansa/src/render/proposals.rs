//! Proposals: what would move, what that brings and costs, and what to do about it.

use std::fmt::Write as _;

use hansa_model::money::Money;
use hansa_model::proposal::{Advice, Alternative, Cause, Move, Proposal};

use crate::output::Shown;
use crate::render::paint::Paint;
use crate::render::{table, words};

/// A difference a month, as people say it: `12.40 EUR a month less`.
fn difference(saving: Money) -> String {
    let size = Money::from_micros(saving.micros().saturating_abs(), saving.currency()).rounded();
    match saving.to_cents() {
        0 => "the same a month".to_owned(),
        less if less > 0 => format!("{size} a month less"),
        _ => format!("{size} a month more"),
    }
}

/// What moves, in few words: `web from tulip/utrecht/vm to alpes/grenoble/vm`.
fn way(moves: &[Move]) -> String {
    match moves {
        [] => "nothing".to_owned(),
        [one] if one.from == one.to => format!("{} could be ordered anew at {}", one.component, one.to),
        [one] => format!("{} could move from {} to {}", one.component, one.from, one.to),
        [first, rest @ ..] => format!("{} and {} more could move", first.component, rest.len()),
    }
}

/// The proposal in one sentence.
fn sentence(advice: &Advice) -> String {
    let failed = advice.failures.first().map(|failure| {
        let what = failure.component.as_ref().map_or_else(|| "it".to_owned(), ToString::to_string);
        format!(
            "{what} no longer meets {}: {} is required, {} is offered",
            failure.requirement, failure.required, failure.offered
        )
    });
    let found = advice.alternative.as_ref().map(|alternative| {
        let pays_back = match alternative.pays_back_days {
            Some(days) if advice.cause == Cause::Better => {
                format!(", pays back in {days} day{}", if days == 1 { "" } else { "s" })
            }
            _ => String::new(),
        };
        format!("{}: {}{pays_back}", way(&alternative.moves), difference(alternative.saving))
    });
    let nothing = || "nothing on the market meets all that was asked for".to_owned();
    match failed {
        Some(failed) => format!("{failed}; {}", found.unwrap_or_else(nothing)),
        None => found.unwrap_or_else(nothing),
    }
}

impl Shown for Proposal {
    const COLUMNS: &'static [&'static str] = &["id", "application", "state", "proposal", "made"];
    const NONE: &'static str = "nothing is proposed; `--state` shows what was";

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.application.to_string(),
            words::word(&self.state),
            sentence(&self.advice),
            words::instant(self.created_at),
        ]
    }

    fn name(&self) -> String {
        self.id.to_string()
    }
}

/// Everything about a proposal, as text.
#[must_use]
pub fn whole(proposal: &Proposal, paint: Paint) -> String {
    let advice = &proposal.advice;
    let mut pairs = proposal.details();
    pairs.extend([
        ("order", proposal.order.to_string()),
        ("costs now", format!("{} a month", advice.monthly.rounded())),
    ]);
    let mut text = table::pairs(&pairs, paint);
    if !advice.failures.is_empty() {
        let rows = advice.failures.iter().map(|failure| {
            vec![
                failure.component.as_ref().map(ToString::to_string).unwrap_or_default(),
                failure.offer.clone().unwrap_or_default(),
                failure.requirement.clone(),
                failure.required.clone(),
                failure.offered.clone(),
            ]
        });
        let columns = &["component", "runs on", "requirement", "required", "offered"];
        // Writing into a text can't fail.
        _ = write!(text, "\n{}\n{}", paint.strong("No longer met"), table::rows(columns, rows, paint));
        for failure in advice.failures.iter().filter(|failure| !failure.because.is_empty()) {
            _ = writeln!(text, "  {}: {}", failure.requirement, words::lacks(&failure.because));
        }
    }
    if let Some(alternative) = &advice.alternative {
        _ = write!(text, "\n{}\n{}", paint.strong("What would move"), moves(&alternative.moves, paint));
        _ = write!(text, "\n{}\n{}", paint.strong("What it comes to"), sums(alternative, paint));
    }
    _ = write!(text, "\n{}\n{}", paint.strong("What to do"), what_to_do(proposal));
    text
}

fn moves(moves: &[Move], paint: Paint) -> String {
    let rows = moves.iter().map(|one| {
        vec![
            one.component.to_string(),
            one.count.to_string(),
            one.from.clone(),
            one.to.clone(),
            one.from_monthly.rounded(),
            one.to_monthly.rounded(),
            one.data.to_string(),
        ]
    });
    table::rows(&["component", "count", "from", "to", "costs now", "would cost", "data"], rows, paint)
}

fn sums(alternative: &Alternative, paint: Paint) -> String {
    let months = alternative.horizon_months;
    let mut pairs = vec![
        ("would cost", format!("{} a month, {}", alternative.monthly.rounded(), difference(alternative.saving))),
        ("new, once", alternative.switching.one_off.rounded()),
        ("data sent out", alternative.switching.egress.rounded()),
        ("downtime", format!("counted as {}", alternative.switching.downtime.rounded())),
    ];
    if !alternative.carbon_worth.is_zero() {
        let (size, way) =
            (alternative.carbon_saving.abs(), if alternative.carbon_saving < 0.0 { "more" } else { "less" });
        let worth = alternative.carbon_worth.rounded();
        pairs.push(("carbon", format!("{size:.3} kg a month {way}, counted as {worth}")));
    }
    pairs.push(("net", format!("{} over {months} months", alternative.net.rounded())));
    if !alternative.hysteresis.is_zero() {
        pairs.push(("proposed from", format!("{} on", alternative.hysteresis.rounded())));
    }
    table::pairs(&pairs, paint)
}

/// What the buyer can do today.
fn what_to_do(proposal: &Proposal) -> String {
    let name = &proposal.application;
    if proposal.advice.alternative.is_none() {
        return format!(
            "Nothing to move to. See what would help:\n  hansa match -f {name}.yaml\n\
             or keep it as it is:\n  hansa proposal dismiss {}\n",
            proposal.id
        );
    }
    format!(
        "The exchange does not move services by itself yet. Have the application quoted anew, with its document as you \
         keep it:\n  \
         hansa quote create -f {name}.yaml\n\
         Order that, carry the data over, and take the old services down with `hansa service terminate`. Or keep it as \
         it is:\n  \
         hansa proposal dismiss {}\n",
        proposal.id
    )
}
