//! Hunter from end to end: the real program as child processes, the sandbox in place of Microsoft's services.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says why it was skipped"
)]

mod served;
mod support;

mod arrows;
mod browser_sign_in;
mod checklist;
mod companies;
mod concurrency;
mod contract;
mod damage;
mod erase;
mod export;
mod fault_matrix;
mod incremental;
mod killed;
mod logs;
mod profiles;
mod scenario;
mod secrets;
mod serve;
mod serve_guard;
mod serve_health;
mod settings;
mod sign_in_errors;
mod sync_errors;
