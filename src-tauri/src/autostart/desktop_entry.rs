//! A file in the desktop's autostart folder, as the Desktop Application Autostart Specification has it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use directories::BaseDirs;
use tauri::plugin::{Builder, TauriPlugin};
use tauri::{AppHandle, Manager, Wry};

use super::HIDDEN;

const FILE: &str = "hunter-desktop.desktop";

/// Nothing: a file is all there is to it here.
pub fn plugin() -> TauriPlugin<Wry> {
    Builder::new("autostart").build()
}

pub fn is_registered(_app: &AppHandle) -> io::Result<bool> {
    entry()?.try_exists()
}

pub fn register(app: &AppHandle, on: bool) -> io::Result<()> {
    let entry = entry()?;
    if !on {
        return fs::remove_file(entry);
    }
    let program = match app.env().appimage {
        Some(image) => PathBuf::from(image),
        None => std::env::current_exe()?,
    };
    if let Some(folder) = entry.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(entry, contents(&program))
}

fn entry() -> io::Result<PathBuf> {
    let places = BaseDirs::new().ok_or(io::ErrorKind::NotFound)?;
    Ok(places.config_dir().join("autostart").join(FILE))
}

fn contents(program: &Path) -> String {
    let program = quoted(&program.to_string_lossy());
    format!(
        "[Desktop Entry]\nType=Application\nName=Hunter\nIcon=hunter-desktop\nExec={program} {HIDDEN}\nTerminal=false\n"
    )
}

/// As an argument of `Exec`: quoted, with every backslash doubled for the file itself.
fn quoted(argument: &str) -> String {
    let mut text = String::from("\"");
    for letter in argument.chars() {
        match letter {
            '"' | '`' | '$' => text.extend(["\\\\", &letter.to_string()]),
            '\\' => text.push_str("\\\\\\\\"),
            '%' => text.push_str("%%"),
            _ => text.push(letter),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/usr/bin/hunter-desktop", r#""/usr/bin/hunter-desktop""#)]
    #[case("/home/Ada Lovelace/hunter", r#""/home/Ada Lovelace/hunter""#)]
    #[case(r#"/a$b"c`d"#, r#""/a\\$b\\"c\\`d""#)]
    #[case(r"/a\b", r#""/a\\\\b""#)]
    #[case("/100%", r#""/100%%""#)]
    fn the_program_is_one_argument_whatever_its_folder_is_called(#[case] path: &str, #[case] expected: &str) {
        let contents = contents(Path::new(path));
        assert!(contents.contains(&format!("\nExec={expected} --hidden\n")), "{contents}");
    }
}
