//! The threads that wait for packets: one for many ports, so that one wake-up serves many packets.
//!
//! A packet costs little more than its system calls, and waking for each would cost more than all the rest. So a thread
//! that was woken reads every socket that has something, and then lets packets gather for a [`SLOT`] before it looks
//! again. A packet after a pause is read at once; where nobody talks, nothing runs. A thread begins with its first port
//! and ends with its last.
//!
//! Who talks sends a packet every 20 ms. Once that is seen, the port is looked into in the same slot of each 20 ms,
//! without the kernel's news; now and then, and when nothing is there, it waits for news again.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::num::NonZero;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;
use rustix::event::{EventfdFlags, Timespec, epoll, eventfd};
use tokio::runtime::{self, Handle};
use tokio::time::Instant;

use super::socket::{LARGEST_PACKET, Shared, Sweep};

/// So long packets gather before they are read together: less than the 5 ms by which a packet may be off its beat, and a
/// part of 20 ms and of a second, so that a stream is read at the same place of each.
const SLOT: Duration = Duration::from_millis(4);
const SLOTS: usize = 5;
/// Each thread gets so many ports before another is begun, up to one a core.
const MANY: usize = 256;
/// Events taken in one go.
const EVENTS: usize = 1024;
/// The mark of the bell among the ports' numbers.
const BELL: u64 = u64::MAX;

/// Waits for the packets of many ports, and does what is due in them.
pub(super) struct Worker {
    runtime: runtime::Id,
    epoll: OwnedFd,
    /// Interrupts the waiting.
    bell: OwnedFd,
    desk: Mutex<Desk>,
}

#[derive(Default)]
struct Desk {
    /// By number; numbers of ports that are gone are given again.
    ports: Vec<Option<Arc<Shared>>>,
    free: Vec<usize>,
    /// When a port has something to do, soonest first. A port knows which of its entries counts.
    due: BinaryHeap<Reverse<(Instant, usize)>>,
    /// The last port is gone, and so is the thread.
    is_closed: bool,
}

impl Desk {
    fn count(&self) -> usize {
        self.ports.len() - self.free.len()
    }
}

/// What a port has to do.
#[derive(Clone, Copy)]
enum Task {
    Packet,
    Report,
    Timer,
}

impl Worker {
    /// Gives a port to the worker with room for it; `make` gets the worker and the port's number.
    pub(super) fn employ(make: impl FnOnce(&Arc<Worker>, usize) -> Arc<Shared>) -> io::Result<Arc<Shared>> {
        static WORKERS: Mutex<Vec<Weak<Worker>>> = Mutex::new(Vec::new());
        let handle = Handle::try_current().map_err(io::Error::other)?;
        let mut workers = WORKERS.lock();
        workers.retain(|worker| worker.strong_count() > 0);
        // A worker's sinks start tasks: each serves the runtime that its ports were made in.
        let own = workers.iter().filter_map(Weak::upgrade).filter(|worker| worker.runtime == handle.id());
        let mut own: Vec<_> = own.map(|worker| (worker.count(), worker)).collect();
        own.sort_by_key(|(count, _)| *count);
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let with_room = own.iter().rev().find(|(count, _)| *count < MANY);
        let least = own.first().filter(|_| own.len() >= cores);
        let mut worker = with_room.or(least).map(|(_, worker)| Arc::clone(worker));
        loop {
            let chosen = match worker.take() {
                Some(worker) => worker,
                None => {
                    let worker = Worker::start(handle.clone())?;
                    workers.push(Arc::downgrade(&worker));
                    worker
                }
            };
            let mut desk = chosen.desk.lock();
            if desk.is_closed {
                continue;
            }
            let number = desk.free.pop().unwrap_or(desk.ports.len());
            let port = make(&chosen, number);
            match desk.ports.get_mut(number) {
                Some(place) => *place = Some(Arc::clone(&port)),
                None => desk.ports.push(Some(Arc::clone(&port))),
            }
            drop(desk);
            let watched = chosen
                .watch(port.rtp(), number, Task::Packet)
                .and_then(|()| chosen.watch(port.rtcp(), number, Task::Report));
            return match watched {
                Ok(()) => Ok(port),
                Err(error) => {
                    chosen.dismiss(number, &port);
                    Err(error)
                }
            };
        }
    }

