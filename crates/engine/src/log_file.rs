//! A log file of bounded size that several programs may write to at once.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use hunter_store::{StoreError, private_file};

/// How many older files are kept beside the one that is written to.
pub(crate) const OLD_FILES: usize = 4;

/// Appends to a file and, once it is full, makes it the newest of a few older ones.
#[derive(Debug)]
pub(crate) struct LogFile {
    path: PathBuf,
    most_bytes: u64,
    file: File,
}

impl LogFile {
    /// Opens the file, creating it if need be.
    ///
    /// # Errors
    /// It cannot be created.
    pub fn open(path: PathBuf, most_bytes: u64) -> Result<Self, StoreError> {
        Ok(Self { file: private_file(&path)?, path, most_bytes })
    }

    /// Whether this file is full, or no longer there for anybody else.
    fn is_over(&self) -> io::Result<bool> {
        let metadata = self.file.metadata()?;
        #[cfg(unix)]
        if std::os::unix::fs::MetadataExt::nlink(&metadata) == 0 {
            return Ok(true);
        }
        Ok(metadata.len() >= self.most_bytes)
    }

    /// Goes on in the file that lies at the path now; a full one becomes an older one, whoever comes first.
    fn turn(&mut self) -> io::Result<()> {
        let lock = private_file(&self.path.with_extension("lock")).map_err(io::Error::other)?;
        lock.lock()?;
        self.file = private_file(&self.path).map_err(io::Error::other)?;
        if self.is_over()? {
            for age in (0..OLD_FILES).rev() {
                match fs::rename(aged(&self.path, age), aged(&self.path, age + 1)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    Ok(()) | Err(_) => {}
                }
            }
            self.file = private_file(&self.path).map_err(io::Error::other)?;
        }
        Ok(())
    }
}

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_over()? {
            self.turn()?;
        }
        // A line in one piece: another program appends to the same file.
        self.file.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The path of a log file that was full so many times ago.
pub(crate) fn aged(path: &Path, age: usize) -> PathBuf {
    if age == 0 { path.to_owned() } else { path.with_added_extension(age.to_string()) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn lines(path: &Path) -> Vec<String> {
        let files = (0..=OLD_FILES).rev().filter_map(|age| fs::read_to_string(aged(path, age)).ok());
        files.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    #[test]
    fn two_writers_share_it_and_lose_nothing_until_the_oldest_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hunter.jsonl");
        let mut writers =
            [LogFile::open(path.clone(), 1_000).unwrap(), LogFile::open(path.clone(), 1_000).unwrap()];
        for number in 0..700 {
            writers[usize::from(number % 3 == 0)]
                .write_all(format!("line {number:04}\n").as_bytes())
                .unwrap();
        }
        let kept = lines(&path);
        let expected: Vec<String> =
            (700 - kept.len()..700).map(|number| format!("line {number:04}")).collect();
        assert_eq!(kept, expected);
        assert!((400..=500).contains(&kept.len()), "{}", kept.len());
        for age in 0..=OLD_FILES {
            assert!(fs::metadata(aged(&path, age)).unwrap().len() <= 1_010, "{age}");
        }
        assert!(!aged(&path, OLD_FILES + 1).exists());
    }

    #[test]
    fn many_threads_rotate_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hunter.jsonl");
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let mut file = LogFile::open(path.clone(), 10_000).unwrap();
                scope.spawn(move || {
                    for number in 0..500 {
                        file.write_all(format!("{writer} {number:04}\n").as_bytes()).unwrap();
                    }
                });
            }
        });
        let kept = lines(&path);
        assert_eq!(kept.len(), 2_000);
        for writer in 0..4 {
            let mark = format!("{writer} ");
            let own: Vec<_> = kept.iter().filter_map(|line| line.strip_prefix(&mark)).collect();
            assert!(own.is_sorted() && own.len() == 500, "{writer}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_was_deleted_is_begun_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hunter.jsonl");
        let mut file = LogFile::open(path.clone(), 1_000).unwrap();
        file.write_all(b"before\n").unwrap();
        fs::remove_file(&path).unwrap();
        file.write_all(b"after\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "after\n");
    }
}
