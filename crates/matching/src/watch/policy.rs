//! What a move must bring to be proposed.

/// What a move must bring to be proposed. Amounts are in micro units of the package's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Over how many months gains are counted; at least one.
    pub horizon_months: u32,
    /// What being away for a move counts as, for each instance.
    pub downtime: i64,
    /// What must be gained beyond the cost of the move, in hundredths of a per cent of what runs costs over the
    /// horizon.
    pub margin_bp: u32,
    /// What must be gained beyond the cost of the move at least.
    pub margin: i64,
}

impl Default for Policy {
    /// A year, one unit of money for each instance that is away, and a gain of five per cent and of five units of
    /// money at least.
    fn default() -> Self {
        Self { horizon_months: 12, downtime: 1_000_000, margin_bp: 500, margin: 5_000_000 }
    }
}

impl Policy {
    pub(crate) fn months(&self) -> i64 {
        i64::from(self.horizon_months.max(1))
    }

    /// What must be gained beyond the cost of a move of something that costs so much a month.
    pub(crate) fn hysteresis(&self, monthly: i64) -> i64 {
        let whole = i128::from(monthly) * i128::from(self.months());
        let share = whole * i128::from(self.margin_bp) / 10_000;
        i64::try_from(share).unwrap_or(i64::MAX).max(self.margin)
    }
}
