//! `JITTERBUFFER`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// `Set(JITTERBUFFER(adaptive)=default)` puts a jitter buffer before what the party says; `disabled` takes it out.
///
/// There is one kind, which adapts: it puts packets in order, fills what is missing, and grows up to 200 ms where packets
/// come unevenly. The sizes of the value are passed over.
pub static JITTERBUFFER: Function = Function::new(
    "JITTERBUFFER",
    "Puts a jitter buffer before what the party says",
    &[Argument::required("fixed|adaptive|disabled", Kind::Text)],
)
.writes(write);

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let [kind] = fields::standard(arguments);
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    if !["fixed", "adaptive", "disabled"].contains(&kind.as_str()) {
        return Err(FunctionError::arguments(format!("`{kind}` is none of fixed, adaptive and disabled")));
    }
    context.state.settings.set("JITTERBUFFER", &format!("{kind},{value}"));
    if let Some(channel) = context.channel {
        channel.leg().set_jitter_buffer(kind != "disabled");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn the_wish_is_kept() {
        let bench = Bench::new("");
        bench.set("JITTERBUFFER(adaptive)", "default");
        bench.set("JITTERBUFFER(odd)", "default");
        let kept = bench.with(|context| context.state.settings.get("JITTERBUFFER").map(str::to_owned));
        assert_eq!(kept.as_deref(), Some("adaptive,default"));
    }
}
