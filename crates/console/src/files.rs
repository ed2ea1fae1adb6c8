//! The files of the console, as they were when this program was built.

use std::borrow::Cow;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
#[exclude = ".vite/*"]
struct Dist;

/// One file.
pub(crate) struct File {
    /// Its content, compressed if `is_brotli`.
    pub(crate) content: Cow<'static, [u8]>,
    /// Whether `content` is compressed with Brotli.
    pub(crate) is_brotli: bool,
    /// Its media type.
    pub(crate) media_type: &'static str,
    /// The hash of its content.
    pub(crate) hash: String,
}

/// The file at `path`, which has no slash at its beginning; compressed if it is and the browser takes that.
pub(crate) fn find(path: &str, takes_brotli: bool) -> Option<File> {
    let compressed = takes_brotli.then(|| Dist::get(&format!("{path}.br"))).flatten();
    let is_brotli = compressed.is_some();
    let file = compressed.or_else(|| Dist::get(path))?;
    let hash = hex::encode(&file.metadata.sha256_hash()[..16]);
    Some(File { content: file.data, is_brotli, media_type: media_type(path), hash })
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "webmanifest") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
