//! Consoles that somebody asked for through the exchange: each is brought on a connection of its own.

use std::collections::BTreeMap;

use futures_util::stream::{FuturesUnordered, StreamExt};
use hansa_client::{ConsoleInput, ConsoleOutput};
use hansa_model::console::{ConsoleAsk, ConsoleWish, close};
use hansa_model::id::ServiceId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::core::Core;
use crate::driver::{Console, DriverError};

/// How many are served at the same time for one service, whatever the exchange asks.
const MOST_OF_SERVICE: usize = 4;
/// How many are served at the same time in all.
const MOST: usize = 64;
/// The most bytes of a log that are sent; the end of it counts.
const LARGEST_LOG: usize = 512 << 10;
/// The most bytes of one frame.
const FRAME: usize = 16 << 10;

/// Serves consoles until the agent is to stop. They end with it; the services go on.
pub(crate) async fn serve(core: &Core) {
    let mut served = FuturesUnordered::new();
    let mut open: BTreeMap<ServiceId, usize> = BTreeMap::new();
    loop {
        tokio::select! {
            biased;
            () = core.signals.closing.cancelled() => return,
            Some(service) = served.next() => leave(&mut open, service),
            () = core.signals.console.notified() => {
                for ask in core.take_asks() {
                    let here = open.get(&ask.service).copied().unwrap_or_default();
                    if here < MOST_OF_SERVICE && served.len() < MOST {
                        open.insert(ask.service, here + 1);
                        served.push(bring(core, ask));
                    } else {
                        tracing::warn!(service = %ask.service, "too many consoles are open; another is not served");
                    }
                }
            }
        }
    }
}

fn leave(open: &mut BTreeMap<ServiceId, usize>, service: ServiceId) {
    if let Some(here) = open.get_mut(&service) {
        *here = here.saturating_sub(1);
        if *here == 0 {
            open.remove(&service);
        }
    }
}

/// Brings what was asked for, or the reason why not; answers whose it was.
async fn bring(core: &Core, ask: ConsoleAsk) -> ServiceId {
    let service = ask.service;
    // Both take their time, and whoever asked waits.
    let (line, found) = tokio::join!(core.link.console(&ask.ticket), find(core, &ask));
    let (mut input, output) = match line {
        Ok(line) => (line.input, line.output),
        Err(error) => {
            tracing::warn!(%service, %error, "a console that was asked for could not be brought");
            return service;
        }
    };
    match found {
        Ok(Found::Log(text)) => {
            for piece in text.as_bytes().chunks(FRAME) {
                if !input.send(piece).await {
                    return service;
                }
            }
            input.close(close::ENDED, "").await;
        }
        Ok(Found::Terminal(console)) => {
            tracing::info!(%service, "a terminal was opened");
            join(console, &mut input, output).await;
            input.close(close::ENDED, "").await;
            tracing::info!(%service, "a terminal was closed");
        }
        Err(error) => input.close(close::REFUSED, &error.to_string()).await,
    }
    service
}

enum Found {
    Log(String),
    Terminal(Box<dyn Console>),
}

async fn find(core: &Core, ask: &ConsoleAsk) -> Result<Found, DriverError> {
    let unknown =
        || DriverError::Unavailable("the provider does not have this service yet, or not any more".to_owned());
    let station = core.station_of(ask.service).ok_or_else(unknown)?;
    match ask.wants {
        ConsoleWish::Log { lines } => {
            let lines = usize::try_from(lines).unwrap_or(usize::MAX);
            let text = station.log(ask.service, lines).await?.unwrap_or_default();
            Ok(Found::Log(end_of(&text, LARGEST_LOG).to_owned()))
        }
        ConsoleWish::Terminal => station.console(ask.service).await.map(Found::Terminal),
    }
}

/// The last bytes of a text, from the beginning of a character.
fn end_of(text: &str, most: usize) -> &str {
    let start = text.len().saturating_sub(most);
    let start = (start..=text.len()).find(|index| text.is_char_boundary(*index)).unwrap_or(start);
    &text[start..]
}

/// Carries bytes both ways until one side ends. Each way waits only for itself: a side that takes nothing must not keep
/// the other from being read.
async fn join(console: Box<dyn Console>, input: &mut ConsoleInput, mut output: ConsoleOutput) {
    let (mut shown, mut typed) = tokio::io::split(console);
    let show = async {
        let mut bytes = vec![0; FRAME];
        while let Ok(count) = shown.read(&mut bytes).await {
            if count == 0 || !input.send(&bytes[..count]).await {
                return;
            }
        }
    };
    let take = async {
        while let Ok(bytes) = output.next().await {
            if typed.write_all(&bytes).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = show => {}
        () = take => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_text_begins_with_a_whole_character() {
        assert_eq!(end_of("abc", 10), "abc");
        assert_eq!(end_of("abc", 2), "bc");
        assert_eq!(end_of("aäb", 2), "b");
        assert_eq!(end_of("aäb", 3), "äb");
        assert_eq!(end_of("", 0), "");
    }
}
