//! How many searches of a large market are answered in a second, over HTTP, by documents and together; and what a
//! document made to take long costs everybody else.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use hansa_bench_index::{market, typical};
use hansa_model::application::Application;
use hansa_model::kind::Resource;
use hansa_model::offer::{Catalogue, OfferState};
use hansa_model::package::MatchRequest;
use hansa_model::participant::{Participant, Role};
use hansa_model::time::{Clock, Timestamp};
use hansa_store::offer::{OfferBody, OfferRow};
use hansa_store::{Tx, agent, capacity, changes, offer, participant, site};
use serde_json::json;

use crate::quantiles::Quantiles;
use crate::world::{World, member};

/// How many buyers ask.
const BUYERS: usize = 8;

pub(crate) async fn measure(engine: &str, offers: usize, concurrency: usize, seconds: u64) -> anyhow::Result<()> {
    let world = World::start(engine).await?;
    let begin = Instant::now();
    fill(&world, &market(7, offers)).await?;
    println!("{engine}: a market of {offers} offers was written in {:.1} s", begin.elapsed().as_secs_f64());
    let mut buyers = Vec::new();
    for number in 0..BUYERS {
        buyers.push(member(&world, &format!("buyer-{number}"), Role::Buyer).await?);
    }
    let load = Arc::new(Load { http: reqwest::Client::new(), url: format!("{}/v1/match", world.address), buyers });

    let documents: Vec<(&str, Vec<u8>)> = typical()
        .into_iter()
        .map(|document| Ok((document.name, body(document.application)?)))
        .collect::<anyhow::Result<_>>()?;
    let begin = Instant::now();
    load.ask(0, &documents[0].1).await?;
    println!("the first search, which takes the market in: {:.2} s", begin.elapsed().as_secs_f64());
    println!("{concurrency} at a time from {BUYERS} buyers, {seconds} s each; whole answers, with explanation:");
    for (name, document) in &documents {
        load.run(name, std::slice::from_ref(document), concurrency, seconds, BUYERS).await?;
    }
    // As often as people ask for such: mostly one machine, now and then a whole application.
    let mix: Vec<Vec<u8>> =
        [0, 0, 0, 0, 0, 0, 1, 1, 2].into_iter().map(|number: usize| documents[number].1.clone()).collect();
    load.run("6 machine : 2 near : 1 pair", &mix, concurrency, seconds, BUYERS).await?;

    let over = Arc::new(AtomicBool::new(false));
    let poison = body(poisonous()?)?;
    let poisoner = {
        let (load, over) = (load.clone(), over.clone());
        tokio::spawn(async move {
            let asking = (0..4).map(|_| async {
                let mut slowest = Duration::ZERO;
                while !over.load(Ordering::Relaxed) {
                    let begin = Instant::now();
                    load.ask(BUYERS - 1, &poison).await?;
                    slowest = slowest.max(begin.elapsed());
                }
                anyhow::Ok(slowest)
            });
            futures_util::future::try_join_all(asking).await
        })
    };
    load.run("the same while one more buyer poisons", &mix, concurrency, seconds, BUYERS - 1).await?;
    over.store(true, Ordering::Relaxed);
    let slowest = poisoner.await??.into_iter().max().unwrap_or_default();
    println!("  the poisonous document, 4 at a time: {:.2} s at most", slowest.as_secs_f64());
    world.stop().await;
    Ok(())
}

fn body(application: Application) -> anyhow::Result<Vec<u8>> {
    Ok(serde_json::to_vec(&MatchRequest { application, orderable_only: false })?)
}

/// Two dozen components that are all linked with each other, over few providers: no search ends in time.
fn poisonous() -> anyhow::Result<Application> {
    let names: Vec<String> = (0..24).map(|number| format!("c{number}")).collect();
    let component = json!({"kind": "compute.instance", "cpu": ">= 2", "memory": ">= 4 GiB"});
    let components: serde_json::Map<_, _> = names.iter().map(|name| (name.clone(), component.clone())).collect();
    let pairs = names.iter().enumerate().flat_map(|(number, from)| {
        names[number + 1..]
            .iter()
            .map(move |to| json!({"from": from, "to": to, "rtt": "<= 12 ms", "traffic": "90 GB/month"}))
    });
    let document = json!({
        "apiVersion": "hansa/v1", "kind": "Application", "metadata": {"name": "poison"},
        "spec": {"components": components, "links": pairs.collect::<Vec<_>>(), "maxProviders": 5,
                 "objective": {"price": 1, "carbon": 0.7, "latency": 0.4, "providers": 0.2}},
    });
    Application::from_value(document).map_err(|errors| anyhow::anyhow!("{errors:?}"))
}

