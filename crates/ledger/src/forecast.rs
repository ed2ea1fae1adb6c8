//! What a month will come to.

use hansa_model::money::{Money, MoneyError};
use hansa_model::time::{MICROS_PER_SECOND, Timestamp};

use crate::zone::Month;

/// What something that costs `monthly` will cost from `now` until the month's end; nothing when the month is over,
/// all of it before it begins.
///
/// # Errors
/// [`MoneyError`].
pub fn rest(monthly: Money, month: &Month, now: Timestamp) -> Result<Money, MoneyError> {
    let from = now.clamp(month.start(), month.end());
    let left = (month.end().micros() - from.micros()) / MICROS_PER_SECOND;
    monthly.times_ratio(i128::from(left), i128::from(month.seconds()))
}

#[cfg(test)]
mod tests {
    use hansa_model::money::Currency;

    use super::*;
    use crate::zone::BillingZone;

    #[test]
    fn what_is_left_of_a_month_is_what_is_still_to_pay() {
        let month = BillingZone::named("Europe/Brussels").unwrap().month_named("2026-11").unwrap();
        let monthly = Money::from_micros(30_000_000, Currency::EUR);
        let at = |text: &str| rest(monthly, &month, text.parse().unwrap()).unwrap().decimal();
        assert_eq!(at("2026-10-01T00:00:00Z"), "30.00");
        assert_eq!(at("2026-11-15T23:00:00Z"), "15.00");
        assert_eq!(at("2026-11-29T23:00:00Z"), "1.00");
        assert_eq!(at("2026-12-01T00:00:00Z"), "0.00");
    }
}
