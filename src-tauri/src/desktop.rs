//! What Hunter does on the desktop besides its window's page: opening, closing, tray, notifications, ending.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hunter_engine::Engine;
use hunter_engine::desk::{Desk, Desktop, Focus, Leave, Notification, PageEvent};
use jiff::Zoned;
use tauri::async_runtime::spawn;
use tauri::{AppHandle, Manager};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::host::{PageHost, Surroundings};
use crate::notifications::Notifications;
use crate::tray::{Act, Tray, TrayView};
use crate::window;

/// How long the end waits for what is being written.
const LAST_WRITES: Duration = Duration::from_secs(15);
/// How long the end waits for the tray.
const LAST_GOODBYE: Duration = Duration::from_secs(2);

/// What ends with the program, and what may happen once at a time.
#[derive(Debug)]
pub struct Ending {
    engine: Engine,
    begun: AtomicBool,
    /// Held while a window opens, so that a second click does not open a second one.
    opening: Mutex<()>,
}

impl Ending {
    /// The end of a program that runs on an engine.
    pub fn of(engine: Engine) -> Self {
        Self { engine, begun: AtomicBool::new(false), opening: Mutex::default() }
    }
}

/// Tray and notifications of this desktop.
#[derive(Debug)]
pub struct Shell {
    app: AppHandle,
    notifications: Notifications,
}

impl Shell {
    /// Brings up both; must be called on the main thread.
    pub fn start(app: &AppHandle) -> Self {
        app.manage(Tray::start(app));
        Self { app: app.clone(), notifications: Notifications::start(app) }
    }
}

impl Surroundings for Shell {
    fn see(&self, event: &PageEvent) {
        if let PageEvent::State { snapshot } = event {
            self.app.state::<Tray>().show(TrayView::of(snapshot, &Zoned::now()));
        }
    }

    fn desktop(&self) -> Desktop {
        Desktop { tray: self.app.state::<Tray>().is_there(), notifications: self.notifications.are_there() }
    }

    fn notify(&self, notification: Notification) {
        self.notifications.show(notification);
    }

    fn leave(&self, leave: Leave) {
        self::leave(&self.app, leave);
    }
}

/// Does what somebody clicked in the tray.
pub fn act(app: &AppHandle, act: Act) {
    match act {
        Act::Open(focus) => open(app, focus),
        Act::SyncNow => with_desk(app, |desk| async move { desk.sync_now().await }),
        Act::Pause(paused) => with_desk(app, move |desk| async move { desk.set_paused(paused).await }),
        Act::Quit => leave(app, Leave::Quit),
    }
}

/// Opens the window or brings it to the front, and shows something in it.
pub fn open(app: &AppHandle, focus: Option<Focus>) {
    let app = app.clone();
    spawn(async move {
        if let Some(focus) = focus
            && let Some(desk) = desk(&app)
        {
            desk.focus(focus).await;
        }
        let ending = app.state::<Ending>();
        let _one_at_a_time = ending.opening.lock().await;
        if !ending.begun.load(Ordering::Acquire)
            && let Err(error) = window::show(&app)
        {
            tracing::error!(event = "window_not_opened", %error);
        }
    });
}

/// Asks what closing the window means, and does it.
pub fn close(app: &AppHandle) {
    let app = app.clone();
    spawn(async move {
        let decided = match desk(&app) {
            Some(desk) => desk.closing().await,
            None => Some(Leave::Quit),
        };
        if let Some(decided) = decided {
            leave(&app, decided);
        }
    });
}

/// Tells the page that the desktop can do more or less than before.
pub fn changed(app: &AppHandle) {
    with_desk(app, |desk| async move {
        desk.desktop_changed().await;
        Ok(())
    });
}

/// Goes on without a window, or ends: what is being written is written first.
pub fn leave(app: &AppHandle, leave: Leave) {
    if leave == Leave::Quit && app.state::<Ending>().begun.swap(true, Ordering::AcqRel) {
        return;
    }
    let app = app.clone();
    spawn(async move {
        let ending = app.state::<Ending>();
        {
            let _one_at_a_time = ending.opening.lock().await;
            window::close(&app);
        }
        match leave {
            Leave::Background => tracing::info!(event = "window_closed"),
            Leave::Quit => {
                if timeout(LAST_WRITES, ending.engine.close()).await.is_err() {
                    tracing::warn!(event = "database_not_closed");
                }
                let _it_goes_with_the_program = timeout(LAST_GOODBYE, app.state::<Tray>().remove()).await;
                tracing::info!(event = "desktop_ended");
                app.exit(0);
            }
        }
    });
}

fn desk(app: &AppHandle) -> Option<Desk<PageHost>> {
    app.try_state::<Desk<PageHost>>().map(|desk| desk.inner().clone())
}

fn with_desk<Done>(app: &AppHandle, task: impl FnOnce(Desk<PageHost>) -> Done + Send + 'static)
where
    Done: Future<Output = Result<(), hunter_engine::HunterError>> + Send,
{
    let Some(desk) = desk(app) else { return };
    spawn(async move {
        if let Err(error) = task(desk).await {
            tracing::warn!(event = "tray_act_failed", code = error.code().as_str());
        }
    });
}
