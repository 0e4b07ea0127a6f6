//! Starts a program and tells by a line of JSON when a part of the display has changed, in milliseconds since then:
//! `first-paint X Y WIDTH HEIGHT QUIET_MS PROGRAM [ARGUMENT…]`. It ends the program once nothing has changed for
//! QUIET_MS.
#![cfg_attr(target_os = "linux", expect(clippy::print_stdout, reason = "its answer"))]

#[cfg(target_os = "linux")]
fn main() -> Result<(), linux::Failure> {
    linux::watch()
}

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashSet;
    use std::hash::{DefaultHasher, Hash, Hasher};
    use std::process::{Command, Stdio};
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    use serde_json::json;
    use x11rb::connection::Connection as _;
    use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};

    pub type Failure = Box<dyn std::error::Error>;

    const BETWEEN_LOOKS: Duration = Duration::from_millis(1);
    const PATIENCE: Duration = Duration::from_secs(120);

    pub fn watch() -> Result<(), Failure> {
        let mut arguments = std::env::args().skip(1);
        let mut number = || Ok::<_, Failure>(arguments.next().ok_or("a number is missing")?.parse::<u16>()?);
        let (x, y) = (i16::try_from(number()?)?, i16::try_from(number()?)?);
        let (width, height, quiet) = (number()?, number()?, Duration::from_millis(number()?.into()));
        let program = arguments.next().ok_or("no program")?;

        let (display, screen) = x11rb::connect(None)?;
        let root = display.setup().roots.get(screen).ok_or("no screen")?.root;
        let look = || -> Result<Vec<u8>, Failure> {
            Ok(display.get_image(ImageFormat::Z_PIXMAP, root, x, y, width, height, u32::MAX)?.reply()?.data)
        };

        let mut seen = vec![(0.0, digest(&look()?))];
        let began = Instant::now();
        let mut running = Command::new(program).args(arguments).stdout(Stdio::null()).spawn()?;
        let mut changed = began;
        let mut picture = Vec::new();
        while (seen.len() == 1 || changed.elapsed() < quiet) && began.elapsed() < PATIENCE {
            picture = look()?;
            let (now, found) = (Instant::now(), digest(&picture));
            if seen.last().is_some_and(|&(_, last)| last != found) {
                changed = now;
                seen.push((now.duration_since(began).as_secs_f64() * 1_000.0, found));
            }
            if let Some(status) = running.try_wait()? {
                return Err(format!("the program ended by itself ({status})").into());
            }
            sleep(BETWEEN_LOOKS);
        }
        // Asked, not killed: a database that was not closed is looked through at the next start.
        Command::new("kill").args(["-TERM", &running.id().to_string()]).status()?;
        running.wait()?;
        let colours: HashSet<_> = picture.chunks_exact(4).collect();
        let seen: Vec<_> = seen
            .into_iter()
            .map(|(ms, found)| json!({ "ms": ms, "picture": format!("{found:x}") }))
            .collect();
        println!("{}", json!({ "seen": seen, "colours": colours.len() }));
        Ok(())
    }

    fn digest(picture: &[u8]) -> u64 {
        let mut hasher = DefaultHasher::new();
        picture.hash(&mut hasher);
        hasher.finish()
    }
}
