use proptest::prelude::*;

use super::*;
use crate::evidence::{Certificate, Control, GAIA_X, GAIA_X_LABELS, Lack, Source, Subcontracting};
use crate::kind::{Bounds, KindId, PropertyBound};
use crate::money::{Currency, Money};
use crate::offer::{Offered, Terms, Visibility};
use crate::price::{Meter, Period, Price, PriceComponent, PricePlan, Tier, VolumeTier};
use crate::quantity::{Bound, Count, Quantity};
use crate::site::Coordinates;
use crate::time::Timestamp;

const TWO_PROVIDERS: &str = r"providers:
- name: domstad-cloud
  legalName: Domstad Cloud B.V.
  country: NL
  assurance: {certificates: [{scheme: ISO27001}], seal: 2}
  sites:
  - {name: utrecht-1, country: NL, city: Utrecht, coordinates: {latitude: 52.09, longitude: 5.12}}
  offers:
  - {site: utrecht-1, sku: s, kind: compute.instance, properties: {cpu: 1, memory: 1 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 1.99 EUR, per: month}]}}
  - {site: utrecht-2, sku: m, kind: compute.instance, properties: {cpu: 1, memory: 1 GiB}, price: {currency: EUR, components: []}}
  - {site: utrecht-1, sku: l, kind: compute.instance, properties: {cpu: one, memroy: 1 GiB}, price: {currency: EUR, components: []}}
  - {site: utrecht-1, sku: x, kind: compute.toaster, properties: {}, price: {currency: EUR, components: []}}
  - {site: utrecht-1, sku: xl, kind: compute.instance, properties: {cpu: 1, memory: 1 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: -1 EUR, per: month}]}}
- name: No Name
  legalName: Nobody
  country: NL
";

