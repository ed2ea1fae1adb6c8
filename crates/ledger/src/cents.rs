//! Exact amounts as whole cents for people, so that what is shown adds up.
//!
//! Rounding each amount alone lets the parts miss their sum by some cents. Here the sum is rounded, and its cents are
//! given out by the largest remainder: each part is its exact amount rounded up or down.

use hansa_model::cost::{Costs, ProjectCost};
use hansa_model::money::{MICROS_PER_CENT, Money, MoneyError};

/// The parts in whole cents, in their order; together they are the sum of the parts rounded half to even.
///
/// Of equal remainders the first ones are rounded up. What is whole stays as it is.
///
/// # Errors
/// [`MoneyError`] when the parts are of different currencies or their sum does not fit.
pub fn apportioned(parts: &[Money]) -> Result<Vec<Money>, MoneyError> {
    let Some((first, rest)) = parts.split_first() else { return Ok(Vec::new()) };
    let sum = rest.iter().try_fold(*first, |sum, part| sum.checked_add(*part))?;
    let mut cents: Vec<i64> = parts.iter().map(|part| part.micros().div_euclid(MICROS_PER_CENT)).collect();
    let missing = sum.to_cents() - cents.iter().sum::<i64>();
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|index| std::cmp::Reverse(parts[*index].micros().rem_euclid(MICROS_PER_CENT)));
    for index in by_remainder.into_iter().take(usize::try_from(missing).unwrap_or_default()) {
        cents[index] += 1;
    }
    cents.into_iter().map(|cents| Money::from_cents(cents, first.currency())).collect()
}

/// The same costs with what is charged, expected and foreseen in whole cents. Down each column the projects add up to
/// the total, and in each row what is charged and expected to what is foreseen. Days, budgets and alerts stay exact.
///
/// # Errors
/// [`MoneyError`] when a sum does not fit.
pub fn of_costs(costs: &Costs) -> Result<Costs, MoneyError> {
    let column = |read: fn(&ProjectCost) -> Money| apportioned(&costs.projects.iter().map(read).collect::<Vec<_>>());
    let (charged, expected) = (column(|project| project.charged)?, column(|project| project.expected)?);
    let mut shown = costs.clone();
    let nothing = Money::zero(costs.currency);
    (shown.charged, shown.expected) = (nothing, nothing);
    for ((project, charged), expected) in shown.projects.iter_mut().zip(charged).zip(expected) {
        (project.charged, project.expected) = (charged, expected);
        project.forecast = charged.checked_add(expected)?;
        shown.charged = shown.charged.checked_add(charged)?;
        shown.expected = shown.expected.checked_add(expected)?;
    }
    shown.forecast = shown.charged.checked_add(shown.expected)?;
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use hansa_model::id::{ProjectId, TenantId};
    use hansa_model::money::Currency;
    use hansa_model::time::Timestamp;
    use proptest::prelude::*;

    use super::*;

    fn eur(micros: i64) -> Money {
        Money::from_micros(micros, Currency::EUR)
    }

    fn shown(micros: &[i64]) -> Vec<i64> {
        let parts: Vec<_> = micros.iter().copied().map(eur).collect();
        apportioned(&parts).unwrap().into_iter().map(Money::micros).collect()
    }

    #[test]
    fn the_largest_remainders_get_the_cents() {
        assert_eq!(shown(&[]), [0; 0]);
        assert_eq!(shown(&[3_333, 3_333, 3_334]), [0, 0, 10_000]);
        // Rounded alone these would be 0.02 together instead of 0.01.
        assert_eq!(shown(&[6_000, 7_000]), [0, 10_000]);
        assert_eq!(shown(&[14_000, 14_000, 20_000]), [20_000, 10_000, 20_000]);
        assert_eq!(shown(&[-4_000, 14_000]), [0, 10_000]);
    }

    #[test]
    fn parts_of_two_currencies_or_without_a_sum_are_refused() {
        let chf = Money::from_micros(1, Currency::CHF);
        let mixed = apportioned(&[eur(1), chf]);
        assert_eq!(mixed, Err(MoneyError::CurrencyMismatch(Currency::EUR, Currency::CHF)));
        assert_eq!(apportioned(&[eur(i64::MAX), eur(1)]), Err(MoneyError::Overflow));
    }

    proptest! {
        #[test]
        fn shown_parts_add_up_to_the_rounded_sum(
            micros in prop::collection::vec(-30_000_000..30_000_000i64, 1..12)
        ) {
            let shown = shown(&micros);
            let sum: i64 = micros.iter().sum();
            prop_assert_eq!(shown.iter().sum::<i64>(), eur(sum).to_cents() * MICROS_PER_CENT);
            for (exact, shown) in micros.iter().zip(&shown) {
                prop_assert!((exact - shown).abs() < MICROS_PER_CENT, "{} for {}", shown, exact);
            }
        }

        #[test]
        fn costs_add_up_down_and_across(
            amounts in prop::collection::vec((0..90_000_000i64, 0..90_000_000i64), 0..8)
        ) {
            let projects = amounts.iter().map(|(charged, expected)| ProjectCost {
                project: ProjectId::new(),
                name: "shop".parse().unwrap(),
                charged: eur(*charged),
                expected: eur(*expected),
                forecast: eur(charged + expected),
                budget: None,
                alerts: Vec::new(),
            });
            let charged: i64 = amounts.iter().map(|(charged, _)| charged).sum();
            let expected: i64 = amounts.iter().map(|(_, expected)| expected).sum();
            let exact = Costs {
                tenant: TenantId::new(),
                start: Timestamp::from_seconds(0),
                end: Timestamp::from_seconds(1),
                currency: Currency::EUR,
                charged: eur(charged),
                expected: eur(expected),
                forecast: eur(charged + expected),
                projects: projects.collect(),
                days: Vec::new(),
            };
            let shown = of_costs(&exact).unwrap();
            let whole = |money: Money| {
                assert_eq!(money.micros() % MICROS_PER_CENT, 0, "{money}");
                money.micros()
            };
            let down = |read: fn(&ProjectCost) -> Money| shown.projects.iter().map(read).map(whole).sum::<i64>();
            prop_assert_eq!(down(|project| project.charged), whole(shown.charged));
            prop_assert_eq!(down(|project| project.expected), whole(shown.expected));
            prop_assert_eq!(down(|project| project.forecast), whole(shown.forecast));
            prop_assert_eq!(whole(shown.charged), exact.charged.to_cents() * MICROS_PER_CENT);
            prop_assert_eq!(whole(shown.expected), exact.expected.to_cents() * MICROS_PER_CENT);
            for project in &shown.projects {
                prop_assert_eq!(whole(project.charged) + whole(project.expected), whole(project.forecast));
            }
        }
    }
}
