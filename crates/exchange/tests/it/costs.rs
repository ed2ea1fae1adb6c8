//! What a buyer sees of costs is what the statement says, before and after the month.

use std::collections::BTreeMap;
use std::time::Duration;

use hansa_exchange::{costs, maintenance, statements};
use hansa_model::charge::StatementLine;
use hansa_model::cost::{AlertBasis, CostFormat, Costs};
use hansa_model::maintenance::NewMaintenanceWindow;
use hansa_model::measured::Measured;
use hansa_model::money::{Currency, Money};
use hansa_model::price::Meter;
use hansa_store::args;
use hansa_store::maintenance::MaintenanceFilter;
use hansa_store::page::PageRequest;

use crate::world::{DAY, Engine, HOUR, World, on_both_engines};

async fn costs_of(world: &World) -> Costs {
    let mut tx = world.exchange.read().await.unwrap();
    let month = statements::month(&world.exchange, Some("2026-03")).unwrap();
    let (buyer, tenant) = (&world.cast.buyer, world.cast.tenant);
    costs::of_tenant(&mut tx, &world.exchange, buyer, tenant, month, Currency::EUR).await.unwrap()
}

fn sum<'m>(amounts: impl IntoIterator<Item = &'m Money>) -> i64 {
    amounts.into_iter().map(|amount| amount.micros()).sum()
}

async fn days_projects_and_exports_add_up_to_the_statement(engine: Engine) {
    let mut world = World::new(engine).await;
    let _ = world.running().await;
    world.pass(2 * DAY + HOUR).await;
    world.round().await;
    let costs = costs_of(&world).await;
    let mut tx = world.exchange.read().await.unwrap();
    let month = statements::month(&world.exchange, Some("2026-03")).unwrap();
    let (buyer, tenant) = (&world.cast.buyer, world.cast.tenant);
    let bill = statements::of_tenant(&mut tx, buyer, tenant, month, Currency::EUR).await.unwrap();
    let exact = sum(bill.lines.iter().map(|line| &line.exact));
    assert!(exact > 0);
    assert_eq!(costs.charged.micros(), exact);
    assert_eq!(sum(costs.days.iter().map(|day| &day.amount)), exact);
    assert_eq!(sum(costs.projects.iter().map(|project| &project.charged)), exact);
    assert!(costs.days.iter().any(|day| day.day != costs.days[0].day), "only one day was charged");
    assert!(costs.expected.micros() > 0);
    assert_eq!(costs.forecast.micros(), costs.charged.micros() + costs.expected.micros());

    for (format, column, expected) in
        [(CostFormat::Csv, "amount", bill.total), (CostFormat::Focus, "BilledCost", bill.total)]
    {
        let table = costs::export(&mut tx, buyer, tenant, month, Currency::EUR, format).await.unwrap();
        let place = table[0].iter().position(|head| head == column).unwrap();
        let amounts: Vec<Money> = table[1..].iter().map(|row| format!("{} EUR", row[place]).parse().unwrap()).collect();
        assert_eq!(sum(&amounts), expected.micros(), "{format:?}");
        let stranger = &world.cast.stranger;
        let foreign = costs::export(&mut tx, stranger, tenant, month, Currency::EUR, format).await;
        assert!(matches!(foreign, Err(hansa_exchange::Error::NotFound { .. })), "{foreign:?}");
    }
}

/// One column of an exported table by its head.
fn column<'t>(table: &'t [Vec<String>], head: &str) -> Vec<&'t str> {
    let place = table[0].iter().position(|one| one == head).unwrap();
    table[1..].iter().map(|row| row[place].as_str()).collect()
}

async fn every_form_of_a_bill_has_the_measured_quantities(engine: Engine) {
    let mut world = World::new(engine).await;
    let _ = world.running().await;
    world.pass(2 * DAY + HOUR).await;
    world.round().await;
    let mut tx = world.exchange.read().await.unwrap();
    let month = statements::month(&world.exchange, Some("2026-03")).unwrap();
    let (buyer, tenant) = (&world.cast.buyer, world.cast.tenant);
    let bill = statements::of_tenant(&mut tx, buyer, tenant, month, Currency::EUR).await.unwrap();
    let mut measured: BTreeMap<Meter, i64> = BTreeMap::new();
    for line in &bill.lines {
        match line.measured {
            Some(Measured { meter: Meter::TimeAllocated, quantity }) => assert_eq!(quantity, line.seconds, "{line:?}"),
            Some(_) => {}
            None => assert_eq!(line.start, line.end, "only what is due once is not measured: {line:?}"),
        }
        if let Some(Measured { meter, quantity }) = line.measured {
            *measured.entry(meter).or_default() += quantity;
        }
    }
    assert!([Meter::TimeAllocated, Meter::NetworkEgress].iter().all(|meter| measured[meter] > 0), "{measured:?}");

    for (format, meters, quantities) in
        [(CostFormat::Csv, "meter", "measured"), (CostFormat::Focus, "SkuMeter", "ConsumedQuantity")]
    {
        let table = costs::export(&mut tx, buyer, tenant, month, Currency::EUR, format).await.unwrap();
        let mut exported: BTreeMap<Meter, i64> = BTreeMap::new();
        for (meter, quantity) in column(&table, meters).into_iter().zip(column(&table, quantities)) {
            assert_eq!(meter.is_empty(), quantity.is_empty(), "{format:?}");
            if let Ok(meter) = meter.parse() {
                *exported.entry(meter).or_default() += quantity.parse::<i64>().unwrap();
            }
        }
        assert_eq!(exported, measured, "{format:?}");
    }
    for provider in &world.cast.providers {
        let of = provider.agent.provider;
        let own = statements::of_provider(&mut tx, &world.exchange, &provider.principal, of, month, Currency::EUR);
        for line in own.await.unwrap().lines {
            let bought =
                |bought: &&StatementLine| (bought.service, &bought.component) == (line.service, &line.component);
            assert_eq!(line.measured, bill.lines.iter().find(bought).unwrap().measured);
        }
    }
}

