//! VAT identification numbers: of the Union as in the annex of Directive 2006/112/EC and VIES, of others as published
//! by their authorities.

use hansa_model::country::Country;

use super::{Checked, InvalidNumber, Number, digits};

/// What a number looks like without the prefix of its country.
struct Rule {
    prefix: &'static str,
    hint: &'static str,
    /// Whether a number is right; nothing when it has not the form.
    verify: fn(&str) -> Option<Outcome>,
}

/// What becomes of a number of the right form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Right,
    Wrong,
    /// There is no published way to check it.
    Unchecked,
}

impl From<bool> for Outcome {
    fn from(right: bool) -> Self {
        if right { Self::Right } else { Self::Wrong }
    }
}

const RULES: [Rule; 31] = [
    Rule { prefix: "AT", hint: "ATU and 8 digits, like ATU33864707", verify: austria },
    Rule { prefix: "BE", hint: "BE and 10 digits, the first 0 or 1, like BE0202239951", verify: belgium },
    Rule { prefix: "BG", hint: "BG and 9 or 10 digits", verify: bulgaria },
    Rule { prefix: "CY", hint: "CY, 8 digits and a letter", verify: cyprus },
    Rule { prefix: "CZ", hint: "CZ and 8 to 10 digits, like CZ45274649", verify: czechia },
    Rule { prefix: "DE", hint: "DE and 9 digits, like DE143454214", verify: germany },
    Rule { prefix: "DK", hint: "DK and 8 digits, like DK24256790", verify: denmark },
    Rule { prefix: "EE", hint: "EE and 9 digits, like EE100366327", verify: estonia },
    Rule { prefix: "EL", hint: "EL and 9 digits, like EL094019245", verify: greece },
    Rule { prefix: "ES", hint: "ES, 9 letters or digits, like ESA28015865", verify: spain },
    Rule { prefix: "FI", hint: "FI and 8 digits, like FI01120389", verify: finland },
    Rule {
        prefix: "FR",
        hint: "FR, 2 letters or digits and the 9 digits of the SIREN, like FR22424761419",
        verify: france,
    },
    Rule { prefix: "HR", hint: "HR and 11 digits, like HR27759560625", verify: croatia },
    Rule { prefix: "HU", hint: "HU and 8 digits, like HU10537914", verify: hungary },
    Rule { prefix: "IE", hint: "IE, 7 digits and 1 or 2 letters, like IE6388047V", verify: ireland },
    Rule { prefix: "IT", hint: "IT and 11 digits, like IT00905811006", verify: italy },
    Rule { prefix: "LT", hint: "LT and 9 or 12 digits", verify: lithuania },
    Rule { prefix: "LU", hint: "LU and 8 digits, like LU20260743", verify: luxembourg },
    Rule { prefix: "LV", hint: "LV and 11 digits, like LV40003032949", verify: latvia },
    Rule { prefix: "MT", hint: "MT and 8 digits", verify: malta },
    Rule { prefix: "NL", hint: "NL, 9 digits, B and 2 digits", verify: netherlands },
    Rule { prefix: "PL", hint: "PL and 10 digits, like PL7740001454", verify: poland },
    Rule { prefix: "PT", hint: "PT and 9 digits, like PT500697256", verify: portugal },
    Rule { prefix: "RO", hint: "RO and 2 to 10 digits, like RO1590082", verify: romania },
    Rule { prefix: "SE", hint: "SE, the 10 digits of the organisation and 01, like SE556012579001", verify: sweden },
    Rule { prefix: "SI", hint: "SI and 8 digits, like SI82646716", verify: slovenia },
    Rule { prefix: "SK", hint: "SK and 10 digits, like SK2020372640", verify: slovakia },
    Rule { prefix: "XI", hint: "XI and 9 or 12 digits", verify: united_kingdom },
    Rule { prefix: "GB", hint: "GB and 9 or 12 digits, like GB220430231", verify: united_kingdom },
    Rule { prefix: "NO", hint: "NO, 9 digits and MVA, like NO923609016MVA", verify: norway },
    Rule { prefix: "CH", hint: "CHE, 9 digits and MWST, TVA or IVA", verify: switzerland },
];

