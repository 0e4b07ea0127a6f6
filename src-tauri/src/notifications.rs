//! Notifications of the desktop, and what a click on one opens.

#[cfg_attr(target_os = "linux", path = "notifications/session_bus.rs")]
#[cfg_attr(not(target_os = "linux"), path = "notifications/native.rs")]
mod platform;

pub use platform::Notifications;
