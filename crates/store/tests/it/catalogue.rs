//! Offers: who sees them, where they stand, how lists and facets come out.

use std::time::Duration;

use hansa_model::money::Currency;
use hansa_model::offer::{OfferState, Visibility};
use hansa_model::site::Site;
use hansa_model::time::Timestamp;
use hansa_store::offer::{self, OfferFilter, OfferSort, Viewer};
use hansa_store::page::PageRequest;
use hansa_store::{Tx, args, catalogue, changes};
use hansa_testkit::Engine;

use crate::world::{NOW, list, offer_row, provider, store};

hansa_testkit::on_both! {
    private_offers_show_to_their_audience_alone
    the_state_follows_the_agents_report_and_what_is_free
    sorting_and_paging_agree
    facets_count_what_the_list_shows
    every_version_is_kept
    a_snapshot_leaves_out_what_is_not_on_the_market
}

async fn skus(tx: &mut Tx, wanted: &OfferFilter, viewer: Viewer) -> Vec<String> {
    let page = offer::page(tx, wanted, viewer, NOW, &PageRequest::longest()).await.unwrap();
    page.items.into_iter().map(|offer| offer.sku).collect()
}

async fn private_offers_show_to_their_audience_alone(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (seller, _, site) = provider(&mut tx, "seller").await;
    let (friend, tenant, _) = provider(&mut tx, "friend").await;
    let (stranger, ..) = provider(&mut tx, "stranger").await;
    let public = offer_row(&site, "public", 100, Currency::EUR, Visibility::Public);
    let private = offer_row(&site, "private", 100, Currency::EUR, Visibility::Private(vec![tenant.id]));
    let mut draft = offer_row(&site, "draft", 100, Currency::EUR, Visibility::Public);
    draft.state = OfferState::Draft;
    for row in [&public, &private, &draft] {
        list(&mut tx, row).await;
    }
    let matrix: [(Viewer, &[&str]); 5] = [
        (Viewer::Everything, &["draft", "private", "public"]),
        (Viewer::Participant(seller.id), &["draft", "private", "public"]),
        (Viewer::Participant(friend.id), &["private", "public"]),
        (Viewer::Participant(stranger.id), &["public"]),
        (Viewer::Anybody, &["public"]),
    ];
    for (viewer, seen) in matrix {
        assert_eq!(skus(&mut tx, &OfferFilter::default(), viewer).await, seen, "{viewer:?}");
        for row in [&public, &private, &draft] {
            let found = offer::find(&mut tx, row.id, viewer, NOW).await.unwrap();
            assert_eq!(found.is_some(), seen.contains(&row.sku.as_str()), "{viewer:?} {}", row.sku);
        }
        let facets = offer::facets(&mut tx, &OfferFilter::default(), viewer, NOW).await.unwrap();
        let counted: u64 = facets.iter().filter(|facet| facet.facet == "provider").map(|facet| facet.count).sum();
        assert_eq!(usize::try_from(counted).unwrap(), seen.len());
    }
    // Another version takes the audience away.
    let row = offer::OfferRow {
        version: 2,
        body: offer::OfferBody { visibility: Visibility::Private(vec![]), ..private.body.clone() },
        ..private
    };
    offer::update(&mut tx, &row).await.unwrap();
    offer::keep_version(&mut tx, &row).await.unwrap();
    assert_eq!(skus(&mut tx, &OfferFilter::default(), Viewer::Participant(friend.id)).await, ["public"]);
}

async fn supply(tx: &mut Tx, site: &Site, fresh_until: Timestamp, total: i64, reserved: i64) {
    let key = format!("key of {}", site.name);
    let agent = hansa_store::agent::enrol(tx, site.provider, &"agent".parse().unwrap(), &key, NOW).await.unwrap();
    tx.execute(
        "insert into supply (site_id, kind, agent_id, fresh_until, actions) values ($1, 'compute.instance', $2, $3, '[]')",
        args![site.id, agent, fresh_until],
    )
    .await
    .unwrap();
    tx.execute(
        "insert into capacity (site_id, kind, resource, total, reserved) \
         values ($1, 'compute.instance', 'instances', $2, $3)",
        args![site.id, total, reserved],
    )
    .await
    .unwrap();
}

async fn the_state_follows_the_agents_report_and_what_is_free(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let later = NOW.plus(Duration::from_secs(60));
    let (_, _, bare) = provider(&mut tx, "bare").await;
    list(&mut tx, &offer_row(&bare, "x", 100, Currency::EUR, Visibility::Public)).await;
    let mut expected = vec![("bare".to_owned(), OfferState::Listed)];
    for (name, fresh_until, total, reserved, state) in [
        ("fresh", later, 3, 2, OfferState::Orderable),
        ("full", later, 3, 3, OfferState::Full),
        ("stale", NOW, 3, 0, OfferState::Stale),
    ] {
        let (_, _, site) = provider(&mut tx, name).await;
        list(&mut tx, &offer_row(&site, "x", 100, Currency::EUR, Visibility::Public)).await;
        supply(&mut tx, &site, fresh_until, total, reserved).await;
        expected.push((name.to_owned(), state));
    }
    let page = offer::page(&mut tx, &OfferFilter::default(), Viewer::Anybody, NOW, &PageRequest::longest()).await;
    let found: Vec<_> =
        page.unwrap().items.into_iter().map(|offer| (offer.provider_name.to_string(), offer.state)).collect();
    assert_eq!(found, expected);
    for (name, state) in expected {
        let wanted = OfferFilter { states: vec![state], ..OfferFilter::default() };
        let page = offer::page(&mut tx, &wanted, Viewer::Anybody, NOW, &PageRequest::longest()).await.unwrap();
        let names: Vec<_> = page.items.iter().map(|offer| offer.provider_name.to_string()).collect();
        assert_eq!(names, [name]);
    }
    // As time goes by without a report, what was orderable goes stale.
    let page = offer::page(&mut tx, &OfferFilter::default(), Viewer::Anybody, later, &PageRequest::longest()).await;
    assert!(page.unwrap().items.iter().all(|offer| offer.state != OfferState::Orderable));
}

