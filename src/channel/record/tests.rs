//! Whole calls between simulated phones, and the records that come of them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::{Disposition, Finished, Settings};
use crate::channel::simulated::Behaviour;
use crate::channel::{Cause, Happening, Observer};
use crate::conf::Memory;
use crate::server::{BEGINNING, Configuration, Entry, Stage, in_virtual_time};

const PHONES: &str = "[general]\n[ann]\ntype=friend\nhost=dynamic\ncontext=default\ncallerid=Ann <2001>\n\
                      [bob]\ntype=friend\nhost=dynamic\ncontext=default\n[cid]\ntype=friend\nhost=dynamic\n\
                      context=default\naccountcode=sales\n";

#[derive(Default)]
struct Book(Mutex<Vec<Finished>>);

impl Observer for Book {
    fn happened(&self, happening: &Happening<'_>) {
        if let Happening::Recorded { record, .. } = happening {
            self.0.lock().push((*record).clone());
        }
    }
}

/// One line a record: parties, application, disposition, seconds and billed seconds.
fn line(record: &Finished) -> String {
    let other = record.destination_channel.as_deref().unwrap_or("nobody");
    format!(
        "{} -> {} [{}] {} {}({}) {} {}/{}",
        record.source,
        record.extension,
        record.channel.split('-').next().unwrap_or_default(),
        other.split('-').next().unwrap_or_default(),
        record.application,
        record.arguments,
        Disposition::word(record.disposition),
        record.duration(),
        record.billed()
    )
}

