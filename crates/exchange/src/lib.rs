//! What Hansa does. Faces (the API and other wire formats) translate and call here; only the store speaks SQL.
//!
//! Changes are made in a [`Work`]: one transaction with the events and audit rows that tell of it. Functions
//! that change something take `&mut Work`, so that a face can put its idempotency record into the same
//! transaction; functions that only read take `&mut Tx`.

pub mod agents;
pub mod assignments;
pub mod audit;
pub mod authorization;
mod check;
pub mod clearing;
pub mod consoles;
pub mod costs;
pub mod error;
pub mod events;
pub mod evidence;
pub mod figures;
pub mod hints;
pub mod identity;
pub mod imports;
mod jobs;
pub mod maintenance;
pub mod market;
pub mod members;
pub mod metering;
pub mod offers;
pub mod onboarding;
pub mod orders;
pub mod paging;
pub mod participants;
pub mod principal;
pub mod projects;
pub mod proposals;
pub mod quotes;
pub mod reconcilers;
pub mod reports;
pub mod sagas;
mod sealing;
mod secret;
pub mod services;
pub mod settings;
pub mod sign_in;
pub mod signing;
pub mod sites;
pub mod statements;
pub mod system;
pub mod trust;
pub mod why;
pub mod work;

use std::sync::Arc;

use hansa_model::time::{Clock, Timestamp};
use hansa_store::{Db, Tx};
use hansa_trust::credential::Verifier;
use hansa_trust::rules::RuleSets;

pub use error::{Error, Result};
use hints::Hints;
use settings::Settings;
pub use work::Work;

/// An exchange: its store, its clock, its settings. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Exchange {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    db: Db,
    clock: Clock,
    started_at: Timestamp,
    settings: Settings,
    hints: Hints,
    asks: consoles::Asks,
    tail: events::Tail,
    jobs: jobs::Jobs,
    keeper: market::Keeper,
    lanes: market::Lanes,
    watcher: proposals::Watcher,
    hashing: sign_in::Hashing,
    verifier: Verifier<trust::Web>,
    web: trust::Web,
    rule_sets: RuleSets,
}

impl Exchange {
    /// An exchange on a database, which is brought to the newest schema.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn open(db: Db, clock: Clock, settings: Settings) -> Result<Self> {
        hansa_store::migrate::run(&db, clock.now()).await?;
        let (hints, asks) = (Hints::default(), consoles::Asks::default());
        let (keeper, lanes) = (market::Keeper::default(), market::Lanes::default());
        let watcher = proposals::Watcher::new(settings.proposals);
        let hashing = sign_in::Hashing::default();
        let resolver = trust::resolver(&settings.trust)?;
        let checks = trust::checks(&settings.trust)?;
        let rule_sets = RuleSets::embedded().map_err(|error| Error::Internal(error.to_string()))?;
        let started_at = clock.now();
        let inner = Arc::new_cyclic(|own| {
            let web = || trust::Web::new(own.clone(), resolver.clone());
            let verifier = Verifier::new(web(), checks);
            Inner {
                db,
                clock,
                started_at,
                settings,
                hints,
                asks,
                tail: events::Tail::default(),
                jobs: jobs::Jobs::default(),
                keeper,
                lanes,
                watcher,
                hashing,
                verifier,
                web: web(),
                rule_sets,
            }
        });
        Ok(Self { inner })
    }

    /// The instant that the exchange's clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// When this process opened the exchange.
    #[must_use]
    pub fn started_at(&self) -> Timestamp {
        self.inner.started_at
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The bells that ring when something may have changed.
    #[must_use]
    pub fn hints(&self) -> &Hints {
        &self.inner.hints
    }

    /// What agents are asked for at once.
    pub(crate) fn asks(&self) -> &consoles::Asks {
        &self.inner.asks
    }

    /// The newest events, while [`events::Tail::follow`] keeps them.
    #[must_use]
    pub fn tail(&self) -> &events::Tail {
        &self.inner.tail
    }

    /// How the jobs fare.
    pub(crate) fn jobs(&self) -> &jobs::Jobs {
        &self.inner.jobs
    }

    /// Who keeps the catalogue.
    pub(crate) fn keeper(&self) -> &market::Keeper {
        &self.inner.keeper
    }

    /// Where searches are served.
    pub(crate) fn lanes(&self) -> &market::Lanes {
        &self.inner.lanes
    }

    /// Who watches what runs.
    pub(crate) fn watcher(&self) -> &proposals::Watcher {
        &self.inner.watcher
    }

    /// Who hashes passwords.
    pub(crate) fn hashing(&self) -> &sign_in::Hashing {
        &self.inner.hashing
    }

    /// Who checks credentials.
    pub(crate) fn verifier(&self) -> &Verifier<trust::Web> {
        &self.inner.verifier
    }

    /// The rule sets that evidence is judged by.
    pub(crate) fn rule_sets(&self) -> &RuleSets {
        &self.inner.rule_sets
    }

    /// Who fetches what others publish.
    pub(crate) fn web(&self) -> &trust::Web {
        &self.inner.web
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    /// A transaction that only reads.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn read(&self) -> Result<Tx> {
        Ok(self.inner.db.read().await?)
    }

    /// A change: commit it with [`Work::commit`], or drop it to undo everything.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn begin(&self) -> Result<Work> {
        let tx = self.inner.db.write().await?;
        Ok(Work::new(self.clone(), tx))
    }
}
