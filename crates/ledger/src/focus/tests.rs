use std::collections::BTreeMap;

use hansa_model::id::{ParticipantId, TenantId};
use hansa_model::money::Currency;
use serde_json::Value;

use super::*;
use crate::statement::{Delivery, Scope, statement};
use crate::zone::BillingZone;

const SPECIFICATION: &str = include_str!("../../../../data/billing/focus-1.4-columns.json");

struct World {
    statement: Statement,
    days: Vec<ChargeSum>,
    delivered: BTreeMap<ServiceId, Delivered>,
    projects: BTreeMap<ProjectId, String>,
}

/// A machine that was charged on two days, its traffic, and what was due once.
fn world() -> World {
    let month = BillingZone::named("Europe/Brussels").unwrap().month_named("2026-11").unwrap();
    let delivery = Delivery {
        name: "web".parse().unwrap(),
        service: ServiceId::new(),
        project: ProjectId::new(),
        provider: ParticipantId::new(),
        provider_name: "utrecht".parse().unwrap(),
        site_name: "utrecht-1".parse().unwrap(),
    };
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let sum = |component: &str, start: &str, end: &str, amount: &str, measured: Option<(Meter, i64)>| ChargeSum {
        delivery: delivery.clone(),
        component: component.to_owned(),
        start: at(start),
        end: at(end),
        seconds: (at(end).micros() - at(start).micros()) / 1_000_000,
        measured: measured.map(|(meter, quantity)| Measured { meter, quantity }),
        amount: format!("{amount} EUR").parse().unwrap(),
        commission: Money::zero(Currency::EUR),
    };
    let [evening, midnight, later, latest] =
        ["2026-11-03T22:00:00Z", "2026-11-04T00:00:00Z", "2026-11-04T00:30:00Z", "2026-11-04T00:40:00Z"];
    let (time, sent) = (Meter::TimeAllocated, Meter::NetworkEgress);
    // The last two were charged before it was kept what was measured.
    let days = vec![
        sum("machine", evening, midnight, "0.0221", Some((time, 7_200))),
        sum("setup", evening, evening, "5", None),
        sum("traffic", midnight, later, "0.000001", Some((sent, 1_230_000_004))),
        sum("machine", midnight, later, "0.005525", None),
        sum("traffic", later, latest, "0.000001", None),
    ];
    let scope = Scope { month, currency: Currency::EUR, closed: true };
    let statement = statement(TenantId::new(), &scope, &days).unwrap();
    let known = Delivered {
        kind: KindId::ComputeInstance,
        provider: "Utrecht Hosting B.V.".to_owned(),
        country: "NL".to_owned(),
        city: "Utrecht".to_owned(),
        offer: "off_1/3".to_owned(),
        offer_key: "utrecht/west/vm-2".to_owned(),
        site: "west".to_owned(),
        meters: BTreeMap::from([("machine".to_owned(), time), ("traffic".to_owned(), sent)]),
    };
    let delivered = BTreeMap::from([(delivery.service, known)]);
    let projects = BTreeMap::from([(delivery.project, "web-shop".to_owned())]);
    World { statement, days, delivered, projects }
}

fn table() -> (World, Vec<BTreeMap<&'static str, String>>) {
    let world = world();
    let account = Account { name: "town".to_owned(), issuer: "Exchange AG".to_owned() };
    let rows = rows(&world.statement, &world.days, &account, &world.delivered, &world.projects).unwrap();
    let named = rows.into_iter().map(|row| COLUMNS.into_iter().zip(row).collect()).collect();
    (world, named)
}

#[test]
fn the_rows_add_up_to_the_statement() {
    let (world, rows) = table();
    let total: i64 =
        rows.iter().map(|row| format!("{} EUR", row["BilledCost"]).parse::<Money>().unwrap().micros()).sum();
    assert_eq!(total, world.statement.total.micros());
    let exact: i64 = world.days.iter().map(|day| day.amount.micros()).sum();
    assert_ne!(total, exact, "nothing was rounded, so nothing was tried");
}

#[test]
fn quantities_are_in_the_unit_that_is_priced_and_as_they_were_measured() {
    let (_, rows) = table();
    let columns = ["ChargeCategory", "PricingQuantity", "PricingUnit", "ConsumedQuantity", "ConsumedUnit", "SkuMeter"];
    let found: Vec<[&str; 6]> = rows.iter().map(|row| columns.map(|column| row[column].as_str())).collect();
    let expected = [
        ["Usage", "2", "Hours", "7200", "Seconds", "time.allocated"],
        ["Purchase", "1", "Units", "", "", ""],
        ["Usage", "1.230000004", "GB", "1230000004", "B", "network.egress"],
        ["Usage", "0.5", "Hours", "1800", "Seconds", "time.allocated"],
        ["Usage", "", "", "", "", "network.egress"],
    ];
    assert_eq!(found[..5], expected);
    assert!(found.len() > 5 && found[5..].iter().all(|row| *row == ["Adjustment", "", "", "", "", ""]));
}

/// What the specification demands under conditions, of which these hold here.
const CONDITIONS: [&str; 7] = [
    "IncludesMultiplePricingCategories",
    "IncludesPayableInvoices",
    "IncludesProvisionedResources",
    "IncludesRegions",
    "IncludesSubAccounts",
    "IncludesUnitPricing",
    "IncludesUsageMeasurement",
];

/// The specification's own table of columns is the judge.
#[test]
fn every_column_and_value_is_as_the_specification_has_it() {
    let specification: Value = serde_json::from_str(SPECIFICATION).unwrap();
    let known: BTreeMap<&str, &Value> = specification["datasets"]["CostAndUsage"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| (column["id"].as_str().unwrap(), column))
        .collect();
    for condition in CONDITIONS {
        assert!(known.values().any(|column| column["condition"] == condition), "there is no condition {condition}");
    }
    for (id, column) in &known {
        let condition = column["condition"].as_str();
        let is_demanded =
            column["featureLevel"] == "Mandatory" || condition.is_some_and(|named| CONDITIONS.contains(&named));
        assert!(!is_demanded || COLUMNS.contains(id), "{id} is demanded");
    }
    let (_, rows) = table();
    for row in &rows {
        for (id, value) in row {
            let column = known.get(id).unwrap_or_else(|| panic!("there is no column {id}"));
            if value.is_empty() {
                assert_eq!(column["allowsNulls"], true, "{id} is empty");
                continue;
            }
            if let Some(allowed) = column["allowedValues"].as_array() {
                assert!(allowed.iter().any(|one| one == value), "{id} is `{value}`");
            }
            match column["dataType"].as_str().unwrap() {
                "Decimal" => drop(value.parse::<f64>().unwrap()),
                "Date/Time" => assert!(value.ends_with('Z') && value.parse::<Timestamp>().is_ok(), "{id}: {value}"),
                _ => {}
            }
        }
        let subcategories = specification["serviceSubcategories"][&row["ServiceCategory"]].as_array().unwrap();
        assert!(subcategories.iter().any(|one| *one == row["ServiceSubcategory"]));
    }
}
