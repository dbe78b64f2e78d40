//! `STAT`

use std::os::unix::fs::MetadataExt as _;

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives a fact about a file: `e` it exists, `f` it is a regular file, `d` it is a folder (1 or 0); `s` its size, `m`
/// its mode in octal, `A`, `C` and `M` when it was read, when its entry changed, when it was written, in seconds since
/// 1970. 0 where there is no such file.
pub static STAT: Function = Function::new(
    "STAT",
    "A fact about a file",
    &[Argument::required("fact", Kind::Text), Argument::required("path", Kind::Text)],
)
.reads(read)
.dangerous();

fn read(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [fact, path] = fields::standard(arguments);
    let metadata = std::fs::metadata(path.unwrap_or_default()).ok();
    let flag = |truth: bool| if truth { "1" } else { "0" }.to_owned();
    let value = metadata.and_then(|metadata| {
        // Only the first letter counts.
        Some(match fact?.get(..1)? {
            "e" => flag(true),
            "f" => flag(metadata.is_file()),
            "d" => flag(metadata.is_dir()),
            "s" => metadata.len().to_string(),
            "m" => format!("{:o}", metadata.mode()),
            "A" => metadata.atime().to_string(),
            "C" => metadata.ctime().to_string(),
            "M" => metadata.mtime().to_string(),
            _ => return None,
        })
    });
    out.push_str(value.as_deref().unwrap_or("0"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn facts_of_files() {
        assert_eq!(
            value("${STAT(d,/)}${STAT(f,/)}${STAT(e,/)} ${STAT(e,/none)}${STAT(s,/none)}${STAT(z,/)}${STAT(e)}"),
            "101 0000"
        );
    }
}
