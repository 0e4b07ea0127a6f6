#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
//! Hunter's desktop program.

/// As in the command line.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    hunter_desktop::run()
}
