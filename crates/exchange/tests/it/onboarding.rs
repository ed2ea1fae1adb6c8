//! Onboarding from the first answer to the second approval: what is wrong is told, what is submitted becomes evidence,
//! and what the checklist says comes true.

use std::collections::BTreeMap;

use hansa_exchange::principal::Principal;
use hansa_exchange::{Error, Result, evidence, identity, offers, onboarding, trust};
use hansa_model::evidence::{EvidenceState, Strength};
use hansa_model::offer::OfferState;
use hansa_model::onboarding::{
    Checklist, Onboarding, OnboardingState, OnboardingStep, ReturnOnboarding, StepReport, StepState,
};
use hansa_model::participant::{AcceptInvitation, NewInvitation, Role};
use hansa_store::page::PageRequest;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::world::{DAY, Engine, World, on_both_engines};

on_both_engines!(
    answers_survive_a_restart_and_say_what_is_wrong,
    what_is_returned_is_put_right_and_published,
    four_eyes_are_those_of_two_operators,
    nobody_judges_their_own,
    offers_wait_for_the_onboarding,
    what_was_given_up_counts_no_longer,
);

/// Answers that are complete, for tulip in Utrecht, which offers machines.
fn answers() -> BTreeMap<OnboardingStep, Value> {
    let sha256 = "a".repeat(64);
    let contact = |hours: u32| json!({"name": "NOC", "email": "noc@tulip.example", "available": "always", "answersWithinHours": hours});
    BTreeMap::from([
        (
            OnboardingStep::LegalPerson,
            json!({"legalName": "Tulip Cloud B.V.", "incorporatedIn": "NL", "headquartersIn": "NL",
                   "mainEstablishmentIn": "NL", "acceptsGaiaXTerms": true}),
        ),
        (OnboardingStep::Registration, json!({"lei": "7LTWFZYICNSX8D621K86"})),
        (
            OnboardingStep::Address,
            json!({"registered": {"street": "Oudegracht 1", "postalCode": "3511 AB", "locality": "Utrecht",
                                  "country": "NL"}}),
        ),
        (
            OnboardingStep::Ownership,
            json!({"entities": [{"id": "anna", "name": "Anna de Vries", "kind": "person", "incorporatedIn": "NL"}],
                   "holdings": [{"owner": "anna", "owned": "self", "capital": 10000, "votes": 10000, "rights": []}],
                   "subcontractors": []}),
        ),
        (OnboardingStep::Certificates, json!({"held": []})),
        (
            OnboardingStep::Terms,
            json!({"documents": [{"title": "Terms", "url": "https://tulip.example/terms.pdf", "sha256": sha256,
                                  "covers": ["terms-and-conditions", "legally-binding-act"]}],
                   "governingLaw": ["NL"]}),
        ),
        (OnboardingStep::Contacts, json!({"contract": contact(72), "support": contact(8), "security": contact(4)})),
        (OnboardingStep::DataAct, data_act()),
    ])
}

fn data_act() -> Value {
    json!({
        "noObstacles": true, "contractUrl": "https://tulip.example/contract.pdf", "notice": "P2M",
        "transitionDays": 30, "extendedTransition": "P7M", "extensionNoticeWorkingDays": 14,
        "customerExtensions": 1, "retrievalDays": 30, "erasure": true, "assistance": true,
        "exitPlanUrl": "https://tulip.example/exit.pdf", "endsOnSwitch": true,
        "switchChoices": ["switch-provider", "on-premises", "erase"], "switchingCharges": "none",
        "parallelEgress": "none", "feesUrl": "https://tulip.example/fees", "costlyToSwitch": false,
        "registerUrl": "https://tulip.example/formats", "goodFaith": true, "jurisdictions": ["NL"],
        "accessMeasuresUrl": "https://tulip.example/measures", "demandsRegister": true,
        "lighterDuties": "none", "standards": [],
        "kinds": {"compute.instance": {"exportableData": ["disks", "metadata"], "exemptData": [],
                                       "exportFormats": ["qcow2"], "equivalenceMeans": ["images"],
                                       "openInterfaces": ["OCCI"]}}
    })
}

struct Desk<'w> {
    world: &'w World,
    provider: Principal,
}

