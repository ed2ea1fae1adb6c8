//! Quantities with units, and bounds on them: `4 GiB`, `>= 2`, `<= 15 ms`, `10 GiB..2 TiB`, `200 GB/month`.
//!
//! Each quantity is an integer of its dimension's base unit, so comparing and adding is exact. What can't
//! be written as a whole number of base units is refused instead of rounded.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One unit of a dimension.
#[derive(Debug, Clone, Copy)]
pub struct Unit {
    /// How people write it.
    pub symbol: &'static str,
    /// Base units in one of it.
    pub factor: i64,
}

const fn unit(symbol: &'static str, factor: i64) -> Unit {
    Unit { symbol, factor }
}

/// What a quantity measures. The first unit that gives a whole number is used for printing.
pub trait Dimension: Copy + Eq + Ord + fmt::Debug + Send + Sync + 'static {
    /// Its name in messages.
    const NAME: &'static str;
    /// Units that are understood, the largest first.
    const UNITS: &'static [Unit];
    /// The factor of a number without unit, where that is allowed.
    const BARE: Option<i64>;
    /// An example for messages.
    const EXAMPLE: &'static str;
}

macro_rules! dimensions {
    ($($(#[$doc:meta])* $name:ident { name: $label:literal, units: $units:expr, bare: $bare:expr, example: $example:literal })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name;
        impl Dimension for $name {
            const NAME: &'static str = $label;
            const UNITS: &'static [Unit] = $units;
            const BARE: Option<i64> = $bare;
            const EXAMPLE: &'static str = $example;
        }
    )+};
}

const KIB: i64 = 1024;

dimensions! {
    /// A number of things, in thousandths (half a core is 500).
    Count { name: "number", units: &[], bare: Some(1000), example: "2" }
    /// Memory or storage, in bytes.
    Bytes {
        name: "size",
        units: &[
            unit("PiB", KIB * KIB * KIB * KIB * KIB), unit("PB", 1_000_000_000_000_000),
            unit("TiB", KIB * KIB * KIB * KIB), unit("TB", 1_000_000_000_000),
            unit("GiB", KIB * KIB * KIB), unit("GB", 1_000_000_000),
            unit("MiB", KIB * KIB), unit("MB", 1_000_000),
            unit("KiB", KIB), unit("kB", 1_000), unit("B", 1),
        ],
        bare: None,
        example: "4 GiB"
    }
    /// A span of time, in microseconds.
    Span {
        name: "duration",
        units: &[
            unit("d", 86_400_000_000), unit("h", 3_600_000_000), unit("min", 60_000_000),
            unit("s", 1_000_000), unit("ms", 1_000), unit("us", 1),
        ],
        bare: None,
        example: "15 ms"
    }
    /// A share of a whole, in millionths (99.9 % is 999,000).
    Share { name: "share", units: &[unit("%", 10_000)], bare: None, example: "99.9 %" }
    /// Data over a month, in bytes.
    Traffic {
        name: "traffic",
        units: &[
            unit("TiB/month", KIB * KIB * KIB * KIB), unit("TB/month", 1_000_000_000_000),
            unit("GiB/month", KIB * KIB * KIB), unit("GB/month", 1_000_000_000),
            unit("MiB/month", KIB * KIB), unit("MB/month", 1_000_000), unit("B/month", 1),
        ],
        bare: None,
        example: "200 GB/month"
    }
    /// Greenhouse gas of electricity, in milligrams of CO2 equivalent for a kilowatt hour.
    Intensity { name: "carbon intensity", units: &[unit("g/kWh", 1_000)], bare: None, example: "100 g/kWh" }
}

/// Why a text is not a quantity or a bound of the wanted dimension.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// It does not read as a number with a unit.
    #[error("`{text}` is not a {dimension}: write it like `{example}`")]
    Malformed {
        /// The text that was refused, cut to 48 characters.
        text: String,
        /// What was expected.
        dimension: &'static str,
        /// A text that would do.
        example: &'static str,
    },
    /// The unit is unknown or missing.
    #[error("`{text}` has no unit that measures a {dimension}: use one of {known}")]
    UnknownUnit {
        /// The text that was refused.
        text: String,
        /// What was expected.
        dimension: &'static str,
        /// The units that are understood.
        known: String,
    },
    /// It is negative, too large, or finer than the base unit.
    #[error("`{0}` is negative, too large, or finer than can be kept")]
    OutOfRange(String),
    /// A range whose lower end is above its upper end.
    #[error("`{0}` is an empty range: its lower end is above its upper end")]
    EmptyRange(String),
}

