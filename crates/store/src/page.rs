//! Pages of lists by keyset: the cursor holds the sort key of the last row seen, so that rows that come and go
//! in between neither repeat nor hide others.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hansa_model::page::{MAX_PAGE, Page};
use serde::{Deserialize, Serialize};

use crate::db::{Arg, Row};
use crate::error::{Result, StoreError};

/// How long a page is when nobody says.
pub const DEFAULT_PAGE: u32 = 50;

/// Which page of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// How many items at most.
    pub limit: u32,
    /// What the page before gave as `next`; absent for the first page.
    pub cursor: Option<String>,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { limit: DEFAULT_PAGE, cursor: None }
    }
}

impl PageRequest {
    /// The first page, as long as pages get.
    #[must_use]
    pub const fn longest() -> Self {
        Self { limit: MAX_PAGE, cursor: None }
    }
}

/// One part of a sort key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    /// A number.
    Int(i64),
    /// A text.
    Text(String),
}

impl From<Key> for Arg {
    fn from(key: Key) -> Self {
        match key {
            Key::Int(number) => number.into(),
            Key::Text(text) => text.into(),
        }
    }
}

/// How a list is sorted: by these columns, the last of which is unique.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// The list's name; a cursor of another list or another order is refused.
    pub list: &'static str,
    /// The columns, as the statement names them.
    pub columns: &'static [&'static str],
    /// Whether the greatest comes first.
    pub descending: bool,
}

#[derive(Serialize, Deserialize)]
struct Cursor(String, Vec<Key>);

impl Order {
    /// The cursor after a row with this sort key.
    #[must_use]
    pub fn cursor(&self, keys: Vec<Key>) -> String {
        let text = serde_json::to_string(&Cursor(self.list.to_owned(), keys)).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(text)
    }

    fn read(&self, cursor: &str) -> Result<Vec<Key>> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| StoreError::Cursor)?;
        let Cursor(list, keys) = serde_json::from_slice(&bytes).map_err(|_| StoreError::Cursor)?;
        if list == self.list && keys.len() == self.columns.len() { Ok(keys) } else { Err(StoreError::Cursor) }
    }

    /// `order by …`.
    #[must_use]
    pub fn clause(&self) -> String {
        let direction = if self.descending { " desc" } else { "" };
        let columns: Vec<_> = self.columns.iter().map(|column| format!("{column}{direction}")).collect();
        format!(" order by {}", columns.join(", "))
    }
}

/// The conditions of a statement with the values that they mention.
#[derive(Debug, Default)]
pub struct Filter {
    conditions: Vec<String>,
    args: Vec<Arg>,
}

impl Filter {
    /// Binds a value; answers its placeholder.
    pub fn bind(&mut self, value: impl Into<Arg>) -> String {
        self.args.push(value.into());
        format!("${}", self.args.len())
    }

    /// Adds a condition.
    pub fn and(&mut self, condition: impl Into<String>) {
        self.conditions.push(condition.into());
    }

    /// Adds `column = value`.
    pub fn equals(&mut self, column: &str, value: impl Into<Arg>) {
        let value = self.bind(value);
        self.and(format!("{column} = {value}"));
    }

    /// Adds that `column` is greater than the value.
    pub fn exceeds(&mut self, column: &str, value: impl Into<Arg>) {
        let value = self.bind(value);
        self.and(format!("{column} > {value}"));
    }

    /// Adds `column in (values)`, where there are any.
    pub fn one_of<T: Into<Arg>>(&mut self, column: &str, values: impl IntoIterator<Item = T>) {
        let places: Vec<_> = values.into_iter().map(|value| self.bind(value)).collect();
        if !places.is_empty() {
            self.and(format!("{column} in ({})", places.join(", ")));
        }
    }

    /// Adds that one of the columns holds the text, whatever its case.
    pub fn contains(&mut self, columns: &[&str], text: &str) {
        let escaped = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let pattern = self.bind(format!("%{escaped}%"));
        let any: Vec<_> = columns.iter().map(|column| format!("lower({column}) like {pattern} escape '\\'")).collect();
        self.and(format!("({})", any.join(" or ")));
    }

    /// Adds that rows come after the cursor of the page that is wanted.
    ///
    /// # Errors
    /// [`StoreError::Cursor`] when the cursor is not one of this list.
    pub fn after(&mut self, order: &Order, page: &PageRequest) -> Result<()> {
        let Some(cursor) = &page.cursor else { return Ok(()) };
        let places: Vec<_> = order.read(cursor)?.into_iter().map(|key| self.bind(key)).collect();
        let direction = if order.descending { '<' } else { '>' };
        self.and(format!("({}) {direction} ({})", order.columns.join(", "), places.join(", ")));
        Ok(())
    }

    /// ` where …`, or nothing.
    #[must_use]
    pub fn clause(&self) -> String {
        if self.conditions.is_empty() { String::new() } else { format!(" where {}", self.conditions.join(" and ")) }
    }

    /// The values of the placeholders.
    #[must_use]
    pub fn args(self) -> Vec<Arg> {
        self.args
    }

    /// The whole statement for one page of `select`, which holds everything up to `where`; one row more than the
    /// page has, so that it shows whether another page follows.
    ///
    /// # Errors
    /// [`StoreError::Cursor`].
    pub fn page(mut self, select: &str, order: &Order, page: &PageRequest) -> Result<(String, Vec<Arg>)> {
        self.after(order, page)?;
        let limit = self.bind(page.limit.saturating_add(1));
        Ok((format!("{select}{}{} limit {limit}", self.clause(), order.clause()), self.args))
    }
}

/// Makes a page of the rows of [`Filter::page`].
///
/// # Errors
/// [`StoreError::Corrupt`].
pub fn collect<T>(
    rows: &[Row],
    page: &PageRequest,
    order: &Order,
    read: impl Fn(&Row) -> Result<T>,
    key: impl Fn(&T) -> Vec<Key>,
) -> Result<Page<T>> {
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let items = rows.iter().take(limit).map(read).collect::<Result<Vec<_>>>()?;
    let next = if rows.len() > limit { items.last().map(|last| order.cursor(key(last))) } else { None };
    Ok(Page { items, next })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BY_PRICE: Order = Order { list: "offer-price", columns: &["monthly", "id"], descending: true };

    #[test]
    fn a_cursor_goes_on_where_the_page_ended() {
        let cursor = BY_PRICE.cursor(vec![Key::Int(5), Key::Text("off_1".into())]);
        let mut filter = Filter::default();
        filter.equals("kind", "x");
        let (sql, args) = filter.page("select *", &BY_PRICE, &PageRequest { limit: 2, cursor: Some(cursor) }).unwrap();
        assert_eq!(
            sql,
            "select * where kind = $1 and (monthly, id) < ($2, $3) order by monthly desc, id desc limit $4"
        );
        assert_eq!(args.len(), 4);
    }

    #[test]
    fn foreign_and_damaged_cursors_are_refused() {
        let other = Order { list: "offer-name", ..BY_PRICE }.cursor(vec![Key::Int(5), Key::Text("a".into())]);
        let short = BY_PRICE.cursor(vec![Key::Int(5)]);
        for cursor in [other, short, "%%%".to_owned(), String::new(), "AAAA".to_owned()] {
            let page = PageRequest { limit: 2, cursor: Some(cursor) };
            let refusal = Filter::default().page("select *", &BY_PRICE, &page).unwrap_err();
            assert!(matches!(refusal, StoreError::Cursor));
        }
    }
}
