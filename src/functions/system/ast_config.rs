//! `AST_CONFIG`

use crate::conf::{Config, Disk};
use crate::diagnostic::Sources;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives a setting of a configuration file, read at that moment.
///
/// Of several with the same name the first is given, or the one of the index (from 0; negative from the end).
pub static AST_CONFIG: Function = Function::new(
    "AST_CONFIG",
    "A setting of a configuration file",
    &[
        Argument::required("file", Kind::Text),
        Argument::required("section", Kind::Text),
        Argument::required("setting", Kind::Text),
        Argument::optional("index", Kind::Number),
    ],
)
.reads(read)
.dangerous();

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(file), Some(section), Some(setting), index] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("a file, a section and a setting are needed"));
    };
    let path = context.exchange.folder.join(&file);
    if !path.is_file() {
        return Err(FunctionError::not_found(format!("there is no file `{file}`")));
    }
    let config = Config::read(&mut Disk::default(), &path, &mut Sources::default());
    let entries = config.section(&section).into_iter().flat_map(|section| &section.entries);
    let values: Vec<&str> =
        entries.filter(|entry| entry.key.eq_ignore_ascii_case(&setting)).map(|entry| &*entry.value).collect();
    let index = index.as_deref().and_then(fields::integer).map_or(0, |(index, _)| index);
    let from_end = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
    let at = if index < 0 { values.len().checked_sub(from_end) } else { Some(from_end) };
    out.push_str(at.and_then(|at| values.get(at)).copied().unwrap_or(""));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn settings_are_read_anew() {
        let bench = Bench::new("");
        std::fs::write(bench.folder().join("case.conf"), "[room]\nsize=12\nmember=a\nmember=b\n").unwrap();
        assert_eq!(bench.value("${AST_CONFIG(case.conf,room,size)} ${AST_CONFIG(case.conf,room,member,-1)}"), "12 b");
        assert_eq!(bench.value("[${AST_CONFIG(case.conf,room,none)}] [${AST_CONFIG(no.conf,a,b)}]"), "[] []");
    }
}
