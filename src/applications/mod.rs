//! The applications of the dialplan, one a file. [`APPLICATIONS`] is their index.

pub mod agents;
pub mod conference;
pub mod dial;
pub mod keying;
pub mod monitoring;
pub mod music;
pub mod parking;
pub mod playing;
pub mod queue;
pub mod recording;
pub mod saying;
pub mod talk;
pub mod voicemail;

mod agi;
mod amd;
mod answer;
mod audio_socket;
mod authenticate;
mod background;
mod background_detect;
mod blocks;
mod branching;
mod bridge;
mod bridge_add;
mod bridge_wait;
mod busy;
mod call_completion;
mod caller_presentation;
mod cel_gen_user_event;
mod chan_is_avail;
mod channel_redirect;
mod clear_hash;
mod congestion;
pub mod control_playback;
mod database;
mod dictate;
mod directory;
mod disa;
mod dump_chan;
mod echo;
mod exec;
mod exec_if;
mod exec_if_time;
mod fax;
mod follow_me;
mod gosub;
mod goto;
mod goto_if;
mod goto_if_time;
mod hangup;
mod hangup_cause_clear;
mod hearing;
mod import_var;
mod incomplete;
mod log;
mod looping;
mod macros;
mod message_send;
mod meter;
mod morsecode;
mod mset;
mod music_on_hold;
mod mysql;
mod network;
mod noop;
mod odbc_finish;
mod old_names;
mod originate;
pub mod originating;
mod page;
mod pickup;
mod playback;
mod player;
mod privacy_manager;
mod proceeding;
mod progress;
mod raise_exception;
mod read;
mod read_exten;
pub mod receive_text;
mod record;
mod records;
mod reload;
mod ringing;
mod send_dtmf;
mod send_text;
mod sending;
mod set;
mod signal;
mod sip_headers;
mod soft_hangup;
pub mod spying;
mod store_dtmf;
pub mod system;
mod tones;
mod transfer;
mod transferring;
mod try_exec;
mod user_event;
mod verbose;
mod wait;
mod wait_digit;
mod wait_exten;
mod wait_for_condition;
mod wait_for_silence;
mod wait_for_tone;
mod wait_until;
mod zapateller;

#[cfg(test)]
pub(crate) mod testing;

use crate::interpreter::Application;

