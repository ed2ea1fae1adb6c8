//! What is wrong with the answers of a step, or still missing.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::document::{FieldError, nearest};
use hansa_model::evidence::{CertificateClaim, FactValue};
use hansa_model::onboarding::{
    Answers, Certificates, Contact, Contacts, LegalPerson, OnboardingStep, Ownership, Registration, Sovereignty, Terms,
};
use hansa_trust::registration::{self, Kind};
use hansa_trust::rules::{FactKind, Step, Vocabulary};

use super::claims::SELF;
use super::wrong::Wrong;
use super::{Setting, address, data_act};

/// The whole of something, in hundredths of a percent.
const WHOLE: u32 = 10_000;
/// The documents without which nothing can be sold.
const NEEDED_DOCUMENTS: [&str; 2] = ["terms-and-conditions", "legally-binding-act"];

/// What is wrong with a step that was begun, in its own fields.
pub(super) fn step(step: OnboardingStep, answers: &Answers, setting: &Setting<'_>) -> Vec<FieldError> {
    let mut wrong = Wrong::default();
    let person = answers.legal_person.as_ref();
    match step {
        OnboardingStep::LegalPerson => {
            answers.legal_person.iter().for_each(|said| legal_person(said, setting, &mut wrong))
        }
        OnboardingStep::Registration => answers.registration.iter().for_each(|said| numbers(said, person, &mut wrong)),
        OnboardingStep::Address => answers.address.iter().for_each(|said| address::check(said, person, &mut wrong)),
        OnboardingStep::Ownership => answers.ownership.iter().for_each(|said| ownership(said, &mut wrong)),
        OnboardingStep::Certificates => {
            answers.certificates.iter().for_each(|said| certificates(said, setting, &mut wrong))
        }
        OnboardingStep::Terms => answers.terms.iter().for_each(|said| terms(said, setting, &mut wrong)),
        OnboardingStep::Contacts => answers.contacts.iter().for_each(|said| contacts(said, &mut wrong)),
        OnboardingStep::DataAct => answers.data_act.iter().for_each(|said| data_act::check(said, setting, &mut wrong)),
        OnboardingStep::Sovereignty => {
            answers.sovereignty.iter().for_each(|said| sovereignty(said, setting, &mut wrong))
        }
    }
    wrong.0
}

fn legal_person(said: &LegalPerson, setting: &Setting<'_>, wrong: &mut Wrong) {
    wrong.text("legalName", said.legal_name.as_ref(), "write the name as it stands in the register");
    said.legal_form.iter().for_each(|form| wrong.label("legalForm", form));
    wrong.country("incorporatedIn", said.incorporated_in, "write the country of incorporation, like DE");
    wrong.country("headquartersIn", said.headquarters_in, "write the country of the headquarters, like DE");
    let hint = "write the country where most of the work is done, like DE";
    wrong.country("mainEstablishmentIn", said.main_establishment_in, hint);
    wrong.url("website", said.website.as_ref());
    let known = setting.participant.country;
    if let Some(country) = said.incorporated_in.filter(|country| *country != known) {
        let message = format!("the exchange knows you as registered in {known}, not in {country}");
        wrong.add("incorporatedIn", message, "correct it, or ask an operator to correct what the exchange knows");
    }
}

fn numbers(said: &Registration, person: Option<&LegalPerson>, wrong: &mut Wrong) {
    said.country.iter().for_each(|country| wrong.assigned("country", *country));
    let country = said.country.or_else(|| person.and_then(|person| person.incorporated_in));
    let numbers = [
        ("vatId", Kind::Vat, &said.vat_id),
        ("lei", Kind::Lei, &said.lei),
        ("eori", Kind::Eori, &said.eori),
        ("euid", Kind::Euid, &said.euid),
        ("local", Kind::Local, &said.local),
    ];
    if numbers.iter().all(|(_, _, number)| number.is_none()) {
        wrong.add("vatId", "no number is given", "give at least one: vatId, lei, eori, euid or local");
    }
    for (field, kind, number) in numbers {
        let Some(number) = number else { continue };
        if let Err(refusal) = registration::check(kind, country, number) {
            wrong.add(field, refusal.why, &refusal.hint);
        }
    }
}

