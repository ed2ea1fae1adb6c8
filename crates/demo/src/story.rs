//! The steps of the story, in order. Each proves what it tells.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, bail};
use hansa_model::agent::Agent;
use hansa_model::charge::Statement;
use hansa_model::id::ServiceId;
use hansa_model::kind::KindId;
use hansa_model::money::Money;
use hansa_model::offer::{Offer, OfferState};
use hansa_model::order::{Direction, NewOrder, OrderStep, StepState};
use hansa_model::package::MatchOutcome;
use hansa_model::page::Page;
use hansa_model::service::{Service, ServiceState};
use hansa_model::usage::Usage;
use serde_json::json;
use tokio::sync::Notify;

use crate::assessor::Assessor;
use crate::buyer::Buyer;
use crate::exchange::Exchange;
use crate::provider::{self, Provider};
use crate::stage::{Stage, table};
use crate::summary::{ProviderShare, ServiceProof, Summary};
use crate::trust::Shown;
use crate::visitors::{PASSWORD, Visitors};
use crate::{Options, back_ends, page, process, trust};

/// How long the agents may take to make the package real, without hardware virtualisation.
const PROVISIONING: Duration = Duration::from_secs(240);
/// How long anything else may take.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK: Duration = Duration::from_millis(250);

/// Everybody who takes part.
struct Cast {
    exchange: Exchange,
    providers: Vec<Provider>,
    buyer: Buyer,
    assessor: Assessor,
    /// What each provider can lose, in their order.
    shown: Vec<Shown>,
}

/// Tells the whole story. Whatever happens, everything that was started is ended.
///
/// # Errors
/// When a step does not prove what it should; the message says which and why.
pub async fn tell(options: Options) -> anyhow::Result<Summary> {
    let directory = prepare(options.directory.clone())?;
    let mut stage = Stage::default();
    let mut summary = Summary::default();
    let mut cast = None;
    let visit = Visit::default();
    let told = tokio::select! {
        told = play(&options, &directory, &mut stage, &mut summary, &mut cast, &visit) => told,
        interrupted = interruption(&visit) => Err(interrupted),
    };
    stage.say("Ending what was started …");
    if let Some(mut cast) = cast {
        for provider in &mut cast.providers {
            provider.agent.stop().await;
        }
        cast.exchange.process.stop().await;
    }
    process::sweep(&directory).await;
    summary.steps = stage.close().to_vec();
    summary.seconds = (stage.seconds() * 10.0).round() / 10.0;
    match told {
        Ok(()) => {
            let _ = std::fs::remove_dir_all(&directory);
            if let Some(path) = &options.summary {
                summary.write(path)?;
                stage.say(format!("The summary is in {}", path.display()));
            }
            stage.say(format!("Done in {:.0} s; nothing is left running.", summary.seconds));
            Ok(summary)
        }
        Err(error) => Err(error.context(format!("the demo broke off; its logs are in {}", directory.display()))),
    }
}

/// The time in which the demo stays up for visitors.
#[derive(Debug, Default)]
struct Visit {
    lasts: AtomicBool,
    end: Notify,
}

impl Visit {
    /// Lasts until it is ended.
    async fn last(&self) {
        self.lasts.store(true, Ordering::Release);
        self.end.notified().await;
    }

    /// Ends it; answers whether there was one.
    fn end(&self) -> bool {
        let lasted = self.lasts.swap(false, Ordering::AcqRel);
        if lasted {
            self.end.notify_one();
        }
        lasted
    }
}

/// Waits for a Ctrl-C that cuts the story short. One that ends the visit is part of the story.
async fn interruption(visit: &Visit) -> anyhow::Error {
    loop {
        match tokio::signal::ctrl_c().await {
            Ok(()) if visit.end() => {}
            Ok(()) => return anyhow::anyhow!("interrupted"),
            Err(error) => return error.into(),
        }
    }
}

fn prepare(directory: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let directory =
        directory.unwrap_or_else(|| std::env::temp_dir().join(format!("hansa-demo-{}", std::process::id())));
    std::fs::create_dir_all(&directory).with_context(|| format!("{} can't be made", directory.display()))?;
    std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o755))?;
    Ok(directory)
}

