//! From usage to money: rating, double-entry postings, and statements that add up to the cent.
//!
//! Pure functions over the words of `hansa-model`: no I/O, no clock, no randomness. Overflow is an error.
//!
//! Money is rounded at two named places, half to even:
//!
//! 1. **Micro units, when usage is rated** ([`rating`]). What is rounded is the running total since the
//!    start of the calendar month, and a charge is the difference of two such totals. However usage is cut
//!    into intervals, the charges of a month add up to the same sum; a full month of a monthly price costs
//!    exactly that price; a sum is less than one micro unit away from the exact fraction for each terms
//!    that were in force in the month. The commission is rounded in the same way.
//! 2. **Cents, when a statement is made** ([`statement`]), once for each line. What this adds or takes is
//!    posted to the account `Rounding`, which is the exchange's own, when the month is closed ([`closing`]).

pub mod cents;
pub mod closing;
pub mod commission;
pub mod focus;
pub mod forecast;
pub mod posting;
pub mod rating;
pub mod statement;
pub mod zone;
