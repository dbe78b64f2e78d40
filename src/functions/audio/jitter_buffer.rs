//! `JITTERBUFFER`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// `Set(JITTERBUFFER(adaptive)=default)` asks for a jitter buffer; `disabled` for none.
///
/// Every telephone's audio has an adaptive one here that adds no delay to a steady stream, so that a wish for one is met
/// already. What was asked for is kept with the channel.
pub static JITTERBUFFER: Function = Function::new(
    "JITTERBUFFER",
    "Asks for a jitter buffer: every telephone has one",
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
