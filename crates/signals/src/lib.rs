//! Signals of a domain.
