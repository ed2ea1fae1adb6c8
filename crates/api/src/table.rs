//! Tables as comma-separated values (RFC 4180).

/// The rows, a line each. What a spreadsheet would take for a formula is written so that it takes it for text.
pub(crate) fn written(rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    for row in rows {
        for (place, cell) in row.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            write(&mut text, cell);
        }
        text.push_str("\r\n");
    }
    text
}

fn write(text: &mut String, cell: &str) {
    let is_number = cell.parse::<f64>().is_ok();
    let is_formula = !is_number && cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula || cell.contains([',', '"', '\r', '\n']) {
        text.push('"');
        if is_formula {
            text.push('\'');
        }
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_stays_one_cell_and_none_becomes_a_formula() {
        let row = ["web", "a, \"b\"", "-0.0099", "=HYPERLINK(1)", ""].map(str::to_owned).to_vec();
        assert_eq!(written(&[row]), "web,\"a, \"\"b\"\"\",-0.0099,\"'=HYPERLINK(1)\",\r\n");
    }
}
