//! `BASENAME`, `DIRNAME`

use std::path::Path;

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("path", Kind::Text)];

/// Gives the last part of a path.
pub static BASENAME: Function = Function::new("BASENAME", "The last part of a path", ARGUMENTS).reads(base);

/// Gives a path without its last part.
pub static DIRNAME: Function = Function::new("DIRNAME", "A path without its last part", ARGUMENTS).reads(folder);

fn base(_: &mut Context<'_>, path: &str, out: &mut String) -> Result<(), FunctionError> {
    let name = Path::new(path).file_name().and_then(|name| name.to_str());
    out.push_str(name.unwrap_or(if path.is_empty() { "." } else { path }));
    Ok(())
}

fn folder(_: &mut Context<'_>, path: &str, out: &mut String) -> Result<(), FunctionError> {
    let parent = Path::new(path).parent().and_then(Path::to_str);
    out.push_str(match parent {
        Some("") => ".",
        None if path.is_empty() => ".",
        None => path,
        Some(parent) => parent,
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn paths_are_parted() {
        assert_eq!(
            value("${BASENAME(/a/b/c.txt)} ${DIRNAME(/a/b/c.txt)} ${DIRNAME(c)} ${DIRNAME(/)}"),
            "c.txt /a/b . /"
        );
    }
}
