//! The driver: making each machine's directory and process what its specification says.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use hansa_agent::driver::{Console, Description, Driver, DriverError, Held, Instance, Power, Readings, Spec, Tag};
use hansa_model::agent::Action;
use hansa_model::console::ConsoleAccess;
use hansa_model::id::ServiceId;
use hansa_model::kind::KindId;
use hansa_model::name::Name;
use hansa_model::service::Connection;

use crate::home::{Home, Record};
use crate::images::{Guest, Image, ImageError, Manifest, Store};
use crate::launch::{Launched, launch};
use crate::meter::Meters;
use crate::options::Options;
use crate::plan::{self, Plan};
use crate::probe::Probe;
use crate::process::{self, Process};
use crate::talk::{ask_guest, ask_monitor};
use crate::terminal::Terminals;
use crate::{console, disk, ports, seed, tool};

/// The host's loopback, as guests see it through QEMU's user-mode network.
const GATEWAY: &str = "10.0.2.2";

/// Longer names of sockets are impossible.
const LONGEST_SOCKET: usize = 107;

const MONITOR_PATIENCE: Duration = Duration::from_secs(2);
/// The guest looks for questions once a second.
const GUEST_PATIENCE: Duration = Duration::from_secs(2);
/// A guest without an agent counts as running after that long.
const LONGEST_BOOT: Duration = Duration::from_secs(600);
/// How long guests may take to shut down. Hansa's own needs two seconds, systemd under TCG half a minute.
const MICRO_PATIENCE: Duration = Duration::from_secs(15);
const SYSTEMD_PATIENCE: Duration = Duration::from_secs(90);
/// How long a process may take to end that was told to by the host.
const END_PATIENCE: Duration = Duration::from_secs(10);
/// Between QEMU's hanging up and its end.
const LAST_WORDS: Duration = Duration::from_secs(1);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long a process that was killed may take to give back its ports.
const PORT_PATIENCE: Duration = Duration::from_secs(3);
const PORT_ATTEMPTS: usize = 5;

/// Why a driver can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A directory can't be made or read.
    #[error("`{path}` can't be used: {source}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// The state directory's path is too long for sockets, or no UTF-8.
    #[error("`{0}` can't hold sockets; choose a directory with a shorter path of plain letters")]
    Path(PathBuf),
    /// Ports can't be published there.
    #[error("ports can't be published on {0}; configure an IPv4 address of this host that buyers can reach")]
    Address(IpAddr),
    /// There is no port between these.
    #[error("there is no port from {0} to {1}")]
    Ports(u16, u16),
}

/// Virtual machines on this host.
#[derive(Debug)]
pub struct QemuDriver {
    options: Options,
    images: Arc<Store>,
    meters: Meters,
    probe: Probe,
    terminals: Terminals,
    /// Held while ports are chosen, so that no two machines are promised the same.
    choosing: tokio::sync::Mutex<()>,
}

impl QemuDriver {
    /// Makes the state directory if it is not there. Machines that run already are left alone.
    ///
    /// # Errors
    /// [`SetupError`] says which option is wrong.
    pub fn new(mut options: Options) -> Result<Self, SetupError> {
        if options.address.is_ipv6() || options.address.is_unspecified() {
            return Err(SetupError::Address(options.address));
        }
        if let Some(range) = options.ports
            && (range.from > range.to || range.from == 0)
        {
            return Err(SetupError::Ports(range.from, range.to));
        }
        for directory in [&mut options.state, &mut options.images] {
            // Processes are recognised by the full path.
            *directory = std::fs::create_dir_all(&*directory)
                .and_then(|()| directory.canonicalize())
                .map_err(|source| SetupError::Directory { path: directory.clone(), source })?;
        }
        let longest = Home::of(&options.state, ServiceId::new()).terminal();
        if longest.to_str().is_none_or(|path| path.len() > LONGEST_SOCKET) {
            return Err(SetupError::Path(options.state));
        }
        let images = Arc::new(Store::new(options.images.clone()));
        Ok(Self {
            options,
            images,
            meters: Meters::default(),
            probe: Probe::default(),
            terminals: Terminals::default(),
            choosing: Default::default(),
        })
    }

    fn home(&self, service: ServiceId) -> Home {
        Home::of(&self.options.state, service)
    }

