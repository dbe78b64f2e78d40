//! Telephones and trunks.

use super::{PLAN, told};
use crate::conf::Memory;
use crate::management::console::testing::Desk;

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
      Description  : |
      Secret       : <Set>|
      Remote Secret: <Not set>|
      Context      : default|
      Record On feature : automixmon|
      Record Off feature : automixmon|
      Subscr.Cont. : <Not set>|
      Language     : |
      Tonezone     : <Not set>|
      Accountcode  : |
      Transfer mode: open|
      CallingPres  : Presentation Allowed, Not Screened|
      FromUser     : |
      FromDomain   : |
      Callgroup    : |
      Pickupgroup  : |
      Named Callgr : |
      Nam. Pickupgr: |
      MOH Suggest  : |
      Mailbox      : |
      VM Extension : asterisk|
      Call limit   : 0|
      Active calls : 0|
      Dynamic      : Yes|
      Callerid     : "Ann" <2001>|
      Expire       : -1|
      Insecure     : no|
      Force rport  : Yes|
      Symmetric RTP: No|
      ACL          : No|
      T.38 support : No|
      DirectMedia  : Yes|
      PromiscRedir : No|
      User=Phone   : No|
      Video Support: No|
      Text Support : No|
      Trust RPID   : No|
      Send RPID    : No|
      Subscriptions: Yes|
      Overlap dial : Yes|
      DTMFmode     : rfc2833|
      Timer T1     : 500|
      Timer B      : 32000|
      ToHost       : |
      Addr->IP     : (null)|
      Defaddr->IP  : (null)|
      Prim.Transp. : UDP|
      Allowed.Trsp : UDP|
      Def. Username: |
      SIP Options  : (none)|
      Codecs       : (ulaw|alaw)|
      Status       : UNKNOWN|
      Useragent    : |
      Reg. Contact : |
      Qualify Freq : 60000 ms|
      Sess-Timers  : Accept|
      Sess-Refresh : uas|
      Sess-Expires : 1800 secs|
      Min-Sess     : 90 secs|
      RTP Engine   : asterisk|
      Use Reason   : No|
      Encryption   : No|
    |
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
    insta::assert_snapshot!(told(&desk, "pjsip show endpoints").await, @r"
    No objects found.|
    |
    ");
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
          Contact:  2001/sip:2001@192.0.2.1                    11630d4213 NonQual         nan|
      Transport:  transport-udp             udp      0      0  127.0.0.1:0|
    |
    |
    Objects found: 1|
    |
    ");
    let shown = told(&desk, "pjsip show endpoint 2001").await;
    let (above, below) = shown.split_once(" ParameterName").unwrap();
    assert!(
        above.ends_with("  Transport:  transport-udp             udp      0      0  127.0.0.1:0|\n|\n|\n"),
        "{above}"
    );
    let lines: Vec<&str> = below.lines().collect();
    assert_eq!(lines[0], "                      : ParameterValue|");
    assert_eq!(lines[1], format!(" {}|", "=".repeat(99)));
    assert!(lines.len() > 110, "{below}");
    for line in [
        " 100rel                             : yes|",
        " allow                              : (ulaw|alaw)|",
        " callerid                           : \"Ann\" <2001>|",
        " dtls_verify                        : No|",
        " mwi_subscribe_replaces_unsolicited : no|",
        " transport                          : transport-udp|",
    ] {
        assert!(lines.contains(&line), "{line}\n{below}");
    }
    insta::assert_snapshot!(told(&desk, "pjsip show aors").await, @r"
    |
          Aor:  <Aor..............................................>  <MaxContact>|
        Contact:  <Aor/ContactUri............................> <Hash....> <Status> <RTT(ms)..>|
    ==========================================================================================|
    |
          Aor:  2001                                                 2|
        Contact:  2001/sip:2001@192.0.2.1                      11630d4213 NonQual         nan|
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
      Contact:  2001/sip:2001@192.0.2.1                        11630d4213 NonQual         nan|
    |
    Objects found: 1|
    |
    ");
    insta::assert_snapshot!(told(&desk, "pjsip show auths").await, @r"
    |
      I/OAuth:  <AuthId/UserName.............................................................>|
    ==========================================================================================|
    |
         Auth:  2001/2001|
    |
    Objects found: 1|
    |
    ");
    insta::assert_snapshot!(told(&desk, "pjsip show aor 2001").await, @r"
    |
          Aor:  <Aor..............................................>  <MaxContact>|
        Contact:  <Aor/ContactUri............................> <Hash....> <Status> <RTT(ms)..>|
    ==========================================================================================|
    |
          Aor:  2001                                                 2|
        Contact:  2001/sip:2001@192.0.2.1                      11630d4213 NonQual         nan|
    |
    |
     ParameterName        : ParameterValue|
     =========================================|
     authenticate_qualify : false|
     contact              : sip:2001@192.0.2.1|
     default_expiration   : 3600|
     mailboxes            : |
     max_contacts         : 2|
     maximum_expiration   : 7200|
     minimum_expiration   : 60|
     outbound_proxy       : |
     qualify_2xx_only     : false|
     qualify_frequency    : 0|
     qualify_timeout      : 3.000000|
     remove_existing      : false|
     remove_unavailable   : false|
     support_path         : false|
     voicemail_extension  : |
    |
    ");
    insta::assert_snapshot!(told(&desk, "pjsip show auth 2001").await, @r"
    |
      I/OAuth:  <AuthId/UserName.............................................................>|
    ==========================================================================================|
    |
         Auth:  2001/2001|
    |
     ParameterName            : ParameterValue|
     =========================================|
     auth_type                : userpass|
     nonce_lifetime           : 32|
     oauth_clientid           : |
     realm                    : |
     supported_algorithms_uac : |
     supported_algorithms_uas : |
     username                 : 2001|
    |
    ");
    insta::assert_snapshot!(told(&desk, "pjsip show contact 2001/sip:2001@192.0.2.1").await, @r"
    |
      Contact:  <Aor/ContactUri..............................> <Hash....> <Status> <RTT(ms)..>|
    ==========================================================================================|
    |
      Contact:  2001/sip:2001@192.0.2.1                        11630d4213 NonQual         nan|
    |
     ParameterName     : ParameterValue|
     ======================================|
     endpoint          : 2001|
     expires_in        : 0|
     qualify_frequency : 0|
     uri               : sip:2001@192.0.2.1|
     user_agent        : |
     via_addr          : |
     via_port          : |
    |
    ");
    let shown = told(&desk, "pjsip show transport transport-udp").await;
    let (above, below) = shown.split_once("|\n|\n ParameterName").unwrap();
    assert!(above.ends_with("|\nTransport:  transport-udp             udp      0      0  127.0.0.1:0"), "{above}");
    assert!(below.contains(" bind                        : 127.0.0.1:0|"), "{below}");
    assert_eq!(desk.tell("pjsip show registration none").await, "Unable to find object none.\n\n");
    insta::assert_snapshot!(told(&desk, "pjsip show identifies").await, @r"
    No objects found.|
    |
    ");
    insta::assert_snapshot!(told(&desk, "pjsip show registrations").await, @r"
    No objects found.|
    |
    ");
    insta::assert_snapshot!(told(&desk, "pjsip show transports").await, @r"
    |
    Transport:  <TransportId........>  <Type>  <cos>  <tos>  <BindAddress....................>|
    ==========================================================================================|
    |
    Transport:  transport-udp             udp      0      0  127.0.0.1:0|
    |
    Objects found: 1|
    |
    ");
    assert!(desk.tell("pjsip qualify nobody").await.starts_with("Unable to retrieve endpoint nobody\n"));
}
