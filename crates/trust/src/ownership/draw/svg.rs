//! The few elements of SVG that the picture is made of.

use std::fmt::Write;

use super::Tone;

/// Fonts, sizes and colours by class.
const STYLE: &str = "text{font-family:system-ui,-apple-system,'Segoe UI','Noto Sans','DejaVu Sans',sans-serif;\
fill:#1f2933}.title{font-size:20px;font-weight:600}.quiet{font-size:12px;fill:#616e7c}.name{font-size:13px;\
font-weight:600}.part{font-size:11.5px;font-weight:600}.right{font-size:10.5px;fill:#7b341e}.open{font-size:10.5px;\
fill:#9a6700;font-style:italic}.middle{text-anchor:middle}.box{stroke-width:1.6}.subject{stroke-width:3}\
.home{fill:#e6f4ea;stroke:#2f855a}.area{fill:#e3f2f6;stroke:#2b7a92}.third{fill:#fde8e6;stroke:#c53030}\
.unknown{fill:#f5f7fa;stroke:#7b8794;stroke-dasharray:5 4}.dispersed{fill:#f0ecf8;stroke:#6b5ba5}\
.paper{fill:#ffffff;fill-opacity:.9}.arrow{fill:none;stroke:#9aa5b1;stroke-width:1.4}\
.control{stroke:#323f4b;stroke-width:2.4}.guess{stroke-dasharray:5 4}.round{stroke:#b7791f;stroke-dasharray:7 3}\
.rule{stroke:#e4e7eb}";

/// The heads of arrows by their names, each with its colour.
const TIPS: [(&str, &str); 3] = [("tip", "#9aa5b1"), ("tip-control", "#323f4b"), ("tip-round", "#b7791f")];

/// A rectangle by its left and top edge, width and height.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Area {
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }
}

/// Elements one after the other. Everything that comes from outside goes through [`escaped`].
#[derive(Debug, Default)]
pub(super) struct Svg(String);

impl Svg {
    /// A white page with a title.
    pub(super) fn page(width: i32, height: i32, title: &str) -> Self {
        let mut svg = Self::default();
        svg.add(format_args!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" "#));
        svg.add(format_args!(r#"viewBox="0 0 {width} {height}" role="img">"#));
        svg.add(format_args!("<title>{}</title><style>{STYLE}</style><defs>", escaped(title)));
        for (id, colour) in TIPS {
            svg.add(format_args!(r#"<marker id="{id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" "#));
            svg.add(format_args!(r#"markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">"#));
            svg.add(format_args!(r#"<path d="M0 0L10 5L0 10z" fill="{colour}"/></marker>"#));
        }
        svg.0.push_str("</defs>");
        svg.add(format_args!(r##"<rect width="100%" height="100%" fill="#ffffff"/>"##));
        svg
    }

    pub(super) fn text(&mut self, class: &str, x: i32, y: i32, words: &str) {
        self.add(format_args!(r#"<text class="{class}" x="{x}" y="{y}">{}</text>"#, escaped(words)));
    }

    pub(super) fn rect(&mut self, class: &str, area: Area, round: i32) {
        let Area { x, y, width, height } = area;
        self.add(format_args!(r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" "#));
        self.add(format_args!(r#"rx="{round}" class="{class}"/>"#));
    }

    pub(super) fn dot(&mut self, class: &str, x: i32, y: i32) {
        self.add(format_args!(r#"<circle cx="{x}" cy="{y}" r="5" class="{class}"/>"#));
    }

    pub(super) fn path(&mut self, class: &str, way: &str, tip: Option<&str>) {
        self.add(format_args!(r#"<path class="{class}" d="{way}""#));
        if let Some(tip) = tip {
            self.add(format_args!(r#" marker-end="url(#{tip})""#));
        }
        self.0.push_str("/>");
    }

    /// Begins a group that says its name when it is pointed at.
    pub(super) fn open(&mut self, class: &str, name: &str) {
        let name = escaped(name);
        self.add(format_args!(r#"<g class="{class}" data-name="{name}"><title>{name}</title>"#));
    }

    pub(super) fn close(&mut self) {
        self.0.push_str("</g>");
    }

    pub(super) fn append(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push_str("</svg>");
        self.0
    }

    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing into a string can't fail.
        let _ = self.0.write_fmt(element);
    }
}

/// The class of a colour.
pub(super) fn class_of(tone: Tone) -> &'static str {
    match tone {
        Tone::Home => "home",
        Tone::Area => "area",
        Tone::Third => "third",
        Tone::Unknown => "unknown",
        Tone::Dispersed => "dispersed",
    }
}

/// A text as it may stand in SVG, without signs that can't, or that turn the direction of writing round.
fn escaped(words: &str) -> String {
    let mut escaped = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            '\u{fffe}' | '\u{ffff}' => {}
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}