struct Play {
    plan: &'static str,
    settings: Settings,
    behaviours: Vec<(&'static str, Behaviour)>,
    /// Who calls what, and when.
    calls: Vec<(&'static str, &'static str, u64)>,
    hangs_up: Vec<(&'static str, u64)>,
    /// Who presses which keys, and when.
    presses: Vec<(&'static str, &'static str, u64)>,
}

/// What a phone does at some time.
enum Deed {
    Calls(&'static str),
    HangsUp,
    Presses(&'static str),
}

fn plan(plan: &'static str) -> Play {
    Play {
        plan,
        settings: Settings::default(),
        behaviours: Vec::new(),
        calls: vec![("ann", "1", 0)],
        hangs_up: vec![],
        presses: vec![],
    }
}

impl Play {
    fn run(self) -> Vec<Finished> {
        in_virtual_time(self.play()).unwrap()
    }

    fn lines(self) -> Vec<String> {
        self.run().iter().map(line).collect()
    }

    async fn play(self) -> Vec<Finished> {
        let mut files = Memory::default().with("etc/extensions.conf", self.plan).with("etc/sip.conf", PHONES);
        let configuration = Configuration::load_from(&mut files, Path::new("etc/extensions.conf"));
        let stage = Stage::new(configuration, BEGINNING, Behaviour::Answers(Duration::from_secs(2)));
        let book = Arc::new(Book::default());
        stage.add_observer(book.clone());
        stage.exchange.channels.ledger().set_settings(self.settings);
        for (phone, behaviour) in self.behaviours {
            stage.phones.set_behaviour(phone, behaviour);
        }
        let begin = tokio::time::Instant::now();
        let mut deeds: Vec<(u64, &str, Deed)> =
            self.calls.iter().map(|(phone, number, at)| (*at, *phone, Deed::Calls(number))).collect();
        deeds.extend(self.hangs_up.iter().map(|(phone, at)| (*at, *phone, Deed::HangsUp)));
        deeds.extend(self.presses.iter().map(|(phone, keys, at)| (*at, *phone, Deed::Presses(keys))));
        deeds.sort_by_key(|deed| deed.0);
        for (at, phone, deed) in deeds {
            tokio::time::sleep_until(begin + Duration::from_secs(at)).await;
            match deed {
                Deed::Calls(number) => {
                    let entry = Entry { phone: phone.to_owned(), extension: number.to_owned(), ..Entry::default() };
                    stage.dial(&entry).unwrap();
                }
                Deed::HangsUp => stage.phones.party(phone).unwrap().hang_up(),
                Deed::Presses(keys) => {
                    for key in keys.chars() {
                        stage.phones.party(phone).unwrap().press(key);
                        tokio::time::sleep(Duration::from_millis(200)).await;
                    }
                }
            }
        }
        stage.wait_for_end(Duration::from_secs(3600)).await;
        book.0.lock().clone()
    }
}

#[test]
fn an_answered_talk_is_one_record() {
    let play = Play {
        hangs_up: vec![("bob", 12)],
        ..plan("[default]\nexten => 1,1,NoOp(x)\nsame => n,Dial(SIP/bob,30)\nexten => h,1,NoOp(end)\n")
    };
    assert_eq!(play.lines(), ["2001 -> 1 [SIP/ann] SIP/bob Dial(SIP/bob,30) ANSWERED 12/10"]);
}

#[test]
fn each_dialled_leg_has_its_record() {
    let play = Play {
        behaviours: vec![("cid", Behaviour::Rings)],
        hangs_up: vec![("bob", 5)],
        ..plan("[default]\nexten => 1,1,Dial(SIP/bob&SIP/cid,30)\n")
    };
    assert_eq!(
        play.lines(),
        [
            "2001 -> 1 [SIP/ann] SIP/bob Dial(SIP/bob&SIP/cid,30) ANSWERED 5/3",
            "2001 -> 1 [SIP/ann] SIP/cid Dial(SIP/bob&SIP/cid,30) NO ANSWER 2/0",
        ]
    );
}

#[test]
fn one_after_the_other_and_then_a_mailbox() {
    let play = Play {
        behaviours: vec![("bob", Behaviour::Refuses(Cause::BUSY)), ("cid", Behaviour::Rings)],
        ..plan(
            "[default]\nexten => 1,1,Dial(SIP/bob,10)\nsame => n,Dial(SIP/cid,10)\nsame => n,Answer()\n\
             same => n,Playback(beep)\nsame => n,Wait(4)\nsame => n,Hangup()\n",
        )
    };
    let records = play.run();
    let lines: Vec<String> = records.iter().map(line).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].starts_with("2001 -> 1 [SIP/ann] SIP/bob Dial(SIP/bob,10) BUSY 0/0"), "{lines:?}");
    assert!(lines[1].starts_with("2001 -> 1 [SIP/ann] SIP/cid Dial(SIP/cid,10) NO ANSWER 10/0"), "{lines:?}");
    assert!(lines[2].starts_with("2001 -> 1 [SIP/ann] nobody Hangup() ANSWERED"), "{lines:?}");
    assert_eq!(records[1].peer_account, "");
    assert!(records[0].sequence < records[1].sequence && records[1].sequence < records[2].sequence);
    assert!(records.iter().all(|record| record.linked_id == records[0].unique_id));
}

#[test]
fn calls_that_called_nobody_are_told_if_the_admin_wants_them() {
    let text = "[default]\nexten => 1,1,Wait(3)\nsame => n,Hangup(17)\n";
    assert_eq!(plan(text).lines(), [""; 0]);
    let settings = Settings { tells_unanswered: true, ..Settings::default() };
    assert_eq!(Play { settings, ..plan(text) }.lines(), ["2001 -> 1 [SIP/ann] nobody Hangup(17) BUSY 3/0"]);
    let off = Settings { is_enabled: false, ..Settings::default() };
    assert_eq!(Play { settings: off, ..plan("[default]\nexten => 1,1,Answer\n") }.lines(), [""; 0]);
}

#[test]
fn congestion_is_a_failure_unless_it_is_to_be_told() {
    let text = "[default]\nexten => 1,1,Dial(SIP/bob)\n";
    let behaviours = || vec![("bob", Behaviour::Refuses(Cause::CONGESTION))];
    let told = |settings| Play { settings, behaviours: behaviours(), ..plan(text) }.lines().join("|");
    assert!(told(Settings::default()).contains("FAILED"));
    assert!(told(Settings { tells_congestion: true, ..Settings::default() }).contains("CONGESTION"));
}

#[test]
fn the_plan_may_want_none_or_two_or_another() {
    assert_eq!(plan("[default]\nexten => 1,1,Answer\nsame => n,NoCDR()\n").lines(), [""; 0]);
    let again = "[default]\nexten => 1,1,Answer\nsame => n,Wait(3)\nsame => n,ResetCDR()\nsame => n,Wait(2)\n";
    assert_eq!(plan(again).lines(), ["2001 -> 1 [SIP/ann] nobody Wait(2) ANSWERED 2/2"]);
    let two = "[default]\nexten => 1,1,Answer\nsame => n,Set(CDR(userfield)=first)\nsame => n,Wait(3)\n\
               same => n,ForkCDR(er)\nsame => n,Set(CDR(shop)=7)\nsame => n,Wait(2)\n";
    let records = plan(two).run();
    let told: Vec<_> = records.iter().map(|record| (record.duration(), &*record.user_field, &record.fields)).collect();
    assert_eq!(told, [(3, "first", &vec![]), (2, "first", &vec![("shop".to_owned(), "7".to_owned())])]);
}

#[test]
fn a_room_pairs_everybody() {
    let play = Play {
        calls: vec![("ann", "1", 0), ("bob", "1", 1), ("cid", "1", 2)],
        hangs_up: vec![("ann", 10), ("bob", 11), ("cid", 12)],
        ..plan("[default]\nexten => 1,1,ConfBridge(r)\n")
    };
    let records = play.run();
    let pairs: Vec<String> = records
        .iter()
        .map(|record| {
            let name = |name: &str| name.split('-').next().unwrap_or_default().to_owned();
            let other = record.destination_channel.as_deref().map(name).unwrap_or_default();
            format!("{} {other} {}", name(&record.channel), Disposition::word(record.disposition))
        })
        .collect();
    assert!(pairs.contains(&"SIP/ann SIP/bob ANSWERED".to_owned()), "{pairs:?}");
    assert!(pairs.contains(&"SIP/ann SIP/cid ANSWERED".to_owned()), "{pairs:?}");
    assert!(pairs.contains(&"SIP/bob SIP/cid ANSWERED".to_owned()), "{pairs:?}");
}

#[test]
fn what_runs_at_the_end_counts_only_where_the_admin_wants_it() {
    let text = "[default]\nexten => 1,1,Answer\nsame => n,Wait(2)\nexten => h,1,NoOp(a)\nsame => n,NoOp(b)\n";
    assert_eq!(plan(text).lines(), ["2001 -> 1 [SIP/ann] nobody Wait(2) ANSWERED 2/2"]);
    let settings = Settings { ends_before_h: false, ..Settings::default() };
    assert_eq!(Play { settings, ..plan(text) }.lines(), ["2001 -> h [SIP/ann] nobody NoOp(b) ANSWERED 2/2"]);
}

#[test]
fn a_subroutine_does_not_change_what_was_dialled() {
    let play = Play {
        hangs_up: vec![("cid", 4)],
        ..plan(
            "[default]\nexten => 1,1,Gosub(sub,s,1)\n[sub]\nexten => s,1,Dial(SIP/cid,10,g)\nsame => n,Answer\n\
             same => n,Set(CDR(userfield)=later)\nsame => n,Wait(1)\n",
        )
    };
    let records = play.run();
    assert_eq!(records[0].extension, "1");
    assert_eq!(records[0].context, "default");
    assert_eq!(records[0].user_field, "");
    assert_eq!(records[1].user_field, "later");
    assert_eq!(line(&records[1]), "2001 -> 1 [SIP/ann] nobody Wait(1) ANSWERED 1/1");
}

#[test]
fn what_a_program_called_is_a_record_of_its_own() {
    let play = Play {
        hangs_up: vec![("bob", 8)],
        ..plan("[default]\nexten => 1,1,Originate(SIP/bob,exten,default,9,1,30,c(4711)a)\nexten => 9,1,Wait(60)\n")
    };
    assert_eq!(play.lines(), ["4711 -> 9 [SIP/bob] nobody Wait(60) ANSWERED 8/6"]);
}

#[test]
fn who_gives_up_while_it_rings_has_a_record_without_answer() {
    let play = Play {
        behaviours: vec![("bob", Behaviour::Rings)],
        hangs_up: vec![("ann", 6)],
        ..plan("[default]\nexten => 1,1,Dial(SIP/bob,30)\n")
    };
    assert_eq!(play.lines(), ["2001 -> 1 [SIP/ann] SIP/bob Dial(SIP/bob,30) NO ANSWER 6/0"]);
}

#[test]
fn each_way_to_end_has_its_word() {
    let told = |cause| {
        let behaviours = vec![("bob", Behaviour::Refuses(cause))];
        let records = Play { behaviours, ..plan("[default]\nexten => 1,1,Dial(SIP/bob,30)\n") }.run();
        Disposition::word(records[0].disposition)
    };
    let words = [Cause::BUSY, Cause::CONGESTION, Cause::NO_ANSWER, Cause(3), Cause(21)].map(told);
    assert_eq!(words, ["BUSY", "FAILED", "NO ANSWER", "FAILED", "NO ANSWER"]);
    // Nobody was called: told where the admin wants to know of such calls. The tone of the plan's end takes ten seconds.
    let settings = Settings { tells_unanswered: true, ..Settings::default() };
    let absent = Play { settings, ..plan("[default]\nexten => 1,1,Dial(SIP/nobody,30)\n") };
    assert_eq!(absent.lines(), ["2001 -> 1 [SIP/ann] nobody Dial(SIP/nobody,30) FAILED 10/0"]);
}

#[test]
fn a_second_that_began_is_billed_where_wanted() {
    let billed = |rounds_up| {
        let settings = Settings { rounds_up, ..Settings::default() };
        Play { settings, ..plan("[default]\nexten => 1,1,Answer\nsame => n,Wait(2.2)\n") }.run()[0].billed()
    };
    // Answer waits for sound for almost half a second.
    assert_eq!((billed(false), billed(true)), (2, 3));
}

#[test]
fn a_blind_transfer_begins_another_record() {
    let play = Play {
        presses: vec![("bob", "#2", 5)],
        hangs_up: vec![("ann", 20)],
        ..plan(
            "[default]\nexten => 1,1,Dial(SIP/bob,30,t)\nexten => 2,1,NoOp(transferred)\n\
             same => n,Dial(SIP/cid,30)\n",
        )
    };
    let lines = play.lines();
    assert_eq!(lines[0].split(' ').nth(4), Some("SIP/bob"), "{lines:?}");
    assert!(
        lines[0].contains("ANSWERED") && lines[1].contains("-> 2 [SIP/ann] SIP/cid Dial(SIP/cid,30) ANSWERED"),
        "{lines:?}"
    );
}

#[test]
fn a_call_through_a_local_channel_has_a_record_for_each_leg() {
    let play = Play {
        behaviours: vec![("cid", Behaviour::Answers(Duration::from_secs(1)))],
        hangs_up: vec![("cid", 9)],
        ..plan("[default]\nexten => 1,1,Dial(Local/5@default/n,30)\nexten => 5,1,Dial(SIP/cid,20)\n")
    };
    let lines = play.lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("2001 -> 1 [SIP/ann] Local/5@default")), "{lines:?}");
    assert!(
        lines
            .iter()
            .any(|line| line.contains("-> 5 [Local/5@default")
                && line.contains("] SIP/cid Dial(SIP/cid,20) ANSWERED 9/8")),
        "{lines:?}"
    );
}

