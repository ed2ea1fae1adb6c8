//! Asking the exchange for intents, and keeping them.

use std::time::Duration;

use hansa_model::agent::Assignments;

use crate::core::Core;
use crate::error::Error;
use crate::journal::{Accepted, JournalError, Record, Weight};
use crate::link::LinkError;

/// An answer may come this much later than was asked for.
const SLACK: Duration = Duration::from_secs(30);
/// An exchange that answers an empty list at once is not asked more often than this.
const SHORTEST_ROUND: Duration = Duration::from_secs(1);

/// Asks until the agent is to stop.
pub(crate) async fn pull(core: &Core) -> Result<(), Error> {
    let timer = &core.options.timer;
    let mut failures = 0;
    loop {
        let cursor = core.journal.look(|state| state.cursor);
        let began = timer.elapsed();
        let question = core.link.poll(cursor, core.options.poll_wait);
        let pause = tokio::select! {
            biased;
            () = core.signals.closing.cancelled() => return Ok(()),
            () = core.signals.pull.notified() => continue,
            answer = timer.timeout(core.options.poll_wait + SLACK, question) => match answer {
                Some(Ok(answer)) => {
                    core.heard();
                    failures = 0;
                    if let Some(at) = answer.at {
                        core.correct_time(at).await?;
                    }
                    let mut answer = answer;
                    let asks = std::mem::take(&mut answer.consoles);
                    let is_empty = answer.cursor == cursor && answer.assignments.is_empty() && asks.is_empty();
                    asks.into_iter().for_each(|ask| core.ask(ask));
                    let is_accepted = accept(core, cursor, answer).await?;
                    match (is_accepted, is_empty) {
                        (false, _) => core.options.longest_pause,
                        (true, true) => SHORTEST_ROUND.saturating_sub(timer.elapsed().saturating_sub(began)),
                        (true, false) => Duration::ZERO,
                    }
                }
                missed => {
                    let silence = || LinkError::Unreachable("the exchange did not answer in time".to_owned());
                    core.missed(&missed.and_then(Result::err).unwrap_or_else(silence));
                    failures += 1;
                    core.pause(failures)
                }
            },
        };
        if pause > Duration::ZERO {
            tokio::select! {
                biased;
                () = core.signals.closing.cancelled() => return Ok(()),
                () = core.signals.pull.notified() => {}
                () = core.signals.retry.notified() => {}
                () = timer.sleep(pause) => {}
            }
        }
    }
}

/// Keeps what is news, and only then goes on to the next cursor. `false` when there is no room to keep it.
async fn accept(core: &Core, cursor: u64, answer: Assignments) -> Result<bool, Error> {
    let mut assignments = answer.assignments;
    core.journal.look(|state| assignments.retain(|assignment| state.is_news(assignment)));
    if assignments.is_empty() && answer.cursor == cursor {
        return Ok(true);
    }
    let services: Vec<_> = assignments.iter().map(|assignment| assignment.service).collect();
    let accepted = Record::Accepted(Accepted { cursor: answer.cursor, assignments });
    match core.journal.write(Weight::Beginning, accepted).await {
        Ok(()) => {}
        Err(error @ JournalError::Full) => {
            tracing::error!(%error, "new intents are left with the exchange");
            return Ok(false);
        }
        Err(error) => return Err(error.into()),
    }
    for service in services {
        match core.slot(service) {
            Some(slot) => slot.wake.notify_one(),
            None => core.signals.assigned.notify_one(),
        }
    }
    Ok(true)
}
