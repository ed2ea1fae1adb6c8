//! What the behaviours begin with.

use std::collections::BTreeSet;

use hansa_model::evidence::Assurance;
use hansa_model::id::{OfferId, ParticipantId, SiteId, TenantId};
use hansa_model::kind::KindId;
use hansa_model::money::{Currency, Money};
use hansa_model::offer::{OfferState, Offered, Terms, Visibility};
use hansa_model::participant::{Participant, Role, Tenant};
use hansa_model::price::{Period, PricePlan};
use hansa_model::site::{Coordinates, Site};
use hansa_model::time::Timestamp;
use hansa_store::offer::{OfferBody, OfferRow};
use hansa_store::{Db, Tx, migrate, offer, participant, site, tenant};
use hansa_testkit::{Database, Engine};

pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// A migrated database that belongs to one test.
pub(crate) struct Store {
    pub(crate) db: Db,
    _database: Database,
}

pub(crate) async fn store(engine: Engine) -> Store {
    let database = Database::new(engine).await;
    let db = database.open().await;
    migrate::run(&db, NOW).await.unwrap();
    Store { db, _database: database }
}

pub(crate) async fn provider(tx: &mut Tx, name: &str) -> (Participant, Tenant, Site) {
    let participant = Participant {
        id: ParticipantId::new(),
        name: name.parse().unwrap(),
        legal_name: format!("{name} B.V."),
        country: "NL".parse().unwrap(),
        roles: BTreeSet::from([Role::Provider, Role::Buyer]),
        assurance: Assurance::default(),
        created_at: NOW,
    };
    assert!(participant::insert(tx, &participant).await.unwrap());
    let tenant =
        Tenant { id: TenantId::new(), participant: participant.id, name: "default".parse().unwrap(), created_at: NOW };
    tenant::insert(tx, &tenant).await.unwrap();
    let place = Site {
        id: SiteId::new(),
        provider: participant.id,
        name: format!("{name}-1").parse().unwrap(),
        country: "NL".parse().unwrap(),
        city: "Utrecht".to_owned(),
        coordinates: Coordinates { latitude: 52.1, longitude: 5.1 },
        pue_milli: 1200,
        carbon: None,
        created_at: NOW,
    };
    assert!(site::insert(tx, &place).await.unwrap());
    (participant, tenant, place)
}

/// An offer for so many cents a month.
pub(crate) fn offer_row(site: &Site, sku: &str, cents: i64, currency: Currency, visibility: Visibility) -> OfferRow {
    let monthly = Money::from_cents(cents, currency).unwrap();
    let body = OfferBody {
        properties: Offered::default(),
        price: PricePlan::fixed(monthly, Period::Month),
        terms: Terms::default(),
        visibility,
    };
    OfferRow {
        id: OfferId::new(),
        provider: site.provider,
        site: site.id,
        sku: sku.to_owned(),
        kind: KindId::ComputeInstance,
        version: 1,
        state: OfferState::Listed,
        monthly,
        body,
        updated_at: NOW,
    }
}

pub(crate) async fn list(tx: &mut Tx, row: &OfferRow) {
    assert!(offer::insert(tx, row).await.unwrap());
    offer::keep_version(tx, row).await.unwrap();
}
