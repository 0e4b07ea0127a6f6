//! A window with an empty page: what a start costs before Hunter does anything.

fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!("tests/desktop/bare/tauri.conf.json"))
}
