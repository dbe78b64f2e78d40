//! `PJSIP_MEDIA_OFFER`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives and sets the codecs that a SIP channel is called with. It is set on the new channel before it is called, as the
/// subroutine of Dial's option `b` does.
///
/// `Set(PJSIP_MEDIA_OFFER(audio)=!all,alaw)` offers A-law and nothing else. A value is read like an `allow` line after the
/// endpoint's own: `!name` takes a codec out, `!all` takes all out. exten has no video.
pub static PJSIP_MEDIA_OFFER: Function = Function::new(
    "PJSIP_MEDIA_OFFER",
    "The codecs that a SIP channel is called with",
    &[Argument::required("media", Kind::Text)],
)
.reads(read)
.writes(write);

fn is_audio(media: &str) -> Result<(), FunctionError> {
    match media.trim().eq_ignore_ascii_case("audio") {
        true => Ok(()),
        false => Err(FunctionError::arguments(format!("`{media}` is no medium that exten has: write `audio`"))),
    }
}

fn read(context: &mut Context<'_>, media: &str, out: &mut String) -> Result<(), FunctionError> {
    is_audio(media)?;
    out.push_str(context.state.media_offer.as_deref().unwrap_or(""));
    Ok(())
}

fn write(context: &mut Context<'_>, media: &str, codecs: &str) -> Result<(), FunctionError> {
    is_audio(media)?;
    context.state.media_offer = Some(codecs.to_owned());
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn what_was_set_is_read_back() {
        let bench = Bench::new("");
        bench.set("PJSIP_MEDIA_OFFER(audio)", "!all,alaw");
        bench.set("PJSIP_MEDIA_OFFER(video)", "h264");
        assert_eq!(bench.value("[${PJSIP_MEDIA_OFFER(audio)}] [${PJSIP_MEDIA_OFFER(video)}]"), "[!all,alaw] []");
    }
}
