//! Charges are added up with what was measured, and a sum is known only where all of it is.

use hansa_model::charge::Charge;
use hansa_model::id::{AgentId, ChargeId, OrderId, ProjectId, ServiceId, TenantId};
use hansa_model::measured::Measured;
use hansa_model::money::{Currency, Money};
use hansa_model::offer::Visibility;
use hansa_model::price::Meter;
use hansa_model::time::Timestamp;
use hansa_store::ledger::{self, ChargeRow, Each, Party};
use hansa_store::{Tx, args};
use hansa_testkit::Engine;

use crate::world::{NOW, Store, list, offer_row, provider, store};

hansa_testkit::on_both! {
    what_was_measured_is_added_up_over_the_period_and_each_day
    a_sum_with_something_unknown_is_unknown
    two_meters_have_no_sum
    charges_from_before_are_still_read
}

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// Midnight, so that days are easily told apart.
const START: Timestamp = Timestamp::from_seconds(1_800_057_600);

/// A service and who pays for it.
struct World {
    store: Store,
    service: ServiceId,
    tenant: TenantId,
}

async fn world(engine: Engine) -> World {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (participant, tenant, site) = provider(&mut tx, "utrecht").await;
    let offer = offer_row(&site, "vm", 1_000, Currency::EUR, Visibility::Public);
    list(&mut tx, &offer).await;
    let (project, order, agent) = (ProjectId::new(), OrderId::new(), AgentId::new());
    let service = ServiceId::new();
    let sql = "insert into project (id, tenant_id, name, currency, created_at) values ($1, $2, 'shop', 'EUR', $3)";
    tx.execute(sql, args![project, tenant.id, NOW]).await.unwrap();
    let sql = "insert into orders (id, project_id, kind, state, body, monthly, one_off, currency, ordered_by, partial, \
               cancel_requested, created_at, updated_at) \
               values ($1, $2, 'create', 'fulfilled', '{}', 0, 0, 'EUR', 'mbr', false, false, $3, $3)";
    tx.execute(sql, args![order, project, NOW]).await.unwrap();
    let sql = "insert into agent (id, provider_id, name, public_key, version, capabilities, orphans, enrolled_at, \
               online, revision, report_number) values ($1, $2, 'one', 'key', '1', '[]', '[]', $3, true, 0, 0)";
    tx.execute(sql, args![agent, participant.id, NOW]).await.unwrap();
    let sql = "insert into service (id, order_id, project_id, tenant_id, component, instance, kind, offer_id, \
               offer_version, offer_key, provider_id, provider_name, site_id, site_name, agent_id, properties, price, \
               config, dump, needs, state, desired, generation, revision, monthly, currency, created_at) \
               values ($1, $2, $3, $4, 'web', 0, 'compute.instance', $5, 1, 'k', $6, 'utrecht', $7, 'west', $8, '{}', \
               '{}', '{}', false, '[]', 'active', 'running', 1, 1, 0, 'EUR', $9)";
    let values = args![service, order, project, tenant.id, offer.id, participant.id, site.id, agent, NOW];
    tx.execute(sql, values).await.unwrap();
    tx.commit().await.unwrap();
    World { store, service, tenant: tenant.id }
}

impl World {
    /// Charges the hour that begins so many hours after the start.
    async fn charge(&self, component: &str, hour: i64, measured: Option<(Meter, i64)>) {
        let at = |hours: i64| Timestamp::from_micros(START.micros() + hours * HOUR);
        let charge = Charge {
            id: ChargeId::new(),
            service: self.service,
            component: component.to_owned(),
            start: at(hour),
            end: at(hour + 1),
            measured: measured.map(|(meter, quantity)| Measured { meter, quantity }),
            amount: Money::from_micros(7, Currency::EUR),
            commission: Money::from_micros(1, Currency::EUR),
        };
        let mut tx = self.store.db.write().await.unwrap();
        ledger::insert_charge(&mut tx, &charge, self.tenant).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn sums(&self, each: Each) -> Vec<(String, Option<(Meter, i64)>)> {
        let mut tx = self.store.db.read().await.unwrap();
        self.rows(&mut tx, each)
            .await
            .into_iter()
            .map(|row| (row.component, row.measured.map(|measured| (measured.meter, measured.quantity))))
            .collect()
    }

    async fn rows(&self, tx: &mut Tx, each: Each) -> Vec<ChargeRow> {
        let end = Timestamp::from_micros(START.micros() + 30 * DAY);
        ledger::charges(tx, Party::Tenant(self.tenant), Currency::EUR, each, START, end).await.unwrap()
    }
}

fn sum(component: &str, measured: Option<(Meter, i64)>) -> (String, Option<(Meter, i64)>) {
    (component.to_owned(), measured)
}

async fn what_was_measured_is_added_up_over_the_period_and_each_day(engine: Engine) {
    let world = world(engine).await;
    // More than fits into 32 bits, and than a floating-point number would keep.
    let most = 1_i64 << 60;
    world.charge("traffic", 0, Some((Meter::NetworkEgress, most + 1))).await;
    world.charge("traffic", 23, Some((Meter::NetworkEgress, 2))).await;
    world.charge("traffic", 24, Some((Meter::NetworkEgress, 3))).await;
    world.charge("machine", 0, Some((Meter::TimeAllocated, 3_600))).await;
    let sent = |quantity| sum("traffic", Some((Meter::NetworkEgress, quantity)));
    let time = sum("machine", Some((Meter::TimeAllocated, 3_600)));
    assert_eq!(world.sums(Each::Period).await, [time.clone(), sent(most + 6)]);
    assert_eq!(world.sums(Each::Day).await, [time, sent(most + 3), sent(3)]);
}

async fn a_sum_with_something_unknown_is_unknown(engine: Engine) {
    let world = world(engine).await;
    world.charge("traffic", 0, Some((Meter::NetworkEgress, 5))).await;
    world.charge("traffic", 24, None).await;
    assert_eq!(world.sums(Each::Period).await, [sum("traffic", None)]);
    let days = [sum("traffic", Some((Meter::NetworkEgress, 5))), sum("traffic", None)];
    assert_eq!(world.sums(Each::Day).await, days);
}

async fn two_meters_have_no_sum(engine: Engine) {
    let world = world(engine).await;
    world.charge("traffic", 0, Some((Meter::NetworkEgress, 5))).await;
    world.charge("traffic", 1, Some((Meter::NetworkIngress, 5))).await;
    assert_eq!(world.sums(Each::Period).await, [sum("traffic", None)]);
}

async fn charges_from_before_are_still_read(engine: Engine) {
    let world = world(engine).await;
    let mut tx = world.store.db.write().await.unwrap();
    // As it was written before there were columns for what was measured.
    let sql = "insert into charge (id, service_id, tenant_id, component, start_at, end_at, amount, commission, \
               currency) values ($1, $2, $3, 'machine', $4, $5, 7, 1, 'EUR')";
    let end = Timestamp::from_micros(START.micros() + HOUR);
    tx.execute(sql, args![ChargeId::new(), world.service, world.tenant, START, end]).await.unwrap();
    let rows = world.rows(&mut tx, Each::Period).await;
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((row.seconds, row.measured, row.amount.micros(), row.commission.micros()), (3_600, None, 7, 1));
}