fn cut(text: &str) -> String {
    text.chars().take(48).collect()
}

/// A non-negative amount of one dimension in its base unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity<D: Dimension> {
    base: i64,
    dimension: PhantomData<D>,
}

impl<D: Dimension> Quantity<D> {
    /// So many base units; negative amounts become zero.
    #[must_use]
    pub const fn from_base(base: i64) -> Self {
        Self { base: if base < 0 { 0 } else { base }, dimension: PhantomData }
    }

    /// The amount in base units.
    #[must_use]
    pub const fn base(self) -> i64 {
        self.base
    }

    /// The sum, kept at the largest amount when it does not fit.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self::from_base(self.base.saturating_add(other.base))
    }

    /// The amount so many times, kept at the largest amount when it does not fit.
    #[must_use]
    pub const fn times(self, factor: i64) -> Self {
        Self::from_base(self.base.saturating_mul(factor))
    }
}

/// A number of things.
pub type Number = Quantity<Count>;
/// Memory or storage.
pub type Size = Quantity<Bytes>;
/// A span of time.
pub type TimeSpan = Quantity<Span>;
/// A share of a whole.
pub type Percentage = Quantity<Share>;
/// Data over a month.
pub type MonthlyTraffic = Quantity<Traffic>;
/// Greenhouse gas of electricity.
pub type CarbonIntensity = Quantity<Intensity>;
/// A bound on a span of time.
pub type TimeBound = Bound<TimeSpan>;
/// A bound on a share.
pub type PercentageBound = Bound<Percentage>;
/// A bound on carbon intensity.
pub type CarbonBound = Bound<CarbonIntensity>;

impl Quantity<Count> {
    /// A whole number of things.
    #[must_use]
    pub const fn whole(number: i64) -> Self {
        Self::from_base(number.saturating_mul(1000))
    }
}

impl Quantity<Bytes> {
    /// So many bytes of 2³⁰.
    #[must_use]
    pub const fn gib(number: i64) -> Self {
        Self::from_base(number.saturating_mul(KIB * KIB * KIB))
    }

    /// So many bytes of 2²⁰.
    #[must_use]
    pub const fn mib(number: i64) -> Self {
        Self::from_base(number.saturating_mul(KIB * KIB))
    }
}

impl Quantity<Span> {
    /// The same span as the standard library's type.
    #[must_use]
    pub fn duration(self) -> std::time::Duration {
        std::time::Duration::from_micros(self.base.unsigned_abs())
    }

    /// A span of so many microseconds.
    #[must_use]
    pub const fn micros(micros: i64) -> Self {
        Self::from_base(micros)
    }

    /// The span in milliseconds with one decimal place, for tables: `7.4 ms`.
    #[must_use]
    pub fn in_millis(self) -> String {
        format!("{}.{} ms", self.base / 1000, self.base % 1000 / 100)
    }
}

/// `value` as a decimal number of `factor`, when at most `places` digits suffice.
fn exact_decimal(value: i64, factor: i64, places: u32) -> Option<String> {
    let scale = 10i128.pow(places);
    let scaled = i128::from(value) * scale;
    if scaled % i128::from(factor) != 0 {
        return None;
    }
    let digits = scaled / i128::from(factor);
    let (whole, fraction) = (digits / scale, digits % scale);
    if fraction == 0 {
        return Some(whole.to_string());
    }
    let fraction = format!("{fraction:0width$}", width = usize::try_from(places).unwrap_or_default());
    Some(format!("{whole}.{}", fraction.trim_end_matches('0')))
}

