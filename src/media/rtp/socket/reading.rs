//! Reading the packets of a port: when the kernel tells of one, every 20 ms untold, or when somebody asks.

use std::io;
use std::ops::RangeInclusive;
use std::time::Duration;

use parking_lot::MutexGuard;
use tokio::time::Instant;

use super::{Shared, State};

/// Packets taken in one go where more may wait than one.
const BATCH: usize = 16;
/// A packet that comes so long after the one before is the only one.
const ON_THE_BEAT: RangeInclusive<Duration> = Duration::from_millis(12)..=Duration::from_millis(28);
/// Once in so many packets it is looked whether more wait, in any case.
const EMPTIED_EVERY: u32 = 64;

/// So many packets in a row that are one frame on the beat show that a party sends regularly.
const REGULAR: u32 = 8;
/// So often is a regular party looked after without news of its packets; then it is seen anew when they come: its clock
/// is not ours.
const SWEEPS: u32 = 250;
/// So often in a row may nothing be found.
const MISSES: u32 = 3;

/// Who reads a port's packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// The worker, when the kernel tells it that one has come.
    Told,
    /// The worker, every 20 ms and untold: news cost nearly as much as packets.
    Sweeping,
    /// Who asks for them: [`Stream::collect`](crate::media::Stream::collect).
    Asked,
}

/// What a look into the socket of a regular party says about the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::media::rtp) enum Sweep {
    /// In 20 ms.
    Again,
    /// A little later: its packet is not there yet.
    Late,
    /// When a packet comes.
    Over,
}

/// How a party's packets come.
pub(super) struct Rhythm {
    pub(super) reader: Reader,
    pub(super) last_packet: Instant,
    /// Packets since the socket was seen empty.
    since_emptied: u32,
    /// Packets in a row that were one frame on the beat.
    in_step: u32,
    sweeps: u32,
    /// Sweeps in a row that found nothing.
    misses: u32,
}

impl Rhythm {
    pub(super) fn from(begin: Instant) -> Self {
        Self { reader: Reader::Told, last_packet: begin, since_emptied: 0, in_step: 0, sweeps: 0, misses: 0 }
    }
}

impl Shared {
    /// Takes what came to the RTP socket, in a buffer for one packet; true if from now on it is to be swept.
    pub(in crate::media::rtp) fn receive(&self, now: Instant, buffer: &mut [u8]) -> bool {
        let mut state = self.state.lock();
        self.read(now, buffer, &mut state);
        let is_regular = state.rhythm.reader == Reader::Told && state.rhythm.in_step >= REGULAR;
        if is_regular {
            (state.rhythm.sweeps, state.rhythm.misses) = (0, 0);
            self.set_reader(&mut state, Reader::Sweeping);
        }
        self.plan(state);
        is_regular
    }

    /// Takes the packet of a regular party that is due.
    pub(in crate::media::rtp) fn sweep(&self, now: Instant, buffer: &mut [u8]) -> Sweep {
        let mut state = self.state.lock();
        if state.rhythm.reader != Reader::Sweeping {
            return Sweep::Over;
        }
        let is_missed = self.read(now, buffer, &mut state) == 0;
        state.rhythm.sweeps += 1;
        state.rhythm.misses = if is_missed { state.rhythm.misses + 1 } else { 0 };
        let is_irregular = if is_missed { state.rhythm.misses >= MISSES } else { state.rhythm.in_step == 0 };
        let is_over = is_irregular || state.rhythm.sweeps >= SWEEPS;
        // Meanwhile another may have begun to ask.
        if is_over && state.rhythm.reader == Reader::Sweeping {
            state.rhythm.in_step = 0;
            self.set_reader(&mut state, Reader::Told);
        }
        self.plan(state);
        match (is_over, is_missed) {
            (true, _) => Sweep::Over,
            (false, true) => Sweep::Late,
            (false, false) => Sweep::Again,
        }
    }

    /// Whether the next packet is decoded, or handed on as it comes to one who carries its codec.
    fn choose_form(&self, state: &mut MutexGuard<'_, State>) {
        let Some(codec) = state.session.coded() else { return };
        let sink = state.sink.clone();
        // It may look at another port, which looks at this one.
        let carries = MutexGuard::unlocked(state, || sink.is_some_and(|sink| sink.carries(codec)));
        state.session.set_passing(carries);
    }

    pub(super) fn set_reader(&self, state: &mut State, reader: Reader) {
        let before = std::mem::replace(&mut state.rhythm.reader, reader);
        if (before == Reader::Told) != (reader == Reader::Told) {
            self.worker.set_watched(self.number, self, reader == Reader::Told);
        }
    }

    /// Takes what waits in the RTP socket and hands on what it means; returns how many packets it was.
    pub(super) fn read(&self, now: Instant, buffer: &mut [u8], state: &mut MutexGuard<'_, State>) -> usize {
        let time = now.saturating_duration_since(self.origin);
        let is_on_the_beat = ON_THE_BEAT.contains(&now.saturating_duration_since(state.rhythm.last_packet));
        // To find out that nothing more waits costs as much as a packet, and most times it is one.
        state.rhythm.since_emptied += 1;
        let looks_on = !is_on_the_beat || state.rhythm.since_emptied >= EMPTIED_EVERY;
        let (mut count, mut is_regular) = (0, is_on_the_beat);
        for _ in 0..BATCH {
            let received = match state.connected {
                Some(party) => self.rtp.recv(buffer).map(|length| (length, party)),
                None => self.rtp.recv_from(buffer),
            };
            let (length, from) = match received {
                Ok(received) => received,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    state.rhythm.since_emptied = 0;
                    break;
                }
                // What ICMP said of a packet that we sent.
                Err(_) => continue,
            };
            count += 1;
            state.rhythm.last_packet = now;
            let Some(length) = state.open(&mut buffer[..length]) else { continue };
            self.choose_form(state);
            state.session.receive(time, from, &buffer[..length]);
            is_regular &= self.deliver(time, state) && count == 1;
            if is_regular && !looks_on {
                break;
            }
        }
        if count > 0 {
            state.rhythm.in_step = if is_regular { state.rhythm.in_step + 1 } else { 0 };
            self.connect(state);
        }
        count
    }
}
