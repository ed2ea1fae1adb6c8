//! Colours by meaning.

/// Colours, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paint(bool);

impl Paint {
    /// Colours when `on`, plain text otherwise.
    #[must_use]
    pub const fn new(on: bool) -> Self {
        Self(on)
    }

    /// Whether there are colours.
    #[must_use]
    pub const fn is_on(self) -> bool {
        self.0
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// What went well.
    #[must_use]
    pub fn good(self, text: &str) -> String {
        self.with("32", text)
    }

    /// What went wrong.
    #[must_use]
    pub fn bad(self, text: &str) -> String {
        self.with("1;31", text)
    }

    /// What is under way or needs a look.
    #[must_use]
    pub fn busy(self, text: &str) -> String {
        self.with("33", text)
    }

    /// What matters less.
    #[must_use]
    pub fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    /// A heading.
    #[must_use]
    pub fn strong(self, text: &str) -> String {
        self.with("1", text)
    }
}