#[test]
fn bad_entries_are_reported_with_line_and_hint_and_the_rest_is_read() {
    let parsed = parse_yaml(TWO_PROVIDERS);
    let errors: Vec<_> = parsed.errors.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(errors.join("\n"), @r"
    line 10: providers[0].offers[1].site: the provider has no site of this name (did you mean `utrecht-1`?)
    line 11: providers[0].offers[2].properties.memory: this field is required
    line 11: providers[0].offers[2].properties.cpu: `one` is not a number: write it like `2`
    line 11: providers[0].offers[2].properties.memroy: unknown field (did you mean `memory`?)
    line 12: providers[0].offers[3].kind: not a service kind (known are compute.instance, database.postgresql, database.mariadb)
    line 13: providers[0].offers[4].price: `base` has a negative amount
    line 14: providers[1].name: `No Name` is not a name: use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit
    ");
    let [provider] = &parsed.file.providers[..] else { panic!("{parsed:?}") };
    assert_eq!(provider.offers.iter().map(|listed| listed.offer.sku.as_str()).collect::<Vec<_>>(), ["s"]);
    assert_eq!(provider.assurance.seal, Some(2));
}

const ASSURED: &str = r"providers:
- name: domstad-cloud
  legalName: Domstad Cloud B.V.
  country: NL
  assurance: {seats: [NL, US], subcontracting: {countries: [DE], control: {thirdCountry: none}}, dataCountries: [CH]}
  sites:
  - {name: utrecht-1, country: NL, city: Utrecht, coordinates: {latitude: 52.09, longitude: 5.12}}
  offers:
  - {site: utrecht-1, sku: s, kind: compute.instance, properties: {cpu: 1, memory: 1 GiB}, price: {currency: EUR, components: []}, assurance: {cada: 2, validUntil: '2027-01-01T00:00:00Z', lacks: {'cada:3': [{criterion: a1, missing: an audit}]}}}
  - {site: utrecht-1, sku: nothing, kind: compute.instance, properties: {cpu: 1, memory: 1 GiB}, price: {currency: EUR, components: []}, assurance: {}}
";

#[test]
fn what_is_known_of_providers_and_of_single_offers_is_read() {
    let parsed = parse_yaml(ASSURED);
    assert_eq!(parsed.errors, []);
    let built = build(&[parsed.file], Timestamp::from_seconds(0));
    let provider = built.catalogue.providers.values().next().unwrap();
    let country = |code: &str| code.parse().unwrap();
    assert_eq!(provider.assurance.seats, [country("NL"), country("US")]);
    assert_eq!(provider.assurance.data_countries, [country("CH")]);
    let subcontracting = Subcontracting { countries: vec![country("DE")], control: Control::None };
    assert_eq!(provider.assurance.subcontracting, Some(subcontracting));
    let [own, nothing] = &built.catalogue.offers[..] else { panic!("{built:?}") };
    let own = own.assurance.as_deref().unwrap();
    assert_eq!((own.cada, own.valid_until), (Some(2), "2027-01-01T00:00:00Z".parse().ok()));
    assert_eq!(own.lacks["cada:3"][0].missing, "an audit");
    assert_eq!(nothing.assurance.as_deref(), Some(&Assurance::default()));
}

#[test]
fn what_is_wrong_about_what_is_known_is_told_at_its_field_and_line() {
    let wrong = [
        ("cada: 2", "cada: 5", "line 9: providers[0].offers[0].assurance.cada: the levels are 1 to 4"),
        ("cada: 2", "cada: 0", "line 9: providers[0].offers[0].assurance.cada: the levels are 1 to 4"),
        ("cada: 2", "kada: 2", "line 9: providers[0].offers[0].assurance.kada: unknown field (did you mean `cada`?)"),
        ("cada: 2", "seal: 7", "line 9: providers[0].offers[0].assurance.seal: the levels are 0 to 4"),
        ("missing: an audit", "lacking: an audit", "lacks.cada:3[0].lacking: unknown field"),
        ("seats: [NL, US]", "seats: [Utrecht]", "line 5: providers[0].assurance: `Utrecht` is not a country"),
        ("countries: [DE]", "country: DE", "line 5: providers[0].assurance.subcontracting.country: unknown field"),
        ("'2027-01-01T00:00:00Z'", "soon", "line 9: providers[0].offers[0].assurance: "),
    ];
    for (good, bad, expected) in wrong {
        assert!(ASSURED.contains(good), "{good}");
        let parsed = parse_yaml(&ASSURED.replacen(good, bad, 1));
        let told = parsed.errors.iter().any(|error| error.to_string().contains(expected));
        assert!(told, "{bad}: {:?}", parsed.errors.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
}

#[test]
fn bad_rows_are_reported_with_line_and_column_and_the_rest_is_read() {
    let text = "provider,site,sku,kind,cpu,memory,price.month,price.setup,color\n\
                a,s,one,compute.instance,1,1 GiB,2.50,,red\n\
                a,s,two,compute.instance,few,1 GiB,2.50,,\n\
                a,s,three,compute.instance,1,1 GiB,,,\n\
                a,s,four\n\
                a,s,five,compute.instance,1,1 GiB,cheap,,\n\
                a,s,six,compute.instance,1,1 GiB,2,1,\n";
    let parsed = parse_csv(text);
    let errors: Vec<_> = parsed.errors.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(errors.join("\n"), @r"
    line 1: color: unknown column; it is not read (known are provider, site, sku, kind, arch, backup.elsewhere, backup.every, backup.keep, connections, cpu, disk, diskKind, gpu, gpuModel, image, memory, storage, version, price.hour, price.month, price.storage.hour, price.storage.month, price.egress, price.egress.included, price.setup, price, currency, availability, minimum_term, visibility, draft, observed, site_price_exact)
    line 3: cpu: `few` is not a number: write it like `2`
    line 4: price: this offer has no price (fill `price.month`, `price.hour` or another column of the price)
    line 5: this row has 3 cells, the header has 9 (put cells with commas or line breaks in double quotes)
    line 6: price: `cheap` is not an amount of money: write it like `12.50 EUR`
    ");
    let skus: Vec<_> = parsed.file.offers.iter().map(|loose| loose.offer.offer.sku.as_str()).collect();
    assert_eq!(skus, ["one", "six"]);
    let setup = &parsed.file.offers[1].offer.offer.price.components[1];
    assert_eq!(setup.price, Price::OneOff { amount: "1 EUR".parse().unwrap() });
}

#[test]
fn files_are_joined_and_what_does_not_fit_is_named() {
    let described = parse_yaml(TWO_PROVIDERS).file;
    let rows = parse_csv(
        "provider,site,sku,kind,cpu,memory,price.hour\n\
         domstad-cloud,utrecht-1,csv,compute.instance,2,2 GiB,0.01\n\
         domstad-cloud,utrecht-1,s,compute.instance,2,2 GiB,0.01\n\
         domstad-cloud,utrecht-9,s,compute.instance,2,2 GiB,0.01\n\
         nobody,utrecht-1,s,compute.instance,2,2 GiB,0.01\n",
    );
    assert_eq!(rows.errors, []);
    let now = Timestamp::from_seconds(1_800_000_000);
    let built = build(&[described.clone(), rows.file.clone()], now);
    let errors: Vec<_> = built.errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        [
            "domstad-cloud/utrecht-1/s: this offer is described twice",
            "domstad-cloud/utrecht-9/s: the provider has no site of this name",
            "nobody/utrecht-1/s: no provider of this name is described",
        ]
    );
    let keys: Vec<_> = built.catalogue.offers.iter().map(crate::offer::Offer::key).collect();
    assert_eq!(keys, ["domstad-cloud/utrecht-1/s", "domstad-cloud/utrecht-1/csv"]);
    let again = build(&[described, rows.file], now);
    assert_eq!(again.catalogue, built.catalogue, "the same files give the same identifiers");
}

fn any_money() -> impl Strategy<Value = Money> {
    (0i64..100_000_000).prop_map(|micros| Money::from_micros(micros, Currency::EUR))
}

fn any_period() -> impl Strategy<Value = Period> {
    prop_oneof![Just(Period::Hour), Just(Period::Month)]
}

fn any_price() -> impl Strategy<Value = Price> {
    prop_oneof![
        (any_money(), any_period()).prop_map(|(amount, per)| Price::Fixed { amount, per }),
        (any_money(), any_period(), prop_oneof![Just("storage"), Just("cpu")])
            .prop_map(|(amount, per, property)| { Price::PerUnit { property: property.to_owned(), amount, per } }),
        (0i64..1 << 45, any_money())
            .prop_map(|(included, per_gb)| Price::Egress { included: Quantity::from_base(included), per_gb }),
        any_money().prop_map(|amount| Price::OneOff { amount }),
        (1i64..1 << 45, any_money(), any_money()).prop_map(|(end, first, second)| Price::Tiered {
            meter: Meter::NetworkEgress,
            tiers: vec![
                Tier { up_to: Some(Quantity::from_base(end)), per_gb: first },
                Tier { up_to: None, per_gb: second },
            ],
        }),
    ]
}

fn any_plan() -> impl Strategy<Value = PricePlan> {
    let named = prop::collection::vec((any_price(), any::<bool>()), 1..4).prop_map(|prices| {
        let parts = prices.into_iter().enumerate().map(|(index, (price, usual))| {
            let usual_name = match price {
                Price::Fixed { .. } => "base",
                Price::PerUnit { .. } => "storage",
                Price::Egress { .. } | Price::Tiered { .. } => "traffic",
                Price::OneOff { .. } => "setup",
            };
            let name = if usual { usual_name.to_owned() } else { format!("part {index}") };
            PriceComponent { name, price }
        });
        PricePlan { currency: Currency::EUR, components: parts.collect(), volume: Vec::new() }
    });
    let tiers = prop::collection::btree_map(2u32..50, 1i64..500_000, 0..3).prop_map(|tiers| {
        let mut off = 0;
        let tier = |(from, more)| {
            off += more;
            VolumeTier { from, discount: Quantity::from_base(off.min(1_000_000)) }
        };
        tiers.into_iter().map(tier).collect::<Vec<_>>()
    });
    let named = (named, tiers).prop_map(|(plan, volume)| PricePlan { volume, ..plan });
    named.prop_filter("a plan without defects", |plan| plan.defects().is_empty())
}

fn any_properties() -> impl Strategy<Value = Bounds> {
    let texts = prop::collection::vec("[a-zA-Z0-9|\\[ .:#'\"é-]{1,12}", 1..3);
    (1i64..1 << 40, 1i64..64_000, prop::option::of(texts), any::<bool>()).prop_map(|(memory, cpu, images, exact)| {
        let cpu = Quantity::<Count>::from_base(cpu);
        let cpu = if exact { Bound::exactly(cpu) } else { Bound::at_most(cpu) };
        let mut bounds = Bounds::from([
            ("cpu".to_owned(), PropertyBound::Count(cpu)),
            ("memory".to_owned(), PropertyBound::Bytes(Bound::exactly(Quantity::from_base(memory)))),
        ]);
        bounds.extend(images.map(|images| ("image".to_owned(), PropertyBound::Text(images))));
        bounds
    })
}

fn any_database() -> impl Strategy<Value = Bounds> {
    (0u32..99, 0u32..99, 1i64..1 << 40, any::<bool>()).prop_map(|(major, minor, storage, elsewhere)| {
        let version = format!("{major}.{minor}").parse().unwrap();
        Bounds::from([
            ("version".to_owned(), PropertyBound::Version(Bound::at_least(version))),
            ("storage".to_owned(), PropertyBound::Bytes(Bound::at_most(Quantity::from_base(storage)))),
            ("backup.elsewhere".to_owned(), PropertyBound::Flag(elsewhere)),
        ])
    })
}

fn any_offer() -> impl Strategy<Value = ListedOffer> {
    let delivered = prop_oneof![
        any_properties().prop_map(|bounds| (KindId::ComputeInstance, bounds)),
        any_database().prop_map(|bounds| (KindId::DatabasePostgresql, bounds)),
    ];
    let sku = "[a-zA-Z0-9_.:,#'\"é{}&*!-]{1,2}[a-z |]{0,5}[0-9y]".prop_map(|sku: String| sku.trim().to_owned());
    let observation = prop::option::of(("20[0-9]{2}(-05-20)?", any::<bool>()));
    let private = any::<bool>().prop_map(|private| match private {
        true => Visibility::Private(vec![crate::id::TenantId::from_uuid(uuid::Uuid::from_u128(7))]),
        false => Visibility::Public,
    });
    let terms = (prop::option::of(0i64..1_000_000), prop::option::of(0i64..1 << 45));
    let rest = (private, any::<bool>(), observation, terms, prop::option::of(any_assurance().prop_map(Box::new)));
    (sku, delivered, any_plan(), rest).prop_map(
        |(sku, (kind, bounds), price, (visibility, draft, observation, (share, term), assurance))| ListedOffer {
            offer: NewOffer {
                site: "here".parse().unwrap(),
                sku,
                kind,
                properties: Offered(bounds),
                price,
                terms: Terms {
                    availability: share.map(Quantity::from_base),
                    minimum_term: term.map(Quantity::from_base),
                },
                visibility,
                draft,
            },
            assurance,
            observation: observation.map(|(on, site_price_exact)| Observation { on, site_price_exact }),
        },
    )
}

fn any_control() -> impl Strategy<Value = Control> {
    let some = prop::collection::vec(any_country(), 0..3).prop_map(Control::Some);
    prop_oneof![Just(Control::Unknown), Just(Control::None), some]
}

fn any_country() -> impl Strategy<Value = Country> {
    prop::sample::select(vec!["DE", "NO", "US"]).prop_map(|code| code.parse().unwrap())
}

fn any_assurance() -> impl Strategy<Value = Assurance> {
    let end = || prop::option::of((0i64..4_000_000_000).prop_map(Timestamp::from_seconds));
    let certificate = ("[A-Z0-9]{1,8}", any::<bool>(), end()).prop_map(|(scheme, verified, valid_until)| Certificate {
        scheme,
        source: if verified { Source::Verified } else { Source::Declared },
        valid_until,
    });
    let label = prop::option::of(prop::sample::select(GAIA_X_LABELS.to_vec()));
    let levels = (label, prop::option::of(0u8..5), prop::option::of(1u8..5));
    let subcontracting = (prop::collection::vec(any_country(), 0..3), any_control())
        .prop_map(|(countries, control)| Subcontracting { countries, control });
    let lack = (r#"[a-zA-Z0-9.:#'" -]{0,12}"#, r#"[a-zA-Z0-9:,#'" é–-]{0,20}"#)
        .prop_map(|(criterion, missing)| Lack { criterion, missing });
    let lacks = prop::collection::btree_map("(gaia-x:L2|seal:3|control)", prop::collection::vec(lack, 1..3), 0..3);
    let countries = || prop::collection::vec(any_country(), 0..3);
    let known = (prop::collection::vec(certificate, 0..3), levels, any_control(), prop::option::of(subcontracting));
    (known, countries(), countries(), end(), lacks).prop_map(
        |((certificates, (label, seal, cada), control, subcontracting), seats, data_countries, valid_until, lacks)| {
            Assurance {
                certificates,
                labels: label.map(|label| (GAIA_X.to_owned(), label.to_owned())).into_iter().collect(),
                seal,
                cada,
                control,
                seats,
                subcontracting,
                data_countries,
                valid_until,
                lacks,
            }
        },
    )
}

fn any_provider() -> impl Strategy<Value = ListedProvider> {
    let place = (-90i32..90, -180i32..180, 1000u32..2000);
    (r#"[a-zA-Z0-9:#'" é~-]{1,20}"#, any_assurance(), place, prop::collection::vec(any_offer(), 0..4)).prop_map(
        |(legal_name, assurance, (latitude, longitude, pue_milli), offers)| ListedProvider {
            name: "somebody".parse().unwrap(),
            legal_name,
            country: "NO".parse().unwrap(),
            website: Some("https://example.org/?a=b#c".to_owned()),
            assurance,
            sites: vec![NewSite {
                name: "here".parse().unwrap(),
                country: "NO".parse().unwrap(),
                city: "Oslo: øst".to_owned(),
                coordinates: Coordinates { latitude: f64::from(latitude) / 3.0, longitude: f64::from(longitude) },
                pue_milli,
                carbon: None,
            }],
            offers,
        },
    )
}

fn any_file() -> impl Strategy<Value = CatalogueFile> {
    let loose = any_offer().prop_map(|offer| ProviderOffer { provider: "no".parse().unwrap(), offer });
    (prop::collection::vec(any_provider(), 0..3), prop::collection::vec(loose, 0..4))
        .prop_map(|(providers, offers)| CatalogueFile { providers, offers })
}

proptest! {
    #[test]
    fn yaml_round_trips(file in any_file()) {
        let text = to_yaml(&file);
        let parsed = parse_yaml(&text);
        prop_assert_eq!(&parsed.errors, &[], "{}", text);
        prop_assert_eq!(parsed.file, file, "{}", text);
    }

    #[test]
    fn csv_round_trips_every_offer(file in any_file()) {
        let nested = file.providers.iter().flat_map(|provider| provider.offers.iter().map(|offer| ProviderOffer {
            provider: provider.name.clone(),
            offer: offer.clone(),
        }));
        let mut expected: Vec<_> = nested.chain(file.offers.clone()).collect();
        expected.iter_mut().for_each(|loose| loose.offer.assurance = None);
        let text = to_csv(&file);
        let parsed = parse_csv(&text);
        prop_assert_eq!(&parsed.errors, &[], "{}", text);
        prop_assert_eq!(parsed.file.offers, expected, "{}", text);
    }

    #[test]
    fn garbage_never_panics(text in "\\PC{0,200}", rows in "[a-z,.\"\n|\\[{]{0,80}") {
        let _ = parse_yaml(&text);
        let _ = parse_csv(&text);
        let _ = parse_csv(&format!("provider,site,sku,kind,cpu,memory,price\n{rows}"));
    }
}