/// All applications, sorted by name without case.
pub static APPLICATIONS: &[&Application] = &[
    &old_names::ABSOLUTE_TIMEOUT,
    &queue::members::ADD_QUEUE_MEMBER,
    &agents::login::AGENT_LOGIN,
    &agents::request::AGENT_REQUEST,
    &agi::AGI,
    &amd::AMD,
    &answer::ANSWER,
    &records::APPEND_CDR_USER_FIELD,
    &channel_redirect::ASYNC_GOTO,
    &transferring::ATTENDED_TRANSFER,
    &audio_socket::AUDIO_SOCKET,
    &authenticate::AUTHENTICATE,
    &background::BACKGROUND,
    &background_detect::BACKGROUND_DETECT,
    &transferring::BLIND_TRANSFER,
    &bridge::BRIDGE,
    &bridge_add::BRIDGE_ADD,
    &bridge_wait::BRIDGE_WAIT,
    &busy::BUSY,
    &call_completion::CALL_COMPLETION_CANCEL,
    &call_completion::CALL_COMPLETION_REQUEST,
    &cel_gen_user_event::CEL_GEN_USER_EVENT,
    &monitoring::monitor::CHANGE_MONITOR,
    &chan_is_avail::CHAN_IS_AVAIL,
    &channel_redirect::CHANNEL_REDIRECT,
    &spying::chan_spy::CHAN_SPY,
    &clear_hash::CLEAR_HASH,
    &conference::confbridge::CONFBRIDGE,
    &conference::confbridge::CONF_KICK,
    &congestion::CONGESTION,
    &looping::CONTINUE_WHILE,
    &control_playback::CONTROL_PLAYBACK,
    &saying::DATE_TIME,
    &database::DB_DEL,
    &database::DB_DEL_TREE,
    &database::DB_GET,
    &database::DB_PUT,
    &agi::DEAD_AGI,
    &dial::DIAL,
    &dictate::DICTATE,
    &old_names::DIGIT_TIMEOUT,
    &directory::DIRECTORY,
    &disa::DISA,
    &dump_chan::DUMP_CHAN,
    &agi::EAGI,
    &echo::ECHO,
    &branching::ELSE,
    &branching::ELSE_IF,
    &branching::END_IF,
    &looping::END_WHILE,
    &exec::EXEC,
    &exec_if::EXEC_IF,
    &exec_if_time::EXEC_IF_TIME,
    &branching::EXIT_IF,
    &looping::EXIT_WHILE,
    &spying::chan_spy::EXTEN_SPY,
    &follow_me::FOLLOW_ME,
    &records::FORK_CDR,
    &gosub::GOSUB,
    &gosub::conditional::GOSUB_IF,
    &goto::GOTO,
    &goto_if::GOTO_IF,
    &goto_if_time::GOTO_IF_TIME,
    &hangup::HANGUP,
    &hangup_cause_clear::HANGUP_CAUSE_CLEAR,
    &branching::IF,
    &import_var::IMPORT_VAR,
    &incomplete::INCOMPLETE,
    &log::LOG,
    &macros::MACRO,
    &macros::exclusive::MACRO_EXCLUSIVE,
    &macros::exit::MACRO_EXIT,
    &macros::conditional::MACRO_IF,
    &voicemail::exists::MAILBOX_EXISTS,
    &conference::meetme::MEETME,
    &conference::meetme::MEETME_ADMIN,
    &conference::meetme::MEETME_CHANNEL_ADMIN,
    &conference::meetme::MEETME_COUNT,
    &message_send::MESSAGE_SEND,
    &tones::MILLIWATT,
    &monitoring::mix_monitor::MIX_MONITOR,
    &monitoring::monitor::MONITOR,
    &morsecode::MORSECODE,
    &player::MP3_PLAYER,
    &mset::MSET,
    &music_on_hold::MUSIC_ON_HOLD,
    &mysql::MYSQL,
    &player::NBS_CAT,
    &records::NO_CDR,
    &noop::NOOP,
    &odbc_finish::ODBC_FINISH,
    &originate::ORIGINATE,
    &page::PAGE,
    &parking::park::PARK,
    &parking::announce::PARK_AND_ANNOUNCE,
    &parking::parked_call::PARKED_CALL,
    &monitoring::monitor::PAUSE_MONITOR,
    &queue::pause::PAUSE_QUEUE_MEMBER,
    &pickup::pickup_extension::PICKUP,
    &pickup::pickup_chan::PICKUP_CHAN,
    &playback::PLAYBACK,
    &tones::PLAY_TONES,
    &privacy_manager::PRIVACY_MANAGER,
    &proceeding::PROCEEDING,
    &progress::PROGRESS,
    &queue::QUEUE,
    &queue::log::QUEUE_LOG,
    &queue::update::QUEUE_UPDATE,
    &raise_exception::RAISE_EXCEPTION,
    &read::READ,
    &read_exten::READ_EXTEN,
    &fax::RECEIVE_FAX,
    &network::RECEIVE_MF,
    &network::RECEIVE_SF,
    &receive_text::RECEIVE_TEXT,
    &record::RECORD,
    &reload::RELOAD,
    &queue::members::REMOVE_QUEUE_MEMBER,
    &records::RESET_CDR,
    &old_names::RESPONSE_TIMEOUT,
    &dial::retry::RETRY_DIAL,
    &gosub::returning::RETURN,
    &ringing::RINGING,
    &saying::SAY_ALPHA,
    &saying::SAY_ALPHA_CASE,
    &saying::SAY_COUNTED_ADJ,
    &saying::SAY_COUNTED_NOUN,
    &saying::SAY_DIGITS,
    &saying::SAY_MONEY,
    &saying::SAY_NUMBER,
    &saying::SAY_ORDINAL,
    &saying::SAY_PHONETIC,
    &saying::SAY_UNIX_TIME,
    &send_dtmf::SEND_DTMF,
    &fax::SEND_FAX,
    &sending::SEND_IMAGE,
    &network::SEND_MF,
    &network::SEND_SF,
    &send_text::SEND_TEXT,
    &sending::SEND_URL,
    &set::SET,
    &records::SET_ACCOUNT,
    &records::SET_AMA_FLAGS,
    &old_names::SET_CALLER_ID,
    &caller_presentation::SET_CALLER_PRES,
    &records::SET_CDR_USER_FIELD,
    &old_names::SET_CID_NAME,
    &old_names::SET_CID_NUM,
    &old_names::SET_GLOBAL_VAR,
    &old_names::SET_LANGUAGE,
    &music_on_hold::SET_MUSIC_ON_HOLD,
    &old_names::SET_VAR,
    &signal::SIGNAL,
    &sip_headers::SIP_ADD_HEADER,
    &sip_headers::SIP_REMOVE_HEADER,
    &soft_hangup::SOFT_HANGUP,
    &gosub::stack_pop::STACK_POP,
    &music_on_hold::START_MUSIC_ON_HOLD,
    &monitoring::stop_mix_monitor::STOP_MIX_MONITOR,
    &monitoring::monitor::STOP_MONITOR,
    &music_on_hold::STOP_MUSIC_ON_HOLD,
    &tones::STOP_PLAY_TONES,
    &store_dtmf::STORE_DTMF,
    &echo::STREAM_ECHO,
    &system::SYSTEM,
    &transfer::TRANSFER,
    &try_exec::TRY_EXEC,
    &system::TRY_SYSTEM,
    &monitoring::monitor::UNPAUSE_MONITOR,
    &queue::pause::UNPAUSE_QUEUE_MEMBER,
    &user_event::USER_EVENT,
    &verbose::VERBOSE,
    &voicemail::authenticate::VM_AUTHENTICATE,
    &voicemail::say_name::VM_SAY_NAME,
    &voicemail::leave::VOICE_MAIL,
    &voicemail::main::VOICE_MAIL_MAIN,
    &voicemail::play_message::VOICE_MAIL_PLAY_MSG,
    &wait::WAIT,
    &wait_digit::WAIT_DIGIT,
    &wait_exten::WAIT_EXTEN,
    &wait_for_condition::WAIT_FOR_CONDITION,
    &wait_for_silence::WAIT_FOR_NOISE,
    &signal::WAIT_FOR_SIGNAL,
    &wait_for_silence::WAIT_FOR_SILENCE,
    &wait_for_tone::WAIT_FOR_TONE,
    &wait_until::WAIT_UNTIL,
    &looping::WHILE,
    &zapateller::ZAPATELLER,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_sorted_and_names_each_once() {
        let names: Vec<_> = APPLICATIONS.iter().map(|application| application.name.to_lowercase()).collect();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
    }
}
