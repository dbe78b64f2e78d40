//! What the phones and trunks of sip.conf and pjsip.conf are, and where they are.

pub mod aor;
pub mod contact;
pub mod endpoint;
pub mod peer;
pub mod uri;

use crate::channel::leg::Entry;
use crate::functions::fields;
use crate::interpreter::{Context, FunctionError};

/// Reads `name,item` of a kind of entry.
fn read(
    context: &Context<'_>,
    kind: Entry,
    arguments: &str,
    otherwise: &str,
    out: &mut String,
) -> Result<(), FunctionError> {
    let [name, item] = fields::standard(arguments);
    let name = name.filter(|name| !name.is_empty()).ok_or_else(|| FunctionError::arguments("a name is needed"))?;
    let item = item.filter(|item| !item.is_empty()).unwrap_or_else(|| otherwise.to_owned());
    if item.is_empty() {
        return Err(FunctionError::arguments("an item is needed"));
    }
    let value = context.exchange.channels.fact(kind, &name, &item);
    out.push_str(
        &value.ok_or_else(|| FunctionError::not_found(format!("there is no `{name}`, or it has no `{item}`")))?,
    );
    Ok(())
}
