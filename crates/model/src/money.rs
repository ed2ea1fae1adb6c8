//! Money as an integer of micro units with its currency. Never a float, never a database decimal.
//!
//! A micro unit is a millionth of the currency's unit (ten thousandths of a cent), so that a price per
//! second of a cheap machine is still exact enough. Rounding to cents happens at one place only: when a
//! statement is made (`hansa-ledger`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

/// Micro units in one cent.
pub const MICROS_PER_CENT: i64 = 10_000;
/// Micro units in one unit of the currency.
pub const MICROS_PER_UNIT: i64 = 1_000_000;

/// An ISO 4217 currency with two minor digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, ToSchema)]
pub enum Currency {
    /// Euro.
    #[default]
    EUR,
    /// Swiss franc.
    CHF,
    /// Czech koruna.
    CZK,
    /// Danish krone.
    DKK,
    /// Pound sterling.
    GBP,
    /// Hungarian forint.
    HUF,
    /// Norwegian krone.
    NOK,
    /// Polish złoty.
    PLN,
    /// Romanian leu.
    RON,
    /// Swedish krona.
    SEK,
}

impl Currency {
    /// Every currency that Hansa keeps books in.
    pub const ALL: [Self; 10] =
        [Self::EUR, Self::CHF, Self::CZK, Self::DKK, Self::GBP, Self::HUF, Self::NOK, Self::PLN, Self::RON, Self::SEK];

    /// The three letters of ISO 4217.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::EUR => "EUR",
            Self::CHF => "CHF",
            Self::CZK => "CZK",
            Self::DKK => "DKK",
            Self::GBP => "GBP",
            Self::HUF => "HUF",
            Self::NOK => "NOK",
            Self::PLN => "PLN",
            Self::RON => "RON",
            Self::SEK => "SEK",
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        Self::ALL
            .into_iter()
            .find(|currency| currency.code() == text)
            .ok_or_else(|| MoneyError::UnknownCurrency(text.chars().take(16).collect()))
    }
}

/// Why a text is not an amount of money, or two amounts can't be joined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text does not read as `12.50 EUR`.
    #[error("`{0}` is not an amount of money: write it like `12.50 EUR`")]
    Malformed(String),
    /// The currency is none that Hansa keeps books in.
    #[error("`{0}` is not a currency that Hansa knows: use one of EUR, CHF, CZK, DKK, GBP, HUF, NOK, PLN, RON, SEK")]
    UnknownCurrency(String),
    /// More than six decimal places.
    #[error("`{0}` has more than six decimal places")]
    TooPrecise(String),
    /// The amount does not fit.
    #[error("the amount is too large")]
    Overflow,
    /// Amounts of two currencies can't be added.
    #[error("{0} and {1} can't be added")]
    CurrencyMismatch(Currency, Currency),
}

/// An amount of one currency in micro units; on the wire `{"amount": "12.50", "currency": "EUR"}`, in
/// documents that people write also `12.50 EUR`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    micros: i64,
    currency: Currency,
}

impl Money {
    /// An amount in millionths of the currency's unit.
    #[must_use]
    pub const fn from_micros(micros: i64, currency: Currency) -> Self {
        Self { micros, currency }
    }

    /// An amount in hundredths of the currency's unit.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when the amount does not fit.
    pub fn from_cents(cents: i64, currency: Currency) -> Result<Self, MoneyError> {
        let micros = cents.checked_mul(MICROS_PER_CENT).ok_or(MoneyError::Overflow)?;
        Ok(Self { micros, currency })
    }

