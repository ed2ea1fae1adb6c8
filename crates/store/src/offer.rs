//! Offers and their versions. Whether an offer can be ordered is not kept but seen: from its agent's last report
//! and from what is free at its site.

use std::collections::BTreeSet;

use hansa_model::country::Country;
use hansa_model::id::{OfferId, ParticipantId, SiteId};
use hansa_model::kind::KindId;
use hansa_model::money::Money;
use hansa_model::name::Name;
use hansa_model::offer::{Offer, OfferState, Offered, Terms, Visibility};
use hansa_model::page::Page;
use hansa_model::price::PricePlan;
use hansa_model::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::args;
use crate::db::{Row, Tx, json, word};
use crate::error::Result;
use crate::page::{Filter, Key, Order, PageRequest, collect};

const COLUMNS: &str = "o.id, o.version, o.provider_id, p.name as provider_name, o.site_id, s.name as site_name, \
                       s.country, o.sku, o.kind, o.body, o.assurance, o.updated_at, o.monthly, o.currency, u.fresh_until";

const TABLES: &str = "offer o join participant p on p.id = o.provider_id join site s on s.id = o.site_id \
                      left join supply u on u.site_id = o.site_id and u.kind = o.kind \
                      left join capacity c on c.site_id = o.site_id and c.kind = o.kind and c.resource = 'instances'";

const BY_NAME: Order = Order { list: "offer-name", columns: &["p.name", "s.name", "o.sku", "o.id"], descending: false };
// Amounts of different currencies can't be compared, so the currency comes first.
const BY_PRICE: Order = Order { list: "offer-price", columns: &["o.currency", "o.monthly", "o.id"], descending: false };
const BY_PRICE_DESCENDING: Order =
    Order { list: "offer-price-descending", columns: &["o.currency", "o.monthly", "o.id"], descending: true };

/// The state of an offer at the instant that the placeholder stands for.
fn state_at(now: &str) -> String {
    format!(
        "case when o.state <> 'listed' then o.state when u.fresh_until is null then 'listed' \
         when u.fresh_until <= {now} then 'stale' when c.total - c.reserved <= 0 then 'full' else 'orderable' end"
    )
}

/// What of an offer is kept as one text: everything that nothing is searched by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OfferBody {
    /// Its properties.
    pub properties: Offered,
    /// What it costs.
    pub price: PricePlan,
    /// What is promised beyond.
    pub terms: Terms,
    /// Who sees it.
    pub visibility: Visibility,
}

/// An offer as it is written.
#[derive(Debug, Clone)]
pub struct OfferRow {
    /// Its identifier.
    pub id: OfferId,
    /// Who delivers.
    pub provider: ParticipantId,
    /// Where.
    pub site: SiteId,
    /// The provider's own name for it.
    pub sku: String,
    /// What is delivered.
    pub kind: KindId,
    /// Its version.
    pub version: u32,
    /// `Draft`, `Listed` or `Retired`; the other states are seen, not kept.
    pub state: OfferState,
    /// What it is expected to cost in a month in its least extent.
    pub monthly: Money,
    /// The rest.
    pub body: OfferBody,
    /// When this version was published.
    pub updated_at: Timestamp,
}

/// Whose eyes look at a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// Somebody without an account.
    Anybody,
    /// A participant.
    Participant(ParticipantId),
    /// An operator or auditor.
    Everything,
}

/// How offers are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OfferSort {
    /// By provider, site and sku.
    #[default]
    Name,
    /// By currency, then the cheapest first.
    Price,
    /// By currency, then the dearest first; the currencies in reverse order as well.
    PriceDescending,
}

/// Which offers are wanted.
#[derive(Debug, Clone, Default)]
pub struct OfferFilter {
    /// Those of these kinds.
    pub kinds: Vec<KindId>,
    /// Those of the provider with this short name or identifier.
    pub provider: Option<String>,
    /// Those at the site with this short name or identifier.
    pub site: Option<String>,
    /// Those in these countries.
    pub countries: Vec<Country>,
    /// Those in these states; all but retired ones when empty.
    pub states: Vec<OfferState>,
    /// Those whose sku, provider, site or city holds this text.
    pub text: Option<String>,
    /// How they are sorted.
    pub sort: OfferSort,
}

