//! The parts of a package, with the offers that they name.

use std::collections::BTreeSet;

use hansa_model::application::{Application, Component};
use hansa_model::evidence::Assurance;
use hansa_model::kind::Properties;
use hansa_model::name::Name;
use hansa_model::offer::{Catalogue, CatalogueProvider, Offer};
use hansa_model::package::{Package, Replica};
use hansa_model::quantity::Quantity;
use hansa_model::site::Site;

use super::{Claim, Findings, VerifyOptions, offers};
use crate::geo::{Place, SAME_SITE_MICROS};

/// Instances of one component on one offer.
pub(super) struct Part<'v> {
    /// The component's number.
    pub(super) number: usize,
    pub(super) component: &'v Component,
    pub(super) replica: &'v Replica,
    /// Where it stands in the answer.
    pub(super) field: String,
    pub(super) offer: &'v Offer,
    pub(super) provider: &'v CatalogueProvider,
    pub(super) site: &'v Site,
    pub(super) place: Place,
    /// What each instance gets, by the offer and the document.
    pub(super) properties: Properties,
}

impl<'v> Part<'v> {
    /// What is known of the offer: by itself, else of its provider.
    pub(super) fn known(&self) -> &'v Assurance {
        self.offer.assurance.as_deref().unwrap_or(&self.provider.assurance)
    }

    /// The same, unless its levels have ended.
    pub(super) fn levels(&self, options: &VerifyOptions<'_>) -> Option<&'v Assurance> {
        let known = self.known();
        known.valid_until.is_none_or(|end| options.now < end).then_some(known)
    }
}

/// A package taken apart.
pub(super) struct Parts<'v> {
    pub(super) application: &'v Application,
    pub(super) catalogue: &'v Catalogue,
    pub(super) package: &'v Package,
    pub(super) options: &'v VerifyOptions<'v>,
    /// Where the package stands in the answer.
    pub(super) field: String,
    pub(super) all: Vec<Part<'v>>,
}

impl<'v> Parts<'v> {
    /// `None` when something is not placed or an offer is not in the catalogue, so that nothing more can be said.
    pub(super) fn new(
        application: &'v Application,
        catalogue: &'v Catalogue,
        package: &'v Package,
        options: &'v VerifyOptions<'v>,
        field: &str,
        findings: &mut Findings<'_>,
    ) -> Option<Self> {
        let named = |names: &mut dyn Iterator<Item = &Name>| names.cloned().collect::<BTreeSet<Name>>();
        let asked = named(&mut application.components.keys());
        let placed = named(&mut package.components.keys());
        let shown = |names: &BTreeSet<Name>| names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
        findings.equal(Claim::Counts, format!("{field}.components"), shown(&placed), shown(&asked));
        let mut all = Vec::new();
        let mut is_whole = asked == placed;
        for (number, (name, component)) in application.components.iter().enumerate() {
            let replicas = package.components.get(name).map(|placement| placement.replicas.as_slice());
            for (replica_number, replica) in replicas.unwrap_or_default().iter().enumerate() {
                let field = format!("{field}.components.{name}.replicas[{replica_number}]");
                match offers::find(catalogue, component, replica, &field, findings) {
                    Some((offer, provider, site)) => all.push(Part {
                        number,
                        component,
                        replica,
                        field,
                        offer,
                        provider,
                        site,
                        place: options.geo.place(site.coordinates),
                        properties: offers::delivered(offer, component),
                    }),
                    None => is_whole = false,
                }
            }
        }
        is_whole.then(|| Self { application, catalogue, package, options, field: field.to_owned(), all })
    }

    /// The parts of a component.
    pub(super) fn of(&self, number: usize) -> impl Iterator<Item = &Part<'v>> {
        self.all.iter().filter(move |part| part.number == number)
    }

    /// The number of the component of this name.
    pub(super) fn number(&self, name: &Name) -> usize {
        self.application.components.get_index_of(name).unwrap_or(usize::MAX)
    }

    /// The round trip between two parts in microseconds.
    pub(super) fn round_trip(&self, from: &Part<'_>, to: &Part<'_>) -> i64 {
        match from.site.id == to.site.id {
            true => SAME_SITE_MICROS,
            false => self.options.geo.round_trip(&from.place, &to.place).rtt.base(),
        }
    }

    /// The round trip of a part to the place that its component is to be near to, in microseconds.
    pub(super) fn near(&self, part: &Part<'_>) -> Option<i64> {
        let geo = self.options.geo;
        let place = geo.place(geo.city(&part.component.near.as_ref()?.place)?.coordinates);
        Some(geo.round_trip(&part.place, &place).rtt.base())
    }

    /// The bytes a month that one instance of a part sends to other sites: what flows over each link is shared evenly
    /// among all pairs of instances.
    pub(super) fn sent(&self, part: &Part<'_>) -> i64 {
        let links = self.application.links.iter().filter(|link| self.number(&link.from) == part.number);
        let shares = links.flat_map(|link| {
            let to = self.number(&link.to);
            let receivers = self.application.components.get_index(to).map_or(1, |(_, component)| component.count);
            let pairs = i128::from(part.component.count) * i128::from(receivers);
            let remote = self.of(to).filter(|other| other.site.id != part.site.id);
            remote.map(move |other| {
                let all = i128::from(link.traffic.map_or(0, Quantity::base));
                i64::try_from(all * i128::from(other.replica.count) / pairs.max(1)).unwrap_or(i64::MAX)
            })
        });
        shares.fold(0, i64::saturating_add)
    }
}
