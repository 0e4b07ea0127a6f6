//! The same document as `hunter list --json`, with what a person noted.

use std::io;

use hunter_store::{ReferralRow, StoredReferral};
use serde::Serialize;

use super::{Out, Sheet};

pub(super) struct Document {
    total: usize,
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
        Self { total, is_first: true }
    }
}

impl Sheet for Document {
    fn begin(&mut self, file: &mut Out) -> io::Result<()> {
        write!(file, "{{\"total\":{},\"items\":[", self.total)
    }

    fn add(&mut self, referrals: &[StoredReferral], file: &mut Out) -> io::Result<()> {
        for StoredReferral { row, note, .. } in referrals {
            file.write_all(if self.is_first { b"\n" } else { b",\n" })?;
            self.is_first = false;
            serde_json::to_writer(&mut *file, &Item { row, note })?;
        }
        Ok(())
    }

    fn finish(&mut self, file: &mut Out) -> io::Result<()> {
        file.write_all(b"\n]}\n")
    }
}
