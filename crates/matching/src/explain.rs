//! Why offers were left out.

use hansa_model::package::{Exclusion, RequirementCount};

use crate::prepare::Prepared;

/// The most exclusions that are told.
const MOST_EXCLUSIONS: usize = 500;

/// The first failed requirement of every offer and component, nearest misses first.
pub(crate) fn exclusions(prepared: &Prepared<'_>) -> Vec<Exclusion> {
    let mut missed: Vec<(usize, usize, usize)> = Vec::new();
    for (wish_number, wish) in prepared.wishes.iter().enumerate() {
        for (answer_number, answer) in wish.answers.iter().enumerate().filter(|(_, answer)| !answer.failed.is_empty()) {
            missed.push((answer.failed.len(), wish_number, answer_number));
        }
    }
    missed.sort_unstable();
    missed.truncate(MOST_EXCLUSIONS);
    missed
        .into_iter()
        .filter_map(|(_, wish_number, answer_number)| {
            let wish = &prepared.wishes[wish_number];
            let answer = &wish.answers[answer_number];
            let requirement = &wish.requirements[*answer.failed.first()?];
            let subject = &prepared.subjects[answer.subject];
            Some(Exclusion {
                component: wish.name.clone(),
                offer: subject.offer.key(),
                requirement: requirement.name.clone(),
                required: requirement.check.required(),
                offered: requirement.check.offered(subject, &prepared.judge),
            })
        })
        .collect()
}

/// How many offers each requirement that keeps any out does, and how many it alone.
pub(crate) fn counts(prepared: &Prepared<'_>) -> Vec<RequirementCount> {
    let mut counts = Vec::new();
    for wish in &prepared.wishes {
        let mut names: Vec<&str> = Vec::new();
        for requirement in &wish.requirements {
            if !names.contains(&requirement.name.as_str()) {
                names.push(&requirement.name);
            }
        }
        for name in names {
            let has_name = |index: &usize| wish.requirements[*index].name == name;
            let failing = || wish.answers.iter().filter(|answer| answer.failed.iter().any(&has_name));
            let excluded = failing().count();
            if excluded == 0 {
                continue;
            }
            let alone = failing().filter(|answer| answer.failed.iter().all(&has_name)).count();
            counts.push(RequirementCount {
                component: wish.name.clone(),
                requirement: name.to_owned(),
                excluded: u32::try_from(excluded).unwrap_or(u32::MAX),
                alone: u32::try_from(alone).unwrap_or(u32::MAX),
            });
        }
    }
    counts
}