/// Those who ask.
struct Load {
    http: reqwest::Client,
    url: String,
    /// The secrets of the buyers.
    buyers: Vec<String>,
}

impl Load {
    /// Asks once and takes the whole answer.
    async fn ask(&self, buyer: usize, body: &[u8]) -> anyhow::Result<usize> {
        let request =
            self.http.post(&self.url).bearer_auth(&self.buyers[buyer]).header("content-type", "application/json");
        let answer = request.body(body.to_vec()).send().await?.error_for_status()?.bytes().await?;
        ensure!(answer.starts_with(b"{\"catalogueVersion\""), "this is no outcome");
        Ok(answer.len())
    }

    /// Asks for documents in turn for some seconds and prints how fast that went.
    async fn run(
        &self,
        name: &str,
        documents: &[Vec<u8>],
        concurrency: usize,
        seconds: u64,
        buyers: usize,
    ) -> anyhow::Result<()> {
        let (begin, length) = (Instant::now(), Duration::from_secs(seconds));
        let (asked, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        let asking = (0..concurrency).map(|number| {
            let (asked, bytes) = (&asked, &bytes);
            async move {
                let mut times = Vec::new();
                while begin.elapsed() < length {
                    let next = usize::try_from(asked.fetch_add(1, Ordering::Relaxed))? % documents.len();
                    let start = Instant::now();
                    let size = self.ask(number % buyers, &documents[next]).await?;
                    bytes.fetch_add(size.try_into()?, Ordering::Relaxed);
                    times.push(start.elapsed());
                }
                anyhow::Ok(times)
            }
        });
        let times: Vec<Duration> = futures_util::future::try_join_all(asking).await?.into_iter().flatten().collect();
        let took = begin.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let rate = times.len() as f64 / took;
        let size = bytes.into_inner() / u64::try_from(times.len().max(1))? / 1024;
        println!("  {name:<38} {rate:>7.0}/s, {size:>3} KiB, {}", Quantiles::new(times));
        Ok(())
    }
}

/// Writes a market as its providers would have published it.
async fn fill(world: &World, market: &Catalogue) -> anyhow::Result<()> {
    let now = Clock::System.now();
    let mut tx = world.exchange.db().write().await?;
    for provider in market.providers.values() {
        let row = Participant {
            id: provider.id,
            name: provider.name.clone(),
            legal_name: provider.legal_name.clone(),
            country: provider.country,
            roles: [Role::Provider].into(),
            assurance: provider.assurance.clone(),
            created_at: now,
        };
        ensure!(participant::insert(&mut tx, &row).await?, "`{}` is there twice", row.name);
    }
    for one in market.sites.values() {
        ensure!(site::insert(&mut tx, one).await?, "`{}` is there twice", one.name);
    }
    for one in &market.offers {
        let monthly = one.price.estimate(&hansa_model::kind::Properties::default(), 0)?.monthly;
        let row = OfferRow {
            id: one.id,
            provider: one.provider,
            site: one.site,
            sku: one.sku.clone(),
            kind: one.kind,
            version: one.version,
            state: OfferState::Listed,
            monthly,
            body: OfferBody {
                properties: one.properties.clone(),
                price: one.price.clone(),
                terms: one.terms.clone(),
                visibility: one.visibility.clone(),
            },
            updated_at: now,
        };
        ensure!(offer::insert(&mut tx, &row).await?, "`{}` is there twice", row.sku);
    }
    supply(&mut tx, market, now).await?;
    changes::count(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Lets an agent of each provider supply what can be ordered.
async fn supply(tx: &mut Tx, market: &Catalogue, now: Timestamp) -> anyhow::Result<()> {
    let mut agents = BTreeMap::new();
    let mut places = BTreeSet::new();
    for one in market.offers.iter().filter(|one| one.state == OfferState::Orderable) {
        if !places.insert((one.site, one.kind)) {
            continue;
        }
        let agent = match agents.entry(one.provider) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let made = agent::enrol(tx, one.provider, &"agent".parse()?, &one.provider.to_string(), now).await?;
                *new.insert(made.context("an agent is there twice")?)
            }
        };
        let plenty = || Resource::ALL.into_iter().map(|resource| (resource, i64::MAX / 4)).collect();
        let free = market.free.get(&(one.site, one.kind)).cloned().unwrap_or_else(plenty);
        let fresh_until = now.plus(Duration::from_secs(3_600));
        capacity::declare(tx, one.site, one.kind, agent, fresh_until, &[], &free).await?;
    }
    Ok(())
}
