//! The actions: one list, and a file for each family.

mod action;
mod channels;
mod confbridge;
mod conversation;
mod core;
mod database;
mod hangup;
mod meetme;
mod originate;
mod redirect;
mod status;
mod variables;

pub use action::{Action, Answer, Answering, Asked, Run};

/// All actions, sorted by name without case.
pub static ACTIONS: &[&Action] = &[
    &channels::ABSOLUTE_TIMEOUT,
    &conversation::CHALLENGE,
    &core::COMMAND,
    &confbridge::KICK,
    &confbridge::LIST,
    &confbridge::LIST_ROOMS,
    &confbridge::LOCK,
    &confbridge::MUTE,
    &confbridge::SET_SINGLE_VIDEO_SOURCE,
    &confbridge::START_RECORD,
    &confbridge::STOP_RECORD,
    &confbridge::UNLOCK,
    &confbridge::UNMUTE,
    &core::CORE_SETTINGS,
    &status::CORE_SHOW_CHANNEL_MAP,
    &status::CORE_SHOW_CHANNELS,
    &core::CORE_STATUS,
    &database::DB_DEL,
    &database::DB_DEL_TREE,
    &database::DB_GET,
    &database::DB_GET_TREE,
    &database::DB_PUT,
    &conversation::EVENTS,
    &conversation::FILTER,
    &variables::GETVAR,
    &hangup::HANGUP,
    &conversation::LIST_COMMANDS,
    &channels::LOCAL_OPTIMIZE_AWAY,
    &conversation::LOGIN,
    &conversation::LOGOFF,
    &meetme::LIST,
    &meetme::LIST_ROOMS,
    &meetme::MUTE,
    &meetme::UNMUTE,
    &originate::ORIGINATE,
    &conversation::PING,
    &channels::PLAY_DTMF,
    &redirect::REDIRECT,
    &core::RELOAD,
    &channels::SEND_TEXT,
    &variables::SETVAR,
    &status::STATUS,
    &conversation::USER_EVENT,
    &conversation::WAIT_EVENT,
];

/// The action of this name, in any case.
pub fn find(name: &str) -> Option<&'static Action> {
    ACTIONS.iter().copied().find(|action| action.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_names_each_once() {
        let names: Vec<_> = ACTIONS.iter().map(|action| action.name.to_ascii_lowercase()).collect();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
        assert!(ACTIONS.iter().all(|action| !action.synopsis.is_empty()));
    }

    #[test]
    fn a_name_is_found_in_any_case() {
        assert_eq!(find("pInG").map(|action| action.name), Some("Ping"));
        assert!(find("Pin").is_none());
    }
}
