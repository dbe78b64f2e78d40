//! Who is in a room, and how.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::Messages;
use crate::bridging::mixer::{HeardBy, MemberId, MemberOptions};
use crate::channel::Channel;

/// What a member is to the room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Role {
    /// May lock, mute and kick.
    pub is_admin: bool,
    /// Others wait for it, or leave with it.
    pub is_marked: bool,
}

/// The terms on which a channel takes part.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    pub role: Role,
    /// Codec, volumes, and what else the mixer is to know. `muted` and `deaf` are the room's to say.
    pub sound: MemberOptions,
    /// It is never heard: MeetMe's option `l`.
    pub listens_only: bool,
    /// It hears nothing: MeetMe's option `t`.
    pub talks_only: bool,
    /// It begins muted.
    pub begins_muted: bool,
    /// It waits until a marked member is there.
    pub waits_for_marked: bool,
    /// It leaves with the last marked member.
    pub leaves_with_marked: bool,
    /// It leaves with any marked member.
    pub leaves_with_any_marked: bool,
    /// The noise is taken out of what it says.
    pub is_denoised: bool,
    /// What its device is told.
    pub messages: Messages,
    /// Lists tell whether it talks.
    pub watches_talking: bool,
    /// Manager programs hear when it begins and stops talking.
    pub reports_talking: bool,
    /// The names of ConfBridge's user profile, bridge profile and menu.
    pub profiles: [String; 3],
    /// The sound of its recorded name.
    pub name: Option<String>,
}

impl Terms {
    /// A party that may talk and hear.
    pub fn of(channel: &Channel) -> Self {
        Self {
            role: Role::default(),
            sound: MemberOptions::party(channel.leg().codec()),
            listens_only: false,
            talks_only: false,
            begins_muted: false,
            waits_for_marked: false,
            leaves_with_marked: false,
            leaves_with_any_marked: false,
            is_denoised: false,
            messages: Messages::default(),
            watches_talking: false,
            reports_talking: false,
            profiles: Default::default(),
            name: None,
        }
    }
}

/// Which members an order is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    Everybody,
    /// All but admins.
    Participants,
    /// By number in the room.
    Number(u32),
    /// By the channel's name, or its beginning up to the counter.
    Channel(String),
    /// The first whose channel's name begins so.
    Beginning(String),
    /// The one that came last.
    Last,
}

impl Who {
    /// Whom a word means: `all`, `participants`, or a channel's name.
    pub fn named(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "all" => Who::Everybody,
            "participants" => Who::Participants,
            _ => Who::Channel(word.to_owned()),
        }
    }

    /// The same, where the first channel is meant whose name begins so.
    pub fn beginning(word: &str) -> Self {
        match Self::named(word) {
            Who::Channel(name) => Who::Beginning(name),
            who => who,
        }
    }
}

/// Whose voice or ear a volume is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Volume {
    /// How loud others hear the member.
    Talking,
    /// How loud it hears them.
    Listening,
}

/// The steps that a volume goes, down and up.
pub const VOLUME_STEPS: i8 = 5;

/// A member as lists show it.
#[derive(Clone, Debug)]
pub struct MemberView {
    pub id: MemberId,
    /// The number by which MeetMe's commands call it, from 1.
    pub number: u32,
    pub channel: Arc<Channel>,
    pub terms: Arc<Terms>,
    /// It muted itself, or began muted.
    pub is_muted: bool,
    /// An admin muted it.
    pub is_muted_by_admin: bool,
    /// It waits for a marked member and is neither heard nor hears.
    pub is_waiting: bool,
    /// Whether it talks, pauses between words included.
    pub is_talking: bool,
    /// It asked to be allowed to talk.
    pub wants_to_talk: bool,
    /// −5 to 5.
    pub talk_volume: i8,
    pub listen_volume: i8,
    /// The number of the only member that hears it.
    pub whispers_to: Option<u32>,
    /// How long it has been there.
    pub stay: Duration,
}

impl MemberView {
    pub fn is_admin(&self) -> bool {
        self.terms.role.is_admin
    }

