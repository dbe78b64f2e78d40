//! Databases by the names of `res_odbc.conf`, whose DSNs stand in `odbc.ini`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Login, Source};
use crate::conf::{Config, Section, is_false};

/// The connections of `res_odbc.conf`: names, and where they lead. What names no database that exten can reach is left
/// out with the reason.
///
/// A `dsn` is a section of `odbc.ini` whose `Driver` names PostgreSQL, MySQL, MariaDB or SQLite, or an address:
/// `postgres://host[:port]/database`, `mysql://…`, `sqlite:/path`.
pub fn sources(res_odbc: &Config, odbc_ini: &Config) -> (BTreeMap<String, Source>, Vec<String>) {
    let (mut sources, mut problems) = (BTreeMap::new(), Vec::new());
    for section in res_odbc.sections.iter().filter(|section| section.get("dsn").is_some()) {
        if section.get("enabled").is_some_and(is_false) {
            continue;
        }
        let dsn = section.get("dsn").unwrap_or_default();
        let found = match address(dsn) {
            Some(source) => Ok(source),
            None => odbc_ini
                .section(dsn)
                .ok_or_else(|| format!("there is no DSN {dsn} in odbc.ini"))
                .and_then(|section| driver(section).ok_or_else(|| format!("the driver of {dsn} is not known"))),
        };
        match found {
            Ok(mut source) => {
                if let Source::Postgres(login) | Source::Mysql(login) = &mut source {
                    let own = |key: &str| section.get(key).filter(|value| !value.is_empty()).map(str::to_owned);
                    login.user = own("username").or(login.user.take());
                    login.password = own("password").or(login.password.take());
                }
                sources.insert(section.name.clone(), source);
            }
            Err(problem) => problems.push(format!("res_odbc.conf: [{}]: {problem}", section.name)),
        }
    }
    (sources, problems)
}

fn address(dsn: &str) -> Option<Source> {
    let (scheme, rest) = dsn.split_once(':')?;
    let path = rest.trim_start_matches("//");
    match scheme {
        "sqlite" | "sqlite3" => return Some(Source::Sqlite(PathBuf::from(rest.strip_prefix("//").unwrap_or(rest)))),
        "postgres" | "postgresql" | "mysql" | "mariadb" => {}
        _ => return None,
    }
    let (authority, database) = path.split_once('/').unwrap_or((path, ""));
    let (user, place) = authority.rsplit_once('@').map_or((None, authority), |(user, place)| (Some(user), place));
    let (host, port) = place.rsplit_once(':').map_or((place, None), |(host, port)| (host, port.parse().ok()));
    let (user, password) = user.map_or((None, None), |user| match user.split_once(':') {
        Some((user, password)) => (Some(user.to_owned()), Some(password.to_owned())),
        None => (Some(user.to_owned()), None),
    });
    let login = Login {
        host: Some(host.to_owned()).filter(|host| !host.is_empty()),
        port,
        user,
        password,
        database: Some(database.to_owned()).filter(|name| !name.is_empty()),
        ..Login::default()
    };
    Some(if scheme.starts_with("postgres") { Source::Postgres(login) } else { Source::Mysql(login) })
}

/// What a section of `odbc.ini` means, by its driver.
fn driver(section: &Section) -> Option<Source> {
    let first = |keys: &[&str]| {
        let mut values = keys.iter().filter_map(|key| section.get(key)).filter(|value| !value.is_empty());
        values.next().map(str::to_owned)
    };
    let driver = section.get("driver").unwrap_or_default().to_ascii_lowercase();
    if driver.contains("sqlite") {
        return first(&["database"]).map(|path| Source::Sqlite(Path::new(&path).to_owned()));
    }
    let login = Login {
        host: first(&["servername", "server", "host"]),
        port: first(&["port"]).and_then(|port| port.parse().ok()),
        socket: first(&["socket"]).map(PathBuf::from),
        user: first(&["username", "user", "uid"]),
        password: first(&["password", "pwd"]),
        database: first(&["database"]),
        charset: first(&["charset"]),
        application: None,
    };
    match driver.as_str() {
        name if name.contains("psql") || name.contains("postgres") || name.contains("pgsql") => {
            Some(Source::Postgres(login))
        }
        name if name.contains("mysql") || name.contains("maria") || name.contains("maodbc") => {
            Some(Source::Mysql(login))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::Memory;
    use crate::diagnostic::Sources;

    fn config(text: &str) -> Config {
        let mut files = Memory::default().with("x.conf", text);
        Config::read(&mut files, Path::new("x.conf"), &mut Sources::default())
    }

    #[test]
    fn names_lead_to_databases() {
        let ini = config(
            "[pg]\nDriver = PostgreSQL Unicode\nServername = db.example\nDatabase = calls\nPort = 5433\n[odd]\nDriver = Oracle\n",
        );
        let res = config(
            "[one]\nenabled => yes\ndsn => pg\nusername => ann\npassword => secret\n[two]\ndsn => sqlite:/var/x.db\n\
             [three]\nenabled => no\ndsn => pg\n[four]\ndsn => odd\n[five]\ndsn => mysql://bob:pw@h:3307/d\n",
        );
        let (sources, problems) = sources(&res, &ini);
        let login = Login {
            host: Some("db.example".to_owned()),
            port: Some(5433),
            user: Some("ann".to_owned()),
            password: Some("secret".to_owned()),
            database: Some("calls".to_owned()),
            ..Login::default()
        };
        assert_eq!(sources.get("one"), Some(&Source::Postgres(login.clone())));
        assert!(!format!("{login:?}").contains("secret"));
        assert_eq!(sources.get("two"), Some(&Source::Sqlite(PathBuf::from("/var/x.db"))));
        assert!(matches!(sources.get("five"), Some(Source::Mysql(login)) if login.port == Some(3307)));
        assert_eq!(sources.len(), 3);
        assert_eq!(problems, ["res_odbc.conf: [four]: the driver of odd is not known"]);
    }
}
