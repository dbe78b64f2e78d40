//! Being in a conference, from the prompts before to the sounds behind.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::super::seat::{Occurrence, Seat};
use super::super::{announcing, naming::Name, recording};
use super::menu::{Action, Menu};
use super::profile::sound;
use super::{Guest, Verdict, refuse, registration};
use crate::applications::playing::{self, ANY_KEY, Played};
use crate::applications::saying::Language;
use crate::bridging::codes::{Codes, Decision};
use crate::bridging::room::{Room, RoomKind, Terms, Who};
use crate::channel::Position;
use crate::interpreter::{Call, Exchange, Outcome};

/// The longest pause between two keys of a menu.
const MENU_TIMEOUT: Duration = Duration::from_secs(2);
/// A menu whose entries lead to each other in circles stops here.
const MOST_ENTRIES: usize = 20;

/// Why a member left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    /// By a key of its menu.
    Menu,
    Kicked,
    WithMarked,
    TimedOut,
    /// The plan that a key ran ended the call.
    HungUp,
}

/// Joins the conference and stays until there is a reason to leave. Dropping the future leaves too.
pub(super) async fn stay(call: &mut Call, guest: &Guest<'_>, mut verdict: Verdict) -> Outcome {
    call.background = None;
    if guest.user.is_on("jitterbuffer") {
        call.channel.leg().set_jitter_buffer(true);
    }
    let name = guest.name(call).await;
    let rooms = Arc::clone(&call.exchange.rooms);
    let opening = guest.opening();
    let terms = guest.terms(&call.channel, name.as_ref());
    let waiting = |room: &Arc<Room>| room.members().iter().filter(|member| member.is_waiting).count();
    let place = (RoomKind::ConfBridge, guest.room);
    let waited = rooms.find(place.0, place.1).as_ref().map_or(0, waiting);
    // Dropped after the membership, so that the others hear of it.
    let mut farewell =
        Farewell { exchange: Arc::clone(&call.exchange), name, joined: None, is_quiet: guest.is_quiet() };
    let membership = match rooms.join(place, &opening, &call.channel, terms) {
        Ok(membership) => membership,
        Err(_) => {
            let sounds = rooms.find(place.0, place.1).map_or(opening.sounds, |room| room.opening().sounds.clone());
            refuse(call, &sounds).await;
            return Outcome::Hangup;
        }
    };
    let room = Arc::clone(membership.room());
    farewell.joined = Some((Arc::clone(&room), membership.terms().clone()));
    verdict.word = "HANGUP";
    if membership.is_first() {
        if guest.bridge.is_on("record_conference")
            && let Err(error) = recording::start(&call.exchange, &room, None)
        {
            call.context().warn(&format!("ConfBridge: the conference is not recorded: {error}"));
        }
        room.tell_started(&call.channel);
    }
    registration::settle(&call.exchange, &room).await;
    let codes = Codes::new(guest.menu.entries.iter().map(|(keys, _)| keys.clone()).collect(), MENU_TIMEOUT);
    let seat = Seat::new(membership);
    let mut member = Member { verdict, call, guest, seat, codes, ahead: VecDeque::new() };
    member.introduce(farewell.name.as_ref(), waited).await;
    let left = member.talk().await;
    member.verdict.word = match left {
        Left::Menu => "DTMF",
        Left::Kicked => "KICKED",
        Left::WithMarked => "ENDMARKED",
        Left::TimedOut => "TIMEOUT",
        Left::HungUp => "HANGUP",
    };
    drop(member);
    drop(farewell);
    if matches!(left, Left::Kicked | Left::WithMarked) && !guest.is_quiet() {
        playing::play(call, &sound(&room.opening().sounds, "kicked")).await;
    }
    if left == Left::HungUp { Outcome::Hangup } else { Outcome::Continue }
}

struct Member<'c> {
    // First, so that the result is set when others hear that the member leaves.
    verdict: Verdict,
    call: &'c mut Call,
    guest: &'c Guest<'c>,
    seat: Seat,
    codes: Codes,
    /// Keys that came while something else played.
    ahead: VecDeque<char>,
}

