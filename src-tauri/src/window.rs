use tauri::{AppHandle, Manager, Runtime, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

const LABEL: &str = "main";
const TITLE: &str = "Hunter";
const SIZE: (f64, f64) = (1280.0, 800.0);
const SMALLEST: (f64, f64) = (720.0, 480.0);

/// Opens the window, or brings it to the front.
pub fn show<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<WebviewWindow<R>> {
    if let Some(window) = app.get_webview_window(LABEL) {
        window.unminimize()?;
        window.show()?;
        window.set_focus()?;
        return Ok(window);
    }
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title(TITLE)
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .on_navigation(|url| matches!(url.scheme(), "tauri") || is_local(url))
        .build()
}

/// The page never leaves its own origin.
fn is_local(url: &tauri::Url) -> bool {
    matches!(url.host_str(), Some("tauri.localhost")) || cfg!(dev) && url.host_str() == Some("localhost")
}