async fn play(
    options: &Options,
    directory: &Path,
    stage: &mut Stage,
    summary: &mut Summary,
    slot: &mut Option<Cast>,
    visit: &Visit,
) -> anyhow::Result<()> {
    let cast = set_the_scene(options, directory, stage).await?;
    let cast = slot.insert(cast);
    let application = Buyer::application()?;

    stage.step("The town's application is matched against every offer");
    stage.say("it asks for Gaia-X L1, SEAL 2, ISO 27001 and no third-country control: the levels just evaluated");
    let outcome = cast.buyer.find(&application).await?;
    show_match(stage, &outcome);
    summary.packages = outcome.packages.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;

    stage.step("One certificate is revoked, and its holder's offers are out until it has a new one");
    trust::lose_and_regain(&cast.assessor, &cast.buyer, &cast.providers[0], &cast.shown[0], stage).await?;

    stage.step("Quote, order, and real machines and databases at three providers");
    let services = buy(cast, stage, &application).await?;
    summary.services = prove(cast, stage, &services).await?;

    stage.step("It is watched: a machine is killed behind Hansa's back and comes back");
    kill_and_recover(cast, stage, &services).await?;
    show_metrics(cast, stage, &services).await?;

    stage.step("Usage is metered, and the bill adds up to the cent");
    await_usage(cast, &services).await?;
    show_statement(stage, &cast.buyer.statement().await?)?;

    stage.step("The console lets somebody in for each role");
    let visitors = Visitors::receive(&cast.exchange, &cast.buyer.client, &cast.providers[0].client).await?;
    let inside = visitors.try_out(&cast.exchange.address).await?;
    stage.proof(format!("{} signed in at {}", inside.join(", "), cast.exchange.address));
    if !options.ends {
        show_around(cast, stage, &summary.services, &visitors);
        visit.last().await;
    }

    stage.step("Everything is taken down, without a trace");
    let ids: Vec<ServiceId> = services.iter().map(|service| service.id).collect();
    take_down(cast, stage, &ids).await?;
    summary.orphans = inventory(cast, stage, &ids).await?;
    let statement = final_charges(cast, stage, &ids).await?;
    summary.usage = usage_totals(&cast.buyer.usage().await?);
    summary.buyer_total = Some(statement.total);
    summary.commission = Some(statement.commission);
    summary.provider_totals = statement
        .providers
        .iter()
        .map(|share| ProviderShare { name: share.name.to_string(), payout: share.payout })
        .collect();
    if !summary.orphans.is_empty() {
        bail!("something is left on the back ends: {}", summary.orphans.join(", "));
    }
    Ok(())
}

async fn set_the_scene(options: &Options, directory: &Path, stage: &mut Stage) -> anyhow::Result<Cast> {
    stage.step("An exchange starts: one process, one SQLite file");
    let assessor = Assessor::open().await?;
    let exchange = Exchange::start(&options.program, directory, &assessor.host).await?;
    stage.proof(format!("it answers at {}", exchange.address));

    stage.step("The seed catalogue: real public list prices of European providers");
    let accepted = exchange.load_market().await?;
    stage.proof(format!("{accepted} offers are listed: they are matched and compared, but no agent delivers them"));

    stage.step("Three providers enrol, each with an agent of its own");
    let images = options.images.clone();
    let image = tokio::task::spawn_blocking(move || hansa_driver_qemu::images::micro::build(&images)).await??;
    stage.say(format!("the image `{}` is ready (Debian's kernel, BusyBox)", image.name));
    let mut providers = Vec::new();
    for file in provider::FILES {
        let provider = Provider::join(&exchange, &options.program, &options.images, directory, file).await?;
        stage.say(format!("{} in {} published {} offers", provider.name, provider.city, provider.offers));
        providers.push(provider);
    }
    let buyer = Buyer::join(&exchange).await?;
    let mut cast = Cast { exchange, providers, buyer, assessor, shown: Vec::new() };
    await_orderable(&mut cast).await?;
    stage.proof("their agents have reported: the offers can be ordered");

    stage.step("They show who they are: declarations, owners, certificates; levels follow");
    stage.say("an assessment body of this machine (simulated; its signatures and status list are real) signs for them");
    trust::believe(&cast.exchange, &cast.assessor).await?;
    for provider in &cast.providers {
        let (shown, report) = trust::show(&cast.assessor, provider).await?;
        let owners = trust::owners(provider).await?;
        stage.proof(format!("{}: {}; {owners}", provider.name, trust::in_short(&report)));
        cast.shown.push(shown);
    }
    Ok(cast)
}

