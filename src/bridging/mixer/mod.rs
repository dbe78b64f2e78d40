//! The N-party mixer: once in 20 ms everybody hears the sum of all others.
//!
//! It is plain state: frames are pushed in as they come, and the owner calls [`Mixer::tick`] every 20 ms while there is
//! something to hear. The work grows with the talkers, not with the listeners: those who do not talk share one frame a
//! codec, a lone talker's frame is passed on untouched, and a silent room needs no tick at all.

//!
//! Who hears more than a telephone hears a sum of its own, at the highest rate that one member talks and another hears in,
//! and telephones another at 8 kHz: a talker is brought to the other rate once, and only where somebody hears in it. So a
//! room of telephones costs nothing for the rooms that have more.

mod mix;
mod options;
mod queue;
mod wide;

use crate::media::frame::{Codec, Frame, SAMPLES};
pub use options::{HeardBy, MemberId, MemberOptions};

use mix::Sum;
use queue::Queue;
use wide::Wide;

/// No louder than this is digital silence: A-law has no zero.
const DIGITAL_SILENCE: u16 = 8;
/// So many ticks of digital silence end a talk spurt.
const LONGEST_PAUSE: u32 = 25;

/// What a tick found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// How many were heard in it.
    pub talkers: usize,
    /// Whether someone began or stopped talking: see [`Mixer::is_talking`].
    pub talking_changed: bool,
    /// Whether ticks are of no use until [`Mixer::push`] asks for them again.
    pub idle: bool,
}

/// Mixes the members of one bridge.
#[derive(Debug, Default)]
pub struct Mixer {
    /// In order of their ids.
    members: Vec<Member>,
    /// The ids by themselves: members are large, and to look for one among them is slow.
    ids: Vec<MemberId>,
    /// No more than the loudest so many are heard at once, in large rooms.
    most_talkers: Option<usize>,
    /// Nothing is mixed at a higher rate.
    highest_rate: Option<u32>,
    /// The rate of the sum for those who hear more than a telephone; 8 kHz where there is none.
    rate: u32,
    /// That sum, of the tick at hand.
    wide: Vec<i32>,
}

#[derive(Debug)]
struct Member {
    id: MemberId,
    options: MemberOptions,
    queue: Queue,
    /// What it says in this tick, with its talk volume; and the same decoded.
    voice: Option<Frame>,
    samples: [i16; SAMPLES],
    /// The same at the room's rate, where somebody hears in it or it talks in more than 8 kHz.
    wide: Option<Box<Wide>>,
    /// Its mean magnitude lately.
    loudness: u32,
    talking: bool,
    /// Ticks since it was last above the talking threshold.
    quiet: u32,
    /// Ticks of digital silence.
    silent: u32,
}

impl Mixer {
    /// A mixer without members.
    pub fn new() -> Mixer {
        Mixer::default()
    }

    /// Bounds how many are heard at once: the loudest of those who talk.
    pub fn set_most_talkers(&mut self, most: Option<usize>) {
        self.most_talkers = most;
    }

    /// Bounds the rate at which is mixed.
    pub fn set_highest_rate(&mut self, rate: Option<u32>) {
        self.highest_rate = rate;
        self.settle_rate();
    }

    /// The rate at which those hear who hear more than a telephone; 8 kHz where none does.
    pub fn rate(&self) -> u32 {
        self.rate.max(8000)
    }

    /// More than 8 kHz is of use only where one talks in it and another hears it: the second highest rate of all.
    fn settle_rate(&mut self) {
        let (mut highest, mut second) = (8000, 8000);
        for member in &self.members {
            let rate = member.options.codec.sample_rate();
            second = second.max(rate.min(highest));
            highest = highest.max(rate);
        }
        self.rate = self.highest_rate.map_or(second, |most| second.min(most));
    }

    /// Adds a member, or gives one its options anew.
    pub fn add(&mut self, id: MemberId, options: MemberOptions) {
        match self.find(id) {
            Ok(index) => {
                let is_same = self.members[index].options.codec == options.codec;
                self.members[index].set(options);
                if is_same {
                    return;
                }
            }
            Err(index) => {
                self.ids.insert(index, id);
                self.members.insert(index, Member::new(id, options));
            }
        }
        self.settle_rate();
    }