    /// The record of a machine that must be there.
    fn record(&self, home: &Home) -> Result<Record, DriverError> {
        let record = home.record().map_err(|error| tool::unusable(&home.record_file(), &error))?;
        record.ok_or_else(|| {
            DriverError::Unavailable("there is no such machine here; it has to be made first".to_owned())
        })
    }

    /// Reads checksums of large files away from the async threads.
    async fn with_images<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> T + Send + 'static,
    ) -> Result<T, DriverError> {
        let images = Arc::clone(&self.images);
        let done = tokio::task::spawn_blocking(move || work(&images)).await;
        done.map_err(|error| DriverError::Unavailable(format!("the images can't be read: {error}")))
    }

    /// The image of a new machine.
    async fn image_for(&self, spec: &Spec) -> Result<Image, DriverError> {
        let name = spec.properties.text("image").unwrap_or(&self.options.default_image).to_owned();
        let image = self.with_images(move |images| images.checked(&name)).await?;
        image.map_err(|error| DriverError::Refused(error.to_string()))
    }

    /// The image that a machine was made from.
    async fn image_of(&self, manifest: Manifest) -> Result<Image, DriverError> {
        let image = self.with_images(move |images| images.as_described(manifest)).await?;
        image.map_err(|error: ImageError| DriverError::Unavailable(error.to_string()))
    }

    /// Notes what the machine is to be, and makes it so.
    async fn apply(&self, spec: &Spec, found: Option<Record>) -> Result<Instance, DriverError> {
        plan::refuse_beyond_capacity(spec, &self.options)?;
        let home = self.home(spec.tag.service);
        let image = match &found {
            None => self.image_for(spec).await?,
            Some(record) => {
                refuse_another_image(spec, &record.image)?;
                self.image_of(record.image.clone()).await?
            }
        };
        let plan = Plan::new(spec, &image.manifest)?;
        refuse_shrinking(&home, &plan)?;

        let mut record = found.unwrap_or_else(|| Record {
            applied: 0,
            spec: spec.clone(),
            powered: true,
            image: image.manifest.clone(),
            ports: BTreeMap::new(),
            started_as: String::new(),
        });
        record.spec = spec.clone();
        home.prepare().map_err(|error| tool::unusable(home.directory(), &error))?;
        self.assign_ports(&home, &mut record, &plan).await?;
        self.realise(&home, &mut record, &plan, &image).await?;
        self.finish(&home, record, spec.tag.generation).await
    }

    /// Makes disk and process what the record says. Ends with the machine running if it is to run.
    async fn realise(&self, home: &Home, record: &mut Record, plan: &Plan, image: &Image) -> Result<(), DriverError> {
        if let Some(process) = settled_process(home).await? {
            let suits = record.started_as == plan.fingerprint() && self.is_healthy(home).await;
            if suits && record.powered {
                return Ok(());
            }
            self.shut_down(home, process, image.manifest.guest).await?;
        }
        disk::provide(home, image, plan.disk).await?;
        if record.powered { self.start_process(home, record, plan, image).await } else { Ok(()) }
    }

    async fn start_process(
        &self,
        home: &Home,
        record: &mut Record,
        plan: &Plan,
        image: &Image,
    ) -> Result<(), DriverError> {
        self.probe.host(&self.options, Some(image)).await?;
        let written = match image.manifest.guest {
            Guest::Micro => seed::write_config_drive(home, plan),
            Guest::CloudInit => seed::write_seed(home, plan, &image.manifest),
        };
        written.map_err(|error| tool::unusable(home.directory(), &error))?;
        record.started_as = plan.fingerprint();
        for _ in 0..PORT_ATTEMPTS {
            self.replace_lost_ports(home, record).await?;
            match launch(home, record, plan, image, &self.options).await? {
                Launched::Running => return Ok(()),
                Launched::PortTaken => tracing::info!(service = %record.spec.tag.service, "a port was taken meanwhile"),
            }
        }
        Err(DriverError::Unavailable("the ports of this site are taken faster than they can be published".to_owned()))
    }

    /// Gives each port of the plan a port of the host, and keeps the record.
    async fn assign_ports(&self, home: &Home, record: &mut Record, plan: &Plan) -> Result<(), DriverError> {
        record.ports.retain(|name, _| plan.config.ports.contains_key(name));
        let missing: Vec<_> =
            plan.config.ports.keys().filter(|name| !record.ports.contains_key(*name)).cloned().collect();
        self.choose_ports(home, record, &missing).await
    }

    /// Replaces ports that somebody else took while the machine did not run.
    ///
    /// A process that was killed is seen dead before it has given back its ports: so a port is lost only when it is
    /// still in use a while later.
    async fn replace_lost_ports(&self, home: &Home, record: &mut Record) -> Result<(), DriverError> {
        let mut lost = Vec::new();
        for (name, port) in &record.ports {
            if !ports::free_within(self.options.address, *port, PORT_PATIENCE).await {
                lost.push(name.clone());
            }
        }
        self.choose_ports(home, record, &lost).await
    }

    async fn choose_ports(&self, home: &Home, record: &mut Record, names: &[Name]) -> Result<(), DriverError> {
        let _choosing = self.choosing.lock().await;
        let mut promised = self.promised_ports();
        promised.extend(record.ports.values());
        for name in names {
            let port = ports::choose(self.options.address, self.options.ports, &promised);
            let port = port.ok_or_else(|| {
                DriverError::Unavailable("all ports that this site may publish are in use".to_owned())
            })?;
            promised.insert(port);
            record.ports.insert(name.clone(), port);
        }
        home.keep(record).map_err(|error| tool::unusable(&home.record_file(), &error))
    }

    /// The ports of all machines, also of those that do not run.
    fn promised_ports(&self) -> BTreeSet<u16> {
        let records = self.directories().into_iter().filter_map(|name| {
            let service = name.parse().ok()?;
            self.home(service).record().ok()?
        });
        records.flat_map(|record| record.ports.into_values()).collect()
    }

    fn directories(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.options.state).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    /// Raises the generation, now that all is applied.
    async fn finish(&self, home: &Home, mut record: Record, generation: u64) -> Result<Instance, DriverError> {
        record.applied = record.applied.max(generation);
        home.keep(&record).map_err(|error| tool::unusable(&home.record_file(), &error))?;
        self.instance(home, &record).await
    }

    async fn instance(&self, home: &Home, record: &Record) -> Result<Instance, DriverError> {
        Ok(Instance {
            tag: Tag { service: record.spec.tag.service, generation: record.applied },
            power: self.power(home).await?,
            connection: connection(record, self.options.address),
        })
    }

    async fn power(&self, home: &Home) -> Result<Power, DriverError> {
        let Some(process) = home.process() else { return Ok(Power::Stopped) };
        if !self.is_healthy(home).await {
            return Ok(Power::Stopped);
        }
        Ok(if self.is_up(home, process).await? { Power::Running } else { Power::Starting })
    }

    /// Whether the guest's processors run. QEMU stops them for good on some errors, such as a full disk.
    async fn is_healthy(&self, home: &Home) -> bool {
        const STOPPED: [&str; 6] = ["paused", "io-error", "internal-error", "guest-panicked", "shutdown", "watchdog"];
        // A QEMU that is too busy to answer is not stopped.
        let Ok(answer) = ask_monitor(&home.monitor(), "query-status", MONITOR_PATIENCE).await else { return true };
        !answer["status"].as_str().is_some_and(|status| STOPPED.contains(&status))
    }

    /// Whether the guest's agent answered in this run.
    async fn is_up(&self, home: &Home, process: Process) -> Result<bool, DriverError> {
        if home.was_up(process) {
            return Ok(true);
        }
        let answers = is_listening(home).await && ask_guest(&home.agent(), "guest-ping", GUEST_PATIENCE).await.is_ok();
        if answers {
            home.note_up(process).map_err(|error| tool::unusable(home.directory(), &error))?;
        }
        Ok(answers || process.age().is_some_and(|age| age > LONGEST_BOOT))
    }

    /// Ends the process, by asking the guest first if it can hear.
    async fn shut_down(&self, home: &Home, process: Process, guest: Guest) -> Result<(), DriverError> {
        let hears = self.is_healthy(home).await && self.is_up(home, process).await?;
        let heard = match guest {
            Guest::Micro if hears => {
                // There is no answer: the conversation ends with the machine.
                let _ = ask_guest(&home.agent(), "guest-shutdown", MICRO_PATIENCE).await;
                Some(LAST_WORDS)
            }
            Guest::CloudInit if hears => {
                let pressed = ask_monitor(&home.monitor(), "system_powerdown", MONITOR_PATIENCE).await;
                pressed.is_ok().then_some(SYSTEMD_PATIENCE)
            }
            _ => None,
        };
        if let Some(patience) = heard
            && process.ended_within(patience).await
        {
            return Ok(());
        }
        // Writes out what QEMU still holds; for the guest it is a power cut.
        if ask_monitor(&home.monitor(), "quit", MONITOR_PATIENCE).await.is_ok()
            && process.ended_within(END_PATIENCE).await
        {
            return Ok(());
        }
        process.kill();
        if process.ended_within(END_PATIENCE).await {
            return Ok(());
        }
        Err(DriverError::Unavailable("QEMU does not end, although it was killed".to_owned()))
    }
}

