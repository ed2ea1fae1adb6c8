//! The share of a charge that the exchange keeps.

use hansa_model::money::{Money, MoneyError};

/// Basis points in the whole.
const WHOLE: u16 = 10_000;

/// A share in hundredths of a percent, from nothing to the whole: 250 is 2.5 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct BasisPoints(u16);

/// A share of more than the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} basis points are more than the whole: use 0 to 10000, where 250 is 2.5 %")]
pub struct MoreThanWhole(u16);

impl BasisPoints {
    /// So many hundredths of a percent.
    ///
    /// # Errors
    /// [`MoreThanWhole`].
    pub const fn new(points: u16) -> Result<Self, MoreThanWhole> {
        if points > WHOLE { Err(MoreThanWhole(points)) } else { Ok(Self(points)) }
    }

    /// The number of hundredths of a percent.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// This share of an amount, rounded half to even to micro units.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`], which no share of an amount that fits can come to.
    pub fn of(self, amount: Money) -> Result<Money, MoneyError> {
        amount.times_ratio(i128::from(self.0), i128::from(WHOLE))
    }
}

impl TryFrom<u16> for BasisPoints {
    type Error = MoreThanWhole;

    fn try_from(points: u16) -> Result<Self, MoreThanWhole> {
        Self::new(points)
    }
}

#[cfg(test)]
mod tests {
    use hansa_model::money::Currency;

    use super::*;

    #[test]
    fn a_share_rounds_half_to_even() {
        let half_percent = BasisPoints::new(50).unwrap();
        let of = |micros| half_percent.of(Money::from_micros(micros, Currency::EUR)).unwrap().micros();
        assert_eq!(of(100), 0);
        assert_eq!(of(101), 1);
        assert_eq!(of(300), 2);
        assert_eq!(of(1_000_000), 5_000);
    }

    #[test]
    fn a_share_is_at_most_the_whole() {
        assert_eq!(BasisPoints::new(10_001), Err(MoreThanWhole(10_001)));
        let largest = Money::from_micros(i64::MAX, Currency::EUR);
        assert_eq!(BasisPoints::new(10_000).unwrap().of(largest), Ok(largest));
    }
}
