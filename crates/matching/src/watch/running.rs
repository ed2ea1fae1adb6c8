//! What runs: an application, and where each part of it is.

use hansa_model::application::{Application, Component};
use hansa_model::evidence::Assurance;
use hansa_model::id::{ParticipantId, TenantId};
use hansa_model::kind::Properties;
use hansa_model::name::Name;
use hansa_model::offer::{CatalogueProvider, Offer};
use hansa_model::site::Site;

use crate::prepare::Viewer;

/// Instances of one component that run on one offer.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The component.
    pub component: Name,
    /// How many instances.
    pub count: u32,
    /// The version of the offer that they were ordered on: its price and terms are the contract. What is known of the
    /// offer by itself is what is known today.
    pub offer: Offer,
    /// The properties that each instance has.
    pub properties: Properties,
    /// What is known about the provider today.
    pub provider: CatalogueProvider,
    /// What is known about the site today.
    pub site: Site,
}

impl Part {
    /// What is known today of what it runs on.
    pub(crate) fn assurance(&self) -> &Assurance {
        self.offer.assurance.as_deref().unwrap_or(&self.provider.assurance)
    }
}

/// Who runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// The participant.
    pub id: ParticipantId,
    /// The tenants that it has.
    pub tenants: Vec<TenantId>,
}

/// Why parts are no placement of an application.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// A part is of a component that the application has not.
    #[error("`{0}` runs, but the application has no such component")]
    Unknown(Name),
    /// Not as many instances run as the application has.
    #[error("{running} of the {wanted} instances of `{component}` run")]
    Count {
        /// The component.
        component: Name,
        /// How many instances run.
        running: u32,
        /// How many the application has.
        wanted: u32,
    },
    /// Instances that belong on one offer run on several, or the other way round.
    #[error("the instances of `{0}` do not run on as many offers as its `spread` says")]
    Spread(Name),
}

/// An application that runs, with everything that was agreed about it.
#[derive(Debug, Clone)]
pub struct Running {
    pub(crate) application: Application,
    pub(crate) parts: Vec<Part>,
    pub(crate) buyer: Option<Buyer>,
}

/// Whether each instance of a component is placed by itself.
pub(crate) fn is_apart(component: &Component) -> bool {
    component.spread.is_some() && component.count > 1
}

impl Running {
    /// What runs of an application. Without a buyer every offer there is may be seen.
    ///
    /// # Errors
    /// [`Mismatch`] when the parts are not what matching makes of the application.
    pub fn new(application: Application, parts: Vec<Part>, buyer: Option<Buyer>) -> Result<Self, Mismatch> {
        if let Some(part) = parts.iter().find(|part| !application.components.contains_key(&part.component)) {
            return Err(Mismatch::Unknown(part.component.clone()));
        }
        for (name, component) in &application.components {
            let own = || parts.iter().filter(|part| part.component == *name);
            let running = own().map(|part| part.count).fold(0, u32::saturating_add);
            if running != component.count {
                return Err(Mismatch::Count { component: name.clone(), running, wanted: component.count });
            }
            let offers = if is_apart(component) { component.count as usize } else { 1 };
            if own().count() != offers {
                return Err(Mismatch::Spread(name.clone()));
            }
        }
        Ok(Self { application, parts, buyer })
    }

    /// What was asked for.
    #[must_use]
    pub const fn application(&self) -> &Application {
        &self.application
    }

    /// What runs.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The parts of the component with this number, with their own numbers.
    pub(crate) fn of(&self, component: usize) -> impl Iterator<Item = (usize, &Part)> {
        let name = self.application.components.get_index(component).map(|(name, _)| name);
        self.parts.iter().enumerate().filter(move |(_, part)| Some(&part.component) == name)
    }

    pub(crate) fn viewer(&self) -> Viewer<'_> {
        self.buyer
            .as_ref()
            .map_or(Viewer::Everything, |buyer| Viewer::Participant { id: buyer.id, tenants: &buyer.tenants })
    }
}
