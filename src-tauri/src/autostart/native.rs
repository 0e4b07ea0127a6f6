//! The ways of Windows and macOS, by way of Tauri's plugin.

use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Wry};
use tauri_plugin_autostart::{Error, ManagerExt};

use super::HIDDEN;

/// Registers with the system.
pub fn plugin() -> TauriPlugin<Wry> {
    tauri_plugin_autostart::Builder::new().arg(HIDDEN).app_name("Hunter").build()
}

pub fn is_registered(app: &AppHandle) -> Result<bool, Error> {
    app.autolaunch().is_enabled()
}

pub fn register(app: &AppHandle, on: bool) -> Result<(), Error> {
    if on { app.autolaunch().enable() } else { app.autolaunch().disable() }
}
