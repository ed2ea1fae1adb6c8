//! Waiting: by the system's time, or by a virtual time in which a week passes in an instant.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use hansa_model::time::Clock;

/// How long-running parts wait.
#[derive(Debug, Clone, Default)]
pub enum Timer {
    /// As long as it takes. Needs a tokio runtime.
    #[default]
    System,
    /// Until the virtual time has come. Needs no runtime but [`VirtualTime::run`].
    Virtual(VirtualTime),
}

impl Timer {
    /// Waits for so long.
    pub async fn sleep(&self, duration: Duration) {
        match self {
            Self::System => tokio::time::sleep(duration).await,
            Self::Virtual(time) => time.sleep(duration).await,
        }
    }

    /// How much time has passed since some instant; never goes back, whatever the clock does.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        match self {
            Self::System => START.get_or_init(Instant::now).elapsed(),
            Self::Virtual(time) => time.elapsed(),
        }
    }

    /// The future's answer, or `None` when it takes longer than that; it is dropped then.
    pub async fn timeout<F: Future>(&self, limit: Duration, future: F) -> Option<F::Output> {
        match select(pin!(future), pin!(self.sleep(limit))).await {
            Either::Left((answer, _)) => Some(answer),
            Either::Right(_) => None,
        }
    }
}

/// A time that stands still while anything can go on, and jumps to the next awaited instant when nothing can.
/// It moves a manual clock along, so that waiting and looking at the clock agree.
#[derive(Clone)]
pub struct VirtualTime {
    clock: Clock,
    sleepers: Arc<Mutex<Sleepers>>,
}

#[derive(Default)]
struct Sleepers {
    elapsed: Duration,
    last_number: u64,
    waiting: BTreeMap<(Duration, u64), Waker>,
}

impl fmt::Debug for VirtualTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VirtualTime").field("clock", &self.clock).finish_non_exhaustive()
    }
}

impl VirtualTime {
    /// A time that moves the given manual clock along.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, sleepers: Arc::default() }
    }

    /// How much of it has passed.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.sleepers().elapsed
    }

    /// Runs the future until it is done, or until nothing can ever wake it again, which gives `None`.
    pub fn run<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        let signal = Arc::new(Signal(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&signal));
        let mut context = Context::from_waker(&waker);
        loop {
            while signal.0.swap(false, Ordering::SeqCst) {
                if let Poll::Ready(answer) = future.as_mut().poll(&mut context) {
                    return Some(answer);
                }
            }
            if !self.jump() {
                return None;
            }
        }
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let mut sleepers = self.sleepers();
        sleepers.last_number += 1;
        let key = (sleepers.elapsed + duration, sleepers.last_number);
        Sleep { time: self.clone(), key }
    }

    /// Goes on to the next awaited instant; `false` when nobody waits.
    fn jump(&self) -> bool {
        let mut sleepers = self.sleepers();
        let Some(((instant, _), waker)) = sleepers.waiting.pop_first() else {
            return false;
        };
        self.clock.advance(instant.saturating_sub(sleepers.elapsed));
        sleepers.elapsed = instant;
        drop(sleepers);
        waker.wake();
        true
    }

    fn sleepers(&self) -> std::sync::MutexGuard<'_, Sleepers> {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Signal(AtomicBool);

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

struct Sleep {
    time: VirtualTime,
    key: (Duration, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut sleepers = self.time.sleepers();
        if sleepers.elapsed >= self.key.0 {
            return Poll::Ready(());
        }
        sleepers.waiting.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.time.sleepers().waiting.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use hansa_model::time::Timestamp;

    use super::*;

    fn virtual_time() -> (VirtualTime, Timer, Clock) {
        let clock = Clock::manual(Timestamp::from_seconds(1000));
        let time = VirtualTime::new(clock.clone());
        (time.clone(), Timer::Virtual(time), clock)
    }

    #[test]
    fn a_week_passes_in_an_instant_and_moves_the_clock() {
        let (time, timer, clock) = virtual_time();
        let week = Duration::from_hours(7 * 24);
        time.run(timer.sleep(week)).unwrap();
        assert_eq!(clock.now(), Timestamp::from_seconds(1000).plus(week));
    }

    #[test]
    fn what_comes_first_wins_and_the_rest_is_forgotten() {
        let (time, timer, _) = virtual_time();
        let slow = timer.sleep(Duration::from_secs(60));
        assert_eq!(time.run(timer.timeout(Duration::from_secs(1), slow)).unwrap(), None);
        assert_eq!(time.elapsed(), Duration::from_secs(1));
        assert!(time.sleepers().waiting.is_empty());
    }

    #[test]
    fn a_future_that_nothing_can_wake_ends_the_run() {
        let (time, _, _) = virtual_time();
        assert_eq!(time.run(std::future::pending::<()>()), None);
    }
}
