//! Plain tables: headings, rows, no lines.

use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};

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

/// Rows under headings, one line each.
pub fn rows(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>, paint: Paint) -> String {
    let mut table = empty(paint);
    table.set_header(columns.iter().map(|column| Cell::new(column.to_uppercase()).add_attribute(Attribute::Bold)));
    table.add_rows(rows);
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
