//! The tray of Linux desktops: a StatusNotifierItem on the session bus, which needs no library of theirs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ksni::menu::{CheckmarkItem, MenuItem, StandardItem};
use ksni::{OfflineReason, ToolTip, TrayMethods};
use tauri::AppHandle;
use tauri::async_runtime::{JoinHandle, spawn};
use tokio::sync::watch;

use super::{Act, Entry, Mark, TrayView};
use crate::desktop;

/// What tray hosts draw, on screens of one density and of two.
const SIDES: [u32; 3] = [22, 32, 44];

/// The icon in the tray.
#[derive(Debug)]
pub struct Tray {
    view: watch::Sender<Option<TrayView>>,
    presence: Arc<Presence>,
    task: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Presence {
    registered: AtomicBool,
    /// False while nothing on the bus takes icons.
    watched: AtomicBool,
}

impl Tray {
    /// Shows the first view as soon as there is one and a tray, whichever comes last.
    pub fn start(app: &AppHandle) -> Self {
        let (view, views) = watch::channel(None);
        let presence =
            Arc::new(Presence { registered: AtomicBool::new(false), watched: AtomicBool::new(true) });
        let task = Mutex::new(Some(spawn(follow(app.clone(), presence.clone(), views))));
        Self { view, presence, task }
    }

    /// Whether a tray shows the icon.
    pub fn is_there(&self) -> bool {
        self.presence.is_there()
    }

    /// Shows something else.
    pub fn show(&self, view: TrayView) {
        self.view.send_if_modified(|shown| {
            let is_new = shown.as_ref() != Some(&view);
            *shown = Some(view);
            is_new
        });
    }

    /// Takes the icon away.
    pub async fn remove(&self) {
        self.view.send_replace(None);
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            let _it_ended = task.await;
        }
    }
}

impl Presence {
    fn is_there(&self) -> bool {
        self.registered.load(Ordering::Acquire) && self.watched.load(Ordering::Acquire)
    }

    fn watched(&self, app: &AppHandle, is_it: bool) {
        self.watched.store(is_it, Ordering::Release);
        if self.registered.load(Ordering::Acquire) {
            self.tell(app);
        }
    }

    fn tell(&self, app: &AppHandle) {
        tracing::info!(event = "tray_changed", is_there = self.is_there());
        desktop::changed(app);
    }
}

async fn follow(app: AppHandle, presence: Arc<Presence>, mut views: watch::Receiver<Option<TrayView>>) {
    if views.changed().await.is_err() {
        return;
    }
    let Some(view) = views.borrow_and_update().clone() else { return };
    let item = Item { icons: icons(view.mark), view, presence: presence.clone(), app: app.clone() };
    let handle = match item.assume_sni_available(true).spawn().await {
        Ok(handle) => handle,
        Err(error) => return tracing::warn!(event = "tray_unavailable", %error),
    };
    presence.registered.store(true, Ordering::Release);
    presence.tell(&app);
    while views.changed().await.is_ok() {
        let Some(view) = views.borrow_and_update().clone() else { break };
        handle.update(|item| item.show(view)).await;
    }
    presence.registered.store(false, Ordering::Release);
    handle.shutdown().await;
}

struct Item {
    view: TrayView,
    icons: Vec<ksni::Icon>,
    presence: Arc<Presence>,
    app: AppHandle,
}

impl Item {
    fn show(&mut self, view: TrayView) {
        if view.mark != self.view.mark {
            self.icons = icons(view.mark);
        }
        self.view = view;
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "hunter-desktop".to_owned()
    }

    fn title(&self) -> String {
        "Hunter".to_owned()
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        desktop::act(&self.app, Act::Open(None));
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.icons.clone()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip { title: self.title(), description: self.view.tooltip.clone(), ..ToolTip::default() }
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        self.view.menu.iter().cloned().map(line).collect()
    }

    fn watcher_online(&self) {
        self.presence.watched(&self.app, true);
    }

    fn watcher_offline(&self, _reason: OfflineReason) -> bool {
        self.presence.watched(&self.app, false);
        true
    }
}

fn line(entry: Entry) -> MenuItem<Item> {
    match entry {
        Entry::Separator => MenuItem::Separator,
        Entry::Item { label, act } => StandardItem {
            label,
            enabled: act.is_some(),
            activate: Box::new(move |item: &mut Item| {
                act.iter().for_each(|act| desktop::act(&item.app, act.clone()));
            }),
            ..StandardItem::default()
        }
        .into(),
        Entry::Check { label, checked, act } => CheckmarkItem {
            label,
            checked,
            activate: Box::new(move |item: &mut Item| desktop::act(&item.app, act.clone())),
            ..CheckmarkItem::default()
        }
        .into(),
    }
}

fn icons(mark: Mark) -> Vec<ksni::Icon> {
    SIDES.iter().filter_map(|side| mark.draw(*side).ok()).map(|image| pixmap(&image)).collect()
}

/// The bus wants a pixel's opacity first.
fn pixmap(image: &tauri::image::Image<'_>) -> ksni::Icon {
    let pixels = image.rgba().as_chunks::<4>().0;
    let data = pixels.iter().flat_map(|&[red, green, blue, alpha]| [alpha, red, green, blue]).collect();
    ksni::Icon { width: image.width().cast_signed(), height: image.height().cast_signed(), data }
}
