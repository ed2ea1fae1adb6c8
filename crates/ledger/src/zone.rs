//! Calendar months of the zone that is billed in.

use std::fmt;
use std::str::FromStr;

use hansa_model::time::{MICROS_PER_SECOND, Timestamp};
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The time zone whose calendar months are billed.
///
/// Its rules come from the time zone database built into the program, so that every machine agrees on
/// where a month ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillingZone {
    zone: TimeZone,
}

/// Why a zone or one of its months can't be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ZoneError {
    /// No such zone.
    #[error("`{0}` is not a time zone: use a name of the IANA database like `Europe/Brussels`")]
    UnknownZone(String),
    /// The text does not name a month.
    #[error("`{0}` is not a month: write it like `2026-11`")]
    MalformedMonth(String),
    /// Outside of the years that the calendar knows.
    #[error("the calendar does not reach as far as {0}")]
    OutOfRange(String),
}

/// One calendar month of a [`BillingZone`], `[start, end)`; printed as `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: Date,
    start: Timestamp,
    end: Timestamp,
}

impl Month {
    /// The first instant.
    #[must_use]
    pub const fn start(&self) -> Timestamp {
        self.start
    }

    /// The first instant after it.
    #[must_use]
    pub const fn end(&self) -> Timestamp {
        self.end
    }

    /// Its real length: a day with a change of clocks has 23 or 25 hours.
    #[must_use]
    pub const fn seconds(&self) -> i64 {
        (self.end.micros() - self.start.micros()) / MICROS_PER_SECOND
    }

    /// Whether the instant lies in it.
    #[must_use]
    pub fn contains(&self, instant: Timestamp) -> bool {
        self.start <= instant && instant < self.end
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.first.year(), self.first.month()))
    }
}

/// The part of an interval that lies in one month, `[start, end)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthPart {
    /// The month.
    pub month: Month,
    /// The first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

impl BillingZone {
    /// The zone that is billed in when nothing else is said: that of the European institutions.
    pub const DEFAULT_NAME: &'static str = "Europe/Brussels";

    /// The zone with a name of the IANA database.
    ///
    /// # Errors
    /// [`ZoneError::UnknownZone`].
    pub fn named(name: &str) -> Result<Self, ZoneError> {
        TimeZoneDatabase::bundled()
            .get(name)
            .map(|zone| Self { zone })
            .map_err(|_| ZoneError::UnknownZone(name.chars().take(64).collect()))
    }

    /// Its name in the IANA database.
    #[must_use]
    pub fn name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// The month that an instant belongs to.
    ///
    /// # Errors
    /// [`ZoneError::OutOfRange`].
    pub fn month_of(&self, instant: Timestamp) -> Result<Month, ZoneError> {
        let date = jiff::Timestamp::from_microsecond(instant.micros())
            .map_err(|_| ZoneError::OutOfRange(instant.to_string()))?
            .to_zoned(self.zone.clone())
            .date();
        let month = self.month_from(date.first_of_month())?;
        // Clocks that are set back just after midnight show the last minutes of the old month again; a
        // month that has begun stays begun.
        if instant < month.end { Ok(month) } else { self.month_from(next(month.first)?) }
    }

    /// The month written like `2026-11`.
    ///
    /// # Errors
    /// [`ZoneError::MalformedMonth`] and [`ZoneError::OutOfRange`].
    pub fn month_named(&self, text: &str) -> Result<Month, ZoneError> {
        let malformed = || ZoneError::MalformedMonth(text.chars().take(16).collect());
        let (year, month) = text.split_once('-').ok_or_else(malformed)?;
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(malformed());
        }
        let (year, month) = (year.parse().map_err(|_| malformed())?, month.parse().map_err(|_| malformed())?);
        self.month_from(Date::new(year, month, 1).map_err(|_| malformed())?)
    }

    /// Cuts `[start, end)` where months end; an empty or backward interval has no parts.
    ///
    /// # Errors
    /// [`ZoneError::OutOfRange`].
    pub fn split(&self, start: Timestamp, end: Timestamp) -> Result<Vec<MonthPart>, ZoneError> {
        let mut parts = Vec::new();
        let mut from = start;
        while from < end {
            let month = self.month_of(from)?;
            let to = end.min(month.end);
            parts.push(MonthPart { month, start: from, end: to });
            from = to;
        }
        Ok(parts)
    }

    fn month_from(&self, first: Date) -> Result<Month, ZoneError> {
        Ok(Month { first, start: self.midnight(first)?, end: self.midnight(next(first)?)? })
    }

    /// The first instant of a day; where clocks skip or repeat midnight, the earliest of the new day.
    fn midnight(&self, date: Date) -> Result<Timestamp, ZoneError> {
        date.to_zoned(self.zone.clone())
            .map(|zoned| Timestamp::from_micros(zoned.timestamp().as_microsecond()))
            .map_err(|_| ZoneError::OutOfRange(date.to_string()))
    }
}

