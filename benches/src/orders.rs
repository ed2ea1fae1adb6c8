//! Orders per second from the request until the service is active, over HTTP, with a back end that takes no time.

use std::time::{Duration, Instant};

use anyhow::bail;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use hansa_model::order::{NewOrder, NewQuote, Order, OrderState, Quote};
use hansa_store::args;
use hansa_store::order::{self, OrderFilter};

use crate::quantiles::Quantiles;
use crate::world::{World, application, await_orderable, instant_agent};

pub(crate) async fn measure(engine: &str, count: usize, concurrency: usize) -> anyhow::Result<()> {
    let world = World::start(engine).await?;
    let agent = world.enrol("agent").await?;
    let working = tokio::spawn(instant_agent(agent));
    await_orderable(&world).await?;
    let application = application()?;

    let begun = Instant::now();
    let quotes: Vec<Quote> = stream::iter(0..count)
        .map(|_| async {
            let new = NewQuote { project: world.project, application: application.clone(), package: None, hold: false };
            world.buyer.post::<Quote>("/v1/quotes", &new).await
        })
        .buffer_unordered(concurrency)
        .try_collect()
        .await?;
    let quoted = begun.elapsed();

    let begun = Instant::now();
    let submitted: Vec<Duration> = stream::iter(&quotes)
        .map(|quote| async {
            let at = Instant::now();
            world.buyer.post::<Order>("/v1/orders", &NewOrder::Create { quote: quote.id }).await?;
            anyhow::Ok(at.elapsed())
        })
        .buffer_unordered(concurrency)
        .try_collect()
        .await?;
    await_fulfilment(&world, count).await?;
    let elapsed = begun.elapsed();
    let filter = OrderFilter { projects: Some(vec![world.project]), ..Default::default() };
    let all = order::list(&mut world.exchange.read().await?, &filter, u32::try_from(count)?).await?;
    let through = all.iter().map(|record| record.order.updated_at.since(record.order.created_at)).collect();
    let rate = |elapsed: Duration| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / elapsed.as_secs_f64();
    println!("{engine}: {count} orders, {concurrency} at a time, load and exchange on the same machine");
    println!("  match and quote   {:.0}/s", rate(quoted));
    println!("  submit to active  {:.0}/s", rate(elapsed));
    println!("  submit            {}", Quantiles::new(submitted));
    println!("  submit to active  {}", Quantiles::new(through));
    working.abort();
    world.stop().await;
    Ok(())
}

/// Waits until every order is fulfilled, without reading them: that would be a load of its own.
async fn await_fulfilment(world: &World, count: usize) -> anyhow::Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(300) {
        let mut tx = world.exchange.read().await?;
        let rows = tx.all("select state, count(*) as number from orders group by state", args![]).await?;
        drop(tx);
        let of = |state: OrderState| {
            let word = hansa_store::db::word(&state);
            let row = rows.iter().find(|row| row.text("state").is_ok_and(|found| found == word));
            row.map_or(Ok(0), |row| row.unsigned("number"))
        };
        if of(OrderState::Failed)? > 0 {
            bail!("an order failed");
        }
        if of(OrderState::Fulfilled)? >= u64::try_from(count)? {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("the orders do not end")
}
