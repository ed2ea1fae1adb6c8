//! The figures as a page and as tables of it.

use std::fmt::Write as _;

use crate::chart::time;
use crate::compare::{PEERS, Row, ratios};
use crate::peers::Solver;

/// Rows as a table of Markdown: times, and in brackets how many times Hansa's that is.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let mut text = "| instance | EUR a month | Hansa | nodes |".to_owned();
    for peer in PEERS {
        let _ = write!(text, " {peer} |");
    }
    text.push_str("\n|---|--:|--:|--:|");
    text.push_str(&"--:|".repeat(PEERS.len()));
    text.push('\n');
    for row in rows {
        let objective = row.hansa.objective.map_or("none".to_owned(), |objective| format!("{objective:.2}"));
        let unproven = if row.hansa.is_proven() { "" } else { "> " };
        let nodes = row.hansa.nodes.unwrap_or_default();
        let _ = write!(text, "| {} | {objective} | {unproven}{} | {nodes} |", row.instance, time(row.hansa.seconds));
        for peer in PEERS {
            let cell = row.peers.iter().find(|(solver, _)| *solver == peer).map_or(String::new(), |(_, answer)| {
                let unproven = if answer.is_proven() { "" } else { "> " };
                let ratio = row.ratio(peer).unwrap_or_default();
                format!("{unproven}{} ({unproven}{ratio:.0} ×)", time(answer.seconds))
            });
            let _ = write!(text, " {cell} |");
        }
        text.push('\n');
    }
    text
}

/// One line for each peer: how many times as long it takes.
#[must_use]
pub fn summary(rows: &[Row]) -> String {
    let line = |peer: &Solver| {
        let [median, least, most] = ratios(rows, *peer)?;
        Some(format!("- {peer}: median {median:.0} ×, least {least:.1} ×, most {most:.0} ×\n"))
    };
    PEERS.iter().filter_map(line).collect()
}
