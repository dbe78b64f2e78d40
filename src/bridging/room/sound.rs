//! What is heard in a room: the members, and announcements to all of them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use parking_lot::Mutex;

use super::recorder::Tape;
use super::{Inside, MemberId, MemberView, Room};
use crate::bridging::mixer::{HeardBy, MemberOptions};
use crate::channel::{Channel, Happening};
use crate::media::denoise::Denoiser;
use crate::media::{FRAME, Frame, Sink};

/// Gives an announcement frame by frame.
pub type Source = Box<dyn FnMut() -> Option<Frame> + Send>;

/// A sound for the whole room.
pub struct Announcement {
    /// What observers are told; empty for a mere tone.
    pub name: String,
    pub source: Source,
}

/// No more announcements wait: who comes later is not announced.
const MOST_WAITING: usize = 32;

/// Announcements to the room, one after the other.
#[derive(Default)]
pub(super) struct Announcements {
    waiting: VecDeque<Announcement>,
    is_speaking: bool,
}

/// Takes what a member says into its room.
pub(super) struct Ear {
    pub room: Arc<Room>,
    pub id: MemberId,
    pub denoiser: Option<Mutex<Denoiser>>,
}

impl Sink for Ear {
    fn accept(&self, frame: &Frame) {
        match &self.denoiser {
            Some(denoiser) => self.room.push(self.id, &denoiser.lock().clean(frame)),
            None => self.room.push(self.id, frame),
        }
    }

    fn is_wide(&self) -> bool {
        true
    }
}

/// Who hears a frame.
enum Listener {
    /// By its place among the parties.
    Party(usize),
    Tape(Arc<Mutex<Tape>>),
}

/// What is at work in a tick while the room is unlocked: a frame may come back into this room, or into one that feeds it.
/// Rooms share the buffers.
#[derive(Default)]
pub(super) struct Hands {
    /// The members as the tick found them, in order of their ids.
    parties: Vec<(MemberId, Arc<Channel>)>,
    /// Who hears which of the frames.
    heard: Vec<(Listener, usize)>,
    frames: Vec<Frame>,
    /// Those who began or stopped talking.
    turns: Vec<MemberView>,
}

impl Room {
    /// Takes what a member or an announcement says.
    fn push(self: &Arc<Self>, id: MemberId, frame: &Frame) {
        let mut inside = self.inside.lock();
        if inside.mixer.push(id, frame) && !inside.is_ticking {
            inside.set_ticking(true);
            drop(inside);
            self.beats.join(Arc::clone(self));
        }
    }

    /// Mixes what is due at this beat; false when nobody is heard any more.
    pub(super) fn tick(&self, hands: &mut Hands) -> bool {
        let frames = self.opening.frames_a_beat.max(1);
        if !self.beat.fetch_add(1, Ordering::Relaxed).is_multiple_of(frames) {
            return true;
        }
        let inside = self.inside.lock();
        hands.parties.extend(inside.members.iter().map(|member| (member.id, Arc::clone(&member.channel))));
        drop(inside);
        hands.parties.iter().for_each(|(_, channel)| channel.collect());
        // Once it is silent, somebody else may begin to mix it anew.
        let idle = (0..frames).any(|_| self.let_hear(hands));
        hands.parties.clear();
        for member in hands.turns.drain(..) {
            self.tell_talking(&member);
        }
        if idle {
            let tape = self.inside.lock().recorder.as_ref().map(|recorder| Arc::clone(recorder.tape()));
            if let Some(tape) = tape {
                tape.lock().save();
            }
        }
        !idle
    }

    /// Mixes 20 ms and lets everybody hear them; true when the room has fallen silent.
    fn let_hear(&self, hands: &mut Hands) -> bool {
        let idle = self.mix(hands);
        for (listener, frame) in hands.heard.drain(..) {
            let Some(frame) = hands.frames.get(frame) else { continue };
            match listener {
                Listener::Party(place) => {
                    hands.parties.get(place).inspect(|(_, channel)| channel.accept(frame));
                }
                Listener::Tape(tape) => tape.lock().write(frame),
            }
        }
        hands.frames.clear();
        idle
    }

    /// One tick: gathers what each member hears; true when the room has fallen silent.
    fn mix(&self, Hands { parties, heard, frames, turns }: &mut Hands) -> bool {
        let mut inside = self.inside.lock();
        let Inside { mixer, members, recorder, .. } = &mut *inside;
        let mut listeners = parties.iter().enumerate().peekable();
        let activity = mixer.tick(|id, frame| {
            // Both are in order of arrival, and so of the ids. Who has just come hears the next tick.
            while listeners.next_if(|(_, (party, _))| *party < id).is_some() {}
            let listener = if let Some((place, _)) = listeners.next_if(|(_, (party, _))| *party == id) {
                Listener::Party(place)
            } else if let Some(recorder) = recorder.as_ref().filter(|recorder| recorder.id() == id) {
                Listener::Tape(Arc::clone(recorder.tape()))
            } else {
                return;
            };
            // Those who do not talk hear the same, and mostly stand side by side: it is kept once.
            if frames.last() != Some(frame) {
                frames.push(frame.clone());
            }
            heard.push((listener, frames.len() - 1));
        });
        if activity.talking_changed {
            for member in members.iter_mut() {
                let talks = mixer.is_talking(member.id);
                if talks == member.is_talking {
                    continue;
                }
                member.is_talking = talks;
                if member.terms.reports_talking {
                    turns.push(member.view());
                }
            }
        }
        if activity.idle {
            inside.set_ticking(false);
        }
        activity.idle
    }

    /// Lets everybody hear sounds, after those that were announced before; nothing in a room without announcements.
    pub fn announce(self: &Arc<Self>, sounds: Vec<Announcement>) {
        if self.opening.is_silent {
            return;
        }
        let mut inside = self.inside.lock();
        let announcements = &mut inside.announcements;
        if sounds.is_empty() || announcements.waiting.len() >= MOST_WAITING {
            return;
        }
        announcements.waiting.extend(sounds);
        if !std::mem::replace(&mut announcements.is_speaking, true) {
            tokio::spawn(Arc::clone(self).speak());
        }
    }

    /// Plays the announcements that wait.
    async fn speak(self: Arc<Self>) {
        let id = {
            let mut inside = self.inside.lock();
            let id = inside.new_id();
            inside.mixer.add(id, MemberOptions::source(HeardBy::All));
            id
        };
        let mut ticks = tokio::time::interval(FRAME);
        loop {
            let next = {
                let mut inside = self.inside.lock();
                let next = inside.announcements.waiting.pop_front();
                inside.announcements.is_speaking = next.is_some();
                next
            };
            let Some(Announcement { name, mut source }) = next else { break };
            let listeners = if name.is_empty() { Vec::new() } else { self.listeners() };
            for channel in listeners {
                channel.channels().publish(&Happening::Plays { channel: &channel, sound: &name });
            }
            while let Some(frame) = source() {
                ticks.tick().await;
                if self.inside.lock().members.is_empty() {
                    return;
                }
                self.push(id, &frame);
            }
        }
        // What is still queued is heard before the source goes.
        tokio::time::sleep(FRAME * 4).await;
        self.inside.lock().mixer.remove(id);
    }

    /// The channels that hear the room now.
    fn listeners(&self) -> Vec<Arc<Channel>> {
        let inside = self.inside.lock();
        let hearing = inside.members.iter().filter(|member| !member.sound().deaf);
        hearing.map(|member| Arc::clone(&member.channel)).collect()
    }
}
