//! What to do next for a service: its intent compared with what the back end holds. Pure.

use hansa_model::service::{Assignment, Desired};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::driver::{Instance, Power, Spec, Tag};

/// A fingerprint of properties and configuration, to see whether an intent changes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Digest(String);

impl Digest {
    pub(crate) fn of(spec: &Spec) -> Self {
        // Both are made of maps with sorted keys, so equal values give equal texts.
        let text = serde_json::to_vec(&(&spec.properties, &spec.config)).unwrap_or_default();
        Self(hex::encode(&Sha256::digest(text)[..16]))
    }
}

/// What was last applied in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Applied {
    pub(crate) generation: u64,
    pub(crate) digest: Digest,
}

/// The next thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing: the intent is true.
    Rest,
    /// Nothing but to look again soon: it is starting.
    Wait,
    /// Nothing: this intent was refused, and only a new one can change that.
    GiveUp,
    /// Nothing: the back end carries a newer generation than this intent.
    Stale,
    /// Nothing: it should be gone, and it is.
    Gone,
    Create,
    Resize,
    Start(Tag),
    Stop(Tag),
    Terminate,
}

impl Step {
    /// Whether it calls the back end.
    pub(crate) const fn is_call(self) -> bool {
        !matches!(self, Self::Rest | Self::Wait | Self::GiveUp | Self::Stale | Self::Gone)
    }
}

/// Everything that decides about the next step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Situation<'a> {
    pub(crate) assignment: &'a Assignment,
    /// The fingerprint of what the intent asks for.
    pub(crate) digest: &'a Digest,
    pub(crate) applied: Option<&'a Applied>,
    pub(crate) found: Option<&'a Instance>,
    /// Whether the back end refused this intent for good.
    pub(crate) refused: bool,
}

impl Situation<'_> {
    pub(crate) fn next(&self) -> Step {
        let intent = self.assignment;
        match self.found {
            Some(found) if found.tag.generation > intent.generation => Step::Stale,
            Some(_) if intent.desired == Desired::Terminated => Step::Terminate,
            None if intent.desired == Desired::Terminated => Step::Gone,
            Some(found) if found.tag.generation > 0 => self.adjust(found),
            _ if self.refused => Step::GiveUp,
            _ => Step::Create,
        }
    }

    /// What is there is brought to what is wanted. Its tag is raised by the last call that changes something.
    fn adjust(&self, found: &Instance) -> Step {
        let raised = found.tag.generation == self.assignment.generation;
        if !raised && !self.refused && !self.is_as_asked(found) {
            return Step::Resize;
        }
        // What was refused is kept as it was before: running what should run, at its own generation.
        let tag = if self.refused { found.tag } else { Tag { generation: self.assignment.generation, ..found.tag } };
        match (self.assignment.desired, found.power) {
            (Desired::Stopped, Power::Running | Power::Starting) => Step::Stop(tag),
            (Desired::Running, Power::Stopped) => Step::Start(tag),
            _ if self.refused && !raised => Step::GiveUp,
            (Desired::Running, _) if !raised => Step::Start(tag),
            (_, Power::Starting) => Step::Wait,
            _ if !raised => Step::Stop(tag),
            _ => Step::Rest,
        }
    }

    /// Whether what is there has the properties and configuration that are asked for. Only known when it is
    /// still what the journal says was applied.
    fn is_as_asked(&self, found: &Instance) -> bool {
        self.applied.is_some_and(|applied| applied.generation == found.tag.generation && applied.digest == *self.digest)
    }
}

#[cfg(test)]
mod tests {
    use hansa_model::application::Config;
    use hansa_model::id::ServiceId;
    use hansa_model::kind::{KindId, Properties};

    use super::*;

    fn digest(text: &str) -> Digest {
        Digest(text.to_owned())
    }

    /// The next step for an intent of generation 5 whose fingerprint is `new`.
    fn next(desired: Desired, found: Option<(u64, Power)>, applied: Option<(u64, &str)>, refused: bool) -> Step {
        let service = ServiceId::new();
        let assignment = Assignment {
            service,
            generation: 5,
            desired,
            site: "utrecht".parse().unwrap(),
            kind: KindId::ComputeInstance,
            sku: "small".to_owned(),
            component: "web".parse().unwrap(),
            properties: Properties::default(),
            config: Config::default(),
            connections: std::collections::BTreeMap::new(),
            dump_on_termination: false,
        };
        let found =
            found.map(|(generation, power)| Instance { tag: Tag { service, generation }, power, connection: None });
        let applied = applied.map(|(generation, text)| Applied { generation, digest: digest(text) });
        let digest = digest("new");
        let step = Situation {
            assignment: &assignment,
            digest: &digest,
            applied: applied.as_ref(),
            found: found.as_ref(),
            refused,
        };
        step.next()
    }

    /// The generation that a step gives to the resource.
    fn generation(step: Step) -> Option<u64> {
        match step {
            Step::Start(tag) | Step::Stop(tag) => Some(tag.generation),
            _ => None,
        }
    }

    #[test]
    fn what_is_missing_is_made_and_what_is_half_made_is_completed() {
        for desired in [Desired::Running, Desired::Stopped] {
            assert_eq!(next(desired, None, None, false), Step::Create);
            assert_eq!(next(desired, Some((0, Power::Stopped)), None, false), Step::Create);
            assert_eq!(next(desired, None, None, true), Step::GiveUp);
        }
    }

    #[test]
    fn a_newer_tag_makes_an_intent_stale_even_a_termination() {
        for desired in [Desired::Running, Desired::Stopped, Desired::Terminated] {
            assert_eq!(next(desired, Some((6, Power::Running)), None, false), Step::Stale);
        }
    }

    #[test]
    fn termination_ends_with_absence() {
        for generation in [0, 3, 5] {
            assert_eq!(next(Desired::Terminated, Some((generation, Power::Stopped)), None, true), Step::Terminate);
        }
        assert_eq!(next(Desired::Terminated, None, Some((3, "old")), false), Step::Gone);
    }

    #[test]
    fn only_changed_properties_need_a_resize() {
        let running = |applied| next(Desired::Running, Some((3, Power::Running)), applied, false);
        assert_eq!(running(Some((3, "old"))), Step::Resize);
        assert_eq!(running(None), Step::Resize, "nothing is known of what was applied");
        assert_eq!(running(Some((2, "new"))), Step::Resize, "the back end is not at what the journal knows");
        assert_eq!(generation(running(Some((3, "new")))), Some(5), "only the tag is raised");
    }

    #[test]
    fn power_follows_the_wish() {
        let at_rest = |desired, power| next(desired, Some((5, power)), Some((5, "new")), false);
        assert_eq!(at_rest(Desired::Running, Power::Running), Step::Rest);
        assert_eq!(at_rest(Desired::Running, Power::Starting), Step::Wait);
        assert_eq!(at_rest(Desired::Stopped, Power::Stopped), Step::Rest);
        assert!(matches!(at_rest(Desired::Running, Power::Stopped), Step::Start(_)));
        assert!(matches!(at_rest(Desired::Stopped, Power::Starting), Step::Stop(_)));
    }

    #[test]
    fn what_was_refused_is_kept_as_it_was() {
        let refused = |desired, power| next(desired, Some((3, power)), Some((3, "old")), true);
        assert_eq!(refused(Desired::Running, Power::Running), Step::GiveUp);
        assert_eq!(generation(refused(Desired::Running, Power::Stopped)), Some(3));
        assert_eq!(generation(refused(Desired::Stopped, Power::Running)), Some(3));
        assert_eq!(refused(Desired::Stopped, Power::Stopped), Step::GiveUp);
    }
}
