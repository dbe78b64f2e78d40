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
    assert_eq!(answer.outcome, Outcome::Failure);
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
    assert_eq!(desk.tell("core restart gracefully").await, "Waiting for inactivity to perform restart...\n");
    assert!(matches!(desk.orders.next().await, Order::Stop { when: When::Gracefully, restart: true }));
    let server = async {
        let Order::Reload { done } = desk.orders.next().await else { panic!("no reload") };
        let findings = vec!["extensions.conf:1:1: error[X0002]: a section name is not closed".to_owned()];
        done.send(Reloading { is_in_service: false, findings }).unwrap();
    };
    let (answer, ()) = tokio::join!(execute(&desk.pbx, &desk.session, "dialplan reload"), server);
    assert_eq!(answer.outcome, Outcome::Failure);
    insta::assert_snapshot!(answer.text(), @r"
    extensions.conf:1:1: error[X0002]: a section name is not closed
    Not reloaded: the last good configuration goes on serving.
    ");
}
