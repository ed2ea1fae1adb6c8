//! Orders per second from the request until the service is active, over HTTP, with a back end that takes no time.

use std::time::{Duration, Instant};

use anyhow::bail;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use hansa_model::order::{NewOrder, NewQuote, Order, OrderState, Quote};
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
    let all = loop {
        let mut tx = world.exchange.read().await?;
        let filter = OrderFilter { projects: Some(vec![world.project]), ..Default::default() };
        let orders = order::list(&mut tx, &filter, u32::try_from(count)? + 1).await?;
        drop(tx);
        if let Some(failed) = orders.iter().find(|record| record.order.state == OrderState::Failed) {
            bail!("an order failed: {:?}", failed.order.reason);
        }
        if orders.iter().all(|record| record.order.state == OrderState::Fulfilled) {
            break orders;
        }
        if begun.elapsed() > Duration::from_secs(300) {
            bail!("the orders do not end");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let elapsed = begun.elapsed();
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
