//! Notifications of Linux desktops, spoken straight to the session bus: clicks come back over the same connection.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::StreamExt;
use hunter_engine::desk::Notification;
use tauri::AppHandle;
use tauri::async_runtime::spawn;
use tokio::sync::mpsc;
use tokio::time::timeout;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;
use zbus::zvariant::Value;

use crate::desktop;

const SERVICE: &str = "org.freedesktop.Notifications";
/// The action that stands for a click on the notification itself.
const CLICK: &str = "default";
/// How long a service that is stuck is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Service {
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    #[expect(clippy::too_many_arguments, reason = "the service's own signature")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// The desktop's notifications.
#[derive(Debug)]
pub struct Notifications {
    wanted: mpsc::UnboundedSender<Notification>,
    are_there: Arc<AtomicBool>,
}

impl Notifications {
    /// Looks for the desktop's service, now and whenever it comes or goes.
    pub fn start(app: &AppHandle) -> Self {
        let (wanted, requests) = mpsc::unbounded_channel();
        let are_there = Arc::new(AtomicBool::new(false));
        let (app, presence) = (app.clone(), are_there.clone());
        spawn(async move {
            if let Err(error) = serve(app, &presence, requests).await {
                presence.store(false, Ordering::Release);
                tracing::warn!(event = "notifications_unavailable", %error);
            }
        });
        Self { wanted, are_there }
    }

    /// Whether the desktop shows notifications.
    pub fn are_there(&self) -> bool {
        self.are_there.load(Ordering::Acquire)
    }

    /// Shows one, some time soon.
    pub fn show(&self, notification: Notification) {
        let _no_session_bus = self.wanted.send(notification);
    }
}

async fn serve(
    app: AppHandle,
    are_there: &AtomicBool,
    mut requests: mpsc::UnboundedReceiver<Notification>,
) -> zbus::Result<()> {
    let bus = zbus::Connection::session().await?;
    let daemon = DBusProxy::new(&bus).await?;
    let service = ServiceProxy::new(&bus).await?;
    let mut owners = daemon.receive_name_owner_changed_with_args(&[(0, SERVICE)]).await?;
    // As one stream: a service tells of a click and then that the notification is closed.
    let mut signals = service.inner().receive_all_signals().await?;
    let mut shown = HashMap::new();
    are_there.store(is_available(&daemon).await?, Ordering::Release);
    desktop::changed(&app);
    loop {
        tokio::select! {
            Some(_) = owners.next() => {
                are_there.store(is_available(&daemon).await?, Ordering::Release);
                desktop::changed(&app);
            }
            Some(notification) = requests.recv() => {
                match timeout(PATIENCE, notify(&service, &notification)).await {
                    Ok(Ok(id)) => drop(shown.insert(id, notification.focus)),
                    Ok(Err(error)) => tracing::warn!(event = "notification_failed", %error),
                    Err(_) => tracing::warn!(event = "notification_failed", error = "no answer"),
                }
            }
            Some(signal) = signals.next() => {
                if let Some(click) = ActionInvoked::from_message(signal.clone())
                    && let Ok(click) = click.args()
                    && click.action == CLICK
                    && let Some(focus) = shown.remove(&click.id)
                {
                    desktop::open(&app, focus);
                }
                if let Some(end) = NotificationClosed::from_message(signal)
                    && let Ok(end) = end.args()
                {
                    shown.remove(&end.id);
                }
            }
            else => return Ok(()),
        }
    }
}

/// A service that is not running yet is started by the bus when it is needed.
async fn is_available(daemon: &DBusProxy<'_>) -> zbus::Result<bool> {
    let name = BusName::try_from(SERVICE)?;
    Ok(daemon.name_has_owner(name).await?
        || daemon.list_activatable_names().await?.iter().any(|name| name.as_str() == SERVICE))
}

async fn notify(service: &ServiceProxy<'_>, notification: &Notification) -> zbus::Result<u32> {
    let abilities = service.get_capabilities().await?;
    let is_able = |ability| abilities.iter().any(|one| one == ability);
    let body = if is_able("body-markup") {
        html_escape::encode_text(&notification.body)
    } else {
        notification.body.as_str().into()
    };
    let actions: &[&str] = if is_able("actions") { &[CLICK, ""] } else { &[] };
    let hints = HashMap::from([("desktop-entry", Value::from("Hunter"))]);
    service.notify("Hunter", 0, "hunter-desktop", &notification.title, &body, actions, hints, -1).await
}
