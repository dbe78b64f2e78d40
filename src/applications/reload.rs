//! `Reload`

use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};

/// Reads the configuration again and puts it into service if it has no error.
///
/// All files are one configuration here, so the module that is named makes no difference. The call that asks keeps its own
/// plan, unless the server runs with `--reload follow`.
pub static RELOAD: Application = Application {
    name: "Reload",
    synopsis: "Reads the configuration again",
    arguments: &[Argument::optional("module", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "RELOADSTATUS", values: &["SUCCESS", "FAILURE"] }],
    run: Run::Wait(|call, arguments| Box::pin(reload(call, arguments))),
};

async fn reload(call: &mut Call, _arguments: Arguments) -> Outcome {
    let is_done = match call.exchange.reloader.get() {
        Some(reloader) => reloader().await,
        None => {
            call.context().warn("Reload: there is no server here that could read its configuration again");
            false
        }
    };
    call.context().set("RELOADSTATUS", if is_done { "SUCCESS" } else { "FAILURE" });
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn without_a_server_there_is_nothing_to_reload() {
        let told = Trial::of("Reload(pbx_config.so)\nNoOp(${RELOADSTATUS})").run();
        assert!(told.has("warning Reload: there is no server") && told.has("100@default:3 NoOp FAILURE"));
    }
}
