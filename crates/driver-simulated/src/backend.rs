//! What a simulated back end holds. Drivers come and go; this stays, as a real back end does.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hansa_agent::driver::{Spec, Tag};
use hansa_model::id::ServiceId;
use hansa_model::kind::{Properties, Resource};
use hansa_model::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a simulated back end could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The file could not be read.
    #[error("the state of the simulated back end can't be read from {path}: check that the file is yours")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not the state of a simulated back end.
    #[error("{path} is not the state of a simulated back end: name another file, or remove it")]
    Format {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

/// A simulated back end. Clones are the same back end, and so are all that are opened on one file, though
/// not at the same instant.
#[derive(Debug, Clone, Default)]
pub struct Backend {
    world: Arc<Mutex<World>>,
    weather: Arc<Mutex<Weather>>,
    file: Option<PathBuf>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct World {
    pub(crate) made: BTreeMap<ServiceId, Made>,
    #[serde(default)]
    pub(crate) leftovers: Vec<String>,
    #[serde(default)]
    pub(crate) runs: u64,
}

/// What is not kept: how often each call was made, and whether nothing answers.
#[derive(Debug, Default)]
struct Weather {
    attempts: BTreeMap<(ServiceId, &'static str), u64>,
    down: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Made {
    pub(crate) tag: Tag,
    pub(crate) properties: Properties,
    pub(crate) ports: BTreeMap<String, u16>,
    pub(crate) run: Option<Run>,
    pub(crate) marks: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run {
    pub(crate) number: u64,
    pub(crate) since: Timestamp,
}

impl Made {
    /// As it is when its making has begun: of generation 0, because nothing is applied in full.
    pub(crate) fn begun(spec: &Spec) -> Self {
        Self {
            tag: Tag { service: spec.tag.service, generation: 0 },
            properties: spec.properties.clone(),
            ports: spec.config.ports.iter().map(|(name, port)| (name.to_string(), *port)).collect(),
            run: None,
            marks: None,
        }
    }
}

impl World {
    pub(crate) fn next_run(&mut self, now: Timestamp) -> Run {
        self.runs += 1;
        Run { number: self.runs, since: now }
    }

    /// How much of a resource is taken by all services but one.
    pub(crate) fn taken(&self, resource: Resource, but: ServiceId) -> i64 {
        let others = self.made.values().filter(|made| made.tag.service != but);
        others.map(|made| takes(&made.properties, resource)).sum()
    }
}

/// How much of a resource something with these properties takes.
pub(crate) fn takes(properties: &Properties, resource: Resource) -> i64 {
    let amount = match resource {
        Resource::Cpu => properties.count("cpu").map(|cpu| cpu.base()),
        Resource::Memory => properties.bytes("memory").map(|memory| memory.base()),
        Resource::Storage => {
            properties.bytes("disk").or_else(|| properties.bytes("storage")).map(|storage| storage.base())
        }
        Resource::Instances => Some(1),
    };
    amount.unwrap_or_default()
}

impl Backend {
    /// A back end that lasts as long as its clones.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// A back end that is kept in a file; empty when the file is not there yet.
    ///
    /// # Errors
    /// [`BackendError`] when the file can't be read or is something else.
    pub fn in_file(path: &Path) -> Result<Self, BackendError> {
        let world = Arc::new(Mutex::new(read(path)?.unwrap_or_default()));
        Ok(Self { world, weather: Arc::default(), file: Some(path.to_owned()) })
    }

    /// Ends the run of a service's resource behind everybody's back; whether it ran.
    pub fn kill(&self, service: ServiceId) -> bool {
        self.change(|world| world.made.get_mut(&service).and_then(|made| made.run.take()).is_some()).unwrap_or(false)
    }

    /// Removes a service's resource behind everybody's back; whether there was one.
    pub fn wipe(&self, service: ServiceId) -> bool {
        self.change(|world| world.made.remove(&service).is_some()).unwrap_or(false)
    }

    /// Puts something into the back end that carries no tag.
    pub fn leave_behind(&self, name: &str) {
        let _ = self.change(|world| world.leftovers.push(name.to_owned()));
    }

    /// Makes every call fail, or lets them work again. What runs goes on running.
    pub fn set_down(&self, down: bool) {
        self.weather().down = down;
    }

    pub(crate) fn is_down(&self) -> bool {
        self.weather().down
    }

    /// Counts a call.
    pub(crate) fn attempt(&self, service: ServiceId, call: &'static str) -> u64 {
        let mut weather = self.weather();
        let attempts = weather.attempts.entry((service, call)).or_default();
        *attempts += 1;
        *attempts
    }

    fn weather(&self) -> MutexGuard<'_, Weather> {
        self.weather.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that it holds: the tags of resources, and the names of what carries none.
    #[must_use]
    pub fn objects(&self) -> Vec<String> {
        let world = self.look();
        world.made.keys().map(ToString::to_string).chain(world.leftovers.iter().cloned()).collect()
    }

    /// Whether a service's resource is started, be it ready or not.
    #[must_use]
    pub fn is_started(&self, service: ServiceId) -> bool {
        self.look().made.get(&service).is_some_and(|made| made.run.is_some())
    }

    /// How often a resource was started, over all services.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.look().runs
    }

    /// Leaves a mark in a resource's data.
    pub fn write_mark(&self, service: ServiceId, mark: &str) {
        let _ = self.change(|world| {
            if let Some(made) = world.made.get_mut(&service) {
                made.marks = Some(mark.to_owned());
            }
        });
    }

    /// The mark in a resource's data.
    #[must_use]
    pub fn read_mark(&self, service: ServiceId) -> Option<String> {
        self.look().made.get(&service).and_then(|made| made.marks.clone())
    }

    pub(crate) fn look(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        // What can't be read any more stays as it was last seen.
        if let Some(Ok(Some(kept))) = self.file.as_deref().map(read) {
            *world = kept;
        }
        world
    }

    /// Changes what it holds and, where it has a file, writes it down.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> io::Result<T> {
        let mut world = self.look();
        let answer = change(&mut world);
        if let Some(file) = &self.file {
            let draft = file.with_extension("new");
            fs::write(&draft, serde_json::to_vec(&*world)?)?;
            fs::rename(&draft, file)?;
        }
        Ok(answer)
    }
}

fn read(path: &Path) -> Result<Option<World>, BackendError> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|source| BackendError::Format { path: path.into(), source }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(BackendError::Read { path: path.into(), source }),
    }
}
