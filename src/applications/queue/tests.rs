//! Calls that wait in queues, on virtual phones.

use crate::applications::testing::Trial;

const MEMBERS: &str = "
[m]
exten => 1,1,Answer
exten => 1,2,Wait(3)
exten => 2,1,Wait(30)
exten => 3,1,Hangup(17)
";

/// A call to a queue `q` with these settings.
fn trial(steps: &str, settings: &str) -> Trial {
    Trial::of(&format!("{steps}\n{MEMBERS}")).file("queues.conf", &format!("[general]\n[q]\n{settings}"))
}

#[test]
fn the_first_member_who_answers_gets_the_call() {
    let told = trial("Queue(q,c)\nNoOp(${QUEUESTATUS})", "member => Local/2@m/n\nmember => Local/1@m/n\nretry=1").run();
    assert!(told.has("100@default:3 NoOp CONTINUE"), "{:?}", told.lines);
    assert_eq!(told.value("QUEUESTATUS"), Some("CONTINUE"));
    let events =
        told.lines.iter().filter_map(|line| line.strip_prefix("event ")?.split(' ').next()).collect::<Vec<_>>();
    assert_eq!(
        events,
        [
            "QueueCallerJoin",
            "AgentCalled",
            "AgentCalled",
            "QueueCallerLeave",
            "AgentConnect",
            "QueueMemberStatus",
            "AgentComplete",
            "QueueMemberStatus"
        ]
    );
}

#[test]
fn the_log_tells_a_call_from_its_beginning_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue_log");
    let settings =
        "member => Local/3@m/n,0,Busy\nmember => Local/1@m/n,0,Ann\nstrategy=linear\nautopausebusy=yes\nautopause=yes";
    let told = trial("Queue(q,c,,,60)", settings).queue_log(&path).run();
    let log = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = log.lines().filter_map(|line| line.split_once("|q|").map(|(_, rest)| rest)).collect();
    assert_eq!(lines[0], "NONE|ENTERQUEUE|||1", "{:?}", told.lines);
    assert!(lines[1].starts_with("Busy|RINGNOANSWER|0"), "{log}");
    assert_eq!(lines[2], "Busy|PAUSE|Auto-Pause", "{log}");
    assert!(lines[3].starts_with("Ann|CONNECT|0|") && lines[3].ends_with("|0"), "{log}");
    assert_eq!(lines[4], "Ann|COMPLETEAGENT|0|3|1", "{log}");
}

#[test]
fn a_caller_who_hangs_up_while_waiting_has_abandoned_the_queue() {
    let told =
        trial("Queue(q)\nexten => h,1,NoOp(${ABANDONED} ${QUEUESTATUS})", "member => Local/2@m/n").hang_up(4.0).run();
    assert!(told.has("h@default:1 NoOp TRUE"), "{:?}", told.lines);
    assert!(told.has("event QueueCallerAbandon"));
}

#[test]
fn a_caller_who_hangs_up_in_the_talk_completes_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue_log");
    trial("Queue(q)", "member => Local/1@m/n").queue_log(&path).hang_up(2.0).run();
    let log = std::fs::read_to_string(&path).unwrap();
    assert!(log.contains("|COMPLETECALLER|0|") && !log.contains("ABANDON"), "{log}");
}

#[test]
fn announcements_and_keys() {
    let settings = "announce-frequency=10\nannounce-position=yes\ncontext=out\nmin-announce-frequency=0\n\
                    announce-to-first-user=yes\nperiodic-announce=sorry\nperiodic-announce-frequency=15\n";
    let told =
        trial("Queue(q)\n[out]\nexten => 12,1,NoOp(out)", settings).press(&format!("{}12", "w".repeat(60))).run();
    let next = ["queue-youarenext", "queue-thankyou"];
    assert_eq!(told.sounds(), [&next[..], &next, &["sorry"], &next].concat(), "{:?}", told.lines);
    assert!(told.has("12@out:1 NoOp out"), "{:?}", told.lines);
}

