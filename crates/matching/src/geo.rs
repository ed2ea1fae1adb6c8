//! Places, round trips between them, and the carbon of countries' electricity.

use std::collections::HashMap;
use std::sync::OnceLock;

use hansa_model::country::Country;
use hansa_model::document::nearest;
use hansa_model::package::{LatencySource, RoundTrip};
use hansa_model::quantity::{CarbonIntensity, Quantity};
use hansa_model::site::Coordinates;

/// Within a site, in microseconds.
pub const SAME_SITE_MICROS: i64 = 500;
/// The estimate's constant part, in microseconds.
const BASE_MICROS: f64 = 5_270.0;
/// The estimate's part for each kilometre, in microseconds.
const MICROS_PER_KM: f64 = 19.4;
/// How far from a measured region a place may be for its measurements to hold.
const MEASURED_WITHIN_KM: f64 = 50.0;
const EARTH_RADIUS_KM: f64 = 6_371.0;

/// The facts about the Earth that matching needs.
#[derive(Debug, Default)]
pub struct Geo {
    /// The largest first for each name.
    cities: HashMap<String, Vec<City>>,
    carbon: HashMap<Country, CarbonIntensity>,
    regions: Vec<Coordinates>,
    /// Microseconds by both regions' numbers, the greater first, where they were measured.
    measured: Vec<Vec<Option<i64>>>,
}

/// A city.
#[derive(Debug, Clone, PartialEq)]
pub struct City {
    /// Its name.
    pub name: String,
    /// Its country.
    pub country: Country,
    /// Where it is.
    pub coordinates: Coordinates,
    /// How many people live there.
    pub population: u32,
}

/// A place, with the measured region that it is close to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    coordinates: Coordinates,
    /// Where it is on a sphere of radius one.
    unit: [f64; 3],
    region: Option<usize>,
}

impl Place {
    /// Where it is.
    #[must_use]
    pub const fn coordinates(&self) -> Coordinates {
        self.coordinates
    }
}