impl Desk<'_> {
    fn of(world: &World) -> Desk<'_> {
        Desk { world, provider: world.cast.providers[0].principal.clone() }
    }

    fn key(&self) -> String {
        self.provider.participant.to_string()
    }

    async fn answer(&self, step: OnboardingStep, said: Value) -> Onboarding {
        self.try_answer(step, said).await.unwrap()
    }

    async fn try_answer(&self, step: OnboardingStep, said: Value) -> Result<Onboarding> {
        let mut work = self.world.exchange.begin().await?;
        let shown = onboarding::answer(&mut work, &self.provider, &self.key(), step, said).await?;
        work.commit().await?;
        Ok(shown)
    }

    async fn answer_all(&self) {
        for (step, said) in answers() {
            let shown = self.answer(step, said).await;
            let report = of(&shown, step);
            assert_eq!(report.state, StepState::Complete, "{step}: {:#?}", report.wrong);
        }
    }

    async fn submit(&self) -> Result<Onboarding> {
        let mut work = self.world.exchange.begin().await?;
        let shown = onboarding::submit(&mut work, &self.provider, &self.key()).await?;
        work.commit().await?;
        Ok(shown)
    }

    async fn approve(&self, operator: &Principal) -> Result<Onboarding> {
        let mut work = self.world.exchange.begin().await?;
        let shown = onboarding::approve(&mut work, operator, &self.key()).await?;
        work.commit().await?;
        Ok(shown)
    }

    async fn give_back(&self, operator: &Principal, step: OnboardingStep, text: &str) -> Onboarding {
        let why = ReturnOnboarding { notes: BTreeMap::from([(step, text.to_owned())]) };
        let mut work = self.world.exchange.begin().await.unwrap();
        let shown = onboarding::give_back(&mut work, operator, &self.key(), why).await.unwrap();
        work.commit().await.unwrap();
        shown
    }

    async fn show(&self) -> Onboarding {
        let exchange = &self.world.exchange;
        let mut tx = exchange.read().await.unwrap();
        onboarding::get(exchange, &mut tx, &self.provider, &self.key()).await.unwrap()
    }

    /// The levels that the exchange gives now, by rule set.
    async fn levels(&self) -> BTreeMap<String, (Option<String>, Vec<String>)> {
        let report = trust::of_participant(&self.world.exchange, &self.key()).await.unwrap();
        let open = |gaps: &BTreeMap<String, Vec<_>>| gaps.keys().cloned().collect();
        report.evaluations.iter().map(|one| (one.rule_set.clone(), (one.level.clone(), open(&one.gaps)))).collect()
    }
}

fn of(shown: &Onboarding, step: OnboardingStep) -> &StepReport {
    shown.steps.iter().find(|report| report.step == step).unwrap()
}

fn wrong(shown: &Onboarding, step: OnboardingStep) -> Vec<&str> {
    of(shown, step).wrong.iter().map(|wrong| wrong.field.as_str()).collect()
}

/// Another operator of the exchange.
async fn operator(world: &World, name: &str) -> Principal {
    let first = &world.cast.operator;
    let mut work = world.exchange.begin().await.unwrap();
    let roles = NewInvitation { roles: [Role::Operator].into() };
    let invitation = identity::invite(&mut work, first, first.participant, roles).await.unwrap();
    let accepted = AcceptInvitation { code: invitation.code, name: name.to_owned() };
    let issued = identity::accept(&mut work, accepted).await.unwrap();
    work.commit().await.unwrap();
    identity::authenticate(&world.exchange, &issued.secret).await.unwrap()
}

