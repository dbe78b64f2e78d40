//! What phones hear: each other by their voices, sounds, tones and music by what their channel was told to play.

use super::log::Event;
use super::performance::Performance;
use super::statement::{Heard, PartyState};
use super::voice::{self, Impression, Speaker};
use crate::channel::simulated::PhoneCall;

/// A moment of listening: who was there, and what each heard.
struct Listened {
    calls: Vec<(String, PhoneCall)>,
    impressions: Vec<Impression>,
}

impl Listened {
    fn place(&self, performance: &Performance, name: &str) -> Option<usize> {
        let call = performance.live(name).ok()?;
        self.calls.iter().position(|(_, other)| other.channel.name() == call.channel.name())
    }

    /// The names of those whom a phone hears.
    fn heard_by(&self, place: usize) -> Vec<&str> {
        let voices = self.impressions.get(place).map_or(&[][..], |impression| &impression.voices);
        voices.iter().filter_map(|voice| self.calls.get(*voice)).map(|(name, _)| name.as_str()).collect()
    }
}

impl Performance {
    /// Looks whether phones hear what they should; an answer for each. `all` are the phones of the line. With `now_only`
    /// what has ended does not count.
    pub(super) async fn listen_for(
        &mut self,
        names: &[String],
        all: &[String],
        state: &PartyState,
        now_only: bool,
    ) -> Vec<Result<(), String>> {
        let needs_ears = match state {
            PartyState::Talks(_) => true,
            PartyState::Hears(Heard::Names { names, .. }) => names.iter().any(|name| self.is_phone(name)),
            PartyState::Hears(heard) => matches!(heard, Heard::EachOther | Heard::Nobody | Heard::Nothing),
            _ => false,
        };
        let listened = if needs_ears { Some(self.listen().await) } else { None };
        match listened {
            Some(listened) => names.iter().map(|name| self.judge_voices(name, all, state, &listened)).collect(),
            None => names.iter().map(|name| self.judge(name, state, now_only)).collect(),
        }
    }

    /// Lets everybody speak and listen for a moment.
    async fn listen(&mut self) -> Listened {
        let everybody = self.names(&super::statement::Parties::Everybody);
        let calls: Vec<(String, PhoneCall)> =
            everybody.into_iter().filter_map(|name| Some((name.clone(), self.live(&name).ok()?))).collect();
        let mut speakers: Vec<Speaker> = Vec::new();
        for (name, call) in &calls {
            let voice = self.role(name).voice.clone();
            speakers.push(Speaker { voice, party: call.party.clone(), speaks: call.channel.is_up() });
        }
        let impressions = voice::listen(&mut speakers).await;
        Listened { calls, impressions }
    }

    fn judge(&mut self, name: &str, state: &PartyState, now_only: bool) -> Result<(), String> {
        match state {
            PartyState::Hears(Heard::Names { names, .. }) => names.iter().try_for_each(|sound| self.sound(name, sound)),
            PartyState::Hears(Heard::Sound(sound)) => self.sound(name, sound),
            PartyState::Hears(Heard::Tone(tone)) => self.tone(name, tone),
            PartyState::Hears(Heard::Music(class)) => self.music(name, class.as_deref(), now_only),
            _ => Ok(()),
        }
    }

