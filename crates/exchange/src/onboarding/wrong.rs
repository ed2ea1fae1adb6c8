//! What is wrong with answers, each with what to do.

use hansa_model::country::Country;
use hansa_model::document::FieldError;
use url::Url;

/// What was found so far.
#[derive(Default)]
pub(super) struct Wrong(pub(super) Vec<FieldError>);

impl Wrong {
    pub(super) fn add(&mut self, field: &str, message: impl Into<String>, hint: &str) {
        self.0.push(FieldError::new(field, message).with_hint(hint));
    }

    pub(super) fn unless(&mut self, right: bool, field: &str, message: &str, hint: &str) {
        if !right {
            self.add(field, message, hint);
        }
    }

    /// Notes that something is missing unless it is there; answers what is there.
    pub(super) fn needed<'a, T>(&mut self, field: &str, said: Option<&'a T>, hint: &str) -> Option<&'a T> {
        if said.is_none() {
            self.add(field, "this is missing", hint);
        }
        said
    }

    /// A short text that must be there.
    pub(super) fn text(&mut self, field: &str, said: Option<&String>, hint: &str) {
        if let Some(text) = self.needed(field, said, hint) {
            self.label(field, text);
        }
    }

    /// A short text.
    pub(super) fn label(&mut self, field: &str, text: &str) {
        let right =
            (1..=200).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(char::is_control);
        self.unless(right, field, "this is no short text", "write 1 to 200 characters without blanks at the ends");
    }

    /// A country that must be there.
    pub(super) fn country(&mut self, field: &str, said: Option<Country>, hint: &str) {
        if let Some(country) = self.needed(field, said.as_ref(), hint) {
            self.assigned(field, *country);
        }
    }

    /// A country.
    pub(super) fn assigned(&mut self, field: &str, country: Country) {
        if !country.is_assigned() {
            self.add(field, format!("there is no country `{country}`"), "use two letters of ISO 3166, like DE or FR");
        }
    }

    /// The address of a document on the web, when it is given.
    pub(super) fn url(&mut self, field: &str, said: Option<&String>) {
        let Some(text) = said else { return };
        let right = Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.host_str().is_some());
        self.unless(right && text.len() <= 2_000, field, "this is no address on the web", "write it with https://");
    }

    /// The address of a document that must be there.
    pub(super) fn needed_url(&mut self, field: &str, said: Option<&String>, hint: &str) {
        self.needed(field, said, hint);
        self.url(field, said);
    }

    /// A SHA-256, when it is given.
    pub(super) fn sha256(&mut self, field: &str, said: Option<&String>) {
        let Some(text) = said else { return };
        let right = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        self.unless(right, field, "this is no SHA-256", "write 64 digits in lower-case hexadecimal, as sha256sum does");
    }
}
