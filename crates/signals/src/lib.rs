//! What the name servers tell about the mail set-up of a company: the scanner.
//!
//! DNS only: nothing is ever asked of a company's own mail or web servers, and nothing is logged.

mod dkim;
mod dmarc;
mod domain;
mod options;
mod pace;
mod questions;
mod quiet;
mod scan_many;
mod scanner;
mod spf;
mod spf_record;
mod tenant;

pub use dkim::SELECTORS;
pub use options::Options;
pub use scan_many::{Ending, Scanned};
pub use scanner::{ScanError, Scanner, SetUpError};