/// Whether the guest has opened the line that its agent answers on. Spares waiting for one that can't.
async fn is_listening(home: &Home) -> bool {
    let Ok(answer) = ask_monitor(&home.monitor(), "query-chardev", MONITOR_PATIENCE).await else { return false };
    let devices = answer.as_array().map(Vec::as_slice).unwrap_or_default();
    devices.iter().any(|device| device["label"] == "agent" && device["frontend-open"] == true)
}

/// The process of a machine. One that is just being started, by an agent that died meanwhile, is waited for.
async fn settled_process(home: &Home) -> Result<Option<Process>, DriverError> {
    let deadline = Instant::now() + END_PATIENCE;
    loop {
        let all = Process::all_started_with(&home.pidfile());
        match (home.process(), all.as_slice()) {
            (None, []) => return Ok(None),
            (Some(process), [only]) if process == *only => return Ok(Some(process)),
            _ if Instant::now() >= deadline => {
                return Err(DriverError::Unavailable(
                    "QEMU is started by somebody else and does not get on".to_owned(),
                ));
            }
            _ => tokio::time::sleep(LOOK_EVERY).await,
        }
    }
}

fn refuse_another_image(spec: &Spec, image: &Manifest) -> Result<(), DriverError> {
    match spec.properties.text("image") {
        Some(name) if name != image.name => Err(DriverError::Refused(format!(
            "the machine was made from the image `{}`, which can't be changed",
            image.name
        ))),
        _ => Ok(()),
    }
}