impl Geo {
    /// The facts that come with Hansa: European cities, round trips measured between cloud regions, yearly
    /// averages of countries' electricity (`data/geo/SOURCE.md` has their origin).
    #[must_use]
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Geo> = OnceLock::new();
        EMBEDDED.get_or_init(|| {
            Self::parse(
                include_str!("../../../data/geo/cities.csv"),
                include_str!("../../../data/geo/carbon.csv"),
                include_str!("../../../data/geo/rtt.csv"),
            )
        })
    }

    /// Reads the three tables; rows that do not read are left out.
    fn parse(cities: &str, carbon: &str, rtt: &str) -> Self {
        let mut geo = Self::default();
        for row in rows(cities) {
            let Some(city) = read_city(&row) else { continue };
            geo.cities.entry(folded(&city.name)).or_default().push(city);
        }
        for namesakes in geo.cities.values_mut() {
            namesakes.sort_by_key(|city| std::cmp::Reverse(city.population));
        }
        for row in rows(carbon) {
            let country = row.get(0).and_then(|cell| cell.parse().ok());
            let grams = row.get(2).and_then(|cell| cell.parse::<f64>().ok());
            if let (Some(country), Some(grams)) = (country, grams) {
                geo.carbon.insert(country, Quantity::from_base(whole(grams * 1000.0)));
            }
        }
        for (number, row) in rows(rtt).into_iter().enumerate() {
            let degrees = |column: usize| row.get(column).and_then(|cell| cell.parse().ok()).unwrap_or_default();
            geo.regions.push(Coordinates { latitude: degrees(1), longitude: degrees(2) });
            for (other, cell) in row.iter().skip(3).enumerate() {
                if let Ok(millis) = cell.parse::<f64>() {
                    let (greater, smaller) = (number.max(other), number.min(other));
                    if geo.measured.len() <= greater {
                        geo.measured.resize(greater + 1, Vec::new());
                    }
                    let row = &mut geo.measured[greater];
                    row.resize(row.len().max(smaller + 1), None);
                    row[smaller] = Some(whole(millis * 1000.0));
                }
            }
        }
        geo
    }

    /// The city of this name, of several the largest; `Utrecht, NL` names its country. Capitals and accents do
    /// not matter.
    #[must_use]
    pub fn city(&self, name: &str) -> Option<&City> {
        let (name, country) = match name.rsplit_once(',') {
            Some((name, code)) => (name, Some(code.trim().parse::<Country>().ok()?)),
            None => (name, None),
        };
        let namesakes = self.cities.get(&folded(name.trim()))?;
        namesakes.iter().find(|city| country.is_none_or(|country| city.country == country))
    }

    /// A city whose name is written much the same.
    #[must_use]
    pub fn similar_city(&self, name: &str) -> Option<&City> {
        let wanted = folded(name.split(',').next().unwrap_or(name).trim());
        let known: Vec<&str> = self.cities.keys().map(String::as_str).collect();
        nearest(&wanted, &known).and_then(|name| self.cities.get(name)).and_then(|namesakes| namesakes.first())
    }

    /// The yearly average of a country's electricity.
    #[must_use]
    pub fn carbon(&self, country: Country) -> Option<CarbonIntensity> {
        self.carbon.get(&country).copied()
    }

    /// A place, ready for round trips from and to it.
    #[must_use]
    pub fn place(&self, coordinates: Coordinates) -> Place {
        let region = (0..self.regions.len())
            .map(|number| (distance_km(self.regions[number], coordinates), number))
            .filter(|(distance, _)| *distance <= MEASURED_WITHIN_KM)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, number)| number);
        Place { coordinates, unit: unit(coordinates), region }
    }

    /// The round trip between two places that are not the same site: measured where both are close to regions
    /// between which it was, otherwise 5.27 ms + 0.0194 ms/km.
    #[must_use]
    pub fn round_trip(&self, from: &Place, to: &Place) -> RoundTrip {
        let pair = from.region.zip(to.region).map(|(a, b)| (a.max(b), a.min(b)));
        if let Some(micros) = pair.and_then(|(a, b)| *self.measured.get(a)?.get(b)?) {
            return RoundTrip { rtt: Quantity::micros(micros), source: LatencySource::Measured };
        }
        let micros = BASE_MICROS + MICROS_PER_KM * arc_km(&from.unit, &to.unit);
        RoundTrip { rtt: Quantity::micros(nearest_whole(micros)), source: LatencySource::Estimated }
    }
}

fn rows(text: &str) -> Vec<csv::StringRecord> {
    csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes()).into_records().flatten().collect()
}

fn read_city(row: &csv::StringRecord) -> Option<City> {
    Some(City {
        name: row.get(0)?.to_owned(),
        country: row.get(1)?.parse().ok()?,
        coordinates: Coordinates { latitude: row.get(2)?.parse().ok()?, longitude: row.get(3)?.parse().ok()? },
        population: row.get(4)?.parse().ok()?,
    })
}

/// The nearest whole number, within the range of the type.
#[allow(clippy::cast_possible_truncation, reason = "a float beyond the range becomes the end of the range")]
pub(crate) fn whole(number: f64) -> i64 {
    number.round() as i64
}

/// The nearest whole number to one that is not negative, without the call that rounding is on most processors.
#[allow(clippy::cast_possible_truncation, reason = "a float beyond the range becomes the end of the range")]
fn nearest_whole(number: f64) -> i64 {
    (number + 0.5) as i64
}

/// The great-circle distance.
#[must_use]
pub fn distance_km(from: Coordinates, to: Coordinates) -> f64 {
    arc_km(&unit(from), &unit(to))
}

/// The great-circle distance of points on a sphere of radius one, by the chord between them.
fn arc_km(from: &[f64; 3], to: &[f64; 3]) -> f64 {
    let square: f64 = from.iter().zip(to).map(|(from, to)| (to - from).powi(2)).sum();
    2.0 * EARTH_RADIUS_KM * (square.sqrt() / 2.0).min(1.0).asin()
}

fn unit(place: Coordinates) -> [f64; 3] {
    let (north, east) = (place.latitude.to_radians(), place.longitude.to_radians());
    [north.cos() * east.cos(), north.cos() * east.sin(), north.sin()]
}

