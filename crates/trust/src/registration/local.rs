//! Numbers in the registers of companies.

use hansa_model::country::Country;

use super::vat::{norwegian_organisation, swiss_enterprise};
use super::{Checked, InvalidNumber, Number, digits};

/// The SIREN of La Poste, whose establishments but the first are numbered by the plain sum of digits.
const LA_POSTE: &str = "356000000";
/// The seat of La Poste.
const LA_POSTE_SEAT: &str = "35600000000048";

/// What became of a number: its form is wrong, or its check digits are right or wrong, or it has none.
enum Outcome {
    Malformed(&'static str),
    Wrong,
    Right,
    Unchecked,
}

pub(super) fn check(country: Option<Country>, text: &str) -> Result<Number, InvalidNumber> {
    let Some(country) = country else {
        return Err(InvalidNumber::new(
            "the country of the register is missing",
            "say in which country's register the number is",
        ));
    };
    let outcome = match country.code() {
        "AT" => form(is_austrian(text), "FN, up to 6 digits and a letter, like FN93363z"),
        "BE" => belgium(text),
        "CH" | "LI" => {
            outcome(text.strip_prefix("CHE").and_then(swiss_enterprise), "CHE and 9 digits, like CHE-105.805.649")
        }
        "CZ" => outcome(czechia(text), "8 digits, the IČO"),
        "DE" => form(is_german(text), "HRA, HRB, GnR, PR or VR and up to 6 digits, like HRB 719915"),
        "DK" => outcome(weighted(text, &[2, 7, 6, 5, 4, 3, 2, 1]), "8 digits, the CVR number"),
        "FI" => outcome(weighted(text, &[7, 9, 10, 5, 8, 4, 2, 1]), "7 digits and a check digit, like 0112038-9"),
        "FR" => outcome(france(text), "the 9 digits of the SIREN or the 14 of the SIRET, like 424 761 419"),
        "GB" => form(is_british(text), "8 digits, or 2 letters and 6 digits"),
        "LU" => form(is_luxembourgish(text), "B and up to 6 digits"),
        "NL" => form(digits_of(text, 8), "the 8 digits of the KvK number, like 17085815"),
        "NO" => outcome(norwegian_organisation(text), "9 digits, like 923 609 016"),
        "PL" => form(digits_of(text, 10), "the 10 digits of the KRS number"),
        "SE" => outcome(sweden(text), "10 digits, like 556012-5790"),
        _ => form(is_plain(text), "up to 32 letters and digits"),
    };
    let number = |checked| Ok(Number { normalised: text.to_owned(), checked });
    match outcome {
        Outcome::Malformed(hint) => Err(InvalidNumber::new(
            format!("this is not the form of a company number of {country}"),
            format!("it is written {hint}"),
        )),
        Outcome::Wrong => Err(InvalidNumber::check_digits("company number")),
        Outcome::Right => number(Checked::CheckDigits),
        Outcome::Unchecked => number(Checked::Format),
    }
}

fn outcome(right: Option<bool>, hint: &'static str) -> Outcome {
    match right {
        None => Outcome::Malformed(hint),
        Some(true) => Outcome::Right,
        Some(false) => Outcome::Wrong,
    }
}

fn form(fits: bool, hint: &'static str) -> Outcome {
    if fits { Outcome::Unchecked } else { Outcome::Malformed(hint) }
}

fn digits_of(text: &str, length: usize) -> bool {
    text.len() == length && is_digits(text)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_plain(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether the sum of all digits by their weights is a multiple of 11.
fn weighted(text: &str, weights: &[u32]) -> Option<bool> {
    let digits = digits::of(text).filter(|digits| digits.len() == weights.len())?;
    Some(digits::weighted(&digits, weights).is_multiple_of(11))
}

fn belgium(text: &str) -> Outcome {
    let digits = digits::of(text).filter(|digits| digits.len() == 10 && digits[0] < 2);
    let right = digits.map(|digits| 97 - digits::number(&digits[..8]) % 97 == digits::number(&digits[8..]));
    outcome(right, "10 digits, the first 0 or 1, like 0202.239.951")
}

fn czechia(text: &str) -> Option<bool> {
    let digits = digits::of(text).filter(|digits| digits.len() == 8)?;
    Some(digits[7] == (11 - digits::weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) % 11) % 10)
}

fn france(text: &str) -> Option<bool> {
    let digits = digits::of(text)?;
    match digits.len() {
        9 => Some(digits::luhn(&digits)),
        14 if text.starts_with(LA_POSTE) && text != LA_POSTE_SEAT => Some(digits.iter().sum::<u32>().is_multiple_of(5)),
        14 => Some(digits::luhn(&digits[..9]) && digits::luhn(&digits)),
        _ => None,
    }
}

fn sweden(text: &str) -> Option<bool> {
    let digits = digits::of(text).filter(|digits| digits.len() == 10)?;
    Some(digits::luhn(&digits))
}

fn is_austrian(text: &str) -> bool {
    let number = text.strip_prefix("FN").unwrap_or(text);
    let Some((number, letter)) = number.split_at_checked(number.len().saturating_sub(1)) else { return false };
    number.len() <= 6 && is_digits(number) && letter.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_german(text: &str) -> bool {
    // The court may stand before, letters of a branch register behind.
    ["HRA", "HRB", "GNR", "PR", "VR"].iter().any(|register| {
        text.rfind(register).is_some_and(|place| {
            let (court, number) = (&text[..place], &text[place + register.len()..]);
            let number = number.trim_end_matches(|letter: char| letter.is_ascii_uppercase());
            court.chars().all(char::is_alphanumeric) && number.len() <= 6 && is_digits(number)
        })
    })
}

fn is_british(text: &str) -> bool {
    let letters_allowed = text.get(..2).is_some_and(|start| start.bytes().all(|byte| byte.is_ascii_uppercase()));
    digits_of(text, 8) || letters_allowed && text.get(2..).is_some_and(|number| digits_of(number, 6))
}

fn is_luxembourgish(text: &str) -> bool {
    text.strip_prefix('B').is_some_and(|number| number.len() <= 6 && is_digits(number))
}
