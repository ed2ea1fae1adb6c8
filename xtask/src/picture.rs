//! A recorded terminal as a picture: text with ANSI colours in, SVG out.

mod recording;

use std::fmt::Write as _;

use recording::{Line, Style};

/// The width of a character and the height of a line, in pixels.
const CELL: (f64, f64) = (8.4, 19.0);
const MARGIN: f64 = 18.0;
const BAR: f64 = 34.0;
const FONT: &str = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const BACKGROUND: &str = "#0d1117";
const FOREGROUND: &str = "#e6edf3";

/// How a recording is drawn.
#[derive(Debug, Clone)]
pub struct Picture {
    /// What stands in the window's bar.
    pub title: String,
    /// The most columns; what is longer is cut.
    pub columns: usize,
}

impl Default for Picture {
    fn default() -> Self {
        Self { title: String::new(), columns: 136 }
    }
}

impl Picture {
    /// Draws a recording: text as a program wrote it to a terminal.
    #[must_use]
    pub fn draw(&self, recording: &str) -> String {
        let lines: Vec<Line> = recording::read(recording).into_iter().map(|line| line.cut(self.columns)).collect();
        let columns = lines.iter().map(Line::columns).max().unwrap_or_default().max(40);
        let width = cells(columns) + 2.0 * MARGIN;
        let height = BAR + rows(lines.len()) + MARGIN;
        let mut svg = String::new();
        // Writing into a text can't fail.
        _ = writeln!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
             role=\"img\" aria-label=\"{title}\">\n\
             <rect width=\"{width:.0}\" height=\"{height:.0}\" rx=\"9\" fill=\"{BACKGROUND}\"/>\n\
             <g><circle cx=\"20\" cy=\"17\" r=\"6\" fill=\"#ff5f57\"/><circle cx=\"40\" cy=\"17\" r=\"6\" fill=\"#febc2e\"/>\
             <circle cx=\"60\" cy=\"17\" r=\"6\" fill=\"#28c840\"/></g>\n\
             <text x=\"{middle:.0}\" y=\"22\" text-anchor=\"middle\" fill=\"#7d8590\" font-family=\"{FONT}\" \
             font-size=\"13\">{title}</text>\n\
             <g font-family=\"{FONT}\" font-size=\"14\" fill=\"{FOREGROUND}\" style=\"white-space:pre\" xml:space=\"preserve\">",
            title = escape(&self.title),
            middle = width / 2.0,
        );
        for (row, line) in lines.iter().enumerate() {
            draw_line(&mut svg, line, BAR + rows(row) + 14.0);
        }
        svg.push_str("</g>\n</svg>\n");
        svg
    }
}

#[expect(clippy::cast_precision_loss, reason = "pictures are smaller than 2^52 pixels")]
fn cells(columns: usize) -> f64 {
    columns as f64 * CELL.0
}

#[expect(clippy::cast_precision_loss, reason = "pictures are smaller than 2^52 pixels")]
fn rows(lines: usize) -> f64 {
    lines as f64 * CELL.1
}

fn draw_line(svg: &mut String, line: &Line, y: f64) {
    if line.spans.iter().all(|span| span.text.trim().is_empty()) {
        return;
    }
    _ = write!(svg, "<text y=\"{y:.0}\">");
    let mut column = 0;
    for span in &line.spans {
        let columns = span.text.chars().count();
        // Each span says where it begins and how long it is, so that columns align in whatever font there is.
        _ = write!(svg, "<tspan x=\"{:.1}\" textLength=\"{:.1}\"", MARGIN + cells(column), cells(columns));
        svg.push_str(&paint(span.style));
        _ = write!(svg, ">{}</tspan>", escape(&span.text));
        column += columns;
    }
    svg.push_str("</text>\n");
}

fn paint(style: Style) -> String {
    let mut attributes = String::new();
    if let Some(colour) = style.colour {
        _ = write!(attributes, " fill=\"{colour}\"");
    } else if style.dim {
        attributes.push_str(" fill=\"#7d8590\"");
    }
    if style.bold {
        attributes.push_str(" font-weight=\"bold\"");
    }
    attributes
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(recording: &str) -> String {
        Picture { title: "a & b".to_owned(), columns: 60 }.draw(recording)
    }

    #[test]
    fn colours_and_text_come_through() {
        let svg = draw("\x1b[1;36m1. A step\x1b[0m plain\n\n  \x1b[32m✔\x1b[0m <done>\n");
        assert!(svg.contains("fill=\"#39c5cf\" font-weight=\"bold\">1. A step</tspan>"), "{svg}");
        assert!(svg.contains("<tspan x=\"93.6\" textLength=\"50.4\"> plain</tspan>"), "{svg}");
        assert!(svg.contains("&lt;done&gt;") && svg.contains("a &amp; b"), "{svg}");
        assert_eq!(svg.matches("<text y=").count(), 2, "empty lines take room and no element");
    }

    #[test]
    fn long_lines_are_cut() {
        let svg = draw(&"x".repeat(200));
        assert!(svg.contains(&format!(">{}…</tspan>", "x".repeat(59))), "{svg}");
    }

    #[test]
    fn nothing_gives_an_empty_window() {
        assert!(draw("").ends_with("</g>\n</svg>\n"));
    }
}