#[test]
fn members_come_and_go() {
    let steps = "AddQueueMember(q,Local/1@m/n,3,,Ann)\nAddQueueMember(q,Local/1@m/n)\n\
                 NoOp(${QUEUE_MEMBER(q,count)} ${QUEUE_MEMBER(q,penalty,Local/1@m/n)} ${QUEUE_MEMBER_LIST(q)})\n\
                 PauseQueueMember(q,Local/1@m/n,,lunch)\nNoOp(${QUEUE_MEMBER(q,paused,Local/1@m/n)} ${QUEUE_MEMBER(q,free)})\n\
                 UnpauseQueueMember(,Local/1@m/n)\nSet(QUEUE_MEMBER(q,penalty,Local/1@m/n)=7)\n\
                 NoOp(${QUEUE_MEMBER_PENALTY(q,Local/1@m/n)} ${QUEUE_MEMBER_COUNT(q)})\n\
                 RemoveQueueMember(q,Local/1@m/n)\nRemoveQueueMember(q,Local/1@m/n)\nRemoveQueueMember(no)\n\
                 AddQueueMember(no)\nQueueLog(q,1.2,Ann,HELLO,x)\nQueueUpdate(q,1.2,Ann,ANSWER,30)\n\
                 NoOp(${QUEUE_EXISTS(q)} ${QUEUE_EXISTS(no)} ${QUEUE_WAITING_COUNT(q)}[${QUEUE_GET_CHANNEL(q)}])\n\
                 NoOp(${QUEUE_VARIABLES(q)} ${QUEUECOMPLETED} ${QUEUESTRATEGY})";
    let told = trial(steps, "setqueuevar=yes").run();
    let statuses: Vec<&str> = told
        .lines
        .iter()
        .filter_map(|line| line.strip_prefix("set "))
        .filter(|line| line.contains("QMSTATUS"))
        .collect();
    assert_eq!(
        statuses,
        [
            "AQMSTATUS=ADDED",
            "AQMSTATUS=MEMBERALREADY",
            "PQMSTATUS=PAUSED",
            "UPQMSTATUS=UNPAUSED",
            "RQMSTATUS=REMOVED",
            "RQMSTATUS=NOTINQUEUE",
            "RQMSTATUS=NOSUCHQUEUE",
            "AQMSTATUS=NOSUCHQUEUE"
        ]
    );
    assert!(told.has("100@default:4 NoOp 1 3 Local/1@m/n"), "{:?}", told.lines);
    assert!(told.has("100@default:6 NoOp 1 0"), "{:?}", told.lines);
    assert!(told.has("100@default:9 NoOp 7 1"), "{:?}", told.lines);
    assert!(told.has("100@default:16 NoOp 1 0 0[]"), "{:?}", told.lines);
    assert!(told.has("100@default:17 NoOp 0 1 ringall"), "{:?}", told.lines);
}

#[test]
fn penalties_bound_whom_a_caller_reaches() {
    let settings = "member => Local/1@m/n,5\ntimeout=2\nretry=1";
    let told = trial("Set(QUEUE_MAX_PENALTY=3)\nQueue(q,,,,5)\nNoOp(${QUEUESTATUS})", settings).run();
    assert!(told.has("100@default:4 NoOp TIMEOUT"), "{:?}", told.lines);
    let rule = trial(
        "Set(QUEUE_MAX_PENALTY=3)\nQueue(q,c,,,20,,,,later)\nNoOp(${QUEUESTATUS} ${QUEUE_MAX_PENALTY})",
        settings,
    )
    .file("queuerules.conf", "[later]\npenaltychange => 4,+3\n")
    .run();
    assert!(rule.has("100@default:4 NoOp CONTINUE 6"), "{:?}", rule.lines);
}

#[test]
fn a_caller_who_hangs_up_while_a_member_rings_cancels_the_ringing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue_log");
    trial("Queue(q)", "member => Local/2@m/n,0,Ann").queue_log(&path).hang_up(4.0).run();
    let log = std::fs::read_to_string(&path).unwrap();
    assert!(log.contains("|q|Ann|RINGCANCELED|") && log.contains("|q|NONE|ABANDON|1|1|"), "{log}");
}

