//! The stream of events, as far as a caller may see it.

mod tail;

use hansa_model::event::Event;
use hansa_store::{Tx, event};

use crate::Result;
use crate::offers::viewer;
use crate::principal::Principal;

pub use tail::Tail;

/// Which events are wanted.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Those of these kinds; `order.` stands for every kind that begins so. All when empty.
    pub kinds: Vec<String>,
    /// Those about this thing.
    pub subject: Option<String>,
}

impl EventFilter {
    fn takes(&self, event: &Event) -> bool {
        let is_of = |kind: &String| *kind == event.kind || (kind.ends_with('.') && event.kind.starts_with(kind));
        (self.kinds.is_empty() || self.kinds.iter().any(is_of))
            && self.subject.as_ref().is_none_or(|subject| *subject == event.subject)
    }
}

/// The events after a place in the stream that the caller may see, in order, at most so many.
///
/// # Errors
/// [`crate::Error::Store`].
pub async fn after(
    tx: &mut Tx,
    caller: &Principal,
    wanted: &EventFilter,
    sequence: u64,
    limit: u32,
) -> Result<Vec<Event>> {
    let subject = wanted.subject.as_deref();
    Ok(event::after(tx, sequence, viewer(Some(caller)), &wanted.kinds, subject, limit).await?)
}

/// The place of the newest event in the stream; 0 when there is none.
///
/// # Errors
/// [`crate::Error::Store`].
pub async fn newest(tx: &mut Tx) -> Result<u64> {
    Ok(event::newest(tx).await?)
}
