//! The tray of Windows and macOS, by way of Tauri.

use std::sync::{Arc, Mutex, PoisonError};

use tauri::menu::{CheckMenuItemBuilder, Menu, MenuItemBuilder, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry};

use super::{Act, Entry, Mark, TrayView};
use crate::desktop;

/// Drawn for screens of double density; the system makes it smaller for others.
const SIDE: u32 = if cfg!(windows) { 32 } else { 44 };

/// The icon in the tray.
#[derive(Debug)]
pub struct Tray {
    app: AppHandle,
    icon: Option<TrayIcon>,
    shown: Arc<Mutex<Option<TrayView>>>,
}

impl Tray {
    /// Puts the icon there; must be called on the main thread.
    pub fn start(app: &AppHandle) -> Self {
        let shown = Arc::<Mutex<Option<TrayView>>>::default();
        let icon = build(app, shown.clone())
            .inspect_err(|error| tracing::warn!(event = "tray_unavailable", %error))
            .ok();
        Self { app: app.clone(), icon, shown }
    }

    /// Whether a tray shows the icon.
    pub fn is_there(&self) -> bool {
        self.icon.is_some()
    }

    /// Shows something else.
    pub fn show(&self, view: TrayView) {
        let Some(icon) = &self.icon else { return };
        let before = self.shown.lock().unwrap_or_else(PoisonError::into_inner).replace(view.clone());
        if before.as_ref() != Some(&view)
            && let Err(error) = draw(&self.app, icon, before.as_ref(), &view)
        {
            tracing::warn!(event = "tray_not_drawn", %error);
        }
    }

    /// Takes the icon away.
    pub async fn remove(&self) {
        if let Some(icon) = &self.icon {
            let _it_goes_with_the_program = icon.set_visible(false);
        }
    }
}

fn build(app: &AppHandle, shown: Arc<Mutex<Option<TrayView>>>) -> tauri::Result<TrayIcon> {
    TrayIconBuilder::new()
        .icon(Mark::Idle.draw(SIDE)?)
        .tooltip("Hunter")
        .show_menu_on_left_click(false)
        .on_menu_event(move |app, event| {
            let shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
            let entry =
                event.id().as_ref().parse::<usize>().ok().and_then(|place| shown.as_ref()?.menu.get(place));
            let chosen = match entry {
                Some(Entry::Item { act, .. }) => act.clone(),
                Some(Entry::Check { act, .. }) => Some(act.clone()),
                Some(Entry::Separator) | None => None,
            };
            chosen.into_iter().for_each(|act| desktop::act(app, act));
        })
        .on_tray_icon_event(|icon, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                desktop::act(icon.app_handle(), Act::Open(None));
            }
        })
        .build(app)
}

fn draw(app: &AppHandle, icon: &TrayIcon, before: Option<&TrayView>, view: &TrayView) -> tauri::Result<()> {
    if before.is_none_or(|before| before.mark != view.mark) {
        icon.set_icon(Some(view.mark.draw(SIDE)?))?;
    }
    icon.set_tooltip(Some(format!("Hunter\n{}", view.tooltip)))?;
    icon.set_menu(Some(menu(app, &view.menu)?))
}

/// The place of an entry in the view is its id.
fn menu(app: &AppHandle, entries: &[Entry]) -> tauri::Result<Menu<Wry>> {
    let menu = Menu::new(app)?;
    for (place, entry) in entries.iter().enumerate() {
        let id = place.to_string();
        match entry {
            Entry::Separator => menu.append(&PredefinedMenuItem::separator(app)?)?,
            Entry::Item { label, act } => {
                menu.append(&MenuItemBuilder::with_id(id, label).enabled(act.is_some()).build(app)?)?;
            }
            Entry::Check { label, checked, .. } => {
                menu.append(&CheckMenuItemBuilder::with_id(id, label).checked(*checked).build(app)?)?;
            }
        }
    }
    Ok(menu)
}
