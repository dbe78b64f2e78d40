//! The texts that scripts and admins read, as they are.

use std::sync::Arc;

use super::testing::Desk;
use crate::conf::Memory;
use crate::management::ami::manager::Manager;

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
    // The ends of lines show in a snapshot.
    desk.tell(line).await.lines().map(|line| format!("{line}|\n")).collect()
}

#[tokio::test(start_paused = true)]
async fn channels() {
    let desk = Desk::new(PLAN);
    insta::assert_snapshot!(told(&desk, "core show channels").await, @r"
    Channel              Location             State   Application(Data)             |
    0 active channels|
    0 active calls|
    0 calls processed|
    ");
    let channel = desk.call("100").await;
    insta::assert_snapshot!(told(&desk, "core show channels").await, @r"
    Channel              Location             State   Application(Data)             |
    SIP/2001-00000000    100@default:3        Up      Wait(600)                     |
    1 active channel|
    1 active call|
    1 call processed|
    ");
    insta::assert_snapshot!(told(&desk, "core show channels concise").await, @"SIP/2001-00000000!default!100!3!Up!Wait!600!2001!!!3!1!(None)!1772452800.0|");
    insta::assert_snapshot!(told(&desk, "core show channels verbose").await, @r"
    Channel              Context              Extension        Prio State   Application  Data                      CallerID        Duration Accountcode PeerAccount BridgeID            |
    SIP/2001-00000000    default              100                 3 Up      Wait         600                       2001            00:00:01                                             |
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
     WriteTranscode: No|
      ReadTranscode: No|
     Time to Hangup: 0|
       Elapsed Time: 0h0m1s|
          Bridge ID: (Not bridged)|
     --   PBX   --|
            Context: default|
          Extension: 100|
           Priority: 3|
        Application: Wait|
               Data: 600|
          Variables:|
    COLOR=red|
    |
      CDR Variables:|
    level 1: clid="Ann" <2001>|
    level 1: src=2001|
    level 1: dst=100|
    level 1: dcontext=default|
    level 1: channel=SIP/2001-00000000|
    level 1: lastapp=Wait|
    level 1: lastdata=600|
    level 1: duration=1|
    level 1: billsec=1|
    level 1: accountcode=|
    level 1: uniqueid=1772452800.0|
    |
    "#);
    insta::assert_snapshot!(told(&desk, "core show channels --json").await, @r#"
    {|
      "active_calls": 1,|
      "channels": [|
        {|
          "account": "",|
          "ama_flags": 3,|
          "application": "Wait",|
          "bridged_with": "",|
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

#[tokio::test(start_paused = true)]
async fn the_plan() {
    let desk = Desk::new(PLAN);
    insta::assert_snapshot!(told(&desk, "dialplan show").await, @r"
    [ Context 'default' created by 'pbx_config' ]|
      '100' =>          1. Answer()                                   [extensions.conf:4]|
         [again]        2. Set(COLOR=red)                             [extensions.conf:5]|
                        3. Wait(600)                                  [extensions.conf:6]|
      '_2XXX' (CID match '2001') => 1. Dial(SIP/${EXTEN},20,tT)                   [extensions.conf:7]|
      '2001' =>         hint: SIP/2001&Custom:lamp                    [extensions.conf:8]|
      Include =>        'services'                                    [pbx_config]|
      Ignore pattern => '9'                                           [pbx_config]|
    |
    [ Context 'services' created by 'pbx_config' ]|
      '*97' =>          1. NoOp(${CALLERID(num)})                     [extensions.conf:12]|
      Alt. Switch =>    'Loopback/@default'                           [pbx_config]|
    |
    -= 4 extensions (6 priorities) in 2 contexts. =-|
    ");
    insta::assert_snapshot!(told(&desk, "dialplan show *97@default").await, @r"
    [ Context 'services' created by 'pbx_config' ]|
      '*97' =>          1. NoOp(${CALLERID(num)})                     [extensions.conf:12]|
    |
    -= 1 extension (1 priority) in 1 context. =-|
    ");
    insta::assert_snapshot!(told(&desk, "dialplan show nowhere").await, @"There is no existence of 'nowhere' context|");
    insta::assert_snapshot!(told(&desk, "dialplan show 7@default").await, @"There is no existence of 7@default extension|");
    insta::assert_snapshot!(told(&desk, "dialplan set global COLOR \"deep red\"").await, @r"
    |
        -- Global variable 'COLOR' set to 'deep red'|
    ");
    insta::assert_snapshot!(told(&desk, "dialplan show globals").await, @r"
       TRUNK=SIP/provider|
       COLOR=deep red|
    |
        -- 2 variable(s)|
    ");
    insta::assert_snapshot!(told(&desk, "dialplan eval function LEN(hello)").await, @r"
    Return Value: Success (0)|
    Result: 5|
    ");
    insta::assert_snapshot!(told(&desk, "core show hints").await, @r"
    |
        -= Registered Asterisk Dial Plan Hints =-|
    2001@default        : SIP/2001&Custom:lamp  State:Idle            Presence:not_set         Watchers  0|
    ----------------|
    - 1 hints registered|
    ");
    insta::assert_snapshot!(told(&desk, "core show hint 2001").await, @r"
    2001@default        : SIP/2001&Custom:lamp  State:Idle            Presence:not_set         Watchers  0|
    ----------------|
    1 hint matching extension 2001|
    ");
}

#[tokio::test(start_paused = true)]
async fn applications_and_functions() {
    let desk = Desk::new(PLAN);
    insta::assert_snapshot!(told(&desk, "core show applications like saydig").await, @r"
    -= Matching Asterisk Applications =-|
             SayDigits: Says digits one by one|
    -= 1 Applications Matching =-|
    ");
    insta::assert_snapshot!(told(&desk, "core show application wait").await, @r"
    |
      -= Info about application 'Wait' =- |
    |
    [Synopsis]|
    Waits|
    |
    [Description]|
    Not available|
    |
    [Syntax]|
    Wait(seconds)|
    |
    [Arguments]|
    seconds|
        Seconds.|
    |
    [See Also]|
    Not available|
    |
    ");
    insta::assert_snapshot!(told(&desk, "core show function CUT").await, @r"
    |
      -= Info about function 'CUT' =- |
    |
    [Synopsis]|
    Fields of a variable's value|
    |
    [Description]|
    Not available|
    |
    [Syntax]|
    CUT(variable[,delimiter,range])|
    |
    [Arguments]|
    variable|
        The name of a variable to set.|
    delimiter|
        Text.|
    range|
        Text.|
    |
    [See Also]|
    Not available|
    |
    ");
    insta::assert_snapshot!(told(&desk, "core show functions like TOUPPER").await, @r"
    Matching Custom Functions:|
    --------------------------------------------------------------------------------|
    TOUPPER               TOUPPER(text)                        A text in capital letters|
    1 matching custom functions.|
    ");
    insta::assert_snapshot!(told(&desk, "core show application nothing").await, @"Your application(s) is (are) not registered|");
    insta::assert_snapshot!(told(&desk, "module show like app_dial.so").await, @r"
    Module                         Description                              Use Count  Status         Support Level|
    app_dial.so                    Calls destinations and joins the caller  0          Running                 core|
    1 modules loaded|
    ");
    insta::assert_snapshot!(told(&desk, "agi show commands topic GET DATA").await, @r"
    |
      -= Info about AGI 'get data' =- |
    |
    [Syntax]|
    GET DATA <file> [<milliseconds>] [<digits>]|
    |
    [Runs Dead]|
    No|
    |
    [Description]|
    Plays sounds, joined by &, and reads digits up to #. They are the result, followed by (timeout) when the time ran|
    out; -1 when the caller is gone or nothing could be played.|
    |
    ");
}

#[tokio::test(start_paused = true)]
async fn phones_of_sip_conf() {
    let sip = "[general]\nudpbindaddr=127.0.0.1:0\n[2001]\ntype=friend\nhost=dynamic\nsecret=x\ncontext=default\n\
               callerid=\"Ann\" <2001>\nqualify=yes\n[provider]\ntype=peer\nhost=192.0.2.7\nport=5070\n";
    let files = Memory::default().with("etc/extensions.conf", PLAN).with("etc/sip.conf", sip);
    let desk = Desk::with_phones(files).await;
    insta::assert_snapshot!(told(&desk, "sip show peers").await, @r"
    Name/username             Host                                    Dyn Forcerport Comedia    ACL Port     Status      Description                      |
    2001                      (Unspecified)                            D  Yes        No             0        UNKNOWN                                      |
    provider                  192.0.2.7                                   Yes        No             5070     Unmonitored                                  |
    2 sip peers [Monitored: 0 online, 1 offline Unmonitored: 1 online, 0 offline]|
    ");
    insta::assert_snapshot!(told(&desk, "sip show peer 2001").await, @r#"
    |
    |
      * Name       : 2001|
      Secret       : <Set>|
      Context      : default|
      Language     : |
      Tonezone     : <Not set>|
      Accountcode  : |
      CallingPres  : Presentation Allowed, Not Screened|
      FromUser     : |
      FromDomain   : |
      Callgroup    : |
      Pickupgroup  : |
      MOH Suggest  : |
      Mailbox      : |
      Call limit   : 0|
      Active calls : 0|
      Dynamic      : Yes|
      Callerid     : "Ann" <2001>|
      Expire       : -1|
      Insecure     : no|
      Force rport  : Yes|
      Symmetric RTP : No|
      ACL          : No|
      DTMFmode     : rfc2833|
      ToHost       : |
      Addr->IP     : (null)|
      Username     : |
      Codecs       : (ulaw|alaw)|
      Status       : UNKNOWN|
      Useragent    : |
      Reg. Contact : |
    |
    "#);
    insta::assert_snapshot!(told(&desk, "sip show registry").await, @r"
    Host                                    dnsmgr Username       Refresh State                Reg.Time                 |
    0 SIP registrations.|
    ");
    insta::assert_snapshot!(told(&desk, "sip show channels").await, @r"
    Peer             User/ANR         Call ID          Format           Hold     Last Message    Expiry     Peer      |
    0 active SIP dialogs|
    ");
    insta::assert_snapshot!(told(&desk, "sip set debug on").await, @"SIP Debugging enabled|");
    insta::assert_snapshot!(told(&desk, "pjsip show endpoints").await, @"No objects found.|");
}

#[tokio::test(start_paused = true)]
async fn phones_of_pjsip_conf() {
    let pjsip = "[transport-udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:0\n\
                 [2001]\ntype=endpoint\ncontext=default\nauth=2001\naors=2001\ncallerid=Ann <2001>\ntransport=transport-udp\n\
                 [2001]\ntype=auth\nusername=2001\npassword=x\n[2001]\ntype=aor\nmax_contacts=2\ncontact=sip:2001@192.0.2.1\n";
    let files = Memory::default().with("etc/extensions.conf", PLAN).with("etc/pjsip.conf", pjsip);
    let desk = Desk::with_phones(files).await;
    insta::assert_snapshot!(told(&desk, "pjsip show endpoints").await, @r"
    |
     Endpoint:  <Endpoint/CID.....................................>  <State.....>  <Channels.>|
        I/OAuth:  <AuthId/UserName...........................................................>|
            Aor:  <Aor............................................>  <MaxContact>|
          Contact:  <Aor/ContactUri..........................> <Hash....> <Status> <RTT(ms)..>|
      Transport:  <TransportId........>  <Type>  <cos>  <tos>  <BindAddress..................>|
       Identify:  <Identify/Endpoint.........................................................>|
            Match:  <criteria.........................>|
        Channel:  <ChannelId......................................>  <State.....>  <Time.....>|
            Exten: <DialedExten...........>  CLCID: <ConnectedLineCID.......>|
    ==========================================================================================|
    |
     Endpoint:  2001/2001                                            Not in use    0 of inf|
         InAuth:  2001/2001|
            Aor:  2001                                               2|
          Contact:  2001/sip:2001@192.0.2.1                    11630d4213 NonQual          nan|
      Transport:  transport-udp             udp      0      0  127.0.0.1:0|
    |
    |
    |
    Objects found: 1|
    |
    ");
    insta::assert_snapshot!(told(&desk, "pjsip show endpoint 2001").await, @r"
    |
     Endpoint:  2001/2001                                            Not in use    0 of inf|
         InAuth:  2001/2001|
            Aor:  2001                                               2|
          Contact:  2001/sip:2001@192.0.2.1                    11630d4213 NonQual          nan|
      Transport:  transport-udp             udp      0      0  127.0.0.1:0|
    |
    |
     ParameterName                      : ParameterValue|
     ==========================================================================================|
     accountcode                        : |
     allow                              : (ulaw|alaw)|
     aors                               : 2001|
     auth                               : 2001|
     callerid                           : Ann <2001>|
     context                            : default|
     device_state_busy_at               : 0|
     direct_media                       : false|
     dtmf_mode                          : rfc4733|
     force_rport                        : true|
     from_domain                        : |
     from_user                          : |
     language                           : |
     mailboxes                          : |
     moh_suggest                        : default|
     named_call_group                   : |
     named_pickup_group                 : |
     outbound_proxy                     : |
     rewrite_contact                    : false|
     rtp_symmetric                      : false|
     rtp_timeout                        : 0|
     rtp_timeout_hold                   : 0|
     send_pai                           : false|
     transport                          : transport-udp|
     trust_id_inbound                   : false|
    |
    ");
    insta::assert_snapshot!(told(&desk, "pjsip show aors").await, @r"
    |
            Aor:  <Aor............................................>  <MaxContact>|
          Contact:  <Aor/ContactUri..........................> <Hash....> <Status> <RTT(ms)..>|
    ==========================================================================================|
    |
            Aor:  2001                                               2|
          Contact:  2001/sip:2001@192.0.2.1                    11630d4213 NonQual          nan|
    |
    |
    Objects found: 1|
    |
    ");
    insta::assert_snapshot!(told(&desk, "pjsip show contacts").await, @r"
    |
      Contact:  <Aor/ContactUri..............................> <Hash....> <Status> <RTT(ms)..>|
    ==========================================================================================|
    |
      Contact:  2001/sip:2001@192.0.2.1                        11630d4213 NonQual          nan|
    |
    |
    Objects found: 1|
    |
    ");
    insta::assert_snapshot!(told(&desk, "pjsip show auths").await, @r"
    |
        I/OAuth:  <AuthId/UserName...........................................................>|
    ==========================================================================================|
    |
         InAuth:  2001/2001|
    |
    |
    Objects found: 1|
    |
    ");
    insta::assert_snapshot!(told(&desk, "pjsip show identifies").await, @"No objects found.|");
    insta::assert_snapshot!(told(&desk, "pjsip show registrations").await, @"No objects found.|");
    insta::assert_snapshot!(told(&desk, "pjsip show transports").await, @r"
    |
    Transport:  <TransportId........>  <Type>  <cos>  <tos>  <BindAddress....................>|
    ==========================================================================================|
    |
    Transport:  transport-udp             udp      0      0  127.0.0.1:0|
    |
    |
    Objects found: 1|
    |
    ");
    assert_eq!(desk.tell("pjsip qualify nobody").await, "Unable to retrieve endpoint nobody\n");
}

#[tokio::test(start_paused = true)]
async fn the_rest() {
    let features = "[featuremap]\natxfer=*2\n[applicationmap]\nnway => *0,self,Macro,nway\n";
    let files = Memory::default().with("etc/extensions.conf", PLAN).with("etc/features.conf", features);
    let desk = Desk::with(files);
    insta::assert_snapshot!(told(&desk, "features show").await, @r"
    Builtin Feature                  Default Current|
    ---------------                  ------- -------|
    Blind Transfer                   #       #      |
    Attended Transfer                        *2     |
    One Touch Monitor                               |
    Disconnect Call                  *       *      |
    Park Call                                       |
    One Touch MixMonitor                            |
    |
    Dynamic Feature                  Default Current|
    ---------------                  ------- -------|
    nway                             no def  *0     |
    |
    Feature Groups:|
    ---------------|
    (none)|
    |
    ");
    insta::assert_snapshot!(told(&desk, "logger show channels").await, @r"
    Channel                             Type     Formatter  Status    Configuration|
    -------                             ----     ---------  ------    -------------|
                                        Console  default    Enabled    - NOTICE WARNING ERROR VERBOSE |
    ");
    insta::assert_snapshot!(told(&desk, "core show codecs").await, @r"
    ID       TYPE  NAME         FORMAT           DESCRIPTION|
    ------------------------------------------------------------------------------------------------|
           1 audio ulaw         ulaw             (G.711 u-law)|
           2 audio alaw         alaw             (G.711 a-law)|
           3 audio slin         slin             (16 bit Signed Linear PCM)|
    ");
    insta::assert_snapshot!(told(&desk, "core show translation").await, @r"
             Translation times between formats (in microseconds) for one second of data|
              Source Format (Rows) Destination Format (Columns)|
    |
                     ulaw  alaw  slin|
               ulaw     -     2     2|
               alaw     2     -     2|
               slin     2     2     -|
    ");
    insta::assert_snapshot!(told(&desk, "core show taskprocessors").await, @r"
    |
    Processor                                                               Processed   In Queue  Max Depth  Low water High water|
    0 taskprocessors|
    ");
    insta::assert_snapshot!(told(&desk, "core set verbose 3").await, @"Console verbose was OFF and is now 3.|");
    insta::assert_snapshot!(told(&desk, "core set debug off").await, @"Core debug is still 0.|");
    assert!(desk.tell("core show settings").await.contains("  Version:                     20."));
    assert!(desk.tell("core show sysinfo").await.contains("Total RAM"));
    assert!(desk.tell("core show threads").await.contains("threads listed."));
    assert!(desk.tell("moh show classes").await.starts_with("Class: default\n\tMode: files\n"));
    assert!(desk.tell("moh show files").await.contains("\tFile: "));
    assert!(desk.tell("help core show hint").await.starts_with("Usage: core show hint "));
}

#[tokio::test(start_paused = true)]
async fn the_manager_and_the_records() {
    let conf = "[general]\nenabled=no\n[admin]\nsecret=x\nread=call,system\nwrite=originate\n";
    let desk = Desk::with(Memory::default().with("etc/extensions.conf", PLAN).with("etc/manager.conf", conf));
    let settings = desk.manager.lock().take().unwrap();
    let _manager = Manager::new(Arc::clone(&desk.pbx), settings);
    insta::assert_snapshot!(told(&desk, "manager show users").await, @r"
    |
    username|
    --------|
    admin|
    -------------------|
    1 manager users configured.|
    ");
    insta::assert_snapshot!(told(&desk, "manager show user admin").await, @r"
    |
              username: admin|
                secret: <Set>|
             read perm: system,call,all|
            write perm: originate,all|
       displayconnects: yes|
    ");
    insta::assert_snapshot!(told(&desk, "manager show connected").await, @r"
      Username         IP Address                                               Read        Write     |
    0 users connected.|
    ");
    assert!(desk.tell("manager show commands").await.contains("\n  Originate                    Originate a call."));
    assert!(desk.tell("manager show command ping").await.starts_with("[Syntax]\nAction: Ping\n"));
    assert!(desk.tell("cdr show status").await.contains("  Logging:                    Enabled\n"));
}
