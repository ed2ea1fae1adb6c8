use super::*;
use crate::application::tests::TOWN_ARCHIVE;

fn archive() -> Application {
    Application::parse(TOWN_ARCHIVE).unwrap()
}

fn with(changes: &[&str]) -> Result<Application, ChangeError> {
    let changes: Vec<Change> = changes.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
    archive().changed(&changes)
}

#[test]
fn fields_are_changed_by_path_with_or_without_the_beginning() {
    for text in ["budget.monthly=500 EUR", "spec.budget.monthly=500 EUR", " budget.monthly = 500 EUR "] {
        assert_eq!(with(&[text]).unwrap().budget.unwrap().to_string(), "500.00 EUR", "{text}");
    }
    let changed = with(&[
        "components.web.cpu=>= 8",
        "components.archive.backup.keep=7d",
        "links[0].rtt=<= 6 ms",
        "links.1.traffic=1 TB/month",
        "requirements.certifications.all=[ISO27001, C5]",
        "requirements.jurisdiction[1]=CH",
        "metadata.name=other",
        "components.web.config.env[\"A.B\"]=x",
    ]);
    // A variable's name has no dot: what is wrong with the changed document is told as ever.
    let ChangeError::Invalid(errors) = changed.unwrap_err() else { panic!() };
    assert_eq!(errors[0].field, "spec.components.web.config.env.A.B");
    let changed = with(&[
        "components.web.cpu=>= 8",
        "components.archive.backup.keep=7d",
        "links[0].rtt=<= 6 ms",
        "links.1.traffic=1 TB/month",
        "requirements.certifications.all=[ISO27001, C5]",
        "requirements.jurisdiction[1]=CH",
        "metadata.name=other",
        "components.web.config.files[\"/etc/a.conf\"]=x",
    ])
    .unwrap();
    assert_eq!(changed.components["web"].properties["cpu"].to_string(), ">= 8");
    assert_eq!(changed.components["archive"].properties["backup.keep"].to_string(), "7 d");
    assert_eq!(changed.links[0].rtt.unwrap().to_string(), "<= 6 ms");
    assert_eq!(changed.links[1].traffic.unwrap().to_string(), "1 TB/month");
    assert_eq!(changed.requirements.certifications.all, ["ISO27001", "C5"]);
    assert_eq!(changed.requirements.jurisdiction.len(), 2);
    assert_eq!(changed.name.as_str(), "other");
    assert_eq!(changed.components["web"].config.files["/etc/a.conf"], "x");
}

#[test]
fn an_empty_value_takes_a_field_away_and_what_is_empty_after_it() {
    let changed = with(&["budget.monthly=", "maxProviders=", "components.scanner.near=", "links[1]="]).unwrap();
    assert_eq!((changed.budget, changed.max_providers), (None, None));
    assert_eq!(changed.components["scanner"].near, None);
    assert_eq!(changed.links.len(), 1);
    let none = with(&["requirements.certifications.all[0]=", "links=", "components.web.config="]).unwrap();
    assert!(none.requirements.certifications.all.is_empty() && none.links.is_empty());
    // What is not there can go as well.
    assert_eq!(with(&["requirements.carbonIntensity="]).unwrap(), archive());
    // A field that is needed can't.
    let ChangeError::Invalid(errors) = with(&["components.web.cpu="]).unwrap_err() else { panic!() };
    assert_eq!(errors[0].to_string(), "spec.components.web.cpu: this field is required");
}

#[test]
fn what_is_missing_on_the_way_is_made() {
    let changed = with(&[
        "components.web.requirements.certifications.any=[C5, HDS]",
        "components.cache={kind: compute.instance, cpu: 1, memory: 1 GiB}",
        "components.cache.count=3",
        "links[2]={from: web, to: cache}",
        "together[0]={components: [web, cache], by: country}",
    ])
    .unwrap();
    assert_eq!(changed.components["web"].requirements.certifications.any, ["C5", "HDS"]);
    assert_eq!(changed.components["cache"].count, 3);
    assert_eq!((changed.links.len(), changed.together.len()), (3, 1));
}

