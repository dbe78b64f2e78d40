//! Being in a room, from the prompts before to the tone behind.

use std::sync::Arc;

use tokio::time::Instant;

use super::super::announcing::{self, ENTER, LEAVE, others};
use super::super::naming::{self, Name};
use super::super::recording;
use super::super::seat::{Occurrence, Seat};
use super::admission::Admitted;
use super::booking::{self, Ending, Over};
use super::limit::Limit;
use super::menu::{self, Menu};
use crate::applications::playing;
use crate::applications::playing::ANY_KEY;
use crate::applications::saying::{self, Language};
use crate::bridging::room::{Census, Membership, Refused, Room, RoomKind, Terms, Who};
use crate::channel::Channel;
use crate::interpreter::{Call, Exchange, Options, Outcome, leading_integer};

/// So many quiet ticks after its last word, a second, a member no longer counts as talking.
const TALKING_HANGOVER: u32 = 50;

/// Why a member left.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Left {
    /// It pressed a key that leaves, or was removed: the plan goes on.
    OnItsWay,
    /// It pressed a key that is an extension in this context.
    Exit(String, char),
    /// Its time is over, or the marked members have left.
    Forced,
}

/// Joins the room and stays until there is a reason to leave. Dropping the future leaves too.
pub(super) async fn stay(call: &mut Call, admitted: &Admitted) -> Outcome {
    let options = &admitted.options;
    call.background = None;
    let rooms = Arc::clone(&call.exchange.rooms);
    let is_locked = rooms.find(RoomKind::MeetMe, &admitted.number).is_some_and(|room| room.is_locked());
    if is_locked && !admitted.role.is_admin {
        playing::play(call, "conf-locked").await;
        return Outcome::Hangup;
    }
    let name = if options.has('q') { None } else { name(call, &admitted.number, options).await };
    let terms = terms(call, admitted, options, name.as_ref());
    let room = (RoomKind::MeetMe, admitted.number.as_str());
    // Dropped after the membership, so that the others hear of it.
    let mut farewell = Farewell::new(call, options, name);
    let limit = Limit::read(call, options);
    let membership = match rooms.join(room, &admitted.opening, &call.channel, terms) {
        Ok(membership) => membership,
        Err(refused) => {
            let sound = if refused == Refused::Full { "conf-full" } else { "conf-locked" };
            playing::play(call, sound).await;
            return Outcome::Hangup;
        }
    };
    farewell.join(&membership, options);
    let room = Arc::clone(membership.room());
    call.context().set("MEETMEUNIQUEID", room.unique_id());
    if options.has('r') {
        record(call, &room);
    }
    let seat = Seat::new(membership);
    let exits = exit_context(call, options);
    let waited = seat.membership.is_waiting();
    let ending = Ending::of(&call.exchange, &room).await;
    let mut member = Member { call, options, seat, limit, ending, exits, waited, menu: Menu::Closed };
    member.introduce(farewell.name.as_ref()).await;
    let left = if options.has('b') { member.run_script().await } else { member.talk().await };
    drop(member);
    drop(farewell);
    match left {
        Left::Exit(context, key) => {
            call.channel.state().jump(&context, &key.to_string(), 1);
            Outcome::Continue
        }
        Left::Forced if !options.has('C') => Outcome::Hangup,
        Left::OnItsWay | Left::Forced => Outcome::Continue,
    }
}

fn terms(call: &Call, admitted: &Admitted, options: &Options, name: Option<&Name>) -> Terms {
    let mut terms = Terms::of(&call.channel);
    terms.sound.drop_silence = options.has('o');
    terms.sound.talking_hangover = TALKING_HANGOVER;
    Terms {
        role: admitted.role,
        listens_only: options.has('l'),
        talks_only: options.has('t'),
        begins_muted: options.has('m'),
        waits_for_marked: options.has('w'),
        leaves_with_marked: options.has('x'),
        watches_talking: options.has('T') || options.has('o'),
        reports_talking: options.has('T'),
        name: name.map(|name| name.sound.clone()),
        ..terms
    }
}

