//! Instances with optima that two other solvers have proved.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::instance;

#[test]
fn the_proven_optima_are_found_and_proved() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let optima = std::fs::read_to_string(data.join("optima.csv")).unwrap();
    let mut solved = 0;
    for (name, optimum) in optima.lines().skip(1).filter_map(|line| line.split_once(',')) {
        let text = std::fs::read_to_string(data.join(format!("{name}.json"))).unwrap();
        let answer = instance::read(&text).unwrap().solve(Instant::now() + Duration::from_secs(60));
        let (cost, _) = answer.best.as_ref().expect(name);
        assert!(answer.complete, "{name} was not proved");
        assert!((instance::euros(*cost) - optimum.parse::<f64>().unwrap()).abs() < 0.005, "{name}: {cost}");
        solved += 1;
    }
    assert_eq!(solved, 8);
}
