//! Menus of `confbridge.conf`: what keys do.

use std::fmt;

use crate::bridging::room::Volume;
use crate::interpreter::{leading_integer, split_raw};

/// What a key does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Sounds, each to its end.
    Playback(String),
    /// Sounds, until a further key makes a longer sequence.
    PlaybackAndContinue(String),
    ToggleMute,
    Nothing,
    /// Turns a volume up or down; 0 sets it back.
    ChangeVolume(Volume, i8),
    /// Runs the plan from a place, and comes back.
    Dialplan {
        context: String,
        extension: String,
        priority: i32,
    },
    Leave,
    KickLast,
    ToggleLock,
    ToggleMuteParticipants,
    CountParticipants,
    /// Video and stereo, which there are not: the word.
    Unsupported(&'static str),
}

/// A menu.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Menu {
    pub name: String,
    /// Keys and what they do, in order of the file.
    pub entries: Vec<(String, Vec<Action>)>,
}

/// Whether a key of a section is a sequence of telephone keys.
pub fn is_sequence(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|key| key.is_ascii_digit() || "*#ABCD".contains(key))
}

/// The words of the actions that need no argument.
pub fn words() -> impl Iterator<Item = &'static str> {
    PLAIN.iter().map(|(word, _)| *word)
}

impl Menu {
    /// Adds an entry, in place of one for the same keys.
    ///
    /// # Errors
    /// Where an action is none: the entry does nothing then.
    pub fn add(&mut self, keys: &str, actions: &str) -> Result<(), String> {
        let actions = split_raw(actions, ',');
        let actions = actions.into_iter().map(str::trim).filter(|action| !action.is_empty());
        let actions = actions.map(Action::read).collect::<Result<Vec<_>, _>>()?;
        self.entries.retain(|(known, _)| known != keys);
        self.entries.push((keys.to_owned(), actions));
        Ok(())
    }

    /// What these keys do.
    pub fn find(&self, keys: &str) -> Option<&[Action]> {
        self.entries.iter().find(|(known, _)| known == keys).map(|(_, actions)| actions.as_slice())
    }
}

impl Action {
    fn read(text: &str) -> Result<Self, String> {
        let (word, argument) = match text.split_once('(') {
            Some((word, argument)) => (word.trim(), argument.trim_end().trim_end_matches(')').trim()),
            None => (text, ""),
        };
        if let Some((_, action)) = PLAIN.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)) {
            return Ok(action.clone());
        }
        let given = |action: fn(String) -> Self| match argument {
            "" => Err(format!("{word} needs a sound: {word}(conf-usermenu)")),
            sounds => Ok(action(sounds.to_owned())),
        };
        match word.to_ascii_lowercase().as_str() {
            "playback" => given(Self::Playback),
            "playback_and_continue" => given(Self::PlaybackAndContinue),
            "dialplan_exec" => {
                let fields = split_raw(argument, ',');
                let field = |at: usize| fields.get(at).map_or("", |field| field.trim()).to_owned();
                let priority = match field(2).as_str() {
                    "" => 1,
                    text => leading_integer(text).ok_or_else(|| format!("`{text}` is no priority"))?,
                };
                if field(0).is_empty() || field(1).is_empty() {
                    return Err("dialplan_exec needs a place: dialplan_exec(context,extension,priority)".to_owned());
                }
                Ok(Self::Dialplan { context: field(0), extension: field(1), priority })
            }
            _ => Err(format!("there is no action {word}")),
        }
    }
}

/// The actions without an argument.
const PLAIN: &[(&str, Action)] = &[
    ("toggle_mute", Action::ToggleMute),
    ("toggle_binaural", Action::Unsupported("toggle_binaural")),
    ("no_op", Action::Nothing),
    ("increase_listening_volume", Action::ChangeVolume(Volume::Listening, 1)),
    ("decrease_listening_volume", Action::ChangeVolume(Volume::Listening, -1)),
    ("reset_listening_volume", Action::ChangeVolume(Volume::Listening, 0)),
    ("increase_talking_volume", Action::ChangeVolume(Volume::Talking, 1)),
    ("decrease_talking_volume", Action::ChangeVolume(Volume::Talking, -1)),
    ("reset_talking_volume", Action::ChangeVolume(Volume::Talking, 0)),
    ("leave_conference", Action::Leave),
    ("admin_kick_last", Action::KickLast),
    ("admin_toggle_conference_lock", Action::ToggleLock),
    ("admin_toggle_mute_participants", Action::ToggleMuteParticipants),
    ("participant_count", Action::CountParticipants),
    ("set_as_single_video_src", Action::Unsupported("set_as_single_video_src")),
    ("release_as_single_video_src", Action::Unsupported("release_as_single_video_src")),
];

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Playback(sounds) => write!(formatter, "playback({sounds})"),
            Action::PlaybackAndContinue(sounds) => write!(formatter, "playback_and_continue({sounds})"),
            Action::Dialplan { context, extension, priority } => {
                write!(formatter, "dialplan_exec({context},{extension},{priority})")
            }
            plain => formatter.write_str(PLAIN.iter().find(|(_, action)| action == plain).map_or("", |(word, _)| word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_read_and_written_alike() {
        let text = "playback(a&b), playback_and_continue(c), dialplan_exec(ctx,s,1), toggle_mute, reset_talking_volume";
        let mut menu = Menu::default();
        menu.add("*1", text).unwrap();
        let written: Vec<String> = menu.find("*1").unwrap().iter().map(Action::to_string).collect();
        assert_eq!(written.join(", "), text);
        for (word, action) in PLAIN {
            assert_eq!((Action::read(&word.to_uppercase()), action.to_string().as_str()), (Ok(action.clone()), *word));
        }
    }

    #[test]
    fn what_is_no_action_says_so() {
        let problem = |text: &str| Menu::default().add("1", text).unwrap_err();
        assert_eq!(problem("dance"), "there is no action dance");
        assert!(problem("playback").contains("needs a sound"));
        assert!(problem("dialplan_exec(ctx)").contains("needs a place"));
        assert!(problem("dialplan_exec(ctx,s,x)").contains("no priority"));
        let mut menu = Menu::default();
        menu.add("1", "no_op").unwrap();
        menu.add("1", "leave_conference").unwrap();
        assert_eq!(menu.entries.len(), 1);
    }
}
