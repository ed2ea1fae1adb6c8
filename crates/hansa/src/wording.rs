//! What a document's reader complains of, in the words of those who wrote it.

use hansa_model::document::nearest;

/// A complaint: what is wrong, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: Option<String>,
}

/// Words what `serde` says of a value. What it does not know is left as it is.
#[must_use]
pub fn of(complaint: &str) -> Wording {
    if let Some((name, known)) = unknown(complaint, "unknown field") {
        return Wording { message: format!("there is no field `{name}`"), hint: suggestion(name, &known) };
    }
    if let Some((name, known)) = unknown(complaint, "unknown variant") {
        return Wording { message: format!("`{name}` is not known here"), hint: suggestion(name, &known) };
    }
    let message = match complaint.strip_prefix("missing field ") {
        Some(field) => format!("the field {field} is missing"),
        None => mismatch(complaint).unwrap_or_else(|| complaint.to_owned()),
    };
    Wording { message, hint: None }
}

/// The name that is not known and those that are: `unknown field `x`, expected one of `a`, `b``.
fn unknown<'c>(complaint: &'c str, start: &str) -> Option<(&'c str, Vec<&'c str>)> {
    let mut quoted = complaint.strip_prefix(start)?.split('`').skip(1).step_by(2);
    Some((quoted.next()?, quoted.collect()))
}

fn suggestion(name: &str, known: &[&str]) -> Option<String> {
    match nearest(name, known) {
        Some(name) => Some(format!("did you mean `{name}`?")),
        None if known.is_empty() => None,
        None => Some(format!("known are {}", known.join(", "))),
    }
}

/// A value of another type than is wanted: `invalid type: string "x", expected f64`.
fn mismatch(complaint: &str) -> Option<String> {
    let (found, wanted) = complaint.strip_prefix("invalid type: ")?.split_once(", expected ")?;
    let found = match found.split_once(' ') {
        Some(("string", text)) => format!("the text {text}"),
        Some(("integer" | "boolean", value)) => value.to_owned(),
        Some(("floating", value)) => value.trim_start_matches("point ").to_owned(),
        _ => match found {
            "null" => "empty".to_owned(),
            "map" => "a mapping".to_owned(),
            "sequence" => "a list".to_owned(),
            other => other.to_owned(),
        },
    };
    let wanted = match wanted {
        "f32" | "f64" => "a number",
        "a string" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "a mapping of names to values",
        whole if whole.len() <= 5 && whole.starts_with(['u', 'i']) => "a whole number",
        shape if shape.starts_with("struct ") => "a mapping of names to values",
        other => other,
    };
    Some(format!("this must be {wanted}, and is {found}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_worded_for_people() {
        let worded = [
            "unknown field `nme`, expected one of `name`, `country`, `city`",
            "unknown field `x`, expected `latitude` or `longitude`",
            "unknown variant `opened`, expected one of `open`, `dismissed`",
            "missing field `country`",
            "invalid type: string \"far\", expected f64",
            "invalid type: null, expected a string",
            "invalid type: sequence, expected struct Coordinates",
            "`XX` is no country",
        ]
        .map(|complaint| {
            let Wording { message, hint } = of(complaint);
            hint.map_or_else(|| message.clone(), |hint| format!("{message} ({hint})"))
        });
        assert_eq!(
            worded,
            [
                "there is no field `nme` (did you mean `name`?)",
                "there is no field `x` (known are latitude, longitude)",
                "`opened` is not known here (did you mean `open`?)",
                "the field `country` is missing",
                "this must be a number, and is the text \"far\"",
                "this must be a text, and is empty",
                "this must be a mapping of names to values, and is a list",
                "`XX` is no country",
            ]
        );
    }
}
