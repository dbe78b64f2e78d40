//! The functions of the dialplan, one a file (families that share state share a folder). [`FUNCTIONS`] is their index.
//!
//! A function is read as `${NAME(arguments)}` and written by `Set(NAME(arguments)=value)`. Text is any UTF-8; lengths
//! and offsets count bytes, as in Asterisk.

pub mod audio;
mod channels;
mod database;
mod dns;
mod endpoints;
mod fields;
mod group;
mod list;
mod logic;
mod numbers;
pub mod outside;
mod party;
mod plan;
mod queue;
mod room;
mod state;
mod system;
mod text;
mod variable;
mod voicemail;

pub mod hash;
pub mod odbc;
pub mod time;

use crate::interpreter::Function;

/// All functions, sorted by name without case.
pub static FUNCTIONS: &[&Function] = &[
    &numbers::abs::ABS,
    &text::aes::AES_DECRYPT,
    &text::aes::AES_ENCRYPT,
    &queue::agent::AGENT,
    &list::array::ARRAY,
    &system::ast_config::AST_CONFIG,
    &audio::inherit::AUDIOHOOK_INHERIT,
    &text::base64::BASE64_DECODE,
    &text::base64::BASE64_ENCODE,
    &system::path::BASENAME,
    &database::blacklist::BLACKLIST,
    &channels::callcompletion::CALLCOMPLETION,
    &party::callerid::CALLERID,
    &party::callerpres::CALLERPRES,
    &channels::cdr::CDR,
    &channels::cdr_prop::CDR_PROP,
    &channels::channel::CHANNEL,
    &channels::list::CHANNEL_EXISTS,
    &channels::list::CHANNELS,
    &channels::confbridge::CONFBRIDGE,
    &room::channels::CONFBRIDGE_CHANNELS,
    &room::info::CONFBRIDGE_INFO,
    &party::connectedline::CONNECTEDLINE,
    &text::quote::CSV_QUOTE,
    &system::curl::CURL,
    &channels::curlopt::CURLOPT,
    &text::cut::CUT,
    &database::db::DB,
    &database::db::DB_DELETE,
    &database::db::DB_EXISTS,
    &database::keys::DB_KEYCOUNT,
    &database::keys::DB_KEYS,
    &numbers::inc::DEC,
    &variable::exists::DELETE,
    &audio::denoise::DENOISE,
    &state::device_state::DEVICE_STATE,
    &database::dialgroup::DIALGROUP,
    &plan::exists::DIALPLAN_EXISTS,
    &text::digit_sum::DIGIT_SUM,
    &system::path::DIRNAME,
    &dns::enumlookup::ENUMLOOKUP,
    &dns::enumquery::ENUMQUERY,
    &dns::enumquery::ENUMRESULT,
    &system::env::ENV,
    &text::eval::EVAL,
    &plan::eval_exten::EVAL_EXTEN,
    &plan::eval_sub::EVAL_SUB,
    &plan::exception::EXCEPTION,
    &logic::exists::EXISTS,
    &channels::export::EXPORT,
    &state::extension_state::EXTENSION_STATE,
    &channels::faxopt::FAXOPT,
    &channels::feature::FEATURE,
    &channels::feature::FEATUREMAP,
    &text::fieldnum::FIELDNUM,
    &text::fieldqty::FIELDQTY,
    &system::file::FILE,
    &system::file::FILE_COUNT_LINE,
    &system::file::FILE_FORMAT,
    &text::filter::FILTER,
    &room::find_free_conf::FIND_FREE_CONF,
    &variable::global::GLOBAL,
    &variable::global::GLOBAL_DELETE,
    &variable::global::GLOBAL_EXISTS,
    &group::GROUP,
    &group::GROUP_COUNT,
    &group::GROUP_LIST,
    &group::GROUP_MATCH_COUNT,
    &channels::hangupcause::HANGUPCAUSE,
    &channels::hangupcause::HANGUPCAUSE_KEYS,
    &hash::HASH,
    &hash::HASHKEYS,
    &plan::hint::HINT,
    &channels::iaxvar::IAXPEER,
    &channels::iaxvar::IAXVAR,
    &text::iconv::ICONV,
    &logic::conditional::IF,
    &logic::ifmodule::IFMODULE,
    &logic::iftime::IFTIME,
    &channels::import::IMPORT,
    &numbers::inc::INC,
    &logic::exists::ISNULL,
    &audio::jitter_buffer::JITTERBUFFER,
    &text::json_decode::JSON_DECODE,
    &text::keypadhash::KEYPADHASH,
    &channels::language::LANGUAGE,
    &text::len::LEN,
    &list::listfilter::LISTFILTER,
    &variable::local::LOCAL,
    &variable::local::LOCAL_PEEK,
    &state::lock::LOCK,
    &text::trim::LTRIM,
    &voicemail::exists::MAILBOX_EXISTS,
    &channels::master_channel::MASTER_CHANNEL,
    &numbers::math::MATH,
    &numbers::minimum::MAX,
    &text::digest::MD5,
    &room::info::MEETME_INFO,
    &channels::message::MESSAGE,
    &channels::message::MESSAGE_DATA,
    &numbers::minimum::MIN,
    &audio::mix_monitor::MIXMONITOR,
    &channels::language::MUSICCLASS,
    &audio::mute::MUTEAUDIO,
    &odbc::ODBC_FETCH,
    &text::passthru::PASSTHRU,
    &endpoints::aor::PJSIP_AOR,
    &endpoints::contact::PJSIP_CONTACT,
    &channels::headers::PJSIP_DIAL_CONTACTS,
    &endpoints::endpoint::PJSIP_ENDPOINT,
    &channels::headers::PJSIP_HEADER,
    &channels::header_param::PJSIP_HEADER_PARAM,
    &channels::headers::PJSIP_HEADERS,
    &channels::media_offer::PJSIP_MEDIA_OFFER,
    &endpoints::uri::PJSIP_PARSE_URI,
    &endpoints::uri::PJSIP_PARSE_URI_FROM,
    &channels::headers::PJSIP_RESPONSE_HEADER,
    &channels::headers::PJSIP_RESPONSE_HEADERS,
    &channels::session_refresh::PJSIP_SEND_SESSION_REFRESH,
    &list::pop::POP,
    &state::presence_state::PRESENCE_STATE,
    &list::push::PUSH,
    &queue::waiting::QUEUE_EXISTS,
    &queue::get_channel::QUEUE_GET_CHANNEL,
    &queue::member::QUEUE_MEMBER,
    &queue::member::QUEUE_MEMBER_COUNT,
    &queue::member_list::QUEUE_MEMBER_LIST,
    &queue::member::QUEUE_MEMBER_PENALTY,
    &queue::variables::QUEUE_VARIABLES,
    &queue::waiting::QUEUE_WAITING_COUNT,
    &text::quote::QUOTE,
    &numbers::rand::RAND,
    &database::realtime::REALTIME,
    &database::realtime::REALTIME_DESTROY,
    &database::realtime::REALTIME_FIELD,
    &database::realtime::REALTIME_HASH,
    &database::realtime::REALTIME_STORE,
    &party::redirecting::REDIRECTING,
    &text::regex::REGEX,
    &text::replace::REPLACE,
    &text::trim::RTRIM,
    &text::sayfiles::SAYFILES,
    &logic::set::SET,
    &text::digest::SHA1,
    &channels::shared::SHARED,
    &system::shell::SHELL,
    &list::pop::SHIFT,
    &channels::headers::SIP_HEADER,
    &channels::headers::SIP_HEADERS,
    &endpoints::peer::SIPPEER,
    &list::sort::SORT,
    &text::sprintf::SPRINTF,
    &odbc::SQL_ESC,
    &odbc::SQL_ESC_BACKSLASHES,
    &dns::srv::SRVQUERY,
    &dns::srv::SRVRESULT,
    &plan::stack_peek::STACK_PEEK,
    &system::stat::STAT,
    &text::strbetween::STRBETWEEN,
    &time::strftime::STRFTIME,
    &time::strptime::STRPTIME,
    &text::strreplace::STRREPLACE,
    &system::sysinfo::SYSINFO,
    &audio::talk_detect::TALK_DETECT,
    &time::testtime::TESTTIME,
    &channels::timeout::TIMEOUT,
    &text::case::TOLOWER,
    &audio::tone_detect::TONE_DETECT,
    &text::case::TOUPPER,
    &text::trim::TRIM,
    &state::lock::TRYLOCK,
    &dns::txtcidname::TXTCIDNAME,
    &state::lock::UNLOCK,
    &list::push::UNSHIFT,
    &text::uri::URIDECODE,
    &text::uri::URIENCODE,
    &text::uuid::UUID,
    &plan::exists::VALID_EXTEN,
    &variable::exists::VARIABLE_EXISTS,
    &system::version::VERSION,
    &voicemail::info::VM_INFO,
    &voicemail::info::VMCOUNT,
    &audio::volume::VOLUME,
];

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::channel::Channel;
    use crate::channel::caller_id::{Party, parse};
    use crate::channel::simulated::{Behaviour, SimulatedTechnology};
    use crate::interpreter::{Clock, Context, Exchange};
    use crate::server::{Configuration, Setup};

    const PLAN: &str = "