fn ownership(said: &Ownership, wrong: &mut Wrong) {
    let mut known = BTreeSet::from([SELF]);
    for (at, entity) in said.entities.iter().enumerate() {
        let field = |name: &str| format!("entities[{at}].{name}");
        wrong.label(&field("id"), &entity.id);
        wrong.label(&field("name"), &entity.name);
        let fresh = known.insert(&entity.id);
        wrong.unless(
            fresh,
            &field("id"),
            "this name is used twice",
            "give every entity a name of its own, other than self",
        );
        let all = [entity.incorporated_in, entity.headquarters_in, entity.main_establishment_in];
        for country in all.into_iter().flatten().chain(entity.personal_jurisdictions.iter().copied()) {
            wrong.assigned(&field("incorporatedIn"), country);
        }
    }
    let mut parts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for (at, held) in said.holdings.iter().enumerate() {
        let field = |name: &str| format!("holdings[{at}].{name}");
        for (name, entity) in [("owner", &held.owner), ("owned", &held.owned)] {
            let named = known.contains(entity.as_str()) || entity.starts_with("did:") || entity.starts_with("lei:");
            let hint = "add it to entities, or write self for your own company";
            wrong.unless(named, &field(name), "this is none of the entities", hint);
        }
        wrong.unless(held.owner != held.owned, &field("owned"), "nobody holds itself", "name another owner");
        let stated = held.capital.is_some() || held.votes.is_some() || held.rights.is_some();
        wrong.unless(stated, &field("capital"), "it is not said what is held", "write capital, votes or rights");
        let sum = parts.entry(&held.owned).or_default();
        sum.0 = sum.0.saturating_add(held.capital.map_or(0, |share| share.0));
        sum.1 = sum.1.saturating_add(held.votes.map_or(0, |share| share.0));
    }
    for (owned, (capital, votes)) in &parts {
        let message = format!("more than all of `{owned}` is held");
        wrong.unless(*capital <= WHOLE && *votes <= WHOLE, "holdings", &message, "parts add up to 100 % at most");
    }
    let hint = "say who holds your company, with `owned: self`";
    wrong.unless(parts.contains_key(SELF), "holdings", "it is not said who owns you", hint);
    let hint = "list everybody who works for you on what you offer; an empty list says that nobody does";
    for (at, other) in
        wrong.needed("subcontractors", said.subcontractors.as_ref(), hint).into_iter().flatten().enumerate()
    {
        let field = |name: &str| format!("subcontractors[{at}].{name}");
        wrong.label(&field("name"), &other.name);
        let hint = "write the countries whose law applies to it";
        wrong.unless(!other.jurisdictions.is_empty(), &field("jurisdictions"), "this is missing", hint);
        other.jurisdictions.iter().for_each(|country| wrong.assigned(&field("jurisdictions"), *country));
        let hint = "write what it can get at: data, identities, or an empty list for neither";
        wrong.needed(&field("access"), other.access.as_ref(), hint);
    }
    wrong.url("subcontractorsToldAt", said.subcontractors_told_at.as_ref());
}

fn certificates(said: &Certificates, setting: &Setting<'_>, wrong: &mut Wrong) {
    let hint = "list the certificates that you hold; an empty list says that you hold none";
    for (at, held) in wrong.needed("held", said.held.as_ref(), hint).into_iter().flatten().enumerate() {
        certificate(&format!("held[{at}]"), held, setting, wrong);
    }
}