#[test]
fn the_userfield_belongs_to_the_record_that_is_open_when_it_is_set() {
    let fields = |text: &'static str| -> Vec<String> {
        let play = Play { hangs_up: vec![("bob", 5)], ..plan(text) };
        play.run().iter().map(|record| format!("{} {}", record.application, record.user_field)).collect()
    };
    let before = "[default]\nexten => 1,1,Set(CDR(userfield)=a)\nsame => n,Dial(SIP/bob,9)\n";
    assert_eq!(fields(before), ["Dial a"]);
    let after = "[default]\nexten => 1,1,Dial(SIP/bob,9,g)\nsame => n,Set(CDR(userfield)=b)\nsame => n,Wait(1)\n";
    assert_eq!(fields(after), ["Dial ", "Wait b"]);
    let both = "[default]\nexten => 1,1,Set(CDR(userfield)=a)\nsame => n,Dial(SIP/bob,9,b(s^s^1))\n\
                [s]\nexten => s,1,Set(CDR(userfield)=called)\nsame => n,Return()\n";
    assert_eq!(fields(both), ["Dial a;called"]);
}

#[test]
fn the_plan_may_leave_a_record_out_and_take_it_back() {
    let off = "[default]\nexten => 1,1,Set(CDR_PROP(disable)=1)\nsame => n,Dial(SIP/bob,9)\n";
    let hangs_up = || vec![("bob", 5)];
    assert_eq!(Play { hangs_up: hangs_up(), ..plan(off) }.lines(), [""; 0]);
    let back = "[default]\nexten => 1,1,Set(CDR_PROP(disable)=1)\nsame => n,Set(CDR_PROP(disable)=0)\n\
                same => n,Dial(SIP/bob,9)\n";
    assert_eq!(Play { hangs_up: hangs_up(), ..plan(back) }.lines().len(), 1);
    let settings = Settings { is_default: false, ..Settings::default() };
    let text = "[default]\nexten => 1,1,Dial(SIP/bob,9)\n";
    assert_eq!(Play { settings, hangs_up: hangs_up(), ..plan(text) }.lines(), [""; 0]);
}

