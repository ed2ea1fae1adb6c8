//! As much of Rust's grammar as it takes to tell code, comments and texts apart.

/// The string literals of a source, each with its line, and the code without them and without comments.
pub(crate) struct Parts {
    pub(crate) literals: Vec<(usize, String)>,
    pub(crate) code: String,
}

/// Takes a source apart. Everything from a module of tests on is left out: by custom it stands last.
pub(crate) fn parts(source: &str) -> Parts {
    let source = source.split("#[cfg(test)]").next().unwrap_or(source);
    let mut reader = Reader { rest: source, line: 1 };
    let mut parts = Parts { literals: Vec::new(), code: String::new() };
    while let Some(next) = reader.rest.chars().next() {
        if reader.rest.starts_with("//") {
            reader.take_until("\n");
        } else if reader.rest.starts_with("/*") {
            reader.take_until("*/");
        } else if let Some(hashes) = raw_start(reader.rest, &parts.code) {
            let line = reader.line;
            reader.take(hashes + 2);
            let end = format!("\"{}", "#".repeat(hashes));
            let text = reader.take_until(&end);
            parts.literals.push((line, text.strip_suffix(&end).unwrap_or(text).to_owned()));
            parts.code.push_str("\"\"");
        } else if next == '"' {
            let line = reader.line;
            reader.take(1);
            let text = reader.take_string().to_owned();
            parts.literals.push((line, text));
            parts.code.push_str("\"\"");
        } else if next == '\'' && is_character(reader.rest) {
            reader.take(1);
            reader.take_character();
        } else {
            parts.code.push(next);
            reader.take(next.len_utf8());
        }
    }
    parts
}

/// How many `#` a raw string has that begins here.
fn raw_start(rest: &str, before: &str) -> Option<usize> {
    let inner = rest.strip_prefix('r')?;
    let in_word = before.chars().next_back().is_some_and(|last| last.is_alphanumeric() && last != 'b' || last == '_');
    let hashes = inner.len() - inner.trim_start_matches('#').len();
    (!in_word && inner[hashes..].starts_with('"')).then_some(hashes)
}

/// Whether a quote begins a character and not a lifetime.
fn is_character(rest: &str) -> bool {
    let mut after = rest.chars().skip(1);
    let first = after.next();
    first == Some('\\') || after.next() == Some('\'')
}

struct Reader<'s> {
    rest: &'s str,
    line: usize,
}

impl<'s> Reader<'s> {
    fn take(&mut self, bytes: usize) -> &'s str {
        let (taken, rest) = self.rest.split_at(bytes.min(self.rest.len()));
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    /// Everything up to and with `end`; everything when it does not come.
    fn take_until(&mut self, end: &str) -> &'s str {
        let length = self.rest.find(end).map_or(self.rest.len(), |start| start + end.len());
        self.take(length)
    }

    /// The inside of a string literal; its closing quote is taken as well.
    fn take_string(&mut self) -> &'s str {
        let end = self.closing('"');
        let text = self.take(end);
        self.take(1);
        text
    }

    fn take_character(&mut self) {
        let end = self.closing('\'');
        self.take(end + 1);
    }

    fn closing(&self, quote: char) -> usize {
        let mut escaped = false;
        for (place, next) in self.rest.char_indices() {
            match next {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if next == quote => return place,
                _ => {}
            }
        }
        self.rest.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_comments_and_texts_are_told_apart() {
        let found = parts(
            "fn f<'a>() { // \"no text\"\n let quote = '\"'; g(\"a \\\" b\", r#\"c \" d\"#); /* \"nor\" */ h(b\"e\")\n}",
        );
        let texts: Vec<_> = found.literals.iter().map(|(line, text)| (*line, text.as_str())).collect();
        assert_eq!(texts, [(2, "a \\\" b"), (2, "c \" d"), (2, "e")]);
        assert!(!found.code.contains("nor") && found.code.contains("fn f<'a>()"), "{}", found.code);
    }

    #[test]
    fn tests_are_left_out() {
        let found = parts("fn f() {}\n#[cfg(test)]\nmod tests { const X: &str = \"x\"; }");
        assert!(found.literals.is_empty());
    }
}
