//! `LANGUAGE`, `MUSICCLASS`

use crate::interpreter::{Context, Function, FunctionError};

/// Gives or sets the channel's language. An old form of `CHANNEL(language)`.
pub static LANGUAGE: Function =
    Function::new("LANGUAGE", "The channel's language", &[]).reads(read_language).writes(write_language);

/// Gives or sets the class of the channel's music on hold. An old form of `CHANNEL(musicclass)`.
pub static MUSICCLASS: Function =
    Function::new("MUSICCLASS", "The channel's music on hold", &[]).reads(read_music).writes(write_music);

fn read_language(context: &mut Context<'_>, _: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(&context.state.language);
    Ok(())
}

fn write_language(context: &mut Context<'_>, _: &str, value: &str) -> Result<(), FunctionError> {
    value.clone_into(&mut context.state.language);
    Ok(())
}

fn read_music(context: &mut Context<'_>, _: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(&context.state.music_class);
    Ok(())
}

fn write_music(context: &mut Context<'_>, _: &str, value: &str) -> Result<(), FunctionError> {
    value.clone_into(&mut context.state.music_class);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn the_old_forms_mean_the_same() {
        let bench = Bench::new("");
        bench.set("LANGUAGE()", "de");
        bench.set("MUSICCLASS()", "jazz");
        assert_eq!(
            bench.value("${LANGUAGE()} ${CHANNEL(language)} ${MUSICCLASS()} ${CHANNEL(musicclass)}"),
            "de de jazz jazz"
        );
    }
}