    /// Changes a member's options; false if there is no such member.
    pub fn change(&mut self, id: MemberId, change: impl FnOnce(&mut MemberOptions)) -> bool {
        let Ok(index) = self.find(id) else { return false };
        let mut options = self.members[index].options;
        change(&mut options);
        self.add(id, options);
        true
    }

    /// Removes a member; false if there is no such member.
    pub fn remove(&mut self, id: MemberId) -> bool {
        let Ok(index) = self.find(id) else { return false };
        self.ids.remove(index);
        self.members.remove(index);
        self.settle_rate();
        true
    }

    /// The options of a member.
    pub fn options(&self, id: MemberId) -> Option<&MemberOptions> {
        self.find(id).ok().map(|index| &self.members[index].options)
    }

    /// How many members there are, sources counted.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Takes what a member says. Returns whether the mixer needs ticks now.
    pub fn push(&mut self, id: MemberId, frame: &Frame) -> bool {
        let Ok(index) = self.find(id) else { return false };
        let member = &mut self.members[index];
        if member.options.muted {
            return false;
        }
        // Silence before a word is not worth a tick. Silence within one keeps its place, and so does a recording's.
        if !member.options.recorded && member.queue.is_idle() && is_silence(frame) {
            return false;
        }
        member.queue.push(frame);
        true
    }

    /// How many frames of a member wait. A source is topped up by this.
    pub fn queued(&self, id: MemberId) -> usize {
        self.find(id).map_or(0, |index| self.members[index].queue.len())
    }

    /// Whether a member talks, pauses between words included.
    pub fn is_talking(&self, id: MemberId) -> bool {
        self.find(id).is_ok_and(|index| self.members[index].talking)
    }

    /// Mixes the next 20 ms and hands every member that hears something its frame.
    pub fn tick(&mut self, mut out: impl FnMut(MemberId, &Frame)) -> Activity {
        let mut talking_changed = false;
        let rate = self.rate();
        let mut wide = std::mem::take(&mut self.wide);
        wide.clear();
        if rate > 8000 {
            wide.resize(rate as usize / 50, 0);
        }
        let mut heard = Heard { sum: [0; SAMPLES], wide, talkers: 0, indices: 0 };
        let mut whispers = false;
        for member in &mut self.members {
            talking_changed |= member.advance(rate);
        }
        self.silence_the_quieter();
        for (index, member) in self.members.iter().enumerate().filter(|(_, member)| member.voice.is_some()) {
            match member.options.heard_by {
                HeardBy::All => heard.add(index, member),
                HeardBy::Only(_) => whispers = true,
            }
        }
        if heard.talkers > 0 || whispers {
            self.hand_out(&heard, whispers, &mut out);
        }
        self.wide = heard.wide;
        let idle = self.members.iter().all(|member| member.queue.is_idle() && !member.talking);
        Activity { talkers: heard.talkers, talking_changed, idle }
    }

    fn find(&self, id: MemberId) -> Result<usize, usize> {
        self.ids.binary_search(&id)
    }

    fn hand_out(&self, heard: &Heard, whispers: bool, out: &mut impl FnMut(MemberId, &Frame)) {
        let mut shared = Shared::default();
        for (index, listener) in self.members.iter().enumerate().filter(|(_, member)| !member.options.deaf) {
            let is_heard = listener.voice.is_some() && listener.options.heard_by == HeardBy::All;
            let others = heard.talkers - usize::from(is_heard);
            let whispered = whispers && self.whisperers(listener.id).next().is_some();
            let codec = self.heard_in(listener);
            if others == 0 && !whispered {
                continue;
            }
            if !whispered && listener.options.listen_volume == 1.0 && !is_heard {
                out(listener.id, shared.frame(codec, || self.for_the_silent(heard, codec)));
            } else if !whispered && listener.options.listen_volume == 1.0 && others == 1 {
                // Two talk: each hears the other as it is.
                out(listener.id, &self.members[heard.indices - index].voice_in(codec));
            } else if codec.is_wide() {
                let mut sum = heard.wide.clone();
                self.personalize(&mut sum, listener, is_heard, Member::wide_samples);
                let mut mixed = vec![0; sum.len()];
                mix::clip_into(&sum, &mut mixed);
                out(listener.id, &Frame::at_rate(self.rate(), &mixed));
            } else {
                let mut sum = heard.sum;
                self.personalize(&mut sum, listener, is_heard, |member| &member.samples);
                out(listener.id, &Frame::linear(mix::clip(&sum)).encode(codec));
            }
        }
    }

