use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder};

use crate::place::PlaceFile;

const LABEL: &str = "main";
const TITLE: &str = "Hunter";
const SIZE: (f64, f64) = (1280.0, 800.0);
/// In points.
pub const SMALLEST: (f64, f64) = (720.0, 480.0);

/// Opens the window, or brings it to the front.
///
/// # Errors
/// The system opens none.
pub fn show(app: &AppHandle) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(LABEL) {
        window.unminimize()?;
        window.show()?;
        return window.set_focus();
    }
    let spot = app.state::<PlaceFile>().spot(app).unwrap_or_else(|error| {
        tracing::warn!(event = "window_place_not_restored", %error);
        None
    });
    let mut builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title(TITLE)
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .visible(false)
        .on_navigation(|url| matches!(url.scheme(), "tauri") || is_local(url));
    if let Some(spot) = spot {
        builder = spot.build_at(builder);
    }
    let window = builder.build()?;
    if let Some(spot) = spot {
        spot.settle(&window)?;
    }
    window.show()?;
    window.set_focus()
}

/// Closes the window for good: a hidden one would keep its memory.
pub fn close(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    app.state::<PlaceFile>().keep(&window);
    if let Err(error) = window.destroy() {
        tracing::warn!(event = "window_not_closed", %error);
    }
}

/// The page never leaves its own origin.
fn is_local(url: &tauri::Url) -> bool {
    matches!(url.host_str(), Some("tauri.localhost")) || cfg!(dev) && url.host_str() == Some("localhost")
}
