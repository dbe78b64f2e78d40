//! `cdr-csv/Master.csv`, and a file for each account code beside it.

use std::fmt::Write as _;
use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::Row;
use crate::storage::records::{Backend, BackendError, Delivering, ama_word, lines, time};

/// The section `[csv]` of `cdr.conf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csv {
    /// The folder, `cdr-csv`.
    pub folder: PathBuf,
    /// `usegmtime` chooses UTC.
    pub zone: TimeZone,
    /// A column more: `loguniqueid`.
    pub has_unique_id: bool,
    /// A column more: `loguserfield`.
    pub has_user_field: bool,
    /// Three columns more: `newcdrcolumns`.
    pub has_new_columns: bool,
    /// A file for each account code (`accountlogs`).
    pub has_accounts: bool,
}

impl Csv {
    /// The line of a record, without its end.
    pub fn line(&self, row: &Row) -> String {
        let mut line = String::new();
        let mut text = |text: &str| {
            let _ = write!(line, "\"{}\",", text.replace('"', "\"\""));
        };
        for field in [
            &row.accountcode,
            &row.src,
            &row.dst,
            &row.dcontext,
            &row.clid,
            &row.channel,
            &row.dstchannel,
            &row.lastapp,
            &row.lastdata,
            &time(Some(row.start), &self.zone),
            &time(row.answer, &self.zone),
            &time(Some(row.end), &self.zone),
        ] {
            // A record is one line, whatever its fields hold.
            text(&field.replace(['\n', '\r'], " "));
        }
        let _ = write!(line, "{},{},", row.duration, row.billsec);
        let mut text = |text: &str| {
            let _ = write!(line, "\"{}\",", text.replace('"', "\"\"").replace(['\n', '\r'], " "));
        };
        text(&row.disposition);
        text(ama_word(row.amaflags));
        if self.has_unique_id {
            text(&row.uniqueid);
        }
        if self.has_user_field {
            text(&row.userfield);
        }
        if self.has_new_columns {
            text(&row.peeraccount);
            text(&row.linkedid);
            let _ = write!(line, "{},", row.sequence);
        }
        line.pop();
        line
    }

    fn write(&self, rows: &[Row], is_again: bool) -> Result<(), BackendError> {
        let all: Vec<String> = rows.iter().map(|row| self.line(row)).collect();
        lines::append(&self.folder.join("Master.csv"), &all, is_again)?;
        if !self.has_accounts {
            return Ok(());
        }
        let mut accounts: Vec<&str> = rows.iter().map(|row| row.accountcode.as_str()).collect();
        accounts.sort_unstable();
        accounts.dedup();
        for account in accounts.into_iter().filter(|account| !account.is_empty()) {
            if account.contains('/') || account.starts_with('.') {
                tracing::warn!("no file of call records for the account code `{account}`: it is no file name");
                continue;
            }
            let own = rows.iter().zip(&all).filter(|(row, _)| row.accountcode == account);
            let own: Vec<String> = own.map(|(_, line)| line.clone()).collect();
            lines::append(&self.folder.join(format!("{account}.csv")), &own, is_again)?;
        }
        Ok(())
    }
}

impl Backend<Row> for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn deliver<'a>(&'a self, rows: &'a [Row], is_again: bool) -> Delivering<'a> {
        // The account files may fail after Master.csv has the lines: the next attempt looks what is there.
        Box::pin(async move { self.write(rows, is_again) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_quotes() {
        let folder = tempfile::tempdir().unwrap();
        let mut csv = Csv {
            folder: folder.path().to_owned(),
            zone: TimeZone::UTC,
            has_unique_id: true,
            has_user_field: true,
            has_new_columns: false,
            has_accounts: true,
        };
        let row = Row {
            accountcode: "sales".to_owned(),
            src: "2001".to_owned(),
            dst: "100".to_owned(),
            dcontext: "default".to_owned(),
            clid: "\"Ann\" <2001>".to_owned(),
            channel: "SIP/ann-00000000".to_owned(),
            lastapp: "Wait".to_owned(),
            lastdata: "3".to_owned(),
            start: 1_700_000_000_123_456,
            answer: None,
            end: 1_700_000_003_000_000,
            duration: 3,
            disposition: "NO ANSWER".to_owned(),
            amaflags: 3,
            uniqueid: "1700000000.0".to_owned(),
            linkedid: "1700000000.0".to_owned(),
            sequence: 7,
            ..Row::default()
        };
        let base = "\"sales\",\"2001\",\"100\",\"default\",\"\"\"Ann\"\" <2001>\",\"SIP/ann-00000000\",\"\",\"Wait\",\"3\",\
                    \"2023-11-14 22:13:20\",\"\",\"2023-11-14 22:13:23\",3,0,\"NO ANSWER\",\"DOCUMENTATION\"";
        assert_eq!(csv.line(&row), format!("{base},\"1700000000.0\",\"\""));
        csv.write(&[row.clone(), Row::default()], false).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("Master.csv")).unwrap().lines().count(), 2);
        assert_eq!(std::fs::read_to_string(folder.path().join("sales.csv")).unwrap().lines().count(), 1);
        (csv.has_unique_id, csv.has_user_field, csv.has_new_columns) = (false, false, true);
        assert_eq!(csv.line(&row), format!("{base},\"\",\"1700000000.0\",7"));
    }
}
