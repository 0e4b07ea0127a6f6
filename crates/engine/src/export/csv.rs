//! A table of text: for spreadsheet programs, or for the clipboard.

use std::borrow::Cow;
use std::io::Write;

use ::csv::{Terminator, Writer, WriterBuilder};
use hunter_store::StoredReferral;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Sheet;
use super::cells::{COLUMNS, Cell, cells, title};
use crate::language::Language;

/// By this, spreadsheet programs know that the text is UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// A text that begins so would be a formula to them.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

pub(super) struct Table {
    language: Language,
    zone: TimeZone,
    beginning: &'static [u8],
    text: Writer<Vec<u8>>,
}

pub(super) fn for_spreadsheets(language: Language) -> Table {
    Table::new(language, BYTE_ORDER_MARK, b',')
}

pub(super) fn tab_separated(language: Language) -> Table {
    Table::new(language, b"", b'\t')
}

impl Table {
    fn new(language: Language, beginning: &'static [u8], separator: u8) -> Self {
        let mut text =
            WriterBuilder::new().delimiter(separator).terminator(Terminator::CRLF).from_writer(Vec::new());
        let titles = COLUMNS.map(|column| title(language, column));
        let _memory_takes_all = text.write_record(&titles);
        Self { language, zone: TimeZone::system(), beginning, text }
    }
}

impl Sheet for Table {
    fn add(&mut self, referrals: &[StoredReferral]) -> std::io::Result<()> {
        for referral in referrals {
            for cell in cells(referral, self.language) {
                let text: Cow<'_, str> = match cell {
                    Cell::Empty => Cow::Borrowed(""),
                    Cell::Text(text) => harmless(text),
                    Cell::Number(number) => number.to_string().into(),
                    Cell::Moment(moment) => local(moment, &self.zone).into(),
                    Cell::Money { amount, .. } => amount.to_string().into(),
                };
                self.text.write_field(text.as_bytes())?;
            }
            self.text.write_record(None::<&[u8]>)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>, file: &mut dyn Write) -> std::io::Result<()> {
        file.write_all(self.beginning)?;
        file.write_all(&self.text.into_inner().map_err(|error| error.into_error())?)
    }
}

fn local(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn harmless(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.starts_with(FORMULA) { Cow::Owned(format!("'{text}")) } else { text }
}
