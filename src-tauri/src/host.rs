use hunter_engine::desk::{Host, PageEvent};
use tauri::{AppHandle, Emitter, Runtime};
use tauri_plugin_clipboard_manager::ClipboardExt;

/// The name under which the page hears of everything.
const CHANNEL: &str = "hunter";

/// What the window's program does for the page, whatever runtime it has.
pub struct PageHost {
    publish: Box<dyn Fn(PageEvent) + Send + Sync>,
    open: Box<dyn Fn(&str) -> bool + Send + Sync>,
    copy: Box<dyn Fn(&str) -> bool + Send + Sync>,
}

impl std::fmt::Debug for PageHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PageHost")
    }
}

impl PageHost {
    /// The system's browser and clipboard.
    pub fn of<R: Runtime>(app: &AppHandle<R>) -> Self {
        let clipboard = app.clone();
        Self::with(
            app,
            |url| open::that_detached(url).is_ok(),
            move |text| clipboard.clipboard().write_text(text).is_ok(),
        )
    }

    /// A browser and a clipboard of the caller's choice.
    pub fn with<R: Runtime>(
        app: &AppHandle<R>,
        open: impl Fn(&str) -> bool + Send + Sync + 'static,
        copy: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        let app = app.clone();
        let publish = move |event: PageEvent| {
            let _no_window_is_open = app.emit(CHANNEL, event);
        };
        Self { publish: Box::new(publish), open: Box::new(open), copy: Box::new(copy) }
    }
}

impl Host for PageHost {
    fn publish(&self, event: PageEvent) {
        (self.publish)(event);
    }

    fn open(&self, url: &str) -> bool {
        (self.open)(url)
    }

    fn copy(&self, text: &str) -> bool {
        (self.copy)(text)
    }
}
