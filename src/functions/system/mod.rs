//! Files, programs and the machine around exten.

pub mod ast_config;
pub mod curl;
pub mod env;
pub mod file;
pub mod path;
pub mod shell;
pub mod stat;
pub mod sysinfo;
pub mod version;

mod lines;
