//! Options that a channel keeps under a function's name, each with a value before it is set.

use crate::channel::Variables;
use crate::interpreter::{Context, FunctionError};

/// The options of one function.
pub struct Options {
    /// Under this name the channel keeps what is set.
    pub function: &'static str,
    /// The options, and what they are before they are set.
    pub known: &'static [(&'static str, &'static str)],
}

impl Options {
    /// The place of an option in the channel's settings, and its value before it is set.
    pub fn find(&self, option: &str) -> Result<(String, &'static str), FunctionError> {
        let known = self.known.iter().find(|(known, _)| known.eq_ignore_ascii_case(option.trim()));
        let (name, before) = known.ok_or_else(|| FunctionError::not_found(format!("there is no option `{option}`")))?;
        Ok((self.setting(name), before))
    }

    /// Gives the value of an option.
    pub fn read(&self, context: &Context<'_>, option: &str, out: &mut String) -> Result<(), FunctionError> {
        let (setting, before) = self.find(option)?;
        out.push_str(context.state.settings.get(&setting).unwrap_or(before));
        Ok(())
    }

    /// All options with their values on a channel.
    pub fn all(&self, settings: &Variables) -> Vec<(&'static str, String)> {
        let value = |name: &str, before: &str| settings.get(&self.setting(name)).unwrap_or(before).to_owned();
        self.known.iter().map(|(name, before)| (*name, value(name, before))).collect()
    }

    fn setting(&self, name: &str) -> String {
        format!("{}/{name}", self.function)
    }
}