pub(super) fn check(country: Option<Country>, text: &str) -> Result<Number, InvalidNumber> {
    let written = |rule: &&Rule| text.starts_with(rule.prefix);
    let of_country = country.map(prefix_of);
    let by_country = of_country.as_deref().map(|prefix| RULES.iter().find(|rule| rule.prefix == prefix));
    let (rule, rest) = match by_country {
        Some(Some(rule)) => (rule, text.strip_prefix(rule.prefix).unwrap_or(text)),
        Some(None) => {
            return Err(InvalidNumber::new(
                "VAT numbers of this country are not known here",
                "give the number of the register of companies instead",
            ));
        }
        None => match RULES.iter().find(written) {
            Some(rule) => (rule, &text[rule.prefix.len()..]),
            None => {
                return Err(InvalidNumber::new(
                    "the number does not begin with a country that gives VAT numbers",
                    "write it with the two letters of the country, like DE143454214",
                ));
            }
        },
    };
    let rest = bare(rule.prefix, rest);
    match (rule.verify)(rest) {
        None => Err(InvalidNumber::new(
            format!("this is not the form of a VAT number of {}", rule.prefix),
            format!("it is written {}", rule.hint),
        )),
        Some(Outcome::Wrong) => Err(InvalidNumber::check_digits("VAT number")),
        Some(outcome) => {
            let checked = if outcome == Outcome::Right { Checked::CheckDigits } else { Checked::Format };
            Ok(Number { normalised: full(rule.prefix, rest), checked })
        }
    }
}

/// The prefix of a country's VAT numbers.
fn prefix_of(country: Country) -> String {
    match country.code() {
        "GR" => "EL".to_owned(),
        code => code.to_owned(),
    }
}

/// A number without the words that Norway and Switzerland put behind it.
fn bare<'a>(prefix: &str, rest: &'a str) -> &'a str {
    let words: &[&str] = match prefix {
        "NO" => &["MVA"],
        "CH" => &["MWST", "TVA", "IVA", "TPV"],
        _ => &[],
    };
    words.iter().find_map(|word| rest.strip_suffix(word)).unwrap_or(rest)
}

fn full(prefix: &str, rest: &str) -> String {
    match prefix {
        "NO" => format!("NO{rest}MVA"),
        "RO" => format!("RO{}", rest.trim_start_matches('0')),
        _ => format!("{prefix}{rest}"),
    }
}

fn exactly(text: &str, length: usize) -> Option<Vec<u32>> {
    digits::of(text).filter(|digits| digits.len() == length)
}

fn austria(text: &str) -> Option<Outcome> {
    let digits = exactly(text.strip_prefix('U')?, 8)?;
    let crossed = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let sum: u32 = digits[..7]
        .iter()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 1 { crossed(*digit) } else { *digit })
        .sum();
    Some(((sum + 4 + digits[7]).is_multiple_of(10)).into())
}

fn belgium(text: &str) -> Option<Outcome> {
    let digits = exactly(text, 10).filter(|digits| digits[0] < 2)?;
    Some((97 - digits::number(&digits[..8]) % 97 == digits::number(&digits[8..])).into())
}