/// The name that the member is announced by.
async fn name(call: &mut Call, room: &str, options: &Options) -> Option<Name> {
    if let Some(mailbox) = options.argument('v')
        && let Some(sound) = menu::greeting(call, mailbox)
    {
        return Some(Name::of_mailbox(sound));
    }
    if !options.has('i') && !options.has('I') {
        return None;
    }
    let file = format!("meetme-username-{}-{}", room.replace(['/', '\\'], "_"), call.channel.unique_id());
    let sound = call.exchange.directories.spool.join("meetme").join(file);
    naming::record(call, &sound, !options.has('I')).await
}

/// Records the room into the file that the member's variables name; true if it is recorded now.
pub(super) fn record(call: &Call, room: &Arc<Room>) -> bool {
    if room.recording().is_some() {
        return false;
    }
    let booked = room.opening().booking.clone().unwrap_or_default().recording;
    let mut named = booked.into_iter().zip(["MEETME_RECORDINGFILE", "MEETME_RECORDINGFORMAT"]).map(|(booked, name)| {
        Some(booked)
            .filter(|booked| !booked.is_empty())
            .or_else(|| call.context().get(name))
            .filter(|it| !it.is_empty())
    });
    let (file, format) = (named.next().flatten(), named.next().flatten());
    let number = room.name().replace(['/', '\\'], "_");
    let file = file.unwrap_or_else(|| format!("meetme-conf-rec-{number}-{}", call.channel.unique_id()));
    let file = format!("{file}.{}", format.as_deref().unwrap_or("wav"));
    match recording::start(&call.exchange, room, Some(&file)) {
        Ok(_) => true,
        Err(error) => {
            call.context().warn(&format!("MeetMe: the conference is not recorded: {error}"));
            false
        }
    }
}

/// Where keys lead that leave for an extension: option `X`.
fn exit_context(call: &Call, options: &Options) -> Option<String> {
    if !options.has('X') {
        return None;
    }
    let mut context = call.context();
    let named = context.get("MEETME_EXIT_CONTEXT").filter(|exit| !exit.is_empty());
    let of_macro = context.get("MACRO_CONTEXT").filter(|exit| !exit.is_empty());
    named.or(of_macro).or_else(|| Some(context.state.position.context.clone()))
}

struct Member<'c> {
    call: &'c mut Call,
    options: &'c Options,
    seat: Seat,
    limit: Option<Limit>,
    ending: Option<Ending>,
    exits: Option<String>,
    /// It waited for a marked member when it was looked at last.
    waited: bool,
    menu: Menu,
}