impl<D: Dimension> fmt::Display for Quantity<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(factor) = D::BARE {
            let number = exact_decimal(self.base, factor, 3).unwrap_or_else(|| self.base.to_string());
            return f.pad(&number);
        }
        let smallest = D::UNITS.last().copied().unwrap_or(unit("", 1));
        let chosen = D::UNITS
            .iter()
            .copied()
            .filter(|unit| self.base >= unit.factor)
            .find_map(|unit| exact_decimal(self.base, unit.factor, 2).map(|number| (number, unit.symbol)));
        let (number, symbol) = chosen.unwrap_or_else(|| {
            let number = exact_decimal(self.base, smallest.factor, 6).unwrap_or_else(|| self.base.to_string());
            (number, smallest.symbol)
        });
        f.pad(&format!("{number} {symbol}"))
    }
}

impl<D: Dimension> fmt::Debug for Quantity<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `whole.fraction` times `factor` as a whole number.
fn scale(number: &str, factor: i64) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 12 || whole.len() > 18 {
        return None;
    }
    let places = 10i128.pow(u32::try_from(fraction.len()).ok()?);
    let value: i128 = format!("{whole}{fraction}").parse().ok()?;
    let scaled = value.checked_mul(i128::from(factor))?;
    (scaled % places == 0).then_some(scaled / places).and_then(|base| i64::try_from(base).ok())
}

impl<D: Dimension> FromStr for Quantity<D> {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let trimmed = text.trim();
        if trimmed.starts_with('-') {
            return Err(QuantityError::OutOfRange(cut(text)));
        }
        let end = trimmed.find(|symbol: char| !(symbol.is_ascii_digit() || symbol == '.')).unwrap_or(trimmed.len());
        let (number, symbol) = trimmed.split_at(end);
        let symbol = symbol.trim();
        if number.is_empty() || number.matches('.').count() > 1 || number.ends_with('.') || number.starts_with('.') {
            return Err(QuantityError::Malformed { text: cut(text), dimension: D::NAME, example: D::EXAMPLE });
        }
        let factor = if symbol.is_empty() {
            D::BARE.or_else(|| (number.bytes().all(|byte| byte == b'0')).then_some(1))
        } else {
            D::UNITS.iter().find(|unit| unit.symbol == symbol).map(|unit| unit.factor)
        };
        let Some(factor) = factor else {
            return Err(if D::UNITS.is_empty() {
                QuantityError::Malformed { text: cut(text), dimension: D::NAME, example: D::EXAMPLE }
            } else {
                let known: Vec<_> = D::UNITS.iter().map(|unit| unit.symbol).collect();
                QuantityError::UnknownUnit { text: cut(text), dimension: D::NAME, known: known.join(", ") }
            });
        };
        scale(number, factor).map(Self::from_base).ok_or_else(|| QuantityError::OutOfRange(cut(text)))
    }
}

/// Something that has an order and a written form, so that bounds can be put on it.
pub trait Amount: Copy + Ord + fmt::Display + FromStr<Err = QuantityError> {
    /// Its name in messages.
    const LABEL: &'static str;
    /// An example for messages.
    const SAMPLE: &'static str;
}

impl<D: Dimension> Amount for Quantity<D> {
    const LABEL: &'static str = D::NAME;
    const SAMPLE: &'static str = D::EXAMPLE;
}

/// A version of software, up to three numbers: `15`, `10.11`, `1.29.4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u32, u32, u32);

impl Version {
    /// The first number.
    #[must_use]
    pub const fn major(self) -> u32 {
        self.0
    }

    /// All three numbers.
    #[must_use]
    pub const fn parts(self) -> [u32; 3] {
        [self.0, self.1, self.2]
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(major, 0, 0) => write!(f, "{major}"),
            Self(major, minor, 0) => write!(f, "{major}.{minor}"),
            Self(major, minor, patch) => write!(f, "{major}.{minor}.{patch}"),
        }
    }
}

