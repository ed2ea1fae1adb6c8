//! Catalogue files: taken in whole or as far as they are right, and written out again.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::catalogue::{CatalogueFile, ListedOffer, ListedProvider, Parsed};
use hansa_model::document::FieldError;
use hansa_model::event::Audience;
use hansa_model::id::ParticipantId;
use hansa_model::name::Name;
use hansa_model::offer::{NewOffer, Offer, OfferState};
use hansa_model::participant::{NewParticipant, Participant, Role};
use hansa_model::site::{NewSite, Site};
use hansa_model::time::Timestamp;
use hansa_store::{Tx, catalogue, changes, evaluation, offer, participant, site};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::hints::Hint;
use crate::offers::{self, Published, veil, viewer};
use crate::participants::found;
use crate::principal::Principal;
use crate::{Error, Result, Work, evidence, sites};

/// What became of a catalogue file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// Offers that were not there.
    pub created: u32,
    /// Offers that have a new version.
    pub changed: u32,
    /// Offers that are as they were.
    pub unchanged: u32,
    /// Providers that were not there.
    pub providers: u32,
    /// Sites that were not there.
    pub sites: u32,
    /// What was left out, with line where it has one, and why.
    pub errors: Vec<FieldError>,
}

/// Takes a catalogue file in. Providers bring their own sites and offers; operators those of any provider, and
/// providers that are not there yet. What is wrong is left out and reported; with `atomic`, everything is.
///
/// # Errors
/// [`Error::Invalid`] with every fault when `atomic` and there is one; [`Error::Store`].
pub async fn take(work: &mut Work, caller: &Principal, parsed: Parsed, atomic: bool) -> Result<ImportReport> {
    let mut import = Import { caller, known: BTreeMap::new(), report: ImportReport::default() };
    import.report.errors = parsed.errors;
    for listed in parsed.file.providers {
        import.provider(work, listed).await?;
    }
    for loose in parsed.file.offers {
        import.load(work, &loose.provider).await?;
        import.offer(work, &loose.provider, loose.offer).await?;
    }
    let Import { known, report, .. } = import;
    if atomic && !report.errors.is_empty() {
        return Err(Error::Invalid(report.errors));
    }
    if report.created + report.changed + report.providers + report.sites > 0 {
        tell(work, caller, &known, &report).await?;
    }
    Ok(report)
}

async fn tell(
    work: &mut Work,
    caller: &Principal,
    known: &BTreeMap<Name, Option<Known>>,
    report: &ImportReport,
) -> Result<()> {
    changes::count(work).await?;
    let now = work.exchange().now();
    let detail = json!({
        "created": report.created, "changed": report.changed, "providers": report.providers, "sites": report.sites,
    });
    work.audit(&caller.actor(), "offer.import", &caller.participant.to_string(), detail);
    for known in known.values().flatten().filter(|known| known.touched) {
        let audience = Audience { tenant: None, provider: Some(known.participant.id) };
        let subject = known.participant.id.to_string();
        work.event("catalogue.imported", &subject, None, audience, json!({}));
        work.hint(Hint::Trust);
        // Where evidence has a scope, the place of an offer decides what is known of it.
        evaluation::schedule_evidenced(work, known.participant.id, now).await?;
    }
    Ok(())
}

/// A provider with its sites, as they are now.
struct Known {
    participant: Participant,
    sites: BTreeMap<Name, Site>,
    touched: bool,
}

struct Import<'a> {
    caller: &'a Principal,
    /// Providers by name; nothing for those that there are not, or that are not the caller's business.
    known: BTreeMap<Name, Option<Known>>,
    report: ImportReport,
}

