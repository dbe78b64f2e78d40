//! Functions that the admin makes of SQL statements, in `func_odbc.conf`.

mod conf;
mod escape;
mod fetch;
mod functions;
mod query;

pub use conf::OdbcConf;
pub use escape::{SQL_ESC, SQL_ESC_BACKSLASHES};
pub use fetch::{ODBC_FETCH, finish};
pub use functions::OdbcFunctions;