    fn start(handle: Handle) -> io::Result<Arc<Worker>> {
        let worker = Arc::new(Worker {
            runtime: handle.id(),
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            bell: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?,
            desk: Mutex::default(),
        });
        epoll::add(&worker.epoll, &worker.bell, epoll::EventData::new_u64(BELL), epoll::EventFlags::IN)?;
        let working = Arc::clone(&worker);
        thread::Builder::new().name("rtp".to_owned()).spawn(move || working.work(&handle))?;
        Ok(worker)
    }

    fn count(&self) -> usize {
        self.desk.lock().count()
    }

    /// Both sockets of port `number` are told apart by the lowest bit.
    fn watch(&self, socket: impl AsFd, number: usize, task: Task) -> io::Result<()> {
        let mark = (number as u64) << 1 | u64::from(matches!(task, Task::Report));
        // Edges: else the kernel would look at every socket a second time, to see that the packet was read.
        let edge = if matches!(task, Task::Packet) { epoll::EventFlags::ET } else { epoll::EventFlags::empty() };
        Ok(epoll::add(&self.epoll, socket, epoll::EventData::new_u64(mark), epoll::EventFlags::IN | edge)?)
    }

    /// Reads a port's packets as they come, or leaves that to others.
    pub(super) fn set_watched(&self, number: usize, port: &Shared, is_watched: bool) {
        let done = match is_watched {
            true => self.watch(port.rtp(), number, Task::Packet),
            false => epoll::delete(&self.epoll, port.rtp()).map_err(io::Error::from),
        };
        if let Err(error) = done {
            tracing::error!(port = %port.local_addr(), %error, "an RTP port is not heard");
        }
    }

    /// Forgets a port.
    pub(super) fn dismiss(&self, number: usize, port: &Shared) {
        // One that was never watched is not there.
        let _ = epoll::delete(&self.epoll, port.rtp());
        let _ = epoll::delete(&self.epoll, port.rtcp());
        let mut desk = self.desk.lock();
        let gone = desk.ports.get_mut(number).and_then(Option::take);
        if gone.is_some() {
            desk.free.push(number);
        }
        desk.is_closed = desk.count() == 0;
        let is_closed = desk.is_closed;
        drop(desk);
        if is_closed {
            self.ring();
        }
    }

    /// Has the port's timers looked at when this is due.
    pub(super) fn remind(&self, number: usize, due: Instant) {
        let mut desk = self.desk.lock();
        let is_next = desk.due.peek().is_none_or(|Reverse((first, _))| due < *first);
        desk.due.push(Reverse((due, number)));
        drop(desk);
        if is_next {
            self.ring();
        }
    }

    fn ring(&self) {
        // It fails only if it rings already.
        let _ = rustix::io::write(&self.bell, &1u64.to_ne_bytes());
    }

