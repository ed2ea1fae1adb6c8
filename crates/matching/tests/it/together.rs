//! Components that stay together share a site, a provider or a country.

use hansa_model::offer::Catalogue;

use crate::world::{application, catalogue, offers, outcome};

const VM: &str = "kind: compute.instance, cpu: '>= 1', memory: '>= 1 GiB'";
const DB: &str = "kind: database.postgresql, version: '>= 15', storage: '>= 1 GiB'";

/// Machines are cheapest in the north, databases in the south; in between both are dear.
fn market() -> Catalogue {
    let price = |amount: u32| {
        format!("price: {{currency: EUR, components: [{{name: base, type: fixed, amount: {amount} EUR, per: month}}]}}")
    };
    let vm = |site: &str, amount| {
        let properties = "kind: compute.instance, properties: {cpu: 2, memory: 4 GiB}";
        format!("  - {{site: {site}, sku: vm, {properties}, {}}}\n", price(amount))
    };
    let db = |site: &str, amount| {
        let properties = "kind: database.postgresql, properties: {version: 15, storage: 1 GiB..10 GiB}";
        format!("  - {{site: {site}, sku: db, {properties}, {}}}\n", price(amount))
    };
    let site = |name: &str, country: &str, latitude: f64| {
        format!(
            "  - {{name: {name}, country: {country}, city: X, coordinates: {{latitude: {latitude}, longitude: 10}}}}\n"
        )
    };
    let provider =
        |name: &str, rest: String| format!("- name: {name}\n  legalName: X\n  country: DE\n  sites:\n{rest}");
    let north = site("n1", "DE", 54.0) + &site("n2", "DE", 53.0) + "  offers:\n" + &vm("n1", 10) + &db("n2", 45);
    let south = site("s1", "DE", 48.0) + "  offers:\n" + &db("s1", 10) + &vm("s1", 60);
    let west = site("w1", "FR", 48.0) + "  offers:\n" + &vm("w1", 9) + &db("w1", 62);
    let providers = [("north", north), ("south", south), ("west", west)];
    let text: String = providers.into_iter().map(|(name, rest)| provider(name, rest)).collect();
    catalogue(&[&format!("providers:\n{text}")])
}

fn cheapest(together: &str) -> Vec<String> {
    let spec = format!("{together}components:\n  a: {{ {VM} }}\n  b: {{ {DB} }}");
    let outcome = outcome(&application(&spec), &market());
    offers(&outcome.packages[0]).into_iter().map(str::to_owned).collect()
}

#[test]
fn what_is_shared_decides_the_package() {
    let by = |level: &str| cheapest(&format!("together: [{{ components: [a, b], by: {level} }}]\n"));
    assert_eq!(cheapest(""), ["west/w1/vm", "south/s1/db"]);
    assert_eq!(by("country"), ["north/n1/vm", "south/s1/db"]);
    assert_eq!(by("provider"), ["north/n1/vm", "north/n2/db"]);
    assert_eq!(by("site"), ["south/s1/vm", "south/s1/db"]);
}

#[test]
fn what_nothing_offers_together_says_so() {
    let requirements = "requirements: { providers: [north] }\n";
    let spec = format!(
        "{requirements}together: [{{ components: [a, b], by: site }}]\ncomponents:\n  a: {{ {VM} }}\n  b: {{ {DB} }}"
    );
    let found = outcome(&application(&spec), &market());
    assert_eq!(found.conflict[0].field, "spec.requirements.providers");

    let one = market();
    let only_north = Catalogue {
        offers: one.offers.into_iter().filter(|offer| offer.provider_name.as_str() == "north").collect(),
        ..one
    };
    let found = outcome(&application(&spec.replace(requirements, "")), &only_north);
    assert_eq!(found.conflict[0].field, "spec.together[0]");
}