#[test]
fn unknown_paths_name_what_may_have_been_meant() {
    let cases = [
        ("budget.montly=5 EUR", "spec.budget.montly", "spec.budget.monthly"),
        ("bugdet.monthly=5 EUR", "spec.bugdet.monthly", "spec.budget.monthly"),
        ("components.wbe.cpu=5", "spec.components.wbe.cpu", "spec.components.web.cpu"),
        ("components.web.memroy=5", "spec.components.web.memroy", "spec.components.web.memory"),
        (
            "requirements.certification.all=C5",
            "spec.requirements.certification.all",
            "spec.requirements.certifications.all",
        ),
        ("monthly=5 EUR", "spec.monthly", "spec.budget.monthly"),
        ("links[0].rrt=5 ms", "spec.links[0].rrt", "spec.links[0].rtt"),
        ("traffic=5", "spec.traffic", "spec.links[0].traffic"),
    ];
    for (text, refused, meant) in cases {
        let ChangeError::Unknown { field, nearest } = with(&[text]).unwrap_err() else { panic!("{text}") };
        assert_eq!(field, refused);
        assert_eq!(nearest[0], meant, "{text}: {nearest:?}");
    }
    // Without anything near, what there is is named.
    let ChangeError::Unknown { nearest, .. } = with(&["budget.zzzzzzzz=1"]).unwrap_err() else { panic!() };
    assert_eq!(nearest, ["spec.budget.monthly"]);
    // A property that another kind has is none of this one.
    assert!(matches!(with(&["components.archive.cpu=1"]), Err(ChangeError::Unknown { .. })));
}

#[test]
fn what_is_no_change_is_told_by_its_cause() {
    assert!(matches!(with(&["budget.monthly"]), Err(ChangeError::Malformed(_))));
    assert!(matches!(with(&["=5"]), Err(ChangeError::Malformed(_))));
    assert!(matches!(with(&["components.web.count>=2"]), Err(ChangeError::Malformed(_))));
    for path in ["links[x].rtt=1", "links[0=1", "a..b=1", "[0]=1", "links[0]rtt=1", "a.=1"] {
        assert!(matches!(with(&[path]), Err(ChangeError::Path(_))), "{path}");
    }
    let beyond = with(&["links[7].rtt=<= 5 ms"]).unwrap_err();
    assert_eq!(beyond, ChangeError::Beyond { list: "spec.links".to_owned(), length: 2, number: 7 });
    assert!(matches!(with(&["requirements.jurisdiction=[EU"]), Err(ChangeError::Value { .. })));
    let ChangeError::Invalid(errors) = with(&["budget.monthly=plenty"]).unwrap_err() else { panic!() };
    assert_eq!(errors[0].field, "spec.budget.monthly");
}

#[test]
fn a_change_says_what_stands_there_now() {
    let change = archive().change("links[0].rtt", Some("<= 20 ms".to_owned())).unwrap();
    assert_eq!(change.from.as_deref(), Some("<= 15 ms"));
    assert_eq!(change.to_string(), "spec.links[0].rtt=<= 20 ms");
    assert_eq!(change.to_string().parse::<Change>().unwrap().field, change.field);
    let jurisdiction = archive().field("requirements.jurisdiction").unwrap();
    assert_eq!(jurisdiction.as_deref(), Some("[EU, EEA]"));
    assert_eq!(archive().field("requirements.carbonIntensity").unwrap(), None);
}

/// Every field that a document has, by the schema.
fn fields(application: &Application) -> Vec<String> {
    let mut fields = Vec::new();
    Schema::new().gather(&mut vec![], &schema(), &application.to_value(), &mut fields);
    fields
}

#[test]
fn every_field_can_be_written_back_as_it_is_told() {
    let application = archive();
    let mut told = 0;
    for field in fields(&application) {
        let change = application.change(&field, application.field(&field).unwrap()).unwrap();
        assert_eq!(application.changed(std::slice::from_ref(&change)).unwrap(), application, "{change}");
        let parsed: Change = change.to_string().parse().unwrap();
        assert_eq!(application.changed(&[parsed]).unwrap(), application, "{change}");
        told += usize::from(change.from.is_some());
    }
    assert!(told > 40, "{told}");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_a_change_panic(path in "[a-z\\[\\].0-9\"=-]{0,24}", value in "\\PC{0,16}") {
        let _ = with(&[&format!("{path}={value}")]);
    }

    #[test]
    fn texts_come_back_as_they_were(text in "\\PC{0,16}") {
        let value = Value::String(text);
        proptest::prop_assert_eq!(read(&written(&value)), Ok(value));
    }
}