/// The first day of the next month.
fn next(first: Date) -> Result<Date, ZoneError> {
    first.last_of_month().tomorrow().map_err(|_| ZoneError::OutOfRange(first.to_string()))
}

impl FromStr for BillingZone {
    type Err = ZoneError;

    fn from_str(name: &str) -> Result<Self, ZoneError> {
        Self::named(name)
    }
}

impl fmt::Display for BillingZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600;
    const DAY: i64 = 24 * HOUR;

    fn brussels() -> BillingZone {
        BillingZone::named(BillingZone::DEFAULT_NAME).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_begins_at_local_midnight() {
        let month = brussels().month_of(at("2026-10-31T22:59:59Z")).unwrap();
        assert_eq!(month.to_string(), "2026-10");
        assert_eq!(month.start(), at("2026-09-30T22:00:00Z"));
        assert_eq!(month.end(), at("2026-10-31T23:00:00Z"));
        assert_eq!(brussels().month_of(month.end()).unwrap().to_string(), "2026-11");
    }

    #[test]
    fn months_have_their_real_length() {
        let seconds = |name| brussels().month_named(name).unwrap().seconds();
        assert_eq!(seconds("2026-02"), 28 * DAY);
        assert_eq!(seconds("2028-02"), 29 * DAY);
        assert_eq!(seconds("2026-03"), 31 * DAY - HOUR);
        assert_eq!(seconds("2026-04"), 30 * DAY);
        assert_eq!(seconds("2026-10"), 31 * DAY + HOUR);
        assert_eq!(seconds("2026-12"), 31 * DAY);
    }

    #[test]
    fn an_interval_is_cut_where_months_end() {
        let parts = brussels().split(at("2026-01-31T22:00:00Z"), at("2026-03-01T00:00:00Z")).unwrap();
        let months: Vec<_> = parts.iter().map(|part| part.month.to_string()).collect();
        assert_eq!(months, ["2026-01", "2026-02", "2026-03"]);
        assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
        assert_eq!(parts[0].start, at("2026-01-31T22:00:00Z"));
        assert_eq!(parts[2].end, at("2026-03-01T00:00:00Z"));
        assert_eq!(brussels().split(at("2026-01-02T00:00:00Z"), at("2026-01-01T00:00:00Z")).unwrap(), []);
    }

    #[test]
    fn a_month_that_has_begun_stays_begun() {
        // At 00:01 on 1 November 2009 clocks in Newfoundland went back to 23:01 on 31 October.
        let zone = BillingZone::named("America/St_Johns").unwrap();
        let november = zone.month_named("2009-11").unwrap();
        assert_eq!(november.start(), at("2009-11-01T02:30:00Z"));
        for instant in ["2009-11-01T02:30:00Z", "2009-11-01T02:45:00Z", "2009-11-01T03:45:00Z"] {
            assert_eq!(zone.month_of(at(instant)).unwrap(), november, "{instant}");
        }
        assert_eq!(zone.month_of(at("2009-11-01T02:29:59Z")).unwrap().end(), november.start());
    }

    #[test]
    fn bad_names_say_what_is_wrong() {
        assert!(matches!(BillingZone::named("Europe/Atlantis"), Err(ZoneError::UnknownZone(_))));
        for text in ["2026", "2026-13", "26-01", "2026-1", "+026-01", "november"] {
            assert!(matches!(brussels().month_named(text), Err(ZoneError::MalformedMonth(_))), "{text}");
        }
        let far = Timestamp::from_micros(i64::MAX);
        assert!(matches!(brussels().month_of(far), Err(ZoneError::OutOfRange(_))));
        assert!(matches!(brussels().month_named("9999-12"), Err(ZoneError::OutOfRange(_))));
    }
}
