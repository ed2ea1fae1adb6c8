//! Postal addresses.

use hansa_model::onboarding::{Address, Addresses, LegalPerson};

use super::wrong::Wrong;

/// How postal codes are written: 9 stands for a digit, A for a letter, everything else for itself. Blanks do not count.
const POSTAL_CODES: [(&str, &[&str]); 31] = [
    ("AT", &["9999"]),
    ("BE", &["9999"]),
    ("BG", &["9999"]),
    ("CH", &["9999"]),
    ("CY", &["9999"]),
    ("CZ", &["99999"]),
    ("DE", &["99999"]),
    ("DK", &["9999"]),
    ("EE", &["99999"]),
    ("ES", &["99999"]),
    ("FI", &["99999"]),
    ("FR", &["99999"]),
    ("GR", &["99999"]),
    ("HR", &["99999"]),
    ("HU", &["9999"]),
    ("IE", &["A99****", "A9A****"]),
    ("IS", &["999"]),
    ("IT", &["99999"]),
    ("LI", &["9999"]),
    ("LT", &["99999", "LT-99999"]),
    ("LU", &["9999", "L-9999"]),
    ("LV", &["LV-9999", "9999"]),
    ("MT", &["AAA9999"]),
    ("NL", &["9999AA"]),
    ("NO", &["9999"]),
    ("PL", &["99-999"]),
    ("PT", &["9999-999"]),
    ("RO", &["999999"]),
    ("SE", &["99999"]),
    ("SI", &["9999"]),
    ("SK", &["99999"]),
];

/// Whether a code is written like one of the country, or nothing is known about how those are; else how they are.
fn postal_code(country: &str, code: &str) -> Result<(), &'static str> {
    let Some((_, forms)) = POSTAL_CODES.iter().find(|(known, _)| *known == country) else { return Ok(()) };
    let code: Vec<char> = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let fits = |form: &&str| {
        let matches = |(mark, letter): (char, &char)| match mark {
            '9' => letter.is_ascii_digit(),
            'A' => letter.is_ascii_alphabetic(),
            '*' => letter.is_ascii_alphanumeric(),
            mark => *letter == mark,
        };
        form.chars().count() == code.len() && form.chars().zip(&code).all(matches)
    };
    if forms.iter().any(|form| fits(form)) { Ok(()) } else { Err(forms.first().copied().unwrap_or_default()) }
}

/// What is wrong with addresses.
pub(super) fn check(said: &Addresses, person: Option<&LegalPerson>, wrong: &mut Wrong) {
    let hint = "write the address as it stands in the register";
    let seats = person.map(|person| (person.incorporated_in, person.headquarters_in)).unwrap_or_default();
    if let Some(registered) = wrong.needed("registered", said.registered.as_ref(), hint) {
        one("registered", registered, wrong);
        if let (Some(country), (Some(incorporated), _)) = (registered.country, seats)
            && country != incorporated
        {
            let message = format!("the registered address is in {country}, but it is incorporated in {incorporated}");
            wrong.add("registered.country", message, "correct this or `incorporatedIn` of the step legal-person");
        }
    }
    match (&said.headquarters, seats) {
        (Some(headquarters), (_, seat)) => {
            one("headquarters", headquarters, wrong);
            if let (Some(country), Some(seat)) = (headquarters.country, seat)
                && country != seat
            {
                let message = format!("this address is in {country}, but the headquarters are in {seat}");
                wrong.add("headquarters.country", message, "correct this or `headquartersIn` of the step legal-person");
            }
        }
        (None, (Some(incorporated), Some(seat))) if incorporated != seat => {
            let hint = "headquarters are in another country than the registered address: write theirs too";
            wrong.add("headquarters", "this is missing", hint);
        }
        (None, _) => {}
    }
}

fn one(at: &str, address: &Address, wrong: &mut Wrong) {
    wrong.text(&format!("{at}.street"), address.street.as_ref(), "write street and number");
    wrong.text(&format!("{at}.locality"), address.locality.as_ref(), "write the town");
    wrong.text(&format!("{at}.postalCode"), address.postal_code.as_ref(), "write the postal code");
    wrong.country(&format!("{at}.country"), address.country, "write two letters of ISO 3166, like DE");
    if let (Some(country), Some(code)) = (address.country, &address.postal_code)
        && let Err(form) = postal_code(country.code(), code)
    {
        let message = format!("`{}` is no postal code of {country}", code.chars().take(20).collect::<String>());
        let form = form.replace(['A', '*'], "x");
        wrong.add(
            &format!("{at}.postalCode"),
            message,
            &format!("write it like {form}: 9 for a digit, x for a letter"),
        );
    }
    if let Some(subdivision) = &address.subdivision {
        let (country, part) = subdivision.split_once('-').unwrap_or_default();
        let fits = address.country.is_none_or(|of| of.code() == country)
            && (1..=3).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let hint = "write country and part, like DE-HH, or leave it out";
        wrong.unless(fits, &format!("{at}.subdivision"), "this is no code of ISO 3166-2 in that country", hint);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postal_codes_are_told_apart_by_country() {
        for (country, right, wrong) in [
            ("NL", "3511 LX", "3511"),
            ("DE", "20457", "2045"),
            ("PL", "58-500", "58500"),
            ("IE", "D02 AF30", "12345"),
            ("LV", "LV-1050", "LV1050"),
            ("MT", "VLT 1117", "1117"),
        ] {
            assert_eq!(postal_code(country, right), Ok(()), "{country} {right}");
            assert!(postal_code(country, wrong).is_err(), "{country} {wrong}");
        }
        assert_eq!(postal_code("JP", "anything"), Ok(()));
    }
}
