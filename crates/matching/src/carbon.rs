//! The carbon footprint that a service is expected to have.
//!
//! Power at half load as the Cloud Carbon Footprint methodology gives it (averages over server types): 2.12 W for a
//! virtual processor (0.74 W idle to 3.5 W busy), 0.392 W for a GB of memory, 1.2 W for a TB of solid-state
//! storage. A database that says nothing of its machine counts as one processor and 2 GiB. Times 730 hours, the
//! site's PUE and the carbon intensity of its electricity; embodied emissions are not counted.

use hansa_model::kind::{KindId, Properties};
use hansa_model::quantity::{CarbonIntensity, Quantity};
use hansa_model::site::Site;

use crate::geo::Geo;

/// Assumed where neither the site nor its country says: 500 g/kWh, about the world's average.
const UNKNOWN_INTENSITY: CarbonIntensity = Quantity::from_base(500_000);
const HOURS_PER_MONTH: i128 = 730;

/// Microwatts of one processor.
const CPU: i128 = 2_120_000;
/// Microwatts of one GiB of memory.
const MEMORY_GIB: i128 = 392_000;
/// Microwatts of one TB of storage.
const STORAGE_TB: i128 = 1_200_000;

/// The carbon intensity of a site's electricity: its own, else its country's; `None` when neither is known.
#[must_use]
pub fn intensity(site: &Site, geo: &Geo) -> Option<CarbonIntensity> {
    site.carbon.or_else(|| geo.carbon(site.country))
}

/// Milligrams of CO2 equivalent that one service emits in a month of 730 hours.
#[must_use]
pub fn footprint(kind: KindId, properties: &Properties, site: &Site, geo: &Geo) -> i64 {
    let intensity = intensity(site, geo).unwrap_or(UNKNOWN_INTENSITY);
    // µW × h × mg/kWh × PUE‰; a kWh is 10⁹ µWh.
    let milligrams = microwatts(kind, properties)
        .saturating_mul(HOURS_PER_MONTH)
        .saturating_mul(i128::from(intensity.base()))
        .saturating_mul(i128::from(site.pue_milli))
        / 1_000_000_000_000;
    i64::try_from(milligrams).unwrap_or(i64::MAX)
}

fn microwatts(kind: KindId, properties: &Properties) -> i128 {
    let (cpu_milli, memory_bytes) = match kind {
        KindId::ComputeInstance => {
            (properties.count("cpu").map_or(0, Quantity::base), properties.bytes("memory").map_or(0, Quantity::base))
        }
        KindId::DatabasePostgresql | KindId::DatabaseMariadb => (1_000, Quantity::gib(2).base()),
    };
    let storage = ["disk", "storage"].into_iter().filter_map(|name| properties.bytes(name)).map(Quantity::base);
    let storage: i128 = storage.map(i128::from).sum();
    i128::from(cpu_milli) * CPU / 1_000
        + i128::from(memory_bytes) * MEMORY_GIB / (1 << 30)
        + storage * STORAGE_TB / 1_000_000_000_000
}

#[cfg(test)]
mod tests {
    use hansa_model::id::{ParticipantId, SiteId};
    use hansa_model::kind::PropertyValue;
    use hansa_model::site::Coordinates;
    use hansa_model::time::Timestamp;

    use super::*;

    fn site(country: &str, carbon: Option<i64>) -> Site {
        Site {
            id: SiteId::new(),
            provider: ParticipantId::new(),
            name: "here".parse().unwrap(),
            country: country.parse().unwrap(),
            city: "Here".to_owned(),
            coordinates: Coordinates { latitude: 50.0, longitude: 10.0 },
            pue_milli: 1200,
            carbon: carbon.map(Quantity::from_base),
            created_at: Timestamp::from_seconds(0),
        }
    }

    #[test]
    fn a_machine_emits_what_its_power_does() {
        let mut properties = Properties::default();
        properties.values.insert("cpu".to_owned(), PropertyValue::Count(Quantity::whole(2)));
        properties.values.insert("memory".to_owned(), PropertyValue::Bytes(Quantity::gib(4)));
        // (2 × 2.12 W + 4 × 0.392 W) × 730 h × 1.2 × 100 g/kWh = 508.78 g
        let milligrams = footprint(KindId::ComputeInstance, &properties, &site("DE", Some(100_000)), Geo::embedded());
        assert_eq!(milligrams, 508_780);
    }

    #[test]
    fn a_site_speaks_for_itself_before_its_country_does() {
        let geo = Geo::embedded();
        assert_eq!(intensity(&site("FR", Some(7_000)), geo), Some(Quantity::from_base(7_000)));
        assert_eq!(intensity(&site("FR", None), geo), geo.carbon("FR".parse().unwrap()));
        assert_eq!(intensity(&site("AQ", None), geo), None);
    }
}
