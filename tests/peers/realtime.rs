//! Phones, mailboxes and plans that stand in databases.

use crate::databases::{Database, Kind};
use crate::process::{PATIENCE, eventually};
use crate::server::{Folder, Server};
use crate::sipp::Scenario;

fn call(server: &Server, number: &str) -> bool {
    let scenario = Scenario::new("callee_hangs_up", server.address()).user("4001", "key-4001");
    scenario.extension(number).calls(1, 1).run().successful == 1
}

#[test]
fn phones_mailboxes_and_steps_come_from_tables_and_follow_them() {
    let (mut postgres, maria) = (Database::start(Kind::Postgres), Database::start(Kind::MariaDb));
    postgres.execute(
        "CREATE TABLE sip (id serial, name text, secret text, context text, host text, callerid text, ipaddr text)",
    );
    postgres.execute(
        "INSERT INTO sip (name, secret, context, host, callerid, ipaddr)
         VALUES ('4001', 'key-4001', 'internal', 'dynamic', '\"Ann\" <4001>', '192.0.2.1')",
    );
    postgres.execute("CREATE TABLE boxes (context text, mailbox text, password text, fullname text, review text)");
    postgres.execute("INSERT INTO boxes VALUES ('default', '300', '1234', 'Ann Example', 'yes')");
    maria.execute(
        "CREATE TABLE ast_config (id int auto_increment primary key, cat_metric int, var_metric int,
         commented int default 0, filename varchar(99), category varchar(99), var_name varchar(99), var_val varchar(200))",
    );
    for (metric, line) in ["100,1,Answer()", "100,n,Set(A=1;2)", "100,n,Hangup()"].iter().enumerate() {
        maria.execute(&format!(
            "INSERT INTO ast_config (cat_metric, var_metric, filename, category, var_name, var_val)
             VALUES (0, {metric}, 'extensions.conf', 'internal', 'exten', '{line}')"
        ));
    }
    maria.execute(
        "INSERT INTO ast_config (cat_metric, var_metric, filename, category, var_name, var_val)
         VALUES (0, 9, 'extensions.conf', 'internal', 'switch', 'Realtime/@steps')",
    );
    maria.execute(
        "CREATE TABLE steps (id int auto_increment primary key, context varchar(40), exten varchar(40), priority int,
         app varchar(40), appdata varchar(128))",
    );
    let step = |number: &str, priority: u32, application: &str, data: &str| {
        maria.execute(&format!(
            "INSERT INTO steps (context, exten, priority, app, appdata)
             VALUES ('internal', '{number}', {priority}, '{application}', '{data}')"
        ));
    };
    step("_20X", 1, "Answer", "");
    step("_20X", 2, "Hangup", "");

    let folder = Folder::new("[unused]\nexten => 1,1,NoOp\n");
    folder.write(
        "extconfig.conf",
        "[settings]\nextensions.conf => odbc,here\nsippeers => pgsql,calls,sip\nvoicemail => pgsql,calls,boxes\n\
         steps => odbc,here\n",
    );
    let port = postgres.port;
    folder.write(
        "res_pgsql.conf",
        &format!("[general]\ndbhost=127.0.0.1\ndbport={port}\ndbuser=exten\ndbpass=key-exten\n"),
    );
    folder.write("res_odbc.conf", &format!("[here]\ndsn=mysql://exten:key-exten@127.0.0.1:{}/calls\n", maria.port));
    let server = folder.run();
    assert!(call(&server, "100"), "{}", server.log());
    assert!(call(&server, "203"), "{}", server.log());
    assert!(!call(&server, "300"), "{}", server.log());
    let (shown, _) = server.tell("dialplan show 100@internal");
    assert!(shown.contains("Set(A=1;2)") && !shown.contains("unused"), "{shown}");
    let (shown, _) = server.tell("voicemail show users");
    assert!(shown.contains("300") && shown.contains("Ann Example"), "{shown}");

    // What changes in a table takes effect as a saved file does.
    step("300", 1, "Answer", "");
    step("300", 2, "Hangup", "");
    assert!(eventually(PATIENCE, || call(&server, "300").then_some(())).is_some(), "{}", server.log());

    // A database that is away takes nothing away.
    postgres.kill();
    let (told, is_done) = server.tell("core reload");
    assert!(!is_done && told.contains("sippeers"), "{told}");
    assert!(call(&server, "203"), "{}", server.log());
    assert!(!server.log().contains("key-"), "no password in the log");
}
