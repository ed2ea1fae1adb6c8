use super::*;

pub(super) const TOWN_ARCHIVE: &str = r"
apiVersion: hansa/v1
kind: Application
metadata: { name: town-archive }
spec:
  requirements:
    jurisdiction: [EU, EEA]
    control: { thirdCountry: none }
    subcontractors: { thirdCountry: none, within: [EU, NO] }
    labels: { gaia-x: L1 }
    seal: { minimum: 2 }
    cada: { minimum: 1 }
    certifications: { all: [ISO27001] }
    availability: '>= 99.9 %'
    dataLocation: [EU]
  budget: { monthly: 450 EUR }
  objective: { price: 1.0, carbon: 0.2 }
  maxProviders: 3
  components:
    web:
      kind: compute.instance
      count: 2
      cpu: '>= 2'
      memory: '>= 4 GiB'
      disk: '>= 40 GiB'
      image: debian-12
      spread: { by: site }
      config: { env: { ARCHIVE: '${archive.url}' }, ports: { http: 80 } }
    archive:
      kind: database.postgresql
      version: '>= 15'
      storage: '>= 50 GiB'
      backup: { every: 24h, keep: 14d, elsewhere: true }
    scanner:
      kind: compute.instance
      cpu: '>= 1'
      memory: '>= 1 GiB'
      near: { place: Utrecht, rtt: '<= 8 ms' }
  links:
    - { from: web, to: archive, rtt: '<= 15 ms', traffic: 200 GB/month }
    - { from: scanner, to: web, traffic: 50 GB/month }
";

#[test]
fn the_town_archive_is_understood_and_round_trips() {
    let application = Application::parse(TOWN_ARCHIVE).unwrap();
    assert_eq!(application.components.keys().map(Name::as_str).collect::<Vec<_>>(), ["web", "archive", "scanner"]);
    let archive = &application.components["archive"];
    assert_eq!(archive.properties["backup.every"].to_string(), "1 d");
    assert_eq!(Application::from_value(application.to_value()).unwrap(), application);
}

#[test]
fn the_published_schema_accepts_what_the_reader_accepts() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let document = Document::parse(TOWN_ARCHIVE).unwrap();
    let errors: Vec<_> = validator.iter_errors(document.root()).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn reader_and_schema_refuse_the_same_documents() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let wrong = [
        ("cpu: '>= 2'", "cpus: '>= 2'"),
        ("cpu: '>= 2'", "cpu: 'two'"),
        ("memory: '>= 4 GiB'", "memory: '>= 4'"),
        ("count: 2", "count: 0"),
        ("kind: compute.instance", "kind: compute.toaster"),
        ("thirdCountry: none", "thirdCountry: some"),
        ("minimum: 2", "minimum: 9"),
        ("gaia-x: L1", "gaia-x: L9"),
        ("monthly: 450 EUR", "monthly: plenty"),
        ("by: site", "by: rack"),
        ("maxProviders: 3", "maxProviders: 0"),
        ("every: 24h", "every: daily"),
        ("jurisdiction: [EU, EEA]", "jurisdiction: [Europe]"),
        ("name: town-archive", "name: Town Archive"),
        ("http: 80", "http: 99999"),
        ("price: 1.0", "price: -1"),
        ("from: web,", "form: web,"),
        ("cada: { minimum: 1 }", "cada: { minimum: 0 }"),
        ("cada: { minimum: 1 }", "cada: {}"),
        ("subcontractors: { thirdCountry: none, within: [EU, NO] }", "subcontractors: {}"),
        ("within: [EU, NO]", "within: []"),
        ("within: [EU, NO]", "inside: [EU, NO]"),
    ];
    for (good, bad) in wrong {
        assert!(TOWN_ARCHIVE.contains(good), "{good}");
        let text = TOWN_ARCHIVE.replacen(good, bad, 1);
        let errors = Application::parse(&text).expect_err(bad);
        assert!(errors.iter().all(|error| error.line.is_some()), "{bad}: {errors:?}");
        let document = Document::parse(&text).unwrap();
        assert!(!validator.is_valid(document.root()), "the schema accepts {bad}");
    }
}

