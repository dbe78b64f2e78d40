//! Functions that an admin makes in a configuration file: the library does not know them.

use super::{Context, FunctionError};

/// Functions by name. `None` says that there is no function of that name.
pub trait OwnFunctions: Send + Sync {
    /// The functions' names and what they give, for those who ask what there is.
    fn names(&self) -> Vec<(String, String)>;

    /// Appends a function's value.
    fn read(
        &self,
        name: &str,
        context: &mut Context<'_>,
        arguments: &str,
        out: &mut String,
    ) -> Option<Result<(), FunctionError>>;

    /// Takes a value.
    fn write(
        &self,
        name: &str,
        context: &mut Context<'_>,
        arguments: &str,
        value: &str,
    ) -> Option<Result<(), FunctionError>>;
}