#[test]
fn a_member_hands_the_caller_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue_log");
    let plan = "Queue(q,t)\n[m]\nexten => 5,1,Answer\nexten => 5,2,SendDTMF(*2wwww300wwwwwwww)\nexten => 5,3,Hangup\n\
                exten => 300,1,Answer\nexten => 300,2,Wait(8)\nexten => 300,3,NoOp(talked)";
    let told = Trial::of(plan)
        .file("queues.conf", "[general]\n[q]\nmember => Local/5@m/n,0,Ann\n")
        .file("features.conf", "[featuremap]\natxfer => *2\n")
        .queue_log(&path)
        .run();
    let log = std::fs::read_to_string(&path).unwrap();
    assert!(log.contains("|q|Ann|ATTENDEDTRANSFER|BRIDGE|"), "{log} {:?}", told.lines);
    assert!(!log.contains("COMPLETE") && told.has("300@m:3 NoOp talked"), "{log} {:?}", told.lines);
}

#[test]
fn a_telephone_that_forwards_is_followed_unless_it_is_to_be_ignored() {
    let plan = "Queue(q,c)\nNoOp(${QUEUESTATUS})\n[default]\nexten => 300,1,Answer\nexten => 300,2,Wait(2)\n";
    let told = |options: &str| {
        Trial::of(&plan.replace("q,c", options))
            .file("queues.conf", "[general]\n[q]\nmember => SIP/carol\nretry=1\n")
            .forwards("carol", "300@default")
            .run()
    };
    assert!(told("q,c").has("100@default:3 NoOp CONTINUE"));
    let ignored = told("q,ci,,,5");
    assert!(ignored.has("100@default:3 NoOp TIMEOUT") && !ignored.has("300@default:1"), "{:?}", ignored.lines);
}

#[test]
fn the_log_keeps_what_may_not_be_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue_log");
    let entered = |settings: &str| {
        let plan = format!("Set(CALLERID(all)=Ann <7>)\nSet(CALLERID(pres)=prohib)\nQueue(q,,,,1)\n{MEMBERS}");
        let file = format!("[general]\nlog-caller-id-name=yes\n[q]\n{settings}");
        let _ = std::fs::remove_file(&path);
        Trial::of(&plan).file("queues.conf", &file).queue_log(&path).run();
        let log = std::fs::read_to_string(&path).unwrap();
        log.lines().find_map(|line| line.split_once("|ENTERQUEUE|")).map(|(_, data)| data.to_owned())
    };
    assert_eq!(entered("").as_deref(), Some("|7|1|Ann"));
    assert_eq!(entered("log-restricted-caller-id=no").as_deref(), Some("||1|"));
}

#[test]
fn the_first_periodic_announcement_has_a_time_of_its_own() {
    let first = |settings: &str| {
        let settings = format!("periodic-announce=sorry\nperiodic-announce-frequency=20\n{settings}");
        let told = trial("Queue(q,,,,12)", &settings).run();
        told.sounds().contains(&"sorry")
    };
    assert!(!first("") && first("periodic-announce-startdelay=4"));
}

#[test]
fn a_member_of_several_queues_is_called_for_who_has_waited_longest_where_wanted() {
    let called = |general: &str| {
        let plan = format!(
            "Originate(Local/1@w/n,app,Wait,60,,,a)\nWait(2)\nQueue(q,,,,5)\n[w]\nexten => 1,1,Queue(r,,,,20)\n{MEMBERS}"
        );
        let queues = format!(
            "[general]\n{general}\n[q]\nmember => Local/2@m/n\n[r]\nmember => Local/2@m/n\ntimeout=3\nretry=1\n"
        );
        let told = Trial::of(&plan).file("queues.conf", &queues).run();
        assert!(told.lines.iter().any(|line| line.starts_with("event AgentCalled") && line.contains("Queue=r")));
        told.lines.iter().any(|line| line.starts_with("event AgentCalled") && line.contains("Queue=q"))
    };
    assert!(called("") && !called("force_longest_waiting_caller=yes"));
}
