//! Why nothing fits, and what would help.

use std::fmt::Write as _;

use hansa_model::application::Change;
use hansa_model::package::{ConflictStatus, MatchOutcome};

use crate::render::paint::Paint;

/// Requirements that can't all be met, and the repairs, each with what it costs and how to try it.
pub(super) fn conflict(found: &MatchOutcome, paint: Paint) -> String {
    let title = match found.conflict_status {
        Some(ConflictStatus::Uncertain) => "It is not certain that nothing fits",
        _ => "Nothing meets all of this together",
    };
    let mut text = paint.strong(title) + "\n";
    // Writing into a text can't fail.
    for one in &found.conflict {
        _ = writeln!(text, "  {}: {}", one.field, one.message);
    }
    match found.conflict_status {
        Some(ConflictStatus::Reducible) => text.push_str(&paint.dim("  (maybe fewer: the time ran out)\n")),
        Some(ConflictStatus::Smallest | ConflictStatus::Minimal) if found.conflict.len() > 1 => {
            text.push_str(&paint.dim("  (without any one of them the rest can be met)\n"));
        }
        _ => {}
    }
    for hint in found.conflict.iter().filter(|_| found.repairs.is_empty()).filter_map(|one| one.repair.as_ref()) {
        _ = writeln!(text, "  {} {hint}", paint.good("would help:"));
    }
    if !found.repairs.is_empty() {
        _ = writeln!(text, "\n{}", paint.strong("Any of these would help"));
        for (number, repair) in found.repairs.iter().enumerate() {
            let price = repair.gives.monthly.rounded();
            _ = writeln!(text, "  {} {}: {price} a month", paint.good(&format!("{}.", number + 1)), repair.summary);
            _ = writeln!(text, "     {}", paint.dim(&what_if(&repair.changes)));
        }
        text.push_str("  take one over: hansa match -f … --apply-repair 1 --write FILE\n");
    }
    text
}

/// Changes as options of a command line that a shell reads back as they are.
fn what_if(changes: &[Change]) -> String {
    let quoted = |change: &Change| format!("--what-if '{}'", change.to_string().replace('\'', r"'\''"));
    changes.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_for_a_shell_is_one_word() {
        let change = Change { field: "spec.links[0].rtt".to_owned(), from: None, to: Some("it's".to_owned()) };
        assert_eq!(what_if(&[change]), r"--what-if 'spec.links[0].rtt=it'\''s'");
    }
}
