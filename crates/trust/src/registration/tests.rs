//! Numbers of companies and public bodies as they publish them, and what one wrong digit does.

use hansa_model::country::Country;
use proptest::prelude::*;

use super::{Checked, Kind, check};

/// VAT numbers as their holders publish them.
const VAT: &[&str] = &[
    "ATU33864707",
    "ATU14189108",
    "BE0202239951",
    "BE0403227515",
    "BG831642181",
    "CHE105909036",
    "CHE116281710",
    "CZ45274649",
    "CZ00177041",
    "DE143454214",
    "DE129274202",
    "DE129273398",
    "DE123475223",
    "DK24256790",
    "DK22756214",
    "EE100366327",
    "EL094019245",
    "ESA28015865",
    "FI01120389",
    "FR22424761419",
    "GB220430231",
    "GB333289454",
    "HR27759560625",
    "HU10537914",
    "HU10625790",
    "IE6388047V",
    "IE8256796U",
    "IT00905811006",
    "LU20260743",
    "LU26888617",
    "LV40003032949",
    "NL003028112B01",
    "NO923609016MVA",
    "PL7740001454",
    "PT500697256",
    "PT504499777",
    "RO1590082",
    "SE556012579001",
    "SE556074756901",
    "SI82646716",
    "SI98511734",
    "SK2020372640",
];

const LEI: &[&str] = &[
    "7LTWFZYICNSX8D621K86",
    "549300NYKK9MWM7GGW15",
    "HWUPKR0MPOU8FGXBT394",
    "784F5XWPLTWKTBV3E584",
    "529900D6BF99LW9R2E68",
    "R0MUWSFPU8MPRO8K5P83",
];

/// Company numbers by their countries.
const LOCAL: &[(&str, &str)] = &[
    ("FR", "424 761 419"),
    ("FR", "42476141900045"),
    ("BE", "0202.239.951"),
    ("CH", "CHE-105.909.036"),
    ("CZ", "45274649"),
    ("DK", "24256790"),
    ("FI", "0112038-9"),
    ("NO", "923 609 016"),
    ("SE", "556012-5790"),
];

/// Countries whose check digits catch every single wrong digit.
const CATCH_ALL: &[&str] = &["AT", "BE", "CH", "DE", "DK", "EE", "FI", "HR", "IT", "LU", "NO", "PL", "SE", "SK"];

fn country(code: &str) -> Option<Country> {
    Some(code.parse().unwrap())
}

#[test]
fn published_numbers_pass_with_their_check_digits() {
    for number in VAT {
        let checked = check(Kind::Vat, None, number).unwrap_or_else(|error| panic!("{number}: {error}"));
        assert_eq!((checked.normalised.as_str(), checked.checked), (*number, Checked::CheckDigits));
    }
    for number in LEI {
        assert_eq!(check(Kind::Lei, None, number).unwrap().checked, Checked::CheckDigits, "{number}");
    }
    for (code, number) in LOCAL {
        let checked = check(Kind::Local, country(code), number).unwrap_or_else(|error| panic!("{number}: {error}"));
        assert_eq!(checked.checked, Checked::CheckDigits);
    }
}

#[test]
fn marks_blanks_and_a_missing_prefix_do_not_matter() {
    let same = |country: Option<Country>, text: &str| check(Kind::Vat, country, text).unwrap().normalised;
    assert_eq!(same(None, " de 143.454.214 "), "DE143454214");
    assert_eq!(same(country("DE"), "143454214"), "DE143454214");
    assert_eq!(same(country("GR"), "094019245"), "EL094019245");
    assert_eq!(same(country("GR"), "EL 094019245"), "EL094019245");
    assert_eq!(same(None, "CHE-105.909.036 MWST"), "CHE105909036");
    assert_eq!(same(country("NO"), "923609016"), "NO923609016MVA");
    assert_eq!(check(Kind::Lei, None, "7ltw-fzyi-cnsx-8d62-1k86").unwrap().normalised, LEI[0]);
}

