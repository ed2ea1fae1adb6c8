//! Plain tables: headings, rows, no lines.

use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table, presets};

use crate::render::paint::Paint;

fn empty(paint: Paint) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    if paint.is_on() {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table
}

fn finish(table: &mut Table) -> String {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// Whether a cell holds a number, with or without its unit: `3`, `12.50 EUR`, `-0.4 s`.
fn is_quantity(cell: &str) -> bool {
    let (number, unit) = cell.split_once(' ').unwrap_or((cell, ""));
    let digits = number.strip_prefix('-').unwrap_or(number);
    !digits.is_empty()
        && digits.chars().all(|one| one.is_ascii_digit() || one == '.')
        && digits.matches('.').count() <= 1
        && !unit.contains(' ')
}

/// Whether a column holds quantities alone, besides cells that say that there is none.
fn holds_quantities(rows: &[Vec<String>], column: usize) -> bool {
    let says = |cell: &&String| !matches!(cell.as_str(), "" | "-" | "none" | "once");
    let mut cells = rows.iter().filter_map(|row| row.get(column)).filter(says).peekable();
    cells.peek().is_some() && cells.all(|cell| is_quantity(cell))
}

/// Rows under headings, one line each. Quantities stand to the right, so that they can be compared at a glance.
pub fn rows(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>, paint: Paint) -> String {
    let rows: Vec<_> = rows.into_iter().collect();
    let right: Vec<_> = (0..columns.len()).map(|column| holds_quantities(&rows, column)).collect();
    let mut table = empty(paint);
    table.set_header(columns.iter().map(|column| Cell::new(column.to_uppercase()).add_attribute(Attribute::Bold)));
    table.add_rows(rows);
    for (column, _) in table.column_iter_mut().zip(right).filter(|(_, right)| *right) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    finish(&mut table)
}

/// Names and values, one pair a line; pairs without a value are left out.
#[must_use]
pub fn pairs(pairs: &[(&str, String)], paint: Paint) -> String {
    let mut table = empty(paint);
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        table.add_row([Cell::new(name).add_attribute(Attribute::Bold), Cell::new(value)]);
    }
    finish(&mut table)
}

/// The same text with every line moved to the right.
#[must_use]
pub fn indent(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_stand_to_the_right_and_everything_else_to_the_left() {
        let row = |cells: [&str; 5]| cells.map(str::to_owned).to_vec();
        let table = rows(
            &["name", "amount", "count", "made", "version"],
            [
                row(["web", "7.23 EUR", "3", "2026-11-22 18:17:01Z", "25.10"]),
                row(["archive", "-108.50 EUR", "", "2026-11-22", "2026-06"]),
            ],
            Paint::new(false),
        );
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(
            lines,
            [
                "NAME          AMOUNT  COUNT  MADE                  VERSION",
                "web         7.23 EUR      3  2026-11-22 18:17:01Z  25.10",
                "archive  -108.50 EUR         2026-11-22            2026-06",
            ]
        );
    }
}
