//! Images of virtual machines, on the machine of an agent.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use hansa_driver_qemu::images::{self, BuildError, ImageError, Manifest, RECIPES, Recipe, ToolError};
use hansa_model::quantity::Size;
use serde::Serialize;

use crate::failure::{Exit, Failure};
use crate::output::Shown;
use crate::session::Session;

/// Images.
#[derive(Debug, Subcommand)]
pub(crate) enum Image {
    /// Build an image from Debian's packages
    Build(Build),
    /// List the images that are there, each compared with its checksums, and those that can be built
    List(List),
}

/// Where images are kept.
#[derive(Debug, Args)]
struct Place {
    /// The directory of images, as the agent's configuration names it
    #[arg(long, value_name = "DIR", env = "HANSA_IMAGES")]
    images: PathBuf,
}

/// Build an image.
#[derive(Debug, Args)]
#[command(
    after_help = "What is there already, built from the same things, is kept. Machines that run go on with what they were
made from. debian-12 takes root and Debian's package archive.

Examples:
  hansa image build debian-12 --images /var/lib/hansa/images
  hansa image build debian-12-micro --images ./images -o json"
)]
pub(crate) struct Build {
    /// The image: debian-12 or debian-12-micro
    name: String,
    #[command(flatten)]
    place: Place,
}

/// List images.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa image list --images /var/lib/hansa/images
  hansa image list --images ./images -o name")]
pub(crate) struct List {
    #[command(flatten)]
    place: Place,
}

/// An image that is there or could be.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: String,
    /// `ready`, `damaged`, `not built`.
    state: &'static str,
    /// Whom to log in as.
    user: Option<String>,
    /// The least memory of a machine, and the least disk.
    least: Option<String>,
    /// What is wrong with it, or what it is.
    about: String,
}

impl Shown for Row {
    const COLUMNS: &'static [&'static str] = &["name", "state", "user", "least", "about"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.state.to_owned(),
            self.user.clone().unwrap_or_default(),
            self.least.clone().unwrap_or_default(),
            self.about.clone(),
        ]
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

impl Row {
    fn kept(name: String, found: Result<Manifest, ImageError>) -> Self {
        let title = recipe(&name).map_or("an image of your own", |recipe| recipe.title);
        match found {
            Ok(manifest) => Self {
                name,
                state: "ready",
                least: Some(least(&manifest)),
                user: Some(manifest.user),
                about: title.to_owned(),
            },
            Err(fault) => Self { name, state: "damaged", user: None, least: None, about: fault.to_string() },
        }
    }

    fn possible(recipe: &Recipe) -> Self {
        let about = format!("{}; takes {}", recipe.title, recipe.takes);
        Self { name: recipe.name.to_owned(), state: "not built", user: None, least: None, about }
    }
}

fn recipe(name: &str) -> Option<&'static Recipe> {
    RECIPES.iter().find(|recipe| recipe.name == name)
}

fn least(manifest: &Manifest) -> String {
    let size = |bytes: u64| Size::from_base(i64::try_from(bytes).unwrap_or(i64::MAX));
    format!("{} memory, {} disk", size(manifest.minimum_memory_mib << 20), size(manifest.minimum_disk))
}

fn rows(images: &Path) -> Vec<Row> {
    let kept = images::kept_in(images);
    let possible: Vec<_> = RECIPES.iter().filter(|recipe| !kept.contains_key(recipe.name)).map(Row::possible).collect();
    kept.into_iter().map(|(name, found)| Row::kept(name, found)).chain(possible).collect()
}

impl Image {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::Build(command) => command.run(session).await,
            Self::List(List { place }) => session.output.list(&rows(&place.images)),
        }
    }
}

impl Build {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let Self { name, place: Place { images } } = self;
        let Some(recipe) = recipe(&name) else {
            let known: Vec<_> = RECIPES.iter().map(|recipe| recipe.name).collect();
            let failure =
                Failure::new(Exit::NotFound, "not-found", format!("there is no recipe for an image `{name}`"));
            return Err(failure.hint(format!("there are: {}", known.join(", "))).into());
        };
        session.output.note(&format!("Building {name}: {}. It takes {}.", recipe.title, recipe.takes));
        let built = tokio::task::spawn_blocking(move || recipe.build(&images)).await?;
        let manifest = built.map_err(|error| {
            let failure = Failure::new(Exit::Failure, "not-built", format!("{name} was not built: {error}"));
            match error {
                BuildError::NotRoot(_) => failure.hint(format!("sudo hansa image build {name} …")),
                BuildError::Missing { .. } | BuildError::Tool(ToolError::Missing { .. }) => {
                    failure.hint(format!("apt-get install {}", recipe.packages.join(" ")))
                }
                BuildError::Tool(ToolError::Failed { .. }) | BuildError::File { .. } => failure,
            }
        })?;
        session.output.one(&Row::kept(name, Ok(manifest)))
    }
}
