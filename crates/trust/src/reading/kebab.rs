//! Names of classes and properties as names of facts.

/// A name in capitals and small letters as words with hyphens: `LegallyBindingAct` is `legally-binding-act`, `vatID` is
/// `vat-id`, `vCPUs` is `v-cpus`, `VMImage` is `vm-image`. What is no letter or digit becomes a hyphen.
#[must_use]
pub fn kebab(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut words = String::with_capacity(name.len() + 4);
    for (place, letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            hyphen(&mut words);
            continue;
        }
        let before = place.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(place + 1);
        let after_small = before.is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit());
        let ends_capitals = before.is_some_and(|before| before.is_ascii_uppercase())
            && after.is_some_and(char::is_ascii_lowercase)
            && !is_plural(&letters[place + 1..]);
        if letter.is_ascii_uppercase() && (after_small || ends_capitals) {
            hyphen(&mut words);
        }
        words.push(letter.to_ascii_lowercase());
    }
    words.trim_end_matches('-').to_owned()
}

/// Whether the rest is the plural of an abbreviation.
fn is_plural(rest: &[char]) -> bool {
    rest.first() == Some(&'s') && rest.get(1).is_none_or(|next| !next.is_ascii_lowercase())
}

fn hyphen(words: &mut String) {
    if !words.is_empty() && !words.ends_with('-') {
        words.push('-');
    }
}