impl Member<'_> {
    fn has(&self, letter: char) -> bool {
        self.options.has(letter)
    }

    fn room(&self) -> Arc<Room> {
        Arc::clone(self.seat.membership.room())
    }

    /// What the member and the others hear before it is in the talk.
    async fn introduce(&mut self, name: Option<&Name>) {
        let room = self.room();
        if let Some(sound) = self.options.argument('G').filter(|sound| !sound.is_empty()) {
            playing::play(self.call, sound).await;
        }
        let census = self.seat.census();
        if !self.has('q') && !self.has('1') {
            if census.members == 1 && !self.has('w') {
                playing::play(self.call, "conf-onlyperson").await;
            }
            if self.has('w') && census.marked == 0 {
                playing::play(self.call, "conf-waitforleader").await;
            }
        }
        if self.has('c') {
            let (count, language) = (census.members.saturating_sub(1), Language::spoken_to(&self.call.channel));
            let sounds = others(count, "conf-onlyone", "conf-thereare", "conf-otherinparty", language);
            playing::play_each(self.call, &sounds, ANY_KEY).await;
        }
        if let Some(name) = name.filter(|_| room.census().members > 1) {
            let language = self.call.channel.state().language.clone();
            let sounds = [name.sound.clone(), "conf-hasjoin".to_owned()];
            // Who cannot be announced comes in all the same.
            let _ = announcing::announce(&self.call.exchange, &room, &sounds, &language).await;
        }
        self.seat.enter();
        let waits = self.has('w') && (!self.has('A') || room.census().marked == 0);
        if !waits && is_signalled(self.options, &self.seat.membership) {
            announcing::signal(&room, ENTER);
        }
    }

    /// The AGI script has the keys; the member leaves when it ends.
    async fn run_script(&mut self) -> Left {
        let named = self.call.context().get("MEETME_AGI_BACKGROUND").filter(|file| !file.is_empty());
        let file = named.unwrap_or_else(|| "conf-background.agi".to_owned());
        let Some(agi) = self.call.exchange.library.application("AGI") else { return Left::OnItsWay };
        let Self { call, seat, .. } = self;
        let kicked = async {
            while !seat.membership.standing().is_leaving() {
                seat.membership.addressed().await;
            }
        };
        tokio::select! {
            outcome = call.execute(agi, &file) => match outcome {
                Outcome::Hangup => Left::Forced,
                _ => Left::OnItsWay,
            },
            () = kicked => Left::OnItsWay,
        }
    }

    async fn talk(&mut self) -> Left {
        let mut departures = self.seat.census().marked_departures;
        let patience = self.options.argument('w').and_then(leading_integer).filter(|seconds| *seconds > 0);
        let patience =
            patience.map(|seconds| Instant::now() + std::time::Duration::from_secs(seconds.unsigned_abs().into()));
        let mut has_counted = false;
        loop {
            let now = self.seat.census();
            let standing = self.seat.membership.standing();
            if standing.is_dismissed {
                return Left::OnItsWay;
            }
            if standing.is_kicked {
                if !self.has('q') {
                    self.seat.tell(self.call, "conf-kicked").await;
                }
                return Left::OnItsWay;
            }
            if now.marked_departures > departures {
                departures = now.marked_departures;
                if self.has('w') && !self.has('q') {
                    self.seat.tell(self.call, "conf-leaderhasleft").await;
                }
                if self.has('x') && self.room().census().marked == 0 {
                    return Left::Forced;
                }
            }
            let waits = self.seat.membership.is_waiting();
            if std::mem::replace(&mut self.waited, waits) && !waits && !self.has('q') {
                self.seat.tell(self.call, "conf-placeintoconf").await;
                announcing::signal(&self.room(), ENTER);
            }
            if self.has('A') && self.has('w') && !std::mem::replace(&mut has_counted, true) {
                self.count_waiting(now).await;
            }
            let music = self.options.argument('M').unwrap_or("");
            let wants_music = self.has('M') && if self.has('w') { waits } else { now.members == 1 };
            self.seat.set_music(self.call, wants_music.then_some(music));
            let patience = patience.filter(|_| waits);
            let limit = self.limit.as_ref().map(Limit::next);
            let due = limit.into_iter().chain(patience).chain(self.ending.as_ref().map(Ending::next)).min();
            match self.seat.next(self.call, due).await {
                Occurrence::Change => {}
                Occurrence::Key(key) => {
                    if let Some(left) = self.press(key).await {
                        return left;
                    }
                }
                Occurrence::Due => {
                    let is_patient = patience.is_none_or(|patience| patience > Instant::now());
                    if !is_patient || self.mind_the_time().await || self.mind_the_booking().await {
                        return Left::Forced;
                    }
                }
            }
        }
    }

    /// The first marked member hears how many waited for it.
    async fn count_waiting(&mut self, now: Census) {
        let waiting = now.members.saturating_sub(1);
        if self.has('q') || now.marked != 1 || waiting == 0 {
            return;
        }
        let mut sounds =
            saying::number(i64::try_from(waiting).unwrap_or(i64::MAX), Language::spoken_to(&self.call.channel));
        sounds.push(if waiting == 1 { "conf-userwilljoin" } else { "conf-userswilljoin" }.to_owned());
        self.seat.tell_until(self.call, &sounds, ANY_KEY).await;
    }

    /// A warning or the end is due; true if it is the end.
    async fn mind_the_time(&mut self) -> bool {
        let Some(limit) = &mut self.limit else { return false };
        let now = Instant::now();
        if limit.is_over(now) {
            if let Some(sound) = limit.at_end.clone() {
                self.seat.tell(self.call, &sound).await;
            }
            return true;
        }
        let sounds = limit.warn(now, Language::spoken_to(&self.call.channel));
        if !sounds.is_empty() {
            self.seat.tell_until(self.call, &sounds, "").await;
        }
        false
    }

    /// Something is due of the room's booked end; true if it is the end.
    async fn mind_the_booking(&mut self) -> bool {
        let room = self.room();
        let Some(ending) = self.ending.as_mut().filter(|ending| ending.next() <= Instant::now()) else { return false };
        match ending.look_again(&self.call.exchange, &room).await {
            Ok(sounds) if sounds.is_empty() => false,
            Ok(sounds) => {
                self.seat.tell_until(self.call, &sounds, "").await;
                false
            }
            Err(Over) => true,
        }
    }

    async fn press(&mut self, key: char) -> Option<Left> {
        if self.has('F') {
            self.seat.pass_on(key);
        }
        if self.has('z') {
            let (number, key) = (self.seat.membership.number().to_string(), key.to_string());
            let fields = [("User", &*number), ("Key", &*key)];
            let channel = &*self.call.channel;
            self.room().tell("MeetmeDTMF", Some(channel), channel.channels(), &fields);
        }
        if self.menu != Menu::Closed || (key == '*' && self.has('s')) {
            let is_admin = self.seat.membership.terms().role.is_admin;
            self.menu = menu::press(self.call, &mut self.seat, self.menu, key, is_admin).await;
            return None;
        }
        if let Some(context) = &self.exits {
            let caller = self.call.channel.state().caller.number().to_owned();
            let extension = key.to_string();
            if self.call.lookup(|lookup| lookup.exists(context, &extension, 1, &caller)) {
                return Some(Left::Exit(context.clone(), key));
            }
        }
        let keys = self.options.argument('p').filter(|keys| !keys.is_empty()).unwrap_or("#");
        if self.has('p') && keys.contains(key) {
            self.call.context().set("MEETME_EXIT_KEY", &key.to_string());
            return Some(Left::OnItsWay);
        }
        None
    }
}

