//! The server, its features, its manager and its records.

use std::sync::Arc;

use super::{PLAN, told};
use crate::conf::Memory;
use crate::management::ami::manager::Manager;
use crate::management::console::testing::Desk;

#[tokio::test(start_paused = true)]
async fn the_rest() {
    let features = "[featuremap]\natxfer=*2\n[applicationmap]\nnway => *0,self,Macro,nway\n";
    let files = Memory::default().with("etc/extensions.conf", PLAN).with("etc/features.conf", features);
    let desk = Desk::with(files);
    insta::assert_snapshot!(told(&desk, "features show").await, @r"
    Builtin Feature           Default Current|
    ---------------           ------- -------|
    Pickup                    *8      *8     |
    Blind Transfer            #       #      |
    Attended Transfer                 *2     |
    One Touch Monitor                        |
    Disconnect Call           *       *      |
    Park Call                                |
    One Touch MixMonitor                     |
    |
    Dynamic Feature           Default Current|
    ---------------           ------- -------|
    nway                      no def  *0     |
    |
    Feature Groups:|
    ---------------|
    (none)|
    ");
    insta::assert_snapshot!(told(&desk, "logger show channels").await, @r"
    Logger queue limit: 1000|
    |
    Channel                             Type     Formatter  Status    Configuration|
    -------                             ----     ---------  ------    -------------|
                                        Console  default    Enabled    - NOTICE WARNING ERROR VERBOSE |
    |
    ");
    insta::assert_snapshot!(told(&desk, "core show codecs").await, @r"
    Disclaimer: this command is for informational purposes only.|
    	It does not indicate anything about your configuration.|
          ID TYPE  NAME         FORMAT           DESCRIPTION|
    ------------------------------------------------------------------------------------------------|
           1 audio ulaw         ulaw             (G.711 u-law)|
           2 audio alaw         alaw             (G.711 a-law)|
           3 audio gsm          gsm              (GSM)|
           4 audio g722         g722             (G722)|
           5 audio opus         opus             (Opus Codec)|
           6 audio g729         g729             (G.729A)|
           7 audio g723         g723             (G.723.1)|
           8 audio g726         g726             (G.726 RFC3551)|
           9 audio ilbc         ilbc             (iLBC)|
          10 audio speex        speex            (SpeeX)|
          11 audio slin         slin             (16 bit Signed Linear PCM)|
          12 audio slin12       slin12           (16 bit Signed Linear PCM (12kHz))|
          13 audio slin16       slin16           (16 bit Signed Linear PCM (16kHz))|
          14 audio slin24       slin24           (16 bit Signed Linear PCM (24kHz))|
          15 audio slin32       slin32           (16 bit Signed Linear PCM (32kHz))|
          16 audio slin44       slin44           (16 bit Signed Linear PCM (44kHz))|
          17 audio slin48       slin48           (16 bit Signed Linear PCM (48kHz))|
    ");
    insta::assert_snapshot!(told(&desk, "core show translation").await, @r"
             Translation times between formats (in microseconds) for one second of data|
              Source Format (Rows) Destination Format (Columns)|
    |
                      ulaw   alaw    gsm   g722   opus   slin slin12 slin16 slin24 slin32 slin44 slin48|
               ulaw      -      2   1300   1200   9300      2    302    302    302    302    302    302|
               alaw      2      -   1300   1200   9300      2    302    302    302    302    302    302|
                gsm   1300   1300      -   1600   9300   1300   1600   1600   1600   1600   1600   1600|
               g722   1200   1200   1600      -   9300   1200   1200    900   1200   1200   1200   1200|
               opus   9300   9300   9300   9300      -   9300   9300   9300   9300   9300   9300   9000|
               slin      2      2   1300   1200   9300      -    302    302    302    302    302    302|
             slin12    302    302   1600   1200   9300    302      -    302    302    302    302    302|
             slin16    302    302   1600    900   9300    302    302      -    302    302    302    302|
             slin24    302    302   1600   1200   9300    302    302    302      -    302    302    302|
             slin32    302    302   1600   1200   9300    302    302    302    302      -    302    302|
             slin44    302    302   1600   1200   9300    302    302    302    302    302      -    302|
             slin48    302    302   1600   1200   9000    302    302    302    302    302    302      -|
    ");
    insta::assert_snapshot!(told(&desk, "core show taskprocessors").await, @r"
    |
    Processor                                                               Processed   In Queue  Max Depth  Low water High water|
    0 taskprocessors|
    ");
    insta::assert_snapshot!(told(&desk, "core set verbose 3").await, @"Console verbose was OFF and is now 3.|");
    insta::assert_snapshot!(told(&desk, "core set debug off").await, @r"Core debug is still OFF.|");
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
                   ACL: no|
             read perm: system,call,all|
            write perm: originate,all|
       displayconnects: yes|
    allowmultiplelogin: yes|
             Variables: |
    ");
    insta::assert_snapshot!(told(&desk, "manager show connected").await, @r"
      Username         IP Address                                               Start       Elapsed     FileDes   HttpCnt   ReadPerms   WritePerms|
    0 users connected.|
    ");
    assert!(desk.tell("manager show commands").await.contains("\n  Originate                    Originate a call."));
    assert!(desk.tell("manager show command ping").await.starts_with("[Syntax]\nAction: Ping\n"));
    assert!(desk.tell("cdr show status").await.contains("  Logging:                    Enabled\n"));
}
