//! The texts that scripts and admins read, as they are.

mod calls;
mod phones;
mod plan;
mod server;

use super::testing::Desk;

const PLAN: &str = r#"[globals]
TRUNK=SIP/provider
[default]
exten => 100,1,Answer()
 same => n(again),Set(COLOR=red)
 same => n,Wait(600)
exten => _2XXX/2001,1,Dial(SIP/${EXTEN},20,tT)
exten => 2001,hint,SIP/2001&Custom:lamp
include => services
ignorepat => 9
[services]
exten => *97,1,NoOp(${CALLERID(num)})
switch => Loopback/${EXTEN}@default
"#;

async fn told(desk: &Desk, line: &str) -> String {
    let told = desk.tell(line).await;
    // The system chooses the port of the telephones.
    let listens = desk.pbx.agent.iter().flat_map(|agent| agent.listens());
    let told = listens.fold(told, |told, listen| told.replace(&listen.address.to_string(), "127.0.0.1:0"));
    // The ends of lines show in a snapshot.
    told.lines().map(|line| format!("{line}|\n")).collect()
}
