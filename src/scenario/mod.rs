//! Stories: what an admin's plan is to do, told line by line and played on virtual phones in virtual time.
//!
//! A story stands in a Markdown document, in a fence with the info string `scenario`; the heading above it is its name.
//! Its plan is the `extensions.conf` beside the document or in the nearest folder above, unless the document itself gives
//! configuration files in fences whose info string is their name (`extensions.conf`, `sip.conf`, …).
//!
//! ```text
//! 2001 dials 2002              ; phones of sip.conf and pjsip.conf, from their contexts
//! 2002 rings within 2s
//! 2002 answers
//! 2001 talks with 2002         ; real audio: each phone has a voice of its own
//! 2001 hangs up
//! 2002 is hung up with cause 16
//! ```
//!
//! # How a line is read
//!
//! A line does something, or expects something. What is expected may be so already or become so: a line waits up to 30
//! seconds of virtual time, or as long as `within` says. What happens to a phone (a sound, a tone, a hang-up) is looked for
//! behind what that phone's last line found or did, so the lines about one phone are in order, and those about different
//! phones need not be. What is not to be (`does not …`, `hears nobody`) has to stay away for half a second, or for all of
//! `within`. Behind the last line everybody hangs up.
//!
//! # What a story finds and leaves
//!
//! Each story begins with empty mailboxes, an empty AstDB, and nobody in any room. What it writes (messages, recordings,
//! databases of scripts, new passwords) goes into a temporary folder that `${ASTSPOOLDIR}`, `${ASTLOGDIR}`, `${ASTDBDIR}`,
//! `${ASTRUNDIR}` and, unless the sounds are there, `${ASTVARLIBDIR}` name, and is deleted at its end. Sounds, scripts and
//! configuration are those of the plan. Programs that the plan runs are really run, and databases that the configuration
//! names are the real ones.
//!
//! # Doing
//!
//! | line | |
//! |---|---|
//! | `at 2026-12-24 18:00` | as the first line: the story begins then; later: time passes until then. `at 18:00` is the next 18:00 |
//! | `wait 1m30s` | time passes |
//! | `2001 dials 100` | also `100@context`, `as "Alice" <2001>`, `with NAME = value and OTHER = value` |
//! | `call from +4930123 to 100@from-trunk` | somebody outside; `through provider` names the trunk and gives its context |
//! | `originate 2001 to 100@default` | the exchange calls a phone, as a call file or the manager does; when it answers it goes into the plan. `as`, `with` as above |
//! | `2002 answers` | the call that rings, or that will; `answers after 3s`: calls that come |
//! | `2002 is busy` | the call that rings, and those that come; `rejects with cause 21` likewise |
//! | `2002 does not answer` | calls that come ring on, as they do where nothing is said |
//! | `2002 is unreachable` | as if it were not registered |
//! | `2001 presses *0` | `w` waits half a second, `W` a whole one |
//! | `2001 speaks for 3s` | for what listens, such as Record |
//! | `2001 hangs up` | `everybody hangs up` |
//! | `set NAME = value` | a global variable, or a function: `set DB(family/key) = value` |
//!
//! # Expecting
//!
//! | line | |
//! |---|---|
//! | `2002 rings`, `stops ringing`, `does not ring` | |
//! | `2001 is answered`, `is hung up with cause 16` | also `is not …` |
//! | `2003 hears 2001 and 2002` | their voices; `hears only 2001`, `hears nobody`, `does not hear 2001` |
//! | `2001 and 2002 hear each other`, `2001 talks with 2002` | |
//! | `2001 hears conf-onlyperson` | a sound by its name; `the sound 2001` where a phone has that name |
//! | `2001 hears the busy tone`, `hears music`, `hears music of class quiet`, `hears nothing` | |
//! | `2001 is in room 800`, `room 800 has 3 members`, `room 800 is empty` | |
//! | `2002 shows "Alice" <2001>` | the display of a phone that is called |
//! | `2001 has DIALSTATUS = "ANSWER"` | a variable or function of its channel, also after the call: `CDR(disposition)` |
//! | `global NAME = value` | |
//! | `100@default:1 Answer` | any channel ran that step; the application and its arguments may be left out, `...` ends them |
//! | `then 100@default:3 Playback hello` | behind the step of the line above, in the same channel; `next`: the very next one |
//! | `2001 runs 100@default:1 Answer`, `does not run …` | |
//! | `the plan warns of "no such sound"` | |
//!
//! `;` begins a comment. Every line about phones takes several: `2001, 2002 and 2003 answer`, and `everybody`.
//!
//! # Traces
//!
//! A fence with the info string `trace` behind a story holds all that happened, with the times. An empty one is filled by
//! the first run; later runs are compared with it.

pub mod coverage;
pub mod document;
mod expecting;
mod forms;
mod hearing;
pub mod log;
pub mod parser;
mod performance;
mod run;
pub mod statement;
pub mod traces;
mod voice;

pub use forms::list as forms;
pub use performance::PATIENCE;
pub use run::{Failure, Outcome, Script, Story, in_document};
