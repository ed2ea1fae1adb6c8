//! Telling the exchange: one numbered report after the other, each until it is acknowledged.

use std::collections::VecDeque;
use std::mem;
use std::time::Duration;

use hansa_model::agent::{Report, ReportReceipt};
use hansa_model::price::Meter;

use crate::core::{Census, Core};
use crate::error::Error;
use crate::journal::{JournalError, Record, Untold, Weight};
use crate::link::LinkError;

const MOST_OBSERVATIONS: usize = 1_000;
const MOST_USAGE: usize = 1_000;
const MOST_SAMPLES: usize = 2_000;
const ANSWER_LIMIT: Duration = Duration::from_mins(1);

/// Reports until the agent is to stop.
pub(crate) async fn report(core: &Core) -> Result<(), Error> {
    let mut failures = 0;
    while !core.signals.closing.is_cancelled() {
        let is_done = flush(core).await?;
        failures = if is_done { 0 } else { failures + 1 };
        let pause = async {
            if is_done {
                core.signals.report.notified().await;
            } else {
                core.options.timer.sleep(core.pause(failures)).await;
            }
        };
        tokio::select! {
            biased;
            () = core.signals.closing.cancelled() => {}
            () = core.signals.retry.notified() => {}
            () = pause => {}
        }
    }
    Ok(())
}

/// Sends until nothing is left; `false` when that is not possible now. Must run to its end while the agent
/// goes on, because what was written without being seen to be written would be written again.
pub(crate) async fn flush(core: &Core) -> Result<bool, Error> {
    loop {
        let unacknowledged = core.journal.look(|state| state.report.clone());
        match unacknowledged {
            Some(report) => {
                if !send(core, &report).await? {
                    return Ok(false);
                }
            }
            None => match draft(core).await? {
                Draft::Made => {}
                Draft::Nothing => return Ok(true),
                Draft::NoRoom => return Ok(false),
            },
        }
    }
}

enum Draft {
    Made,
    Nothing,
    NoRoom,
}

/// Makes the next report of what waits.
async fn draft(core: &Core) -> Result<Draft, Error> {
    let Census { capabilities, inventory } = mem::take(&mut *core.census());
    let (number, told) = core.journal.look(|state| (state.acknowledged + 1, batch(&state.untold)));
    if capabilities.is_none() && inventory.is_none() && told.is_empty() {
        return Ok(Draft::Nothing);
    }
    let mut report = Report {
        number,
        version: core.options.version.clone(),
        at: core.now(),
        capabilities,
        observations: Vec::new(),
        usage: Vec::new(),
        metrics: core.take_samples(MOST_SAMPLES),
        inventory,
    };
    let count = told.len();
    for untold in told {
        match untold {
            Untold::Seen(observation) => report.observations.push(observation),
            Untold::Used(interval) => report.usage.extend(interval.records()),
        }
    }
    let census = Census { capabilities: report.capabilities.clone(), inventory: report.inventory.clone() };
    let record = Record::Reporting { report: Box::new(report), told: count };
    match core.journal.write(Weight::Fact, record).await {
        Ok(()) => Ok(Draft::Made),
        Err(JournalError::Full) => {
            let mut waiting = core.census();
            waiting.capabilities = waiting.capabilities.take().or(census.capabilities);
            waiting.inventory = waiting.inventory.take().or(census.inventory);
            Ok(Draft::NoRoom)
        }
        Err(error) => Err(error.into()),
    }
}

/// As much as fits into one report of what waits longest.
fn batch(untold: &VecDeque<Untold>) -> Vec<Untold> {
    let (mut seen, mut used) = (0, 0);
    let fits = untold.iter().take_while(|untold| {
        match untold {
            Untold::Seen(_) => seen += 1,
            Untold::Used(_) => used += Meter::ALL.len(),
        }
        seen <= MOST_OBSERVATIONS && used <= MOST_USAGE
    });
    fits.cloned().collect()
}

/// Sends a report as it is; whether the exchange has it now.
async fn send(core: &Core, report: &Report) -> Result<bool, Error> {
    let answer = core.options.timer.timeout(ANSWER_LIMIT, core.link.report(report)).await;
    let silence = || Err(LinkError::Unreachable("the exchange did not answer in time".to_owned()));
    match answer.unwrap_or_else(silence) {
        Ok(receipt) => {
            core.heard();
            taken(core, report, &receipt).await
        }
        Err(error) => {
            core.missed(&error);
            Ok(false)
        }
    }
}

async fn taken(core: &Core, report: &Report, receipt: &ReportReceipt) -> Result<bool, Error> {
    if receipt.number < report.number {
        tracing::error!(sent = report.number, answered = receipt.number, "the exchange acknowledged another report");
        return Ok(false);
    }
    let record = if receipt.number > report.number {
        tracing::warn!(
            sent = report.number,
            known = receipt.number,
            "the exchange knows later reports than this agent; its journal was lost once"
        );
        Record::Renumbered { number: receipt.number + 1 }
    } else {
        for refused in &receipt.refused {
            tracing::warn!(usage = %refused.id, reason = %refused.reason, "the exchange refused a usage record");
        }
        core.telemetry.refused_usage.inc_by(u64::try_from(receipt.refused.len()).unwrap_or_default());
        core.telemetry.reports.inc();
        Record::Acknowledged { number: report.number }
    };
    match core.journal.write(Weight::Fact, record).await {
        Ok(()) => Ok(true),
        Err(JournalError::Full) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
