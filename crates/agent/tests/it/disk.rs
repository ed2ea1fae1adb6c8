//! A disk in memory that takes its time, tears what is being written in a crash, and can be full.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hansa_agent::Storage;
use hansa_agent::timer::Timer;

const RESERVE: usize = 64 << 10;

#[derive(Debug, Default)]
struct Platter {
    bytes: Vec<u8>,
    reserve: usize,
    room: Option<usize>,
    tears: usize,
}

/// Clones are the same disk.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    platter: Arc<Mutex<Platter>>,
    timer: Timer,
}

impl Disk {
    pub(crate) fn new(timer: Timer) -> Self {
        Self { platter: Arc::default(), timer }
    }

    /// Leaves so much room beyond what is written now; `None` for any amount.
    pub(crate) fn set_room(&self, room: Option<usize>) {
        let mut platter = self.platter.lock().unwrap();
        platter.room = room.map(|room| platter.bytes.len() + platter.reserve + room);
    }

    async fn work(&self) {
        self.timer.sleep(Duration::from_millis(1)).await;
    }
}

impl Platter {
    fn check(&self, length: usize) -> io::Result<()> {
        if self.room.is_some_and(|room| length + self.reserve > room) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }
}

/// Bytes on their way to the disk. Dropped too early, only a part of them arrives.
struct InFlight<'a> {
    disk: &'a Disk,
    bytes: Option<Vec<u8>>,
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        if let Some(bytes) = self.bytes.take() {
            let mut platter = self.disk.platter.lock().unwrap();
            platter.tears += 1;
            let arrived = platter.tears * 7919 % (bytes.len() + 1);
            platter.bytes.extend_from_slice(&bytes[..arrived]);
        }
    }
}

#[async_trait]
impl Storage for Disk {
    async fn read(&mut self) -> io::Result<Vec<u8>> {
        self.work().await;
        Ok(self.platter.lock().unwrap().bytes.clone())
    }

    async fn append(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        let mut in_flight = InFlight { disk: self, bytes: Some(bytes) };
        self.work().await;
        let bytes = in_flight.bytes.take().unwrap();
        drop(in_flight);
        {
            let mut platter = self.platter.lock().unwrap();
            platter.check(platter.bytes.len() + bytes.len())?;
            platter.bytes.extend_from_slice(&bytes);
        }
        self.work().await;
        Ok(())
    }

    async fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.platter.lock().unwrap().bytes.truncate(usize::try_from(length).unwrap());
        Ok(())
    }

    async fn replace(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        self.work().await;
        let mut platter = self.platter.lock().unwrap();
        platter.check(platter.bytes.len() + bytes.len())?;
        // On a full disk somebody else takes what is freed, but for a little.
        platter.room = platter.room.map(|room| room.min(bytes.len() + RESERVE - 1));
        platter.bytes = bytes;
        Ok(())
    }

    async fn hold_reserve(&mut self) -> io::Result<()> {
        let mut platter = self.platter.lock().unwrap();
        if platter.reserve == 0 {
            platter.check(platter.bytes.len() + RESERVE)?;
            platter.reserve = RESERVE;
        }
        Ok(())
    }

    async fn release_reserve(&mut self) -> io::Result<()> {
        self.platter.lock().unwrap().reserve = 0;
        Ok(())
    }
}
