//! The backups that Hunter makes by itself, beside the database: their names, their making, their rotation.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnectOptions;
use ts_rs::TS;

use crate::error::StoreError;
use crate::open::{Store, private_dir, private_file};

/// A database that changes gets a backup so often.
const EVERY: SignedDuration = SignedDuration::from_hours(24);
/// Days, and weeks before them, of which the newest backup is kept.
const DAYS: usize = 7;
const WEEKS: usize = 4;
/// Backups of other causes than the calendar that are kept at least.
const OCCASIONS: usize = 3;
/// A backup so far ahead of our clock was made by a clock that was wrong.
const FARTHEST_AHEAD: SignedDuration = SignedDuration::from_hours(24);
const NAME: &str = "%Y%m%dT%H%M%SZ";

/// Why a backup was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BackupCause {
    /// A day had passed.
    Daily,
    /// A person asked for it.
    ByHand,
    /// Another backup was about to be restored.
    BeforeRestore,
    /// Personal data was about to be erased.
    BeforeErase,
    /// A newer Hunter was about to change the schema.
    BeforeMigration,
    /// Partner Center was about to be turned on.
    BeforeEnable,
}

impl BackupCause {
    const ALL: [Self; 6] = [
        Self::Daily,
        Self::ByHand,
        Self::BeforeRestore,
        Self::BeforeErase,
        Self::BeforeMigration,
        Self::BeforeEnable,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::ByHand => "by-hand",
            Self::BeforeRestore => "before-restore",
            Self::BeforeErase => "before-erase",
            Self::BeforeMigration => "before-migration",
            Self::BeforeEnable => "before-enable",
        }
    }
}

/// A backup among those that Hunter keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Where it lies.
    pub path: PathBuf,
    /// When it was made.
    pub made_at: Timestamp,
    /// Why it was made.
    pub cause: BackupCause,
}

impl Backup {
    fn is_credible(&self, now: Timestamp) -> bool {
        self.made_at.duration_since(now) <= FARTHEST_AHEAD
    }

    fn at(path: PathBuf) -> Option<Self> {
        let (time, cause) = path.file_name()?.to_str()?.strip_suffix(".db")?.split_once('-')?;
        let made_at = DateTime::strptime(NAME, time).ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp();
        let cause = BackupCause::ALL.into_iter().find(|known| known.as_str() == cause)?;
        Some(Self { path, made_at, cause })
    }

    /// Its name in the folder.
    pub fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Its size.
    pub fn bytes(&self) -> u64 {
        self.path.metadata().map(|file| file.len()).unwrap_or_default()
    }

    /// How many referrals it holds; `None` if it cannot be read.
    pub async fn referrals(&self) -> Option<i64> {
        let options = SqliteConnectOptions::new().filename(&self.path).read_only(true).immutable(true);
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await.ok()?;
        let count = sqlx::query_scalar("SELECT count(*) FROM partner_center_referrals");
        let counted = count.fetch_one(&mut connection).await.ok();
        let _read_only = connection.close().await;
        counted
    }
}

/// The folder in which a database's backups lie.
#[derive(Debug, Clone)]
pub struct Backups {
    folder: PathBuf,
}

impl Backups {
    /// Those of the database at this path.
    pub fn of(database: &Path) -> Self {
        Self { folder: database.with_file_name("backups") }
    }

