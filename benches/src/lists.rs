//! How long a page of a long list takes: the first, one in the middle, the last.

use std::time::Instant;

use hansa_model::order::{NewOrder, NewQuote, Order, Quote};
use hansa_model::page::Page;
use hansa_model::service::Service;
use hansa_store::args;

use crate::quantiles::Quantiles;
use crate::world::{World, application, await_orderable, instant_agent};

const REPEAT: usize = 50;

pub(crate) async fn measure(engine: &str, count: usize) -> anyhow::Result<()> {
    let world = World::start(engine).await?;
    let agent = world.enrol("agent").await?;
    let working = tokio::spawn(instant_agent(agent));
    await_orderable(&world).await?;
    let new = NewQuote { project: world.project, application: application()?, package: None, hold: false };
    let quote: Quote = world.buyer.post("/v1/quotes", &new).await?;
    let _: Order = world.buyer.post("/v1/orders", &NewOrder::Create { quote: quote.id }).await?;
    loop {
        let page: Page<Service> = world.buyer.get("/v1/services").await?;
        if page.items.iter().any(|service| service.active_at.is_some()) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    working.abort();
    multiply(&world, count).await?;

    let mut cursors: Vec<Option<String>> = vec![None];
    loop {
        let page = fetch(&world, cursors.last().cloned().flatten()).await?;
        match page.next {
            Some(next) => cursors.push(Some(next)),
            None => break,
        }
    }
    println!("{engine}: {count} services in pages of 100, over HTTP, one request at a time");
    for (name, index) in [("first", 0), ("middle", cursors.len() / 2), ("last", cursors.len() - 1)] {
        let mut times = Vec::new();
        for _ in 0..REPEAT {
            let at = Instant::now();
            fetch(&world, cursors[index].clone()).await?;
            times.push(at.elapsed());
        }
        println!("  {name:<17} {}", Quantiles::new(times));
    }
    world.stop().await;
    Ok(())
}

async fn fetch(world: &World, cursor: Option<String>) -> anyhow::Result<Page<Service>> {
    let mut query = vec![("limit", "100".to_owned())];
    query.extend(cursor.map(|cursor| ("cursor", cursor)));
    Ok(world.buyer.get_by("/v1/services", &query).await?)
}

/// Copies the one service until there are so many.
async fn multiply(world: &World, count: usize) -> anyhow::Result<()> {
    let mut tx = world.exchange.db().write().await?;
    let row = tx.first("select * from service limit 1", args![]).await?;
    anyhow::ensure!(row.is_some(), "there is no service to copy");
    let columns = "order_id, project_id, tenant_id, component, kind, offer_id, offer_version, offer_key, provider_id, \
        provider_name, site_id, site_name, agent_id, properties, price, config, dump, needs, state, desired, generation, \
        revision, observation, connection, monthly, currency, created_at, active_at";
    let first = "(select id from service order by instance limit 1)";
    for number in 1..count {
        let id = hansa_model::id::ServiceId::new();
        let sql = format!(
            "insert into service (id, instance, {columns}) select $1, $2, {columns} from service where id = {first}"
        );
        tx.execute(&sql, args![id, i64::try_from(number)?]).await?;
    }
    tx.commit().await?;
    Ok(())
}
