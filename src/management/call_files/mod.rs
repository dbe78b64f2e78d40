//! Call files: a file that is moved into the folder `outgoing` of the spool makes a call.
//!
//! A file is due at its modification time, also one in the future. Before each attempt a line is added to it, so that a
//! restart knows how often it was tried: a call is neither lost nor made twice. When the call is answered, or was tried
//! often enough, the file is deleted, or moved to `outgoing_done` with `Archive: yes`.

mod file;
mod spool;

pub use spool::watch;
