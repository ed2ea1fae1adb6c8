//! Ordering.

use std::path::PathBuf;

use clap::Args;
use hansa_client::Client;
use hansa_model::money::Money;
use hansa_model::order::{NewOrder, NewQuote, Quote};

use super::wait::follow;
use crate::failure::{Exit, Failure};
use crate::render::packages;
use crate::session::Session;
use crate::{input, prompt, resolve};

/// Order.
#[derive(Debug, Args)]
#[command(after_help = "Nothing is ordered without a quote: with -f the market is searched and a quote made first,
and its price is shown before the question. -y answers the question, but never lifts --max-price.

Examples:
  hansa order create --quote quo_01h455vb4pex5vsknk084sn02q
  hansa order create -f app.yaml --max-price '450 EUR' -y --wait
  hansa order create -f app.yaml --dry-run -o json")]
pub(crate) struct Create {
    /// The quote to accept
    #[arg(long, value_name = "QUOTE", conflicts_with = "file")]
    quote: Option<String>,
    /// The application to match, quote and order; `-` for stdin
    #[arg(short, long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Name of the package wanted instead of the chosen one
    #[arg(long, value_name = "NAME", requires = "file")]
    package: Option<String>,
    /// What it may cost in a month at most
    #[arg(long, value_name = "AMOUNT", value_parser = str::parse::<Money>)]
    max_price: Option<Money>,
    /// Show what a quote would cost, or with -f what would be asked for, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Order without asking
    #[arg(short, long)]
    yes: bool,
    /// Wait until the order has ended
    #[arg(long)]
    wait: bool,
}

impl Create {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let quote = match (&self.quote, &self.file) {
            (Some(quote), _) => client.quote(resolve::quote(quote)?).await?,
            (None, Some(file)) => {
                let application = input::application(file)?;
                let project = session.project(&client).await?.id;
                let new = NewQuote { project, application, package: self.package.clone(), hold: false };
                if self.dry_run {
                    let text = serde_json::to_string_pretty(&new)? + "\n";
                    return session.output.document(&new, || text, Vec::new);
                }
                client.create_quote(&new).await?
            }
            (None, None) => {
                let failure = Failure::usage("there is nothing to order");
                return Err(failure.hint("name an application with `-f app.yaml`, or a quote with --quote").into());
            }
        };
        self.check_price(&quote)?;
        let new = NewOrder::Create { quote: quote.id };
        if self.dry_run {
            return session.output.one(&client.preview_order(&new).await?);
        }
        self.ask(session, &client, &quote)?;
        let order = client.create_order(&new).await?;
        if self.wait {
            return follow(session, &client, order.id, None).await;
        }
        session.output.one(&order)?;
        session.output.note(&format!("wait for it: hansa order wait {}", order.id));
        Ok(())
    }

    fn check_price(&self, quote: &Quote) -> anyhow::Result<()> {
        let (Some(limit), price) = (self.max_price, quote.package.price.monthly) else { return Ok(()) };
        if limit.currency() == price.currency() && price.micros() <= limit.micros() {
            return Ok(());
        }
        let message = format!("{} a month is more than --max-price {limit}", price.rounded());
        let hint = format!("nothing was ordered; the quote stays open: {}", quote.id);
        Err(Failure::new(Exit::Impossible, "over-max-price", message).hint(hint).into())
    }

    fn ask(&self, session: &Session, client: &Client, quote: &Quote) -> anyhow::Result<()> {
        let price = quote.package.price;
        session.output.note(packages::quote(quote, crate::render::paint::Paint::new(false)).trim_end());
        let question = format!(
            "Order {} for {} a month and {} once at {}?",
            quote.application.name,
            price.monthly.rounded(),
            price.one_off.rounded(),
            client.address()
        );
        prompt::confirm(&question, self.yes)
    }
}
