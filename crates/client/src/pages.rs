//! Lists that come in pages.

use std::collections::VecDeque;

use futures_util::stream::{self, Stream};
use hansa_model::page::Page;
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::client::Client;
use crate::error::ClientError;

impl Client {
    /// Every item of a list, fetched page by page as they are taken.
    pub fn pages<T: DeserializeOwned>(
        &self,
        path: impl Into<String>,
        query: impl Serialize,
    ) -> impl Stream<Item = Result<T, ClientError>> {
        let state = Pages { path: path.into(), query, items: VecDeque::new(), next: Next::First };
        stream::unfold(state, move |mut state| async move {
            loop {
                if let Some(item) = state.items.pop_front() {
                    return Some((Ok(item), state));
                }
                let mut call = self.call(Method::GET, state.path.as_str()).query(&state.query);
                match &state.next {
                    Next::First => {}
                    Next::Cursor(cursor) => call = call.query(&[("cursor", cursor)]),
                    Next::Nothing => return None,
                }
                match call.send::<Page<T>>().await {
                    Ok(page) => {
                        state.items = page.items.into();
                        state.next = page.next.map_or(Next::Nothing, Next::Cursor);
                    }
                    Err(error) => {
                        state.next = Next::Nothing;
                        return Some((Err(error), state));
                    }
                }
            }
        })
    }

    /// Every item of a list at once.
    ///
    /// # Errors
    /// [`ClientError`] of the first page that can't be had.
    pub async fn all<T: DeserializeOwned>(
        &self,
        path: impl Into<String>,
        query: impl Serialize,
    ) -> Result<Vec<T>, ClientError> {
        use futures_util::TryStreamExt;
        self.pages(path, query).try_collect().await
    }
}

struct Pages<T, Q> {
    path: String,
    query: Q,
    items: VecDeque<T>,
    next: Next,
}

enum Next {
    First,
    Cursor(String),
    Nothing,
}
