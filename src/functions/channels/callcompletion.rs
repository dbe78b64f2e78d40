//! `CALLCOMPLETION`

use super::options::Options;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives and sets how the channel would have calls to busy parties completed. exten offers no completion: what is set is
/// kept and read back, and `CallCompletionRequest` still fails.
pub static CALLCOMPLETION: Function =
    Function::new("CALLCOMPLETION", "A setting of call completion", &[Argument::required("option", Kind::Text)])
        .reads(|context, option, out| OPTIONS.read(context, option, out))
        .writes(write);

/// The options, and what they are before they are set.
static OPTIONS: Options = Options {
    function: "CALLCOMPLETION",
    known: &[
        ("cc_agent_dialstring", ""),
        ("cc_agent_policy", "never"),
        ("cc_callback_macro", ""),
        ("cc_callback_sub", ""),
        ("cc_max_agents", "5"),
        ("cc_max_monitors", "5"),
        ("cc_monitor_policy", "never"),
        ("cc_offer_timer", "20"),
        ("cc_recall_timer", "20"),
        ("ccbs_available_timer", "4800"),
        ("ccnr_available_timer", "7200"),
    ],
};

fn write(context: &mut Context<'_>, option: &str, value: &str) -> Result<(), FunctionError> {
    let (setting, before) = OPTIONS.find(option)?;
    if before.parse::<u32>().is_ok() && value.trim().parse::<u32>().is_err() {
        return Err(FunctionError::value(format!("`{value}` is no number, as {option} wants")));
    }
    context.state.settings.set(&setting, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn settings_are_kept() {
        let bench = Bench::new("");
        bench.set("CALLCOMPLETION(cc_agent_policy)", "generic");
        bench.set("CALLCOMPLETION(cc_max_agents)", "many");
        assert_eq!(
            bench.value("${CALLCOMPLETION(CC_AGENT_POLICY)} ${CALLCOMPLETION(cc_max_agents)} [${CALLCOMPLETION(x)}]"),
            "generic 5 []"
        );
    }
}