#[test]
fn what_is_uniform_the_term_and_all_weights_are_read_and_round_trip() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let with = |more: &str| format!("{TOWN_ARCHIVE}{more}");
    let weights = "objective: { price: 1.0, sovereignty: 0.5, availability: 2 }";
    let good = with("  uniform: [label, sla, seal, cada]\n  term: 90 d\n")
        .replace("objective: { price: 1.0, carbon: 0.2 }", weights);
    let application = Application::parse(&good).unwrap();
    assert_eq!(application.uniform, [Uniform::Label, Uniform::Sla, Uniform::Seal, Uniform::Cada]);
    assert_eq!(application.term, "90 d".parse().ok());
    assert_eq!(application.objective.weights(), [1.0, 0.0, 0.0, 0.0, 0.5, 2.0]);
    assert_eq!(Application::from_value(application.to_value()).unwrap(), application);
    assert!(validator.is_valid(Document::parse(&good).unwrap().root()));
    assert_eq!(Application::parse(&with("  uniform: label\n")).unwrap().uniform, [Uniform::Label]);
    for (more, field) in [
        ("  uniform: [colour]\n", "spec.uniform[0]"),
        ("  uniform: [label, label]\n", "spec.uniform"),
        ("  term: long\n", "spec.term"),
    ] {
        let errors = Application::parse(&with(more)).expect_err(more);
        assert_eq!(errors[0].field, field, "{errors:?}");
    }
}

#[test]
fn groups_that_stay_together_are_read_and_judged() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let with = |group: &str| format!("{TOWN_ARCHIVE}  together:\n    - {group}\n");
    let good = with("{ components: [web, archive], by: provider }");
    let application = Application::parse(&good).unwrap();
    assert_eq!(application.together[0].by, SpreadBy::Provider);
    assert_eq!(Application::from_value(application.to_value()).unwrap(), application);
    assert!(validator.is_valid(Document::parse(&good).unwrap().root()));
    let wrong = [
        ("{ components: [web], by: provider }", "two components are needed at least"),
        ("{ components: [web, web], by: provider }", "the component is named twice"),
        ("{ components: [web, weeb], by: provider }", "no component has this name"),
        ("{ components: [web, archive], by: site }", "its instances are kept apart by `spread`"),
        ("{ components: [web, archive], by: rack }", "by"),
        ("{ components: [web, archive], by: country, of: x }", "of"),
    ];
    for (group, expected) in wrong {
        let errors = Application::parse(&with(group)).expect_err(group);
        assert!(errors.iter().any(|error| error.to_string().contains(expected)), "{group}: {errors:?}");
    }
}

#[test]
fn errors_name_line_field_and_remedy() {
    let text = TOWN_ARCHIVE.replace("memory: '>= 4 GiB'", "memroy: '>= 4 GiB'").replace("to: archive,", "to: archiv,");
    let errors = Application::parse(&text).unwrap_err();
    let shown: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "line 21: spec.components.web.memory: this field is required",
            "line 24: spec.components.web.memroy: unknown field (did you mean `memory`?)",
            "line 28: spec.components.web.config.env.ARCHIVE: `${archive.url}` names a component that `web` has no link to (add `- { from: web, to: archive }` to spec.links)",
            "line 40: spec.links[0].to: no component has this name (did you mean `archive`?)",
        ]
    );
}

#[test]
fn components_that_wait_for_each_other_are_refused() {
    let text = r"
apiVersion: hansa/v1
kind: Application
metadata: { name: knot }
spec:
  components:
    a: { kind: compute.instance, cpu: 1, memory: 1 GiB, config: { env: { B: '${b.host}' } } }
    b: { kind: compute.instance, cpu: 1, memory: 1 GiB, config: { env: { A: '${a.host}' } } }
  links: [ { from: a, to: b }, { from: b, to: a } ]
";
    let errors = Application::parse(text).unwrap_err();
    assert!(errors[0].message.contains("wait for each other"), "{errors:?}");
}

#[test]
fn references_are_found_and_escapes_are_left_alone() {
    let found: Vec<_> = references("a ${archive.url} $${no.thing} ${HOME} ${web.http} ${").collect();
    let names: Vec<_> = found.iter().map(|found| format!("{}.{}", found.component, found.field)).collect();
    assert_eq!(names, ["archive.url", "web.http"]);
}

proptest::proptest! {
    #[test]
    fn mutilated_documents_never_panic(start in 0usize..900, length in 0usize..80, noise in "\\PC{0,12}") {
        let mut text = TOWN_ARCHIVE.to_owned();
        let clamp = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let range = clamp(start)..clamp(start + length);
        text.replace_range(range, &noise);
        let _ = Application::parse(&text);
    }
}