/// How many offers have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount {
    /// The attribute: `kind`, `provider`, `country`, `state`, `currency`.
    pub facet: String,
    /// The value.
    pub value: String,
    /// How many.
    pub count: u64,
}

fn read(row: &Row) -> Result<Offer> {
    let body: OfferBody = row.json("body")?;
    Ok(Offer {
        id: row.parse("id")?,
        version: row.unsigned("version")?,
        provider: row.parse("provider_id")?,
        provider_name: row.parse("provider_name")?,
        site: row.parse("site_id")?,
        site_name: row.parse("site_name")?,
        country: row.parse("country")?,
        sku: row.text("sku")?,
        kind: row.parse("kind")?,
        properties: body.properties,
        price: body.price,
        terms: body.terms,
        visibility: body.visibility,
        assurance: row.opt_json("assurance")?,
        state: row.word("state")?,
        fresh_until: row.opt_time("fresh_until")?,
        updated_at: row.time("updated_at")?,
    })
}

/// An offer in a list, with what it is sorted by.
struct Listed {
    offer: Offer,
    monthly: i64,
    currency: String,
}

fn read_listed(row: &Row) -> Result<Listed> {
    Ok(Listed { offer: read(row)?, monthly: row.int("monthly")?, currency: row.text("currency")? })
}

impl OfferSort {
    const fn order(self) -> &'static Order {
        match self {
            Self::Name => &BY_NAME,
            Self::Price => &BY_PRICE,
            Self::PriceDescending => &BY_PRICE_DESCENDING,
        }
    }

    fn key(self, item: &Listed) -> Vec<Key> {
        let id = Key::Text(item.offer.id.to_string());
        match self {
            Self::Name => vec![
                Key::Text(item.offer.provider_name.to_string()),
                Key::Text(item.offer.site_name.to_string()),
                Key::Text(item.offer.sku.clone()),
                id,
            ],
            Self::Price | Self::PriceDescending => vec![Key::Text(item.currency.clone()), Key::Int(item.monthly), id],
        }
    }
}

/// Adds the condition that `viewer` may see the offer.
fn seen_by(filter: &mut Filter, viewer: Viewer) {
    match viewer {
        Viewer::Everything => {}
        Viewer::Anybody => filter.and("o.visibility = 'public' and o.state <> 'draft'"),
        Viewer::Participant(participant) => {
            let own = filter.bind(participant);
            filter.and(format!(
                "(o.provider_id = {own} or (o.state <> 'draft' and (o.visibility = 'public' or exists (\
                 select 1 from offer_audience a join tenant t on t.id = a.tenant_id \
                 where a.offer_id = o.id and t.participant_id = {own}))))"
            ));
        }
    }
}

/// The conditions of a list, and the expression of an offer's state.
fn conditions(wanted: &OfferFilter, viewer: Viewer, now: Timestamp) -> (Filter, String) {
    let mut filter = Filter::default();
    let instant = filter.bind(now);
    let state = state_at(&format!("cast({instant} as bigint)"));
    seen_by(&mut filter, viewer);
    filter.one_of("o.kind", wanted.kinds.iter().map(|kind| kind.name()));
    filter.one_of("s.country", wanted.countries.iter().map(Country::code));
    for (value, columns) in [(&wanted.provider, ["p.name", "p.id"]), (&wanted.site, ["s.name", "s.id"])] {
        if let Some(value) = value {
            let value = filter.bind(value);
            filter.and(format!("{value} in ({})", columns.join(", ")));
        }
    }
    if let Some(text) = &wanted.text {
        filter.contains(&["o.sku", "p.name", "s.name", "s.city"], text);
    }
    if wanted.states.is_empty() {
        filter.and("o.state <> 'retired'");
    } else {
        filter.one_of(&format!("({state})"), wanted.states.iter().map(word));
    }
    (filter, state)
}

/// One page of the offers that `viewer` may see.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn page(
    tx: &mut Tx,
    wanted: &OfferFilter,
    viewer: Viewer,
    now: Timestamp,
    page: &PageRequest,
) -> Result<Page<Offer>> {
    let (filter, state) = conditions(wanted, viewer, now);
    let order = wanted.sort.order();
    let (sql, args) = filter.page(&format!("select {COLUMNS}, {state} as state from {TABLES}"), order, page)?;
    let rows = tx.all(&sql, args).await?;
    let found = collect(&rows, page, order, read_listed, |item| wanted.sort.key(item))?;
    Ok(found.map(|item| item.offer))
}

