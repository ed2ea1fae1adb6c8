use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use hansa_model::application::Config;
use hansa_model::id::ServiceId;
use hansa_model::kind::{KindId, Properties};
use hansa_model::service::{Assignment, Desired};
use hansa_model::time::Timestamp;

use super::storage::Directory;
use super::*;

fn assignment(service: ServiceId, generation: u64, desired: Desired) -> Assignment {
    Assignment {
        service,
        generation,
        desired,
        site: "utrecht".parse().unwrap(),
        kind: KindId::ComputeInstance,
        sku: "small".to_owned(),
        component: "web".parse().unwrap(),
        properties: Properties::default(),
        config: Config::default(),
        connections: BTreeMap::new(),
        dump_on_termination: false,
    }
}

fn accepted(cursor: u64) -> Record {
    let assignments = vec![assignment(ServiceId::new(), cursor, Desired::Running)];
    Record::Accepted(Accepted { cursor, assignments })
}

async fn open(path: &std::path::Path) -> Result<Journal, JournalError> {
    Journal::open(Box::new(Directory::open(path).await?)).await
}

/// A disk of so many bytes.
#[derive(Clone, Default)]
struct SmallDisk {
    room: Arc<AtomicUsize>,
    bytes: Vec<u8>,
    reserved: usize,
}

const SMALL_RESERVE: usize = 2_000;

impl SmallDisk {
    fn check(&self, needed: usize) -> io::Result<()> {
        let room = self.room.load(Ordering::SeqCst);
        if needed > room { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

#[async_trait]
impl Storage for SmallDisk {
    async fn read(&mut self) -> io::Result<Vec<u8>> {
        Ok(self.bytes.clone())
    }

    async fn append(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        let (half, _) = bytes.split_at(bytes.len() / 2);
        self.bytes.extend_from_slice(half);
        self.check(self.bytes.len() + bytes.len() - half.len() + self.reserved)?;
        self.bytes.extend_from_slice(&bytes[half.len()..]);
        Ok(())
    }

    async fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.bytes.truncate(usize::try_from(length).unwrap());
        Ok(())
    }

    async fn replace(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        self.check(self.bytes.len() + bytes.len() + self.reserved)?;
        self.bytes = bytes;
        Ok(())
    }

    async fn hold_reserve(&mut self) -> io::Result<()> {
        if self.reserved == 0 {
            self.check(self.bytes.len() + SMALL_RESERVE)?;
            self.reserved = SMALL_RESERVE;
        }
        Ok(())
    }

    async fn release_reserve(&mut self) -> io::Result<()> {
        self.reserved = 0;
        Ok(())
    }
}

#[tokio::test]
async fn what_was_written_is_there_again_and_private() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path()).await.unwrap();
    journal.write(Weight::Beginning, accepted(1)).await.unwrap();
    journal.write(Weight::Fact, accepted(2)).await.unwrap();
    let services = journal.look(|state| state.services.keys().copied().collect::<Vec<_>>());
    drop(journal);
    let again = open(directory.path()).await.unwrap();
    assert_eq!(again.look(|state| (state.cursor, state.services.keys().copied().collect())), (2, services));
    for name in ["journal", "lock", "reserve"] {
        let mode = std::fs::metadata(directory.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn two_agents_never_share_a_directory() {
    let directory = tempfile::tempdir().unwrap();
    let _first = open(directory.path()).await.unwrap();
    assert!(matches!(open(directory.path()).await, Err(JournalError::InUse)));
}

#[tokio::test]
async fn a_cut_end_is_removed_wherever_it_was_cut() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let journal = open(directory.path()).await.unwrap();
    journal.write(Weight::Fact, accepted(1)).await.unwrap();
    let whole = std::fs::metadata(&path).unwrap().len();
    journal.write(Weight::Fact, accepted(2)).await.unwrap();
    drop(journal);
    let bytes = std::fs::read(&path).unwrap();
    for length in (usize::try_from(whole).unwrap()..bytes.len()).step_by(7) {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let journal = open(directory.path()).await.unwrap();
        assert_eq!(journal.look(|state| state.cursor), 1);
        assert_eq!(std::fs::metadata(&path).unwrap().len(), whole, "cut at {length}");
        journal.write(Weight::Fact, accepted(3)).await.unwrap();
        drop(journal);
        assert_eq!(open(directory.path()).await.unwrap().look(|state| state.cursor), 3);
    }
}

#[tokio::test]
async fn damage_before_the_end_is_not_hidden() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let journal = open(directory.path()).await.unwrap();
    for cursor in 1..=3 {
        journal.write(Weight::Fact, accepted(cursor)).await.unwrap();
    }
    drop(journal);
    let mut bytes = std::fs::read(&path).unwrap();
    let second = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 40;
    bytes[second] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(open(directory.path()).await, Err(JournalError::Damaged { line: 2 })));
}

