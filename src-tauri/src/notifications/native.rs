//! Notifications of Windows and macOS.

use hunter_engine::desk::Notification;
use notify_rust::NotificationResponse;
use tauri::AppHandle;

use crate::desktop;

/// The desktop's notifications.
#[derive(Debug)]
pub struct Notifications {
    app: AppHandle,
}

impl Notifications {
    /// Makes Hunter known to the system as who notifies.
    pub fn start(app: &AppHandle) -> Self {
        #[cfg(target_os = "macos")]
        if !tauri::is_dev() {
            let _shown_as_the_terminal = notify_rust::set_application(&app.config().identifier);
        }
        Self { app: app.clone() }
    }

    /// Whether the desktop shows notifications.
    pub fn are_there(&self) -> bool {
        true
    }

    /// Shows one, and waits on a thread of its own for a click.
    pub fn show(&self, notification: Notification) {
        let app = self.app.clone();
        std::thread::spawn(move || {
            if let Err(error) = show_and_wait(&app, &notification) {
                tracing::warn!(event = "notification_failed", %error);
            }
        });
    }
}

fn show_and_wait(app: &AppHandle, notification: &Notification) -> Result<(), notify_rust::error::Error> {
    let mut message = notify_rust::Notification::new();
    message.appname("Hunter").summary(&notification.title).body(&notification.body);
    // The system knows an application's id once it is installed.
    #[cfg(windows)]
    if !tauri::is_dev() {
        message.app_id(&app.config().identifier);
    }
    let focus = notification.focus.clone();
    message.show()?.wait_for_response(|response: &NotificationResponse| {
        if response.is_default_action() {
            desktop::open(app, focus.clone());
        }
    })
}