    /// The form in which a member is handed what it hears: at the room's rate where it hears more than a telephone.
    fn heard_in(&self, listener: &Member) -> Codec {
        let codec = listener.options.codec;
        if codec.is_wide() { Codec::linear_at(self.rate()) } else { codec }
    }

    /// Makes of the sum what one member hears: without itself, with what is whispered to it, as loud as it wants it.
    fn personalize(&self, sum: &mut [i32], listener: &Member, is_heard: bool, samples: impl Fn(&Member) -> &[i16]) {
        if is_heard {
            mix::subtract(sum, samples(listener));
        }
        self.whisperers(listener.id).for_each(|whisperer| mix::add(sum, samples(whisperer)));
        if listener.options.listen_volume != 1.0 {
            mix::scale(sum, listener.options.listen_volume);
        }
    }

    /// What all who do not talk hear in a codec: a lone talker as it is, or the sum.
    fn for_the_silent(&self, heard: &Heard, codec: Codec) -> Frame {
        if heard.talkers == 1 {
            return self.members[heard.indices].voice_in(codec);
        }
        if !codec.is_wide() {
            return Frame::linear(mix::clip(&heard.sum));
        }
        let mut mixed = vec![0; heard.wide.len()];
        mix::clip_into(&heard.wide, &mut mixed);
        Frame::at_rate(self.rate(), &mixed)
    }

    /// Where more talk than may, only the loudest are heard.
    fn silence_the_quieter(&mut self) {
        let Some(most) = self.most_talkers else { return };
        let is_heard = |member: &Member| {
            member.voice.is_some() && member.options.heard_by == HeardBy::All && !member.options.recorded
        };
        let mut loudness: Vec<u32> =
            self.members.iter().filter(|member| is_heard(member)).map(|member| member.loudness).collect();
        if loudness.len() <= most {
            return;
        }
        loudness.sort_unstable_by(|one, other| other.cmp(one));
        let least = if most == 0 { u32::MAX } else { loudness[most - 1] };
        let mut left = most;
        for member in self.members.iter_mut().filter(|member| is_heard(member)) {
            if member.loudness >= least && left > 0 {
                left -= 1;
            } else {
                member.voice = None;
            }
        }
    }

    fn whisperers(&self, listener: MemberId) -> impl Iterator<Item = &Member> {
        self.members
            .iter()
            .filter(move |member| member.voice.is_some() && member.options.heard_by == HeardBy::Only(listener))
    }
}

/// All that everyone hears in a tick.
struct Heard {
    sum: Sum<SAMPLES>,
    /// At the room's rate, where that is higher.
    wide: Vec<i32>,
    talkers: usize,
    /// The sum of the talkers' indices: with one talker its index, with two, less the one, the other's.
    indices: usize,
}

impl Heard {
    fn add(&mut self, index: usize, member: &Member) {
        mix::add(&mut self.sum, &member.samples);
        mix::add(&mut self.wide, member.wide_samples());
        self.talkers += 1;
        self.indices += index;
    }
}

/// One encoding a codec of what the silent hear.
#[derive(Default)]
struct Shared {
    ulaw: Option<Frame>,
    alaw: Option<Frame>,
    linear: Option<Frame>,
    wide: Option<Frame>,
}

