//! The steps of an order: as a table, and live while they happen.

use std::collections::HashMap;
use std::io::Write as _;
use std::time::Duration;

use hansa_model::order::{Direction, Order, OrderStep, StepState};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::output::Shown;
use crate::render::words;

impl Shown for OrderStep {
    const COLUMNS: &'static [&'static str] = &["step", "state", "attempts", "began", "took", "detail"];

    fn cells(&self) -> Vec<String> {
        vec![
            title(self),
            words::word(&self.state),
            self.attempts.to_string(),
            words::instant(self.started_at),
            self.ended_at.map(|end| words::duration(end.since(self.started_at))).unwrap_or_default(),
            self.detail.clone().unwrap_or_default(),
        ]
    }

    fn name(&self) -> String {
        title(self)
    }
}

fn title(step: &OrderStep) -> String {
    match step.direction {
        Direction::Do => step.name.clone(),
        Direction::Undo => format!("undo {}", step.name),
    }
}

/// A live view of an order's steps on stderr: a spinner for each step on a terminal, otherwise a line for each
/// change.
#[derive(Debug)]
pub struct Live {
    bars: Option<MultiProgress>,
    by_step: HashMap<String, ProgressBar>,
    told: HashMap<String, StepState>,
    lines: bool,
}

impl Live {
    /// A view that draws on a terminal, or writes lines.
    #[must_use]
    pub fn new(terminal: bool, lines: bool) -> Self {
        Self { bars: terminal.then(MultiProgress::new), by_step: HashMap::new(), told: HashMap::new(), lines }
    }

    /// Shows how things stand now.
    pub fn update(&mut self, order: &Order, steps: &[OrderStep]) {
        for step in steps {
            let name = title(step);
            match &self.bars {
                Some(bars) => {
                    let bar = self.by_step.entry(name.clone()).or_insert_with(|| {
                        let bar = bars.add(ProgressBar::new_spinner());
                        bar.set_style(spinner());
                        bar.enable_steady_tick(Duration::from_millis(120));
                        bar
                    });
                    draw(bar, &name, step);
                }
                None if self.lines && self.told.get(&name) != Some(&step.state) => {
                    let state = words::word(&step.state);
                    let detail = step.detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default();
                    // Nobody is left to be told when stderr is gone.
                    _ = writeln!(std::io::stderr(), "{} {name} {state}{detail}", order.id);
                }
                None => {}
            }
            self.told.insert(name, step.state);
        }
    }

    /// Ends the view; what was drawn stays.
    pub fn finish(&self) {
        for bar in self.by_step.values() {
            bar.abandon();
        }
    }
}

fn spinner() -> ProgressStyle {
    // The template is fixed, so that it always parses; without it the bar has its usual look.
    ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn plain() -> ProgressStyle {
    ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn draw(bar: &ProgressBar, name: &str, step: &OrderStep) {
    let detail = step.detail.as_deref().unwrap_or_default();
    let took = step.ended_at.map(|end| words::duration(end.since(step.started_at))).unwrap_or_default();
    match step.state {
        StepState::Running | StepState::Waiting => bar.set_message(format!("{name:<18} {detail}")),
        StepState::Done if !bar.is_finished() => {
            bar.set_style(plain());
            bar.finish_with_message(format!("✓ {name:<18} {took}"));
        }
        StepState::Failed if !bar.is_finished() => {
            bar.set_style(plain());
            bar.finish_with_message(format!("✗ {name:<18} {took} {detail}"));
        }
        StepState::Done | StepState::Failed => {}
    }
}
