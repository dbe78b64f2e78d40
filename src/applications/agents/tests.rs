//! Agents, on virtual phones. Each logs in over a Local channel of its own.

use crate::applications::testing::Trial;

const AGENTS: &str = "[general]\n[1001]\nfullname=Ann\nwrapuptime=2000\n[1002]\nackcall=yes\nautologoff=4\n";
const LOGIN: &str = "Originate(Local/1001@login/n,app,Wait,50,,,a)\nWait(2)";
const PLAN: &str = "
[login]
exten => _1XXX,1,AgentLogin(${EXTEN})
exten => _1XXX,2,NoOp(login ${AGENT_STATUS})
";

fn trial(steps: &str) -> Trial {
    Trial::of(&format!("{steps}\n{PLAN}")).file("agents.conf", AGENTS)
}

#[test]
fn a_caller_talks_with_an_agent_who_is_logged_in() {
    let steps = format!(
        "{LOGIN}\nNoOp(${{AGENT(1001)}} ${{AGENT(1001:name)}} ${{AGENT(1001:channel)}} ${{DEVICE_STATE(Agent:1001)}})\n\
         AgentRequest(1001)\nNoOp(after)"
    );
    let told = trial(&steps).hang_up(9.0).run();
    assert!(told.has("100@default:4 NoOp LOGGEDIN Ann Local/1001@login NOT_INUSE"), "{:?}", told.lines);
    assert_eq!(told.sounds(), ["agent-loginok", "beep"]);
    assert!(told.has("event AgentLogin Agent=1001"));
    assert!(told.has("event AgentLogoff Agent=1001 Logintime="), "{:?}", told.lines);
}

#[test]
fn an_agent_who_is_not_there_is_told_by_the_status() {
    let steps = "AgentRequest(1001)\nNoOp(${AGENT_STATUS})\nAgentRequest(9)\nNoOp(${AGENT_STATUS})\n\
                 AgentLogin(9)\nNoOp(${AGENT_STATUS} ${AGENT(1001)} ${DEVICE_STATE(Agent:1001)} ${DEVICE_STATE(Agent:9)})";
    let told = trial(steps).run();
    assert!(told.has("100@default:3 NoOp NOT_LOGGED_IN"), "{:?}", told.lines);
    assert!(told.has("100@default:5 NoOp INVALID"), "{:?}", told.lines);
    assert!(told.has("100@default:7 NoOp INVALID LOGGEDOUT UNAVAILABLE INVALID"), "{:?}", told.lines);
}

#[test]
fn an_agent_logs_in_once() {
    let told = trial(&format!("{LOGIN}\nAgentLogin(1001)\nNoOp(${{AGENT_STATUS}})")).run();
    assert!(told.has("100@default:5 NoOp ALREADY_LOGGED_IN"), "{:?}", told.lines);
}

#[test]
fn who_does_not_take_a_call_is_logged_off() {
    let steps = "Originate(Local/1002@login/n,app,Wait,50,,,a)\nWait(3)\nAgentRequest(1002)\n\
                 NoOp(${AGENT_STATUS} ${AGENT(1002)})";
    let told = trial(steps).run();
    assert!(told.has("100@default:5 NoOp NOT_CONNECTED LOGGEDOUT"), "{:?}", told.lines);
}

#[test]
fn a_queue_reaches_an_agent_and_rests_after_the_talk() {
    for member in ["Local/1001@ask/n,0,Ann,Agent:1001", "Agent/1001"] {
        let steps = format!("{LOGIN}\nQueue(q)\n[ask]\nexten => 1001,1,AgentRequest(1001)");
        let queue = format!("[q]\nmember => {member}\nretry=1\n");
        let told = trial(&steps).file("queues.conf", &queue).hang_up(12.0).run();
        assert!(told.has("event AgentConnect"), "{member}: {:?}", told.lines);
        assert!(told.has("event AgentComplete"), "{member}: {:?}", told.lines);
    }
}

#[test]
fn a_password_of_the_old_file_is_asked_for() {
    let old = "[agents]\nagent => 1001,42,Ann\n";
    let wrong = Trial::of("AgentLogin(1001)\nNoOp(${AGENT_STATUS})").file("agents.conf", old).press("41#41#41#").run();
    assert!(wrong.has("100@default:3 NoOp INVALID"), "{:?}", wrong.lines);
    let right = Trial::of("AgentLogin(1001,s)").file("agents.conf", old).press("42#").hang_up(5.0).run();
    assert_eq!(right.sounds(), ["agent-pass"], "{:?}", right.lines);
    assert!(right.has("event AgentLogin Agent=1001"), "{:?}", right.lines);
}

#[test]
fn logins_are_in_the_queues_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue_log");
    trial(LOGIN).queue_log(&path).hang_up(9.0).run();
    let log = std::fs::read_to_string(&path).unwrap();
    assert!(log.contains("|NONE|1001|AGENTLOGIN|Local/1001@login-00000000;2\n"), "{log}");
    assert!(log.contains("|NONE|1001|AGENTLOGOFF|Local/1001@login-00000000;2|"), "{log}");
}
