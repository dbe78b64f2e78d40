//! The command line. Each command is one file in `commands`.

mod commands;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A call's state is many small pieces: this allocator keeps them closer together than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs, tries and explains Asterisk dialplans.
#[derive(Parser)]
#[command(name = "exten", version, about, long_about = None, arg_required_else_help = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Call(Box<commands::call::Arguments>),
    Check(commands::check::Arguments),
    Cli(commands::cli::Arguments),
    Doc(commands::doc::Arguments),
    Explain(commands::explain::Arguments),
    Fmt(commands::fmt::Arguments),
    Run(commands::run::Arguments),
    Test(commands::test::Arguments),
}

fn main() -> ExitCode {
    let name = std::env::args_os().next().unwrap_or_default();
    if std::path::Path::new(&name).file_name().is_some_and(|name| name == "asterisk") {
        return commands::asterisk::run();
    }
    match Line::parse().command {
        Command::Call(arguments) => commands::call::run(&arguments),
        Command::Check(arguments) => commands::check::run(&arguments),
        Command::Cli(arguments) => commands::cli::run(&arguments),
        Command::Doc(arguments) => commands::doc::run(&arguments),
        Command::Explain(arguments) => commands::explain::run(&arguments),
        Command::Fmt(arguments) => commands::fmt::run(&arguments),
        Command::Run(arguments) => commands::run::run(&arguments),
        Command::Test(arguments) => commands::test::run(&arguments),
    }
}
