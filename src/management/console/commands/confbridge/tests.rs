use std::sync::Arc;

use crate::channel::simulated::{Behaviour, SimulatedTechnology};
use crate::conf::Memory;
use crate::interpreter::Call;
use crate::management::console::testing::Desk;

/// A console at an exchange where phones call extensions of `default`.
struct House {
    desk: Desk,
    phones: Arc<SimulatedTechnology>,
    _folder: tempfile::TempDir,
}

impl House {
    fn new(plan: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("extensions.conf");
        let files = Memory::default().with(path.to_str().unwrap(), format!("[default]\n{plan}\n"));
        let desk = Desk::at(files, &path);
        Self { desk, phones: SimulatedTechnology::new([], Behaviour::Rings), _folder: folder }
    }

    async fn dial(&self, name: &str, caller: &str, extension: &str) {
        let exchange = &self.desk.pbx.exchange;
        let (channel, _) = self.phones.dial(&exchange.channels, "SIP", name, |state| {
            state.position.set("default", extension, 1);
            state.caller = crate::channel::caller_id::Party::new(caller, name);
        });
        Call::start(Arc::clone(exchange), channel);
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }

    async fn tell(&self, line: &str) -> String {
        self.desk.tell(line).await
    }
}

#[tokio::test(start_paused = true)]
async fn conferences_are_listed_and_steered() {
    let house = House::new(
        "exten => 1,1,Set(CONFBRIDGE(user,admin)=yes)\nsame => n,Set(CONFBRIDGE(user,quiet)=yes)\nsame => n,ConfBridge(77)\n\
         exten => 2,1,Set(CONFBRIDGE(user,wait_marked)=yes)\nsame => n,Set(CONFBRIDGE(user,quiet)=yes)\nsame => n,ConfBridge(77)\n",
    );
    insta::assert_snapshot!(house.tell("confbridge list").await, @"
    Conference Bridge Name           Users  Marked Locked Muted
    ================================ ====== ====== ====== =====
    ");
    house.dial("2002", "", "2").await;
    house.dial("2001", "Ann", "1").await;
    assert_eq!(house.tell("confbridge lock 77").await, "Conference 77 is locked.\n");
    assert_eq!(house.tell("confbridge mute 77 SIP/2001").await, "Muting SIP/2001 from confbridge 77\n");
    insta::assert_snapshot!(house.tell("confbridge list").await, @"
    Conference Bridge Name           Users  Marked Locked Muted
    ================================ ====== ====== ====== =====
    77                                    2      0 Yes    No
    ");
    insta::assert_snapshot!(house.tell("confbridge list 77").await, @"
    Channel                        Flags  User Profile     Bridge Profile   Menu             CallerID
    ============================== ====== ================ ================ ================ ================
    SIP/2001-00000001              Am     default_user     default_bridge   default_menu     2001
    SIP/2002-00000000              Ww     default_user     default_bridge   default_menu     2002
    ");
    let json: serde_json::Value = serde_json::from_str(&house.tell("confbridge list 77 --json").await).unwrap();
    assert_eq!((&json[0]["admin"], &json[1]["waiting"]), (&true.into(), &true.into()));
    assert_eq!(
        house.tell("confbridge record start 77 /dev/null/y.wav").await.lines().next().unwrap(),
        "Could not start recording due to internal error."
    );
    assert_eq!(house.tell("confbridge record start 77").await, "Recording started\n");
    assert_eq!(house.tell("confbridge record start 77").await, "Conference is already being recorded.\n");
    assert_eq!(house.tell("confbridge record stop 77").await, "Recording stopped.\n");
    assert_eq!(house.tell("confbridge kick 77 participants").await, "Kicked 'participants' out of conference '77'\n");
    assert_eq!(house.tell("confbridge kick 77 SIP/x").await, "No participant named 'SIP/x' found!\n");
    assert_eq!(house.tell("confbridge kick 78 all").await, "No conference bridge named '78' found!\n");
    assert_eq!(house.tell("confbridge unlock 77").await, "Conference 77 is unlocked.\n");
    assert_eq!(house.tell("confbridge unmute 77 all").await, "Unmuting all from confbridge 77\n");
    assert!(house.tell("confbridge mute 77").await.starts_with("Usage: confbridge mute <conference> <channel>\n"));
}

#[tokio::test(start_paused = true)]
async fn rooms_of_meetme_are_listed_and_steered() {
    let house = House::new("exten => 1,1,MeetMe(800,dqaT)\nexten => 2,1,MeetMe(800,dql)\n");
    assert_eq!(house.tell("meetme list").await, "No active MeetMe conferences.\n");
    house.dial("2001", "Ann", "1").await;
    house.dial("2002", "", "2").await;
    assert_eq!(house.tell("meetme mute 800 2").await + &house.tell("meetme lock 800").await, "");
    insta::assert_snapshot!(house.tell("meetme list").await, @"
    Conf Num       Parties        Marked     Activity  Creation  Locked
    800            0002	      N/A        00:00:02  Dynamic   Yes   
    * Total number of MeetMe users: 2
    ");
    insta::assert_snapshot!(house.tell("meetme list 800").await, @"
    User #: 01         2001 Ann                  Channel: SIP/2001-00000000 (Admin)    (not talking) 00:00:02
    User #: 02         2002 <no name>            Channel: SIP/2002-00000001  (Listen only) (Admin Muted)  (unmonitored) 00:00:01
    2 users in that conference.
    ");
    assert_eq!(house.tell("meetme list concise").await, "800!2!0!00:00:02!1!1\n");
    insta::assert_snapshot!(house.tell("meetme list 800 concise").await, @"
    1!2001!Ann!SIP/2001-00000000!1!!!!0!00:00:02
    2!2002!!SIP/2002-00000001!!1!1!!-1!00:00:01
    ");
    assert_eq!(house.tell("meetme list 801").await, "No such conference: 801.\n");
    assert_eq!(house.tell("meetme kick 800 9").await, "Specified User not found!\n");
    assert_eq!(house.tell("meetme unlock 801").await, "Conference number '801' not found!\n");
    assert_eq!(house.tell("meetme unmute 800 all").await + &house.tell("meetme unlock 800").await, "");
    assert_eq!(house.tell("meetme kick 800 all").await, "");
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(house.tell("meetme list").await, "No active MeetMe conferences.\n");
}

#[tokio::test(start_paused = true)]
async fn profiles_and_menus_are_shown() {
    let house = House::new("");
    let path = house.desk.pbx.exchange.folder.join("confbridge.conf");
    std::fs::write(path, "[boss]\ntype=user\nadmin=yes\npin=12\n[keys]\ntype=menu\n*1=toggle_mute,playback(beep)\n")
        .unwrap();
    assert_eq!(
        house.tell("confbridge show profile users").await,
        "--------- User Profiles -----------\nboss\ndefault_user\n"
    );
    let boss = house.tell("confbridge show profile user boss").await;
    assert!(
        boss.contains("Admin:                   true\n") && boss.contains("PIN:                     12\n"),
        "{boss}"
    );
    assert_eq!(house.tell("confbridge show menu keys").await, "Name: keys\n*1=toggle_mute, playback(beep)\n");
    assert_eq!(house.tell("confbridge show menu x").await, "No conference menu named 'x' found!\n");
    let bridge = house.tell("confbridge show profile bridge default_bridge").await;
    assert!(
        bridge.contains("\nMax Members:          No Limit\n")
            && bridge.contains("\nsound_only_person:    conf-onlyperson\n")
    );
    let json: serde_json::Value =
        serde_json::from_str(&house.tell("confbridge show profile user boss --json").await).unwrap();
    assert_eq!(json["Marked User"], "false");
}
