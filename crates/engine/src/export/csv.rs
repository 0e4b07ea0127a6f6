//! A table of text: for spreadsheet programs, or for the clipboard.

use std::borrow::Cow;
use std::io;

use ::csv::{Terminator, Writer, WriterBuilder};
use hunter_store::StoredReferral;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::cells::{COLUMNS, Cell, cells, title};
use super::{Out, Sheet};
use crate::language::Language;

/// By this, spreadsheet programs know that the text is UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// A text that begins so would be a formula to them.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

pub(super) struct Table {
    language: Language,
    zone: TimeZone,
    beginning: &'static [u8],
    separator: u8,
}

pub(super) fn for_spreadsheets(language: Language) -> Table {
    Table { language, zone: TimeZone::system(), beginning: BYTE_ORDER_MARK, separator: b',' }
}

pub(super) fn tab_separated(language: Language) -> Table {
    Table { language, zone: TimeZone::system(), beginning: b"", separator: b'\t' }
}

impl Table {
    fn writer<'f>(&self, file: &'f mut Out) -> Writer<&'f mut Out> {
        WriterBuilder::new().delimiter(self.separator).terminator(Terminator::CRLF).from_writer(file)
    }
}

impl Sheet for Table {
    fn begin(&mut self, file: &mut Out) -> io::Result<()> {
        file.write_all(self.beginning)?;
        let mut text = self.writer(file);
        text.write_record(COLUMNS.map(|column| title(self.language, column)))?;
        text.flush()
    }

    fn add(&mut self, referrals: &[StoredReferral], file: &mut Out) -> io::Result<()> {
        let mut text = self.writer(file);
        for referral in referrals {
            for cell in cells(referral, self.language) {
                let value: Cow<'_, str> = match cell {
                    Cell::Empty => Cow::Borrowed(""),
                    Cell::Text(text) => harmless(text),
                    Cell::Number(number) => number.to_string().into(),
                    Cell::Moment(moment) => local(moment, &self.zone).into(),
                    Cell::Money { amount, .. } => amount.to_string().into(),
                };
                text.write_field(value.as_bytes())?;
            }
            text.write_record(None::<&[u8]>)?;
        }
        text.flush()
    }

    fn finish(&mut self, _file: &mut Out) -> io::Result<()> {
        Ok(())
    }
}

fn local(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// No formula, and nothing that would make the file something else than text.
fn harmless(mut text: Cow<'_, str>) -> Cow<'_, str> {
    let is_no_text = |letter: char| letter.is_control() && !matches!(letter, '\t' | '\n' | '\r');
    if text.contains(is_no_text) {
        text = Cow::Owned(text.replace(is_no_text, "\u{fffd}"));
    }
    if text.starts_with(FORMULA) { Cow::Owned(format!("'{text}")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Kaya", "Kaya")]
    #[case("=1+1", "'=1+1")]
    #[case("two\nlines\tand a tab", "two\nlines\tand a tab")]
    #[case("\0=1+1\u{1b}[2J", "\u{fffd}=1+1\u{fffd}[2J")]
    fn cells_are_text(#[case] text: &'static str, #[case] expected: &str) {
        assert_eq!(harmless(text.into()), expected);
    }
}
