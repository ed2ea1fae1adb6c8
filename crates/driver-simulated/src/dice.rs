//! Chance that can be repeated: decided by the seed, the service, and how often the call was made.

use hansa_model::id::ServiceId;
use sha2::{Digest, Sha256};

use crate::options::Range;

/// What is decided about one call.
#[derive(Debug, Clone)]
pub(crate) struct Dice {
    seed: u64,
    service: ServiceId,
    call: &'static str,
    attempt: u64,
}

impl Dice {
    pub(crate) const fn new(seed: u64, service: ServiceId, call: &'static str, attempt: u64) -> Self {
        Self { seed, service, call, attempt }
    }

    /// Whether something with this share of all cases happens here.
    pub(crate) fn happens(&self, what: &str, share: f64) -> bool {
        // 32 bits fit a float exactly.
        let roll = u32::try_from(self.roll(what) >> 32).unwrap_or(u32::MAX);
        f64::from(roll) < share * f64::from(u32::MAX)
    }

    /// A number from the range.
    pub(crate) fn within(&self, what: &str, range: Range) -> u64 {
        let width = range.max.saturating_sub(range.min).saturating_add(1);
        range.min + self.roll(what) % width
    }

    fn roll(&self, what: &str) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(self.service.uuid().as_bytes());
        hash.update(self.attempt.to_be_bytes());
        hash.update(self.call.as_bytes());
        hash.update([0]);
        hash.update(what.as_bytes());
        hash.finalize().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_decides_the_same_and_shares_are_kept() {
        let service = ServiceId::new();
        let failures = |seed| {
            let fails = |attempt| Dice::new(seed, service, "create", attempt).happens("fail", 0.3);
            (0..1000).filter(|attempt| fails(*attempt)).collect::<Vec<_>>()
        };
        assert_eq!(failures(1), failures(1));
        assert_ne!(failures(1), failures(2));
        assert!((200..400).contains(&failures(1).len()), "{}", failures(1).len());
        let dice = Dice::new(1, service, "create", 0);
        assert!(dice.happens("always", 1.0) && !dice.happens("never", 0.0));
        assert_eq!(dice.within("delay", Range { min: 7, max: 7 }), 7);
    }
}
