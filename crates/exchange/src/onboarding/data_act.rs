//! The terms of switching under the Data Act: what is wrong with them, and the facts that they make.

use std::collections::BTreeSet;

use hansa_model::evidence::{Claim, FactValue};
use hansa_model::kind::KindId;
use hansa_model::onboarding::{DataAct, KindTransparency, LighterDuties, SwitchingCharges};

use super::Setting;
use super::wrong::Wrong;

/// What a customer may choose when it leaves.
const CHOICES: [&str; 3] = ["switch-provider", "on-premises", "erase"];

/// What is wrong with terms of switching.
pub(super) fn check(said: &DataAct, setting: &Setting<'_>, wrong: &mut Wrong) {
    for (field, promise, hint) in [
        ("noObstacles", said.no_obstacles, "no exclusivity, no minimum term or fee that keeps from leaving"),
        ("erasure", said.erasure, "everything is erased after the time for fetching"),
        ("assistance", said.assistance, "help, care, continuity and security during a switch"),
        ("endsOnSwitch", said.ends_on_switch, "the contract ends when the switch succeeds"),
        ("goodFaith", said.good_faith, "everybody involved works together in good faith"),
        ("demandsRegister", said.demands_register, "demands of foreign authorities are checked, registered and told"),
    ] {
        match promise {
            None => wrong.add(field, "this is missing", &format!("say true when your contract has it: {hint}")),
            Some(false) => wrong.add(field, "the Data Act asks for this", &format!("change the contract: {hint}")),
            Some(true) => {}
        }
    }
    wrong.needed("costlyToSwitch", said.costly_to_switch.as_ref(), "say true or false");
    for (field, url, hint) in [
        ("contractUrl", &said.contract_url, "the contract, to be stored before it is signed (Article 25)"),
        ("exitPlanUrl", &said.exit_plan_url, "the exit plan (Article 25)"),
        ("feesUrl", &said.fees_url, "fees, penalties and charges (Article 29)"),
        ("registerUrl", &said.register_url, "the register of data structures, formats and standards (Article 26)"),
        ("accessMeasuresUrl", &said.access_measures_url, "the measures against foreign authorities (Article 28)"),
    ] {
        wrong.needed_url(field, url.as_ref(), hint);
    }
    let most = i64::MAX;
    for (field, number, from, to, hint) in [
        ("transitionDays", said.transition_days, 0, 30, "30 days at most"),
        ("extensionNoticeWorkingDays", said.extension_notice_working_days, 0, 14, "14 working days at most"),
        ("customerExtensions", said.customer_extensions, 1, most, "at least 1"),
        ("retrievalDays", said.retrieval_days, 30, most, "at least 30 days"),
    ] {
        if let Some(number) = wrong.needed(field, number.as_ref(), hint) {
            let right = (from..=to).contains(number);
            wrong.unless(right, field, "the Data Act does not allow this", hint);
        }
    }
    facts_fit(said, setting, wrong);
    for choice in CHOICES {
        let hint = "list switch-provider, on-premises and erase";
        let message = format!("the customer must be able to choose `{choice}`");
        wrong.unless(said.switch_choices.contains(choice), "switchChoices", &message, hint);
    }
    charges(said, wrong);
    wrong.unless(!said.jurisdictions.is_empty(), "jurisdictions", "this is missing", "list the countries, like [DE]");
    said.jurisdictions.iter().for_each(|country| wrong.assigned("jurisdictions", *country));
    let duties = wrong.needed("lighterDuties", said.lighter_duties.as_ref(), "say none, custom-built or test");
    if duties == Some(&LighterDuties::Test) {
        let told = said.lighter_duties_told == Some(true);
        wrong.unless(told, "lighterDutiesTold", "this must be told before the contract", "say true when it is");
    }
    wrong.needed("standards", said.standards.as_ref(), "list them; an empty list says that there are none yet");
    kinds(said, setting, wrong);
}

