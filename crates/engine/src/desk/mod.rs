//! What a page can see and ask: one controller for the window and, later, the browser.
//!
//! Requests only enqueue or query; whatever takes time is told by events.

mod companies;
mod controller;
mod inbox;
mod requests;
mod support;
mod view;

pub use controller::{Desk, Host, SavePlace};
pub use requests::{REQUESTS, request_types};
pub use view::{
    Desktop, Focus, Leave, Notification, PageEvent, RunDetails, RunList, RunView, Saved, SignInState,
    Snapshot, SyncProgress, SyncView, Topic,
};