async fn answers_survive_a_restart_and_say_what_is_wrong(engine: Engine) {
    let mut world = World::new(engine).await;
    let desk = Desk::of(&world);
    let shown = desk.show().await;
    assert_eq!((shown.state, shown.progress, shown.updated_at), (OnboardingState::Draft, 0, None));
    let half = json!({"legalName": "Tulip Cloud B.V.", "incorporatedIn": "NL", "headquartersIn": "ZZ"});
    let shown = desk.answer(OnboardingStep::LegalPerson, half.clone()).await;
    assert_eq!(of(&shown, OnboardingStep::LegalPerson).state, StepState::Incomplete);
    assert_eq!(wrong(&shown, OnboardingStep::LegalPerson), ["headquartersIn", "mainEstablishmentIn"]);
    let numbers = json!({"lei": "7LTWFZYICNSX8D621K87", "vatId": "NL12B01"});
    let shown = desk.answer(OnboardingStep::Registration, numbers).await;
    let lei = of(&shown, OnboardingStep::Registration).wrong.iter().find(|wrong| wrong.field == "lei").unwrap();
    assert!(lei.message.contains("check digits") && lei.hint.is_some(), "{lei:?}");
    assert!(wrong(&shown, OnboardingStep::Registration).contains(&"vatId"));
    let refusal = desk.try_answer(OnboardingStep::LegalPerson, json!({"legalname": "x"})).await.unwrap_err();
    assert!(matches!(refusal, Error::Invalid(_)), "{refusal}");
    let Err(Error::Invalid(errors)) = desk.submit().await else { panic!("it was submitted") };
    let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
    assert!(fields.contains(&"legal-person.headquartersIn") && fields.contains(&"data-act"), "{fields:?}");
    world.reopen().await;
    let desk = Desk::of(&world);
    let shown = desk.show().await;
    assert_eq!(serde_json::to_value(&shown.answers).unwrap()["legalPerson"], half);
    desk.answer_all().await;
    assert_eq!(desk.show().await.progress, 100);
}

async fn what_is_returned_is_put_right_and_published(engine: Engine) {
    let world = World::new(engine).await;
    let desk = Desk::of(&world);
    let olga = world.cast.operator.clone();
    assert!(matches!(desk.approve(&olga).await, Err(Error::NotFound { .. })));
    desk.answer_all().await;
    let submitted = desk.submit().await.unwrap();
    assert_eq!(submitted.state, OnboardingState::Submitted);
    assert!(matches!(desk.submit().await, Err(Error::State(_))));
    let returned = desk.give_back(&olga, OnboardingStep::Terms, "the document can't be opened").await;
    assert_eq!(returned.state, OnboardingState::Returned);
    assert!(of(&returned, OnboardingStep::Terms).note.is_some());
    assert!(matches!(desk.approve(&olga).await, Err(Error::State(_))));
    let better = desk.answer(OnboardingStep::Terms, answers()[&OnboardingStep::Terms].clone()).await;
    assert_eq!((better.state, of(&better, OnboardingStep::Terms).note.as_ref()), (OnboardingState::Returned, None));
    let again = desk.submit().await.unwrap();
    assert!(again.evidence.iter().all(|id| !submitted.evidence.contains(id)));
    let mut tx = world.exchange.read().await.unwrap();
    for old in &submitted.evidence {
        let piece = evidence::get(&mut tx, &desk.provider, *old).await.unwrap();
        assert_eq!(piece.state, EvidenceState::Withdrawn);
    }
    drop(tx);
    let published = desk.approve(&olga).await.unwrap();
    assert_eq!(published.state, OnboardingState::Published);
    let mut tx = world.exchange.read().await.unwrap();
    let attested = evidence::get(&mut tx, &olga, published.attestations[0]).await.unwrap();
    assert_eq!((attested.strength, attested.state), (Strength::Attested, EvidenceState::Valid));
    let listed = onboarding::list(&mut tx, &olga, Some(OnboardingState::Published), &PageRequest::default()).await;
    assert_eq!(listed.unwrap().items.len(), 1);
    drop(tx);
    // A revision starts from what is published, and does not unpublish it.
    let revised = desk.answer(OnboardingStep::Certificates, json!({"held": []})).await;
    assert_eq!(revised.state, OnboardingState::Draft);
    assert!(revised.published_at.is_some());
}

async fn four_eyes_are_those_of_two_operators(engine: Engine) {
    let mut world = World::new(engine).await;
    world.settings.trust.four_eyes = true;
    world.reopen().await;
    let desk = Desk::of(&world);
    let (olga, otto) = (world.cast.operator.clone(), operator(&world, "otto").await);
    desk.answer_all().await;
    desk.submit().await.unwrap();
    let first = desk.approve(&olga).await.unwrap();
    assert_eq!((first.state, first.approvals.len()), (OnboardingState::Submitted, 1));
    assert!(matches!(desk.approve(&olga).await, Err(Error::Conflict { code: "four-eyes", .. })));
    // What changes in between is looked at by both again.
    desk.answer(OnboardingStep::Certificates, json!({"held": []})).await;
    desk.submit().await.unwrap();
    assert_eq!(desk.approve(&otto).await.unwrap().state, OnboardingState::Submitted);
    assert_eq!(desk.approve(&olga).await.unwrap().state, OnboardingState::Published);
}