/// A name in small letters without accents.
fn folded(name: &str) -> String {
    const BASES: [(&str, &str); 17] = [
        ("àáâãäåāăą", "a"),
        ("æ", "ae"),
        ("çćĉċč", "c"),
        ("ďđð", "d"),
        ("èéêëēĕėęě", "e"),
        ("ĝğġģ", "g"),
        ("ìíîïĩīĭįı", "i"),
        ("ķ", "k"),
        ("ĺļľłŀ", "l"),
        ("ñńņňŉ", "n"),
        ("òóôõöøōŏő", "o"),
        ("ŕŗř", "r"),
        ("śŝşšș", "s"),
        ("ţťŧț", "t"),
        ("ùúûüũūŭůűų", "u"),
        ("ýÿ", "y"),
        ("źżž", "z"),
    ];
    let mut folded = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match BASES.iter().find(|(accented, _)| accented.contains(letter)) {
            Some((_, base)) => folded.push_str(base),
            None if letter == 'ß' => folded.push_str("ss"),
            None if letter == 'œ' => folded.push_str("oe"),
            // The dot that a lower-case İ leaves behind.
            None if letter == '\u{307}' => {}
            None => folded.push(letter),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str) -> Place {
        let geo = Geo::embedded();
        geo.place(geo.city(name).unwrap().coordinates)
    }

    #[test]
    fn cities_are_found_as_people_write_them() {
        let geo = Geo::embedded();
        for name in ["Jelenia Góra", "jelenia gora", "JELENIA GÓRA, PL"] {
            assert_eq!(geo.city(name).map(|city| city.country.code()), Some("PL"), "{name}");
        }
        assert_eq!(geo.city("Utrecht, FR"), None);
        assert_eq!(geo.city("Utrecht, Netherlands"), None);
        assert_eq!(geo.similar_city("Utrehct").map(|city| city.name.as_str()), Some("Utrecht"));
        assert!(geo.cities.values().map(Vec::len).sum::<usize>() > 8000);
    }

    #[test]
    fn of_namesakes_the_largest_is_meant() {
        let geo = Geo::embedded();
        let frankfurt = geo.city("Lincoln").unwrap();
        assert!(geo.cities["lincoln"].iter().all(|other| other.population <= frankfurt.population));
    }

    #[test]
    fn round_trips_are_measured_between_regions_and_estimated_elsewhere() {
        let geo = Geo::embedded();
        let measured = geo.round_trip(&place("Amsterdam"), &place("Frankfurt am Main"));
        assert_eq!(measured.source, LatencySource::Measured);
        assert_eq!(measured, geo.round_trip(&place("Frankfurt am Main"), &place("Amsterdam")));
        let estimated = geo.round_trip(&place("Utrecht"), &place("Grenoble"));
        assert_eq!(estimated.source, LatencySource::Estimated);
        // 768 km by any map.
        assert!((20_000..20_500).contains(&estimated.rtt.base()), "{estimated:?}");
        let here = geo.round_trip(&place("Grenoble"), &place("Grenoble"));
        assert_eq!(here.rtt.base(), 5_270);
    }

    #[test]
    fn distances_agree_with_known_ones() {
        let (paris, london) = (place("Paris").coordinates, place("London").coordinates);
        assert!((distance_km(paris, london) - 343.5).abs() < 2.0);
        let (north, south) =
            (Coordinates { latitude: 90.0, longitude: 0.0 }, Coordinates { latitude: -90.0, longitude: 7.0 });
        assert!((distance_km(north, south) - 20_015.0).abs() < 1.0);
    }

    #[test]
    fn every_european_country_has_a_carbon_intensity() {
        let geo = Geo::embedded();
        for code in ["AT", "DE", "FR", "NL", "PL", "PT", "CZ", "CH", "NO", "SE", "FI", "DK", "IT", "LT", "LU", "ES"] {
            let intensity = geo.carbon(code.parse().unwrap()).unwrap();
            assert!((1_000..1_200_000).contains(&intensity.base()), "{code} {intensity}");
        }
    }
}
