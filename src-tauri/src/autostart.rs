//! Whether the system starts Hunter, hidden, when the person signs in.

#[cfg_attr(target_os = "linux", path = "autostart/desktop_entry.rs")]
#[cfg_attr(not(target_os = "linux"), path = "autostart/native.rs")]
mod platform;

use hunter_engine::{Engine, Event, Launch};
use tauri::AppHandle;
use tauri::async_runtime::spawn;
use tokio::sync::broadcast::error::RecvError;

pub use platform::plugin;

/// The argument that the system passes.
pub const HIDDEN: &str = "--hidden";

/// Does what the setting says, now and whenever it changes.
pub fn follow(app: &AppHandle, engine: &Engine, hidden: bool) {
    let (app, engine, mut events) = (app.clone(), engine.clone(), engine.subscribe());
    spawn(async move {
        let wanted = || engine.settings().ok().map(|settings| settings.autostart);
        let mut known = wanted();
        // A program on another data directory, as in a demonstration, leaves alone what the real one registered.
        if known == Some(true) || hidden || is_at_home(&engine) {
            apply(&app, known);
        }
        loop {
            match events.recv().await {
                Ok(Event::SettingsChanged) | Err(RecvError::Lagged(_)) => {}
                Ok(_) => continue,
                Err(RecvError::Closed) => return,
            }
            let now = wanted();
            if now != known {
                known = now;
                apply(&app, now);
            }
        }
    });
}

fn is_at_home(engine: &Engine) -> bool {
    Launch::default().data_dir().is_ok_and(|home| home == engine.data_dir())
}

fn apply(app: &AppHandle, wanted: Option<bool>) {
    let Some(wanted) = wanted else { return };
    let applied = platform::is_registered(app).and_then(|is| {
        if is != wanted {
            platform::register(app, wanted)?;
        }
        Ok(is != wanted)
    });
    match applied {
        Ok(true) => tracing::info!(event = "autostart_changed", on = wanted),
        Ok(false) => {}
        Err(error) => tracing::warn!(event = "autostart_not_changed", %error),
    }
}