async fn nobody_judges_their_own(engine: Engine) {
    let world = World::new(engine).await;
    let desk = Desk::of(&world);
    desk.answer_all().await;
    desk.submit().await.unwrap();
    let mut both = desk.provider.clone();
    both.roles.insert(Role::Operator);
    assert!(matches!(desk.approve(&both).await, Err(Error::Forbidden { .. })));
    let other = &world.cast.providers[1].principal;
    let mut work = world.exchange.begin().await.unwrap();
    let key = desk.key();
    assert!(matches!(onboarding::submit(&mut work, other, &key).await, Err(Error::NotFound { .. })));
    let shown = onboarding::get(&world.exchange, &mut work, other, &key).await;
    assert!(matches!(shown, Err(Error::NotFound { .. })));
}

async fn offers_wait_for_the_onboarding(engine: Engine) {
    let mut world = World::new(engine).await;
    world.settings.trust.require_onboarding = true;
    world.reopen().await;
    let desk = Desk::of(&world);
    let olga = world.cast.operator.clone();
    let offer = |sku: &str, draft: bool| {
        serde_json::from_value(json!({
            "site": "utrecht", "sku": sku, "kind": "compute.instance", "draft": draft,
            "properties": {"cpu": "1..8", "memory": "1 GiB..16 GiB", "disk": "10 GiB..100 GiB",
                           "image": ["debian-12"]},
            "price": {"currency": "EUR", "components": [
                {"name": "base", "type": "fixed", "amount": "9 EUR", "per": "month"}]}
        }))
        .unwrap()
    };
    let publish = async |sku: &str, draft: bool| {
        let mut work = world.exchange.begin().await.unwrap();
        let answer = offers::publish(&mut work, &desk.provider, offer(sku, draft)).await?;
        work.commit().await?;
        Ok::<_, Error>(answer.0.state)
    };
    let refusal = publish("vm-2", false).await.unwrap_err().problem();
    assert_eq!((refusal.status, refusal.code()), (409, "onboarding-required"));
    assert!(refusal.hint.unwrap().contains("hansa onboarding show"));
    assert_eq!(publish("vm-2", true).await.unwrap(), OfferState::Draft);
    assert!(publish("vm-2", false).await.is_err());
    // What is on the market already stays there.
    assert_ne!(publish("vm", false).await.unwrap(), OfferState::Draft);
    desk.answer_all().await;
    desk.submit().await.unwrap();
    assert!(publish("vm-2", false).await.is_err());
    desk.approve(&olga).await.unwrap();
    assert_ne!(publish("vm-2", false).await.unwrap(), OfferState::Draft);
}

async fn what_was_given_up_counts_no_longer(engine: Engine) {
    let world = World::new(engine).await;
    let desk = Desk::of(&world);
    let nothing = desk.levels().await;
    desk.answer_all().await;
    let promise = desk.show().await;
    let data_act = promise.checklist.iter().find(|list| list.rule_set == "data-act").unwrap();
    assert!(data_act.levels[0].reached, "{data_act:#?}");
    assert_eq!(desk.levels().await, nothing);
    desk.submit().await.unwrap();
    assert_eq!(desk.levels().await["data-act"].0.as_deref(), Some("complete"));
    let mut work = world.exchange.begin().await.unwrap();
    let given_up = onboarding::withdraw(&mut work, &desk.provider, &desk.key()).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(given_up.state, OnboardingState::Withdrawn);
    assert_eq!(desk.levels().await, nothing);
    let anew = desk.answer(OnboardingStep::Certificates, json!({"held": []})).await;
    assert_eq!((anew.state, anew.submitted_at), (OnboardingState::Draft, None));
}

/// What a checklist promises, in the words of an evaluation: the level, and the levels that are not reached.
fn promised(checklist: &[Checklist]) -> BTreeMap<String, (Option<String>, Vec<String>)> {
    let open = |list: &Checklist| {
        let mut open: Vec<_> =
            list.levels.iter().filter(|level| !level.missing.is_empty()).map(|level| level.level.clone()).collect();
        open.sort();
        open
    };
    checklist.iter().map(|list| (list.rule_set.clone(), (list.level.clone(), open(list)))).collect()
}

