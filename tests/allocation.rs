//! The step loop allocates nothing for computing steps whose values fit their buffers.

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use exten::channel::simulated::{Behaviour, SimulatedTechnology};
use exten::conf::Memory;
use exten::interpreter::{Call, Exchange};
use exten::server::{Configuration, Setup};

/// Counts what is asked of the system's allocator.
struct Counting;

static ASKED: AtomicU64 = AtomicU64::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// An allocator can only be watched by standing in its place, and its trait is unsafe; every call goes on unchanged.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ASKED.fetch_add(1, Ordering::Relaxed);
        unsafe { System.realloc(place, layout, size) }
    }
}

const EXTENSIONS: &str = "extensions.conf";

fn exchange(rounds: u32) -> Arc<Exchange> {
    let plan = format!(
        "[default]\n\
         exten => 1,1,Set(I=0)\n\
         same => n(again),Set(I=$[${{I}} + 1])\n\
         same => n,Set(NAME=line ${{I:-1}} of ${{EXTEN}})\n\
         same => n,NoOp(${{NAME}})\n\
         same => n,ExecIf($[\"${{NAME}}\" = \"\"]?Set(EMPTY=1))\n\
         same => n,GotoIf($[${{I}} < {rounds}]?again)\n"
    );
    let mut files = Memory::default().with(EXTENSIONS, plan);
    Configuration::load_from(&mut files, Path::new(EXTENSIONS)).exchange(Setup::default())
}

/// How often a call of so many rounds asks for memory, its beginning and its end included.
fn asked(rounds: u32) -> std::io::Result<u64> {
    let exchange = exchange(rounds);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let phones = SimulatedTechnology::new([], Behaviour::Rings);
    let (channel, _party) =
        phones.dial(&exchange.channels, "SIP", "1001", |state| state.position.set("default", "1", 1));
    let before = ASKED.load(Ordering::Relaxed);
    runtime.block_on(Call::new(Arc::clone(&exchange), channel).run());
    Ok(ASKED.load(Ordering::Relaxed) - before)
}

#[test]
fn more_steps_ask_for_no_more_memory() {
    // Both let others run in between; the buffers of the first rounds serve them all.
    asked(1_000).unwrap();
    assert_eq!(asked(50_000).unwrap(), asked(1_000).unwrap());
}
