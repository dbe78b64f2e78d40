//! `SoftHangup`

use crate::channel::Cause;
use crate::interpreter::{Application, Argument, Context, Kind, Letter, Options, Outcome, Run};

/// Asks a channel to hang up.
///
/// The channel is named as `${CHANNEL}` gives it; the part behind the last dash may be left out.
pub static SOFT_HANGUP: Application = Application {
    name: "SoftHangup",
    synopsis: "Asks a channel to hang up",
    arguments: &[Argument::required("channel", Kind::Channel), Argument::optional("options", Kind::Options)],
    options: &[Letter::plain('a', "hangs up all channels of the device, not only this one")],
    sets: &[],
    run: Run::Compute(soft_hangup),
};

fn soft_hangup(context: &mut Context<'_>, text: &str) -> Outcome {
    let (name, options) = text.split_once(',').unwrap_or((text, ""));
    if name.is_empty() {
        context.warn("SoftHangup: it wants a channel");
        return Outcome::Continue;
    }
    let channels = &context.exchange.channels;
    let asked = if Options::parse(options).has('a') {
        let device = device(name);
        let is_asked =
            |channel: &str| channel.eq_ignore_ascii_case(name) || self::device(channel).eq_ignore_ascii_case(device);
        channels.all().into_iter().filter(|channel| is_asked(channel.name())).collect()
    } else {
        Vec::from_iter(channels.find(name))
    };
    context.unlocked(|| asked.iter().for_each(|channel| channel.request_hangup(Cause::NONE)));
    Outcome::Continue
}

/// A channel's name without its counter.
fn device(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((device, counter))
            if counter.len() >= 8 && counter.as_bytes().iter().take(8).all(u8::is_ascii_hexdigit) =>
        {
            device
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_device_may_have_dashes_of_its_own() {
        assert_eq!(device("SIP/trunk-out-0000001a"), "SIP/trunk-out");
        assert_eq!(device("Local/1@default-00000001;2"), "Local/1@default");
        assert_eq!(device("SIP/trunk-out"), "SIP/trunk-out");
    }
}
