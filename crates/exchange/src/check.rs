//! Checks of what people write, with every fault collected.

use hansa_model::document::FieldError;

use crate::{Error, Result};

/// Faults found so far.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<FieldError>);

impl Faults {
    /// Notes a fault.
    pub(crate) fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError::new(field, message));
    }

    /// Notes a fault that was found elsewhere.
    pub(crate) fn note(&mut self, fault: FieldError) {
        self.0.push(fault);
    }

    /// Notes a fault unless `right`.
    pub(crate) fn unless(&mut self, right: bool, field: &str, message: impl Into<String>) {
        if !right {
            self.add(field, message);
        }
    }

    /// Notes a fault unless the text is 1 to `longest` characters without control characters or blanks at its ends.
    pub(crate) fn label(&mut self, field: &str, text: &str, longest: usize) {
        let right = is_label(text, longest);
        self.unless(right, field, format!("write 1 to {longest} printable characters without blanks at the ends"));
    }

    /// The faults, if there are any.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all faults.
    pub(crate) fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }
}

fn is_label(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.chars().count()) && text.trim() == text && !text.chars().any(char::is_control)
}
