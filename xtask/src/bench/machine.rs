use std::env::consts;
use std::fmt;
use std::fs;
use std::thread::available_parallelism;

use serde::Serialize;

/// On what was measured.
#[derive(Serialize)]
pub struct Machine {
    processor: String,
    cores: usize,
    system: String,
}

impl Machine {
    pub fn here() -> Self {
        let model = fs::read_to_string("/proc/cpuinfo").ok().and_then(|info| {
            let line = info.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        });
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Self {
            processor: model.unwrap_or_else(|| consts::ARCH.to_owned()),
            cores: available_parallelism().map_or(1, usize::from),
            system: format!("{} {}", consts::OS, kernel.trim()).trim().to_owned(),
        }
    }
}

/// How many programs wanted a processor during the last minute, where the system counts them.
pub fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} cores, {}", self.processor, self.cores, self.system)
    }
}