/// Some of the answers that a provider may give beyond what is required.
fn at_random(dice: &mut StdRng, sets: &[(String, Vec<i64>)], documents: &[&str]) -> BTreeMap<OnboardingStep, Value> {
    let mut said = answers();
    let generous = dice.random_bool(0.5);
    let mut sovereignty = serde_json::Map::new();
    for (fact, numbers) in sets {
        if generous || dice.random_bool(0.4) {
            let at = if generous { numbers.len() - 1 } else { dice.random_range(0..numbers.len()) };
            sovereignty.insert(fact.clone(), numbers[at].into());
        }
    }
    if dice.random_bool(0.5) {
        sovereignty.insert("secnumcloud.operating-autonomy".to_owned(), true.into());
    }
    if !sovereignty.is_empty() {
        said.insert(OnboardingStep::Sovereignty, json!({"answers": sovereignty}));
    }
    let terms = said.get_mut(&OnboardingStep::Terms).unwrap();
    let covers: Vec<_> = documents.iter().filter(|_| dice.random_bool(0.8)).collect();
    if !covers.is_empty() {
        let more = json!({"url": "https://tulip.example/all.pdf", "sha256": "b".repeat(64), "covers": covers});
        terms["documents"].as_array_mut().unwrap().push(more);
    }
    if dice.random_bool(0.5) {
        let kinds = &mut said.get_mut(&OnboardingStep::DataAct).unwrap()["kinds"]["compute.instance"];
        kinds["openInterfaces"] = json!([]);
    }
    if dice.random_bool(0.4) {
        let ownership = said.get_mut(&OnboardingStep::Ownership).unwrap();
        ownership["entities"][0]["incorporatedIn"] = json!(["US", "NL", "CH"][dice.random_range(0..3)]);
    }
    if dice.random_bool(0.5) {
        let held = json!({"held": [{"scheme": "ISO27001", "body": "Certifier", "validUntil": "2027-06-01T00:00:00Z"}]});
        said.insert(OnboardingStep::Certificates, held);
    }
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_checklist_says_comes_true() {
    let world = World::new(Engine::Sqlite).await;
    // By then all rule sets are in force.
    world.clock.advance(120 * DAY);
    let desk = Desk::of(&world);
    let mut questions = Vec::new();
    for set in trust::rule_sets(&world.exchange) {
        for criterion in trust::rule_set(&world.exchange, &set.about.id, &set.about.version).unwrap().criteria {
            let number = |answer: &String| answer.split(':').next().and_then(|number| number.parse().ok());
            if let Some(fact) = criterion.fact {
                questions.push((fact, criterion.answers.iter().filter_map(number).collect()));
            }
        }
    }
    assert!(questions.len() >= 48 + 11);
    let documents = ["measure", "customer-instructions", "role-and-responsibilities", "physical-security"];
    let mut reached = std::collections::BTreeSet::new();
    for seed in 0..16 {
        let mut dice = StdRng::seed_from_u64(seed);
        for (step, said) in at_random(&mut dice, &questions, &documents) {
            let shown = desk.answer(step, said).await;
            assert_eq!(of(&shown, step).state, StepState::Complete, "{:?}", of(&shown, step).wrong);
        }
        let shown = desk.show().await;
        let before = promised(&shown.checklist);
        for list in &shown.checklist {
            for level in &list.levels {
                assert_eq!(level.reached, level.missing.is_empty());
                assert!(level.missing.iter().all(|missing| !missing.steps.is_empty()), "{level:#?}");
            }
        }
        let submitted = desk.submit().await.unwrap();
        let levels = desk.levels().await;
        assert_eq!(before, levels, "seed {seed}");
        assert_eq!(promised(&submitted.checklist), levels, "seed {seed}");
        reached.extend(levels.into_iter().filter_map(|(set, (level, _))| Some((set, level?))));
    }
    // The dice reach more than the lowest: otherwise this shows nothing.
    assert!(reached.contains(&("data-act".to_owned(), "complete".to_owned())), "{reached:?}");
    assert!(reached.contains(&("cada".to_owned(), "1".to_owned())), "{reached:?}");
    assert!(reached.iter().any(|(set, level)| set == "csf" && level != "0"), "{reached:?}");
}
