//! `DENOISE`

use std::sync::Arc;

use parking_lot::Mutex;

use crate::channel::tap::{Tap, Way};
use crate::conf::is_true;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};
use crate::media::Frame;
use crate::media::denoise::Denoiser;

/// `Set(DENOISE(rx)=on)` takes the noise out of what the party says, `DENOISE(tx)` out of what it hears; `off` ends it.
/// Read, it is 1 or 0.
pub static DENOISE: Function =
    Function::new("DENOISE", "Takes noise out of the channel's audio", &[Argument::required("tx|rx", Kind::Text)])
        .reads(read)
        .writes(write);

/// Takes the noise out of one way.
struct Denoising {
    way: Way,
    denoiser: Mutex<Denoiser>,
}

impl Tap for Denoising {
    fn pass(&self, way: Way, frame: &Frame) -> Option<Frame> {
        (way == self.way).then(|| self.denoiser.lock().clean(frame))
    }
}

fn way_of(direction: &str) -> Result<Way, FunctionError> {
    match direction.trim().to_ascii_lowercase().as_str() {
        "tx" => Ok(Way::Heard),
        "rx" => Ok(Way::Said),
        other => Err(FunctionError::arguments(format!("`{other}` is neither tx nor rx"))),
    }
}

fn read(context: &mut Context<'_>, direction: &str, out: &mut String) -> Result<(), FunctionError> {
    let way = way_of(direction)?;
    let is_on = context.channel.is_some_and(|channel| channel.taps::<Denoising>().iter().any(|tap| tap.way == way));
    out.push(if is_on { '1' } else { '0' });
    Ok(())
}

fn write(context: &mut Context<'_>, direction: &str, value: &str) -> Result<(), FunctionError> {
    let way = way_of(direction)?;
    let Some(channel) = context.channel else { return Ok(()) };
    for old in channel.taps::<Denoising>().into_iter().filter(|old| old.way == way) {
        let old: Arc<dyn Tap> = old;
        channel.remove_tap(&old);
    }
    if is_true(value.trim()) {
        channel.add_tap(Arc::new(Denoising { way, denoiser: Mutex::default() }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn each_way_is_switched_by_itself() {
        let bench = Bench::new("");
        bench.set("DENOISE(tx)", "on");
        assert_eq!(bench.value("${DENOISE(tx)} ${DENOISE(rx)}"), "1 0");
        let tap = bench.channel.taps::<Denoising>().pop().unwrap();
        let frame = Frame::linear([100; 160]);
        assert!(tap.pass(Way::Heard, &frame).is_some() && tap.pass(Way::Said, &frame).is_none());
        bench.set("DENOISE(TX)", "off");
        assert_eq!(bench.value("${DENOISE(tx)}"), "0");
        assert!(bench.channel.taps::<Denoising>().is_empty());
    }
}