async fn sorting_and_paging_agree(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (_, _, site) = provider(&mut tx, "seller").await;
    for (sku, cents, currency) in
        [("c", 300, Currency::EUR), ("a", 100, Currency::EUR), ("b", 100, Currency::EUR), ("d", 50, Currency::PLN)]
    {
        list(&mut tx, &offer_row(&site, sku, cents, currency, Visibility::Public)).await;
    }
    for (sort, order) in [
        (OfferSort::Name, ["a", "b", "c", "d"]),
        (OfferSort::Price, ["a", "b", "c", "d"]),
        (OfferSort::PriceDescending, ["d", "c", "b", "a"]),
    ] {
        let wanted = OfferFilter { sort, ..OfferFilter::default() };
        let mut request = PageRequest { limit: 1, cursor: None };
        let mut seen = Vec::new();
        loop {
            let page = offer::page(&mut tx, &wanted, Viewer::Anybody, NOW, &request).await.unwrap();
            seen.extend(page.items.into_iter().map(|offer| offer.sku));
            request.cursor = page.next;
            if request.cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, order, "{sort:?}");
    }
}

async fn facets_count_what_the_list_shows(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (_, _, first) = provider(&mut tx, "one").await;
    let (_, _, second) = provider(&mut tx, "two").await;
    for (site, sku) in [(&first, "a"), (&first, "b"), (&second, "c")] {
        list(&mut tx, &offer_row(site, sku, 100, Currency::EUR, Visibility::Public)).await;
    }
    let count = |facets: &[offer::FacetCount], facet: &str, value: &str| {
        facets.iter().find(|found| found.facet == facet && found.value == value).map_or(0, |found| found.count)
    };
    let facets = offer::facets(&mut tx, &OfferFilter::default(), Viewer::Anybody, NOW).await.unwrap();
    assert_eq!((count(&facets, "provider", "one"), count(&facets, "provider", "two")), (2, 1));
    assert_eq!((count(&facets, "state", "listed"), count(&facets, "currency", "EUR")), (3, 3));
    let wanted = OfferFilter { provider: Some("two".to_owned()), ..OfferFilter::default() };
    let facets = offer::facets(&mut tx, &wanted, Viewer::Anybody, NOW).await.unwrap();
    assert_eq!((count(&facets, "provider", "one"), count(&facets, "kind", "compute.instance")), (0, 1));
}

async fn every_version_is_kept(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (_, _, site) = provider(&mut tx, "seller").await;
    let row = offer_row(&site, "x", 100, Currency::EUR, Visibility::Public);
    list(&mut tx, &row).await;
    let dearer = offer_row(&site, "x", 200, Currency::EUR, Visibility::Public);
    assert!(!offer::insert(&mut tx, &dearer).await.unwrap());
    let locked = offer::lock_by_sku(&mut tx, site.id, "x").await.unwrap().unwrap();
    let next = offer::OfferRow { id: locked.id, version: locked.version + 1, ..dearer };
    offer::update(&mut tx, &next).await.unwrap();
    offer::keep_version(&mut tx, &next).await.unwrap();
    let current = offer::find(&mut tx, row.id, Viewer::Anybody, NOW).await.unwrap().unwrap();
    assert_eq!((current.version, &current.price), (2, &next.body.price));
    let first = offer::version(&mut tx, &current, 1).await.unwrap().unwrap();
    assert_eq!((first.version, first.price), (1, row.body.price));
    assert!(offer::version(&mut tx, &current, 3).await.unwrap().is_none());
}

async fn a_snapshot_leaves_out_what_is_not_on_the_market(engine: Engine) {
    let store = store(engine).await;
    let mut tx = store.db.write().await.unwrap();
    let (_, _, site) = provider(&mut tx, "seller").await;
    provider(&mut tx, "idle").await;
    for (sku, state) in [("a", OfferState::Listed), ("b", OfferState::Draft), ("c", OfferState::Retired)] {
        let row = offer::OfferRow { state, ..offer_row(&site, sku, 100, Currency::EUR, Visibility::Public) };
        list(&mut tx, &row).await;
    }
    supply(&mut tx, &site, NOW.plus(Duration::from_secs(1)), 5, 2).await;
    changes::count(&mut tx).await.unwrap();
    let before = catalogue::snapshot(&mut tx, Viewer::Everything, NOW).await.unwrap();
    let skus: Vec<_> = before.offers.iter().map(|offer| offer.sku.as_str()).collect();
    assert_eq!((skus, before.sites.len(), before.providers.len()), (vec!["a"], 1, 1));
    let free: Vec<i64> = before.free.values().flat_map(|free| free.values().copied()).collect();
    assert_eq!(free, [3]);
    changes::count(&mut tx).await.unwrap();
    let after = catalogue::snapshot(&mut tx, Viewer::Everything, NOW).await.unwrap();
    assert!(after.version > before.version);
}
