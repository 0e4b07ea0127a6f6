//! The tray's icons: the program's own, made small, with a badge that differs in shape and not only in colour.

use tauri::image::Image;

const PROGRAM: &[u8] = include_bytes!("../../../icons/128x128@2x.png");
/// Points along each side of a pixel at which a badge is looked at.
const SAMPLES: u32 = 8;
const WHITE: [u8; 3] = [255, 255, 255];
const GREEN: [u8; 3] = [16, 124, 16];
const RED: [u8; 3] = [209, 52, 56];
const GREY: [u8; 3] = [96, 94, 92];

/// What the icon tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Nothing; the program's own icon.
    Idle,
    /// A sync is under way.
    Syncing,
    /// Something waits for the person.
    Attention,
    /// Nobody answers.
    Offline,
}

impl Mark {
    /// The icon in a square of so many pixels.
    ///
    /// # Errors
    /// The program's own icon cannot be read.
    pub fn draw(self, side: u32) -> tauri::Result<Image<'static>> {
        let mut pixels = shrunk(&Image::from_bytes(PROGRAM)?, side);
        if self == Self::Offline {
            pixels.iter_mut().for_each(fade);
        }
        if self != Self::Idle {
            for (place, pixel) in (0..).zip(&mut pixels) {
                self.badge(pixel, place % side, place / side, side);
            }
        }
        Ok(Image::new_owned(pixels.concat(), side, side))
    }

    /// Lays the badge, with a clear ring around it, over a pixel.
    fn badge(self, pixel: &mut [u8; 4], column: u32, row: u32, side: u32) {
        let mut sums = [0_f32; 4];
        for sample in 0..SAMPLES * SAMPLES {
            let at = |pixel: u32, step: u32| {
                // The badge's own measure: its disc has the radius 1.
                let point = (pixel as f32 + (step as f32 + 0.5) / SAMPLES as f32) / side as f32;
                (point - 0.69) / 0.31
            };
            let (x, y) = (at(column, sample % SAMPLES), at(row, sample / SAMPLES));
            let distance = x.hypot(y);
            let color = if distance > 1.18 {
                *pixel
            } else if distance > 1.0 {
                [0; 4]
            } else {
                let [red, green, blue] = if self.sign(x, y) { WHITE } else { self.ground() };
                [red, green, blue, 255]
            };
            add(&mut sums, color, 1.0);
        }
        *pixel = mean(sums, (SAMPLES * SAMPLES) as f32);
    }

    fn ground(self) -> [u8; 3] {
        match self {
            Self::Idle | Self::Syncing => GREEN,
            Self::Attention => RED,
            Self::Offline => GREY,
        }
    }

    /// Whether a point belongs to the badge's white sign.
    fn sign(self, x: f32, y: f32) -> bool {
        match self {
            Self::Idle => false,
            // A ring with an arrow head where it opens.
            Self::Syncing => {
                let ring = (0.36..0.64).contains(&x.hypot(y)) && !(x > 0.0 && y < 0.0);
                let head = (-0.36..0.1).contains(&y) && (x - 0.5).abs() < (0.1 - y) * 0.85;
                ring || head
            }
            // An exclamation mark.
            Self::Attention => x.abs() < 0.17 && ((-0.68..0.16).contains(&y) || (0.34..0.66).contains(&y)),
            // A cross.
            Self::Offline => (x.abs() - y.abs()).abs() < 0.24 && x.abs().max(y.abs()) < 0.52,
        }
    }
}

/// Each pixel is the mean of what it covers.
fn shrunk(image: &Image<'_>, side: u32) -> Vec<[u8; 4]> {
    let (width, height) = (image.width(), image.height());
    let source = image.rgba().as_chunks::<4>().0;
    let mut pixels = Vec::with_capacity((side * side) as usize);
    for row in 0..side {
        for column in 0..side {
            let (mut sums, mut area) = ([0_f32; 4], 0_f32);
            for (y, high) in covered(row, side, height) {
                for (x, wide) in covered(column, side, width) {
                    if let Some(pixel) = source.get((y * width + x) as usize) {
                        add(&mut sums, *pixel, high * wide);
                        area += high * wide;
                    }
                }
            }
            pixels.push(mean(sums, area));
        }
    }
    pixels
}

/// The source's lines under a line of the result, and how much of each.
fn covered(line: u32, lines: u32, source: u32) -> impl Iterator<Item = (u32, f32)> {
    let scale = source as f32 / lines as f32;
    let (from, to) = (line as f32 * scale, (line + 1) as f32 * scale);
    (from as u32..source).map_while(move |at| {
        let part = (at as f32 + 1.0).min(to) - (at as f32).max(from);
        (part > 0.0).then_some((at, part))
    })
}

fn add(sums: &mut [f32; 4], [red, green, blue, alpha]: [u8; 4], weight: f32) {
    let weight = weight * f32::from(alpha);
    for (sum, part) in sums.iter_mut().zip([f32::from(red), f32::from(green), f32::from(blue), 1.0]) {
        *sum += part * weight;
    }
}

fn mean([red, green, blue, alpha]: [f32; 4], weight: f32) -> [u8; 4] {
    let of = |sum: f32| if alpha > 0.0 { (sum / alpha).round() as u8 } else { 0 };
    [of(red), of(green), of(blue), (alpha / weight).round() as u8]
}

/// Without colour, and light enough to be seen on a dark panel.
fn fade([red, green, blue, _]: &mut [u8; 4]) {
    let bright = 0.3 * f32::from(*red) + 0.59 * f32::from(*green) + 0.11 * f32::from(*blue);
    let grey = 255.0 - (255.0 - bright) * 0.6;
    (*red, *green, *blue) = (grey as u8, grey as u8, grey as u8);
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const MARKS: [Mark; 4] = [Mark::Idle, Mark::Syncing, Mark::Attention, Mark::Offline];

    #[test]
    fn each_state_has_an_icon_of_its_own_in_every_size() {
        for side in [16, 22, 24, 32, 44, 64] {
            let icons: BTreeSet<_> =
                MARKS.iter().map(|mark| mark.draw(side).unwrap().rgba().to_vec()).collect();
            assert_eq!(icons.len(), MARKS.len());
            assert!(icons.iter().all(|icon| icon.len() == (side * side * 4) as usize));
        }
    }

    #[test]
    fn the_icons_differ_without_their_colours_too() {
        let grey = |mark: Mark| {
            let icon = mark.draw(22).unwrap();
            let dark =
                |pixel: &[u8; 4]| u32::from(pixel[0]) + u32::from(pixel[1]) + u32::from(pixel[2]) < 480;
            icon.rgba().as_chunks::<4>().0.iter().map(dark).collect::<Vec<_>>()
        };
        let shapes: BTreeSet<_> = MARKS.iter().map(|mark| grey(*mark)).collect();
        assert_eq!(shapes.len(), MARKS.len());
    }

    #[test]
    fn the_badge_leaves_the_other_corner_alone() {
        let idle = Mark::Idle.draw(22).unwrap();
        let corner = |icon: &Image<'_>| icon.rgba()[..4 * 22 * 5].to_vec();
        for mark in [Mark::Syncing, Mark::Attention] {
            assert_eq!(corner(&mark.draw(22).unwrap()), corner(&idle));
        }
    }
}
