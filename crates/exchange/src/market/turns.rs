//! Whose turn it is to search: so many at once, and those who wait are served participant by participant, so that
//! whoever asks a lot waits for itself, not others for it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hansa_model::id::ParticipantId;
use tokio::sync::oneshot;

use crate::{Error, Result};

/// How many searches of one participant may wait.
const MOST_OF_ONE: usize = 128;
/// How many searches may wait in all.
const MOST: usize = 1_024;

/// Turns to search.
#[derive(Debug, Clone)]
pub(super) struct Turns(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    free: usize,
    /// How many have a turn or wait for one.
    asked: usize,
    /// Who waits; the one at the front is next.
    round: VecDeque<(ParticipantId, VecDeque<oneshot::Sender<Turn>>)>,
}

/// The right to search. It goes to the next when it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    /// Absent once it was passed on.
    of: Option<Turns>,
}

impl Turns {
    /// So many at once.
    pub(super) fn new(at_once: usize) -> Self {
        Self(Arc::new(Mutex::new(State { free: at_once, asked: 0, round: VecDeque::new() })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many wait already, of this participant or of all.
    pub(super) async fn take(&self, participant: ParticipantId) -> Result<Turn> {
        let promised = {
            let mut state = self.state();
            if state.free > 0 {
                state.free -= 1;
                state.asked += 1;
                return Ok(Turn { of: Some(self.clone()) });
            }
            let waiting: usize = state.round.iter().map(|(_, own)| own.len()).sum();
            let place = state.round.iter().position(|(other, _)| *other == participant);
            if waiting >= MOST || place.is_some_and(|place| state.round[place].1.len() >= MOST_OF_ONE) {
                return Err(Error::Busy("too many searches wait to be served".to_owned()));
            }
            let (pass, promised) = oneshot::channel();
            match place {
                Some(place) => state.round[place].1.push_back(pass),
                None => state.round.push_back((participant, VecDeque::from([pass]))),
            }
            state.asked += 1;
            promised
        };
        promised.await.map_err(|_| Error::Internal("a turn to search was lost".to_owned()))
    }

    /// Whether nobody has a turn or waits for one but whoever asks this, if it has one.
    pub(super) fn is_quiet(&self) -> bool {
        self.state().asked <= 1
    }

    fn pass_on(&self) {
        let mut state = self.state();
        state.asked -= 1;
        while let Some((participant, mut own)) = state.round.pop_front() {
            let Some(next) = own.pop_front() else { continue };
            if !own.is_empty() {
                state.round.push_back((participant, own));
            }
            match next.send(Turn { of: Some(self.clone()) }) {
                Ok(()) => return,
                // Whoever waited went away.
                Err(mut turn) => {
                    turn.of = None;
                    state.asked -= 1;
                }
            }
        }
        state.free += 1;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(turns) = self.of.take() {
            turns.pass_on();
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinHandle;

    use super::*;

    type Served = Arc<Mutex<Vec<&'static str>>>;

    /// Waits for a turn in a task, notes it, and passes it on. The task has asked when this returns.
    async fn wait(turns: &Turns, who: ParticipantId, name: &'static str, served: &Served) -> JoinHandle<()> {
        let (turns, served) = (turns.clone(), served.clone());
        let task = tokio::spawn(async move {
            let _turn = turns.take(who).await.unwrap();
            served.lock().unwrap().push(name);
        });
        tokio::task::yield_now().await;
        task
    }

    #[tokio::test]
    async fn participants_take_turns_however_much_one_asks() {
        let (turns, served) = (Turns::new(1), Served::default());
        let (greedy, modest) = (ParticipantId::new(), ParticipantId::new());
        let first = turns.take(greedy).await.unwrap();
        let mut tasks = Vec::new();
        for (who, name) in [(greedy, "greedy"), (greedy, "greedy"), (greedy, "greedy"), (modest, "modest")] {
            tasks.push(wait(&turns, who, name, &served).await);
        }
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*served.lock().unwrap(), ["greedy", "modest", "greedy", "greedy"]);
        assert!(turns.is_quiet());
    }

    #[tokio::test]
    async fn whoever_goes_away_loses_nobody_a_turn() {
        let (turns, served) = (Turns::new(1), Served::default());
        let first = turns.take(ParticipantId::new()).await.unwrap();
        let gone = wait(&turns, ParticipantId::new(), "gone", &served).await;
        let there = wait(&turns, ParticipantId::new(), "there", &served).await;
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        drop(first);
        there.await.unwrap();
        assert_eq!(*served.lock().unwrap(), ["there"]);
        let again = turns.take(ParticipantId::new()).await.unwrap();
        assert!(turns.is_quiet());
        drop(again);
    }

    #[tokio::test]
    async fn too_many_of_one_are_refused_and_others_are_not() {
        let (turns, served) = (Turns::new(1), Served::default());
        let greedy = ParticipantId::new();
        let first = turns.take(greedy).await.unwrap();
        let mut tasks = Vec::new();
        for _ in 0..MOST_OF_ONE {
            tasks.push(wait(&turns, greedy, "greedy", &served).await);
        }
        assert!(matches!(turns.take(greedy).await, Err(Error::Busy(_))));
        tasks.push(wait(&turns, ParticipantId::new(), "modest", &served).await);
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(served.lock().unwrap()[1], "modest");
    }
}
