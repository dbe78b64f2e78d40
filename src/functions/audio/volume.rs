//! `VOLUME`

use std::sync::Arc;

use crate::channel::tap::{Tap, Way};
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind, leading_integer};
use crate::media::Frame;

/// `Set(VOLUME(TX)=3)` makes what the party hears louder by that factor, `-3` softer by it; `RX` what it says. 0
/// leaves it as it is. Read, it gives the factor.
pub static VOLUME: Function = Function::new(
    "VOLUME",
    "Changes the volume of the channel",
    &[Argument::required("TX|RX", Kind::Text), Argument::optional("options", Kind::Options)],
)
.reads(read)
.writes(write);

/// Amplifies one way.
struct Amplifier {
    way: Way,
    gain: f32,
}

impl Tap for Amplifier {
    fn pass(&self, way: Way, frame: &Frame) -> Option<Frame> {
        (way == self.way).then(|| frame.amplified(self.gain))
    }
}

fn way(arguments: &str) -> Result<Way, FunctionError> {
    let [direction, _] = fields::standard::<2>(arguments);
    match direction.unwrap_or_default().to_ascii_uppercase().as_str() {
        "TX" => Ok(Way::Heard),
        "RX" => Ok(Way::Said),
        other => Err(FunctionError::arguments(format!("`{other}` is neither TX nor RX"))),
    }
}

/// Where the state keeps the factor.
fn setting(way: Way) -> &'static str {
    match way {
        Way::Heard => "VOLUME/TX",
        Way::Said => "VOLUME/RX",
    }
}

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(context.state.settings.get(setting(way(arguments)?)).unwrap_or("0.000000"));
    Ok(())
}

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let way = way(arguments)?;
    let factor = leading_integer(value).unwrap_or(0) as f32;
    context.state.settings.set(setting(way), &format!("{factor:.6}"));
    let Some(channel) = context.channel else { return Ok(()) };
    for old in channel.taps::<Amplifier>().into_iter().filter(|old| old.way == way) {
        let old: Arc<dyn Tap> = old;
        channel.remove_tap(&old);
    }
    let gain = match factor {
        0.0 => 1.0,
        softer if softer < 0.0 => -1.0 / softer,
        louder => louder,
    };
    if gain != 1.0 {
        channel.add_tap(Arc::new(Amplifier { way, gain }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn what_the_party_hears_is_louder_or_softer() {
        let peak = |steps: &str| {
            let told = Trial::of(&format!("{steps}\nPlayback(beep)")).listen().run();
            told.heard.iter().map(|sample| i32::from(*sample).abs()).max().unwrap_or(0)
        };
        let plain = peak("NoOp");
        assert!((peak("Set(VOLUME(TX)=-2)") - plain / 2).abs() < 20);
        assert_eq!(peak("Set(VOLUME(TX)=-2)\nSet(VOLUME(TX)=0)"), plain);
        assert_eq!(peak("Set(VOLUME(RX)=-2)"), plain);
    }
}
