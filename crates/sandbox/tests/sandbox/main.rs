#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod control;
mod data;
mod faults;
mod list;
mod sign_in;
mod support;
