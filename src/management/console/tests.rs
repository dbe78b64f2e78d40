use super::testing::Desk;
use super::{COMMANDS, Outcome, complete, execute};
use crate::management::pbx::{Order, Reloading, When};

#[test]
fn the_list_is_sorted_and_said_in_full() {
    assert!(COMMANDS.is_sorted_by_key(|command| command.words), "sort COMMANDS by their words");
    for command in COMMANDS {
        assert!(!command.synopsis.is_empty() && !command.synopsis.ends_with('.'), "{}", command.words);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_command_says_so() {
    let desk = Desk::new("");
    let answer = execute(&desk.pbx, &desk.session, "core sho nothing").await;
    assert_eq!(answer.outcome, Outcome::NotUnderstood);
    assert_eq!(
        answer.text(),
        "No such command 'core sho nothing' (type 'core show help core sho nothing' for other possible commands)\n"
    );
    assert_eq!(desk.tell("").await, "");
}

#[tokio::test(start_paused = true)]
async fn the_database_as_text_and_as_json() {
    let desk = Desk::new("");
    assert_eq!(desk.tell("database put cidname 2001 \"Ann Lee\"").await, "Updated database successfully\n");
    assert_eq!(desk.tell("DATABASE GET cidname 2001").await, "Value: Ann Lee\n");
    assert_eq!(desk.tell("database get cidname 2002").await, "Database entry not found.\n");
    insta::assert_snapshot!(desk.tell("database show").await, @"
    /cidname/2001                                     : Ann Lee                  
    1 results found.
    ");
    assert_eq!(
        desk.tell("database show cidname --json").await.split_whitespace().collect::<String>(),
        r#"[{"key":"/cidname/2001","value":"AnnLee"}]"#
    );
    assert!(desk.tell("database put cidname").await.starts_with("Usage: database put <family> <key> <value>\n"));
    assert_eq!(desk.tell("database deltree cidname").await, "1 database entries removed.\n");
}

#[tokio::test(start_paused = true)]
async fn lines_are_completed() {
    let desk = Desk::new("");
    desk.tell("database put cidname 2001 Ann").await;
    assert_eq!(complete(&desk.pbx, "core sh"), ["core show"]);
    assert_eq!(complete(&desk.pbx, "core show up"), ["core show uptime"]);
    assert_eq!(complete(&desk.pbx, "core show uptime "), ["core show uptime seconds"]);
    assert_eq!(complete(&desk.pbx, "database get ci"), ["database get cidname"]);
}

#[tokio::test(start_paused = true)]
async fn uptime() {
    let desk = Desk::new("");
    tokio::time::sleep(std::time::Duration::from_secs(3665)).await;
    assert_eq!(
        desk.tell("core show uptime").await,
        "System uptime: 1 hour, 1 minute, 5 seconds\nLast reload: 1 hour, 1 minute, 5 seconds\n"
    );
    assert_eq!(desk.tell("core show uptime seconds").await, "System uptime: 3665\nLast reload: 3665\n");
}

#[tokio::test(start_paused = true)]
async fn orders_reach_the_server() {
    let mut desk = Desk::new("");
    let meant_otherwise = execute(&desk.pbx, &desk.session, "core stop now please").await;
    assert_eq!(meant_otherwise.outcome, Outcome::NotUnderstood);
    assert_eq!(desk.tell("core restart gracefully").await, "Waiting for inactivity to perform restart...\n");
    assert!(matches!(desk.orders.next().await, Order::Stop { when: When::Gracefully, restart: true }));
    let server = async {
        let Order::Reload { done } = desk.orders.next().await else { panic!("no reload") };
        let findings = vec!["extensions.conf:1:1: error[X0002]: a section name is not closed".to_owned()];
        done.send(Reloading { is_in_service: false, findings }).unwrap();
    };
    let (answer, ()) = tokio::join!(execute(&desk.pbx, &desk.session, "dialplan reload"), server);
    assert_eq!(answer.outcome, Outcome::Failed);
    insta::assert_snapshot!(answer.text(), @r"
    extensions.conf:1:1: error[X0002]: a section name is not closed
    Not reloaded: the last good configuration goes on serving.
    Command 'dialplan reload' failed.
    ");
}

#[tokio::test(start_paused = true)]
async fn every_command_that_needs_no_server_says_something() {
    let desk = Desk::new("[default]\nexten => 100,1,Answer\n same => n,Wait(600)\nexten => 100,hint,Custom:a\n");
    let channel = desk.call("100").await;
    let needs_server =
        ["reload", "core stop", "core restart", "core abort", "core waitfullybooted", "dialplan add", "help"];
    for command in COMMANDS.iter().filter(|command| !needs_server.iter().any(|word| command.words.contains(word))) {
        for arguments in ["", "x", "x y", "x y z"] {
            let line = format!("{} {arguments}", command.words);
            let answer = execute(&desk.pbx, &desk.session, &line).await;
            // An empty list has no lines.
            assert!(!answer.text().starts_with("No such command"), "{line}");
            assert!(answer.text().is_empty() || answer.text().ends_with('\n'), "{line}: {:?}", answer.text());
            answer.json();
            complete(&desk.pbx, &line);
        }
    }
    assert!(channel.hangup_cause().is_none());
}

#[tokio::test(start_paused = true)]
async fn device_states_and_groups() {
    let desk = Desk::new("[default]\nexten => 100,1,Set(GROUP(trunk)=out)\n same => n,Wait(600)\n");
    assert_eq!(desk.tell("devstate change Custom:lamp INUSE").await, "Changing lamp to INUSE\n");
    assert!(desk.tell("devstate list").await.contains("--- Name: 'Custom:lamp'  State: 'INUSE'\n"));
    assert!(desk.tell("devstate change SIP/1 INUSE").await.starts_with("The devstate command can only"));
    assert!(desk.tell("devstate change Custom:lamp shiny").await.starts_with("Usage: "));
    let _channel = desk.call("100").await;
    insta::assert_snapshot!(desk.tell("group show channels").await, @r"
    Channel                    Group                 Category            
    SIP/2001-00000000          out                   trunk               
    1 active channel
    ");
    insta::assert_snapshot!(desk.tell("group show channels --json").await.split_whitespace().collect::<String>(), @r#"[{"category":"trunk","channel":"SIP/2001-00000000","group":"out"}]"#);
}

#[tokio::test(start_paused = true)]
async fn bridges_and_recordings() {
    let desk = Desk::new("[default]\nexten => 100,1,Answer\n same => n,Wait(600)\n");
    let channel = desk.call("100").await;
    assert!(desk.tell("bridge show all").await.starts_with("Bridge-ID "));
    assert_eq!(desk.tell("bridge show none").await, "Bridge 'none' not found\n");
    assert_eq!(desk.tell("bridge kick none x").await, "Bridge 'none' not found\n");
    assert!(desk.tell("bridge technology show").await.contains("simple_bridge        1to1Mix"));
    let name = channel.name().to_string();
    assert_eq!(desk.tell(&format!("mixmonitor stop {name}")).await, format!("{name} is not recorded.\n"));
    assert_eq!(desk.tell("mixmonitor start none x.wav").await, "No channel matching 'none' found.\n");
    assert_eq!(
        desk.tell(&format!("agi exec {name} ANSWER")).await,
        format!("Failed to add AGI command to queue of channel {name}\nCommand 'agi exec {name} ANSWER' failed.\n")
    );
}

#[tokio::test(start_paused = true)]
async fn people_and_tones() {
    let desk = Desk::new("");
    assert!(desk.tell("presencestate list").await.ends_with("---\nNo custom presence states defined\n"));
    assert_eq!(desk.tell("presencestate change CustomPresence:ann away,lunch,gone").await, "Changing ann to away\n");
    let shown = desk.tell("presencestate list").await;
    let ann =
        "--- Name: 'CustomPresence:ann'\n    --- State: 'away'\n    --- Subtype: 'lunch'\n    --- Message: 'gone'\n";
    assert!(shown.contains(ann), "{shown}");
    assert!(desk.tell("presencestate change CustomPresence:ann shiny").await.starts_with("Usage: "));
    assert!(desk.tell("indication show").await.contains("\nus      United States"));
    assert!(desk.tell("indication show us").await.contains("\nus      busy            480+620/500,0/500\n"));
    assert_eq!(desk.tell("indication show xx").await, "No countries matched your criteria.\n");
    assert!(desk.tell("core show channeltype x").await.contains("x is not a registered channel driver.\nCommand '"));
}

#[tokio::test(start_paused = true)]
async fn a_console_chooses_the_lines_that_it_shows() {
    let desk = Desk::new("");
    assert!(desk.session.shows("NOTICE") && !desk.session.shows("DTMF"));
    assert_eq!(desk.tell("logger set level DTMF on").await, "Logger status for 'DTMF' has been set to 'on'.\n");
    assert_eq!(desk.tell("logger set level notice off").await, "Logger status for 'NOTICE' has been set to 'off'.\n");
    assert!(!desk.session.shows("NOTICE") && desk.session.shows("DTMF"));
    assert!(desk.tell("logger set level LOUD on").await.starts_with("Usage: "));
    assert_eq!(desk.tell("logger mute").await, "Console is muted.\n");
    assert!(!desk.session.shows("DTMF"));
    assert_eq!(desk.tell("logger mute").await, "Console is not muted anymore.\n");
    assert!(desk.session.shows("DTMF"));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_says_so() {
    let desk = Desk::new("");
    assert_eq!(desk.tell("cel show status").await, "CEL Logging: Disabled\n");
    assert!(desk.tell("ari show status").await.starts_with("ARI Status:\nEnabled: No\n"));
    assert!(desk.tell("database query \"SELECT 1\"").await.starts_with("Error executing SQL: the database failed: "));
    assert!(desk.tell("file convert none.wav other.wav").await.starts_with("Unable to convert none.wav: "));
    assert_eq!(desk.tell("agi set debug on").await, "AGI Debugging Enabled\n");
    assert_eq!(desk.tell("agi set debug off").await, "AGI Debugging Disabled\n");
}
