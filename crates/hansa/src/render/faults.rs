//! What is wrong in a text, with the lines it stands on.

use std::fmt::Write as _;

use hansa_model::document::FieldError;

/// Every error with its place, an excerpt of the line, and a hint.
#[must_use]
pub fn excerpts(name: &str, text: &str, errors: &[FieldError]) -> String {
    let lines: Vec<_> = text.lines().collect();
    let mut out = String::new();
    for error in errors {
        let field = if error.field.is_empty() { "the document" } else { &error.field };
        let excerpt = error.line.and_then(|line| {
            let content = lines.get(usize::try_from(line).ok()?.checked_sub(1)?)?;
            Some((line, *content))
        });
        // Writing into a text can't fail.
        match excerpt {
            Some((line, content)) => {
                let column = error.column.unwrap_or(1).max(1);
                let number = line.to_string();
                let gutter = " ".repeat(number.len());
                let before = " ".repeat(usize::try_from(column - 1).unwrap_or_default().min(content.len()));
                _ = writeln!(out, "{name}:{line}:{column}: {field}");
                _ = writeln!(out, "  {number} | {content}");
                _ = writeln!(out, "  {gutter} | {before}^ {}", error.message);
            }
            None => {
                let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
                _ = writeln!(out, "{name}{line}: {field}\n  {}", error.message);
            }
        }
        if let Some(hint) = &error.hint {
            _ = writeln!(out, "  hint: {hint}");
        }
        out.push('\n');
    }
    out
}
