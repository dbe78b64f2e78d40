//! How an endpoint wants its calls to be signalled.

use std::net::IpAddr;
use std::time::Duration;

use super::Technology;
use crate::channel::caller_id::Presentation;
use crate::sip::sdp::Title;

/// `100rel`: whether provisional responses are acknowledged (RFC 3262).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reliability {
    /// Never.
    No,
    /// Where the peer requires it.
    Supported,
    /// Where the peer supports it.
    PeerSupported,
    /// Always; who cannot gets no call.
    Required,
}

/// What `pjsip.conf` says about the messages of an endpoint's calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signalling {
    /// `100rel`: `yes`, which is where the peer requires it.
    pub reliability: Reliability,
    /// `allow_overlap`: a number that is the beginning of one gets a 484: yes.
    pub allows_overlap: bool,
    /// `allow_transfer`: REFER is taken: yes.
    pub allows_transfer: bool,
    /// `refer_blind_progress`: who transfers hears how it goes on: yes.
    pub tells_transfers: bool,
    /// `inband_progress`: ringing is audio and a 183: no.
    pub rings_in_audio: bool,
    /// `ignore_183_without_sdp`: no.
    pub ignores_bare_progress: bool,
    /// `send_connected_line`: yes.
    pub tells_connected: bool,
    /// `trust_connected_line`: who answers may say who it is: yes.
    pub trusts_connected: bool,
    /// `trust_id_outbound`: it is told of callers who want to be hidden: no.
    pub trusts_outbound: bool,
    /// `send_diversion`: yes.
    pub tells_diversion: bool,
    /// `send_history_info`: no.
    pub tells_history: bool,
    /// `suppress_q850_reason_headers`, `use_q850_reason`: why a call ended is said and believed: yes in `pjsip.conf`.
    pub gives_reasons: bool,
    /// `moh_passthrough`: hold is passed on as hold: no.
    pub passes_hold: bool,
    /// `callerid_privacy`: whether those may be shown the configured `callerid` whom it calls: yes.
    pub caller_presentation: Presentation,
    /// `contact_user`: the user of our Contact.
    pub contact_user: Option<String>,
    /// `sdp_owner`, `sdp_session`, `sdpowner`, `sdpsession`: what our descriptions call themselves.
    pub title: Title,
    /// `media_address`: the address that our descriptions say, in place of our own.
    pub media_address: Option<IpAddr>,
    /// `tone_zone`: whose tones it hears.
    pub tone_zone: Option<String>,
    /// `one_touch_recording`: an INFO with `Record` presses a feature's keys: no.
    pub records_on_request: bool,
    /// `record_on_feature`, `record_off_feature`: which feature.
    pub record_features: [String; 2],
    /// `aggregate_mwi`: one NOTIFY tells of all its mailboxes: yes.
    pub aggregates_mailboxes: bool,
    /// `allow_subscribe`: yes.
    pub allows_subscriptions: bool,
    /// `notify_early_inuse_ringing`: its lamps show that an extension rings that talks already: no.
    pub rings_in_use: bool,
    /// `sub_min_expiry`: the shortest subscription.
    pub least_subscription: Duration,
}

impl Signalling {
    /// The defaults of a technology.
    pub fn of(technology: Technology) -> Self {
        let is_pjsip = technology == Technology::Pjsip;
        Self {
            reliability: if is_pjsip { Reliability::Supported } else { Reliability::No },
            allows_overlap: true,
            allows_transfer: true,
            tells_transfers: true,
            rings_in_audio: false,
            ignores_bare_progress: false,
            tells_connected: true,
            trusts_connected: true,
            trusts_outbound: false,
            tells_diversion: true,
            tells_history: false,
            gives_reasons: is_pjsip,
            passes_hold: false,
            caller_presentation: Presentation::default(),
            contact_user: None,
            title: if is_pjsip { Title::default() } else { Title { owner: "root".to_owned(), ..Title::default() } },
            media_address: None,
            tone_zone: None,
            records_on_request: false,
            record_features: ["automixmon".to_owned(), "automixmon".to_owned()],
            aggregates_mailboxes: true,
            allows_subscriptions: true,
            rings_in_use: false,
            least_subscription: Duration::ZERO,
        }
    }
}