fn bulgaria(text: &str) -> Option<Outcome> {
    let digits = digits::of(text)?;
    match digits.len() {
        9 => {
            let first = digits::weighted(&digits, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11;
            let second = || digits::weighted(&digits, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10;
            Some((digits[8] == if first == 10 { second() } else { first }).into())
        }
        10 => Some(Outcome::Unchecked),
        _ => None,
    }
}

fn cyprus(text: &str) -> Option<Outcome> {
    const ODD: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let (digits, letter) = text.split_at_checked(8)?;
    let digits = exactly(digits, 8).filter(|digits| letter.len() == 1 && !digits.starts_with(&[1, 2]))?;
    let letter = letter.bytes().next().filter(u8::is_ascii_uppercase)?;
    let value = |(place, digit): (usize, &u32)| {
        if place % 2 == 0 { ODD[usize::try_from(*digit).unwrap_or_default()] } else { *digit }
    };
    let sum: u32 = digits.iter().enumerate().map(value).sum();
    Some((u32::from(letter - b'A') == sum % 26).into())
}

fn czechia(text: &str) -> Option<Outcome> {
    let digits = digits::of(text)?;
    match digits.len() {
        8 if digits[0] != 9 => {
            let rest = digits::weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) % 11;
            Some((digits[7] == (11 - rest) % 10).into())
        }
        9 | 10 => Some(Outcome::Unchecked),
        _ => None,
    }
}

fn germany(text: &str) -> Option<Outcome> {
    let digits = exactly(text, 9).filter(|digits| digits[0] != 0)?;
    Some(digits::mod_11_10(&digits).into())
}

fn denmark(text: &str) -> Option<Outcome> {
    let digits = exactly(text, 8).filter(|digits| digits[0] != 0)?;
    Some(digits::weighted(&digits, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11).into())
}

fn estonia(text: &str) -> Option<Outcome> {
    let digits = exactly(text, 9)?;
    Some(digits::weighted(&digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10).into())
}

fn greece(text: &str) -> Option<Outcome> {
    let digits = exactly(text, 9)?;
    Some((digits::weighted(&digits, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == digits[8]).into())
}

fn spain(text: &str) -> Option<Outcome> {
    const PERSONS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    const COMPANIES: &[u8] = b"JABCDEFGHI";
    let letters = text.as_bytes();
    let [first, middle @ .., last] = letters else { return None };
    let middle = std::str::from_utf8(middle).ok().filter(|middle| middle.len() == 7)?;
    let middle_digits = digits::of(middle)?;
    let person = |number: u64| {
        let place = usize::try_from(number % 23).unwrap_or_default();
        Some(Outcome::from(PERSONS[place] == *last)).filter(|_| last.is_ascii_uppercase())
    };
    match first {
        b'0'..=b'9' => person(u64::from(first - b'0') * 10_000_000 + digits::number(&middle_digits)),
        b'X' | b'Y' | b'Z' => person(u64::from(first - b'X') * 10_000_000 + digits::number(&middle_digits)),
        b'K' | b'L' | b'M' => person(digits::number(&middle_digits)),
        b'A'..=b'H' | b'J' | b'N' | b'P'..=b'S' | b'U' | b'V' | b'W' => {
            let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
            let value = |(place, digit): (usize, &u32)| if place % 2 == 0 { doubled(*digit) } else { *digit };
            let sum: u32 = middle_digits.iter().enumerate().map(value).sum();
            let check = usize::try_from((10 - sum % 10) % 10).unwrap_or_default();
            let as_digit = usize::from(last.wrapping_sub(b'0')) == check;
            let as_letter = COMPANIES[check] == *last && !b"ABEH".contains(first);
            Some((as_digit || as_letter).into())
        }
        _ => None,
    }
}

fn finland(text: &str) -> Option<Outcome> {
    let digits = exactly(text, 8)?;
    Some(digits::weighted(&digits, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11).into())
}

fn france(text: &str) -> Option<Outcome> {
    const LETTERS: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let (key, siren) = text.split_at_checked(2)?;
    let siren = exactly(siren, 9)?;
    let number = digits::number(&siren);
    // Companies of Monaco have numbers of their own behind 000.
    let luhn = siren.starts_with(&[0, 0, 0]) || digits::luhn(&siren);
    if let Some(key) = digits::of(key) {
        return Some((luhn && digits::number(&key) == (12 + 3 * (number % 97)) % 97).into());
    }
    let place = |letter: char| LETTERS.find(letter).and_then(|place| u64::try_from(place).ok());
    let mut letters = key.chars();
    let (first, second) = (letters.next()?, letters.next()?);
    let check = if first.is_ascii_digit() {
        (place(first)? * 24 + place(second)?).checked_sub(10)?
    } else {
        (place(first)? * 34 + place(second)?).checked_sub(100)?
    };
    Some((luhn && (number + 1 + check / 11) % 11 == check % 11).into())
}

fn croatia(text: &str) -> Option<Outcome> {
    Some(digits::mod_11_10(&exactly(text, 11)?).into())
}

fn hungary(text: &str) -> Option<Outcome> {
    let digits = exactly(text, 8)?;
    Some(digits::weighted(&digits, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10).into())
}

fn ireland(text: &str) -> Option<Outcome> {
    const LETTERS: &[u8] = b"WABCDEFGHIJKLMNOPQRSTUV";
    let letters = text.as_bytes();
    if !matches!(letters.len(), 8 | 9) {
        return None;
    }
    // An older form has a letter in the second place, and its first digit last.
    let old = !letters[1].is_ascii_digit();
    let digits = if old {
        let (first, rest) = (text.get(..1)?, text.get(2..7)?);
        digits::of(&format!("0{rest}{first}")).filter(|_| letters.len() == 8)?
    } else {
        digits::of(text.get(..7)?)?
    };
    let extra = match letters.get(8) {
        None => 0,
        Some(letter @ b'A'..=b'W') => u32::from(letter - b'A' + 1) % 23,
        Some(_) => return None,
    };
    let sum = digits::weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) + 9 * extra;
    let expected = LETTERS[usize::try_from(sum % 23).unwrap_or_default()];
    Some((letters[7] == expected).into()).filter(|_| letters[7].is_ascii_uppercase())
}

fn italy(text: &str) -> Option<Outcome> {
    Some(digits::luhn(&exactly(text, 11)?).into())
}

fn lithuania(text: &str) -> Option<Outcome> {
    let digits = digits::of(text).filter(|digits| matches!(digits.len(), 9 | 12))?;
    let (last, body) = digits.split_last()?;
    // The digit before the check digit is 1 in all numbers that are given.
    if body.last() != Some(&1) {
        return None;
    }
    let sum =
        |shift: u32| -> u32 { body.iter().zip(0..).map(|(digit, place)| digit * (1 + (place + shift) % 9)).sum() };
    let first = sum(0) % 11;
    Some((*last == if first == 10 { sum(2) % 11 % 10 } else { first }).into())
}

fn luxembourg(text: &str) -> Option<Outcome> {
    let digits = exactly(text, 8)?;
    Some((digits::number(&digits[..6]) % 89 == digits::number(&digits[6..])).into())
}

fn latvia(text: &str) -> Option<Outcome> {
    let digits = exactly(text, 11)?;
    if digits[0] < 4 {
        return Some(Outcome::Unchecked);
    }
    Some((digits::weighted(&digits, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3).into())
}

fn malta(text: &str) -> Option<Outcome> {
    let digits = exactly(text, 8).filter(|digits| digits[0] != 0)?;
    Some(digits::weighted(&digits, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37).into())
}

fn netherlands(text: &str) -> Option<Outcome> {
    let (number, rest) = text.split_at_checked(9)?;
    let digits = exactly(number, 9)?;
    exactly(rest.strip_prefix('B')?, 2).filter(|branch| digits::number(branch) > 0)?;
    let sum = digits::weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]);
    let eleven = sum % 11 == digits[8] % 11 && sum % 11 != 10;
    // Since 2020, natural persons have numbers that are checked as a whole.
    Some((eleven || digits::mod_97(&format!("NL{text}")) == 1).into())
}

