//! What a desktop offers beside a window, for tests: a tray and notifications on the session bus, and the windows on
//! the display. Asked by a line of JSON on stdin, it answers by one on stdout.
#![cfg_attr(target_os = "linux", expect(clippy::print_stdout, reason = "its answers"))]

#[cfg(target_os = "linux")]
fn main() -> Result<(), linux::Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(linux::serve())
}

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;
    use std::io::BufRead;
    use std::sync::{Arc, Mutex, PoisonError};

    use serde_json::{Value as Json, json};
    use x11rb::connection::Connection as _;
    use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, MapState, Window};
    use zbus::object_server::SignalEmitter;
    use zbus::zvariant::{OwnedValue, Value};
    use zbus::{Connection, Proxy, interface};

    pub type Failure = Box<dyn std::error::Error>;
    type Pixmap = (i32, i32, Vec<u8>);
    type ToolTip = (String, Vec<Pixmap>, String, String);
    type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    const WATCHER_PATH: &str = "/StatusNotifierWatcher";
    const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
    const NOTIFICATIONS_PATH: &str = "/org/freedesktop/Notifications";

    pub async fn serve() -> Result<(), Failure> {
        let desktop = Desktop::start().await?;
        let (lines, mut asked) = tokio::sync::mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                let _nobody_asks_any_more = lines.send(line);
            }
        });
        while let Some(line) = asked.recv().await {
            let answer = match desktop.answer(&serde_json::from_str(&line)?).await {
                Ok(answer) => json!({ "answer": answer }),
                Err(error) => json!({ "error": error.to_string() }),
            };
            println!("{answer}");
        }
        Ok(())
    }

    struct Desktop {
        bus: Connection,
        items: Arc<Mutex<Vec<String>>>,
        notified: Arc<Mutex<Vec<Json>>>,
    }

    impl Desktop {
        async fn start() -> Result<Self, Failure> {
            let (items, notified) = (Arc::default(), Arc::default());
            let bus = zbus::connection::Builder::session()?
                .serve_at(WATCHER_PATH, Watcher { items: Arc::clone(&items) })?
                .serve_at(NOTIFICATIONS_PATH, Notifications { notified: Arc::clone(&notified) })?
                .build()
                .await?;
            Ok(Self { bus, items, notified })
        }

        async fn answer(&self, asked: &Json) -> Result<Json, Failure> {
            let number =
                |name: &str| asked[name].as_i64().and_then(|number| i32::try_from(number).ok()).unwrap_or(0);
            match asked["do"].as_str().unwrap_or_default() {
                "tray" => self.own(WATCHER, asked["on"] == true).await,
                "notifications" => self.own(NOTIFICATIONS, asked["on"] == true).await,
                "item" => self.item().await,
                "menu" => self.menu().await,
                "click" => self.click(number("id")).await,
                "activate" => {
                    self.status_item().await?.call_method("Activate", &(0_i32, 0_i32)).await?;
                    Ok(Json::Null)
                }
                "notified" => Ok(Json::Array(kept(&self.notified).clone())),
                "invoke" => self.invoke(number("id").unsigned_abs()).await,
                "windows" => Ok(Json::Array(windows()?.into_iter().map(|window| window.told).collect())),
                "close" => close_window(),
                other => Err(format!("{other} is unknown").into()),
            }
        }

        async fn own(&self, name: &str, on: bool) -> Result<Json, Failure> {
            if on {
                self.bus.request_name(name).await?;
            } else {
                kept(&self.items).clear();
                self.bus.release_name(name).await?;
            }
            Ok(Json::Null)
        }

        /// The item that registered last, as long as its program runs.
        async fn registered(&self) -> Result<Option<String>, Failure> {
            let Some(item) = kept(&self.items).last().cloned() else { return Ok(None) };
            let daemon = zbus::fdo::DBusProxy::new(&self.bus).await?;
            Ok(daemon.name_has_owner(item.as_str().try_into()?).await?.then_some(item))
        }

        async fn status_item(&self) -> Result<Proxy<'static>, Failure> {
            let item = self.registered().await?.ok_or("no item")?;
            let proxy = zbus::proxy::Builder::<Proxy<'static>>::new(&self.bus).destination(item)?;
            let proxy = proxy.path("/StatusNotifierItem")?.interface("org.kde.StatusNotifierItem")?;
            Ok(proxy.cache_properties(zbus::proxy::CacheProperties::No).build().await?)
        }

        async fn menu_proxy(&self) -> Result<Proxy<'static>, Failure> {
            let item = self.registered().await?.ok_or("no item")?;
            let path: zbus::zvariant::OwnedObjectPath =
                self.status_item().await?.get_property("Menu").await?;
            Ok(Proxy::new(&self.bus, item, path, "com.canonical.dbusmenu").await?)
        }

        async fn item(&self) -> Result<Json, Failure> {
            if self.registered().await?.is_none() {
                return Ok(Json::Null);
            }
            let item = self.status_item().await?;
            let (title, id): (String, String) =
                (item.get_property("Title").await?, item.get_property("Id").await?);
            let icons: Vec<Pixmap> = item.get_property("IconPixmap").await?;
            let (_, _, _, tooltip): ToolTip = item.get_property("ToolTip").await?;
            let icons: Vec<_> = icons
                .iter()
                .map(|(width, height, data)| json!({ "width": width, "height": height, "bytes": data.len() }))
                .collect();
            Ok(json!({ "id": id, "title": title, "tooltip": tooltip, "icons": icons }))
        }

        async fn menu(&self) -> Result<Json, Failure> {
            let (_, root): (u32, Layout) =
                self.menu_proxy().await?.call("GetLayout", &(0_i32, -1_i32, Vec::<&str>::new())).await?;
            let mut lines = Vec::new();
            for child in root.2 {
                let (id, properties, _) = Layout::try_from(child)?;
                let text = |name: &str| properties.get(name).and_then(|value| <&str>::try_from(value).ok());
                let enabled =
                    properties.get("enabled").and_then(|value| bool::try_from(value).ok()).unwrap_or(true);
                let ticked = properties.get("toggle-state").and_then(|value| i32::try_from(value).ok());
                let label =
                    if text("type") == Some("separator") { "-" } else { text("label").unwrap_or_default() };
                lines.push(
                    json!({ "id": id, "label": label, "enabled": enabled, "ticked": ticked == Some(1) }),
                );
            }
            Ok(Json::Array(lines))
        }

        async fn click(&self, id: i32) -> Result<Json, Failure> {
            let menu = self.menu_proxy().await?;
            menu.call_method("Event", &(id, "clicked", Value::from(0_i32), 0_u32)).await?;
            Ok(Json::Null)
        }

        async fn invoke(&self, id: u32) -> Result<Json, Failure> {
            let emitter = SignalEmitter::new(&self.bus, NOTIFICATIONS_PATH)?;
            Notifications::action_invoked(&emitter, id, "default").await?;
            Notifications::notification_closed(&emitter, id, 2).await?;
            Ok(Json::Null)
        }
    }

    struct Watcher {
        items: Arc<Mutex<Vec<String>>>,
    }

    #[interface(name = "org.kde.StatusNotifierWatcher")]
    impl Watcher {
        fn register_status_notifier_item(&self, service: String) {
            kept(&self.items).push(service);
        }

        #[zbus(property)]
        fn is_status_notifier_host_registered(&self) -> bool {
            true
        }
    }

    struct Notifications {
        notified: Arc<Mutex<Vec<Json>>>,
    }

    #[interface(name = "org.freedesktop.Notifications")]
    impl Notifications {
        fn get_capabilities(&self) -> Vec<&'static str> {
            vec!["actions", "body", "body-markup"]
        }

        #[expect(clippy::too_many_arguments, reason = "the service's own signature")]
        fn notify(
            &self,
            app_name: String,
            _replaces_id: u32,
            _app_icon: String,
            summary: String,
            body: String,
            actions: Vec<String>,
            _hints: HashMap<String, OwnedValue>,
            _expire_timeout: i32,
        ) -> u32 {
            let mut notified = kept(&self.notified);
            let id = u32::try_from(notified.len()).unwrap_or(0) + 1;
            notified.push(
                json!({ "id": id, "app": app_name, "title": summary, "body": body, "actions": actions }),
            );
            id
        }

        #[zbus(signal)]
        async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str) -> zbus::Result<()>;

        #[zbus(signal)]
        async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
    }

    struct Shown {
        id: Window,
        told: Json,
    }

    /// Hunter's windows that can be seen.
    fn windows() -> Result<Vec<Shown>, Failure> {
        let (display, screen) = x11rb::connect(None)?;
        let root = display.setup().roots.get(screen).ok_or("no screen")?.root;
        let mut shown = Vec::new();
        for id in display.query_tree(root)?.reply()?.children {
            if let Ok(Some(told)) = look_at(&display, id) {
                shown.push(Shown { id, told });
            }
        }
        Ok(shown)
    }

    /// What there is to tell of Hunter's window; nothing of others, and an error of one that goes away meanwhile.
    fn look_at(display: &impl ConnectionExt, id: Window) -> Result<Option<Json>, Failure> {
        let title = display.get_property(false, id, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64)?.reply()?.value;
        let is_seen = display.get_window_attributes(id)?.reply()?.map_state == MapState::VIEWABLE;
        if !is_seen || title != b"Hunter" {
            return Ok(None);
        }
        let area = display.get_geometry(id)?.reply()?;
        Ok(Some(json!({ "x": area.x, "y": area.y, "width": area.width, "height": area.height })))
    }

    /// Does what a window manager does when somebody clicks the cross.
    fn close_window() -> Result<Json, Failure> {
        let window = windows()?.pop().ok_or("no window")?.id;
        let (display, _) = x11rb::connect(None)?;
        let atom = |name: &str| Ok::<_, Failure>(display.intern_atom(false, name.as_bytes())?.reply()?.atom);
        let message = ClientMessageEvent::new(
            32,
            window,
            atom("WM_PROTOCOLS")?,
            [atom("WM_DELETE_WINDOW")?, x11rb::CURRENT_TIME, 0, 0, 0],
        );
        display.send_event(false, window, EventMask::NO_EVENT, message)?.check()?;
        Ok(Json::Null)
    }

    fn kept<T>(list: &Mutex<Vec<T>>) -> std::sync::MutexGuard<'_, Vec<T>> {
        list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
