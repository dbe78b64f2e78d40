//! `SHELL`

use std::io::Read as _;
use std::process::{Command, Stdio};

use crate::dialplan::template::text_from_bytes;
use crate::functions::outside::blocking;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Runs a command in the shell and gives what it writes, line ends included.
///
/// The call waits until the command is done. Text from outside must never get into the command: `FILTER` it first.
pub static SHELL: Function =
    Function::new("SHELL", "What a command writes", &[Argument::required("command", Kind::Text)])
        .reads(read)
        .dangerous();

/// No more is read; the command is ended then.
const MOST: u64 = 1 << 20;

fn read(context: &mut Context<'_>, command: &str, out: &mut String) -> Result<(), FunctionError> {
    if command.is_empty() {
        return Err(FunctionError::arguments("a command is needed"));
    }
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).stdin(Stdio::null()).stdout(Stdio::piped());
    shell.envs(context.exchange.environment.lock().iter());
    let written = context.unlocked(|| blocking(|| run(&mut shell)));
    out.push_str(&text_from_bytes(&written.map_err(|error| FunctionError::io(command, error))?));
    Ok(())
}

fn run(shell: &mut Command) -> std::io::Result<Vec<u8>> {
    let mut child = shell.spawn()?;
    let mut written = Vec::new();
    if let Some(output) = child.stdout.take() {
        output.take(MOST).read_to_end(&mut written)?;
    }
    if written.len() as u64 >= MOST {
        child.kill()?;
    }
    child.wait()?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn the_output_is_the_value() {
        assert_eq!(value("[${SHELL(printf hello)}] [${SHELL(exit 1)}] [${SHELL()}]"), "[hello] [] []");
    }
}
