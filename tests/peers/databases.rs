//! Databases of a test's own: real servers on ports and folders of their own.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use exten::storage::sql::{Login, Rows, Source, Sql};
use tempfile::TempDir;

use crate::ports;
use crate::process::{PATIENCE, Process, eventually};

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Postgres,
    MariaDb,
}

/// A running server with an empty database `calls` and the user `exten`, whose password is `key-exten`.
pub struct Database {
    kind: Kind,
    // Before the folder: the process ends before its folder goes.
    process: Process,
    folder: TempDir,
    pub port: u16,
}

/// These servers refuse to run as root.
const NOBODY: u32 = 65534;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A command that runs as somebody who may run a database.
fn command(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
    command
}

#[track_caller]
fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}\n{}", String::from_utf8_lossy(&output.stdout));
}

#[track_caller]
fn find(places: &str, name: &str) -> PathBuf {
    let found = glob::glob(&format!("{places}/{name}")).expect("a pattern").filter_map(Result::ok).last();
    found.unwrap_or_else(|| panic!("there is no {name} (tests/run installs what is missing)"))
}

impl Database {
    /// Makes a database and runs its server.
    #[track_caller]
    pub fn start(kind: Kind) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("database-")
            .permissions(std::fs::Permissions::from_mode(0o755))
            .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
            .expect("a folder");
        if is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).expect("its owner");
        }
        let data = folder.path().join("data");
        match kind {
            Kind::Postgres => run(command(&find("/usr/lib/postgresql/*/bin", "initdb"))
                .args(["--no-sync", "--auth=trust", "--username=exten", "--encoding=UTF8", "--locale=C", "-D"])
                .arg(&data)),
            Kind::MariaDb => run(command(&find("/usr/bin", "mariadb-install-db"))
                .args(["--no-defaults", "--skip-test-db", "--auth-root-authentication-method=normal"])
                .arg(format!("--datadir={}", data.display()))),
        }
        let port = ports::reserve(1);
        let process = serve(kind, folder.path(), port);
        let database = Self { kind, process, folder, port };
        match kind {
            Kind::Postgres => database.administer("exten", "postgres", "CREATE DATABASE calls"),
            Kind::MariaDb => {
                database.administer("root", "mysql", "CREATE DATABASE calls");
                database.administer("root", "mysql", "CREATE USER exten@'%' IDENTIFIED BY 'key-exten'");
                database.administer("root", "mysql", "CREATE USER exten@localhost IDENTIFIED BY 'key-exten'");
                database.administer("root", "mysql", "GRANT ALL ON calls.* TO exten@'%'");
                database.administer("root", "mysql", "GRANT ALL ON calls.* TO exten@localhost");
            }
        }
        database
    }

    fn administer(&self, user: &str, name: &str, statement: &str) {
        self.with(user, name, statement, async |sql, statement| {
            // CREATE DATABASE stands in no transaction.
            sql.query(statement).await.map(drop)
        });
    }

    #[track_caller]
    fn with<T>(
        &self,
        user: &str,
        name: &str,
        statement: &str,
        work: impl AsyncFn(&Sql, &str) -> Result<T, exten::storage::sql::SqlError>,
    ) -> T {
        let login = Login {
            host: Some("127.0.0.1".to_owned()),
            port: Some(self.port),
            user: Some(user.to_owned()),
            password: (user == "exten").then(|| "key-exten".to_owned()),
            database: Some(name.to_owned()),
            ..Login::default()
        };
        let source = if self.kind == Kind::Postgres { Source::Postgres(login) } else { Source::Mysql(login) };
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let sql = Sql::new(source);
            work(&sql, statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"))
        })
    }

    /// Runs a statement in the database.
    #[track_caller]
    pub fn execute(&self, statement: &str) {
        self.with("exten", "calls", statement, async |sql, statement| sql.execute(&[statement.to_owned()]).await);
    }

    /// Asks the database.
    #[track_caller]
    pub fn query(&self, statement: &str) -> Rows {
        self.with("exten", "calls", statement, async |sql, statement| sql.query(statement).await)
    }

    /// The server is gone, without a warning.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Runs the server again.
    #[track_caller]
    pub fn run_again(&mut self) {
        self.process = serve(self.kind, self.folder.path(), self.port);
    }
}

#[track_caller]
fn serve(kind: Kind, folder: &Path, port: u16) -> Process {
    let data = folder.join("data");
    let mut command = match kind {
        Kind::Postgres => {
            let mut command = command(&find("/usr/lib/postgresql/*/bin", "postgres"));
            command.arg("-D").arg(&data).args(["-h", "127.0.0.1", "-p", &port.to_string()]);
            command.args(["-c", "fsync=off", "-c", "unix_socket_directories=", "-c", "shared_buffers=16MB"]);
            command
        }
        Kind::MariaDb => {
            let mut command = command(&find("/usr/sbin", "mariadbd"));
            command.arg("--no-defaults").arg(format!("--datadir={}", data.display()));
            command.arg(format!("--socket={}", folder.join("s").display()));
            command.arg(format!("--pid-file={}", folder.join("pid").display()));
            command.args(["--bind-address=127.0.0.1", "--innodb-buffer-pool-size=16M"]);
            command.arg(format!("--port={port}"));
            command
        }
    };
    // The file has to be there for both users.
    let process = Process::start(&format!("{kind:?}"), &mut command, &folder.join("log"));
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let answers = || TcpStream::connect(address).ok();
    assert!(eventually(PATIENCE, answers).is_some(), "{kind:?} does not answer\n{}", process.last_words());
    process
}
