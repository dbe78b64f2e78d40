//! What a waiting caller is told: its place, how long it will take, and whatever else the queue says now and then.

use std::time::Duration;

use tokio::time::Instant;

use super::Wish;
use super::visit::Visit;
use crate::applications::playing::{self, ANY_KEY, Played};
use crate::applications::saying::{self, Language};
use crate::interpreter::Call;
use crate::queues::settings::{AnnounceHoldTime, AnnouncePosition, Settings};

/// What was said so far.
#[derive(Default)]
pub(super) struct Announced {
    position: usize,
    at: Option<Instant>,
    periodic_at: Option<Instant>,
    next_periodic: usize,
}

impl Visit {
    /// Says the caller's place and the time to wait when that is due; true where a key leads elsewhere.
    pub async fn say_position(&mut self, call: &mut Call, wish: &Wish) -> bool {
        let settings = self.settings();
        let frequency = Duration::from_secs(settings.announce_frequency);
        if frequency.is_zero() {
            return false;
        }
        let position = self.place.position();
        // Before the first announcement the clock stands at 1970.
        let since = self.announced.at.map_or(Duration::MAX, |at| at.elapsed());
        let has_moved = self.announced.position != position;
        let is_worse = self.announced.position != 0 && position > self.announced.position;
        let is_due = since >= frequency || (has_moved && !(settings.announce_position_only_up && is_worse));
        if since < Duration::from_secs(settings.min_announce_frequency) || !is_due {
            return false;
        }
        let sounds = self.position_sounds(&settings, position, Language::spoken_to(&call.channel));
        self.announced.position = position;
        self.announced.at = Some(Instant::now());
        !sounds.is_empty() && self.say(call, wish, &sounds).await
    }

    fn position_sounds(&self, settings: &Settings, position: usize, language: Language) -> Vec<String> {
        let prompts = &settings.prompts;
        let mut sounds = Vec::new();
        let limit = settings.announce_position_limit;
        let says_position = match settings.announce_position {
            AnnouncePosition::No => false,
            AnnouncePosition::Yes => true,
            AnnouncePosition::Limit => position <= limit,
            AnnouncePosition::More => true,
        };
        let spoken = |number: usize| saying::number(i64::try_from(number).unwrap_or(i64::MAX), language);
        if says_position {
            if position == 1 {
                sounds.push(prompts.you_are_next.clone());
            } else if settings.announce_position == AnnouncePosition::More && position > limit {
                sounds.push(prompts.quantity1.clone());
                sounds.extend(spoken(limit));
                sounds.push(prompts.quantity2.clone());
            } else {
                sounds.push(prompts.there_are.clone());
                sounds.extend(spoken(position));
                sounds.push(prompts.calls_waiting.clone());
            }
        }
        let says_time = match settings.announce_hold_time {
            AnnounceHoldTime::No => false,
            AnnounceHoldTime::Yes => true,
            AnnounceHoldTime::Once => self.announced.at.is_none(),
        };
        if says_time {
            sounds.extend(self.time_sounds(settings, language));
        }
        if !sounds.is_empty() {
            sounds.push(prompts.thank_you.clone());
        }
        sounds.retain(|sound| !sound.is_empty());
        sounds
    }

    /// How long callers usually wait, less what this one has waited.
    fn time_sounds(&self, settings: &Settings, language: Language) -> Vec<String> {
        let prompts = &settings.prompts;
        let usual = self.queue().statistics().hold_time;
        let left = usual.saturating_sub(self.place.waited());
        let round = settings.announce_round_seconds;
        let (minutes, seconds) = match round {
            0 => ((left + 30) / 60, 0),
            round => (left / 60, (left % 60) / round * round),
        };
        let mut sounds = Vec::new();
        if minutes + seconds == 0 {
            return sounds;
        }
        let spoken = |number: u64| saying::number(i64::try_from(number).unwrap_or(i64::MAX), language);
        sounds.push(prompts.hold_time.clone());
        if minutes > 0 {
            sounds.extend(spoken(minutes));
            sounds.push(if minutes == 1 { prompts.minute.clone() } else { prompts.minutes.clone() });
        }
        if seconds > 0 {
            sounds.extend(spoken(seconds));
            sounds.push(prompts.seconds.clone());
        }
        sounds
    }

    /// Plays the periodic announcement when it is due; true where a key leads elsewhere.
    pub async fn say_periodic(&mut self, call: &mut Call, wish: &Wish) -> bool {
        let settings = self.settings();
        let frequency = Duration::from_secs(settings.periodic_announce_frequency);
        let (last, pause) = match self.announced.periodic_at {
            Some(last) => (last, frequency),
            None => (self.place.begun, settings.periodic_announce_start.map_or(frequency, Duration::from_secs)),
        };
        if frequency.is_zero() || last.elapsed() < pause {
            return false;
        }
        let count = settings.periodic_announce.len().max(1);
        let index = match settings.random_periodic_announce {
            true => usize::try_from(call.exchange.random(0, count as i64 - 1)).unwrap_or(0),
            false => self.announced.next_periodic % count,
        };
        let sounds: Vec<String> = settings.periodic_announce.get(index).cloned().into_iter().collect();
        let begun = Instant::now();
        let leads_elsewhere = self.say(call, wish, &sounds).await;
        self.announced.periodic_at = Some(if settings.relative_periodic_announce { Instant::now() } else { begun });
        self.announced.next_periodic = index + 1;
        leads_elsewhere
    }

    /// Plays sounds in place of the music; true where a key leads elsewhere.
    async fn say(&mut self, call: &mut Call, wish: &Wish, sounds: &[String]) -> bool {
        self.end_sound();
        let played = playing::play_each(call, sounds, ANY_KEY).await;
        let leads_elsewhere = match played {
            Played::Key(key) => self.press(call, key),
            Played::Whole | Played::Failed => false,
        };
        if !leads_elsewhere {
            self.begin_sound(call, wish);
        }
        leads_elsewhere
    }
}