fn certificate(at: &str, held: &CertificateClaim, setting: &Setting<'_>, wrong: &mut Wrong) {
    let schemes = setting.rule_sets.schemes();
    match schemes.get(&held.scheme) {
        None => {
            let names: Vec<_> = schemes.schemes().iter().map(|scheme| scheme.id.as_str()).collect();
            let hint = format!("use one of {}", names.join(", "));
            wrong.add(&format!("{at}.scheme"), "no rule set knows this scheme", &hint);
        }
        Some(scheme) => {
            let known = |level: &String| scheme.levels.contains(level) || scheme.level_aliases.contains_key(level);
            if let Some(level) = held.level.as_ref().filter(|level| !known(level)) {
                let message = format!("{} has no level `{level}`", scheme.id);
                let hint = format!("use one of {}, or leave it out", scheme.levels.join(", "));
                wrong.add(&format!("{at}.level"), message, &hint);
            }
        }
    }
    wrong.label(&format!("{at}.body"), &held.body);
    if held.valid_until.is_some_and(|end| end <= setting.now) {
        wrong.add(
            &format!("{at}.validUntil"),
            "it is over",
            "give the certificate that took its place, or leave it out",
        );
    }
    if let Some(document) = &held.document {
        wrong.url(&format!("{at}.document.url"), Some(&document.url));
        wrong.sha256(&format!("{at}.document.sha256"), document.sha256.as_ref());
    }
}

/// What documents can cover: the names of facts that terms answer, without `gx.`.
fn coverable(vocabulary: &Vocabulary) -> Vec<&str> {
    let flags = vocabulary.facts().filter(|(_, fact)| fact.step == Step::Terms && fact.kind == FactKind::Flag);
    flags.filter_map(|(name, _)| name.strip_prefix("gx.")).collect()
}

fn terms(said: &Terms, setting: &Setting<'_>, wrong: &mut Wrong) {
    let coverable = coverable(setting.rule_sets.vocabulary());
    let mut covered = BTreeSet::new();
    for (at, document) in said.documents.iter().enumerate() {
        let field = |name: &str| format!("documents[{at}].{name}");
        document.title.iter().for_each(|title| wrong.label(&field("title"), title));
        wrong.needed_url(&field("url"), document.url.as_ref(), "write where it is published");
        let hint = "write what `sha256sum FILE` says";
        wrong.needed(&field("sha256"), document.sha256.as_ref(), hint);
        wrong.sha256(&field("sha256"), document.sha256.as_ref());
        let hint = "say what it covers, like terms-and-conditions";
        wrong.unless(!document.covers.is_empty(), &field("covers"), "this is missing", hint);
        for name in &document.covers {
            if !coverable.contains(&name.as_str()) {
                let hint = nearest(name, &coverable).map_or_else(
                    || "see `hansa onboarding template terms` for what can be covered".to_owned(),
                    |near| format!("did you mean {near}?"),
                );
                let shown: String = name.chars().take(64).collect();
                wrong.add(&field("covers"), format!("no rule set asks for `{shown}`"), &hint);
            }
            covered.insert(name.as_str());
        }
    }
    for needed in NEEDED_DOCUMENTS {
        let hint = "add the document with its address and SHA-256";
        wrong.unless(covered.contains(needed), "documents", &format!("no document covers {needed}"), hint);
    }
    let hint = "list the countries whose law can govern the contract, like [DE]";
    wrong.unless(!said.governing_law.is_empty(), "governingLaw", "this is missing", hint);
    said.governing_law.iter().for_each(|country| wrong.assigned("governingLaw", *country));
    if let Some(portability) = &said.portability {
        let words = portability.means.iter().chain(&portability.formats).chain(&portability.documentations);
        words.chain(&portability.pricing).chain(&portability.deletion_timeframe).for_each(|word| {
            wrong.label("portability", word);
        });
    }
    said.transfer_safeguards.iter().for_each(|word| wrong.label("transferSafeguards", word));
    if said.no_third_country_transfer == Some(true) && !said.transfer_safeguards.is_empty() {
        let hint = "say false, or leave the safeguards out";
        wrong.add("noThirdCountryTransfer", "there are safeguards for transfers that there are not", hint);
    }
}

