//! The actions: one list, and a file for each family.

mod action;
mod agents;
mod agi;
mod bridges;
mod channels;
mod confbridge;
mod conversation;
mod core;
mod database;
mod files;
mod hangup;
mod mailbox;
mod meetme;
mod message;
mod originate;
mod parking;
mod pjsip;
mod plan;
mod queue;
mod recording;
mod redirect;
mod signals;
mod sip;
mod states;
mod status;
mod transfer;
mod variables;

pub use action::{Action, Answer, Answering, Asked, Run};

/// All actions, sorted by name without case.
pub static ACTIONS: &[&Action] = &[
    &channels::ABSOLUTE_TIMEOUT,
    &agents::AGENT_LOGOFF,
    &agents::AGENTS,
    &agi::AGI,
    &signals::AOC_MESSAGE,
    &transfer::ATXFER,
    &transfer::BLIND_TRANSFER,
    &bridges::BRIDGE,
    &bridges::BRIDGE_DESTROY,
    &bridges::BRIDGE_INFO,
    &bridges::BRIDGE_KICK,
    &bridges::BRIDGE_LIST,
    &bridges::BRIDGE_TECHNOLOGY_LIST,
    &bridges::BRIDGE_TECHNOLOGY_SUSPEND,
    &bridges::BRIDGE_TECHNOLOGY_UNSUSPEND,
    &transfer::CANCEL_ATXFER,
    &conversation::CHALLENGE,
    &recording::CHANGE_MONITOR,
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
    &channels::CONTROL_PLAYBACK,
    &core::CORE_SETTINGS,
    &status::CORE_SHOW_CHANNEL_MAP,
    &status::CORE_SHOW_CHANNELS,
    &core::CORE_STATUS,
    &files::CREATE_CONFIG,
    &database::DB_DEL,
    &database::DB_DEL_TREE,
    &database::DB_GET,
    &database::DB_GET_TREE,
    &database::DB_PUT,
    &states::DEVICE_STATE_LIST,
    &plan::DIALPLAN_EXTENSION_ADD,
    &plan::DIALPLAN_EXTENSION_REMOVE,
    &conversation::EVENTS,
    &states::EXTENSION_STATE,
    &states::EXTENSION_STATE_LIST,
    &conversation::FILTER,
    &files::GET_CONFIG,
    &files::GET_CONFIG_JSON,
    &variables::GETVAR,
    &hangup::HANGUP,
    &files::LIST_CATEGORIES,
    &conversation::LIST_COMMANDS,
    &channels::LOCAL_OPTIMIZE_AWAY,
    &plan::LOGGER_ROTATE,
    &conversation::LOGIN,
    &conversation::LOGOFF,
    &mailbox::MAILBOX_COUNT,
    &mailbox::MAILBOX_STATUS,
    &meetme::LIST,
    &meetme::LIST_ROOMS,
    &meetme::MUTE,
    &meetme::UNMUTE,
    &message::MESSAGE_SEND,
    &recording::MIX_MONITOR,
    &recording::MIX_MONITOR_MUTE,
    &plan::MODULE_CHECK,
    &plan::MODULE_LOAD,
    &recording::MONITOR,
    &channels::MUTE_AUDIO,
    &mailbox::MWI_DELETE,
    &mailbox::MWI_GET,
    &mailbox::MWI_UPDATE,
    &originate::ORIGINATE,
    &parking::PARK,
    &parking::PARKED_CALLS,
    &parking::PARKINGLOTS,
    &recording::PAUSE_MONITOR,
    &conversation::PING,
    &hangup::PJSIP_HANGUP,
    &pjsip::NOTIFY,
    &pjsip::QUALIFY,
    &pjsip::REGISTER,
    &pjsip::SHOW_AORS,
    &pjsip::SHOW_AUTHS,
    &pjsip::SHOW_CONTACTS,
    &pjsip::SHOW_ENDPOINT,
    &pjsip::SHOW_ENDPOINTS,
    &pjsip::SHOW_REGISTRATION_INBOUND_CONTACT_STATUSES,
    &pjsip::SHOW_REGISTRATIONS_INBOUND,
    &pjsip::SHOW_REGISTRATIONS_OUTBOUND,
    &pjsip::SHOW_RESOURCE_LISTS,
    &pjsip::SHOW_SUBSCRIPTIONS_INBOUND,
    &pjsip::SHOW_SUBSCRIPTIONS_OUTBOUND,
    &pjsip::UNREGISTER,
    &channels::PLAY_DTMF,
    &signals::PLAY_MF,
    &states::PRESENCE_STATE,
    &states::PRESENCE_STATE_LIST,
    &queue::QUEUE_ADD,
    &queue::QUEUE_CHANGE_PRIORITY_CALLER,
    &queue::QUEUE_LOG,
    &queue::QUEUE_MEMBER_RING_IN_USE,
    &queue::QUEUE_PAUSE,
    &queue::QUEUE_PENALTY,
    &queue::QUEUE_RELOAD,
    &queue::QUEUE_REMOVE,
    &queue::QUEUE_RESET,
    &queue::QUEUE_RULE,
    &queue::QUEUE_STATUS,
    &queue::QUEUE_SUMMARY,
    &queue::QUEUE_WITHDRAW_CALLER,
    &redirect::REDIRECT,
    &core::RELOAD,
    &signals::SEND_FLASH,
    &channels::SEND_TEXT,
    &variables::SETVAR,
    &plan::SHOW_DIAL_PLAN,
    &sip::SIP_NOTIFY,
    &sip::SIP_PEERS,
    &sip::SIP_PEER_STATUS,
    &sip::SIP_QUALIFY_PEER,
    &sip::SIP_SHOW_PEER,
    &sip::SIP_SHOW_REGISTRY,
    &status::STATUS,
    &recording::STOP_MIX_MONITOR,
    &recording::STOP_MONITOR,
    &recording::UNPAUSE_MONITOR,
    &files::UPDATE_CONFIG,
    &conversation::USER_EVENT,
    &mailbox::VOICEMAIL_BOX_SUMMARY,
    &mailbox::VOICEMAIL_FORWARD,
    &mailbox::VOICEMAIL_MOVE,
    &mailbox::VOICEMAIL_REFRESH,
    &mailbox::VOICEMAIL_REMOVE,
    &mailbox::VOICEMAIL_USERS_LIST,
    &mailbox::VOICEMAIL_USER_STATUS,
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
