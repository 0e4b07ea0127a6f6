//! Hunter's window: the only code that knows Tauri.

rust_i18n::i18n!("src-tauri/locales", fallback = "en");

mod arguments;
mod autostart;
mod commands;
mod desktop;
#[cfg(target_os = "linux")]
mod graphics;
mod host;
mod notifications;
mod place;
mod start;
mod text;
mod tray;
mod window;

pub use commands::register;
pub use host::PageHost;
pub use start::run;
