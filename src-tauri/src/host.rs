use futures::future::BoxFuture;
use hunter_engine::desk::{Desktop, Host, Leave, Notification, PageEvent, SavePlace};
use tauri::{AppHandle, Emitter, Runtime};
use tauri_plugin_clipboard_manager::ClipboardExt;

/// The name under which the page hears of everything.
const CHANNEL: &str = "hunter";

/// What there is around the window.
pub trait Surroundings: Send + Sync {
    /// Sees what the page is told.
    fn see(&self, event: &PageEvent);
    /// What the desktop can do.
    fn desktop(&self) -> Desktop;
    /// Tells the person something that no window shows.
    fn notify(&self, notification: Notification);
    /// Closes the window, or ends the program.
    fn leave(&self, leave: Leave);
}

/// What the window's program does for the page, whatever runtime it has.
pub struct PageHost {
    publish: Box<dyn Fn(PageEvent) + Send + Sync>,
    open: Box<dyn Fn(&str) -> bool + Send + Sync>,
    copy: Box<dyn Fn(&str) -> bool + Send + Sync>,
    save_place: Box<dyn Fn(String) -> BoxFuture<'static, SavePlace> + Send + Sync>,
    around: Option<Box<dyn Surroundings>>,
}

impl std::fmt::Debug for PageHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PageHost")
    }
}

impl PageHost {
    /// The system's browser and clipboard, and a desktop around the window.
    pub fn of<R: Runtime>(app: &AppHandle<R>, around: impl Surroundings + 'static) -> Self {
        let clipboard = app.clone();
        let alone = Self::with(
            app,
            |url| open::that_detached(url).is_ok(),
            move |text| clipboard.clipboard().write_text(text).is_ok(),
        );
        Self { around: Some(Box::new(around)), save_place: Box::new(save_dialog(app)), ..alone }
    }

    /// A browser and a clipboard of the caller's choice, and nothing around the window.
    pub fn with<R: Runtime>(
        app: &AppHandle<R>,
        open: impl Fn(&str) -> bool + Send + Sync + 'static,
        copy: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        let app = app.clone();
        let publish = move |event: PageEvent| {
            let _no_window_is_open = app.emit(CHANNEL, event);
        };
        Self {
            publish: Box::new(publish),
            open: Box::new(open),
            copy: Box::new(copy),
            save_place: Box::new(|_| Box::pin(async { SavePlace::Page })),
            around: None,
        }
    }
}

/// The system's own dialog, which has to be opened on the main thread.
fn save_dialog<R: Runtime>(app: &AppHandle<R>) -> impl Fn(String) -> BoxFuture<'static, SavePlace> + use<R> {
    let app = app.clone();
    move |name| {
        let (answer, answered) = tokio::sync::oneshot::channel();
        let asked = app.run_on_main_thread(move || {
            let dialog = rfd::AsyncFileDialog::new().set_file_name(name).save_file();
            tauri::async_runtime::spawn(async move {
                let _nobody_waits = answer.send(dialog.await);
            });
        });
        Box::pin(async move {
            match (asked, answered.await) {
                (Ok(()), Ok(Some(file))) => SavePlace::File(file.path().to_owned()),
                (Ok(()) | Err(_), Ok(None) | Err(_)) | (Err(_), Ok(Some(_))) => SavePlace::Nowhere,
            }
        })
    }
}

impl Host for PageHost {
    fn publish(&self, event: PageEvent) {
        if let Some(around) = &self.around {
            around.see(&event);
        }
        (self.publish)(event);
    }

    fn open(&self, url: &str) -> bool {
        (self.open)(url)
    }

    fn copy(&self, text: &str) -> bool {
        (self.copy)(text)
    }

    fn desktop(&self) -> Option<Desktop> {
        self.around.as_ref().map(|around| around.desktop())
    }

    fn notify(&self, notification: Notification) {
        if let Some(around) = &self.around {
            around.notify(notification);
        }
    }

    fn leave(&self, leave: Leave) {
        if let Some(around) = &self.around {
            around.leave(leave);
        }
    }

    fn save_place(&self, name: String) -> impl Future<Output = SavePlace> + Send {
        (self.save_place)(name)
    }
}
