//! Slots that stand in for each other: what they are down together.

use super::problem::Cost;

/// All of the time, in millionths.
const ALWAYS: Cost = 1_000_000;
/// What a millionth comes to in the unit that products are kept in.
const FINE: Cost = 1_000_000_000_000;
/// More than all roundings of a product add up to, in that unit.
const SLACK: Cost = 1_000;

/// How long all of several are down at once when each is by itself, in millionths of the time, rounded up.
#[must_use]
pub(crate) fn downtime(shares: impl Iterator<Item = i64>) -> i64 {
    let mut shares: Vec<i64> = shares.collect();
    i64::try_from(div_up(product(&mut shares), FINE)).unwrap_or(i64::MAX)
}

/// What a group is down at least, given the least of each of its members; and by how much more at least when one member
/// is down for longer. The sums of these are never above what a choice comes to: what several members add together is
/// more than what each of them adds.
pub(super) struct Tangent {
    /// The least of each member.
    least: Vec<i64>,
    product: Cost,
    scratch: Vec<i64>,
}

impl Tangent {
    pub(super) fn new(least: Vec<i64>) -> Self {
        let mut scratch = least.clone();
        Self { product: product(&mut scratch), least, scratch }
    }

    /// What the group is down at least, in millionths.
    pub(super) fn base(&self) -> Cost {
        div_up(self.product, FINE)
    }

    /// What it is down for longer at least when a member is down for this share.
    pub(super) fn rise(&mut self, member: usize, share: i64) -> Cost {
        if share <= self.least[member] {
            return 0;
        }
        self.scratch.clear();
        self.scratch.extend_from_slice(&self.least);
        self.scratch[member] = share;
        (product(&mut self.scratch) - self.product - SLACK).max(0) / FINE
    }
}

/// The product of shares in millionths of millionths of millionths, rounded up in one order whatever theirs was.
fn product(shares: &mut [i64]) -> Cost {
    shares.sort_unstable();
    let shares = shares.iter().map(|share| Cost::from(*share).clamp(0, ALWAYS));
    shares.fold(ALWAYS * FINE, |product, share| div_up(product * share, ALWAYS))
}

const fn div_up(number: Cost, divisor: Cost) -> Cost {
    (number + divisor - 1) / divisor
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_stands_in_for_each_other_is_down_together_only() {
        let down = |shares: &[i64]| downtime(shares.iter().copied());
        assert_eq!(down(&[1_000]), 1_000);
        assert_eq!(down(&[1_000, 1_000]), 1);
        assert_eq!(down(&[10_000, 20_000]), 200);
        assert_eq!(down(&[1_000_000, 300]), 300, "what promises nothing does not help");
        assert_eq!(down(&[0, 1_000_000]), 0);
        assert_eq!(down(&[100; 100]), 1, "rounded up");
    }

    proptest! {
        #[test]
        fn a_tangent_is_never_above(
            members in prop::collection::vec(prop_oneof![0i64..2_000, 0i64..=1_000_000], 1..8),
            more in prop::collection::vec(prop_oneof![Just(0i64), 0i64..5_000, 0i64..=1_000_000], 8),
        ) {
            let mut tangent = Tangent::new(members.clone());
            let shares: Vec<i64> =
                members.iter().zip(&more).map(|(least, more)| (least + more).min(1_000_000)).collect();
            let rises: Cost = shares.iter().enumerate().map(|(member, share)| tangent.rise(member, *share)).sum();
            prop_assert!(tangent.base() + rises <= Cost::from(downtime(shares.into_iter())));
            prop_assert_eq!(tangent.base(), Cost::from(downtime(members.into_iter())));
        }
    }
}