#[test]
fn the_caller_is_written_as_billing_programs_read_it() {
    let clid = |name: &'static str| {
        let text = format!("[default]\nexten => 1,1,Set(CALLERID(name)={name})\nsame => n,Answer\n");
        plan(Box::leak(text.into_boxed_str())).run()[0].clid.clone()
    };
    assert_eq!(clid(""), "\"\" <2001>");
    assert_eq!(clid("Ann \"A\""), "\"Ann \\\"A\\\"\" <2001>");
}

#[test]
fn a_field_is_set_in_all_records_that_are_open_and_in_the_newest() {
    let fields = |text: &'static str| -> Vec<String> {
        let behaviours = vec![("bob", Behaviour::Refuses(Cause::BUSY))];
        let play = Play { behaviours, ..plan(text) };
        play.run().iter().map(|record| record.user_field.clone()).collect()
    };
    let forked =
        "[default]\nexten => 1,1,Answer\nsame => n,ForkCDR()\nsame => n,Set(CDR(userfield)=x)\nsame => n,Wait(1)\n";
    assert_eq!(fields(forked), ["x", "x"]);
    let at_the_end = "[default]\nexten => 1,1,Dial(SIP/bob,9)\nexten => h,1,Set(CDR(userfield)=x)\n";
    assert_eq!(fields(at_the_end), ["x"]);
    let anew =
        "[default]\nexten => 1,1,Answer\nsame => n,Set(CDR(userfield)=x)\nsame => n,ResetCDR()\nsame => n,Wait(1)\n";
    assert_eq!(fields(anew), ["x"]);
}

