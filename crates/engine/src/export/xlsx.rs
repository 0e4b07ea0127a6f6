//! A workbook: dates and amounts are dates and numbers, everything else is text and never a formula.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;

use hunter_store::StoredReferral;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Format, Workbook as Book, Worksheet, XlsxError};

use super::cells::{COLUMNS, Cell, cells, title};
use super::{Out, Sheet};
use crate::language::Language;

/// What a cell takes at most, in UTF-16 units.
const CELL: usize = 32_767;
/// Digits that a spreadsheet's number keeps; an amount of more stays text.
const DIGITS: usize = 15;
const WIDTH: f64 = 18.0;
const WIDE: f64 = 36.0;

pub(super) struct Workbook {
    book: Book,
    language: Language,
    zone: TimeZone,
    next: u32,
    moment: Format,
    money: HashMap<String, Format>,
}

impl Workbook {
    pub fn new(language: Language, zone: TimeZone) -> Result<Self, XlsxError> {
        let mut book = Book::new();
        let sheet = book.add_worksheet_with_low_memory()?;
        sheet.set_name(language.text("export.sheet", &[]))?;
        sheet.set_freeze_panes(1, 1)?;
        let head = Format::new().set_bold();
        for (place, column) in (0_u16..).zip(COLUMNS) {
            let width = if ["customer_name", "name", "note"].contains(&column) { WIDE } else { WIDTH };
            sheet.set_column_width(place, width)?;
            sheet.write_string_with_format(0, place, title(language, column), &head)?;
        }
        let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm");
        Ok(Self { book, language, zone, next: 1, moment, money: HashMap::new() })
    }

    fn add_one(&mut self, referral: &StoredReferral) -> Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_index(0)?;
        for (place, cell) in (0_u16..).zip(cells(referral, self.language)) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => write_text(sheet, self.next, place, &text)?,
                Cell::Number(number) => {
                    sheet.write_number(self.next, place, number)?;
                }
                Cell::Moment(moment) => {
                    write_moment(sheet, self.next, place, moment, &self.zone, &self.moment)?
                }
                Cell::Money { amount, currency } => match amount.to_f64() {
                    Some(number) if amount.mantissa().unsigned_abs().to_string().len() <= DIGITS => {
                        let format =
                            self.money.entry(currency.to_owned()).or_insert_with(|| in_currency(currency));
                        sheet.write_number_with_format(self.next, place, number, format)?;
                    }
                    _ => write_text(sheet, self.next, place, &amount.to_string())?,
                },
            }
        }
        self.next += 1;
        Ok(())
    }

    fn write(&mut self, file: &mut Out) -> Result<(), XlsxError> {
        let last = u16::try_from(COLUMNS.len() - 1).unwrap_or(u16::MAX);
        self.book.worksheet_from_index(0)?.autofilter(0, 0, self.next.max(2) - 1, last)?;
        // Packed beforehand: the packer tells a disk's refusal on stderr as well, in words for nobody.
        file.write_all(&self.book.save_to_buffer()?)?;
        Ok(())
    }
}

impl Sheet for Workbook {
    fn begin(&mut self, _file: &mut Out) -> io::Result<()> {
        Ok(())
    }

    /// Rows wait in a file of their own: a workbook is packed as a whole.
    fn add(&mut self, referrals: &[StoredReferral], _file: &mut Out) -> io::Result<()> {
        referrals.iter().try_for_each(|referral| self.add_one(referral)).map_err(of_file)
    }

    fn finish(&mut self, file: &mut Out) -> io::Result<()> {
        self.write(file).map_err(of_file)
    }
}

fn of_file(error: XlsxError) -> io::Error {
    if let XlsxError::IoError(error) = error { error } else { io::Error::other(error) }
}

fn write_text(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
    sheet.write_string(row, column, in_a_cell(text)).map(drop)
}

/// As much of a text as a cell holds, with a mark where there was more.
pub(super) fn in_a_cell(text: &str) -> Cow<'_, str> {
    if text.encode_utf16().count() <= CELL {
        return Cow::Borrowed(text);
    }
    let mut units = 1;
    let fits = |letter: &char| {
        units += letter.len_utf16();
        units <= CELL
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// On the wall clock: a spreadsheet knows no zones.
fn write_moment(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    moment: Timestamp,
    zone: &TimeZone,
    format: &Format,
) -> Result<(), XlsxError> {
    let local = moment.to_zoned(zone.clone()).datetime();
    sheet.write_datetime_with_format(row, column, local, format).map(drop)
}

/// The currency's code is data of the service: only letters go into the format.
fn in_currency(currency: &str) -> Format {
    let code: String = currency.chars().filter(char::is_ascii_alphabetic).take(8).collect();
    let pattern = if code.is_empty() { "#,##0.00".to_owned() } else { format!("#,##0.00 \"{code}\"") };
    Format::new().set_num_format(pattern)
}