/// Periods and days must be written as the rule sets read them.
fn facts_fit(said: &DataAct, setting: &Setting<'_>, wrong: &mut Wrong) {
    for (field, fact, value, hint) in [
        ("notice", "data-act.notice", &said.notice, "two months at most: P2M, or P59D"),
        ("extendedTransition", "data-act.extended-transition", &said.extended_transition, "seven months at most: P7M"),
    ] {
        if let Some(text) = wrong.needed(field, value.as_ref(), hint) {
            fits(setting, fact, text, field, hint, wrong);
        }
    }
    if let Some(day) = &said.switching_charges_last_day {
        let hint = "2027-01-11 or before";
        fits(setting, "data-act.switching-charges-last-day", day, "switchingChargesLastDay", hint, wrong);
    }
}

fn fits(setting: &Setting<'_>, fact: &str, text: &str, field: &str, hint: &str, wrong: &mut Wrong) {
    if let Err(fault) = setting.rule_sets.vocabulary().check(fact, &FactValue::Text(text.to_owned())) {
        wrong.add(field, fault.to_string(), hint);
    }
}

fn charges(said: &DataAct, wrong: &mut Wrong) {
    wrong.needed("parallelEgress", said.parallel_egress.as_ref(), "say none or at-cost");
    let charges = wrong.needed("switchingCharges", said.switching_charges.as_ref(), "say none or at-cost");
    if charges == Some(&SwitchingCharges::AtCost) {
        let hint = "publish how the charges follow from what it costs you";
        wrong.needed_url("switchingCostBasis", said.switching_cost_basis.as_ref(), hint);
        let hint = "2027-01-11 or before; nothing may be charged from then on";
        wrong.needed("switchingChargesLastDay", said.switching_charges_last_day.as_ref(), hint);
    }
}

fn kinds(said: &DataAct, setting: &Setting<'_>, wrong: &mut Wrong) {
    let offered: BTreeSet<KindId> = setting.kinds.clone();
    wrong.unless(
        !said.kinds.is_empty() || !offered.is_empty(),
        "kinds",
        "this is missing",
        "say for each kind that you offer what can be ported: `hansa kind list`",
    );
    for kind in offered.iter().filter(|kind| !said.kinds.contains_key(kind)) {
        let hint = "say what can be ported of it, and in which formats";
        wrong.add(&format!("kinds.{}", kind.name()), "you offer this kind, and nothing is said of it", hint);
    }
    for (kind, said) in &said.kinds {
        let at = |field: &str| format!("kinds.{}.{field}", kind.name());
        let hint = "list the data and digital assets by category";
        wrong.unless(!said.exportable_data.is_empty(), &at("exportableData"), "this is missing", hint);
        let hint = "list it; an empty list says that there is none";
        wrong.needed(&at("exemptData"), said.exempt_data.as_ref(), hint);
        let hint = "list formats, like qcow2 or SQL";
        wrong.unless(!said.export_formats.is_empty(), &at("exportFormats"), "this is missing", hint);
        let both = said.exempt_data.iter().flatten().find(|data| said.exportable_data.contains(data));
        if let Some(data) = both {
            let message = format!("`{data}` can be ported, so it is not exempt");
            wrong.add(&at("exemptData"), message, "name each category once");
        }
        match is_infrastructure(*kind) {
            true => {
                let hint =
                    "list the means by which the same works elsewhere, like images and networks that can be exported";
                wrong.unless(!said.equivalence_means.is_empty(), &at("equivalenceMeans"), "this is missing", hint);
            }
            false => {
                let hint = "list the interfaces that are open to everybody, free of charge, like the SQL protocol";
                wrong.unless(!said.open_interfaces.is_empty(), &at("openInterfaces"), "this is missing", hint);
            }
        }
    }
}

const fn is_infrastructure(kind: KindId) -> bool {
    matches!(kind, KindId::ComputeInstance)
}