[default]
exten => 100,1,NoOp()
exten => 200,1,NoOp()
 same => n(lbl),NoOp()
exten => 200,hint,Custom:lamp
[values]
exten => square,1,Return($[${N} * ${N}])
";

    /// A call at 100@default,1 in which functions are tried. The clock stands at 2023-11-14 22:13:20 UTC.
    pub struct Bench {
        exchange: Arc<Exchange>,
        pub channel: Arc<Channel>,
        phones: Arc<SimulatedTechnology>,
        folder: tempfile::TempDir,
    }

    impl Bench {
        /// A call of `caller`, written as a caller ID; of nobody known if it is empty.
        pub fn new(caller: &str) -> Self {
            Self::with_files(caller, &[])
        }

        /// The same with further files beside the plan.
        pub fn with_files(caller: &str, files: &[(&str, &str)]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            for (name, text) in files {
                std::fs::write(folder.path().join(name), text).unwrap();
            }
            std::fs::write(folder.path().join("extensions.conf"), PLAN).unwrap();
            let start = "2023-11-14T22:13:20+00:00[UTC]".parse().unwrap();
            let clock = Clock::Simulated { start, since: tokio::time::Instant::now() };
            let setup = Setup { clock, seed: 1, ..Setup::default() };
            let exchange = Configuration::load(folder.path()).exchange(setup);
            let phones = SimulatedTechnology::new([], Behaviour::Rings);
            let (channel, _) = phones.dial(&exchange.channels, "SIP", "2001", |state| {
                state.position.set("default", "100", 1);
                if !caller.is_empty() {
                    let (name, number) = parse(caller);
                    state.caller = Party::new(&name, &number);
                }
            });
            Self { exchange, channel, phones, folder }
        }

        /// Another call, from the phone of that name.
        pub fn call(&self, phone: &str) -> Arc<Channel> {
            self.phones.dial(&self.exchange.channels, "SIP", phone, |_| {}).0
        }

        /// The folder of the configuration.
        pub fn folder(&self) -> &Path {
            self.folder.path()
        }

        /// Lets `work` do as a step of the call does.
        pub fn with<T>(&self, work: impl FnOnce(&mut Context<'_>) -> T) -> T {
            work(&mut Context::new(&self.exchange, &self.exchange.plan(), &self.channel))
        }

        /// What a text becomes by substitution.
        pub fn value(&self, text: &str) -> String {
            self.value_on(&self.channel, text)
        }

        /// The same on another channel.
        pub fn value_on(&self, channel: &Arc<Channel>, text: &str) -> String {
            Context::new(&self.exchange, &self.exchange.plan(), channel).expand(text)
        }

        /// Sets a variable or function.
        pub fn set(&self, name: &str, value: &str) {
            self.with(|context| context.set(name, value));
        }
    }

    /// What a text becomes by substitution in a fresh call.
    pub fn value(text: &str) -> String {
        Bench::new("").value(text)
    }

    /// The same with variables set.
    pub fn value_with(variables: &[(&str, &str)], text: &str) -> String {
        let bench = Bench::new("");
        variables.iter().for_each(|(name, value)| bench.set(name, value));
        bench.value(text)
    }

    #[test]
    fn the_index_is_sorted_and_names_each_once() {
        let names: Vec<_> = FUNCTIONS.iter().map(|function| function.name.to_lowercase()).collect();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
    }

    #[test]
    fn every_function_can_be_read_or_written() {
        for function in FUNCTIONS {
            assert!(function.read.is_some() || function.write.is_some(), "{}", function.name);
        }
    }

    #[tokio::test]
    async fn odd_arguments_are_answered_and_never_a_panic() {
        let bench = Bench::new("Ann <2001>");
        for function in FUNCTIONS.iter().filter(|function| !function.is_dangerous) {
            for arguments in [
                "",
                ",",
                ",,,,",
                "ö",
                "a,ö,-1",
                "-1,l",
                "9999999999999999999999",
                "%",
                "\\",
                "\"(",
                "x:y?z:w",
                "1,2,3,4,5",
            ] {
                bench.with(|context| {
                    let mut out = "é".to_owned();
                    if let Some(read) = function.read {
                        let _ = read(context, arguments, &mut out);
                    }
                    if let Some(write) = function.write {
                        let _ = write(context, arguments, "ö,\"x\\");
                    }
                });
            }
        }
    }
}
