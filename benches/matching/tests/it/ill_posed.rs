//! Ill-posed instances are refused with the field.

use matching::instance::Instance;
use serde_json::{Value, json};

fn good() -> Value {
    let offer = |region: &str| json!({ "provider": "p", "region": region, "price": 2.5, "egress": 0.01 });
    json!({
        "components": [{ "count": 1, "cands": [offer("a"), offer("b")] }, { "count": 2, "cands": [offer("b")] }],
        "edges": [{ "src": 0, "dst": 1, "gb": 10, "max_rtt": 5.0, "rtt": [[4.0], [0.5]] }],
        "budget": 30.0,
        "max_providers": 2,
        "anti": [],
    })
}

/// What is said when the value at a place is another.
fn refusal(place: &str, value: Value) -> String {
    let mut document = good();
    match document.pointer_mut(place) {
        Some(there) => *there = value,
        None => {
            let (parent, key) = place.rsplit_once('/').unwrap();
            document.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
        }
    }
    Instance::read(&document.to_string()).map(|_| ()).expect_err(place).to_string()
}

#[test]
fn a_good_one_is_accepted() {
    Instance::read(&good().to_string()).unwrap();
}

#[test]
fn every_fault_is_told_with_its_field() {
    let component = good()["components"][1].clone();
    let cases = [
        ("/components", json!([]), "components: is empty"),
        ("/components", Value::Array(vec![component; 10_000]), "components: has 10000, at most 512"),
        ("/components/0/cands", json!([]), "components[0].cands: is empty"),
        ("/components/0/count", json!(0), "components[0].count: 0 is not between 1 and"),
        ("/components/0/count", json!(-3), "components[0].count: -3 is not between 1 and"),
        ("/components/0/count", json!(1e30), "components[0].count: "),
        ("/components/0/cands/1/price", json!(-0.01), "components[0].cands[1].price: -0.01 is not between"),
        ("/components/0/cands/1/price", json!(1e300), "components[0].cands[1].price: 1"),
        ("/components/0/cands/1/price", Value::Null, "components[0].cands[1].price: "),
        ("/components/0/cands/1/price", json!("2 EUR"), "components[0].cands[1].price: "),
        ("/components/0/cands/1/pirce", json!(1), "components[0].cands[1].pirce: unknown field"),
        ("/edges/0/src", json!(2), "edges[0].src: there is no component 2, they are numbered 0 to 1"),
        ("/edges/0/dst", json!(0), "edges[0]: joins component 0 with itself"),
        ("/edges/0/gb", json!(-1), "edges[0].gb: -1 is not between"),
        ("/edges/0/gb", json!(i64::MAX), "edges[0].gb: 9223372036854775807 is not between"),
        ("/edges/0/max_rtt", json!(-1.0), "edges[0].max_rtt: -1 is not between"),
        ("/edges/0/rtt", Value::Null, "edges[0].rtt: is missing"),
        ("/edges/0/rtt", json!([[4.0]]), "edges[0].rtt: has 1 entries where 2 candidates are"),
        ("/edges/0/rtt", json!([[4.0], []]), "edges[0].rtt[1]: has 0 entries where 1 candidates are"),
        ("/edges/0/rtt", json!([[4.0], [-0.5]]), "edges[0].rtt[1][0]: -0.5 is not between"),
        ("/budget", json!(-1.0), "budget: -1 is not between"),
        ("/max_providers", json!(0), "max_providers: 0 is not between 1 and"),
        ("/anti", json!([[0, 5]]), "anti[0]: there is no component 5"),
        ("/anti", json!([[1, 1]]), "anti[0]: joins component 1 with itself"),
        ("/units", json!("ms"), "units: unknown field"),
        ("/capacity", json!([{ "provider": "p", "region": "a", "instances": 0 }]), "capacity[0].instances: 0 is not"),
    ];
    for (place, value, expected) in cases {
        let said = refusal(place, value);
        assert!(said.starts_with(expected), "{place}: {said}");
    }
}

#[test]
fn contradictions_are_told() {
    let mut document = good();
    document["anti"] = json!([[0, 1]]);
    document["same_site"] = json!([[1, 0]]);
    let said = Instance::read(&document.to_string()).map(|_| ()).unwrap_err().to_string();
    assert!(said.starts_with("same_site[0]: components 1 and 0 must be together and must be apart"), "{said}");

    let mut document = good();
    document["edges"].as_array_mut().unwrap().push(json!({ "src": 1, "dst": 0, "gb": 1, "rtt": [[7.0, 0.5]] }));
    let said = Instance::read(&document.to_string()).map(|_| ()).unwrap_err().to_string();
    assert_eq!(said, "edges[1].rtt[0][0]: 7 ms contradicts 4 ms, given for the same two sites before");

    let mut document = good();
    let site = json!({ "provider": "p", "region": "a", "instances": 3 });
    document["capacity"] = json!([site, site]);
    let said = Instance::read(&document.to_string()).map(|_| ()).unwrap_err().to_string();
    assert_eq!(said, "capacity[1]: the capacity of p/a is given before");
}

#[test]
fn what_is_no_number_is_no_json() {
    let text = good().to_string().replace("2.5", "NaN");
    let said = Instance::read(&text).map(|_| ()).unwrap_err().to_string();
    assert!(said.starts_with("components[0].cands[0].price: "), "{said}");
    let said = Instance::read(&format!("{} trailing", good())).map(|_| ()).unwrap_err().to_string();
    assert!(said.contains("trailing"), "{said}");
    Instance::read("").map(|_| ()).unwrap_err();
}