/// The facts that terms of switching make. What is said of several kinds is said together.
pub(super) fn claims(said: &DataAct) -> Vec<Claim> {
    let mut facts: Vec<(&str, Option<FactValue>)> = Vec::new();
    let text = |value: &Option<String>| value.clone().map(FactValue::Text);
    let word = |value: Option<SwitchingCharges>| value.map(|value| FactValue::Text(hansa_store::db::word(&value)));
    facts.extend([
        ("no-obstacles", said.no_obstacles.map(FactValue::Flag)),
        ("contract-url", text(&said.contract_url)),
        ("notice", text(&said.notice)),
        ("transition-days", said.transition_days.map(FactValue::Number)),
        ("extended-transition", text(&said.extended_transition)),
        ("extension-notice-working-days", said.extension_notice_working_days.map(FactValue::Number)),
        ("customer-extensions", said.customer_extensions.map(FactValue::Number)),
        ("retrieval-days", said.retrieval_days.map(FactValue::Number)),
        ("erasure", said.erasure.map(FactValue::Flag)),
        ("assistance", said.assistance.map(FactValue::Flag)),
        ("exit-plan-url", text(&said.exit_plan_url)),
        ("ends-on-switch", said.ends_on_switch.map(FactValue::Flag)),
        ("switch-choices", some(said.switch_choices.iter().cloned())),
        ("switching-charges", word(said.switching_charges)),
        ("switching-cost-basis", text(&said.switching_cost_basis)),
        ("switching-charges-last-day", text(&said.switching_charges_last_day)),
        ("parallel-egress", word(said.parallel_egress)),
        ("fees-url", text(&said.fees_url)),
        ("costly-to-switch", said.costly_to_switch.map(FactValue::Flag)),
        ("register-url", text(&said.register_url)),
        ("good-faith", said.good_faith.map(FactValue::Flag)),
        ("jurisdictions", some(said.jurisdictions.iter().map(ToString::to_string))),
        ("access-measures-url", text(&said.access_measures_url)),
        ("demands-register", said.demands_register.map(FactValue::Flag)),
        ("lighter-duties", said.lighter_duties.map(|value| FactValue::Text(hansa_store::db::word(&value)))),
        ("lighter-duties-told", said.lighter_duties_told.map(FactValue::Flag)),
        ("standards", said.standards.clone().map(FactValue::List)),
        ("exportable-data", together(said, |kind| &kind.exportable_data)),
        ("exempt-data", exempt(said)),
        ("export-formats", together(said, |kind| &kind.export_formats)),
        ("equivalence-means", together(said, |kind| &kind.equivalence_means)),
        ("open-interfaces", together(said, |kind| &kind.open_interfaces)),
    ]);
    let stated = facts.into_iter().filter_map(|(name, value)| Some((name, value?)));
    stated.map(|(name, value)| Claim::Fact { name: format!("data-act.{name}"), value }).collect()
}

/// A list, unless it is empty.
pub(super) fn some(words: impl IntoIterator<Item = String>) -> Option<FactValue> {
    let words: Vec<String> = words.into_iter().collect();
    (!words.is_empty()).then_some(FactValue::List(words))
}

fn together(said: &DataAct, of: impl Fn(&KindTransparency) -> &Vec<String>) -> Option<FactValue> {
    let words: BTreeSet<String> = said.kinds.values().flat_map(|kind| of(kind).iter().cloned()).collect();
    some(words)
}

/// What is exempt of some kind and can be ported of none.
fn exempt(said: &DataAct) -> Option<FactValue> {
    let ported: BTreeSet<&String> = said.kinds.values().flat_map(|kind| &kind.exportable_data).collect();
    let stated = !said.kinds.is_empty() && said.kinds.values().all(|kind| kind.exempt_data.is_some());
    let exempt = said.kinds.values().flat_map(|kind| kind.exempt_data.iter().flatten());
    let words: BTreeSet<String> = exempt.filter(|data| !ported.contains(data)).cloned().collect();
    stated.then(|| FactValue::List(words.into_iter().collect()))
}