/// Admins and those who only listen come and go without a tone.
fn is_signalled(options: &Options, membership: &Membership) -> bool {
    !options.has('q') && !options.has('l') && !membership.terms().role.is_admin
}

/// What is left to do when a member leaves, also by hanging up: it sets `MEETMESECS` and tells the others.
struct Farewell {
    exchange: Arc<Exchange>,
    channel: Arc<Channel>,
    name: Option<Name>,
    /// The room, once the member was in it, and since when.
    joined: Option<(Arc<Room>, Instant)>,
    is_signalled: bool,
    dismisses_last: bool,
}

impl Farewell {
    fn new(call: &Call, options: &Options, name: Option<Name>) -> Self {
        Self {
            exchange: Arc::clone(&call.exchange),
            channel: Arc::clone(&call.channel),
            name,
            joined: None,
            is_signalled: false,
            dismisses_last: options.has('k'),
        }
    }

    fn join(&mut self, membership: &Membership, options: &Options) {
        self.joined = Some((Arc::clone(membership.room()), Instant::now()));
        self.is_signalled = is_signalled(options, membership);
        self.count(membership.room());
    }

    /// Lets the table of a booked room say how many are there.
    fn count(&self, room: &Arc<Room>) {
        if room.opening().booking.is_some() {
            let (exchange, room) = (Arc::clone(&self.exchange), Arc::clone(room));
            tokio::spawn(async move { booking::count_members(&exchange, &room).await });
        }
    }
}

impl Drop for Farewell {
    fn drop(&mut self) {
        let Some((room, since)) = &self.joined else { return };
        let seconds = since.elapsed().as_secs().to_string();
        self.channel.set_variable("MEETMESECS", &seconds);
        if let Some(booking) = &room.opening().booking {
            self.channel.set_variable("MEETMEBOOKID", &booking.id);
        }
        self.count(room);
        let remaining = room.census().members;
        if remaining == 0 {
            return;
        }
        if self.is_signalled {
            announcing::signal(room, LEAVE);
        }
        if let Some(name) = &self.name {
            let language = self.channel.state().language.clone();
            let sounds = [name.sound.clone(), "conf-hasleft".to_owned()];
            // Nobody waits for the end of it.
            drop(announcing::announce(&self.exchange, room, &sounds, &language));
        }
        if self.dismisses_last && remaining == 1 {
            room.dismiss(&Who::Everybody);
        }
    }
}
