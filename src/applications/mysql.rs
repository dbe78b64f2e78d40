//! `MYSQL`

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};
use crate::storage::sql::{Login, Rows, Source, Sql, SqlError};

/// Works with a MySQL or MariaDB database, in the manner of older plans.
///
/// `MYSQL(Connect connid host[:port] user password database [charset])` connects and sets the variable `connid`;
/// `MYSQL(Query resultid ${connid} statement)` runs a statement and sets `resultid`;
/// `MYSQL(Fetch found ${resultid} a b c)` sets `found` to 1 and the variables to the columns of the next row, or `found`
/// to 0 where there is none; `MYSQL(Nextresult resultid ${connid})`, `MYSQL(Clear ${resultid})` and
/// `MYSQL(Disconnect ${connid})` end it. New plans use the functions of `func_odbc.conf`.
pub static MYSQL: Application = Application {
    name: "MYSQL",
    synopsis: "Works with a MySQL database; new plans use func_odbc.conf",
    arguments: &[Argument::required("command", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "MYSQL_STATUS", values: &["0", "-1"] }],
    run: Run::Work(|call, arguments| Box::pin(mysql(call, arguments))),
};

/// Connections and results of one channel.
#[derive(Default)]
struct Open {
    connections: HashMap<String, Sql>,
    results: HashMap<String, VecDeque<Vec<Option<String>>>>,
}

/// What all channels have open.
#[derive(Default)]
struct All {
    /// By the unique ids of the channels.
    open: Mutex<HashMap<String, Open>>,
    last: AtomicU64,
}

fn with<T>(call: &Call, work: impl FnOnce(&mut Open) -> T) -> T {
    let all = call.exchange.kept.of::<All>();
    let mut open = all.open.lock();
    work(open.entry(call.channel.unique_id().to_string()).or_default())
}

fn next_id(call: &Call) -> String {
    (call.exchange.kept.of::<All>().last.fetch_add(1, Ordering::Relaxed) + 1).to_string()
}

/// Forgets what channels left open that are gone.
fn tidy(call: &Call) {
    let live = call.exchange.channels.all();
    let all = call.exchange.kept.of::<All>();
    all.open.lock().retain(|id, _| live.iter().any(|channel| **channel.unique_id() == **id));
}

async fn mysql(call: &mut Call, arguments: Arguments) -> Outcome {
    let text = arguments.text().trim().to_owned();
    let (command, rest) = text.split_once(char::is_whitespace).unwrap_or((&text, ""));
    let rest = rest.trim_start();
    let done = match command.to_ascii_lowercase().as_str() {
        "connect" => connect(call, rest).await,
        "query" => query(call, rest).await,
        "fetch" => fetch(call, rest),
        "nextresult" => {
            // A statement has one result here.
            let name = rest.split_whitespace().next().unwrap_or_default();
            call.context().set(name, "");
            Err("there is no further result".to_owned())
        }
        "clear" => with(call, |open| open.results.remove(rest)).map(drop).ok_or(format!("there is no result `{rest}`")),
        "disconnect" => {
            let gone = with(call, |open| open.connections.remove(rest));
            gone.map(drop).ok_or(format!("there is no connection `{rest}`"))
        }
        // Time-outs and clearing up by itself: connections end with their channel anyway.
        "set" => Ok(()),
        other => Err(format!("`{other}` is no command")),
    };
    let mut context = call.context();
    if let Err(error) = &done {
        context.warn(&format!("MYSQL: {error}"));
    }
    context.set("MYSQL_STATUS", if done.is_ok() { "0" } else { "-1" });
    Outcome::Continue
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

async fn connect(call: &Call, text: &str) -> Result<(), String> {
    let words = words(text);
    let [name, host, user, password, database, rest @ ..] = words.as_slice() else {
        return Err("write Connect connid host user password database".to_owned());
    };
    call.context().set(name, "");
    let (host, port) = host.rsplit_once(':').map_or((*host, None), |(host, port)| (host, port.parse().ok()));
    let login = Login {
        host: Some(host.to_owned()),
        port,
        user: Some((*user).to_owned()),
        password: Some((*password).to_owned()),
        database: Some((*database).to_owned()),
        charset: rest.first().map(|charset| (*charset).to_owned()),
        ..Login::default()
    };
    let sql = Sql::new(Source::Mysql(login));
    let asked: Result<Rows, SqlError> = call.exchange.clock.outside(sql.query("SELECT 1")).await;
    asked.map_err(|error| format!("{host} cannot be reached: {error}"))?;
    tidy(call);
    let id = next_id(call);
    with(call, |open| open.connections.insert(id.clone(), sql));
    call.context().set(name, &id);
    Ok(())
}

async fn query(call: &Call, text: &str) -> Result<(), String> {
    let mut parts = text.splitn(3, char::is_whitespace);
    let (Some(name), Some(connection), Some(statement)) = (parts.next(), parts.next(), parts.next()) else {
        return Err("write Query resultid ${connid} statement".to_owned());
    };
    call.context().set(name, "");
    let sql = with(call, |open| open.connections.get(connection).cloned());
    let sql = sql.ok_or(format!("there is no connection `{connection}`"))?;
    let asked = call.exchange.clock.outside(sql.query(statement)).await;
    let found = asked.map_err(|error| error.to_string())?;
    let id = next_id(call);
    with(call, |open| open.results.insert(id.clone(), found.rows.into()));
    call.context().set(name, &id);
    Ok(())
}

fn fetch(call: &Call, text: &str) -> Result<(), String> {
    let words = words(text);
    let [found, result, names @ ..] = words.as_slice() else {
        return Err("write Fetch found ${resultid} variables".to_owned());
    };
    let row = with(call, |open| open.results.get_mut(*result).map(VecDeque::pop_front));
    let row = row.ok_or(format!("there is no result `{result}`"))?;
    let mut context = call.context();
    context.set(found, if row.is_some() { "1" } else { "0" });
    for (name, value) in names.iter().zip(row.into_iter().flatten()) {
        context.set(name, value.as_deref().unwrap_or("NULL"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn what_fails_says_so_and_the_call_goes_on() {
        let trial = Trial::run(
            "exten => 1,1,MYSQL(Query r ${c} SELECT 1)\nsame => n,MYSQL(Fetch f 7 a)\nsame => n,MYSQL(Nonsense)\n\
             same => n,MYSQL(Connect c 127.0.0.1:1 u p d)\nsame => n,NoOp(${MYSQL_STATUS}[${c}])\n",
        );
        assert_eq!(trial.last_step(), "1@default:5 NoOp -1[]");
    }
}
