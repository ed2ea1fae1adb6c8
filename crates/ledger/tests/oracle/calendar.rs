//! Months of Brussels, worked out by hand: midnight of the first, an hour earlier in UTC in winter and two
//! in summer, which lasts from the last Sunday of March to that of October.

pub(crate) const FIRST_YEAR: i64 = 2023;
pub(crate) const LAST_YEAR: i64 = 2030;

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn starts() -> Vec<i64> {
    let mut days: i64 = (1970..FIRST_YEAR).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    let mut starts = Vec::new();
    for year in FIRST_YEAR..=LAST_YEAR {
        for month in 1..=12 {
            let hours_ahead = if (4..=10).contains(&month) { 2 } else { 1 };
            starts.push(days * 86_400 - hours_ahead * 3_600);
            days += days_in(year, month);
        }
    }
    starts
}

/// The months by number from January of the first year.
#[derive(Debug)]
pub(crate) struct Calendar {
    starts: Vec<i64>,
}

impl Calendar {
    pub(crate) fn new() -> Self {
        Self { starts: starts() }
    }

    /// The first second of a month since 1970 in UTC.
    pub(crate) fn start(&self, month: usize) -> i64 {
        self.starts[month]
    }

    pub(crate) fn length(&self, month: usize) -> i64 {
        self.starts[month + 1] - self.starts[month]
    }

    pub(crate) fn month_of(&self, second: i64) -> usize {
        self.starts.iter().rposition(|start| *start <= second).expect("within the calendar")
    }

    /// How the month is written.
    pub(crate) fn name(month: usize) -> String {
        let number = i64::try_from(month).expect("a small number");
        format!("{}-{:02}", FIRST_YEAR + number / 12, number % 12 + 1)
    }

    /// The parts of `[start, end)` by month.
    pub(crate) fn parts(&self, start: i64, end: i64) -> Vec<(usize, i64, i64)> {
        (self.month_of(start)..=self.month_of(end - 1))
            .map(|month| (month, start.max(self.starts[month]), end.min(self.starts[month + 1])))
            .collect()
    }
}