fn poland(text: &str) -> Option<Outcome> {
    let digits = exactly(text, 10)?;
    Some((digits::weighted(&digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == digits[9]).into())
}

fn portugal(text: &str) -> Option<Outcome> {
    let digits = exactly(text, 9).filter(|digits| digits[0] != 0)?;
    let rest = digits::weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    Some((digits[8] == if rest < 2 { 0 } else { 11 - rest }).into())
}

fn romania(text: &str) -> Option<Outcome> {
    let digits = digits::of(text).filter(|digits| (2..=10).contains(&digits.len()))?;
    let mut padded = vec![0; 10 - digits.len()];
    padded.extend(digits);
    Some((digits::weighted(&padded, &[7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10 % 11 % 10 == padded[9]).into())
}

fn sweden(text: &str) -> Option<Outcome> {
    Some(digits::luhn(&exactly(text.strip_suffix("01")?, 10)?).into())
}

fn slovenia(text: &str) -> Option<Outcome> {
    let digits = exactly(text, 8).filter(|digits| digits[0] != 0)?;
    let check = 11 - digits::weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) % 11;
    Some((check != 11 && digits[7] == check % 10).into())
}

fn slovakia(text: &str) -> Option<Outcome> {
    let digits = exactly(text, 10).filter(|digits| digits[0] != 0 && matches!(digits[2], 2..=4 | 7..=9))?;
    Some(digits::number(&digits).is_multiple_of(11).into())
}

fn united_kingdom(text: &str) -> Option<Outcome> {
    if let Some(number) = text.strip_prefix("GD").or_else(|| text.strip_prefix("HA")) {
        return exactly(number, 3).map(|_| Outcome::Unchecked);
    }
    let digits = digits::of(text).filter(|digits| matches!(digits.len(), 9 | 12))?;
    let rest = digits::weighted(&digits, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    // Numbers given since 2009 have a check that is 55 apart.
    Some((rest == 0 || rest == 42).into())
}

pub(super) fn norwegian_organisation(text: &str) -> Option<bool> {
    let digits = exactly(text, 9)?;
    Some(digits::weighted(&digits, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
}

fn norway(text: &str) -> Option<Outcome> {
    norwegian_organisation(text).map(Outcome::from)
}

pub(super) fn swiss_enterprise(text: &str) -> Option<bool> {
    let digits = exactly(text, 9)?;
    Some(digits::weighted(&digits, &[5, 4, 3, 2, 7, 6, 5, 4, 1]).is_multiple_of(11))
}

fn switzerland(text: &str) -> Option<Outcome> {
    swiss_enterprise(text.strip_prefix('E')?).map(Outcome::from)
}
