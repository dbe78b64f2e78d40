//! The command line. Each command is one file in `commands`.

mod commands;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    Explain(commands::explain::Arguments),
    Run(commands::run::Arguments),
    Test(commands::test::Arguments),
}

fn main() -> ExitCode {
    match Line::parse().command {
        Command::Call(arguments) => commands::call::run(&arguments),
        Command::Check(arguments) => commands::check::run(&arguments),
        Command::Explain(arguments) => commands::explain::run(&arguments),
        Command::Run(arguments) => commands::run::run(&arguments),
        Command::Test(arguments) => commands::test::run(&arguments),
    }
}
