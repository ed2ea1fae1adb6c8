//! A smallest set of constraints that can't all be met.
//!
//! [`Explorer::conflict`] first finds a set of which every constraint is needed (`QuickXplain`, Junker 2004): among
//! such sets the one that blames the constraints that come first, where the buyer's most important ones stand. Then it
//! looks for a smaller one: whatever is met together leaves a rest that every conflict has a constraint of, so no
//! conflict is smaller than a smallest set that touches all those rests; when that set can't be met it is the
//! conflict, and when it can, there is one rest more (implicit hitting sets, Ignatiev et al. 2015).

use super::set::Set;

/// Whether some constraints can all be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Possible,
    Impossible,
    /// The time ran out.
    Unknown,
}

/// How much a conflict was reduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reduced {
    /// There is no smaller one.
    Smallest,
    /// Each constraint is needed.
    Minimal,
    /// Some may not be.
    Partly,
}

/// After how many questions the search for a smaller conflict ends.
const MOST_QUESTIONS: usize = 400;
/// After how many partial sets the search for one that touches all rests ends.
const MOST_SETS: usize = 20_000;

/// Asks which constraints go together, and remembers.
pub(super) struct Explorer<'j> {
    size: usize,
    judge: Box<dyn FnMut(&Set) -> Verdict + 'j>,
    possible: Vec<Set>,
    impossible: Vec<Set>,
    asked: usize,
    unknown: bool,
}

impl<'j> Explorer<'j> {
    /// For so many constraints, of which `judge` says whether those in a set can all be met.
    pub(super) fn new(size: usize, judge: impl FnMut(&Set) -> Verdict + 'j) -> Self {
        let judge = Box::new(judge);
        Self { size, judge, possible: Vec::new(), impossible: Vec::new(), asked: 0, unknown: false }
    }

    /// Whether all of a set can be met; what follows from earlier answers is not asked again.
    pub(super) fn verdict(&mut self, kept: &Set) -> Verdict {
        if self.possible.iter().any(|known| kept.is_within(known)) {
            return Verdict::Possible;
        }
        if self.impossible.iter().any(|known| known.is_within(kept)) {
            return Verdict::Impossible;
        }
        self.asked += 1;
        let verdict = (self.judge)(kept);
        match verdict {
            Verdict::Possible => self.possible.push(kept.clone()),
            Verdict::Impossible => self.impossible.push(kept.clone()),
            Verdict::Unknown => self.unknown = true,
        }
        verdict
    }

    /// A smallest conflict, in rising order, when all constraints together are known to be one; empty when nothing
    /// that could be waived is to blame.
    pub(super) fn conflict(&mut self) -> (Vec<usize>, Reduced) {
        let none = Set::none(self.size);
        if self.verdict(&none) == Verdict::Impossible {
            return (Vec::new(), Reduced::Smallest);
        }
        let every: Vec<usize> = (0..self.size).collect();
        let mut conflict = self.explain(&none, false, &every);
        conflict.sort_unstable();
        if self.unknown {
            return (conflict, Reduced::Partly);
        }
        self.smaller(conflict)
    }

    /// The part of `open` that is in conflict with `kept`, on which nothing fits with all of `open`.
    fn explain(&mut self, kept: &Set, has_grown: bool, open: &[usize]) -> Vec<usize> {
        if has_grown && self.verdict(kept) == Verdict::Impossible {
            return Vec::new();
        }
        if open.len() <= 1 {
            return open.to_vec();
        }
        let (first, second) = open.split_at(open.len() / 2);
        let blamed = self.explain(&kept.with(first), !first.is_empty(), second);
        let mut more = self.explain(&kept.with(&blamed), !blamed.is_empty(), first);
        more.extend(blamed);
        more
    }

    /// A smallest conflict, when `minimal` is one of which every constraint is needed.
    fn smaller(&mut self, minimal: Vec<usize>) -> (Vec<usize>, Reduced) {
        if minimal.len() == 1 {
            return (minimal, Reduced::Smallest);
        }
        let mut rests: Vec<Set> = Vec::new();
        for left_out in &minimal {
            let others: Vec<usize> = minimal.iter().filter(|number| *number != left_out).copied().collect();
            let kept = self.grown(Set::of(self.size, &others), &(0..self.size).collect::<Vec<_>>());
            rests.push(Set::of(self.size, &kept.rest()));
        }
        let last = self.asked + MOST_QUESTIONS;
        while self.asked < last {
            let mut sets = MOST_SETS;
            let found = (1..minimal.len()).find_map(|size| {
                let mut chosen = Set::none(self.size);
                touching(&rests, &mut chosen, size, &mut sets).then_some(chosen)
            });
            if sets == 0 {
                break;
            }
            let Some(least) = found else { return (minimal, Reduced::Smallest) };
            match self.verdict(&least) {
                Verdict::Impossible => return (least.numbers().collect(), Reduced::Smallest),
                Verdict::Unknown => break,
                Verdict::Possible => {
                    let kept = self.grown(least, &(0..self.size).collect::<Vec<_>>());
                    rests.push(Set::of(self.size, &kept.rest()));
                }
            }
        }
        (minimal, Reduced::Minimal)
    }

