//! Sites.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hansa_model::site::NewSite;

use super::Watch;
use crate::session::Session;
use crate::{input, resolve};

const SKELETON: &str = include_str!("../skeletons/site.yaml");

/// Sites.
#[derive(Debug, Subcommand)]
pub(crate) enum Site {
    /// List sites
    List(List),
    /// Show a site
    Show(Show),
    /// Make a site
    Create(Create),
}

/// List sites.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa site list
  hansa site list -o json")]
pub(crate) struct List {
    #[command(flatten)]
    watch: Watch,
}

/// Show a site.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa site show hamburg-1
  hansa site show sit_01h455vb4pex5vsknk084sn02q -o yaml")]
pub(crate) struct Show {
    /// Identifier or name
    site: String,
}

/// Make a site.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa site create -f site.yaml
  hansa site create --generate-skeleton
  echo '{name: utrecht, country: NL, city: Utrecht, coordinates: {latitude: 52.09, longitude: 5.12}}' | hansa site create -f -")]
pub(crate) struct Create {
    /// The site, in YAML or JSON; `-` for stdin
    #[arg(short, long, value_name = "FILE", required_unless_present = "generate_skeleton")]
    file: Option<PathBuf>,
    /// Print a full example of a site and do nothing
    #[arg(long)]
    generate_skeleton: bool,
}

impl Site {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        match self {
            Self::List(List { watch }) => {
                let draw = async || session.output.list(&client.sites().await?);
                session.watched(&client, watch.watch, "site.", draw).await
            }
            Self::Show(Show { site }) => session.output.one(&resolve::site(&client, &site).await?),
            Self::Create(Create { file, generate_skeleton }) => {
                let Some(file) = file.filter(|_| !generate_skeleton) else {
                    return session.output.print(SKELETON);
                };
                let new: NewSite = input::document(&file)?;
                session.output.one(&client.create_site(&new).await?)
            }
        }
    }
}