/// Waits until each provider's offers can be ordered.
async fn await_orderable(cast: &mut Cast) -> anyhow::Result<()> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    for provider in &mut cast.providers {
        loop {
            provider.agent.check()?;
            let query = [("provider", provider.name.as_str()), ("limit", "100")];
            let offers: Page<Offer> = provider.client.get_by("/v1/offers", &query).await?;
            if offers.items.iter().all(|offer| offer.state == OfferState::Orderable) {
                break;
            }
            if tokio::time::Instant::now() > deadline {
                bail!("the offers of {} do not become orderable; see {}", provider.name, provider.directory.display());
            }
            tokio::time::sleep(LOOK).await;
        }
    }
    Ok(())
}

fn show_match(stage: &Stage, outcome: &MatchOutcome) {
    let rows: Vec<Vec<String>> = outcome
        .packages
        .iter()
        .map(|package| {
            let list = |names: Vec<String>| names.join(", ");
            vec![
                if package.chosen { "▶".to_owned() } else { String::new() },
                package.name.clone(),
                package.price.monthly.rounded(),
                package.price.one_off.rounded(),
                list(package.providers.iter().map(ToString::to_string).collect()),
                list(package.countries.iter().map(ToString::to_string).collect()),
                format!("{:.1} kg", package.carbon),
                package.worst_rtt.map_or_else(String::new, |trip| trip.rtt.in_millis()),
            ]
        })
        .collect();
    let header = ["", "package", ">a month", ">once", "providers", "countries", ">CO2e a month", ">worst rtt"];
    stage.show(&table(&header, &rows));
    if let Some(package) = outcome.packages.iter().find(|package| package.chosen) {
        let parts: Vec<String> = package
            .components
            .iter()
            .flat_map(|(name, placement)| placement.replicas.iter().map(move |r| format!("{name} → {}", r.offer)))
            .collect();
        stage.proof(format!("chosen: {}", parts.join(", ")));
    }
    let mut left_out: BTreeMap<String, u32> = BTreeMap::new();
    for count in &outcome.requirements {
        *left_out.entry(count.requirement.clone()).or_default() += count.excluded;
    }
    let mut reasons: Vec<_> = left_out.into_iter().filter(|(_, number)| *number > 0).collect();
    reasons.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    let reasons: Vec<_> = reasons.iter().take(5).map(|(reason, number)| format!("{reason} ({number})")).collect();
    stage.say(format!("left out, by what they lack: {}", reasons.join(", ")));
    let mut told = BTreeSet::new();
    for miss in outcome.excluded.iter().filter(|miss| told.insert(&miss.requirement)).take(4) {
        stage.say(format!(
            "  e.g. {} for {}: {} is required, {} is offered ({})",
            miss.offer, miss.component, miss.required, miss.offered, miss.requirement
        ));
    }
}

fn describe(step: &OrderStep) -> String {
    let arrow = if step.direction == Direction::Undo { "↩ " } else { "" };
    let detail = step.detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default();
    let state = match step.state {
        StepState::Running => "…",
        StepState::Waiting => "waits",
        StepState::Done => "done",
        StepState::Failed => "failed",
    };
    format!("{arrow}{:<10} {state}{detail}", step.name)
}

