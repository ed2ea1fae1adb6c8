//! The fonts that are printed with, and how wide text gets in them.

use krilla::text::Font;
use ttf_parser::Face;

use crate::PrintError;

const REGULAR: &[u8] = include_bytes!("../../../data/fonts/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("../../../data/fonts/DejaVuSans-Bold.ttf");

/// One font.
pub(crate) struct Typeface {
    pub(crate) font: Font,
    face: Face<'static>,
}

impl Typeface {
    fn read(bytes: &'static [u8]) -> Result<Self, PrintError> {
        let font = Font::new(bytes.to_vec().into(), 0).ok_or(PrintError::Fonts)?;
        let face = Face::parse(bytes, 0).map_err(|_| PrintError::Fonts)?;
        Ok(Self { font, face })
    }

    /// How wide a text is, in points. Kerning is left out: it makes texts narrower.
    pub(crate) fn width(&self, text: &str, size: f32) -> f32 {
        let advance = |letter| self.face.glyph_index(letter).and_then(|glyph| self.face.glyph_hor_advance(glyph));
        let units: u32 = text.chars().filter_map(advance).map(u32::from).sum();
        // Widths are far below the 2^24 up to which they are exact.
        #[allow(clippy::cast_precision_loss, reason = "a text is no million letters long")]
        let units = units as f32;
        units * size / f32::from(self.face.units_per_em())
    }

    /// The text in lines that are no wider than that; a single word may be.
    pub(crate) fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if self.width(&format!("{line} {word}"), size) <= width => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }
}

/// Both fonts.
pub(crate) struct Fonts {
    pub(crate) regular: Typeface,
    pub(crate) bold: Typeface,
}

impl Fonts {
    pub(crate) fn embedded() -> Result<Self, PrintError> {
        Ok(Self { regular: Typeface::read(REGULAR)?, bold: Typeface::read(BOLD)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_wide_as_they_may_be_and_no_word_is_lost() {
        let face = Fonts::embedded().unwrap().regular;
        let text = "Zażółć gęślą jaźń ΑΘΗΝΑ София straße naïve cœur";
        let lines = face.lines(text, 10.0, 90.0);
        assert!(lines.len() > 2 && lines.iter().all(|line| face.width(line, 10.0) <= 90.0), "{lines:?}");
        assert_eq!(lines.join(" "), text);
    }
}
