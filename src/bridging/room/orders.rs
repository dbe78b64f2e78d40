//! What admins, consoles and manager programs ask of a room.

use std::path::PathBuf;

use super::NewRecording;
use super::member::{Member, VOLUME_STEPS, Volume, Who, begins};
use super::{MemberId, Room, RoomKind};
use crate::channel::Channels;

impl Room {
    /// Lets nobody in any more but admins, or lets them in again.
    pub fn set_locked(&self, locked: bool) {
        self.inside.lock().is_locked = locked;
    }

    /// Sends members out; how many.
    pub fn kick(&self, who: &Who) -> usize {
        self.order(who, |member| {
            let is_new = !member.standing.is_kicked;
            member.standing.is_kicked = true;
            is_new
        })
        .len()
    }

    /// Sends members out to whom nothing is said of it.
    pub fn dismiss(&self, who: &Who) {
        self.order(who, |member| {
            member.standing.is_dismissed = true;
            true
        });
    }

    /// Mutes members or lets them talk again, as an admin; how many are meant, those included that were muted already.
    /// In MeetMe only an admin lets such a member talk again; in ConfBridge it may do so itself.
    pub fn mute(&self, who: &Who, muted: bool) -> usize {
        let changed = self.set_muted(who, muted);
        for (member, is_new) in &changed {
            if *is_new || self.kind == RoomKind::ConfBridge {
                self.tell_muted(member, muted);
            }
        }
        changed.len()
    }

    /// The same without telling manager programs; gives each with whether it is new to it.
    fn set_muted(&self, who: &Who, muted: bool) -> Vec<(super::MemberView, bool)> {
        let kind = self.kind;
        self.order(who, |member| {
            let standing = &mut member.standing;
            let before = standing.is_muted || standing.is_muted_by_admin;
            match kind {
                RoomKind::ConfBridge => standing.is_muted = muted,
                RoomKind::MeetMe if muted => standing.is_muted_by_admin = true,
                RoomKind::MeetMe => {
                    standing.is_muted = false;
                    standing.is_muted_by_admin = false;
                    standing.wants_to_talk = false;
                }
            }
            before != muted
        })
    }

    /// Lets a member be heard by one other only, or by all again; both by their numbers. False where one is not there.
    pub fn whisper(&self, from: u32, to: Option<u32>) -> bool {
        let mut inside = self.inside.lock();
        let id = |number: u32| inside.members.iter().find(|member| member.number == number).map(|member| member.id);
        let whispers_to = match to.map(|to| (id(to), to)) {
            Some((Some(id), to)) if to != from => Some((id, to)),
            Some(_) => return false,
            None => None,
        };
        let Some(from) = id(from) else { return false };
        inside.change(from, |member| member.whispers_to = whispers_to);
        true
    }

    /// Mutes all participants and those that come, or lets them talk again. Of ConfBridge no manager program hears it, as all
    /// in the room do.
    pub fn mute_participants(&self, muted: bool) -> usize {
        self.inside.lock().is_muted = muted;
        match self.kind {
            RoomKind::MeetMe => self.mute(&Who::Participants, muted),
            RoomKind::ConfBridge => self.set_muted(&Who::Participants, muted).len(),
        }
    }

    /// A member mutes itself or talks again; false where an admin has muted it.
    pub fn mute_self(&self, id: MemberId, muted: bool) -> bool {
        let mut inside = self.inside.lock();
        let Some(member) = inside.member(id).filter(|member| muted || !member.standing.is_muted_by_admin) else {
            return false;
        };
        let is_new = std::mem::replace(&mut member.standing.is_muted, muted) != muted;
        let view = member.view();
        inside.change(id, |_| {});
        drop(inside);
        if is_new {
            self.tell_muted(&view, muted);
        }
        true
    }

    /// A member that an admin muted asks to be allowed to talk, or no longer.
    pub fn request_to_talk(&self, id: MemberId, wants: bool) {
        let mut inside = self.inside.lock();
        let Some(member) = inside.member(id) else { return };
        if std::mem::replace(&mut member.standing.wants_to_talk, wants) == wants {
            return;
        }
        let view = member.view();
        drop(inside);
        self.tell_request(&view);
    }

    /// Turns volumes up or down by steps; how many members were meant.
    pub fn change_volume(&self, who: &Who, volume: Volume, steps: i8) -> usize {
        self.set_volume(who, volume, |now| now.saturating_add(steps))
    }

    /// Sets volumes back.
    pub fn reset_volume(&self, who: &Who, volume: Volume) -> usize {
        self.set_volume(who, volume, |_| 0)
    }

    fn set_volume(&self, who: &Who, volume: Volume, next: impl Fn(i8) -> i8) -> usize {
        let changed = self.order(who, |member| {
            let level = match volume {
                Volume::Talking => &mut member.talk_volume,
                Volume::Listening => &mut member.listen_volume,
            };
            *level = next(*level).clamp(-VOLUME_STEPS, VOLUME_STEPS);
            true
        });
        changed.len()
    }

    /// Changes members and wakes their tasks; gives each with what `change` said of it.
    fn order(&self, who: &Who, mut change: impl FnMut(&mut Member) -> bool) -> Vec<(super::MemberView, bool)> {
        let mut inside = self.inside.lock();
        let inside = &mut *inside;
        let one = match who {
            Who::Beginning(name) => inside.members.iter().find(|member| begins(member.channel.name(), name)),
            Who::Last => inside.members.last(),
            _ => None,
        };
        let one = one.map(|member| member.id);
        let mut changed = Vec::new();
        for member in inside.members.iter_mut().filter(|member| Some(member.id) == one || member.is(who)) {
            let is_new = change(member);
            inside.mixer.add(member.id, member.sound());
            member.wake.notify_one();
            changed.push((member.view(), is_new));
        }
        changed
    }

    /// Begins to record all that is said. False if it is recorded already.
    pub fn start_recording(&self, channels: &Channels, recording: NewRecording) -> bool {
        let mut inside = self.inside.lock();
        // Who was last may have left while the file was opened.
        if inside.recorder.is_some() || inside.members.is_empty() {
            return false;
        }
        let id = inside.new_id();
        inside.mixer.add(id, recording.ear());
        inside.recorded = Some(recording.named.clone());
        inside.recorder = Some(super::Recorder::new(id, recording));
        drop(inside);
        self.tell("ConfbridgeRecord", None, channels, &[]);
        true
    }

    /// Ends the recording; its file, if there was one.
    pub fn stop_recording(&self, channels: &Channels) -> Option<PathBuf> {
        let mut inside = self.inside.lock();
        let recorder = inside.recorder.take()?;
        inside.mixer.remove(recorder.id());
        drop(inside);
        self.tell("ConfbridgeStopRecord", None, channels, &[]);
        Some(recorder.finish())
    }

    /// The name that a recording goes by, and its file: the one that goes with the name since the room opened, or, where
    /// the name is another or none is to be gone on with, a new one.
    pub fn recording_file(
        &self,
        name: Option<&str>,
        goes_on: bool,
        file: impl FnOnce(&str) -> PathBuf,
    ) -> (String, PathBuf) {
        let before = self.inside.lock().recorded.clone();
        let name = name.or(before.as_ref().map(|(name, _)| name.as_str())).unwrap_or(&self.opening.recording.file);
        let path = match &before {
            Some((known, path)) if known == name && goes_on => path.clone(),
            _ => file(name),
        };
        (name.to_owned(), path)
    }

    /// The file that is being recorded into.
    pub fn recording(&self) -> Option<PathBuf> {
        self.inside.lock().recorder.as_ref().map(super::Recorder::path)
    }
}