impl Member<'_> {
    fn room(&self) -> Arc<Room> {
        Arc::clone(self.seat.membership.room())
    }

    fn sound(&self, what: &str) -> String {
        sound(&self.seat.membership.room().opening().sounds, what)
    }

    /// Lets the whole conference hear sounds, and waits for their end.
    async fn announce(&self, sounds: &[String]) {
        // What could not be played is not waited for.
        let _ = self.announced(sounds).await;
    }

    fn announced(&self, sounds: &[String]) -> tokio::sync::oneshot::Receiver<()> {
        let room = self.seat.membership.room();
        announcing::announce(&self.call.exchange, room, sounds, &room.opening().language)
    }

    /// What the member and the others hear before it is in the talk; `waited` were waiting for a marked member.
    async fn introduce(&mut self, name: Option<&Name>, waited: usize) {
        let user = &self.guest.user;
        let is_quiet = self.guest.is_quiet();
        let census = self.seat.census();
        if let Some(announcement) = user.get("announcement").filter(|sound| !sound.is_empty()) {
            playing::play(self.call, announcement).await;
        }
        if user.is_on("announce_user_count") {
            let sounds = self.count();
            playing::play_each(self.call, &sounds, "").await;
        }
        if user.counts_for_all().is_some_and(|after| census.active > after) {
            self.announce(&self.count()).await;
        }
        if self.seat.membership.is_waiting() {
            if !is_quiet {
                playing::play(self.call, &self.sound("wait_for_leader")).await;
            }
        } else if census.active == 1 && !is_quiet && user.is_not_off("announce_only_user") {
            playing::play(self.call, &self.sound("only_person")).await;
        }
        let is_marked = self.seat.membership.terms().role.is_marked;
        if is_marked && census.marked == 1 && waited > 0 && !is_quiet {
            self.announce(&[self.sound("begin")]).await;
        }
        if let Some(name) = name {
            self.announce(&[name.sound.clone(), self.sound("has_joined")]).await;
        }
        if !is_quiet && !user.is_not_off("hear_own_join_sound") {
            self.announce(&[self.sound("join")]).await;
        }
        let hears_itself = !is_quiet && user.is_not_off("hear_own_join_sound");
        let is_silent = self.room().opening().is_silent;
        if hears_itself && is_silent {
            playing::play(self.call, &self.sound("join")).await;
        }
        self.seat.enter();
        if hears_itself && !is_silent {
            drop(self.announced(&[self.sound("join")]));
        }
    }

    /// How many others are in the talk, in sounds.
    fn count(&self) -> Vec<String> {
        let others = self.room().census().active.saturating_sub(1);
        let [one, there_are, more] = ["only_one", "there_are", "other_in_party"].map(|sound| self.sound(sound));
        announcing::others(others, &one, &there_are, &more, Language::spoken_to(&self.call.channel))
    }

    async fn talk(&mut self) -> Left {
        let joined = Instant::now();
        let limit = self.guest.user.number("timeout").map(|seconds| joined + Duration::from_secs(seconds.into()));
        let before = self.seat.census();
        let (ends_with_last, ends_with_any) = {
            let terms = self.seat.membership.terms();
            (terms.leaves_with_marked, terms.leaves_with_any_marked)
        };
        let music = self.guest.user.is_on("music_on_hold_when_empty");
        let class = self.guest.user.text("music_on_hold_class");
        loop {
            let now = self.seat.census();
            if self.seat.membership.standing().is_leaving() {
                return Left::Kicked;
            }
            if (ends_with_last && now.marked_departures > before.marked_departures)
                || (ends_with_any && now.any_marked_departures > before.any_marked_departures)
            {
                return Left::WithMarked;
            }
            let is_alone = now.active <= 1 || self.seat.membership.is_waiting();
            self.seat.set_music(self.call, (music && is_alone).then_some(&*class));
            let occurrence = match self.ahead.pop_front() {
                Some(key) => Occurrence::Key(key),
                None => {
                    let due = limit.into_iter().chain(self.codes.deadline()).min();
                    self.seat.next(self.call, due).await
                }
            };
            let decision = match occurrence {
                Occurrence::Change => continue,
                Occurrence::Key(key) => self.codes.press(key, Instant::now()),
                Occurrence::Due if limit.is_some_and(|limit| limit <= Instant::now()) => return Left::TimedOut,
                Occurrence::Due => self.codes.expire(),
            };
            match decision {
                Decision::Wait => {}
                Decision::Pass(keys) => {
                    if self.guest.user.is_on("dtmf_passthrough") {
                        keys.chars().for_each(|key| self.seat.pass_on(key));
                    }
                }
                Decision::Code(at) => {
                    let menu = &self.guest.menu;
                    let Some((keys, _)) = menu.entries.get(at) else { continue };
                    if let Some(left) = self.choose(menu, keys.clone()).await {
                        return left;
                    }
                }
            }
        }
    }

    /// Does what keys of the menu say.
    async fn choose(&mut self, menu: &Menu, mut keys: String) -> Option<Left> {
        for _ in 0..MOST_ENTRIES {
            let actions = menu.find(&keys)?;
            let mut longer = None;
            for action in actions {
                match action {
                    Action::Leave => return Some(Left::Menu),
                    Action::PlaybackAndContinue(_) | Action::Playback(_) if longer.is_some() => {}
                    Action::PlaybackAndContinue(sounds) => {
                        let sounds: Vec<String> = sounds.split('&').map(str::to_owned).collect();
                        if let Played::Key(key) = self.seat.tell_until(self.call, &sounds, ANY_KEY).await {
                            longer = Some(format!("{keys}{key}"));
                        }
                    }
                    Action::Dialplan { context, extension, priority } => {
                        if !self.run(Position::new(context, extension, *priority)).await {
                            return Some(Left::HungUp);
                        }
                    }
                    action => self.obey(action).await,
                }
            }
            keys = longer?;
        }
        None
    }

    async fn obey(&mut self, action: &Action) {
        let room = self.room();
        let (id, is_admin) = (self.seat.membership.id(), self.seat.membership.terms().role.is_admin);
        match action {
            Action::Playback(sounds) => {
                let sounds: Vec<String> = sounds.split('&').map(str::to_owned).collect();
                self.seat.tell_until(self.call, &sounds, "").await;
            }
            Action::ToggleMute => {
                let muted = !self.seat.membership.standing().is_muted;
                room.mute_self(id, muted);
                self.say(&[self.sound(if muted { "muted" } else { "unmuted" })]).await;
            }
            Action::ChangeVolume(volume, 0) => {
                room.reset_volume(&Who::Number(self.seat.membership.number()), *volume);
            }
            Action::ChangeVolume(volume, steps) => {
                room.change_volume(&Who::Number(self.seat.membership.number()), *volume, *steps);
            }
            Action::CountParticipants => {
                let sounds = self.count();
                self.say(&sounds).await;
            }
            Action::ToggleLock if is_admin => {
                let locks = !room.is_locked();
                room.set_locked(locks);
                self.say(&[self.sound(if locks { "locked_now" } else { "unlocked_now" })]).await;
            }
            Action::ToggleMuteParticipants if is_admin => {
                let mutes = !room.is_muted();
                room.mute_participants(mutes);
                drop(self.announced(&[self.sound(if mutes { "participants_muted" } else { "participants_unmuted" })]));
            }
            Action::KickLast => {
                let last = room.members().into_iter().rfind(|member| !member.is_waiting);
                match last.filter(|last| is_admin && last.id != id && !last.is_admin()) {
                    Some(last) => drop(room.kick(&Who::Number(last.number))),
                    None => self.say(&[self.sound("error_menu")]).await,
                }
                if !is_admin {
                    self.call.context().warn("ConfBridge: admin_kick_last is for admins, which this member is not");
                }
            }
            Action::Unsupported(word) => {
                self.call.context().warn(&format!("ConfBridge: {word}: there is neither video nor stereo"));
            }
            // Actions of admins do nothing for others; the rest is done where the menu is read.
            _ => {}
        }
    }

    /// Plays sounds to the member; a key that interrupts them counts as one of the menu.
    async fn say(&mut self, sounds: &[String]) {
        if let Played::Key(key) = self.seat.tell_until(self.call, sounds, ANY_KEY).await {
            self.ahead.push_back(key);
        }
    }

    /// Runs the plan from a place while the member is out of the talk; false if the call is to end.
    async fn run(&mut self, place: Position) -> bool {
        self.seat.set_music(self.call, None);
        self.seat.membership.set_away(true);
        let goes_on = self.call.run_elsewhere(place).await;
        self.seat.membership.set_away(false);
        goes_on
    }
}