fn contacts(said: &Contacts, wrong: &mut Wrong) {
    const DAY: u32 = 24;
    let needed =
        [("contract", &said.contract, 5 * DAY), ("support", &said.support, 3 * DAY), ("security", &said.security, DAY)];
    for (at, contact, slowest) in needed {
        let hint = "write name, email, available and answersWithinHours";
        if let Some(contact) = wrong.needed(at, contact.as_ref(), hint) {
            one_contact(at, contact, slowest, wrong);
        }
    }
    for (at, contact) in [("dataProtection", &said.data_protection), ("switching", &said.switching)] {
        contact.iter().for_each(|contact| one_contact(at, contact, 30 * DAY, wrong));
    }
}

fn one_contact(at: &str, said: &Contact, slowest: u32, wrong: &mut Wrong) {
    wrong.text(&format!("{at}.name"), said.name.as_ref(), "write a name or a team");
    if let Some(email) = wrong.needed(&format!("{at}.email"), said.email.as_ref(), "write an e-mail address") {
        let (user, host) = email.rsplit_once('@').unwrap_or_default();
        let right = !user.is_empty()
            && !user.contains('@')
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && email.len() <= 254
            && !email.chars().any(|letter| letter.is_whitespace() || letter.is_control());
        let hint = "write it like noc@provider.example";
        wrong.unless(right, &format!("{at}.email"), "this is no e-mail address", hint);
    }
    if let Some(phone) = &said.phone {
        let digits = phone.chars().filter(char::is_ascii_digit).count();
        let marks = phone.chars().skip(1).all(|letter| letter.is_ascii_digit() || " -()".contains(letter));
        let right = phone.starts_with('+') && marks && (6..=15).contains(&digits);
        let hint = "write it with its country, like +49 40 123456";
        wrong.unless(right, &format!("{at}.phone"), "this is no telephone number", hint);
    }
    let hint = "say business-hours, every-day or always";
    wrong.needed(&format!("{at}.available"), said.available.as_ref(), hint);
    let hint = format!("write 1 to {slowest} hours");
    let field = format!("{at}.answersWithinHours");
    if let Some(hours) = wrong.needed(&field, said.answers_within_hours.as_ref(), &hint) {
        wrong.unless((1..=slowest).contains(hours), &field, "nobody can wait that long, or that little", &hint);
    }
}

fn sovereignty(said: &Sovereignty, setting: &Setting<'_>, wrong: &mut Wrong) {
    let vocabulary = setting.rule_sets.vocabulary();
    let hint = "answer at least one: `hansa trust rules csf` and `hansa trust rules cada` list the questions";
    wrong.unless(!said.answers.is_empty(), "answers", "nothing is answered", hint);
    let mut choices: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for set in setting.rule_sets.all_current(setting.now) {
        for (fact, answers) in set.criteria().into_iter().filter_map(|criterion| criterion.answers) {
            choices.entry(fact.to_owned()).or_default().extend(answers.iter().map(|answer| i64::from(answer.n)));
        }
    }
    for (name, value) in &said.answers {
        let shown: String = name.chars().take(64).collect();
        let field = format!("answers.{shown}");
        let asked = vocabulary.get(name).is_some_and(|fact| fact.step == Step::Sovereignty);
        if !asked {
            wrong.add(&field, "this is no question on sovereignty", "write names like csf.sov-1-q1 or cada.a");
        } else if let Err(fault) = vocabulary.check(name, value) {
            wrong.add(&field, fault.to_string(), "see `hansa trust rules csf` for the answers");
        } else if let (FactValue::Number(number), Some(known)) = (value, choices.get(name)) {
            let numbers: Vec<_> = known.iter().map(ToString::to_string).collect();
            let hint = format!("answer with one of {}", numbers.join(", "));
            wrong.unless(known.contains(number), &field, "there is no such answer", &hint);
        }
    }
}