    fn work(&self, handle: &Handle) {
        // What the sinks start runs in the runtime.
        let _inside = handle.enter();
        let mut events = Vec::with_capacity(EVENTS);
        let mut packet = [0; LARGEST_PACKET];
        let mut at_hand: Vec<(Arc<Shared>, Task)> = Vec::new();
        let mut round = Round::begin();
        loop {
            let next = [self.next_due(), round.next_sweep()].into_iter().flatten().min();
            let timeout = next.map(|next| timespec(next.saturating_duration_since(Instant::now())));
            events.clear();
            // An interruption by a signal brings no events.
            let _ = epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), timeout.as_ref());
            let now = Instant::now();
            if !self.gather(now, &events, &mut at_hand) {
                return;
            }
            round.sweep(now, &mut packet);
            let is_idle = at_hand.is_empty();
            for (port, task) in at_hand.drain(..) {
                match task {
                    Task::Packet if port.receive(now, &mut packet) => round.add(port),
                    Task::Packet => {}
                    Task::Report => port.receive_report(now, &mut packet),
                    Task::Timer => port.run_timers(now, &mut packet),
                }
            }
            if !is_idle {
                thread::sleep(round.until_next_slot());
            }
        }
    }

    fn next_due(&self) -> Option<Instant> {
        self.desk.lock().due.peek().map(|Reverse((due, _))| *due)
    }

    /// Collects the ports that have something to do; false when there are none any more.
    fn gather(&self, now: Instant, events: &[epoll::Event], at_hand: &mut Vec<(Arc<Shared>, Task)>) -> bool {
        let mut desk = self.desk.lock();
        for event in events {
            let mark = event.data.u64();
            if mark == BELL {
                let _ = rustix::io::read(&self.bell, &mut [0; 8]);
                continue;
            }
            let task = if mark & 1 == 0 { Task::Packet } else { Task::Report };
            let number = usize::try_from(mark >> 1).unwrap_or(usize::MAX);
            at_hand.extend(desk.ports.get(number).cloned().flatten().map(|port| (port, task)));
        }
        while let Some(Reverse((due, number))) = desk.due.peek().copied().filter(|Reverse((due, _))| *due <= now) {
            debug_assert!(due <= now);
            desk.due.pop();
            at_hand.extend(desk.ports.get(number).cloned().flatten().map(|port| (port, Task::Timer)));
        }
        !desk.is_closed
    }
}

/// The ports of those who send regularly, by the slot of each 20 ms in which their packets are there.
struct Round {
    begun: Instant,
    /// Slots since then; the ports of the last one were looked into.
    last: u64,
    ports: [Vec<Arc<Shared>>; SLOTS],
}

impl Round {
    fn begin() -> Self {
        Self { begun: Instant::now(), last: 0, ports: Default::default() }
    }

    fn slot(&mut self, number: u64) -> &mut Vec<Arc<Shared>> {
        &mut self.ports[number as usize % SLOTS]
    }

    /// Looks into a port from now on, in this slot.
    fn add(&mut self, port: Arc<Shared>) {
        self.slot(self.last).push(port);
    }

    /// Looks into the ports whose slots have come since the last time.
    fn sweep(&mut self, now: Instant, packet: &mut [u8]) {
        let current = (now.saturating_duration_since(self.begun).as_millis() / SLOT.as_millis()) as u64;
        let first = (self.last + 1).max((current + 1).saturating_sub(SLOTS as u64));
        for number in first..=current {
            let mut ports = std::mem::take(self.slot(number));
            let mut late = Vec::new();
            ports.retain(|port| match port.sweep(now, packet) {
                Sweep::Again => true,
                Sweep::Late => {
                    late.push(Arc::clone(port));
                    false
                }
                Sweep::Over => false,
            });
            ports.append(self.slot(number));
            *self.slot(number) = ports;
            self.slot(number + 1).append(&mut late);
        }
        self.last = current;
    }

    /// When the next slot with ports comes.
    fn next_sweep(&self) -> Option<Instant> {
        let mut next = self.last + 1..=self.last + SLOTS as u64;
        let number = next.find(|number| !self.ports[*number as usize % SLOTS].is_empty())?;
        self.begun.checked_add(Duration::from_millis(number.checked_mul(SLOT.as_millis() as u64)?))
    }

    fn until_next_slot(&self) -> Duration {
        SLOT - Duration::from_nanos((self.begun.elapsed().subsec_nanos() % SLOT.subsec_nanos()).into())
    }
}

fn timespec(duration: Duration) -> Timespec {
    let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    Timespec { tv_sec: seconds, tv_nsec: duration.subsec_nanos().into() }
}