impl FromStr for Version {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let malformed = || QuantityError::Malformed { text: cut(text), dimension: Self::LABEL, example: Self::SAMPLE };
        let numbers: Vec<u32> =
            text.trim().split('.').map(|part| part.parse().map_err(|_| malformed())).collect::<Result<_, _>>()?;
        match numbers[..] {
            [major] => Ok(Self(major, 0, 0)),
            [major, minor] => Ok(Self(major, minor, 0)),
            [major, minor, patch] => Ok(Self(major, minor, patch)),
            _ => Err(malformed()),
        }
    }
}

impl Amount for Version {
    const LABEL: &'static str = "version";
    const SAMPLE: &'static str = "15.4";
}

/// The interval of amounts that are acceptable, or on offer. Both ends belong to it.
///
/// `4 GiB` is exactly that, `>= 4 GiB` and `<= 15 ms` are open at one end, `10 GiB..2 TiB` has both.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bound<T> {
    /// The least acceptable amount.
    pub min: Option<T>,
    /// The greatest acceptable amount.
    pub max: Option<T>,
}

impl<T: Amount> Bound<T> {
    /// Exactly this amount.
    #[must_use]
    pub const fn exactly(amount: T) -> Self {
        Self { min: Some(amount), max: Some(amount) }
    }

    /// This amount or more.
    #[must_use]
    pub const fn at_least(amount: T) -> Self {
        Self { min: Some(amount), max: None }
    }

    /// This amount or less.
    #[must_use]
    pub const fn at_most(amount: T) -> Self {
        Self { min: None, max: Some(amount) }
    }

    /// Whether the amount lies within.
    #[must_use]
    pub fn admits(&self, amount: T) -> bool {
        self.min.is_none_or(|min| amount >= min) && self.max.is_none_or(|max| amount <= max)
    }

    /// The amounts that lie within both; `None` when there are none.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        let min = match (self.min, other.min) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
        let max = match (self.max, other.max) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        match (min, max) {
            (Some(min), Some(max)) if min > max => None,
            _ => Some(Self { min, max }),
        }
    }

    /// The single amount that it admits, if it admits just one.
    #[must_use]
    pub fn single(&self) -> Option<T> {
        (self.min == self.max).then_some(self.min).flatten()
    }
}

impl<T: Amount> fmt::Display for Bound<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => write!(f, "{min}"),
            (Some(min), Some(max)) => write!(f, "{min}..{max}"),
            (Some(min), None) => write!(f, ">= {min}"),
            (None, Some(max)) => write!(f, "<= {max}"),
            (None, None) => f.write_str("any"),
        }
    }
}

impl<T: Amount> fmt::Debug for Bound<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<T: Amount> FromStr for Bound<T> {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let trimmed = text.trim();
        if trimmed == "any" {
            return Ok(Self { min: None, max: None });
        }
        if let Some(rest) = trimmed.strip_prefix(">=") {
            return rest.parse().map(Self::at_least);
        }
        if let Some(rest) = trimmed.strip_prefix("<=") {
            return rest.parse().map(Self::at_most);
        }
        if let Some((low, high)) = trimmed.split_once("..") {
            let (min, max): (T, T) = (low.parse()?, high.parse()?);
            if min > max {
                return Err(QuantityError::EmptyRange(cut(text)));
            }
            return Ok(Self { min: Some(min), max: Some(max) });
        }
        trimmed.strip_prefix('=').unwrap_or(trimmed).parse().map(Self::exactly)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Whole(u64),
    Real(f64),
    Text(String),
}

impl Scalar {
    fn into_text(self) -> String {
        match self {
            Self::Whole(number) => number.to_string(),
            Self::Real(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

macro_rules! as_text {
    ($([$($generic:tt)*] $type:ty, $label:expr, $sample:expr, $name:expr, $description:literal;)+) => {$(
        impl<$($generic)*> Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de, $($generic)*> Deserialize<'de> for $type {
            fn deserialize<De: Deserializer<'de>>(deserializer: De) -> Result<Self, De::Error> {
                let scalar = Scalar::deserialize(deserializer)
                    .map_err(|_| de::Error::custom(format!("expected a {} like `{}`", $label, $sample)))?;
                scalar.into_text().parse().map_err(de::Error::custom)
            }
        }

        impl<$($generic)*> utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(format!($description, $label, $sample)))
                    .into()
            }
        }

        impl<$($generic)*> utoipa::ToSchema for $type {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Owned(format!($name, camel($label)))
            }
        }
    )+};
}

