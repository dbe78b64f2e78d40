//! `SYSINFO`

use std::fmt::Write as _;

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives a fact about the machine.
///
/// `loadavg` (of the last minute), `numcalls` (channels in use), `uptime` (hours), `numprocs`, and in KiB `totalram`,
/// `freeram`, `bufferram`, `totalswap` and `freeswap`.
pub static SYSINFO: Function =
    Function::new("SYSINFO", "A fact about the machine", &[Argument::required("item", Kind::Text)]).reads(read);

fn read(context: &mut Context<'_>, item: &str, out: &mut String) -> Result<(), FunctionError> {
    let info = rustix::system::sysinfo();
    let kilobytes = |units: u64| units.saturating_mul(u64::from(info.mem_unit)) / 1024;
    let number = match item.to_ascii_lowercase().as_str() {
        "loadavg" => {
            // The kernel counts in parts of 65536.
            let _ = write!(out, "{:.6}", info.loads.first().copied().unwrap_or(0) as f64 / 65536.0);
            return Ok(());
        }
        "numcalls" => context.exchange.channels.count() as u64,
        "uptime" => u64::try_from(info.uptime).unwrap_or(0) / 3600,
        "totalram" => kilobytes(info.totalram),
        "freeram" => kilobytes(info.freeram),
        "bufferram" => kilobytes(info.bufferram),
        "totalswap" => kilobytes(info.totalswap),
        "freeswap" => kilobytes(info.freeswap),
        "numprocs" => u64::from(info.procs),
        other => return Err(FunctionError::arguments(format!("nothing is known about `{other}`"))),
    };
    let _ = write!(out, "{number}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn facts_are_numbers() {
        let bench = Bench::new("");
        let fact = |item: &str| bench.value(&format!("${{SYSINFO({item})}}")).parse::<f64>();
        assert!(fact("totalram").unwrap() >= fact("freeram").unwrap());
        assert!(fact("loadavg").unwrap() >= 0.0 && fact("numprocs").unwrap() > 0.0);
        assert!(fact("weather").is_err());
    }
}
