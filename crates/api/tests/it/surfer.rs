//! A browser, as far as the pages of the provider need one: redirects, cookies, forms.

use std::collections::BTreeMap;

use reqwest::header::{LOCATION, SET_COOKIE};
use reqwest::{Client, Response, Url};

/// The most pages on the way.
const PAGES: usize = 12;

#[derive(Default)]
pub(crate) struct Surfer {
    cookies: BTreeMap<String, String>,
}

impl Surfer {
    /// Follows the pages that begin at `url`, signs in as `name` and agrees to everything, until it is sent to an
    /// address that begins with `end`; answers that address.
    pub(crate) async fn sign_in(mut self, url: &str, name: &str, end: &str) -> String {
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let mut url: Url = url.parse().unwrap();
        let mut form = None::<String>;
        for _ in 0..PAGES {
            let request = match form.take() {
                Some(fields) => {
                    let kind = "application/x-www-form-urlencoded";
                    client.post(url.clone()).header("content-type", kind).body(fields)
                }
                None => client.get(url.clone()),
            };
            let response = request.header("cookie", self.header()).send().await.unwrap();
            self.keep(&response);
            let next = response.headers().get(LOCATION).map(|location| location.to_str().unwrap().to_owned());
            if let Some(next) = next {
                if next.starts_with(end) {
                    return next;
                }
                url = url.join(&next).unwrap();
                continue;
            }
            let page = response.text().await.unwrap();
            let prompt = between(&page, "name=\"prompt\" value=\"", "\"").unwrap_or_else(|| panic!("no form: {page}"));
            let action = between(&page, "action=\"", "\"").unwrap();
            url = url.join(&action).unwrap();
            form = Some(format!("prompt={prompt}&login={name}&password=x"));
        }
        panic!("the pages do not end");
    }

    fn header(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, response: &Response) {
        for line in response.headers().get_all(SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn between(text: &str, start: &str, end: &str) -> Option<String> {
    let rest = text.split_once(start)?.1;
    Some(rest.split_once(end)?.0.to_owned())
}