fn refuse_shrinking(home: &Home, plan: &Plan) -> Result<(), DriverError> {
    let present = disk::virtual_size(&home.disk()).map_err(|error| tool::unusable(&home.disk(), &error))?;
    match present {
        Some(present) if present > plan.disk => Err(DriverError::Refused(format!(
            "the disk has {present} bytes and can't be made smaller; ask for at least as much"
        ))),
        _ => Ok(()),
    }
}

/// How others reach a machine: by the port named `http`, `https` or `ssh` if there is one, else by the first.
fn connection(record: &Record, address: IpAddr) -> Option<Connection> {
    let named = ["http", "https", "ssh"].into_iter().find_map(|name| Some((name, *record.ports.get(name)?)));
    let (scheme, port) = named.or_else(|| Some(("tcp", *record.ports.values().next()?)))?;
    Some(Connection {
        scheme: scheme.to_owned(),
        host: address.to_string(),
        port,
        user: (scheme == "ssh").then(|| record.image.user.clone()),
        password: None,
        database: None,
        ports: record.ports.iter().map(|(name, port)| (name.to_string(), *port)).collect(),
    })
}

#[async_trait]
impl Driver for QemuDriver {
    async fn describe(&self) -> Result<Description, DriverError> {
        let default = self.options.default_image.clone();
        let (images, any) = self
            .with_images(move |images| {
                let digests = images.digests();
                let name = if digests.contains_key(&default) { Some(default) } else { digests.keys().next().cloned() };
                let any = name.and_then(|name| images.checked(&name).ok());
                (digests, any)
            })
            .await?;
        self.probe.host(&self.options, any.as_ref()).await?;
        Ok(Description {
            driver: "qemu",
            kind: KindId::ComputeInstance,
            actions: vec![Action::Resize, Action::Stop, Action::Start],
            images,
            capacity: self.options.capacity.by_resource(),
            simulated: false,
            console: ConsoleAccess::Terminal,
        })
    }

    async fn find(&self, service: ServiceId) -> Result<Option<Instance>, DriverError> {
        let home = self.home(service);
        match home.record().map_err(|error| tool::unusable(&home.record_file(), &error))? {
            Some(record) => self.instance(&home, &record).await.map(Some),
            None => Ok(None),
        }
    }