impl Shared {
    fn frame(&mut self, codec: Codec, mix: impl FnOnce() -> Frame) -> &Frame {
        let slot = match codec {
            Codec::Ulaw => &mut self.ulaw,
            Codec::Alaw => &mut self.alaw,
            Codec::Linear => &mut self.linear,
            // All of those hear at the room's rate.
            _ => &mut self.wide,
        };
        slot.get_or_insert_with(|| mix().encode(codec))
    }
}

impl Member {
    fn new(id: MemberId, options: MemberOptions) -> Member {
        Member {
            id,
            options,
            queue: Queue::new(!options.recorded),
            voice: None,
            samples: [0; SAMPLES],
            wide: None,
            loudness: 0,
            talking: false,
            quiet: 0,
            silent: 0,
        }
    }

    /// What it says in this tick at the room's rate; nothing where that is 8 kHz.
    fn wide_samples(&self) -> &[i16] {
        self.wide.as_ref().and_then(|wide| wide.frame()).map_or(&[], Frame::wide_samples)
    }

    /// What it says in this tick, for one who is handed this form.
    fn voice_in(&self, codec: Codec) -> Frame {
        let wide = self.wide.as_ref().and_then(|wide| wide.frame()).filter(|_| codec.is_wide());
        match (wide, &self.voice) {
            (Some(wide), _) => wide.clone(),
            (None, Some(voice)) if !voice.codec().is_wide() => voice.encode(codec),
            _ => Frame::linear(self.samples).encode(codec),
        }
    }

    fn set(&mut self, options: MemberOptions) {
        if options.muted && !self.options.muted {
            self.queue.clear();
        }
        self.options = options;
    }

    /// Takes the frame of this tick; returns whether the member began or stopped talking.
    fn advance(&mut self, rate: u32) -> bool {
        self.voice = self.queue.pop();
        let Some(voice) = &mut self.voice else {
            self.wide = None;
            self.loudness = 0;
            return self.note(0);
        };
        if self.options.talk_volume != 1.0 {
            *voice = voice.amplified(self.options.talk_volume);
        }
        if rate > 8000 || voice.codec().is_wide() {
            self.samples = self.wide.get_or_insert_with(Box::default).take(voice, rate);
        } else {
            self.wide = None;
            self.samples = voice.narrow();
        }
        // Of what it says, not of what telephones hear of it.
        let samples = if voice.codec().is_wide() { voice.wide_samples() } else { &self.samples };
        let magnitudes: u32 = samples.iter().map(|sample| u32::from(sample.unsigned_abs())).sum();
        let mean = magnitudes / samples.len().max(1) as u32;
        let is_silent = mean <= u32::from(DIGITAL_SILENCE) && is_digital_silence(samples);
        self.silent = if is_silent { self.silent + 1 } else { 0 };
        if self.silent >= LONGEST_PAUSE && !self.options.recorded {
            self.queue.clear();
            self.silent = 0;
        }
        // Half of what it was within 140 ms: who is heard does not change with every syllable.
        self.loudness = mean.max(self.loudness - self.loudness / 10);
        let changed = self.note(mean);
        if is_silent || (self.options.drop_silence && !self.talking) {
            self.voice = None;
        }
        changed
    }

    fn note(&mut self, mean_magnitude: u32) -> bool {
        let before = self.talking;
        if mean_magnitude >= self.options.talking_threshold {
            self.talking = true;
            self.quiet = 0;
        } else if self.talking {
            self.quiet += 1;
            self.talking = self.quiet < self.options.talking_hangover;
        }
        self.talking != before
    }
}

/// Whether a frame is digital silence; in µ-law seen without decoding it.
fn is_silence(frame: &Frame) -> bool {
    match frame.octets() {
        Some(octets) if frame.codec() == Codec::Ulaw => octets.iter().all(|octet| octet | 0x80 == 0xff),
        _ => is_digital_silence(&frame.samples()),
    }
}

fn is_digital_silence(samples: &[i16]) -> bool {
    samples.iter().all(|sample| sample.unsigned_abs() <= DIGITAL_SILENCE)
}

#[cfg(test)]
mod tests;
