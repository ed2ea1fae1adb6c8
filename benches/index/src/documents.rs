//! Documents as buyers write them.

use hansa_model::application::Application;

/// A document and what it is called.
#[derive(Debug, Clone)]
pub struct Typical {
    /// A short name.
    pub name: &'static str,
    /// The document.
    pub application: Application,
}

const MACHINE: &str = "
components:
  web: { kind: compute.instance, cpu: '>= 2', memory: '>= 4 GiB', disk: '>= 40 GiB', image: debian-12 }
";

const NEAR: &str = "
requirements: { jurisdiction: [EEA], certifications: { all: [ISO27001] } }
components:
  edge: { kind: compute.instance, cpu: '>= 1', memory: '>= 2 GiB', arch: x86_64, near: { place: Utrecht, rtt: '<= 8 ms' } }
";

const PAIR: &str = "
requirements: { jurisdiction: [EU], seal: { minimum: 2 }, certifications: { all: [ISO27001] } }
components:
  web: { kind: compute.instance, cpu: '>= 2', memory: '>= 4 GiB', image: debian-12 }
  data: { kind: database.postgresql, version: '>= 15', storage: '>= 50 GiB', backup: { every: 24h, keep: 14d } }
links:
  - { from: web, to: data, rtt: '<= 15 ms', traffic: 200 GB/month }
";

const TRIPLE: &str = "
requirements: { jurisdiction: [EU], control: { thirdCountry: none }, availability: '>= 99.9 %' }
budget: { monthly: 200 EUR }
maxProviders: 2
components:
  front: { kind: compute.instance, count: 2, cpu: '>= 2', memory: '>= 4 GiB', image: debian-12, spread: { by: site } }
  back: { kind: compute.instance, cpu: '>= 4', memory: '>= 16 GiB', image: debian-12 }
  data: { kind: database.mariadb, version: '>= 14', storage: '>= 20 GiB' }
links:
  - { from: front, to: back, traffic: 500 GB/month }
  - { from: back, to: data, rtt: '<= 20 ms', traffic: 100 GB/month }
";

const TOWN_ARCHIVE: &str = "
requirements:
  jurisdiction: [EU, EEA]
  control: { thirdCountry: none }
  labels: { gaia-x: L1 }
  seal: { minimum: 2 }
  certifications: { all: [ISO27001] }
  availability: '>= 99.9 %'
  dataLocation: [EU]
budget: { monthly: 450 EUR }
objective: { price: 1.0, carbon: 0.2 }
maxProviders: 3
components:
  web: { kind: compute.instance, count: 2, cpu: '>= 2', memory: '>= 4 GiB', disk: '>= 40 GiB', image: debian-12, spread: { by: site } }
  archive: { kind: database.postgresql, version: '>= 15', storage: '>= 50 GiB', backup: { every: 24h, keep: 14d, elsewhere: true } }
  scanner: { kind: compute.instance, cpu: '>= 1', memory: '>= 1 GiB', near: { place: Utrecht, rtt: '<= 8 ms' } }
links:
  - { from: web, to: archive, rtt: '<= 15 ms', traffic: 200 GB/month }
  - { from: scanner, to: web, traffic: 50 GB/month }
";

/// One to four components, with and without links.
///
/// # Panics
/// When a document does not read, which a test would have told.
#[must_use]
pub fn typical() -> Vec<Typical> {
    let documents =
        [("machine", MACHINE), ("near", NEAR), ("pair", PAIR), ("triple", TRIPLE), ("town-archive", TOWN_ARCHIVE)];
    documents.into_iter().map(|(name, spec)| document(name, spec)).collect()
}

/// The document of this name, from what stands below its `spec`.
pub(crate) fn document(name: &'static str, spec: &str) -> Typical {
    let spec: String = spec.lines().map(|line| format!("  {line}\n")).collect();
    let text = format!("apiVersion: hansa/v1\nkind: Application\nmetadata: {{ name: {name} }}\nspec:\n{spec}");
    let application = Application::parse(&text).unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
    Typical { name, application }
}