/// What the others hear when a member leaves, also by hanging up.
struct Farewell {
    exchange: Arc<Exchange>,
    name: Option<Name>,
    joined: Option<(Arc<Room>, Terms)>,
    is_quiet: bool,
}

impl Drop for Farewell {
    fn drop(&mut self) {
        let Some((room, terms)) = &self.joined else { return };
        let census = room.census();
        if census.members == 0 {
            let (exchange, room) = (Arc::clone(&self.exchange), Arc::clone(room));
            tokio::spawn(async move { registration::settle(&exchange, &room).await });
        }
        if census.members == 0 || self.is_quiet {
            return;
        }
        let opening = room.opening();
        let mut sounds = Vec::new();
        if let Some(name) = &self.name {
            sounds.extend([name.sound.clone(), sound(&opening.sounds, "has_left")]);
        }
        sounds.push(sound(&opening.sounds, "leave"));
        let stays = |member: &crate::bridging::room::MemberView| {
            !member.terms.leaves_with_marked && !member.terms.leaves_with_any_marked
        };
        if terms.role.is_marked && census.marked == 0 && room.members().iter().any(stays) {
            sounds.push(sound(&opening.sounds, "leader_has_left"));
        }
        // Nobody waits for the end of it.
        drop(announcing::announce(&self.exchange, room, &sounds, &opening.language));
    }
}
