//! Fetches a page over plain HTTP, as a visitor would.

use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const LIMIT: usize = 256 * 1024;
const TIME: Duration = Duration::from_secs(20);

/// The body of the page.
pub(crate) async fn fetch(host: &str, port: u16, path: &str) -> anyhow::Result<String> {
    tokio::time::timeout(TIME, get(host, port, path)).await.context("the page did not come in time")?
}

async fn get(host: &str, port: u16, path: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect((host, port)).await?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    let mut part = [0; 8192];
    loop {
        let read = stream.read(&mut part).await?;
        if read == 0 {
            break;
        }
        bytes.extend_from_slice(&part[..read]);
        if bytes.len() > LIMIT {
            bail!("the page is larger than {LIMIT} bytes");
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").or_else(|| text.split_once("\n\n")).context("no HTTP answer")?;
    let status = head.lines().next().unwrap_or("no status");
    if status.split_whitespace().nth(1) != Some("200") {
        bail!("{status}");
    }
    Ok(body.to_owned())
}

/// The rows of the first table of a page, each as its cells without markup.
pub(crate) fn rows(page: &str) -> Vec<Vec<String>> {
    page.split("<tr")
        .skip(1)
        .filter_map(|row| {
            let cells: Vec<String> = row
                .split("<td")
                .skip(1)
                .filter_map(|cell| {
                    let inner = cell.split_once('>')?.1.split("</td>").next()?;
                    Some(inner.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").trim().to_owned())
                })
                .collect();
            (!cells.is_empty()).then_some(cells)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_out_of_a_page() {
        let page = "<table><tr><th>No.</th></tr>\n<tr valign=\"top\"><td align=\"right\">7</td>\n<td>A &lt;map&gt;</td></tr></table>";
        assert_eq!(rows(page), [["7", "A <map>"]]);
    }
}
