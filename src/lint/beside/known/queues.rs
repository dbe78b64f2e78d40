//! queues.conf, agents.conf and followme.conf

use super::is_general;
use crate::conf::Section;
use crate::lint::beside::keys::{Keys, Kind, NONE};

pub(super) fn queues(section: &Section) -> Option<Kind> {
    Some(if is_general(section) { ("[general] of queues.conf", GENERAL) } else { ("a queue", QUEUE) })
}

const GENERAL: Keys = Keys {
    flags: "autofill force_longest_waiting_caller keepstats log-caller-id-name log_membername_as_agent \
            negative_penalty_invalid persistentmembers shared_lastcall updatecdr",
    words: &[("monitor-type", "mixmonitor monitor")],
    ..NONE
};

const QUEUE: Keys = Keys {
    flags: "announce-position-only-up announce-to-first-user autofill autopausebusy autopauseunavail eventmemberstatus \
            keepstats log-restricted-caller-id random-periodic-announce relative-periodic-announce reportholdtime \
            ringinuse setinterfacevar setqueueentryvar setqueuevar timeoutrestart",
    numbers: "announce-frequency announce-position-limit announce-round-seconds autopausedelay maxlen memberdelay \
              min-announce-frequency penaltymemberslimit periodic-announce-frequency periodic-announce-startdelay retry \
              servicelevel timeout weight wrapuptime",
    words: &[
        ("announce-holdtime", "yes no once true false"),
        ("announce-position", "yes no limit more true false"),
        ("autopause", "yes no all true false"),
        ("strategy", "ringall leastrecent fewestcalls random rrmemory rrordered linear wrandom roundrobin"),
        ("timeoutpriority", "app conf"),
        ("eventwhencalled", "yes no vars true false"),
        ("monitor-type", "mixmonitor monitor"),
    ],
    contexts: "context membergosub",
    music: "music musicclass musiconhold",
    members: "member",
    texts: "announce defaultrule joinempty leavewhenempty membermacro monitor-format monitor-join periodic-announce",
    beginnings: "queue-",
    // Asterisk 12 and later have no use for these either, but for statistics that survive a reload.
    idle: "eventmemberstatus eventwhencalled monitor-join keepstats",
    ..NONE
};

pub(super) fn rules(section: &Section) -> Option<Kind> {
    Some(if is_general(section) {
        ("[general] of queuerules.conf", Keys { flags: "realtime_rules", idle: "realtime_rules", ..NONE })
    } else {
        ("a rule", Keys { texts: "penaltychange", ..NONE })
    })
}

pub(super) fn agents(section: &Section) -> Option<Kind> {
    Some(match section.name.to_ascii_lowercase().as_str() {
        "general" => ("[general] of agents.conf", Keys { flags: "multiplelogin persistentagents", ..NONE }),
        "agents" => ("[agents] of agents.conf", OLD_AGENTS),
        _ => ("an agent", AGENT),
    })
}

const AGENT: Keys = Keys {
    flags: "ackcall recordagentcalls",
    numbers: "autologoff wrapuptime",
    music: "musiconhold",
    texts: "acceptdtmf custom_beep fullname",
    ..NONE
};

/// Until Asterisk 11.
const OLD_AGENTS: Keys = Keys {
    flags: "createlink enddtmf endcall recordagentcalls updatecdr autologoffunavail",
    numbers: "autologoff maxlogintries wrapuptime",
    music: "musiconhold",
    texts: "acceptdtmf ackcall agent agentgoodbye custom_beep goodbye group recordformat savecallsin urlprefix",
    ..NONE
};

pub(super) fn followme(section: &Section) -> Option<Kind> {
    Some(if is_general(section) {
        let texts = "featuredigittimeout takecall declinecall call_from_prompt call-from-prompt norecording_prompt \
                     norecording-prompt options_prompt options-prompt hold_prompt pls_hold_prompt pls-hold-prompt \
                     status_prompt status-prompt sorry_prompt sorry-prompt connecting_prompt";
        ("[general] of followme.conf", Keys { flags: "enable_callee_prompt", texts, ..NONE })
    } else {
        ("a profile of followme.conf", FOLLOWME)
    })
}

const FOLLOWME: Keys = Keys {
    flags: "enable_callee_prompt",
    contexts: "context",
    music: "music musicclass musiconhold",
    texts: "number takecall declinecall call_from_prompt call-from-prompt norecording_prompt norecording-prompt \
            followme_norecording_prompt options_prompt options-prompt hold_prompt pls_hold_prompt pls-hold-prompt \
            status_prompt status-prompt sorry_prompt sorry-prompt connecting_prompt",
    ..NONE
};
