//! The plan and the number of a command line, whichever is named first.

use std::path::Path;

/// A number in a plan.
#[derive(clap::Args)]
pub struct Number {
    /// The configuration folder, or an extensions.conf. Without it: this folder, or /etc/asterisk where this folder has no
    /// extensions.conf. Plan and number may stand in either order.
    #[arg(value_name = "PLAN")]
    first: String,
    /// The number, and the context it is dialled in.
    #[arg(value_name = "NUMBER[@CONTEXT]")]
    second: Option<String>,
}

const HERE: &str = ".";
const INSTALLED: &str = "/etc/asterisk";

impl Number {
    /// The plan.
    pub fn plan(&self) -> &Path {
        self.parted().0
    }

    /// The number as written.
    pub fn number(&self) -> &str {
        self.parted().1
    }

    fn parted(&self) -> (&Path, &str) {
        match &self.second {
            Some(second) if !Path::new(&self.first).exists() && Path::new(second).exists() => {
                (Path::new(second), &self.first)
            }
            Some(second) => (Path::new(&self.first), second),
            None if Path::new("extensions.conf").exists() => (Path::new(HERE), &self.first),
            None => (Path::new(INSTALLED), &self.first),
        }
    }
}
