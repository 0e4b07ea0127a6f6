//! Hunter itself: settings, profiles, sign-in, sync runs and health, for every face alike.

rust_i18n::i18n!("locales", fallback = "en");

mod account;
pub mod desk;
mod engine;
mod error;
mod events;
mod health;
mod language;
mod logging;
mod plan;
mod profile;
mod referrals;
mod sample;
mod settings;
mod sync;

pub use account::DeviceSignIn;
pub use engine::Engine;
pub use error::{ErrorBody, ErrorCode, HunterError, RetryHint};
pub use events::Event;
pub use health::{DatabaseHealth, Status};
pub use hunter_partner_center::{Account, DeviceCode, HttpOptions};
pub use hunter_referral::{Contact, Side};
pub use hunter_store::{
    Check, Counts, Filter, Order, ReferralItem, ReferralPage, RunStatus, SortField, StatusFilter, Summary,
};
pub use language::Language;
pub use logging::{Logging, start_logging};
pub use profile::{Profile, ProfileKind};
pub use referrals::{ReferralDetails, ReferralQuery};
pub use settings::{
    Environment, Expected, Input, Launch, SPECS, Setting, SettingInput, SettingSource, SettingView, Settings,
    Spec, Warning,
};
pub use sync::SyncReport;
