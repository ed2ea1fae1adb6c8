//! stub
use super::Graph;
use hansa_model::time::Timestamp;
/// stub
pub fn draw(_graph: &Graph, _entity: &str, _at: Timestamp) -> String {
    String::new()
}
