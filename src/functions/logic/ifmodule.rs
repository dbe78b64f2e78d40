//! `IFMODULE`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives 1 if exten does the work of an Asterisk module, named as `app_dial.so`, otherwise 0.
///
/// A module of an application counts if there is the application, one of a function if there is the function.
pub static IFMODULE: Function =
    Function::new("IFMODULE", "Whether a module is there", &[Argument::required("module.so", Kind::Text)]).reads(read);

/// Modules whose name is not that of an application or function.
const OTHERS: &[&str] = &[
    "app_exec",
    "app_macro",
    "app_playback",
    "app_stack",
    "app_verbose",
    "bridge_simple",
    "bridge_softmix",
    "chan_local",
    "chan_pjsip",
    "chan_sip",
    "codec_alaw",
    "codec_ulaw",
    "format_wav",
    "func_base64",
    "func_callerid",
    "func_cdr",
    "func_channel",
    "func_cut",
    "func_db",
    "func_devstate",
    "func_dialplan",
    "func_env",
    "func_extstate",
    "func_global",
    "func_groupcount",
    "func_logic",
    "func_math",
    "func_module",
    "func_rand",
    "func_shell",
    "func_strings",
    "func_timeout",
    "func_uri",
    "pbx_config",
    "res_pjsip",
    "res_musiconhold",
];

fn read(context: &mut Context<'_>, module: &str, out: &mut String) -> Result<(), FunctionError> {
    let name = module.strip_suffix(".so").unwrap_or(module);
    let library = context.exchange.library;
    let is_there = OTHERS.contains(&name)
        || name.strip_prefix("app_").is_some_and(|name| library.application(name).is_some())
        || name.strip_prefix("func_").is_some_and(|name| library.function(&name.to_ascii_uppercase()).is_some());
    out.push(if is_there { '1' } else { '0' });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn modules_by_what_they_offer() {
        assert_eq!(value("${IFMODULE(app_dial.so)} ${IFMODULE(func_cut.so)} ${IFMODULE(app_nothere.so)}"), "1 1 0");
    }
}