    async fn create(&self, spec: &Spec) -> Result<Instance, DriverError> {
        let home = self.home(spec.tag.service);
        let mut found = home.record().map_err(|error| tool::unusable(&home.record_file(), &error))?;
        if let Some(record) = &mut found {
            if record.applied > spec.tag.generation {
                return self.instance(&home, record).await;
            }
            record.powered = true;
        }
        self.apply(spec, found).await
    }

    async fn resize(&self, spec: &Spec) -> Result<Instance, DriverError> {
        let home = self.home(spec.tag.service);
        let record = self.record(&home)?;
        if record.applied > spec.tag.generation {
            return self.instance(&home, &record).await;
        }
        self.apply(spec, Some(record)).await
    }

    async fn start(&self, tag: Tag) -> Result<Instance, DriverError> {
        let home = self.home(tag.service);
        let mut record = self.record(&home)?;
        let image = self.image_of(record.image.clone()).await?;
        let plan = Plan::new(&record.spec, &image.manifest)?;
        record.powered = true;
        self.assign_ports(&home, &mut record, &plan).await?;
        self.realise(&home, &mut record, &plan, &image).await?;
        self.finish(&home, record, tag.generation).await
    }

    async fn stop(&self, tag: Tag) -> Result<Instance, DriverError> {
        let home = self.home(tag.service);
        let mut record = self.record(&home)?;
        record.powered = false;
        home.keep(&record).map_err(|error| tool::unusable(&home.record_file(), &error))?;
        if let Some(process) = settled_process(&home).await? {
            self.shut_down(&home, process, record.image.guest).await?;
        }
        self.finish(&home, record, tag.generation).await
    }

    async fn terminate(&self, service: ServiceId, _dump: bool) -> Result<Option<String>, DriverError> {
        let home = self.home(service);
        // Nothing is to be kept, so nothing has to be asked. A process that goes into the background just now
        // leaves a child, so it is looked for until there is none.
        let deadline = Instant::now() + END_PATIENCE;
        loop {
            let processes = Process::all_started_with(&home.pidfile());
            if processes.is_empty() {
                break;
            }
            if Instant::now() >= deadline {
                return Err(DriverError::Unavailable("QEMU does not end, although it was killed".to_owned()));
            }
            processes.into_iter().for_each(Process::kill);
            tokio::time::sleep(LOOK_EVERY).await;
        }
        home.remove().map_err(|error| tool::unusable(home.directory(), &error))?;
        self.meters.forget(service);
        Ok(None)
    }

    async fn meter(&self, service: ServiceId) -> Result<Option<Readings>, DriverError> {
        let home = self.home(service);
        if !home.disk().exists() {
            return Ok(None);
        }
        console::keep_short(&home).map_err(|error| tool::unusable(&home.console(), &error))?;
        self.meters.read(service, &home).await.map(Some).map_err(|error| tool::unusable(&home.disk(), &error))
    }

    async fn inventory(&self) -> Result<Vec<Held>, DriverError> {
        let mut names: BTreeSet<String> = self.directories().into_iter().collect();
        // A machine runs on when somebody removes its directory.
        let running = process::pidfiles_below(&self.options.state);
        names.extend(running.iter().filter_map(|file| Some(file.parent()?.file_name()?.to_str()?.to_owned())));
        Ok(names.into_iter().map(|name| Held { service: name.parse().ok(), name }).collect())
    }

    async fn log(&self, service: ServiceId, lines: usize) -> Result<Option<String>, DriverError> {
        let home = self.home(service);
        console::last_lines(&home, lines).map_err(|error| tool::unusable(&home.console(), &error))
    }

    async fn console(&self, service: ServiceId) -> Result<Box<dyn Console>, DriverError> {
        let home = self.home(service);
        if home.process().is_none() {
            return Err(DriverError::Unavailable("the machine does not run, so there is no terminal on it".to_owned()));
        }
        match self.terminals.sit_down(service, &home).await {
            Ok(terminal) => Ok(Box::new(terminal)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(DriverError::Unavailable(
                "the machine was started by an agent that offered no terminals; stop and start it".to_owned(),
            )),
            Err(error) => Err(tool::unusable(&home.terminal(), &error)),
        }
    }

    fn reach(&self, host: &str) -> String {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let loopback =
            bare.parse::<IpAddr>().map_or(bare.eq_ignore_ascii_case("localhost"), |address| address.is_loopback());
        if loopback { GATEWAY.to_owned() } else { host.to_owned() }
    }
}