    /// A set that can be met, with all that goes with it, in this order.
    pub(super) fn grown(&mut self, kept: Set, order: &[usize]) -> Set {
        let open: Vec<usize> = order.iter().filter(|number| !kept.contains(**number)).copied().collect();
        let mut kept = kept;
        self.grow(&mut kept, &open);
        kept
    }

    fn grow(&mut self, kept: &mut Set, open: &[usize]) {
        if open.is_empty() {
            return;
        }
        let all = kept.with(open);
        if self.verdict(&all) == Verdict::Possible {
            *kept = all;
        } else if open.len() > 1 {
            let (first, second) = open.split_at(open.len() / 2);
            self.grow(kept, first);
            self.grow(kept, second);
        }
    }
}

/// Looks for at most `size` constraints more that touch every set; gives up when `sets` are used up.
fn touching(rests: &[Set], chosen: &mut Set, size: usize, sets: &mut usize) -> bool {
    if *sets == 0 {
        return false;
    }
    *sets -= 1;
    let open = rests.iter().filter(|rest| !rest.meets(chosen)).min_by_key(|rest| rest.len());
    let Some(open) = open else { return true };
    if size == 0 {
        return false;
    }
    for number in open.numbers() {
        let before = chosen.clone();
        chosen.insert(number);
        if touching(rests, chosen, size - 1, sets) {
            return true;
        }
        *chosen = before;
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Constraints of which some sets conflict: a set is impossible when it holds one of them.
    fn explored(size: usize, conflicts: &[Vec<usize>]) -> (Vec<usize>, Reduced) {
        let conflicts: Vec<Set> = conflicts.iter().map(|conflict| Set::of(size, conflict)).collect();
        let mut explorer =
            Explorer::new(size, move |kept| match conflicts.iter().any(|conflict| conflict.is_within(kept)) {
                true => Verdict::Impossible,
                false => Verdict::Possible,
            });
        explorer.conflict()
    }

    #[test]
    fn the_smaller_of_two_conflicts_is_told() {
        assert_eq!(explored(9, &[vec![0, 1, 2], vec![7, 8]]), (vec![7, 8], Reduced::Smallest));
        assert_eq!(explored(9, &[vec![0, 1], vec![7, 8]]), (vec![0, 1], Reduced::Smallest));
        assert_eq!(explored(3, &[vec![]]), (vec![], Reduced::Smallest));
    }

    #[test]
    fn what_is_not_known_leaves_a_conflict_that_may_be_too_large() {
        let mut explorer = Explorer::new(6, |kept| match kept.len() {
            6 => Verdict::Impossible,
            0 => Verdict::Possible,
            _ => Verdict::Unknown,
        });
        assert_eq!(explorer.conflict(), ((0..6).collect(), Reduced::Partly));
    }

    proptest! {
        #[test]
        fn no_conflict_is_smaller_than_the_one_told(
            size in 1usize..12,
            conflicts in prop::collection::vec(prop::collection::btree_set(0usize..12, 1..5), 1..8),
        ) {
            let conflicts: Vec<Vec<usize>> = conflicts
                .into_iter()
                .map(|conflict| conflict.into_iter().filter(|number| *number < size).collect())
                .collect();
            let (told, reduced) = explored(size, &conflicts);
            let holds_one = |numbers: &[usize]| {
                conflicts.iter().any(|conflict| conflict.iter().all(|number| numbers.contains(number)))
            };
            prop_assert!(holds_one(&told));
            for left_out in &told {
                let rest: Vec<usize> = told.iter().filter(|number| *number != left_out).copied().collect();
                prop_assert!(!holds_one(&rest));
            }
            prop_assert_eq!(reduced, Reduced::Smallest);
            prop_assert_eq!(told.len(), conflicts.iter().map(Vec::len).min().unwrap());
        }
    }
}
