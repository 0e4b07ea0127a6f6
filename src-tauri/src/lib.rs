//! Hunter's window: the only code that knows Tauri.

mod commands;
mod host;
mod start;
mod window;

pub use commands::register;
pub use host::PageHost;
pub use start::run;