/// How the offers that `viewer` may see are spread over the values of their attributes.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn facets(tx: &mut Tx, wanted: &OfferFilter, viewer: Viewer, now: Timestamp) -> Result<Vec<FacetCount>> {
    let (filter, state) = conditions(wanted, viewer, now);
    let counts: Vec<_> = ["kind", "provider", "country", "state", "currency"]
        .map(|facet| {
            format!("select '{facet}' as facet, {facet} as value, count(*) as number from seen group by {facet}")
        })
        .into();
    let sql = format!(
        "with seen as (select o.kind, p.name as provider, s.country, {state} as state, o.currency from {TABLES}{}) \
         {} order by 1, 3 desc, 2",
        filter.clause(),
        counts.join(" union all ")
    );
    let rows = tx.all(&sql, filter.args()).await?;
    rows.iter()
        .map(|row| {
            Ok(FacetCount { facet: row.text("facet")?, value: row.text("value")?, count: row.unsigned("number")? })
        })
        .collect()
}

/// Every offer that `viewer` may see and that matching or an export may use: neither drafts nor retired ones.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn on_the_market(
    tx: &mut Tx,
    viewer: Viewer,
    provider: Option<ParticipantId>,
    now: Timestamp,
) -> Result<Vec<Offer>> {
    let (mut filter, state) = conditions(&OfferFilter::default(), viewer, now);
    filter.and("o.state = 'listed'");
    if let Some(provider) = provider {
        filter.equals("o.provider_id", provider);
    }
    let sql = format!("select {COLUMNS}, {state} as state from {TABLES}{}{}", filter.clause(), BY_NAME.clause());
    tx.all(&sql, filter.args()).await?.iter().map(read).collect()
}

/// The offers that changed with a later version of the catalogue than this one, in the state that they are kept in.
pub(crate) async fn changed(tx: &mut Tx, after: i64) -> Result<Vec<Offer>> {
    let sql = format!("select {COLUMNS}, o.state as state from {TABLES} where o.changed > $1");
    tx.all(&sql, args![after]).await?.iter().map(read).collect()
}

/// The offers with these identifiers that `viewer` may see.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn by_ids(tx: &mut Tx, ids: &[OfferId], viewer: Viewer, now: Timestamp) -> Result<Vec<Offer>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter::default();
    let instant = filter.bind(now);
    let state = state_at(&format!("cast({instant} as bigint)"));
    seen_by(&mut filter, viewer);
    filter.one_of("o.id", ids.iter().copied());
    let sql = format!("select {COLUMNS}, {state} as state from {TABLES}{}", filter.clause());
    tx.all(&sql, filter.args()).await?.iter().map(read).collect()
}

/// An offer, as `viewer` may see it.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn find(tx: &mut Tx, id: OfferId, viewer: Viewer, now: Timestamp) -> Result<Option<Offer>> {
    Ok(by_ids(tx, &[id], viewer, now).await?.pop())
}

/// The offer as it was in an earlier version; `current` is the offer as it is.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn version(tx: &mut Tx, current: &Offer, version: u32) -> Result<Option<Offer>> {
    let row = tx
        .first(
            "select body, published_at from offer_version where offer_id = $1 and version = $2",
            args![current.id, version],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let body: OfferBody = row.json("body")?;
    Ok(Some(Offer {
        version,
        properties: body.properties,
        price: body.price,
        terms: body.terms,
        visibility: body.visibility,
        updated_at: row.time("published_at")?,
        ..current.clone()
    }))
}

fn read_row(row: &Row) -> Result<OfferRow> {
    Ok(OfferRow {
        id: row.parse("id")?,
        provider: row.parse("provider_id")?,
        site: row.parse("site_id")?,
        sku: row.text("sku")?,
        kind: row.parse("kind")?,
        version: row.unsigned("version")?,
        state: row.word("state")?,
        monthly: row.money("monthly", "currency")?,
        body: row.json("body")?,
        updated_at: row.time("updated_at")?,
    })
}

