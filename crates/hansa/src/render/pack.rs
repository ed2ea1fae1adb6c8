//! What came of verifying an audit pack.

use std::fmt::Write as _;

use hansa_trust::pack::PackReport;

use crate::render::paint::Paint;
use crate::render::table;

/// Who made it, what it comes to, and everything that differs.
#[must_use]
pub fn report(report: &PackReport, paint: Paint) -> String {
    let fingerprint = report.fingerprint.as_deref().unwrap_or("none: the signature is not good");
    let known = match (report.pinned, &report.fingerprint) {
        (true, _) => "the key is in the issuer's document that you gave",
        (false, Some(_)) => "compare the key with the exchange's DID document",
        (false, None) => "",
    };
    let mut text = String::new();
    // Writing into a text can't fail.
    _ = writeln!(text, "about         {}", report.about);
    _ = writeln!(text, "made by       {} at {}", report.exchange, report.made_at);
    _ = writeln!(text, "signing key   {fingerprint}");
    _ = writeln!(text, "              {}", paint.dim(known));
    let others = report.not_counting.len();
    _ = writeln!(text, "files         {}", report.files);
    _ = writeln!(text, "credentials   {} count, {others} did not when it was made\n", report.counting);
    let rows = report.levels.iter().flat_map(|(judged, levels)| {
        levels.iter().map(move |(set, level)| vec![judged.clone(), set.clone(), level.clone()])
    });
    text.push_str(&table::rows(&["judged", "rule set", "level"], rows, paint));
    for line in &report.not_counting {
        _ = writeln!(text, "did not count: {line}");
    }
    for difference in &report.differences {
        _ = writeln!(text, "{} {} {}", paint.bad("differs:"), difference.path, difference.what);
    }
    if report.is_good() {
        _ = writeln!(text, "{}", paint.good("everything comes out as it was signed"));
    }
    text
}
