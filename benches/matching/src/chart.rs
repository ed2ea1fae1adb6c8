//! Lines over two logarithmic axes, as SVG that can be read on light and on dark ground.

use std::fmt::Write as _;

/// A line with its name.
#[derive(Debug, Clone)]
pub struct Line {
    /// Shown at its last point.
    pub name: String,
    /// Where it goes, from left to right; both above zero.
    pub points: Vec<(f64, f64)>,
}

/// A chart.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Shown above.
    pub title: String,
    /// What runs to the right.
    pub x: String,
    /// What runs upwards, in seconds.
    pub y: String,
    /// The lines.
    pub lines: Vec<Line>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 90.0;
const TOP: f64 = 48.0;
const BOTTOM: f64 = 50.0;
/// Colours that stand out on white and on black.
const COLOURS: [&str; 5] = ["#2f7de1", "#d9731a", "#2a9d5c", "#b04fc4", "#c9404f"];

/// A logarithmic axis.
struct Axis {
    least: f64,
    most: f64,
    from: f64,
    to: f64,
}

impl Axis {
    fn at(&self, value: f64) -> f64 {
        let share = (value / self.least).log10() / (self.most / self.least).log10();
        self.from + share * (self.to - self.from)
    }

    /// The powers of ten on it.
    fn decades(&self) -> Vec<f64> {
        let mut decades = Vec::new();
        let mut value = 10f64.powf(self.least.log10().ceil());
        while value <= self.most * 1.0001 {
            decades.push(value);
            value *= 10.0;
        }
        decades
    }
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, 0.0), |(least, most), value| (least.min(value), most.max(value)))
}

/// A time in words: 10 µs, 1 ms, 100 s.
#[must_use]
pub fn time(seconds: f64) -> String {
    let (value, unit) = match seconds {
        _ if seconds < 0.000_999_5 => (seconds * 1e6, "µs"),
        _ if seconds < 0.999_5 => (seconds * 1e3, "ms"),
        _ => (seconds, "s"),
    };
    let digits = if value < 9.95 { 1 } else { 0 };
    let text = format!("{value:.digits$}");
    format!("{} {unit}", text.strip_suffix(".0").unwrap_or(&text))
}

impl Chart {
    /// The picture.
    #[must_use]
    pub fn svg(&self) -> String {
        let points = || self.lines.iter().flat_map(|line| &line.points);
        let (left, right) = range(points().map(|point| point.0));
        let (low, high) = range(points().map(|point| point.1));
        let x = Axis { least: left, most: right.max(left * 1.01), from: LEFT, to: WIDTH - RIGHT };
        let decade = |value: f64| 10f64.powf(value);
        let (bottom, top) = (decade(low.log10().floor()), decade(high.log10().ceil()));
        let y = Axis { least: bottom, most: top.max(bottom * 10.0), from: HEIGHT - BOTTOM, to: TOP };
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
             height=\"{HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n\
             <title>{title}</title>\n<style>text {{ fill: #222 }} .grid {{ stroke: #8886; stroke-width: 1 }}\n\
             @media (prefers-color-scheme: dark) {{ text {{ fill: #ddd }} }}</style>\n\
             <text x=\"{LEFT}\" y=\"24\" font-size=\"15\">{title}</text>\n",
            title = self.title,
        );
        for value in y.decades() {
            let at = y.at(value);
            let _ = writeln!(svg, "<path class=\"grid\" d=\"M{LEFT} {at:.1}H{:.1}\"/>", x.to);
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 8.0,
                at + 4.0,
                time(value)
            );
        }
        let mut ticks: Vec<f64> = points().map(|point| point.0).collect();
        ticks.sort_by(f64::total_cmp);
        ticks.dedup();
        for value in ticks {
            let at = x.at(value);
            let _ = writeln!(svg, "<path class=\"grid\" d=\"M{at:.1} {:.1}v5\"/>", y.from);
            let _ =
                writeln!(svg, "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{value}</text>", y.from + 18.0);
        }
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            (x.from + x.to) / 2.0,
            HEIGHT - 12.0,
            self.x
        );
        let _ = writeln!(svg, "<text x=\"{LEFT}\" y=\"{:.1}\" font-size=\"11\">{}</text>", TOP - 8.0, self.y);
        // How high the names stand that are there, so that none covers another.
        let mut names: Vec<f64> = Vec::new();
        for (line, colour) in self.lines.iter().zip(COLOURS.iter().cycle()) {
            let places: Vec<String> =
                line.points.iter().map(|(right, up)| format!("{:.1} {:.1}", x.at(*right), y.at(*up))).collect();
            let _ = writeln!(
                svg,
                "<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                places.join("L")
            );
            for (right, up) in &line.points {
                let _ = writeln!(
                    svg,
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"/>",
                    x.at(*right),
                    y.at(*up)
                );
            }
            if let Some((right, up)) = line.points.last() {
                let (right, mut up) = (x.at(*right) + 8.0, y.at(*up) + 4.0);
                while let Some(taken) = names.iter().find(|taken: &&f64| (**taken - up).abs() < 13.0) {
                    up = taken - 13.0;
                }
                names.push(up);
                let _ =
                    writeln!(svg, "<text x=\"{right:.1}\" y=\"{up:.1}\" style=\"fill: {colour}\">{}</text>", line.name);
            }
        }
        svg.push_str("</svg>\n");
        svg
    }
}
