//! Reading what a program wrote to a terminal.

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Style {
    pub(super) bold: bool,
    pub(super) dim: bool,
    pub(super) colour: Option<&'static str>,
}

/// Text of one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) style: Style,
    pub(super) text: String,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Line {
    pub(super) spans: Vec<Span>,
}

impl Line {
    pub(super) fn columns(&self) -> usize {
        self.spans.iter().map(|span| span.text.chars().count()).sum()
    }

    /// The same with at most so many columns; a sign at the end tells that something was cut.
    pub(super) fn cut(mut self, most: usize) -> Self {
        if self.columns() <= most {
            return self;
        }
        let mut room = most.saturating_sub(1);
        for span in &mut self.spans {
            span.text = span.text.chars().take(room).collect();
            room -= span.text.chars().count();
        }
        self.spans.retain(|span| !span.text.is_empty());
        if let Some(last) = self.spans.last_mut() {
            last.text.push('…');
        }
        self
    }

    fn push(&mut self, style: Style, next: char) {
        match self.spans.last_mut() {
            Some(last) if last.style == style => last.text.push(next),
            _ => self.spans.push(Span { style, text: next.to_string() }),
        }
    }
}

/// The lines that are left to see in the end. A carriage return begins the line anew, as progress bars do;
/// sequences other than colours are left out.
pub(super) fn read(text: &str) -> Vec<Line> {
    let mut lines = vec![Line::default()];
    let mut style = Style::default();
    let mut characters = text.chars().peekable();
    while let Some(next) = characters.next() {
        let Some(line) = lines.last_mut() else { break };
        match next {
            '\x1b' => {
                if characters.next_if_eq(&'[').is_none() {
                    characters.next();
                    continue;
                }
                let mut codes = String::new();
                let end = loop {
                    match characters.next() {
                        Some(end @ '@'..='~') => break end,
                        Some(part) => codes.push(part),
                        None => break ' ',
                    }
                };
                if end == 'm' {
                    style = codes.split(';').fold(style, applied);
                }
            }
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' => *line = Line::default(),
            '\n' => lines.push(Line::default()),
            '\t' => line.push(style, ' '),
            _ if next.is_control() => {}
            _ => line.push(style, next),
        }
    }
    while lines.last().is_some_and(|line| line.spans.is_empty()) {
        lines.pop();
    }
    let blank = lines.iter().take_while(|line| line.spans.is_empty()).count();
    lines.split_off(blank)
}

fn applied(style: Style, code: &str) -> Style {
    let colour = |colour| Style { colour: Some(colour), ..style };
    match code {
        "" | "0" => Style::default(),
        "1" => Style { bold: true, ..style },
        "2" => Style { dim: true, ..style },
        "22" => Style { bold: false, dim: false, ..style },
        "31" | "91" => colour("#ff7b72"),
        "32" | "92" => colour("#3fb950"),
        "33" | "93" => colour("#d29922"),
        "34" | "94" => colour("#58a6ff"),
        "35" | "95" => colour("#bc8cff"),
        "36" | "96" => colour("#39c5cf"),
        "39" => Style { colour: None, ..style },
        _ => style,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let text_of = |line: &Line| line.spans.iter().map(|span| span.text.as_str()).collect();
        read(text).iter().map(text_of).collect()
    }

    #[test]
    fn what_was_overwritten_is_not_seen() {
        assert_eq!(texts("\n10 %\r20 %\x1b[K\r\ndone\r\n\n"), ["20 %", "done"]);
    }

    #[test]
    fn styles_last_until_they_are_taken_back() {
        let lines = read("\x1b[1ma\nb\x1b[22mc\x1b[31md\x1b[m e\x1b[?25l");
        let spans: Vec<_> = lines.iter().flat_map(|line| &line.spans).collect();
        let told: Vec<_> = spans.iter().map(|span| (span.text.as_str(), span.style.bold, span.style.colour)).collect();
        let expected = [
            ("a", true, None),
            ("b", true, None),
            ("c", false, None),
            ("d", false, Some("#ff7b72")),
            (" e", false, None),
        ];
        assert_eq!(told, expected);
    }
}