#[test]
fn the_account_of_the_peer_is_what_the_plan_gave_it() {
    let accounts = |steps: &str, phone: &'static str| {
        let text = format!("[default]\nexten => 1,1,{steps}\nsame => n,Dial(SIP/{phone},9)\n");
        let play = Play { hangs_up: vec![(phone, 5)], ..plan(Box::leak(text.into_boxed_str())) };
        let record = play.run().remove(0);
        (record.account, record.peer_account)
    };
    let own = |account: &str, peer: &str| (account.to_owned(), peer.to_owned());
    assert_eq!(accounts("Set(CHANNEL(accountcode)=a)", "bob"), own("a", "a"));
    let both = "Set(CHANNEL(accountcode)=a)\nsame => n,Set(CHANNEL(peeraccount)=p)";
    assert_eq!(accounts(both, "bob"), own("a", "p"));
}

#[test]
fn a_parked_call_is_a_record_of_its_own() {
    let play = Play {
        hangs_up: vec![("cid", 20)],
        calls: vec![("ann", "1", 0), ("cid", "701", 8)],
        ..plan(
            "[default]\nexten => 1,1,Answer\nsame => n,Park(default,s)\n\
             exten => 701,1,ParkedCall(default,701)\n",
        )
    };
    let lines = play.lines();
    assert!(lines.iter().any(|line| line.contains("nobody Park(default:701) ANSWERED")), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("2001 -> 1 [SIP/ann] SIP/cid")), "{lines:?}");
}

#[test]
fn who_picks_up_has_the_record_of_whom_it_picks_up() {
    let play = Play {
        behaviours: vec![("bob", Behaviour::Rings)],
        calls: vec![("ann", "1", 0), ("cid", "2", 3)],
        hangs_up: vec![("cid", 9)],
        ..plan("[default]\nexten => 1,1,Dial(SIP/bob,30)\nexten => 2,1,Pickup(1@default)\n")
    };
    let mut lines = play.lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "2001 -> 1 [SIP/ann] SIP/bob Dial(SIP/bob,30) ANSWERED 3/0",
            "2001 -> 1 [SIP/ann] SIP/cid Dial(SIP/bob,30) ANSWERED 5/5",
        ]
    );
}

#[test]
fn a_called_party_that_goes_its_own_way_has_a_record_of_it() {
    let play = Play {
        hangs_up: vec![("bob", 9)],
        ..plan("[default]\nexten => 1,1,Dial(SIP/bob,30,G(default^2^1))\nexten => 2,1,Hangup\nsame => n,Wait(60)\n")
    };
    let mut lines = play.lines();
    lines.sort();
    assert!(lines[0].ends_with("-> 2 [SIP/bob] nobody Wait(60) ANSWERED 9/7"), "{lines:?}");
    assert!(lines[1].starts_with("2001 -> 1 [SIP/ann] SIP/bob Dial"), "{lines:?}");
}

#[test]
fn a_number_that_is_no_extension_is_what_was_dialled() {
    let lines = plan("[default]\nexten => 1,1,Answer\nsame => n,Goto(77,1)\n").lines();
    assert!(lines[0].starts_with("2001 -> 77 [SIP/ann] nobody Goto(77,1) ANSWERED"), "{lines:?}");
}