#[test]
fn what_can_not_be_checked_says_so() {
    let format = |kind, code: Option<&str>, text: &str| {
        assert_eq!(check(kind, code.and_then(country), text).unwrap().checked, Checked::Format, "{text}");
    };
    format(Kind::Local, Some("DE"), "HRB 719915");
    format(Kind::Local, Some("DE"), "Mannheim HRB 719915");
    format(Kind::Local, Some("NL"), "17085815");
    format(Kind::Local, Some("LU"), "B186284");
    format(Kind::Local, Some("AT"), "FN 93363z");
    format(Kind::Local, Some("GB"), "SC123456");
    format(Kind::Local, Some("EE"), "10421629");
    format(Kind::Euid, None, "DEK1101R.HRB116737");
    format(Kind::Euid, Some("NL"), "NLNHR.17085815");
    format(Kind::Eori, None, "FR42476141900045");
    format(Kind::Eori, Some("NL"), "NL003028112");
    format(Kind::Vat, None, "GBGD001");
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let refused = |kind, code: Option<&str>, text: &str| check(kind, code.and_then(country), text).unwrap_err();
    let wrong = refused(Kind::Vat, None, "DE143454215");
    assert!(wrong.why.contains("check digits") && wrong.hint.contains("compare it with the register"), "{wrong:?}");
    let short = refused(Kind::Vat, None, "DE14345");
    assert!(short.hint.contains("DE and 9 digits"), "{short:?}");
    assert!(refused(Kind::Vat, None, "143454214").hint.contains("two letters of the country"));
    assert!(refused(Kind::Vat, Some("US"), "12").hint.contains("register of companies"));
    assert!(refused(Kind::Lei, None, "7LTWFZYICNSX8D621K87").why.contains("check digits"));
    assert!(refused(Kind::Lei, None, "7LTW").hint.contains("two check digits"));
    assert!(refused(Kind::Euid, Some("FR"), "DEK1101R.HRB116737").why.contains("of DE"));
    assert!(refused(Kind::Eori, None, "US123").why.contains("form"));
    assert!(refused(Kind::Local, None, "123").hint.contains("which country"));
    assert!(refused(Kind::Local, Some("FR"), "424761418").why.contains("check digits"));
    assert!(refused(Kind::Local, Some("DE"), "HRB").hint.contains("HRB 719915"));
    assert!(refused(Kind::Vat, None, &"9".repeat(1_000)).why.contains("too long"));
}

/// Changes one digit into another.
fn with_another_digit(number: &str, place: prop::sample::Index, add: u8) -> String {
    let mut bytes = number.as_bytes().to_vec();
    let places: Vec<usize> = (2..bytes.len()).filter(|place| bytes[*place].is_ascii_digit()).collect();
    let place = places[place.index(places.len())];
    bytes[place] = b'0' + (bytes[place] - b'0' + add) % 10;
    String::from_utf8(bytes).unwrap()
}

proptest! {
    #[test]
    fn one_wrong_digit_is_caught(number in prop::sample::select(VAT), place: prop::sample::Index, add in 1_u8..10) {
        prop_assume!(CATCH_ALL.contains(&&number[..2]));
        let wrong = with_another_digit(number, place, add);
        prop_assert!(check(Kind::Vat, None, &wrong).is_err(), "{} passes", wrong);
    }

    #[test]
    fn one_wrong_digit_of_an_lei_is_caught(
        number in prop::sample::select(LEI), place: prop::sample::Index, add in 1_u8..10
    ) {
        prop_assert!(check(Kind::Lei, None, &with_another_digit(number, place, add)).is_err());
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,24}", code in "[A-Z]{2}") {
        for kind in [Kind::Vat, Kind::Lei, Kind::Eori, Kind::Euid, Kind::Local] {
            let _ = check(kind, None, &text);
            let _ = check(kind, code.parse().ok(), &text);
            let _ = check(kind, None, &format!("{code}{text}"));
        }
    }

    #[test]
    fn no_number_of_any_country_makes_it_panic(number in prop::sample::select(VAT), rest in "[0-9A-Z]{0,14}") {
        let _ = check(Kind::Vat, None, &format!("{}{rest}", &number[..2]));
        let _ = check(Kind::Local, number[..2].parse().ok(), &rest);
    }
}