    /// All of them, newest first; those of a clock that was far ahead come last, whatever they say.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the folder cannot be read.
    pub fn list(&self, now: Timestamp) -> Result<Vec<Backup>, StoreError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(StoreError::io(self.shown())(error)),
        };
        let mut found: Vec<Backup> = entries.flatten().filter_map(|entry| Backup::at(entry.path())).collect();
        found.sort_by_key(|backup| Reverse((backup.is_credible(now), backup.made_at, backup.cause)));
        Ok(found)
    }

    /// Whether the newest one is a day old, or none is there; a clock that was set back makes one due.
    ///
    /// # Errors
    /// As [`Backups::list`].
    pub fn is_due(&self, now: Timestamp) -> Result<bool, StoreError> {
        let newest = self.list(now)?.into_iter().next();
        Ok(newest.is_none_or(|newest| now.duration_since(sound_at(&newest)).abs() >= EVERY))
    }

    /// Only one program at a time works on the folder; for the day's backup nobody waits.
    async fn lock(&self, cause: BackupCause) -> Result<Option<File>, StoreError> {
        private_dir(&self.folder)?;
        let lock = private_file(&self.folder.join("lock"))?;
        let locked = tokio::task::spawn_blocking(move || match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) if cause == BackupCause::Daily => Ok(None),
            Err(TryLockError::WouldBlock) => lock.lock().map(|()| Some(lock)),
            Err(TryLockError::Error(error)) => Err(error),
        });
        let locked = locked.await.map_err(|stopped| StoreError::io(self.shown())(stopped.into()))?;
        locked.map_err(StoreError::io(self.shown()))
    }

    /// Gives those of a clock that was ahead a day before all others, so that they do not become the newest one day.
    fn put_back(&self, now: Timestamp) -> Result<(), StoreError> {
        let (credible, ahead): (Vec<Backup>, Vec<Backup>) =
            self.list(now)?.into_iter().partition(|backup| backup.is_credible(now));
        let Some(oldest) = credible.last() else { return Ok(()) };
        for (backup, before) in ahead.iter().zip(1i32..) {
            let at = oldest.made_at - EVERY * before;
            mark(&backup.path, at)
                .and_then(|()| fs::rename(&backup.path, self.path_of(at, backup.cause)))
                .map_err(StoreError::io(self.shown()))?;
        }
        Ok(())
    }

    fn path_of(&self, made_at: Timestamp, cause: BackupCause) -> PathBuf {
        self.folder.join(format!("{}-{}.db", made_at.strftime(NAME), cause.as_str()))
    }

    /// Removes what the rotation does not keep, and what a program that was killed left behind.
    fn rotate(&self, now: Timestamp) -> Result<(), StoreError> {
        for backup in superfluous(self.list(now)?) {
            fs::remove_file(&backup.path).map_err(StoreError::io(self.shown()))?;
        }
        for entry in fs::read_dir(&self.folder).map_err(StoreError::io(self.shown()))?.flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "partial") {
                let _left_behind = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }

    fn shown(&self) -> String {
        format!("The folder {}", self.folder.display())
    }
}

impl Store {
    /// The backups of this database.
    pub fn backups(&self) -> Backups {
        Backups::of(self.path())
    }

    /// Makes a backup among those that Hunter keeps, and lets go of the oldest; `None` if nothing has changed since the
    /// newest, or if another program makes the day's one right now.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be written; no half backup is left.
    pub async fn back_up(&self, cause: BackupCause, now: Timestamp) -> Result<Option<Backup>, StoreError> {
        let backups = self.backups();
        let Some(_lock) = backups.lock(cause).await? else { return Ok(None) };
        backups.put_back(now)?;
        let newest = backups.list(now)?.into_iter().next().filter(|newest| newest.is_credible(now));
        let path = backups.path_of(now, cause);
        let fresh = path.with_extension("partial");
        let _left_behind = fs::remove_file(&fresh);
        self.backup(&fresh).await?;
        let folder = backups.clone();
        let settled = tokio::task::spawn_blocking(move || {
            if let Some(newest) = newest
                && are_the_same(&newest.path, &fresh)
            {
                fs::remove_file(&fresh)?;
                mark(&newest.path, now)?;
                return Ok(None);
            }
            mark(&fresh, now)?;
            fs::rename(&fresh, &path)?;
            Ok(Backup::at(path))
        });
        let made = settled.await.map_err(|stopped| StoreError::io(folder.shown())(stopped.into()))?;
        let made: Option<Backup> = made.map_err(StoreError::io(folder.shown()))?;
        if matches!(cause, BackupCause::Daily | BackupCause::ByHand) {
            folder.rotate(now)?;
        }
        Ok(made)
    }
}

/// When its content was last found to be that of the database.
fn sound_at(backup: &Backup) -> Timestamp {
    let modified = backup.path.metadata().and_then(|file| file.modified());
    modified.ok().and_then(|at| Timestamp::try_from(at).ok()).unwrap_or(backup.made_at)
}

fn mark(path: &Path, now: Timestamp) -> std::io::Result<()> {
    File::options().write(true).open(path)?.set_modified(now.into())
}

/// Two copies of the same rows are the same to the byte.
fn are_the_same(one: &Path, other: &Path) -> bool {
    let bytes = |path: &Path| path.metadata().map(|file| file.len());
    let same_size = matches!((bytes(one), bytes(other)), (Ok(one), Ok(other)) if one == other);
    same_size && matches!((fs::read(one), fs::read(other)), (Ok(one), Ok(other)) if one == other)
}

