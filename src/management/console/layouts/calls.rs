//! `core show channels` and what is done to channels.

use super::{PLAN, told};
use crate::management::console::testing::Desk;

#[tokio::test(start_paused = true)]
async fn channels() {
    let desk = Desk::new(PLAN);
    insta::assert_snapshot!(told(&desk, "core show channels").await, @r"
    Channel                                                          Location                         State   Application(Data)             |
    0 active channels|
    0 active calls|
    0 calls processed|
    ");
    let channel = desk.call("100").await;
    insta::assert_snapshot!(told(&desk, "core show channels").await, @r"
    Channel                                                          Location                         State   Application(Data)             |
    SIP/2001-00000000                                                100@default:3                    Up      Wait(600)                     |
    1 active channel|
    1 active call|
    1 call processed|
    ");
    insta::assert_snapshot!(told(&desk, "core show channels concise").await, @r"SIP/2001-00000000!default!100!3!Up!Wait!600!2001!!!3!1!!1772452800.0|");
    insta::assert_snapshot!(told(&desk, "core show channels verbose").await, @r"
    Channel                                                                          Context                  Extension                Prio State   Application  Data                      CallerID        Duration Accountcode PeerAccount BridgeID            |
    SIP/2001-00000000                                                                default                  100                         3 Up      Wait         600                       2001            00:00:01                                             |
    1 active channel|
    1 active call|
    1 call processed|
    ");
    insta::assert_snapshot!(told(&desk, "core show channels count").await, @r"
    1 active channel|
    1 active call|
    1 call processed|
    ");
    insta::assert_snapshot!(told(&desk, "core show calls uptime").await, @r"
    1 active call|
    1 call processed|
    System uptime: 1 second|
    ");
    insta::assert_snapshot!(told(&desk, &format!("core show channel {}", channel.name())).await, @r#"
     -- General --|
               Name: SIP/2001-00000000|
               Type: SIP|
           UniqueID: 1772452800.0|
           LinkedID: 1772452800.0|
          Caller ID: 2001|
     Caller ID Name: Ann|
    Connected Line ID: (N/A)|
    Connected Line ID Name: (N/A)|
    Eff. Connected Line ID: (N/A)|
    Eff. Connected Line ID Name: (N/A)|
        DNID Digits: 100|
           Language: en|
              State: Up (6)|
      NativeFormats: (slin)|
        WriteFormat: slin|
         ReadFormat: slin|
     WriteTranscode: No |
      ReadTranscode: No |
     Time to Hangup: 0|
       Elapsed Time: 0h0m1s|
          Bridge ID: (Not bridged)|
     --   PBX   --|
            Context: default|
          Extension: 100|
           Priority: 3|
         Call Group: 0|
       Pickup Group: 0|
        Application: Wait|
               Data: 600|
     Call Identifer: [C-00000000]|
          Variables:|
    COLOR=red|
      CDR Variables:|
    level 1: clid="Ann" <2001>|
    level 1: src=2001|
    level 1: dst=100|
    level 1: dcontext=default|
    level 1: channel=SIP/2001-00000000|
    level 1: lastapp=Wait|
    level 1: lastdata=600|
    level 1: start=1772452800.000000|
    level 1: answer=1772452800.000000|
    level 1: end=0.000000|
    level 1: duration=1|
    level 1: billsec=1|
    level 1: disposition=8|
    level 1: amaflags=3|
    level 1: uniqueid=1772452800.0|
    level 1: linkedid=1772452800.0|
    level 1: sequence=0|
    |
     -- Streams --|
    Name: audio-0|
        Type: audio|
        State: sendrecv|
        Group: -1|
        Formats: (slin)|
        Metadata:|
    "#);
    insta::assert_snapshot!(told(&desk, "core show channels --json").await, @r#"
    {|
      "active_calls": 1,|
      "channels": [|
        {|
          "account": "",|
          "ama_flags": 3,|
          "application": "Wait",|
          "bridge": "",|
          "caller": "2001",|
          "channel": "SIP/2001-00000000",|
          "context": "default",|
          "data": "600",|
          "duration": 1,|
          "extension": "100",|
          "peer_account": "",|
          "priority": 3,|
          "state": "Up",|
          "unique_id": "1772452800.0"|
        }|
      ],|
      "processed_calls": 1|
    }|
    "#);
    assert_eq!(desk.tell("core show channel SIP/none").await, "SIP/none is not a known channel\n");
}

#[tokio::test(start_paused = true)]
async fn what_is_done_to_channels() {
    let desk = Desk::new(PLAN);
    let channel = desk.call("100").await;
    let name = channel.name().to_string();
    desk.tell(&format!("dialplan set chanvar {name} COLOR blue")).await;
    assert_eq!(channel.state().variables.get("COLOR"), Some("blue"));
    assert_eq!(
        desk.tell(&format!("channel redirect {name} services,*97,1")).await,
        format!("Channel '{name}' successfully redirected to services,*97,1\n")
    );
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(desk.pbx.exchange.channels.count(), 0, "the plan is at its end there");
    let name = desk.call("100").await.name().to_string();
    assert_eq!(desk.tell("channel request hangup all").await, format!("Requested Hangup on channel '{name}'\n"));
    assert_eq!(desk.tell("channel request hangup x").await, "x is not a known channel\n");
}