    fn judge_voices(
        &mut self,
        name: &str,
        all: &[String],
        state: &PartyState,
        listened: &Listened,
    ) -> Result<(), String> {
        let Some(place) = listened.place(self, name) else { return Err(format!("{name} is in no call")) };
        let heard = listened.heard_by(place);
        let hears = |other: &String| match listened.place(self, other) {
            Some(other) => listened.impressions.get(place).is_some_and(|found| found.voices.contains(&other)),
            None => false,
        };
        let instead = || match heard.as_slice() {
            [] => format!("{name} hears nobody"),
            heard => format!("{name} hears {}", list(heard)),
        };
        let found = match state {
            PartyState::Hears(Heard::Nobody) => heard.is_empty(),
            PartyState::Hears(Heard::Nothing) => match listened.impressions.get(place) {
                Some(impression) if !impression.is_silent && heard.is_empty() => {
                    return Err(format!("{name} hears something, but no phone"));
                }
                impression => impression.is_none_or(|impression| impression.is_silent),
            },
            PartyState::Hears(Heard::EachOther) => all.iter().filter(|other| *other != name).all(hears),
            PartyState::Talks(with) => {
                let others = if with.is_empty() { all } else { with };
                let is_heard_by = |other: &String| {
                    let ear = listened.place(self, other).and_then(|ear| listened.impressions.get(ear));
                    ear.is_some_and(|found| found.voices.contains(&place))
                };
                if let Some(deaf) = others.iter().find(|other| *other != name && hears(other) && !is_heard_by(other)) {
                    return Err(format!("{deaf} does not hear {name}"));
                }
                others.iter().filter(|other| *other != name).all(|other| hears(other) && is_heard_by(other))
            }
            PartyState::Hears(Heard::Names { names, only }) => {
                let phones: Vec<&String> = names.iter().filter(|name| self.is_phone(name)).collect();
                phones.iter().all(|phone| hears(phone)) && (!only || heard.len() == phones.len())
            }
            _ => true,
        };
        if !found {
            return Err(instead());
        }
        match state {
            PartyState::Hears(Heard::Names { names, .. }) => {
                let sounds: Vec<&String> = names.iter().filter(|name| !self.is_phone(name)).collect();
                sounds.into_iter().try_for_each(|sound| self.sound(name, sound))
            }
            _ => Ok(()),
        }
    }

    /// Whether a sound was played to the phone since its last line.
    fn sound(&mut self, name: &str, sound: &str) -> Result<(), String> {
        let from = self.role(name).seen;
        if self.since(name, |event| matches!(event, Event::Plays(played) if played.eq_ignore_ascii_case(sound))) {
            return Ok(());
        }
        let played = self.happened(name, from, |entry| match &entry.event {
            Event::Plays(sound) => Some(sound.clone()),
            _ => None,
        });
        Err(match played.as_slice() {
            [] => format!("{name} heard no sound since its last line"),
            played => format!("{name} heard {} since its last line", list(played)),
        })
    }

    fn tone(&mut self, name: &str, tone: &str) -> Result<(), String> {
        let wanted = match tone {
            "ringing" | "ringback" => "ring",
            other => other,
        };
        let from = self.role(name).seen;
        if self.since(name, |event| matches!(event, Event::Tone(found) if found == wanted)) {
            return Ok(());
        }
        let tones = self.happened(name, from, |entry| match &entry.event {
            Event::Tone(tone) => Some(format!("the {tone} tone")),
            _ => None,
        });
        Err(match tones.as_slice() {
            [] => format!("{name} heard no tone since its last line"),
            tones => format!("{name} heard {} since its last line", list(tones)),
        })
    }

    /// Whether there is music now, or began since the phone's last line.
    fn music(&mut self, name: &str, wanted: Option<&str>, now_only: bool) -> Result<(), String> {
        let is_wanted = |class: &str| wanted.is_none_or(|wanted| wanted == class);
        let changes = self.happened(name, 0, |entry| match &entry.event {
            Event::MusicOn(class) => Some(Some(class.clone())),
            Event::MusicOff => Some(None),
            _ => None,
        });
        match changes.last() {
            Some(Some(class)) if is_wanted(class) => Ok(()),
            _ if !now_only && self.since(name, |event| matches!(event, Event::MusicOn(class) if is_wanted(class))) => {
                Ok(())
            }
            Some(Some(class)) => Err(format!("{name} hears music of class {class}")),
            _ => Err(format!("{name} hears no music")),
        }
    }
}

/// `a, b and c`
fn list(names: &[impl AsRef<str>]) -> String {
    match names {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}
