//! Certificates: whose word counts, how far it reaches, how long.

use hansa_model::evidence::{CertificateClaim, Claim, Strength};

use crate::world::{World, certificate, holds_all, time};

/// Everything that Gaia-X asks at its second level but a certificate for what only SecNumCloud, C5, the EU Cloud Code of
/// Conduct, CSA STAR and ISO 27001 certify.
fn uncertified() -> World {
    let mut world = holds_all();
    world.known.retain(|known| {
        !matches!(&known.claim, Claim::Certificate(held)
        if ["SECNUMCLOUD", "C5", "EUCLOUDCOC", "ISO27001"].contains(&held.scheme.as_str()))
    });
    world
}

/// Why operational security is not certified by this certificate; none when it is.
fn refused(strength: Strength, change: impl FnOnce(&mut CertificateClaim)) -> Option<String> {
    let mut claim = certificate("ISO/IEC 27001");
    change(&mut claim);
    let mut world = uncertified();
    world.claim(strength, Claim::Certificate(claim));
    missing(&world)
}

fn missing(world: &World) -> Option<String> {
    let evaluation = world.judged("gaia-x");
    let gaps = evaluation.gaps.get("L2").into_iter().flatten();
    gaps.into_iter().find(|gap| gap.criterion == "P3.1.7").map(|gap| gap.missing.clone())
}

#[test]
fn only_the_word_of_its_body_counts() {
    let nothing = "a certificate of SECNUMCLOUD, C5, EUCLOUDCOC, CSA-STAR level2 or ISO27001, signed by its body and \
                   covering this offer";
    assert_eq!(missing(&uncertified()).as_deref(), Some(nothing));
    assert_eq!(refused(Strength::Verified, |_| {}), None);
    let declared = "ISO27001 is known by the provider's own word only; the certificate signed by its body is missing";
    assert_eq!(refused(Strength::Declared, |_| {}).as_deref(), Some(declared));
    let attested = "ISO27001 is known by the operator's word only; the certificate signed by its body is missing";
    assert_eq!(refused(Strength::Attested, |_| {}).as_deref(), Some(attested));
}

#[test]
fn it_must_reach_the_kind_and_site() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        refused(Strength::Verified, |claim| claim.kinds = names(&["database.postgresql", "compute.instance"])),
        None
    );
    assert_eq!(refused(Strength::Verified, |claim| claim.sites = names(&["fra1", "ams1"])), None);
    let beside = Some("ISO27001 is held, but does not cover this kind of service at this site".to_owned());
    assert_eq!(refused(Strength::Verified, |claim| claim.kinds = names(&["database.postgresql"])), beside);
    assert_eq!(refused(Strength::Verified, |claim| claim.sites = names(&["fra1"])), beside);
    let mut whole = uncertified();
    (whole.kind, whole.site) = (None, None);
    let mut claim = certificate("ISO27001");
    claim.sites = names(&["ams1"]);
    whole.claim(Strength::Verified, Claim::Certificate(claim));
    assert_eq!(missing(&whole), beside, "as a whole, only what covers every site counts");
}

#[test]
fn it_must_cover_the_clauses() {
    let certified = |clauses: &[&str], criterion: &str| {
        let mut claim = certificate("C5");
        claim.clauses = clauses.iter().map(|clause| (*clause).to_owned()).collect();
        let mut world = World::new();
        world.claim(Strength::Verified, Claim::Certificate(claim));
        world.judged("gaia-x").outcomes.iter().any(|one| one.criterion == criterion && one.outcome == "certified")
    };
    assert!(
        certified(&[], "P3.1.19")
            && certified(&["INQ"], "P3.1.19")
            && certified(&["BC", "INQ-01", "INQ-02", "INQ-03", "INQ-04"], "P3.1.19")
    );
    assert!(!certified(&["INQ-01", "INQ-02", "INQ-03"], "P3.1.19"), "one clause short");
    assert!(!certified(&["INQ"], "P3.1.7"), "where the scheme as a whole is asked, clauses do not do");
}

#[test]
fn it_ends_by_its_date_by_its_credential_and_by_its_age() {
    let ends = |change: &dyn Fn(&mut World)| {
        let mut world = World::new();
        world.certificate("C5").valid_from = time("2026-01-01T00:00:00Z");
        change(&mut world);
        let outcome =
            world.judged("gaia-x").outcomes.into_iter().find(|one| one.criterion == "P3.1.7").unwrap().outcome;
        (outcome, world.judged("gaia-x").valid_until)
    };
    let end = time("2026-12-01T00:00:00Z");
    // Eighteen months of 31 days.
    assert_eq!(ends(&|_| {}), ("certified".to_owned(), Some(time("2027-07-13T00:00:00Z"))));
    assert_eq!(ends(&|world| world.known[0].valid_until = Some(end)), ("certified".to_owned(), Some(end)));
    let by_claim = |world: &mut World| {
        if let Claim::Certificate(claim) = &mut world.known[0].claim {
            claim.valid_until = Some(end);
        }
    };
    assert_eq!(ends(&by_claim), ("certified".to_owned(), Some(end)));
    let after = |world: &mut World| {
        by_claim(world);
        world.at = end;
    };
    assert_eq!(ends(&after).0, "missing");
    assert_eq!(ends(&|world| world.at = time("2027-07-13T00:00:00Z")).0, "missing");
}

#[test]
fn the_longest_lasting_of_several_counts() {
    let mut world = World::new();
    world.certificate("C5").valid_until = Some(time("2026-12-01T00:00:00Z"));
    world.certificate("C5").valid_until = Some(time("2027-02-01T00:00:00Z"));
    world.certificate("C5").valid_until = Some(time("2027-01-01T00:00:00Z"));
    let outcome = world.judged("gaia-x").outcomes.into_iter().find(|one| one.criterion == "P3.1.7").unwrap();
    assert_eq!(outcome.evidence, [crate::world::evidence(1)]);
}