impl Import<'_> {
    fn refuse(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.report.errors.push(FieldError::new(field, message));
    }

    /// Notes what a check found; other errors go on.
    fn note(&mut self, key: &str, error: Error) -> Result<()> {
        match error {
            Error::Invalid(errors) => {
                for error in errors {
                    let field = format!("{key}: {}", error.field);
                    self.report.errors.push(FieldError { field, ..error });
                }
                Ok(())
            }
            Error::Conflict { detail, hint, .. } => {
                let error = FieldError::new(key, detail);
                self.report.errors.push(FieldError { hint, ..error });
                Ok(())
            }
            other => Err(other),
        }
    }

    /// Looks a provider up, once.
    async fn load(&mut self, work: &mut Work, name: &Name) -> Result<()> {
        if self.known.contains_key(name) {
            return Ok(());
        }
        let operator = self.caller.is(Role::Operator);
        let found = participant::by_name(work, name.as_str())
            .await?
            .filter(|found| operator || found.id == self.caller.participant)
            .filter(|found| found.roles.contains(&Role::Provider));
        let known = match found {
            None => None,
            Some(participant) => {
                let sites = site::of_provider(work, participant.id).await?;
                Some(Known { participant, sites, touched: false })
            }
        };
        self.known.insert(name.clone(), known);
        Ok(())
    }

    async fn provider(&mut self, work: &mut Work, listed: ListedProvider) -> Result<()> {
        let ListedProvider { name, legal_name, country, assurance, sites, offers, .. } = listed;
        self.load(work, &name).await?;
        let facts = NewParticipant {
            name: name.clone(),
            legal_name,
            country,
            roles: BTreeSet::from([Role::Provider]),
            assurance,
        };
        self.facts(work, facts).await?;
        if self.known.get(&name).is_none_or(Option::is_none) {
            return Ok(());
        }
        for new in sites {
            self.site(work, &name, new).await?;
        }
        for listed in offers {
            self.offer(work, &name, listed).await?;
        }
        Ok(())
    }

    /// Makes a provider, or brings what is known about it up to date. Only operators may.
    async fn facts(&mut self, work: &mut Work, facts: NewParticipant) -> Result<()> {
        let name = facts.name.clone();
        let operator = self.caller.is(Role::Operator);
        let Some(Some(known)) = self.known.get_mut(&name) else {
            if !operator {
                self.refuse(name.to_string(), "you can import sites and offers of your own participant only");
                return Ok(());
            }
            return match found(work, &self.caller.actor(), facts).await {
                Ok(founded) => {
                    self.report.providers += 1;
                    let known = Known { participant: founded.participant, sites: BTreeMap::new(), touched: true };
                    self.known.insert(name, Some(known));
                    Ok(())
                }
                Err(error) => self.note(name.as_str(), error),
            };
        };
        let before = &known.participant;
        let id = before.id;
        let same = before.legal_name == facts.legal_name && before.country == facts.country;
        if operator {
            evidence::take_over(work, &self.caller.actor(), id, &facts.assurance.certificates).await?;
        }
        if same {
            return Ok(());
        }
        if !operator {
            self.refuse(name.to_string(), "only an operator changes what is known about a provider; this was left out");
            return Ok(());
        }
        known.participant.legal_name = facts.legal_name;
        known.participant.country = facts.country;
        known.touched = true;
        participant::update(work, &known.participant).await?;
        Ok(())
    }

    async fn site(&mut self, work: &mut Work, provider: &Name, new: NewSite) -> Result<()> {
        let Some(Some(known)) = self.known.get_mut(provider) else { return Ok(()) };
        let key = format!("{provider}/{}", new.name);
        let made = match sites::make(work, known.participant.id, new) {
            Ok(made) => made,
            Err(error) => return self.note(&key, error),
        };
        match known.sites.get(&made.name) {
            None => {
                site::insert(work, &made).await?;
                self.report.sites += 1;
                known.touched = true;
                known.sites.insert(made.name.clone(), made);
            }
            Some(before) => {
                let made = Site { id: before.id, created_at: before.created_at, ..made };
                if *before != made {
                    site::update(work, &made).await?;
                    known.touched = true;
                    known.sites.insert(made.name.clone(), made);
                }
            }
        }
        Ok(())
    }

    async fn offer(&mut self, work: &mut Work, provider: &Name, listed: ListedOffer) -> Result<()> {
        let new = listed.offer;
        let key = format!("{provider}/{}/{}", new.site, new.sku);
        let Some(Some(known)) = self.known.get_mut(provider) else {
            let message = if self.caller.is(Role::Operator) {
                "there is no provider of this name"
            } else {
                "you can import sites and offers of your own participant only"
            };
            self.refuse(key, message);
            return Ok(());
        };
        let Some(at) = known.sites.get(&new.site) else {
            self.refuse(key, "the provider has no site of this name");
            return Ok(());
        };
        match offers::write(work, at, new).await {
            Ok((_, Published::Created)) => self.report.created += 1,
            Ok((_, Published::Changed)) => self.report.changed += 1,
            Ok((_, Published::Unchanged)) => {
                self.report.unchanged += 1;
                return Ok(());
            }
            Err(error) => return self.note(&key, error),
        }
        known.touched = true;
        Ok(())
    }
}

/// The catalogue as a file, as far as the caller may see it: of one provider, or all.
///
/// # Errors
/// [`Error::NotFound`] for a provider that there is not; [`Error::Store`].
pub async fn export(
    tx: &mut Tx,
    caller: Option<&Principal>,
    provider: Option<&str>,
    now: Timestamp,
) -> Result<CatalogueFile> {
    let only = match provider {
        Some(key) => Some(crate::participants::get(tx, key).await?.id),
        None => None,
    };
    let offers = offer::on_the_market(tx, viewer(caller), only, now).await?;
    let catalogue = catalogue::snapshot_of(tx, offers, now).await?;
    let mut sites: BTreeMap<ParticipantId, Vec<NewSite>> = BTreeMap::new();
    for site in catalogue.sites.into_values() {
        sites.entry(site.provider).or_default().push(as_new_site(site));
    }
    let mut offers: BTreeMap<ParticipantId, Vec<ListedOffer>> = BTreeMap::new();
    for offer in catalogue.offers {
        let (provider, assurance) = (offer.provider, offer.assurance.clone());
        let offer = as_new_offer(veil(offer, caller));
        offers.entry(provider).or_default().push(ListedOffer { offer, assurance, observation: None });
    }
    let mut providers: Vec<_> = catalogue
        .providers
        .into_values()
        .map(|provider| ListedProvider {
            sites: sites.remove(&provider.id).unwrap_or_default(),
            offers: offers.remove(&provider.id).unwrap_or_default(),
            name: provider.name,
            legal_name: provider.legal_name,
            country: provider.country,
            website: None,
            assurance: provider.assurance,
        })
        .collect();
    providers.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(CatalogueFile { providers, offers: Vec::new() })
}

fn as_new_site(site: Site) -> NewSite {
    NewSite {
        name: site.name,
        country: site.country,
        city: site.city,
        coordinates: site.coordinates,
        pue_milli: site.pue_milli,
        carbon: site.carbon,
    }
}

fn as_new_offer(offer: Offer) -> NewOffer {
    NewOffer {
        site: offer.site_name,
        sku: offer.sku,
        kind: offer.kind,
        properties: offer.properties,
        price: offer.price,
        terms: offer.terms,
        visibility: offer.visibility,
        draft: offer.state == OfferState::Draft,
    }
}