fn camel(label: &str) -> String {
    label.split(' ').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

as_text! {
    [D: Dimension] Quantity<D>, D::NAME, D::EXAMPLE, "{}", "A {}, like `{}`";
    [T: Amount] Bound<T>, T::LABEL, T::SAMPLE, "{}Bound", "A bound on a {}, exact, `>=`, `<=` or `low..high`, like `{}`";
    [] Version, Version::LABEL, Version::SAMPLE, "{}", "A {}, like `{}`";
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn documents_of_people_are_understood() {
        assert_eq!("4 GiB".parse(), Ok(Quantity::gib(4)));
        assert_eq!("4GiB".parse(), Ok(Quantity::gib(4)));
        assert_eq!(">= 2".parse(), Ok(Bound::at_least(Quantity::<Count>::whole(2))));
        assert_eq!("0.5".parse(), Ok(Quantity::<Count>::from_base(500)));
        assert_eq!("99.95 %".parse(), Ok(Quantity::<Share>::from_base(999_500)));
        assert_eq!("200 GB/month".parse(), Ok(Quantity::<Traffic>::from_base(200_000_000_000)));
        assert_eq!("<= 15 ms".parse(), Ok(Bound::at_most(Quantity::<Span>::micros(15_000))));
        let range: Bound<Quantity<Bytes>> = "10 GiB..2 TiB".parse().unwrap();
        assert!(range.admits(Quantity::gib(10)) && range.admits(Quantity::gib(2048)));
        assert!(!range.admits(Quantity::gib(9)));
    }

    #[test]
    fn wrong_units_are_named() {
        let refusal = "4 ms".parse::<Quantity<Bytes>>().unwrap_err();
        assert!(refusal.to_string().contains("GiB"), "{refusal}");
        assert!("4".parse::<Quantity<Bytes>>().is_err());
        assert!("-4 GiB".parse::<Quantity<Bytes>>().is_err());
        assert!("NaN".parse::<Quantity<Count>>().is_err());
        assert!("1e9".parse::<Quantity<Count>>().is_err());
        assert!("8 GiB..4 GiB".parse::<Bound<Quantity<Bytes>>>().is_err());
        assert!("99999999999999999999 PiB".parse::<Quantity<Bytes>>().is_err());
    }

    #[test]
    fn ranges_meet_exactly() {
        let offered: Bound<Quantity<Bytes>> = "10 GiB..2 TiB".parse().unwrap();
        let wanted: Bound<Quantity<Bytes>> = ">= 50 GiB".parse().unwrap();
        assert_eq!(offered.intersect(&wanted).unwrap().min, Some(Quantity::gib(50)));
        let too_much: Bound<Quantity<Bytes>> = ">= 3 TiB".parse().unwrap();
        assert_eq!(offered.intersect(&too_much), None);
    }

    proptest! {
        #[test]
        fn quantities_round_trip(base in 0i64..i64::MAX / 2000) {
            let size = Quantity::<Bytes>::from_base(base);
            prop_assert_eq!(size.to_string().parse::<Quantity<Bytes>>().unwrap(), size);
            let span = Quantity::<Span>::from_base(base);
            prop_assert_eq!(span.to_string().parse::<Quantity<Span>>().unwrap(), span);
            let count = Quantity::<Count>::from_base(base);
            prop_assert_eq!(count.to_string().parse::<Quantity<Count>>().unwrap(), count);
            let share = Quantity::<Share>::from_base(base);
            prop_assert_eq!(share.to_string().parse::<Quantity<Share>>().unwrap(), share);
        }

        #[test]
        fn arbitrary_text_never_panics(text in ".*") {
            let _ = text.parse::<Bound<Quantity<Bytes>>>();
            let _ = text.parse::<Bound<Quantity<Span>>>();
            let _ = text.parse::<Quantity<Traffic>>();
        }
    }
}
