//! Registration numbers of legal persons: their formats, and their check digits where the register publishes how they
//! are made.
//!
//! A number that passes is well written; that it exists, and whose it is, only its register can tell.

mod digits;
mod local;
mod vat;

use hansa_model::country::Country;

/// What kind of number it is, as Gaia-X tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A VAT identification number of a member of the Union, Northern Ireland, Great Britain, Norway or Switzerland.
    Vat,
    /// A Legal Entity Identifier (ISO 17442).
    Lei,
    /// An Economic Operators Registration and Identification number.
    Eori,
    /// A European Unique Identifier of a company, as the registers of the Union exchange it.
    Euid,
    /// The number in the register of companies of a country.
    Local,
}

/// How far a number was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Checked {
    /// Only that it has the form of such a number; how its check digits are made, if it has any, is not published.
    Format,
    /// Its check digits too.
    CheckDigits,
}

/// A number that is well written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// In capitals without blanks and marks, VAT numbers with the prefix of their country.
    pub normalised: String,
    /// How far it was checked.
    pub checked: Checked,
}

/// Why a number is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct InvalidNumber {
    /// What is wrong.
    pub why: String,
    /// How the number is to be written, or what to do.
    pub hint: String,
}

impl InvalidNumber {
    fn new(why: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { why: why.into(), hint: hint.into() }
    }

    fn check_digits(what: &str) -> Self {
        Self::new(
            format!("the check digits of this {what} do not fit the rest"),
            "compare it with the register, digit by digit: one is wrong or two have changed places",
        )
    }
}

/// How many characters a number may have before it is looked at.
const LONGEST: usize = 64;

/// Checks how a number is written. The country is needed for local numbers, and for VAT numbers without a prefix.
///
/// # Errors
///
/// When it has not the form of such a number, or its check digits are wrong.
pub fn check(kind: Kind, country: Option<Country>, text: &str) -> Result<Number, InvalidNumber> {
    if text.chars().nth(LONGEST).is_some() {
        return Err(InvalidNumber::new("the number is too long", format!("no such number has {LONGEST} characters")));
    }
    match kind {
        Kind::Vat => vat::check(country, &compact(text)),
        Kind::Lei => lei(&compact(text)),
        Kind::Eori => eori(country, &compact(text)),
        Kind::Euid => euid(country, text.trim()),
        Kind::Local => local::check(country, &compact(text)),
    }
}

/// A number in capitals without blanks and the marks that people put between groups.
fn compact(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_whitespace() && !".-/:_".contains(*letter))
        .flat_map(char::to_uppercase)
        .collect()
}

fn lei(text: &str) -> Result<Number, InvalidNumber> {
    let form = text.len() == 20
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && text[18..].bytes().all(|byte| byte.is_ascii_digit());
    if !form {
        return Err(InvalidNumber::new(
            "this is not the form of an LEI",
            "an LEI has 18 letters or digits and two check digits, like 7LTWFZYICNSX8D621K86",
        ));
    }
    if digits::mod_97(text) != 1 {
        return Err(InvalidNumber::check_digits("LEI"));
    }
    Ok(Number { normalised: text.to_owned(), checked: Checked::CheckDigits })
}

fn eori(country: Option<Country>, text: &str) -> Result<Number, InvalidNumber> {
    let (prefix, rest) = text.split_at_checked(2).unwrap_or((text, ""));
    let issued_by = prefix.parse::<Country>().ok();
    let known = issued_by.is_some_and(|country| country.in_eu() || ["GB", "XI"].contains(&country.code()));
    let form =
        (1..=15).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let is_digits = |lengths: &[usize]| lengths.contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit());
    let fits = match prefix {
        "BE" | "SE" => is_digits(&[10]),
        "FR" => is_digits(&[14]),
        "NL" => is_digits(&[9]),
        "GB" | "XI" => is_digits(&[12, 15]),
        _ => true,
    };
    if !(known && form && fits) {
        return Err(InvalidNumber::new(
            "this is not the form of an EORI number",
            "an EORI number has the two letters of the country that gave it and up to 15 letters or digits, \
             like NL123456789",
        ));
    }
    agree(country, issued_by, "EORI number")?;
    Ok(Number { normalised: text.to_owned(), checked: Checked::Format })
}

fn euid(country: Option<Country>, text: &str) -> Result<Number, InvalidNumber> {
    let upper = text.to_uppercase();
    let (register, number) = upper.split_once('.').unwrap_or_default();
    let issued_by = register.get(..2).and_then(|prefix| prefix.parse::<Country>().ok());
    let form = issued_by.is_some_and(Country::in_eea)
        && (2..=12).contains(&register.len())
        && register.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && (1..=32).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_/. ".contains(&byte))
        && number.bytes().any(|byte| byte.is_ascii_digit());
    if !form {
        return Err(InvalidNumber::new(
            "this is not the form of an EUID",
            "an EUID has the country, the register, a point and the number, like DEK1101R.HRB116737",
        ));
    }
    agree(country, issued_by, "EUID")?;
    Ok(Number { normalised: upper, checked: Checked::Format })
}

fn agree(stated: Option<Country>, in_number: Option<Country>, what: &str) -> Result<(), InvalidNumber> {
    match (stated, in_number) {
        (Some(stated), Some(other)) if stated != other => Err(InvalidNumber::new(
            format!("this {what} is of {other}, but the country given is {stated}"),
            "correct the country or the number",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
