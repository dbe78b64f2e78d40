//! The dialplan: steps a second, loading a large plan and the memory it takes, and finding a number in it.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use exten::channel::simulated::{Behaviour, SimulatedTechnology};
use exten::conf::Memory;
use exten::dialplan::plan::Plan;
use exten::interpreter::{Call, Exchange, Lookup};
use exten::server::{Configuration, LIBRARY, Setup};

const EXTENSIONS: &str = "extensions.conf";

/// A thousand rounds of counting and jumping back.
const ROUNDS: u64 = 1000;

fn exchange(plan: String) -> Arc<Exchange> {
    let mut files = Memory::default().with(EXTENSIONS, plan);
    Configuration::load_from(&mut files, Path::new(EXTENSIONS)).exchange(Setup::default())
}

/// The step loop: a call counts up by `Set`, `$[]` and `GotoIf`, in the interpreter that real calls run in.
fn steps(criterion: &mut Criterion) {
    let plan = format!(
        "[default]\n\
         exten => 1,1,Set(I=0)\n\
         same => n(again),Set(I=$[${{I}} + 1])\n\
         same => n,GotoIf($[${{I}} < {ROUNDS}]?again)\n"
    );
    let exchange = exchange(plan);
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else { return };
    let phones = SimulatedTechnology::new([], Behaviour::Rings);
    let call = async || {
        let (channel, _party) =
            phones.dial(&exchange.channels, "SIP", "1001", |state| state.position.set("default", "1", 1));
        Call::new(Arc::clone(&exchange), channel).run().await;
    };
    let mut group = criterion.benchmark_group("steps");
    group.throughput(Throughput::Elements(2 * ROUNDS));
    group.bench_function("Set and GotoIf", |bencher| bencher.iter(|| runtime.block_on(call())));
    group.finish();
}

/// One context of this many numbers and patterns, one step each.
fn large_plan(numbers: u32, patterns: u32) -> String {
    let mut plan = String::from("[default]\n");
    for number in 0..numbers {
        // Writing to a String cannot fail.
        let _ = writeln!(plan, "exten => {},1,Dial(SIP/${{EXTEN}})", 1_000_000 + number);
    }
    for pattern in 0..patterns {
        let _ = writeln!(plan, "exten => _9{pattern:05}[1-7]X.,1,Dial(SIP/trunk/${{EXTEN:1}})");
    }
    plan
}

fn load(files: &mut Memory) -> Option<Plan> {
    Plan::load(files, Path::new(EXTENSIONS), &mut &LIBRARY).plan
}

/// The memory that this process has of the machine, in bytes.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(kibibytes.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// What the large plan takes, its text included; printed, since Criterion measures times only.
fn memory(_: &mut Criterion) {
    let (numbers, patterns) = (100_000, 10_000);
    let mut files = Memory::default().with(EXTENSIONS, large_plan(numbers, patterns));
    let before = resident();
    let loaded = Plan::load(&mut files, Path::new(EXTENSIONS), &mut &LIBRARY);
    if let (Some(before), Some(after)) = (before, resident()) {
        let each = (after.saturating_sub(before)) / u64::from(numbers + patterns);
        println!("memory: {each} bytes an extension");
    }
    black_box(loaded.plan);
}

fn loading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    for (name, numbers, patterns) in
        [("100,000 extensions", 100_000, 0), ("100,000 extensions, 10,000 patterns", 100_000, 10_000)]
    {
        let mut files = Memory::default().with(EXTENSIONS, large_plan(numbers, patterns));
        group.bench_function(name, |bencher| bencher.iter(|| black_box(load(&mut files))));
    }
    group.finish();
}

/// What one search costs in that context: a number, one that only a pattern takes, and one that nothing takes.
fn finding(criterion: &mut Criterion) {
    let exchange = exchange(large_plan(100_000, 10_000));
    let plan = exchange.plan();
    let lookup = Lookup::new(&plan, &exchange.clock);
    let mut group = criterion.benchmark_group("find");
    for (name, number) in [("a number", "1050000"), ("a pattern", "9054321555"), ("nothing", "9999999999")] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(lookup.find("default", black_box(number), 1, "2001")));
        });
    }
    group.finish();
}

criterion_group!(dialplan, memory, steps, loading, finding);
criterion_main!(dialplan);