#[tokio::test]
async fn a_long_journal_is_written_anew() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path()).await.unwrap();
    let mut intent = assignment(ServiceId::new(), 0, Desired::Running);
    intent.config.run = Some("x".repeat(200_000));
    for generation in 1..=30 {
        intent.generation = generation;
        let assignments = vec![intent.clone()];
        journal.write(Weight::Fact, Record::Accepted(Accepted { cursor: generation, assignments })).await.unwrap();
    }
    drop(journal);
    let length = std::fs::metadata(directory.path().join("journal")).unwrap().len();
    assert!(length < 1_500_000, "{length}");
    let again = open(directory.path()).await.unwrap();
    assert_eq!(again.look(|state| state.services[&intent.service].assignment.clone()), intent);
}

#[tokio::test]
async fn a_full_disk_takes_facts_but_no_new_work_until_there_is_room() {
    let disk = SmallDisk { room: Arc::new(AtomicUsize::new(4_000)), ..SmallDisk::default() };
    let room = Arc::clone(&disk.room);
    let journal = Journal::open(Box::new(disk)).await.unwrap();
    let mut begun = 0;
    while journal.write(Weight::Beginning, accepted(begun + 1)).await.is_ok() {
        begun += 1;
    }
    assert!((1..20).contains(&begun), "{begun}");
    assert_eq!(journal.look(|state| state.cursor), begun, "what was refused is not part of the state");
    for cursor in begun + 1..begun + 4 {
        journal.write(Weight::Fact, accepted(cursor)).await.unwrap();
    }
    assert!(journal.is_full().await);
    assert!(matches!(journal.write(Weight::Beginning, accepted(99)).await, Err(JournalError::Full)));
    room.store(100_000, Ordering::SeqCst);
    journal.write(Weight::Beginning, accepted(99)).await.unwrap();
    assert!(!journal.is_full().await);
}

#[tokio::test]
async fn many_writers_are_served_together() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path()).await.unwrap();
    let writes = (1..=200).map(|cursor| journal.write(Weight::Fact, accepted(cursor)));
    futures_util::future::try_join_all(writes).await.unwrap();
    assert_eq!(journal.look(|state| state.services.len()), 200);
}

#[test]
fn what_is_gone_comes_back_only_by_a_newer_intent() {
    let mut state = State::default();
    let service = ServiceId::new();
    state.apply(Record::Accepted(Accepted {
        cursor: 1,
        assignments: vec![assignment(service, 4, Desired::Terminated)],
    }));
    let gone = Some(Gone { generation: 4, at: Timestamp::from_seconds(1) });
    let outcome = Outcome { service, applied: None, open: None, closed: Vec::new(), observation: None, gone };
    state.apply(Record::Ended(Box::new(outcome)));
    let is_news = |generation, desired| state.is_news(&assignment(service, generation, desired));
    assert!(!is_news(3, Desired::Running) && !is_news(4, Desired::Running) && !is_news(3, Desired::Terminated));
    assert!(is_news(5, Desired::Running), "a newer intent counts");
    assert!(is_news(4, Desired::Terminated), "absence is proven again");
}
