//! Exact fractions, so that the oracle rounds only where the rules say so.

use std::cmp::Ordering;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fraction {
    numerator: i128,
    denominator: i128,
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Fraction {
    pub(crate) const ZERO: Self = Self { numerator: 0, denominator: 1 };

    /// A non-negative fraction in lowest terms.
    pub(crate) fn new(numerator: i128, denominator: i128) -> Self {
        assert!(numerator >= 0 && denominator > 0);
        let divisor = gcd(numerator, denominator);
        Self { numerator: numerator / divisor, denominator: denominator / divisor }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        let divisor = gcd(self.denominator, other.denominator);
        let (mine, theirs) = (other.denominator / divisor, self.denominator / divisor);
        let numerator = self.numerator.checked_mul(mine).zip(other.numerator.checked_mul(theirs));
        let (a, b) = numerator.expect("the generators keep fractions small");
        Self::new(a + b, self.denominator.checked_mul(mine).expect("the generators keep fractions small"))
    }

    pub(crate) fn times(self, numerator: i128, denominator: i128) -> Self {
        let factor = Self::new(numerator, denominator);
        let (a, b) = (gcd(self.numerator, factor.denominator), gcd(factor.numerator, self.denominator));
        Self::new(
            (self.numerator / a).checked_mul(factor.numerator / b).expect("the generators keep fractions small"),
            (self.denominator / b).checked_mul(factor.denominator / a).expect("the generators keep fractions small"),
        )
    }

    /// The nearest whole number, of two equally near ones the even.
    pub(crate) fn nearest(self) -> i128 {
        let below = self.numerator / self.denominator;
        let rest = self.numerator - below * self.denominator;
        match (2 * rest).cmp(&self.denominator) {
            Ordering::Less => below,
            Ordering::Greater => below + 1,
            Ordering::Equal => below + below % 2,
        }
    }

    /// Whether `whole` lies at most `distance` away.
    pub(crate) fn is_within(self, distance: i128, whole: i128) -> bool {
        (whole * self.denominator - self.numerator).abs() <= distance * self.denominator
    }
}
