#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
//! Hunter's desktop program.

fn main() -> std::process::ExitCode {
    hunter_desktop::run()
}
