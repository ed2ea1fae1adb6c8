//! Periods of months and days as contracts word them, and which is certainly no longer than another.

use std::fmt;
use std::str::FromStr;

/// The least number of days that so many months, up to a year, can have, whatever the month they start in.
const FEWEST_DAYS: [u32; 13] = [0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334, 365];

/// A period of months and days: `P2M`, `P59D`, `P1M15D`, `P8W`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    months: u32,
    days: u32,
}

/// A text that is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a period: write it like `P2M` or `P59D`")]
pub(super) struct InvalidPeriod(String);

impl Period {
    /// Whether it never ends after the other, whenever both start.
    pub(super) fn fits(self, limit: Self) -> bool {
        let Some(spare) = limit.months.checked_sub(self.months) else {
            return false;
        };
        let years = u64::from(spare / 12) * u64::from(FEWEST_DAYS[12]);
        let allowed = years + u64::from(FEWEST_DAYS[(spare % 12) as usize]) + u64::from(limit.days);
        u64::from(self.days) <= allowed
    }
}

impl FromStr for Period {
    type Err = InvalidPeriod;

    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        let invalid = || InvalidPeriod(text.chars().take(32).collect());
        let mut rest = text.strip_prefix('P').ok_or_else(invalid)?;
        let mut period = Self { months: 0, days: 0 };
        // Each unit once, in this order, as ISO 8601 has it.
        let mut units = [('Y', 12, 0), ('M', 1, 0), ('W', 0, 7), ('D', 0, 1)].iter();
        if rest.is_empty() {
            return Err(invalid());
        }
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let count: u32 = rest[..digits].parse().map_err(|_| invalid())?;
            let unit = rest[digits..].chars().next().ok_or_else(invalid)?;
            let (_, months, days) = units.find(|(name, ..)| *name == unit).ok_or_else(invalid)?;
            let add = |sum: u32, each: u32| count.checked_mul(each).and_then(|more| sum.checked_add(more));
            period.months = add(period.months, *months).ok_or_else(invalid)?;
            period.days = add(period.days, *days).ok_or_else(invalid)?;
            rest = &rest[digits + unit.len_utf8()..];
        }
        Ok(period)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.months, self.days) {
            (0, days) => write!(f, "{days} days"),
            (months, 0) => write!(f, "{months} months"),
            (months, days) => write!(f, "{months} months and {days} days"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(period: &str, limit: &str) -> bool {
        period.parse::<Period>().unwrap().fits(limit.parse().unwrap())
    }

    #[test]
    fn two_months_are_the_limit_whatever_the_month() {
        assert!(fits("P2M", "P2M") && fits("P59D", "P2M") && fits("P8W", "P2M") && fits("P1M28D", "P2M"));
        assert!(!fits("P2M1D", "P2M"), "one day more");
        assert!(!fits("P60D", "P2M"), "too long from 1 January of most years");
        assert!(!fits("P1M29D", "P2M") && !fits("P3M", "P2M"));
        assert!(fits("P0D", "P2M") && fits("P1Y", "P12M") && fits("P365D", "P1Y") && !fits("P366D", "P1Y"));
    }

    #[test]
    fn other_texts_are_no_periods() {
        for text in ["", "P", "2M", "P2", "P-2M", "P2M2M", "P1D1M", "PT2H", "P99999999999D", "P4294967295Y", "Pé"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    /// Days are compared with every start over four years, by the calendar itself.
    #[test]
    fn the_fewest_days_are_those_of_the_calendar() {
        let first = jiff::civil::date(2025, 1, 1);
        for months in 1..=12i32 {
            let fewest = (0..1461i32)
                .map(|day| {
                    let start = first + jiff::Span::new().days(day);
                    (start + jiff::Span::new().months(months)).since(start).unwrap().get_days()
                })
                .min();
            assert_eq!(fewest, i32::try_from(FEWEST_DAYS[usize::try_from(months).unwrap()]).ok(), "{months}");
        }
    }
}