async fn buy(
    cast: &Cast,
    stage: &Stage,
    application: &hansa_model::application::Application,
) -> anyhow::Result<Vec<Service>> {
    let quote = cast.buyer.quote(application).await?;
    stage.say(format!(
        "quote {}: {} a month and {} once, signed, holds until {}",
        quote.id,
        quote.package.price.monthly.rounded(),
        quote.package.price.one_off.rounded(),
        quote.expires_at.floor_second()
    ));
    let order = cast.buyer.order(&NewOrder::Create { quote: quote.id }).await?;
    stage.say(format!("order {}", order.id));
    cast.buyer.follow(order.id, PROVISIONING, |step| stage.say(format!("  {}", describe(step)))).await?;
    let mut services = cast.buyer.services(false).await?;
    services.sort_by_key(|service| (service.component.clone(), service.instance));
    if services.iter().any(|service| service.state != ServiceState::Active) {
        bail!("the order is fulfilled, but not every service is active");
    }
    Ok(services)
}

/// Waits until the page of a machine shows rows that the scanner wrote; answers the newest.
async fn await_rows(host: &str, port: u16, at_least: usize) -> anyhow::Result<Vec<Vec<String>>> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let seen = page::fetch(host, port, "/cgi-bin/index.cgi").await;
        if let Ok(page) = &seen {
            let rows = page::rows(page);
            if rows.len() >= at_least {
                return Ok(rows);
            }
        }
        if tokio::time::Instant::now() > deadline {
            return Err(seen.err().unwrap_or_else(|| anyhow::anyhow!("the page shows no rows")))
                .with_context(|| format!("http://{host}:{port}/ does not show what the scanner wrote"));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Sees every service at work, as its users would.
async fn prove(cast: &Cast, stage: &Stage, services: &[Service]) -> anyhow::Result<Vec<ServiceProof>> {
    let mut proofs = Vec::new();
    let mut newest = String::new();
    for service in services {
        // A machine that publishes no port, like the scanner, is reached by nobody.
        let connection = cast.buyer.connection(service.id).await?;
        let endpoint = connection.as_ref().map(|found| found.without_secret().url()).unwrap_or_default();
        let evidence = match (service.kind, &connection) {
            (KindId::ComputeInstance, Some(connection)) => {
                let rows = await_rows(&connection.host, connection.port, 1).await?;
                newest = rows[0].join(" | ");
                format!(
                    "HTTP 200 with {} rows from the database at the other provider, the newest: {newest}",
                    rows.len()
                )
            }
            (KindId::ComputeInstance, None) => "its rows are on the page of the web machines".to_owned(),
            _ => format!("serves {endpoint}"),
        };
        let shown = if endpoint.is_empty() { "publishes no port" } else { &endpoint };
        stage.proof(format!("{} at {}/{}: {shown}", service.component, service.provider_name, service.site_name));
        proofs.push(ServiceProof {
            name: format!("{}-{}", service.component, service.instance),
            kind: service.kind.to_string(),
            provider: service.provider_name.to_string(),
            site: service.site_name.to_string(),
            endpoint,
            state: "active".to_owned(),
            evidence,
        });
    }
    stage.proof(format!("the web machines show what the scanner at the edge wrote: {newest}"));
    Ok(proofs)
}

async fn kill_and_recover(cast: &Cast, stage: &Stage, services: &[Service]) -> anyhow::Result<()> {
    let web = services.iter().find(|service| service.component.as_str() == "web").context("no web machine")?;
    let provider = cast
        .providers
        .iter()
        .find(|provider| provider.name == web.provider_name.as_str())
        .context("the web machine's provider is gone")?;
    let machine = back_ends::machine(&provider.directory, web.id).context("the web machine's process is not found")?;
    process::kill_hard(machine.pid)?;
    stage.say(format!("killed process {}, the machine of {} at {}", machine.pid, web.component, web.site_name));
    let since = tokio::time::Instant::now();
    loop {
        let now = cast.buyer.service(web.id).await?;
        let restarts = now.observation.as_ref().map_or(0, |seen| seen.restarts);
        let another = back_ends::machine(&provider.directory, web.id).is_some_and(|found| found.pid != machine.pid);
        if restarts > 0 && another && now.state == ServiceState::Active {
            break;
        }
        if since.elapsed() > PATIENCE {
            bail!("the killed machine did not come back; it is {:?}", now.state);
        }
        tokio::time::sleep(LOOK).await;
    }
    let connection = cast.buyer.connection(web.id).await?.context("the web machine publishes no port")?;
    await_rows(&connection.host, connection.port, 1).await?;
    stage.proof(format!(
        "it was noticed, started again, and serves its page after {:.1} s",
        since.elapsed().as_secs_f64()
    ));
    Ok(())
}

async fn show_metrics(cast: &Cast, stage: &Stage, services: &[Service]) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for service in services {
        let now = cast.buyer.service(service.id).await?;
        let metrics = cast.buyer.metrics(service.id).await?;
        let last = |name: &str| {
            metrics.iter().find(|series| series.name == name).and_then(|series| series.values.last()).copied()
        };
        let show = |value: Option<f64>, unit: &str, scale: f64| {
            value.map_or_else(|| "–".to_owned(), |value| format!("{:.1} {unit}", value / scale))
        };
        rows.push(vec![
            format!("{}-{}", now.component, now.instance),
            now.kind.to_string(),
            format!("{}/{}", now.provider_name, now.site_name),
            format!("{:?}", now.state).to_lowercase(),
            show(last("cpu.percent"), "%", 1.0),
            show(last("memory.bytes"), "MiB", f64::from(1 << 20)),
            show(last("disk.bytes"), "MiB", f64::from(1 << 20)),
            now.observation.map_or(0, |seen| seen.restarts).to_string(),
        ]);
    }
    let header = ["service", "kind", "where", "state", ">cpu", ">memory", ">disk", ">restarts"];
    stage.show(&table(&header, &rows));
    Ok(())
}

