//! Series of values in one line of text.

use hansa_model::service::MetricSeries;

use crate::render::paint::Paint;
use crate::render::table;

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The most values that are drawn; of more, neighbours are averaged.
const WIDTH: usize = 48;

/// The values as bars from the least to the greatest; nothing for none.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a drawing")]
pub fn line(values: &[f64]) -> String {
    let per_bar = values.len().div_ceil(WIDTH).max(1);
    let means: Vec<f64> = values.chunks(per_bar).map(|some| some.iter().sum::<f64>() / some.len() as f64).collect();
    let (least, most) =
        means.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)));
    let bar = |value: &f64| {
        let share = if most > least { (value - least) / (most - least) } else { 0.0 };
        BARS[((share * 7.0).round() as usize).min(7)]
    };
    means.iter().map(bar).collect()
}

fn number(value: f64, name: &str) -> String {
    if name.ends_with("bytes") {
        return match value {
            large if large >= 1_073_741_824.0 => format!("{:.1} GiB", large / 1_073_741_824.0),
            medium if medium >= 1_048_576.0 => format!("{:.1} MiB", medium / 1_048_576.0),
            small => format!("{small:.0} B"),
        };
    }
    if name.ends_with("percent") { format!("{value:.1} %") } else { format!("{value:.1}") }
}

/// Metrics of a service: name, least, greatest and last value, and their course.
#[must_use]
pub fn metrics(series: &[MetricSeries], paint: Paint) -> String {
    let rows = series.iter().filter(|one| !one.values.is_empty()).map(|one| {
        let of = |pick: fn(f64, f64) -> f64| one.values.iter().copied().reduce(pick).unwrap_or_default();
        let last = one.values.last().copied().unwrap_or_default();
        vec![
            one.name.clone(),
            number(of(f64::min), &one.name),
            number(of(f64::max), &one.name),
            number(last, &one.name),
            line(&one.values),
        ]
    });
    table::rows(&["metric", "least", "most", "last", "course"], rows, paint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_span_from_least_to_greatest() {
        assert_eq!(line(&[0.0, 3.5, 7.0]), "▁▅█");
        assert_eq!(line(&[2.0, 2.0]), "▁▁");
        assert_eq!(line(&[]), "");
        assert!(line(&vec![1.0; 1000]).chars().count() <= WIDTH);
    }
}
