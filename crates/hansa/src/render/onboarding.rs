//! Onboarding: how far it is, what is missing for which level, and the next command to type.

use std::fmt::Write as _;

use hansa_model::evidence::Standing;
use hansa_model::onboarding::{
    Checklist, LevelChecklist, Onboarding, OnboardingState, OnboardingStep, OnboardingSummary, StepReport, StepState,
};

use crate::output::Shown;
use crate::render::paint::Paint;
use crate::render::{table, words};

/// How many criteria are named for the next level, unless all are asked for.
const FEW: usize = 4;
/// How wide the bar is.
const BAR: usize = 24;

impl Shown for OnboardingSummary {
    const COLUMNS: &'static [&'static str] = &["provider", "state", "approvals", "submitted", "published", "changed"];
    const NONE: &'static str = "no provider is being onboarded; providers begin with `hansa onboarding start`";

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.to_string(),
            words::word(&self.state),
            self.approvals.to_string(),
            words::maybe(self.submitted_at),
            words::maybe(self.published_at),
            words::instant(self.updated_at),
        ]
    }

    fn name(&self) -> String {
        self.name.to_string()
    }
}

fn mark(state: StepState, paint: Paint) -> String {
    match state {
        StepState::Complete => paint.good("✓"),
        StepState::Incomplete => paint.bad("✗"),
        StepState::Empty => paint.dim("·"),
    }
}

fn bar(percent: u8) -> String {
    let full = usize::from(percent) * BAR / 100;
    format!("{}{} {percent} %", "█".repeat(full), "░".repeat(BAR.saturating_sub(full)))
}

/// An onboarding as a whole; with `rules`, everything that is missing for that rule set.
pub fn onboarding(shown: &Onboarding, rules: Option<&str>, paint: Paint) -> String {
    let state = words::word(&shown.state);
    let state = match shown.state {
        OnboardingState::Published => paint.good(&state),
        OnboardingState::Returned => paint.bad(&state),
        OnboardingState::Draft | OnboardingState::Submitted | OnboardingState::Withdrawn => paint.busy(&state),
    };
    let mut text = format!("{}  {state}  {}\n\n", paint.strong(shown.name.as_str()), bar(shown.progress));
    for report in &shown.steps {
        text.push_str(&line(report, paint));
    }
    let lists = shown.checklist.iter().filter(|list| rules.is_none_or(|wanted| list.rule_set == wanted));
    for list in lists {
        text.push_str(&checklist(list, rules.is_some(), paint));
    }
    if let Some(next) = next(shown) {
        _ = writeln!(text, "\n{} {next}", paint.strong("next:"));
    }
    text
}

fn line(report: &StepReport, paint: Paint) -> String {
    let need = if report.required { String::new() } else { paint.dim("  optional") };
    let wrong = match report.wrong.len() {
        0 => String::new(),
        1 => "  1 thing to put right".to_owned(),
        many => format!("  {many} things to put right"),
    };
    let mut text = format!(
        "{} {:<13} {}{}{need}\n",
        mark(report.state, paint),
        report.step.name(),
        report.title,
        paint.bad(&wrong)
    );
    if let Some(note) = &report.note {
        _ = writeln!(text, "    {} {note}", paint.busy("operator:"));
    }
    text
}

fn checklist(list: &Checklist, all: bool, paint: Paint) -> String {
    let proposal = if list.standing == Standing::Proposal { "  (proposal, no law)" } else { "" };
    let heading = format!("{}{proposal}", list.title);
    let mut text = format!("\n{}\n", paint.strong(&heading));
    let mut is_next = true;
    for level in &list.levels {
        let (sign, count) = match level.reached {
            true => (paint.good("✓"), String::new()),
            false => (paint.bad("✗"), format!("  {} missing", level.missing.len())),
        };
        _ = writeln!(text, "{sign} {:<9} {}{}", level.level, level.title, paint.dim(&count));
        if !level.reached && (all || is_next) {
            text.push_str(&missing(level, all, paint));
            is_next = false;
        }
    }
    text
}

fn missing(level: &LevelChecklist, all: bool, paint: Paint) -> String {
    let many = if all { usize::MAX } else { FEW };
    let mut text = String::new();
    for missing in level.missing.iter().take(many) {
        let steps = paint.dim(&format!("[{}]", words::list(&missing.steps)));
        _ = writeln!(text, "    {} {} {steps}", paint.busy(&missing.criterion), missing.missing);
    }
    if let Some(rest) = level.missing.len().checked_sub(many).filter(|rest| *rest > 0) {
        _ = writeln!(text, "    {}", paint.dim(&format!("and {rest} more")));
    }
    text
}

/// The heading of a step in the guide.
pub fn heading(shown: &Onboarding, step: OnboardingStep, paint: Paint) -> String {
    let number = OnboardingStep::ALL.iter().position(|other| *other == step).map_or(1, |at| at + 1);
    let heading = format!("{number} of {}: {}", OnboardingStep::ALL.len(), step.title());
    let note = shown.steps.iter().find(|report| report.step == step).and_then(|report| report.note.as_ref());
    let note = note.map(|note| format!("\n{} {note}", paint.busy("operator:"))).unwrap_or_default();
    format!("\n{}\n{}{note}", paint.strong(&heading), paint.dim(step.help()))
}

/// One step after it was answered: what is wrong, and what to do next.
pub fn step(shown: &Onboarding, step: OnboardingStep, paint: Paint) -> String {
    let Some(report) = shown.steps.iter().find(|report| report.step == step) else { return String::new() };
    let mut text = line(report, paint);
    let wrong = report
        .wrong
        .iter()
        .map(|wrong| vec![wrong.field.clone(), wrong.message.clone(), wrong.hint.clone().unwrap_or_default()]);
    if !report.wrong.is_empty() {
        text.push_str(&table::indent(&table::rows(&["field", "what is wrong", "what to do"], wrong, paint)));
    }
    if let Some(next) = next(shown) {
        _ = writeln!(text, "{} {next}", paint.strong("next:"));
    }
    text
}

/// The next command to type.
fn next(shown: &Onboarding) -> Option<String> {
    let set = |report: &StepReport| match report.state {
        StepState::Empty => format!("hansa onboarding template {0} > {0}.yaml", report.step),
        StepState::Incomplete | StepState::Complete => format!("hansa onboarding set {} -f FILE", report.step),
    };
    let noted = shown.steps.iter().find(|report| report.note.is_some());
    let open = shown
        .steps
        .iter()
        .find(|report| report.state == StepState::Incomplete || (report.required && report.state == StepState::Empty));
    match shown.state {
        OnboardingState::Draft | OnboardingState::Returned => {
            Some(noted.or(open).map_or_else(|| "hansa onboarding submit".to_owned(), set))
        }
        OnboardingState::Submitted => Some(format!("an operator: hansa onboarding approve {}", shown.name)),
        OnboardingState::Withdrawn => Some("hansa onboarding start".to_owned()),
        OnboardingState::Published => None,
    }
}
