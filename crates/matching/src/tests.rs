use hansa_model::catalogue::{build, parse_yaml};

use super::*;

#[test]
fn probe() {
    let now = "2026-11-21T12:00:00Z".parse().unwrap();
    let files: Vec<_> = [
        SEED_CATALOGUE,
        include_str!("../../../examples/providers/utrecht.yaml"),
        include_str!("../../../examples/providers/grenoble.yaml"),
        include_str!("../../../examples/providers/jelenia-gora.yaml"),
    ]
    .into_iter()
    .map(|text| {
        let parsed = parse_yaml(text);
        assert_eq!(parsed.errors, []);
        parsed.file
    })
    .collect();
    let built = build(&files, now);
    assert_eq!(built.errors, []);
    let application = Application::parse(include_str!("../../../examples/town-archive.yaml")).unwrap();
    let start = Instant::now();
    let outcome = find(&application, &built.catalogue, &Options::at(now));
    println!("{:?}", start.elapsed());
    let start = Instant::now();
    let _ = find(&application, &built.catalogue, &Options::at(now));
    println!("{:?}", start.elapsed());
    println!("{}", serde_json::to_string_pretty(&outcome.packages).unwrap());
    println!("{:?}", outcome.conflict);
    println!("{:#?}", &outcome.excluded[..10.min(outcome.excluded.len())]);
    println!("{:#?}", outcome.requirements);
    let mut app = application.clone();
    app.budget = Some("10 EUR".parse().unwrap());
    println!("{:?}", find(&app, &built.catalogue, &Options::at(now)).conflict);
    app.links[0].rtt = Some("<= 9 ms".parse().unwrap());
    println!("{:?}", find(&app, &built.catalogue, &Options::at(now)).conflict);
    app.max_providers = Some(1);
    println!("{:?}", find(&app, &built.catalogue, &Options::at(now)).conflict);
}