    pub fn is_marked(&self) -> bool {
        self.terms.role.is_marked
    }
}

/// What happens to one member, for its own task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// It is to leave: an admin wants it.
    pub is_kicked: bool,
    /// It is to leave: nobody else that matters is there any more.
    pub is_dismissed: bool,
    pub is_muted: bool,
    pub is_muted_by_admin: bool,
    pub wants_to_talk: bool,
}

impl Standing {
    /// Whether it is to leave.
    pub fn is_leaving(&self) -> bool {
        self.is_kicked || self.is_dismissed
    }
}

pub(super) struct Member {
    pub id: MemberId,
    pub number: u32,
    pub channel: Arc<Channel>,
    pub terms: Arc<Terms>,
    pub standing: Standing,
    pub is_waiting: bool,
    /// It hears something of its own, such as a menu, and is not in the room for that while.
    pub is_away: bool,
    pub is_talking: bool,
    pub talk_volume: i8,
    pub listen_volume: i8,
    /// The only member that hears it, by id and number.
    pub whispers_to: Option<(MemberId, u32)>,
    pub joined: Instant,
    /// Wakes the member's task when there is something to see to.
    pub wake: Arc<Notify>,
}

impl Member {
    /// What the mixer is to do with it now.
    pub fn sound(&self) -> MemberOptions {
        let absent = self.is_waiting || self.is_away;
        let muted = self.standing.is_muted || self.standing.is_muted_by_admin;
        MemberOptions {
            muted: self.terms.listens_only || muted || absent,
            deaf: self.terms.talks_only || absent,
            heard_by: self.whispers_to.map_or(HeardBy::All, |(id, _)| HeardBy::Only(id)),
            talk_volume: self.terms.sound.talk_volume * gain(self.talk_volume),
            listen_volume: self.terms.sound.listen_volume * gain(self.listen_volume),
            ..self.terms.sound
        }
    }

    pub fn view(&self) -> MemberView {
        MemberView {
            id: self.id,
            number: self.number,
            channel: Arc::clone(&self.channel),
            terms: Arc::clone(&self.terms),
            is_muted: self.standing.is_muted,
            is_muted_by_admin: self.standing.is_muted_by_admin,
            is_waiting: self.is_waiting,
            is_talking: self.is_talking,
            wants_to_talk: self.standing.wants_to_talk,
            talk_volume: self.talk_volume,
            listen_volume: self.listen_volume,
            whispers_to: self.whispers_to.map(|(_, number)| number),
            stay: self.joined.elapsed(),
        }
    }

    /// Whether an order is for it, which `Beginning` and `Last` leave to the room.
    pub fn is(&self, who: &Who) -> bool {
        match who {
            Who::Everybody => true,
            Who::Participants => !self.terms.role.is_admin,
            Who::Number(number) => self.number == *number,
            Who::Channel(name) => is_named(self.channel.name(), name),
            Who::Beginning(_) | Who::Last => false,
        }
    }
}

/// Whether a channel's name begins so.
pub(super) fn begins(channel: &str, name: &str) -> bool {
    !name.is_empty() && channel.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

/// Whether a channel's name is this one, or this one with a counter behind it.
fn is_named(channel: &str, name: &str) -> bool {
    begins(channel, name) && matches!(channel.as_bytes().get(name.len()), None | Some(b'-'))
}

/// A step is 3 dB.
fn gain(steps: i8) -> f32 {
    if steps == 0 { 1.0 } else { 10_f32.powf(f32::from(steps) * 3.0 / 20.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_named_whole_or_without_its_counter() {
        let name = "SIP/2001-0000000a";
        assert!(["SIP/2001", "sip/2001-0000000A"].iter().all(|said| is_named(name, said)));
        assert!(["SIP/200", "2001", "", "SIP/2001-0"].iter().all(|said| !is_named(name, said)));
    }

    #[test]
    fn volumes_go_in_steps_of_three_decibels() {
        assert_eq!(gain(0), 1.0);
        assert!((gain(2) - 1.995).abs() < 0.01 && (gain(-2) - 0.501).abs() < 0.01);
    }
}
