//! Runs the recorded cases: small dialplans and what a real Asterisk 20 did with each, step by step.
//!
//! `cargo test --test conformance` runs `tests/conformance`; `EXTEN_CONFORMANCE=DIR` takes another folder, and
//! `EXTEN_CONFORMANCE_FILTER=text` only the cases whose `file: name` contains the text. Every case runs on virtual phones
//! in virtual time. What exten deliberately does otherwise stands in `deviations.toml`, with the reason; a listed case that
//! passes fails the run, so that the list stays true.

#![allow(clippy::unwrap_used, clippy::panic)]

mod conformance {
    pub mod case;
    pub mod compare;
    pub mod play;
}

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use conformance::case::{self, Case};
use conformance::compare::{self, Parting};

fn main() -> ExitCode {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let folder = std::env::var_os("EXTEN_CONFORMANCE").map_or_else(|| own.clone(), PathBuf::from);
    let filter = std::env::var("EXTEN_CONFORMANCE_FILTER").unwrap_or_default();
    let deviations = case::read_deviations(&own.join("deviations.toml"));
    let cases: Vec<Case> =
        case::read_folder(&folder).into_iter().filter(|case| case.title().contains(&filter)).collect();
    let outcomes = run_all(&cases);

    let mut by_file: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    let (mut passed, mut failed, mut deviating) = (0, 0, 0);
    for (case, outcome) in cases.iter().zip(outcomes) {
        let reason = deviations.get(&case.title());
        let tally = by_file.entry(&case.file).or_default();
        tally[usize::from(outcome.is_some())] += 1;
        match (outcome, reason) {
            (None, None) => passed += 1,
            (Some(_), Some(_)) => deviating += 1,
            (Some(parting), None) => {
                failed += 1;
                println!("FAILED {}\n{parting}\n", case.title());
            }
            (None, Some(reason)) => {
                failed += 1;
                println!("FAILED {}: it passes, but is listed as a deviation ({reason})\n", case.title());
            }
        }
    }
    for (file, [good, bad]) in &by_file {
        println!("{file}: {good} of {} as the reference", good + bad);
    }
    if deviating > 0 {
        println!("{deviating} deviate as listed in deviations.toml");
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs the cases on all cores; the outcomes stand in the order of the cases.
fn run_all(cases: &[Case]) -> Vec<Option<Parting>> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let outcomes: Vec<_> = cases.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(at) else { return };
                    *outcomes[at].lock().unwrap() = compare::check(case);
                }
            });
        }
    });
    outcomes.into_iter().map(|outcome| outcome.into_inner().unwrap()).collect()
}