const ROW: &str = "id, provider_id, site_id, sku, kind, version, state, monthly, currency, body, updated_at";

/// The offer with this sku at a site, kept from changing until the transaction ends.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn lock_by_sku(tx: &mut Tx, site: SiteId, sku: &str) -> Result<Option<OfferRow>> {
    let sql = format!("update offer set version = version where site_id = $1 and sku = $2 returning {ROW}");
    let row = tx.first(&sql, args![site, sku]).await?;
    row.as_ref().map(read_row).transpose()
}

/// The offers of a provider with these identifiers.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn rows(tx: &mut Tx, provider: ParticipantId, ids: &BTreeSet<OfferId>) -> Result<Vec<OfferRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter::default();
    filter.equals("provider_id", provider);
    filter.one_of("id", ids.iter().copied());
    let rows = tx.all(&format!("select {ROW} from offer{} order by id", filter.clause()), filter.args()).await?;
    rows.iter().map(read_row).collect()
}

/// Whose an offer is.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn provider_of(tx: &mut Tx, id: OfferId) -> Result<Option<ParticipantId>> {
    let row = tx.first("select provider_id from offer where id = $1", args![id]).await?;
    row.map(|row| row.parse("provider_id")).transpose()
}

/// An offer, kept from changing until the transaction ends.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn lock(tx: &mut Tx, id: OfferId) -> Result<Option<OfferRow>> {
    let row = tx.first(&format!("update offer set version = version where id = $1 returning {ROW}"), args![id]).await?;
    row.as_ref().map(read_row).transpose()
}

/// Adds an offer without its first version; answers whether its sku was free at the site.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn insert(tx: &mut Tx, offer: &OfferRow) -> Result<bool> {
    let inserted = tx
        .execute(
            "insert into offer (id, provider_id, site_id, sku, kind, version, state, visibility, monthly, currency, \
             body, updated_at, changed) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, -1) \
             on conflict (site_id, sku) do nothing",
            args![
                offer.id,
                offer.provider,
                offer.site,
                &offer.sku,
                offer.kind.name(),
                offer.version,
                word(&offer.state),
                visibility_word(&offer.body.visibility),
                offer.monthly.micros(),
                offer.monthly.currency().code(),
                json(&offer.body),
                offer.updated_at,
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Writes what changed of an offer.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn update(tx: &mut Tx, offer: &OfferRow) -> Result<()> {
    tx.execute(
        "update offer set version = $2, state = $3, visibility = $4, monthly = $5, currency = $6, body = $7, \
         updated_at = $8, changed = -1 where id = $1",
        args![
            offer.id,
            offer.version,
            word(&offer.state),
            visibility_word(&offer.body.visibility),
            offer.monthly.micros(),
            offer.monthly.currency().code(),
            json(&offer.body),
            offer.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Keeps the version that an offer now has, and lets those see it who may.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn keep_version(tx: &mut Tx, offer: &OfferRow) -> Result<()> {
    tx.execute(
        "insert into offer_version (offer_id, version, body, published_at) values ($1, $2, $3, $4)",
        args![offer.id, offer.version, json(&offer.body), offer.updated_at],
    )
    .await?;
    tx.execute("delete from offer_audience where offer_id = $1", args![offer.id]).await?;
    if let Visibility::Private(tenants) = &offer.body.visibility {
        for tenant in tenants {
            tx.execute(
                "insert into offer_audience (offer_id, tenant_id) values ($1, $2) on conflict do nothing",
                args![offer.id, *tenant],
            )
            .await?;
        }
    }
    Ok(())
}

const fn visibility_word(visibility: &Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "public",
        Visibility::Private(_) => "private",
    }
}

/// The identifier of the offer that people name `provider/site/sku`.
///
/// # Errors
/// [`crate::StoreError`].
pub async fn id_by_key(tx: &mut Tx, provider: &Name, site: &Name, sku: &str) -> Result<Option<OfferId>> {
    let row = tx
        .first(
            "select o.id from offer o join participant p on p.id = o.provider_id join site s on s.id = o.site_id \
             where p.name = $1 and s.name = $2 and o.sku = $3",
            args![provider, site, sku],
        )
        .await?;
    row.map(|row| row.parse("id")).transpose()
}
