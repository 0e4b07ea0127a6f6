//! Who draws the window: the graphics card, where there is one.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Where the kernel shows graphics cards.
const CARDS: &str = "/dev/dri";
/// Has WebKit draw by itself; it reads this once, when its library is loaded.
const WITHOUT_CARD: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// Without a card, as on most virtual machines, starts this program once more, in its own place, with WebKit drawing by
/// itself: it would have the processor imitate a card, and each change of the page would take five to ten times as long.
/// If it cannot be started, the window is just slower.
pub fn fit() {
    if std::env::var_os(WITHOUT_CARD).is_some() || has_card(Path::new(CARDS)) {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let mut arguments = std::env::args_os();
    let name = arguments.next();
    let name = name.as_deref().unwrap_or(OsStr::new("hunter-desktop"));
    let _not_replaced = Command::new(program).arg0(name).args(arguments).env(WITHOUT_CARD, "1").exec();
}

fn has_card(folder: &Path) -> bool {
    let mut entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_one_that_renders() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_card(&folder.path().join("missing")));
        assert!(!has_card(folder.path()));
        std::fs::write(folder.path().join("card0"), "").unwrap();
        assert!(!has_card(folder.path()));
        std::fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(has_card(folder.path()));
    }
}
