//! Proposals as people read them.

use hansa::render::paint::Paint;
use hansa::render::proposals;
use hansa_model::proposal::Proposal;
use serde_json::{Value, json};

fn proposal(advice: &Value) -> Proposal {
    serde_json::from_value(json!({
        "id": "ppl_01h455vb4pex5vsknk084sn02q", "order": "ord_01h455vb4pex5vsknk084sn02q",
        "project": "prj_01h455vb4pex5vsknk084sn02q", "application": "town-archive", "state": "open",
        "createdAt": "2026-11-21T12:00:00Z", "updatedAt": "2026-11-21T12:00:00Z", "advice": advice,
    }))
    .unwrap()
}

fn alternative(moves: &Value, saving: &str) -> Value {
    json!({
        "moves": moves, "monthly": "20.10 EUR", "saving": saving, "carbonSaving": 1.25,
        "switching": {"oneOff": "1.99 EUR", "egress": "0.13 EUR", "downtime": "1.00 EUR"},
        "horizonMonths": 12, "carbonWorth": "0.40 EUR", "hysteresis": "19.50 EUR", "net": "146.08 EUR",
        "paysBackDays": 8,
        "package": {
            "name": "proposed", "chosen": true, "orderable": true, "components": {}, "providers": [], "countries": [],
            "price": {"monthly": "20.10 EUR", "oneOff": "0 EUR", "traffic": "0 EUR"}, "carbon": 3.5, "worst_rtt": null,
            "proof": {"status": "optimal", "bound": 1.0, "objective": 1.0, "catalogueVersion": 4, "nodes": 3},
        },
    })
}

#[test]
fn a_better_offer_is_told_with_every_number_and_what_to_do() {
    let moves = json!([{
        "component": "db-1", "count": 1, "from": "tulip/utrecht/vm", "to": "alpes/grenoble/vm",
        "fromMonthly": "32.50 EUR", "toMonthly": "20.10 EUR", "data": "50 GiB",
    }]);
    let advice = json!({
        "cause": "better", "failures": [], "monthly": "32.50 EUR", "catalogueVersion": 4,
        "alternative": alternative(&moves, "12.40 EUR"),
    });
    insta::assert_snapshot!(proposals::whole(&proposal(&advice), Paint::new(false)));
}

#[test]
fn what_must_move_says_why_also_when_there_is_nowhere_to_go() {
    let advice = json!({
        "cause": "must-move", "monthly": "32.50 EUR", "catalogueVersion": 4,
        "failures": [{
            "component": "db-1", "offer": "tulip/utrecht/vm", "requirement": "certifications.C5", "required": "held",
            "offered": "ended 2026-11-20T00:00:00Z",
        }],
    });
    insta::assert_snapshot!(proposals::whole(&proposal(&advice), Paint::new(false)));
}
