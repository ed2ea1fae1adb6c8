//! What people write for a step, made into what the API takes.

use hansa_model::evidence::hundredths;
use hansa_model::onboarding::{Onboarding, OnboardingStep};
use serde_json::{Map, Value};

use crate::failure::Failure;

/// The fields that hold numbers. Others may look like one and are none, like postal codes.
const NUMBERS: [&str; 5] =
    ["answersWithinHours", "transitionDays", "extensionNoticeWorkingDays", "customerExtensions", "retrievalDays"];

/// A commented file for a step.
pub(super) const fn template(step: OnboardingStep) -> &'static str {
    match step {
        OnboardingStep::LegalPerson => include_str!("templates/legal-person.yaml"),
        OnboardingStep::Registration => include_str!("templates/registration.yaml"),
        OnboardingStep::Address => include_str!("templates/address.yaml"),
        OnboardingStep::Ownership => include_str!("templates/ownership.yaml"),
        OnboardingStep::Certificates => include_str!("templates/certificates.yaml"),
        OnboardingStep::Terms => include_str!("templates/terms.yaml"),
        OnboardingStep::Contacts => include_str!("templates/contacts.yaml"),
        OnboardingStep::DataAct => include_str!("templates/data-act.yaml"),
        OnboardingStep::Sovereignty => include_str!("templates/sovereignty.yaml"),
    }
}

/// What was answered in a step before.
pub(super) fn before(shown: &Onboarding, step: OnboardingStep) -> anyhow::Result<Value> {
    let said = shown.answers.of(step).map(serde_json::to_value).transpose()?;
    Ok(said.unwrap_or_else(|| Value::Object(Map::new())))
}

/// Sets a field that was written as `registered.country=DE`; values are read as YAML. An empty value takes it away.
pub(super) fn set_field(said: &mut Value, written: &str) -> anyhow::Result<()> {
    let unusable = || Failure::usage(format!("`{written}` is no field")).hint("write NAME=VALUE, like legalForm=GmbH");
    let (name, value) = written.split_once('=').ok_or_else(unusable)?;
    let is_number = name.starts_with("answers.") || NUMBERS.iter().any(|field| name.rsplit('.').next() == Some(*field));
    let value =
        match (value.starts_with(['[', '{', '"', '\'']) || matches!(value, "true" | "false"), value.parse::<i64>()) {
            (true, _) => yaml_serde::from_str(value).map_err(|_| unusable())?,
            (false, Ok(number)) if is_number => Value::from(number),
            (false, _) => Value::from(value),
        };
    set(said, name, value)
}

/// Sets a field at a path with points; an empty text takes it away.
pub(super) fn set(said: &mut Value, name: &str, value: Value) -> anyhow::Result<()> {
    // Names of facts and kinds hold points themselves; they stand below these fields.
    let mut parts: Vec<&str> = match name.split_once('.') {
        Some((parent @ "answers", rest)) => vec![parent, rest],
        _ => name.split('.').collect(),
    };
    let last = parts.pop().unwrap_or_default();
    let mut place = said;
    for part in parts {
        place = object(place, name)?.entry(part).or_insert_with(|| Value::Object(Map::new()));
    }
    let place = object(place, name)?;
    if value == Value::from("") {
        place.remove(last);
    } else {
        place.insert(last.to_owned(), value);
    }
    Ok(())
}

fn object<'a>(place: &'a mut Value, name: &str) -> anyhow::Result<&'a mut Map<String, Value>> {
    let hint = "set lists with a file: `hansa onboarding template STEP > FILE`";
    place.as_object_mut().ok_or_else(|| Failure::usage(format!("`{name}` is no field of a field")).hint(hint).into())
}

/// Reads parts of companies as people write them, `24.5 %`, into hundredths of a percent.
pub(super) fn read_parts(said: &mut Value) -> anyhow::Result<()> {
    let Some(holdings) = said.get_mut("holdings").and_then(Value::as_array_mut) else { return Ok(()) };
    for held in holdings {
        for name in ["capital", "votes"] {
            let Some(Value::String(written)) = held.get(name) else { continue };
            let refusal = || Failure::usage(format!("`{written}` is no percentage")).hint("write it like 24.5 %");
            held[name] = hundredths(written).ok_or_else(refusal)?.into();
        }
    }
    Ok(())
}

/// A note that was written as `terms=the document can't be opened`.
pub(super) fn note(written: &str) -> anyhow::Result<(OnboardingStep, String)> {
    let unusable = || Failure::usage(format!("`{written}` is no note")).hint("write STEP=TEXT, like terms='too old'");
    let (step, text) = written.split_once('=').ok_or_else(unusable)?;
    let step = step.parse().map_err(|why: String| Failure::usage(why))?;
    Ok((step, text.to_owned()))
}

#[cfg(test)]
mod tests {
    use hansa_model::onboarding::StepAnswers;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_template_is_understood() {
        for step in OnboardingStep::ALL {
            let mut said: Value = yaml_serde::from_str(template(step)).unwrap();
            read_parts(&mut said).unwrap();
            StepAnswers::read(step, said).unwrap_or_else(|error| panic!("{step}: {error}"));
        }
    }

    #[test]
    fn fields_are_set_at_their_path() {
        let mut said = json!({"registered": {"street": "old", "country": "DE"}});
        for written in [
            "registered.street=Kai 1",
            "registered.country=",
            "governingLaw=[DE, NL]",
            "retrievalDays=30",
            "postalCode=20457",
        ] {
            set_field(&mut said, written).unwrap();
        }
        let wanted = json!({
            "registered": {"street": "Kai 1"}, "governingLaw": ["DE", "NL"], "retrievalDays": 30, "postalCode": "20457"
        });
        assert_eq!(said, wanted);
        set_field(&mut said, "answers.csf.sov-1-q1=4").unwrap();
        assert_eq!(said["answers"]["csf.sov-1-q1"], 4);
        assert!(set_field(&mut said, "retrievalDays.more=1").is_err());
        assert!(set_field(&mut said, "nothing").is_err());
    }

    #[test]
    fn parts_are_read_as_people_write_them() {
        let mut said = json!({"holdings": [{"capital": "24.5 %", "votes": 100}, {"votes": "100%"}]});
        read_parts(&mut said).unwrap();
        assert_eq!(said, json!({"holdings": [{"capital": 2450, "votes": 100}, {"votes": 10000}]}));
        assert!(read_parts(&mut json!({"holdings": [{"capital": "most"}]})).is_err());
    }
}