    /// Nothing, in the given currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { micros: 0, currency }
    }

    /// The amount in millionths of the currency's unit.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.micros
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether the amount is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.micros == 0
    }

    /// The amount rounded half to even to whole cents.
    #[must_use]
    pub fn to_cents(self) -> i64 {
        let rounded = div_half_even(i128::from(self.micros), i128::from(MICROS_PER_CENT));
        i64::try_from(rounded).unwrap_or(if self.micros < 0 { i64::MIN } else { i64::MAX })
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] and [`MoneyError::Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch(self.currency, other.currency));
        }
        let micros = self.micros.checked_add(other.micros).ok_or(MoneyError::Overflow)?;
        Ok(Self { micros, ..self })
    }

    /// The difference.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] and [`MoneyError::Overflow`].
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        let negated = other.micros.checked_neg().ok_or(MoneyError::Overflow)?;
        self.checked_add(Self { micros: negated, ..other })
    }

    /// The amount times `numerator / denominator`, rounded once, half to even.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] when the result does not fit or the denominator is zero.
    pub fn times_ratio(self, numerator: i128, denominator: i128) -> Result<Self, MoneyError> {
        if denominator == 0 {
            return Err(MoneyError::Overflow);
        }
        let product = i128::from(self.micros).checked_mul(numerator).ok_or(MoneyError::Overflow)?;
        let micros = i64::try_from(div_half_even(product, denominator)).map_err(|_| MoneyError::Overflow)?;
        Ok(Self { micros, ..self })
    }

    /// The amount as a decimal number with at least two and at most six places: `12.50`, `0.000214`.
    #[must_use]
    pub fn decimal(self) -> String {
        let absolute = self.micros.unsigned_abs();
        let sign = if self.micros < 0 { "-" } else { "" };
        let unit = MICROS_PER_UNIT.unsigned_abs();
        let mut text = format!("{sign}{}.{:06}", absolute / unit, absolute % unit);
        while text.ends_with('0') && text.len() - text.find('.').unwrap_or_default() > 3 {
            text.pop();
        }
        text
    }

    /// The amount rounded to cents, for people: `12.50 EUR`.
    #[must_use]
    pub fn rounded(self) -> String {
        let cents = self.to_cents();
        let sign = if cents < 0 { "-" } else { "" };
        let absolute = cents.unsigned_abs();
        format!("{sign}{}.{:02} {}", absolute / 100, absolute % 100, self.currency)
    }
}

/// Integer division rounded half to even, for any signs; the denominator must not be zero.
#[must_use]
pub fn div_half_even(numerator: i128, denominator: i128) -> i128 {
    let (numerator, denominator) = if denominator < 0 { (-numerator, -denominator) } else { (numerator, denominator) };
    let floor = numerator.div_euclid(denominator);
    let twice = 2 * numerator.rem_euclid(denominator);
    match twice.cmp(&denominator) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal => floor + floor.rem_euclid(2),
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.decimal(), self.currency))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads a decimal number with up to six places into micro units.
fn parse_micros(text: &str) -> Result<i64, MoneyError> {
    let malformed = || MoneyError::Malformed(text.chars().take(32).collect());
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || digits.ends_with('.') {
        return Err(malformed());
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 6 {
        return Err(MoneyError::TooPrecise(text.chars().take(32).collect()));
    }
    let units: i64 = whole.parse().map_err(|_| MoneyError::Overflow)?;
    let micros: i64 = format!("{fraction:0<6}").parse().map_err(|_| MoneyError::Overflow)?;
    units
        .checked_mul(MICROS_PER_UNIT)
        .and_then(|sum| sum.checked_add(micros))
        .map(|sum| sign * sum)
        .ok_or(MoneyError::Overflow)
}

impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let mut parts = text.split_whitespace();
        let (Some(amount), Some(currency), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err(MoneyError::Malformed(text.chars().take(32).collect()));
        };
        Ok(Self { micros: parse_micros(amount)?, currency: currency.parse()? })
    }
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Money, description = "An amount of money; `amount` is a decimal number with at most six places.")]
struct MoneyOnWire {
    #[schema(example = "12.50", pattern = r"^-?\d{1,13}(\.\d{1,6})?$")]
    amount: String,
    currency: Currency,
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        MoneyOnWire { amount: self.decimal(), currency: self.currency }.serialize(serializer)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum MoneyForms {
    Wire(MoneyOnWire),
    Text(String),
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match MoneyForms::deserialize(deserializer)? {
            MoneyForms::Wire(wire) => parse_micros(&wire.amount)
                .map(|micros| Self::from_micros(micros, wire.currency))
                .map_err(de::Error::custom),
            MoneyForms::Text(text) => text.parse().map_err(de::Error::custom),
        }
    }
}

impl utoipa::PartialSchema for Money {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        MoneyOnWire::schema()
    }
}

impl ToSchema for Money {
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        schemas.push(("Currency".to_owned(), <Currency as utoipa::PartialSchema>::schema()));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn prices_read_and_print_exactly() {
        let price: Money = "0.0027 EUR".parse().unwrap();
        assert_eq!(price.micros(), 2_700);
        assert_eq!(price.to_string(), "0.0027 EUR");
        assert_eq!("450 EUR".parse::<Money>().unwrap().to_string(), "450.00 EUR");
        assert_eq!("-1.5 CHF".parse::<Money>().unwrap().decimal(), "-1.50");
    }

    #[test]
    fn bad_amounts_say_what_is_wrong() {
        assert!(matches!("12".parse::<Money>(), Err(MoneyError::Malformed(_))));
        assert!(matches!("1. EUR".parse::<Money>(), Err(MoneyError::Malformed(_))));
        assert!(matches!("1 XYZ".parse::<Money>(), Err(MoneyError::UnknownCurrency(_))));
        assert!(matches!("0.1234567 EUR".parse::<Money>(), Err(MoneyError::TooPrecise(_))));
        assert!(matches!("99999999999999999 EUR".parse::<Money>(), Err(MoneyError::Overflow)));
    }

    #[test]
    fn halves_round_to_even() {
        assert_eq!(div_half_even(5, 2), 2);
        assert_eq!(div_half_even(7, 2), 4);
        assert_eq!(div_half_even(-5, 2), -2);
        assert_eq!(div_half_even(-7, 2), -4);
    }

    proptest! {
        #[test]
        fn both_wire_forms_round_trip(micros in -(1i64 << 60)..(1i64 << 60)) {
            let money = Money::from_micros(micros, Currency::EUR);
            let json = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
            prop_assert_eq!(money.to_string().parse::<Money>().unwrap(), money);
        }

        #[test]
        fn rounding_is_never_off_by_more_than_half(n in -1_000_000i128..1_000_000, d in 1i128..1000) {
            let error = (div_half_even(n, d) * d - n).abs() * 2;
            prop_assert!(error <= d);
        }
    }
}
