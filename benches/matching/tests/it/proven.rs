//! Instances with optima that two other solvers have proved.

use std::path::Path;
use std::time::Duration;

use matching::answer::{Status, report};
use matching::document::Document;
use matching::instance::Instance;
use matching::referee::judge;

#[test]
fn the_proven_optima_are_found_and_proved() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("instances");
    let referees = std::fs::read_to_string(folder.join("referees.csv")).unwrap();
    let mut solved = 0;
    for line in referees.lines().skip(1) {
        let [name, "OPTIMAL", optimum, ..] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
        let document = Document::read(&text).unwrap();
        let report = report(&Instance::new(&document).unwrap(), Duration::from_secs(60));
        assert_eq!(report.status, Status::Optimal, "{name}");
        let objective = report.objective.unwrap();
        assert!((objective - optimum.parse::<f64>().unwrap()).abs() < 0.005, "{name}: {objective}");
        let judged = judge(&document, &report.choice.unwrap()).expect(name) as f64 / 1e6;
        assert!((objective - judged).abs() < 1e-6, "{name}: the choice costs {judged}");
        solved += 1;
    }
    assert_eq!(solved, 12);
}