/// What need not be kept of backups that come newest first: all but the newest of each of the newest seven days that have
/// one, the newest of each of the four weeks before, and the newest three that no calendar made.
fn superfluous(backups: Vec<Backup>) -> Vec<Backup> {
    let (mut days, mut weeks, mut occasions) = (BTreeSet::new(), BTreeSet::new(), 0);
    let mut is_kept = |backup: &Backup| {
        let is_occasion = backup.cause != BackupCause::Daily;
        occasions += usize::from(is_occasion);
        let date = TimeZone::UTC.to_datetime(backup.made_at).date();
        let week = date.iso_week_date();
        let is_of_the_calendar = if days.contains(&date) {
            false
        } else if days.len() < DAYS {
            days.insert(date)
        } else {
            weeks.len() < WEEKS && weeks.insert((week.year(), week.week()))
        };
        is_of_the_calendar || (is_occasion && occasions <= OCCASIONS)
    };
    backups.into_iter().filter(|backup| !is_kept(backup)).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 3600;

    fn backup(hours: i64, cause: BackupCause) -> Backup {
        let made_at = Timestamp::from_second(1_700_000_000 + hours * HOUR).unwrap();
        let name = format!("{}-{}.db", made_at.strftime(NAME), cause.as_str());
        Backup::at(PathBuf::from(name)).unwrap()
    }

    fn newest_first(mut backups: Vec<Backup>) -> Vec<Backup> {
        backups.sort_by_key(|backup| Reverse((backup.made_at, backup.cause)));
        backups.dedup();
        backups
    }

    fn date(backup: &Backup) -> jiff::civil::Date {
        TimeZone::UTC.to_datetime(backup.made_at).date()
    }

    fn week(backup: &Backup) -> (i16, i8) {
        let week = date(backup).iso_week_date();
        (week.year(), week.week())
    }

    fn kept(backups: &[Backup]) -> Vec<Backup> {
        let gone = superfluous(backups.to_vec());
        backups.iter().filter(|backup| !gone.contains(backup)).cloned().collect()
    }

    fn any_backups() -> impl Strategy<Value = Vec<Backup>> {
        let any_cause = proptest::sample::select(BackupCause::ALL.to_vec());
        proptest::collection::vec((0..24 * 90i64, any_cause), 1..120).prop_map(|made| {
            newest_first(made.into_iter().map(|(hours, cause)| backup(hours, cause)).collect())
        })
    }

    proptest! {
        /// Of each of the newest days the newest is there, of each of the weeks before them the newest, and not much else.
        #[test]
        fn rotation_keeps_what_it_promises(backups in any_backups()) {
            let kept = kept(&backups);
            prop_assert_eq!(kept.first(), backups.first());
            let mut days: Vec<_> = backups.iter().map(date).collect();
            days.dedup();
            let (recent, older) = days.split_at(days.len().min(DAYS));
            for day in recent {
                let newest = backups.iter().find(|backup| date(backup) == *day).unwrap();
                prop_assert!(kept.contains(newest));
            }
            let before: Vec<&Backup> = backups.iter().filter(|backup| older.contains(&date(backup))).collect();
            let mut weeks: Vec<_> = before.iter().map(|backup| week(backup)).collect();
            weeks.dedup();
            for one in weeks.iter().take(WEEKS) {
                let newest = before.iter().find(|backup| week(backup) == *one).unwrap();
                prop_assert!(kept.contains(newest));
            }
            prop_assert!(kept.len() <= DAYS + WEEKS + OCCASIONS);
            prop_assert_eq!(superfluous(kept.clone()), Vec::new(), "once is enough");
        }

        /// Made day by day and rotated each time, seven days and about a month before them can be gone back to.
        #[test]
        fn day_by_day(days in 1..200i64, hour in 0..24i64) {
            let mut held: Vec<Backup> = Vec::new();
            for day in 0..days {
                held.insert(0, backup(day * 24 + hour, BackupCause::Daily));
                held = kept(&held);
            }
            let ages: Vec<i64> = held.iter().map(|backup| (held[0].made_at.duration_since(backup.made_at)).as_hours() / 24).collect();
            let expected: Vec<i64> = (0..days.min(7)).collect();
            prop_assert_eq!(&ages[..expected.len()], &expected[..]);
            if days > 40 {
                prop_assert_eq!(held.len(), DAYS + WEEKS);
                prop_assert!(*ages.last().unwrap() >= 22, "{:?}", ages);
            }
        }
    }

    #[test]
    fn other_files_are_no_backups() {
        for name in
            ["lock", "20260101T000000Z-daily.partial", "20260101T000000Z-other.db", "x-daily.db", "daily.db"]
        {
            assert_eq!(Backup::at(PathBuf::from(name)), None, "{name}");
        }
    }
}
