//! Files of phones and trunks. Those that exten registers read their settings themselves; here stands what they name.

use super::is_general;
use crate::conf::Section;
use crate::lint::beside::keys::{Keys, Kind, NONE};

pub(super) fn sip(_: &Section) -> Option<Kind> {
    let music = "mohinterpret mohsuggest musicclass";
    Some(("sip.conf", Keys { mailboxes: "mailbox", music, is_open: true, ..NONE }))
}

pub(super) fn pjsip(_: &Section) -> Option<Kind> {
    Some(("pjsip.conf", Keys { mailboxes: "mailboxes", music: "moh_suggest", is_open: true, ..NONE }))
}

pub(super) fn wizard(section: &Section) -> Option<Kind> {
    // A section without a type is for nobody, or for templates.
    section.get("type").map(|_| ("a phone of pjsip_wizard.conf", WIZARD))
}

const WIZARD: Keys = Keys {
    flags: "accepts_auth accepts_registrations has_hint has_phoneprov sends_auth sends_line_with_registrations \
            sends_registrations",
    words: &[("type", "wizard")],
    contexts: "endpoint/context hint_context",
    music: "endpoint/moh_suggest",
    mailboxes: "endpoint/mailboxes aor/mailboxes",
    texts: "client_uri_pattern contact_pattern hint_application hint_exten outbound_proxy remote_hosts \
            server_uri_pattern transport",
    beginnings: "aor/ endpoint/ identify/ inbound_auth/ outbound_auth/ phoneprov/ registration/",
    ..NONE
};

pub(super) fn iax(section: &Section) -> Option<Kind> {
    Some(match section.name.to_ascii_lowercase().as_str() {
        _ if is_general(section) => ("[general] of iax.conf", GENERAL),
        "callnumberlimits" => return None,
        _ => ("a peer of iax.conf", PEER),
    })
}

const GENERAL: Keys = Keys {
    flags: "adsi allowfwdownload autokill delayreject forcejitterbuffer iaxcompat jitterbuffer nochecksums rtautoclear \
            rtcachefriends rtignoreregexpire rtsavesysname rtupdate srvlookup trunktimestamps shrinkcallerid",
    numbers: "authdebug bindport calltokenexpiration iaxmaxthreadcount iaxthreadcount jittertargetextra \
              maxauthreq maxcallnumbers maxcallnumbers_nonvalidated maxexcessbuffer maxjitterbuffer maxjitterinterps \
              maxregexpire minexcessbuffer minregexpire pingtime lagrqtime port resyncthreshold trunkfreq \
              trunkmaxsize trunkmtu",
    contexts: "context",
    music: "mohinterpret mohsuggest",
    texts: "accountcode allow amaflags auth bandwidth bindaddr regcontext calltokenoptional codecpriority connectedline \
            cos disallow dropcount encryption forceencryption language mailboxdetail parkinglot qos register \
            requirecalltoken tos transfer",
    ..NONE
};

const PEER: Keys = Keys {
    flags: "hascallerid immediate jitterbuffer forcejitterbuffer nochecksums qualifysmoothing rtignoreregexpire \
            sendani trunk adsi sendtext shrinkcallerid",
    numbers: "maxauthreq maxcallnumbers port qualifyfreqnotok qualifyfreqok",
    words: &[("type", "friend peer user")],
    contexts: "context",
    music: "mohinterpret mohsuggest",
    mailboxes: "mailbox",
    texts: "accountcode allow amaflags auth bandwidth callerid cid_number codecpriority codecs connectedline \
            defaultip regcontext deny disallow encryption forceencryption fullname hasiax hassip host inkeys keyrotate language mask \
            outkey parkinglot peercontext permit acl qualify regexten requirecalltoken secret dbsecret setvar sourceaddress \
            timezone transfer username zone tos cos adsi vmexten",
    ..NONE
};
