//! How much of a meter something is for: exactly, and in the unit that price plans are written in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::money::div_half_even;
use crate::price::Meter;

/// The unit in which price plans price a meter: `h` hours, `GB` 10⁹ bytes, `GB*s` 10⁹ bytes for a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub enum PricedUnit {
    /// Hours of 3,600 seconds.
    #[serde(rename = "h")]
    Hours,
    /// 10⁹ bytes.
    #[serde(rename = "GB")]
    Gigabytes,
    /// 10⁹ bytes for a second.
    #[serde(rename = "GB*s")]
    GigabyteSeconds,
}

impl PricedUnit {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hours => "h",
            Self::Gigabytes => "GB",
            Self::GigabyteSeconds => "GB*s",
        }
    }

    /// Decimal places that are written at most: all of them for bytes, to the millionth for hours.
    const fn places(self) -> u32 {
        match self {
            Self::Hours => 6,
            Self::Gigabytes | Self::GigabyteSeconds => 9,
        }
    }
}

impl std::fmt::Display for PricedUnit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

impl Meter {
    /// The unit in which price plans price it.
    #[must_use]
    pub const fn priced_unit(self) -> PricedUnit {
        match self {
            Self::TimeAllocated | Self::TimeRunning | Self::CpuTime => PricedUnit::Hours,
            Self::NetworkEgress | Self::NetworkIngress => PricedUnit::Gigabytes,
            Self::StorageUsed => PricedUnit::GigabyteSeconds,
        }
    }

    /// How many of its own units one priced unit is.
    const fn per_priced_unit(self) -> i128 {
        match self {
            Self::TimeAllocated | Self::TimeRunning => 3_600,
            Self::CpuTime => 3_600_000,
            Self::NetworkEgress | Self::NetworkIngress | Self::StorageUsed => 1_000_000_000,
        }
    }
}

/// How much of a meter something is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Read", into = "Written")]
pub struct Measured {
    /// What was measured.
    pub meter: Meter,
    /// How much, in the meter's unit: seconds, milliseconds, bytes, or bytes times seconds.
    pub quantity: i64,
}

impl Measured {
    /// The two together; `None` when they are of different meters or their sum does not fit.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let quantity = self.quantity.checked_add(other.quantity)?;
        (self.meter == other.meter).then_some(Self { quantity, ..self })
    }

    /// The quantity in the priced unit: `12.4`. Exact for bytes, rounded half to even to a millionth of an hour.
    #[must_use]
    pub fn priced(self) -> String {
        self.with_places(self.meter.priced_unit().places())
    }

    /// The quantity in the priced unit with the unit and at most three places, for people: `12.4 GB`. What these
    /// would hide is written with all its places.
    #[must_use]
    pub fn rounded(self) -> String {
        let short = self.with_places(3);
        let number = if short == "0" { self.priced() } else { short };
        format!("{number} {}", self.meter.priced_unit())
    }

    fn with_places(self, places: u32) -> String {
        let scale = 10_i128.pow(places);
        let scaled = div_half_even(i128::from(self.quantity) * scale, self.meter.per_priced_unit());
        let sign = if scaled < 0 { "-" } else { "" };
        let (scaled, scale) = (scaled.unsigned_abs(), scale.unsigned_abs());
        let fraction = format!("{:0width$}", scaled % scale, width = places as usize);
        let text = format!("{sign}{}.{fraction}", scaled / scale);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

#[derive(Deserialize)]
struct Read {
    meter: Meter,
    quantity: i64,
}

impl From<Read> for Measured {
    fn from(Read { meter, quantity }: Read) -> Self {
        Self { meter, quantity }
    }
}

/// How much of a meter something is for.
#[derive(Serialize, ToSchema)]
#[schema(as = Measured)]
struct Written {
    /// What was measured.
    meter: Meter,
    /// How much, in the meter's unit: `s` for times, `ms` for `cpu.time`, `B` for what is sent and received, `B*s` for
    /// `storage.used`.
    #[schema(example = 12_400_000_000_i64)]
    quantity: i64,
    /// The same in `unit`, in which it is priced: a decimal number, exact for bytes, rounded half to even to a
    /// millionth of an hour.
    #[schema(example = "12.4", pattern = r"^-?\d+(\.\d{1,9})?$")]
    priced: String,
    /// The unit of `priced`.
    unit: PricedUnit,
}

impl From<Measured> for Written {
    fn from(measured: Measured) -> Self {
        let Measured { meter, quantity } = measured;
        Self { meter, quantity, priced: measured.priced(), unit: meter.priced_unit() }
    }
}

impl utoipa::PartialSchema for Measured {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        Written::schema()
    }
}

impl ToSchema for Measured {
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>) {
        Written::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn measured(meter: Meter, quantity: i64) -> Measured {
        Measured { meter, quantity }
    }

    #[test]
    fn quantities_are_written_in_the_unit_that_is_priced() {
        let written = |meter, quantity| (measured(meter, quantity).priced(), measured(meter, quantity).rounded());
        let texts = |exact: &str, short: &str| (exact.to_owned(), short.to_owned());
        assert_eq!(written(Meter::NetworkEgress, 12_400_000_000), texts("12.4", "12.4 GB"));
        assert_eq!(written(Meter::NetworkIngress, 1_234_567_891), texts("1.234567891", "1.235 GB"));
        assert_eq!(written(Meter::NetworkIngress, 1), texts("0.000000001", "0.000000001 GB"));
        assert_eq!(written(Meter::TimeAllocated, 30 * 86_400), texts("720", "720 h"));
        assert_eq!(written(Meter::TimeRunning, 1_200), texts("0.333333", "0.333 h"));
        assert_eq!(written(Meter::CpuTime, 5_400_000), texts("1.5", "1.5 h"));
        assert_eq!(written(Meter::StorageUsed, 0), texts("0", "0 GB*s"));
        assert_eq!(written(Meter::StorageUsed, -1_500_000_000), texts("-1.5", "-1.5 GB*s"));
    }

    #[test]
    fn only_what_one_meter_counted_is_added() {
        let sent = measured(Meter::NetworkEgress, 3);
        assert_eq!(sent.plus(measured(Meter::NetworkEgress, 4)), Some(measured(Meter::NetworkEgress, 7)));
        assert_eq!(sent.plus(measured(Meter::NetworkIngress, 4)), None);
        assert_eq!(sent.plus(measured(Meter::NetworkEgress, i64::MAX)), None);
    }

    #[test]
    fn the_wire_has_both_units_and_reads_back_without_the_derived_one() {
        let sent = measured(Meter::NetworkEgress, 2_500_000_000);
        let json = serde_json::to_value(sent).unwrap();
        let expected = serde_json::json!({
            "meter": "network.egress", "quantity": 2_500_000_000_i64, "priced": "2.5", "unit": "GB"
        });
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_value::<Measured>(json).unwrap(), sent);
        let least = serde_json::json!({"meter": "network.egress", "quantity": 2_500_000_000_i64});
        assert_eq!(serde_json::from_value::<Measured>(least).unwrap(), sent);
    }

    proptest! {
        /// The text is read back digit by digit, without the arithmetic that wrote it.
        #[test]
        fn bytes_are_written_exactly(quantity in any::<i64>()) {
            let text = measured(Meter::StorageUsed, quantity).priced();
            let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
            let back: i128 = format!("{whole}{fraction:0<9}").parse().unwrap();
            prop_assert_eq!(back, i128::from(quantity));
        }
    }
}