/// Waits until each service has been metered.
async fn await_usage(cast: &Cast, services: &[Service]) -> anyhow::Result<()> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let statement = cast.buyer.statement().await?;
        let metered =
            |service: &Service| statement.lines.iter().any(|line| line.service == service.id && line.seconds > 0);
        if services.iter().all(metered) {
            return Ok(());
        }
        if tokio::time::Instant::now() > deadline {
            bail!("not every service was metered in {} s", PATIENCE.as_secs());
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn sum(currency: hansa_model::money::Currency, amounts: impl Iterator<Item = Money>) -> anyhow::Result<Money> {
    Ok(amounts.into_iter().try_fold(Money::zero(currency), Money::checked_add)?)
}

/// Shows a statement, and adds it up once more.
fn show_statement(stage: &Stage, statement: &Statement) -> anyhow::Result<()> {
    let rows: Vec<Vec<String>> = statement
        .lines
        .iter()
        .map(|line| {
            vec![
                line.name.to_string(),
                line.provider_name.to_string(),
                line.component.clone(),
                if line.seconds > 0 { format!("{} s", line.seconds) } else { "once".to_owned() },
                line.exact.to_string(),
                line.amount.rounded(),
                line.payout.rounded(),
            ]
        })
        .collect();
    let header = ["service", "provider", "for", ">used", ">exact", ">amount", ">payout"];
    stage.show(&table(&header, &rows));
    let payouts = sum(statement.currency, statement.providers.iter().map(|share| share.payout))?;
    let lines = sum(statement.currency, statement.lines.iter().map(|line| line.amount))?;
    if lines != statement.total || payouts.checked_add(statement.commission)? != statement.total {
        bail!("the statement does not add up");
    }
    let shares: Vec<_> =
        statement.providers.iter().map(|share| format!("{} {}", share.name, share.payout.rounded())).collect();
    stage.proof(format!(
        "{} = {} + {} for the exchange",
        statement.total.rounded(),
        shares.join(" + "),
        statement.commission.rounded()
    ));
    Ok(())
}

/// Says how everything that stays up can be looked at.
fn show_around(cast: &Cast, stage: &Stage, services: &[ServiceProof], visitors: &Visitors) {
    stage.say(format!("It stays up. The console, signed in for each role (start at {}/):", visitors.address));
    stage.show(&visitors.lines().join("\n"));
    stage.say(format!("or sign in at {}/sign-in with the password `{PASSWORD}`", cast.exchange.address));
    stage.say("In another terminal:");
    let mut lines = vec![
        format!("export HANSA_EXCHANGE={} HANSA_TOKEN={}", cast.exchange.address, cast.buyer.token),
        "hansa service list".to_owned(),
        "hansa statement show".to_owned(),
        "hansa events --follow".to_owned(),
        "hansa match -f examples/town-archive.yaml".to_owned(),
    ];
    let pages = services.iter().filter(|service| service.endpoint.starts_with("http"));
    lines.extend(pages.map(|service| format!("open {}/", service.endpoint)));
    lines.push(format!("open {}/docs        # the API", cast.exchange.address));
    stage.show(&lines.join("\n"));
    stage.say("Ctrl-C takes everything down.");
}

async fn take_down(cast: &Cast, stage: &Stage, ids: &[ServiceId]) -> anyhow::Result<()> {
    let order = cast.buyer.order(&NewOrder::Terminate { services: ids.to_vec() }).await?;
    cast.buyer.follow(order.id, PATIENCE, |step| stage.say(format!("  {}", describe(step)))).await?;
    for id in ids {
        let service = cast.buyer.service(*id).await?;
        if service.state != ServiceState::Terminated {
            bail!("{} is {:?} after its termination", service.component, service.state);
        }
    }
    Ok(())
}

/// What is left: as the agents see their back ends, and as the operating system does.
async fn inventory(cast: &Cast, stage: &Stage, ids: &[ServiceId]) -> anyhow::Result<Vec<String>> {
    let mut left = Vec::new();
    for provider in &cast.providers {
        let agents: Page<Agent> = provider.client.get("/v1/agents").await?;
        for agent in agents.items {
            left.extend(agent.orphans.iter().map(|orphan| format!("{}: {orphan}", provider.name)));
        }
        left.extend(back_ends::leftovers(&provider.directory));
        for id in ids {
            if let Some(machine) = back_ends::machine(&provider.directory, *id) {
                left.push(format!("process {} of {id}", machine.pid));
            }
        }
    }
    if left.is_empty() {
        stage.proof("no process, disk, database or role of the package is left at any provider");
    }
    Ok(left)
}

fn usage_totals(usage: &[Usage]) -> serde_json::Value {
    let mut totals: BTreeMap<&str, i64> = BTreeMap::new();
    for record in usage {
        *totals.entry(record.meter.name()).or_default() += record.quantity;
    }
    json!(totals)
}

/// Waits for the last usage, and compares what is charged with the seconds that were used.
async fn final_charges(cast: &Cast, stage: &Stage, ids: &[ServiceId]) -> anyhow::Result<Statement> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let mut before: Option<Statement> = None;
    let statement = loop {
        let statement = cast.buyer.statement().await?;
        let settled = before.as_ref().is_some_and(|before| before.lines == statement.lines);
        if settled || tokio::time::Instant::now() > deadline {
            break statement;
        }
        before = Some(statement);
        // Longer than an agent's heartbeat: what is still on its way arrives in between.
        tokio::time::sleep(Duration::from_secs(3)).await;
    };
    show_statement(stage, &statement)?;
    for id in ids {
        let service = cast.buyer.service(*id).await?;
        let alive =
            service.terminated_at.map_or(0, |end| end.since(service.active_at.unwrap_or(service.created_at)).as_secs());
        let charged = statement.lines.iter().filter(|line| line.service == *id).map(|line| line.seconds).max();
        let charged = u64::try_from(charged.unwrap_or_default()).unwrap_or_default();
        if charged == 0 || charged > alive + 1 {
            bail!("{} lived {alive} s and was charged for {charged} s", service.component);
        }
    }
    stage.proof("charged are the seconds from when the whole order was fulfilled until its termination was ordered");
    Ok(statement)
}
