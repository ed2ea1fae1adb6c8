//! The guide: asks step by step on a terminal, keeps every step at once, and goes on where it was left.

use std::io::IsTerminal as _;
use std::process::Command;

use anyhow::Context as _;
use hansa_client::Client;
use hansa_model::id::ParticipantId;
use hansa_model::onboarding::{Onboarding, OnboardingState, OnboardingStep, StepState};
use serde_json::{Value, json};

use super::said;
use crate::failure::Failure;
use crate::prompt;
use crate::render;
use crate::session::Session;

/// A field, and the question for it.
type Question = (&'static str, &'static str);

/// The questions of a step; none where a file is easier.
const fn questions(step: OnboardingStep) -> &'static [Question] {
    match step {
        OnboardingStep::LegalPerson => &[
            ("legalName", "Name in the register"),
            ("legalForm", "Legal form"),
            ("incorporatedIn", "Country of incorporation (DE, FR …)"),
            ("headquartersIn", "Country of the headquarters"),
            ("mainEstablishmentIn", "Country where most of the work is done"),
            ("website", "Website"),
            ("acceptsGaiaXTerms", "Do you accept the Gaia-X terms and conditions? (true, false)"),
        ],
        OnboardingStep::Registration => &[
            ("vatId", "VAT number"),
            ("lei", "LEI"),
            ("eori", "EORI number"),
            ("euid", "EUID"),
            ("local", "Number in the national register"),
        ],
        OnboardingStep::Address => &[
            ("registered.street", "Registered address: street and number"),
            ("registered.postalCode", "Postal code"),
            ("registered.locality", "Town"),
            ("registered.country", "Country"),
        ],
        OnboardingStep::Contacts => &[
            ("contract.name", "Contract: who answers"),
            ("contract.email", "E-mail"),
            ("contract.available", "Available (business-hours, every-day, always)"),
            ("contract.answersWithinHours", "Answers within how many hours"),
            ("support.name", "Support: who answers"),
            ("support.email", "E-mail"),
            ("support.available", "Available (business-hours, every-day, always)"),
            ("support.answersWithinHours", "Answers within how many hours"),
            ("security.name", "Security incidents: who answers"),
            ("security.email", "E-mail"),
            ("security.available", "Available (business-hours, every-day, always)"),
            ("security.answersWithinHours", "Answers within how many hours"),
        ],
        OnboardingStep::Ownership
        | OnboardingStep::Certificates
        | OnboardingStep::Terms
        | OnboardingStep::DataAct
        | OnboardingStep::Sovereignty => &[],
    }
}

/// Asks everything that is not complete, or one step; answers where the onboarding stands in the end.
pub(super) async fn run(
    client: &Client,
    of: ParticipantId,
    only: Option<OnboardingStep>,
    session: &Session,
) -> anyhow::Result<Onboarding> {
    if !std::io::stdin().is_terminal() {
        let failure = Failure::usage("the guide asks questions, and there is no terminal to ask on");
        return Err(failure
            .hint("use `hansa onboarding template STEP` and `hansa onboarding set STEP -f FILE`")
            .into());
    }
    let output = session.output;
    let mut shown = client.onboarding(&of.to_string()).await?;
    output.note("Enter keeps what stands in brackets, `-` takes it away, Ctrl-D leaves. All is kept at once.");
    for step in OnboardingStep::ALL {
        let complete = shown.steps.iter().any(|report| report.step == step && report.state == StepState::Complete);
        if only.is_some_and(|only| only != step) || (only.is_none() && complete) {
            continue;
        }
        loop {
            output.note(&render::onboarding::heading(&shown, step, output.paint()));
            let before = said::before(&shown, step)?;
            let answered =
                if questions(step).is_empty() { edited(step, &before, session)? } else { asked(step, before)? };
            let (mut said, leaves) = match answered {
                Answered::Said(said) => (said, false),
                Answered::Left(said) => (said, true),
                Answered::Skipped => break,
            };
            said::read_parts(&mut said)?;
            if leaves {
                return Ok(client.answer_onboarding_step(of, step, &said).await?);
            }
            match client.answer_onboarding_step(of, step, &said).await {
                Ok(now) => shown = now,
                Err(refusal) => output.note(&format!("{refusal}")),
            }
            output.note(&render::onboarding::step(&shown, step, output.paint()));
            let done = shown.steps.iter().any(|report| report.step == step && report.state == StepState::Complete);
            if done || !prompt::agreed("Put it right now? [Y/n]")? {
                break;
            }
        }
    }
    let ready = shown.progress == 100 && matches!(shown.state, OnboardingState::Draft | OnboardingState::Returned);
    if ready && prompt::agreed("Everything that is required is there. Submit it? [Y/n]")? {
        shown = client.submit_onboarding(of).await?;
    }
    Ok(shown)
}

/// What came of asking.
enum Answered {
    /// The step was answered.
    Said(Value),
    /// The one who types has left; so far this was said.
    Left(Value),
    /// The step was left out.
    Skipped,
}

/// Asks every question of a step.
fn asked(step: OnboardingStep, mut said: Value) -> anyhow::Result<Answered> {
    for (field, text) in questions(step) {
        let pointer = format!("/{}", field.replace('.', "/"));
        let known = said.pointer(&pointer).map(|known| known.as_str().map_or_else(|| known.to_string(), str::to_owned));
        let shown = known.as_ref().map(|known| format!(" [{known}]")).unwrap_or_default();
        let Some(answer) = prompt::line(&format!("{text}{shown}:"))? else {
            return Ok(Answered::Left(said));
        };
        match answer.as_str() {
            "" => {}
            "-" => said::set(&mut said, field, json!(""))?,
            answer => said::set_field(&mut said, &format!("{field}={answer}"))?,
        }
    }
    Ok(Answered::Said(said))
}

/// Lets a step be written in an editor.
fn edited(step: OnboardingStep, before: &Value, session: &Session) -> anyhow::Result<Answered> {
    let editor = ["VISUAL", "EDITOR"].into_iter().find_map(|name| std::env::var(name).ok().filter(|it| !it.is_empty()));
    let by_file =
        format!("hansa onboarding template {step} > {step}.yaml, then hansa onboarding set {step} -f {step}.yaml");
    let Some(editor) = editor else {
        session.output.note(&format!("This step is written as a file, and EDITOR names no editor. Later: {by_file}"));
        return Ok(Answered::Skipped);
    };
    if !prompt::agreed(&format!("Write it in {editor}? [Y/n]"))? {
        session.output.note(&format!("Later: {by_file}"));
        return Ok(Answered::Skipped);
    }
    let is_new = before.as_object().is_some_and(serde_json::Map::is_empty);
    let text = if is_new { said::template(step).to_owned() } else { yaml_serde::to_string(before)? };
    let path = std::env::temp_dir().join(format!("hansa-{step}-{}.yaml", std::process::id()));
    std::fs::write(&path, text).with_context(|| format!("{} can't be written", path.display()))?;
    // The variable may hold options too, as in `code --wait`.
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or_default();
    let ended = Command::new(program).args(words).arg(&path).status();
    let read = ended.with_context(|| format!("{editor} can't be started")).and_then(|_| crate::input::document(&path));
    // What could not be read stays, so that nothing written is lost.
    if read.is_ok() {
        _ = std::fs::remove_file(&path);
    }
    read.map(Answered::Said)
}
