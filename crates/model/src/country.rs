//! Countries, and the regions that requirements name: `EU`, `EEA`, `CH`, `DE`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// ISO 3166 codes of the member states of the European Union.
const EU: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];
/// ISO 3166 codes of the further members of the European Economic Area.
const EEA_BEYOND_EU: [&str; 3] = ["IS", "LI", "NO"];
/// The codes that ISO 3166-1 has assigned, one after the other.
const ASSIGNED: &str = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCM\
    CNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIO\
    IQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNI\
    NLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTO\
    TRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";

/// A country by the two letters of ISO 3166.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// A text that is no country or region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a country or region: use two capital letters like `DE`, or `EU` or `EEA`")]
pub struct InvalidCountry(String);

impl Country {
    /// The two letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }

    /// Whether ISO 3166-1 has assigned its code; Kosovo's `XK`, which everybody uses, counts.
    #[must_use]
    pub fn is_assigned(self) -> bool {
        self.code() == "XK" || ASSIGNED.as_bytes().chunks_exact(2).any(|code| code == self.0)
    }

    /// Whether it is a member state of the European Union.
    #[must_use]
    pub fn in_eu(self) -> bool {
        EU.contains(&self.code())
    }

    /// Whether it is a member of the European Economic Area.
    #[must_use]
    pub fn in_eea(self) -> bool {
        self.in_eu() || EEA_BEYOND_EU.contains(&self.code())
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Country {
    type Err = InvalidCountry;

    fn from_str(text: &str) -> Result<Self, InvalidCountry> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() && text != "EU" => Ok(Self([*a, *b])),
            _ => Err(InvalidCountry(text.chars().take(16).collect())),
        }
    }
}

/// A set of countries that a requirement names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Region {
    /// The European Union.
    Eu,
    /// The European Economic Area.
    Eea,
    /// One country.
    Country(Country),
}

impl Region {
    /// Whether the country belongs to it.
    #[must_use]
    pub fn contains(self, country: Country) -> bool {
        match self {
            Self::Eu => country.in_eu(),
            Self::Eea => country.in_eea(),
            Self::Country(only) => only == country,
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Eu => f.pad("EU"),
            Self::Eea => f.pad("EEA"),
            Self::Country(country) => country.fmt(f),
        }
    }
}

impl FromStr for Region {
    type Err = InvalidCountry;

    fn from_str(text: &str) -> Result<Self, InvalidCountry> {
        match text {
            "EU" => Ok(Self::Eu),
            "EEA" => Ok(Self::Eea),
            other => other.parse().map(Self::Country),
        }
    }
}

macro_rules! as_text {
    ($name:ident, $pattern:literal) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some($pattern))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

as_text!(Country, "^[A-Z]{2}$");
as_text!(Region, "^([A-Z]{2}|EEA)$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_hold_their_countries() {
        let norway: Country = "NO".parse().unwrap();
        assert!(Region::Eea.contains(norway) && !Region::Eu.contains(norway));
        assert!("CH".parse::<Region>().unwrap().contains("CH".parse().unwrap()));
        assert!("Germany".parse::<Region>().is_err());
        assert!("de".parse::<Country>().is_err());
    }

    #[test]
    fn codes_that_nobody_has_are_told_apart() {
        assert_eq!(ASSIGNED.len(), 2 * 249);
        for (code, assigned) in [("DE", true), ("XK", true), ("ZW", true), ("ZZ", false), ("DA", false), ("UK", false)]
        {
            assert_eq!(code.parse::<Country>().unwrap().is_assigned(), assigned, "{code}");
        }
        assert!(EU.iter().chain(&EEA_BEYOND_EU).all(|code| code.parse::<Country>().unwrap().is_assigned()));
    }
}
