use crate::applications::testing::Trial;

#[test]
fn a_room_that_is_not_there_is_warned_of() {
    let told = Trial::of("MeetMe(7)\nNoOp(not here)").run();
    assert!(told.has("warning MeetMe: there is no conference 7 in meetme.conf") && !told.has("100@default:3"));
}

#[test]
fn letters_that_are_no_option_are_warned_of() {
    let told = Trial::of("MeetMe(7,dqYp)").press("#").run();
    assert!(told.has("warning MeetMe has no option `Y`"));
}

#[test]
fn admins_commands_need_a_room_and_a_member() {
    let told = Trial::of("MeetMeAdmin(7,K)\nMeetMeAdmin()\nNoOp(not here)").run();
    assert_eq!(told.value("MEETMEADMINSTATUS"), Some("NOPARSE"));
    assert!(told.has("warning MeetMeAdmin(7,K): there is no such conference") && !told.has("100@default:4"));
    let told = Trial::of("MeetMeChannelAdmin(SIP/2001,x)\nMeetMeChannelAdmin(SIP/2001,k)\nMeetMeCount()").run();
    assert!(told.has("warning MeetMeChannelAdmin has no command `x`"));
    assert!(told.has("warning MeetMeChannelAdmin: SIP/2001 is in no conference"));
}
