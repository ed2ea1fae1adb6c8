//! The claims that answers make: what the provider declares, and what an operator signs for after a look.

use std::collections::BTreeSet;

use hansa_model::evidence::{Claim, Entity, EntityKind, FactValue, Holding};
use hansa_model::onboarding::{Addresses, Answers, LegalPerson, Ownership, Registration, Terms};

use super::data_act::{self, some};

/// The word that stands for the provider itself.
pub(super) const SELF: &str = "self";

fn yes(name: impl Into<String>) -> Claim {
    Claim::Fact { name: name.into(), value: FactValue::Flag(true) }
}

fn list(name: &str, words: impl IntoIterator<Item = String>) -> Option<Claim> {
    some(words).map(|value| Claim::Fact { name: name.to_owned(), value })
}

/// What the provider `name` declares, one credential for each list.
pub(super) fn declared(answers: &Answers, name: &str) -> Vec<Vec<Claim>> {
    let mut facts = Vec::new();
    let mut credentials = Vec::new();
    if let Some(person) = &answers.legal_person {
        facts.push(yes("gx.legal-person"));
        facts.extend((person.accepts_gaia_x_terms == Some(true)).then(|| yes("gx.issuer")));
    }
    facts.extend(answers.registration.iter().flat_map(numbers));
    facts.extend(answers.address.iter().flat_map(addresses));
    facts.extend(answers.terms.iter().flat_map(terms));
    facts.extend(answers.contacts.iter().map(|_| yes("gx.contact-information")));
    let (owners, others, told) = ownership(answers.legal_person.as_ref(), answers.ownership.as_ref(), name);
    facts.extend(told);
    credentials.push(facts);
    credentials.extend(answers.data_act.iter().map(data_act::claims));
    credentials.extend(answers.sovereignty.iter().map(|said| {
        let stated = said.answers.iter();
        stated.map(|(name, value)| Claim::Fact { name: name.clone(), value: value.clone() }).collect()
    }));
    credentials.extend([owners, others]);
    let held = answers.certificates.iter().flat_map(|said| said.held.iter().flatten());
    credentials.extend(held.map(|certificate| vec![Claim::Certificate(certificate.clone())]));
    credentials.retain(|claims: &Vec<Claim>| !claims.is_empty());
    credentials
}

/// What an operator signs for after having looked at who the provider is, its registration numbers and addresses.
pub(super) fn attested(answers: &Answers) -> Vec<Claim> {
    let person = answers.legal_person.iter().map(|_| yes("gx.legal-person"));
    let numbers = answers.registration.iter().flat_map(numbers);
    person.chain(numbers).chain(answers.address.iter().flat_map(addresses)).collect()
}

fn numbers(said: &Registration) -> Vec<Claim> {
    let numbers = [
        ("gx.vat-id", &said.vat_id),
        ("gx.lei-code", &said.lei),
        ("gx.eori", &said.eori),
        ("gx.euid", &said.euid),
        ("gx.local-registration-number", &said.local),
    ];
    numbers.into_iter().filter(|(_, number)| number.is_some()).map(|(name, _)| yes(name)).collect()
}

fn addresses(said: &Addresses) -> Vec<Claim> {
    let all = said.registered.iter().chain(&said.headquarters);
    let countries: BTreeSet<String> = all.filter_map(|address| address.country).map(|at| at.to_string()).collect();
    std::iter::once(yes("gx.address")).chain(list("gx.address.country-code", countries)).collect()
}

fn terms(said: &Terms) -> Vec<Claim> {
    let covered: BTreeSet<&String> = said.documents.iter().flat_map(|document| &document.covers).collect();
    let mut claims: Vec<Claim> = covered.into_iter().map(|name| yes(format!("gx.{name}"))).collect();
    let law = said.governing_law.iter().map(ToString::to_string);
    claims.extend(list("gx.legally-binding-act.governing-law-countries", law));
    if let Some(portability) = &said.portability {
        let at = |field: &str| format!("gx.data-portability.{field}");
        claims.extend(list(&at("means"), portability.means.clone()));
        claims.extend(list(&at("formats"), portability.formats.clone()));
        claims.extend(list(&at("documentations"), portability.documentations.clone()));
        claims.extend(list(&at("pricing"), portability.pricing.clone()));
        claims.extend(list(&at("deletion-timeframe"), portability.deletion_timeframe.clone()));
    }
    claims.extend(list("gx.third-country-data-transfer.securing-mechanism", said.transfer_safeguards.clone()));
    let flags = [
        ("data.no-third-country-transfer", said.no_third_country_transfer),
        ("data.no-third-country-fallback", said.no_third_country_fallback),
        ("data.no-sub-processors", said.no_sub_processors),
    ];
    let stated = flags.into_iter().filter_map(|(name, flag)| Some((name, flag?)));
    claims.extend(stated.map(|(name, flag)| Claim::Fact { name: name.to_owned(), value: FactValue::Flag(flag) }));
    claims
}

/// Who owns it, who works for it, and that customers are told of the latter.
fn ownership(
    person: Option<&LegalPerson>,
    said: Option<&Ownership>,
    name: &str,
) -> (Vec<Claim>, Vec<Claim>, Option<Claim>) {
    let named = |entity: &str| if entity == SELF { name.to_owned() } else { entity.to_owned() };
    let own = person.map(|person| {
        Claim::Entity(Entity {
            id: name.to_owned(),
            name: person.legal_name.clone().unwrap_or_else(|| name.to_owned()),
            kind: EntityKind::Company,
            incorporated_in: person.incorporated_in,
            headquarters_in: person.headquarters_in,
            main_establishment_in: person.main_establishment_in,
            personal_jurisdictions: Vec::new(),
        })
    });
    let mut owners: Vec<Claim> = own.into_iter().collect();
    let Some(said) = said else { return (owners, Vec::new(), None) };
    owners.extend(said.entities.iter().cloned().map(Claim::Entity));
    owners.extend(
        said.holdings.iter().map(|held| {
            Claim::Holding(Holding { owner: named(&held.owner), owned: named(&held.owned), ..held.clone() })
        }),
    );
    let others = match said.subcontractors.as_deref() {
        None => Vec::new(),
        Some([]) => vec![Claim::NoSubcontractors],
        Some(some) => some.iter().cloned().map(Claim::Subcontractor).collect(),
    };
    (owners, others, said.subcontractors_told_at.as_ref().map(|_| yes("gx.sub-contractor")))
}
