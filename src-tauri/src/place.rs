//! Where the window was, and where it goes back to.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tauri::{
    AppHandle, Manager, Monitor, PhysicalPosition, PhysicalSize, Runtime, WebviewWindow, WebviewWindowBuilder,
};

use crate::window::SMALLEST;

const FILE: &str = "window.json";

/// Where a window is, in pixels of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
    /// It fills its screen, and the rest is what it goes back to.
    #[serde(default)]
    maximized: bool,
}

/// The part of a screen that windows may use, and how many of its pixels make up a point.
#[derive(Debug, Clone, Copy)]
struct Screen {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
    scale: f64,
}

/// A place on one of today's screens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    place: Place,
    scale: f64,
}

/// The file that keeps a window's place.
#[derive(Debug)]
pub struct PlaceFile(PathBuf);

impl PlaceFile {
    /// The one in a data directory.
    pub fn in_folder(data_dir: &Path) -> Self {
        Self(data_dir.join(FILE))
    }

    /// Where the window was, or as near as the screens of today allow.
    ///
    /// # Errors
    /// The system does not tell its screens.
    pub fn spot(&self, app: &AppHandle) -> tauri::Result<Option<Spot>> {
        let Some(place) = self.read() else { return Ok(None) };
        let screens: Vec<_> = app.available_monitors()?.iter().map(Screen::of).collect();
        Ok(place.on(&screens))
    }

    /// Notes where a window is.
    pub fn keep(&self, window: &WebviewWindow) {
        let place = self.place_of(window).ok().flatten();
        let text = place.and_then(|place| serde_json::to_string(&place).ok());
        if let Some(text) = text
            && let Err(error) = std::fs::write(&self.0, text)
        {
            tracing::warn!(event = "window_place_not_kept", kind = %error.kind());
        }
    }

    fn read(&self) -> Option<Place> {
        serde_json::from_slice(&std::fs::read(&self.0).ok()?).ok()
    }

    fn place_of(&self, window: &WebviewWindow) -> tauri::Result<Option<Place>> {
        if window.is_minimized()? {
            return Ok(None);
        }
        if window.is_maximized()? || window.is_fullscreen()? {
            return Ok(self.read().map(|place| Place { maximized: true, ..place }));
        }
        let (position, size) = (window.outer_position()?, window.inner_size()?);
        let place =
            Place { x: position.x, y: position.y, width: size.width, height: size.height, maximized: false };
        Ok(Some(place))
    }
}

impl Place {
    /// The same place, moved and fitted until it lies on one screen: the one that it covers most, or the first.
    fn on(self, screens: &[Screen]) -> Option<Spot> {
        let screen = screens.iter().rev().max_by_key(|screen| screen.covered_by(&self))?;
        let fitted = |length: u32, smallest: f64, room: u32| {
            let smallest = (smallest * screen.scale).round() as u32;
            length.max(smallest).min(room)
        };
        let width = fitted(self.width, SMALLEST.0, screen.width);
        let height = fitted(self.height, SMALLEST.1, screen.height);
        let inside = |at: i32, from: i32, room: u32, length: u32| {
            let last = from.saturating_add_unsigned(room - length);
            at.clamp(from, last)
        };
        let place = Self {
            x: inside(self.x, screen.x, screen.width, width),
            y: inside(self.y, screen.y, screen.height, height),
            width,
            height,
            maximized: self.maximized,
        };
        Some(Spot { place, scale: screen.scale })
    }
}

impl Spot {
    /// A window that is built at this spot: one that moved there later could be seen, or stay, where it was built.
    pub fn build_at<'a, R: Runtime, M: Manager<R>>(
        &self,
        builder: WebviewWindowBuilder<'a, R, M>,
    ) -> WebviewWindowBuilder<'a, R, M> {
        let Place { x, y, width, height, maximized } = self.place;
        let points = |pixels: f64| pixels / self.scale;
        builder
            .position(points(x.into()), points(y.into()))
            .inner_size(points(width.into()), points(height.into()))
            .maximized(maximized)
    }

    /// Puts a window that was built at this spot there to the pixel, where the system counts in pixels: what a point
    /// is differs there from screen to screen.
    ///
    /// # Errors
    /// The window is gone already.
    pub fn settle(&self, window: &WebviewWindow) -> tauri::Result<()> {
        if cfg!(windows) && !self.place.maximized {
            window.set_position(PhysicalPosition::new(self.place.x, self.place.y))?;
            window.set_size(PhysicalSize::new(self.place.width, self.place.height))?;
        }
        Ok(())
    }
}

impl Screen {
    fn of(monitor: &Monitor) -> Self {
        let area = monitor.work_area();
        let (position, size) = (area.position, area.size);
        let scale = monitor.scale_factor();
        Self { x: position.x, y: position.y, width: size.width, height: size.height, scale }
    }

    /// How many of its pixels a window covers.
    fn covered_by(&self, place: &Place) -> u64 {
        let shared = |at: i32, length: u32, from: i32, room: u32| {
            let end = (i64::from(at) + i64::from(length)).min(i64::from(from) + i64::from(room));
            u64::try_from(end - i64::from(at.max(from))).unwrap_or(0)
        };
        shared(place.x, place.width, self.x, self.width) * shared(place.y, place.height, self.y, self.height)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const LAPTOP: Screen = Screen { x: 0, y: 0, width: 1920, height: 1080, scale: 1.0 };
    const ABOVE_LEFT: Screen = Screen { x: -2560, y: -360, width: 2560, height: 1440, scale: 1.5 };
    const CLOSE_UP: Screen = Screen { scale: 2.0, ..LAPTOP };

    #[rstest]
    #[case::stays_where_it_fits((100, 50, 1280, 800), &[LAPTOP], (100, 50, 1280, 800))]
    #[case::second_screen((-2000, -300, 1280, 800), &[LAPTOP, ABOVE_LEFT], (-2000, -300, 1280, 800))]
    #[case::second_screen_gone((-2000, -300, 1280, 800), &[LAPTOP], (0, 0, 1280, 800))]
    #[case::far_away((90_000, 90_000, 1280, 800), &[LAPTOP], (640, 280, 1280, 800))]
    #[case::title_out_of_reach((100, -40, 1280, 800), &[LAPTOP], (100, 0, 1280, 800))]
    #[case::a_sliver_left((1900, 1000, 1280, 800), &[LAPTOP], (640, 280, 1280, 800))]
    #[case::larger_than_the_screen((-50, -50, 3840, 2160), &[LAPTOP], (0, 0, 1920, 1080))]
    #[case::across_two_goes_to_the_larger_part(
        (-900, 0, 1280, 800), &[LAPTOP, ABOVE_LEFT], (-1280, 0, 1280, 800)
    )]
    #[case::at_the_end_of_numbers((i32::MAX, i32::MIN, u32::MAX, 1), &[LAPTOP], (0, 0, 1920, 480))]
    #[case::points_became_larger((1100, 550, 800, 500), &[CLOSE_UP], (480, 120, 1440, 960))]
    fn a_window_comes_back_where_it_can_be_reached(
        #[case] was: (i32, i32, u32, u32),
        #[case] screens: &[Screen],
        #[case] is: (i32, i32, u32, u32),
    ) {
        let place = |(x, y, width, height)| Place { x, y, width, height, maximized: false };
        assert_eq!(place(was).on(screens).map(|spot| spot.place), Some(place(is)));
    }

    #[test]
    fn without_a_screen_the_system_decides() {
        assert_eq!(Place { x: 1, y: 2, width: 3, height: 4, maximized: true }.on(&[]), None);
    }
}
