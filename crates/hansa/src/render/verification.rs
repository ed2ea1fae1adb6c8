//! What came of re-checking an answer.

use std::fmt::Write as _;

use hansa_matching::{Check, Claim, Verdict, Verification};

use crate::render::paint::Paint;
use crate::render::table;

/// A line for each claim of each package, then what is not so, then what could not be re-checked.
#[must_use]
pub fn shown(checked: &Verification, paint: Paint) -> String {
    let mut claims: Vec<(Option<&str>, Claim)> = Vec::new();
    for check in &checked.checks {
        let claim = (check.package.as_deref(), check.claim);
        if !claims.contains(&claim) {
            claims.push(claim);
        }
    }
    // Bounds are checked last, and told with their packages.
    let order: Vec<Option<&str>> = claims.iter().map(|(package, _)| *package).collect();
    claims.sort_by_key(|(package, _)| order.iter().position(|other| other == package));
    let rows = claims.into_iter().map(|(package, claim)| {
        let of_claim =
            checked.checks.iter().filter(|check| check.package.as_deref() == package && check.claim == claim);
        vec![package.unwrap_or_default().to_owned(), claim.to_string(), summary(of_claim)]
    });
    let mut text = table::rows(&["package", "claim", "result"], rows, paint);
    for check in &checked.checks {
        let package = check.package.as_deref().map(|package| format!("{package}: ")).unwrap_or_default();
        // Writing into a text can't fail.
        _ = match &check.verdict {
            Verdict::Holds => Ok(()),
            Verdict::False { claimed, found } => {
                let wrong = paint.bad("not so:");
                writeln!(text, "{wrong} {package}{}: claimed {claimed}, found {found}", check.field)
            }
            Verdict::Unchecked { why } => writeln!(text, "unchecked: {package}{}: {why}", check.field),
        };
    }
    text
}

/// How many checks hold, and how many do not.
fn summary<'c>(checks: impl Iterator<Item = &'c Check>) -> String {
    let (mut hold, mut wrong, mut unchecked) = (0, 0, 0);
    for check in checks {
        match check.verdict {
            Verdict::Holds => hold += 1,
            Verdict::False { .. } => wrong += 1,
            Verdict::Unchecked { .. } => unchecked += 1,
        }
    }
    let parts = [(hold, if hold == 1 { "holds" } else { "hold" }), (wrong, "not so"), (unchecked, "unchecked")];
    let told = parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    told.collect::<Vec<_>>().join(", ")
}
