//! `HINT`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives the hint of an extension: its devices, or, with option `n`, the name that goes with it.
///
/// Without a context the one that the call is in is meant.
pub static HINT: Function = Function::new(
    "HINT",
    "The hint of an extension",
    &[Argument::required("extension@context", Kind::Text), Argument::optional("n", Kind::Options)],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [extension, options] = fields::standard(arguments);
    let extension = extension.filter(|extension| !extension.is_empty());
    let extension = extension.ok_or_else(|| FunctionError::arguments("an extension is needed"))?;
    let own = context.state.position.context.clone();
    let (extension, place) = extension.split_once('@').unwrap_or((&extension, &own));
    let hint = context.exchange.hint(place, extension).unwrap_or_default();
    // The name stands in parentheses behind the devices.
    let (devices, name) = match hint.strip_suffix(')').and_then(|hint| hint.split_once('(')) {
        Some(parts) => parts,
        None => (&*hint, ""),
    };
    let wants_name = options.is_some_and(|options| options.contains('n'));
    out.push_str(if wants_name { name } else { devices });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn devices_of_an_extension() {
        assert_eq!(
            value("${HINT(200)} ${HINT(200@default)} [${HINT(999)}] [${HINT(200@nowhere)}]"),
            "Custom:lamp Custom:lamp [] []"
        );
    }
}
