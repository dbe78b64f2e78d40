//! The HTTP server of `http.conf`: it offers the manager to programs of the web, files, and a page about itself.

mod files;
mod server;
mod settings;

pub use server::{Http, StartError};
pub use settings::{Read, Settings, read};