async fn forecasts_come_true(engine: Engine) {
    let mut world = World::new(engine).await;
    let _ = world.running().await;
    world.pass(DAY).await;
    world.round().await;
    let foreseen = costs_of(&world).await.forecast.micros();
    world.pass("2026-04-01T00:00:00Z".parse::<hansa_model::time::Timestamp>().unwrap().since(world.now())).await;
    world.round().await;
    let after = costs_of(&world).await;
    assert_eq!(after.expected.micros(), 0);
    // Months of 730 hours are what is expected, March is longer; traffic is not foreseen.
    let error = (after.charged.micros() - foreseen).abs();
    assert!(error * 20 < after.charged.micros(), "{foreseen} was foreseen, {} came", after.charged);
}

async fn told(world: &World) -> Vec<String> {
    let mut tx = world.exchange.read().await.unwrap();
    let rows = tx.all("select data from event where kind = 'budget.reached' order by sequence", args![]).await.unwrap();
    rows.iter().map(|row| row.text("data").unwrap()).collect()
}

async fn each_share_of_a_budget_is_told_once(engine: Engine) {
    let mut world = World::new(engine).await;
    let _ = world.running().await;
    world.pass(HOUR).await;
    world.round().await;
    assert!(told(&world).await.is_empty());
    let charged = costs_of(&world).await.charged;
    // Above nine tenths and below all of it.
    let budget = charged.times_ratio(10, 9).unwrap();
    world.limit(Some(&format!("{} EUR", budget.decimal())), None).await;
    for _ in 0..3 {
        hansa_exchange::reconcilers::run_once(&world.exchange).await.unwrap();
    }
    let alerts = costs_of(&world).await.projects[0].alerts.clone();
    let shares: Vec<_> = alerts.iter().map(|alert| (alert.basis, alert.percent)).collect();
    assert_eq!(shares, [(AlertBasis::Charged, 80), (AlertBasis::Forecast, 100)]);
    assert_eq!(told(&world).await.len(), 2);
    world.pass(DAY).await;
    world.round().await;
    assert_eq!(told(&world).await.len(), 3, "{:?}", told(&world).await);
}

async fn maintenance_is_told_to_those_who_run_something_there(engine: Engine) {
    let mut world = World::new(engine).await;
    let order = world.running().await;
    let web = world.component(order.id, "web").await.service;
    let provider = world.cast.providers.iter().find(|provider| provider.principal.participant == web.provider);
    let provider = provider.unwrap().principal.clone();
    let in_hours = |hours: u64| world.now().plus(Duration::from_secs(hours * 3_600));
    let window = |start, end| NewMaintenanceWindow { start, end, reason: "New switch".to_owned() };
    let plan = async |by, new| {
        let mut work = world.exchange.begin().await.unwrap();
        let planned = maintenance::plan(&mut work, by, web.site, new).await?;
        work.commit().await?;
        Ok::<_, hansa_exchange::Error>(planned)
    };
    let foreign = plan(&world.cast.buyer, window(in_hours(1), in_hours(2))).await;
    assert!(matches!(foreign, Err(hansa_exchange::Error::NotFound { .. })), "{foreign:?}");
    for (start, end) in [(in_hours(2), in_hours(2)), (in_hours(1), in_hours(200)), (in_hours(9000), in_hours(9001))] {
        let refused = plan(&provider, window(start, end)).await;
        assert!(matches!(refused, Err(hansa_exchange::Error::Invalid(_))), "{refused:?}");
    }
    let planned = plan(&provider, window(in_hours(1), in_hours(2))).await.unwrap();
    let names = (&web.site_name, &web.provider_name);
    assert_eq!((&planned.site_name, &planned.provider_name), names);
    let wanted = MaintenanceFilter { site: Some(web.site), provider: Some(web.provider), ahead_of: Some(world.now()) };
    let mut tx = world.exchange.read().await.unwrap();
    let listed = maintenance::list(&mut tx, &wanted, &PageRequest::default()).await.unwrap();
    drop(tx);
    assert_eq!(listed.items, std::slice::from_ref(&planned));
    let cancel = async || {
        let mut work = world.exchange.begin().await.unwrap();
        maintenance::cancel(&mut work, &provider, planned.id).await?;
        work.commit().await
    };
    cancel().await.unwrap();
    assert!(matches!(cancel().await, Err(hansa_exchange::Error::Conflict { .. })));
    hansa_exchange::reconcilers::run_once(&world.exchange).await.unwrap();
    let mut tx = world.exchange.read().await.unwrap();
    let sql = "select kind from event where kind like 'maintenance.%' and tenant_id = $1 order by sequence";
    let kinds: Vec<_> =
        tx.all(sql, args![world.cast.tenant]).await.unwrap().iter().map(|row| row.text("kind").unwrap()).collect();
    assert_eq!(kinds, ["maintenance.planned", "maintenance.cancelled"]);
}

on_both_engines!(
    days_projects_and_exports_add_up_to_the_statement,
    every_form_of_a_bill_has_the_measured_quantities,
    forecasts_come_true,
    each_share_of_a_budget_is_told_once,
    maintenance_is_told_to_those_who_run_something_there,
);
