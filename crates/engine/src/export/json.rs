//! The same document as `hunter list --json`, with what a person noted.

use std::io::Write;

use hunter_store::{ReferralRow, StoredReferral};
use serde::Serialize;

use super::Sheet;

pub(super) struct Document {
    text: Vec<u8>,
    is_first: bool,
}

#[derive(Serialize)]
struct Item<'a> {
    #[serde(flatten)]
    row: &'a ReferralRow,
    note: &'a str,
}

impl Document {
    pub fn new(total: usize) -> Self {
        Self { text: format!("{{\"total\":{total},\"items\":[").into_bytes(), is_first: true }
    }
}

impl Sheet for Document {
    fn add(&mut self, referrals: &[StoredReferral]) -> std::io::Result<()> {
        for StoredReferral { row, note, .. } in referrals {
            self.text.extend_from_slice(if self.is_first { b"\n" } else { b",\n" });
            self.is_first = false;
            serde_json::to_writer(&mut self.text, &Item { row, note })?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>, file: &mut dyn Write) -> std::io::Result<()> {
        file.write_all(&self.text)?;
        file.write_all(b"\n]}\n")
    }
}
