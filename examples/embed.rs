//! Embeds the exchange in a program: a plan held in memory, an observer of the program's own, and one call on virtual
//! phones.
//!
//! ```sh
//! cargo run --example embed
//! ```

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use exten::channel::simulated::{Behaviour, SimulatedTechnology};
use exten::channel::{Happening, Observer};
use exten::conf::Memory;
use exten::diagnostic::render;
use exten::interpreter::{Call, Clock};
use exten::server::{Configuration, Setup};
use tokio::time::Instant;

const PLAN: &str = "
[office]
exten => 500,1,Dial(SIP/2001,20)
 same => n,GotoIf($[\"${DIALSTATUS}\" = \"ANSWER\"]?done)
 same => n,Dial(SIP/2002,20)
 same => n(done),Hangup()
";

/// Prints who rings, who talks, and how calls end.
struct Desk {
    opened: Instant,
}

impl Observer for Desk {
    fn happened(&self, happening: &Happening<'_>) {
        let seconds = self.opened.elapsed().as_secs();
        match happening {
            Happening::DialBegin { callee, .. } => println!("{seconds:3} s  {} rings", callee.name()),
            Happening::BridgeEnter { channel, peer: Some(peer), .. } => {
                println!("{seconds:3} s  {} talks with {}", channel.name(), peer.name());
            }
            Happening::Hangup { channel, cause } => {
                println!("{seconds:3} s  {} is gone, cause {cause}", channel.name())
            }
            _ => {}
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut files = Memory::default().with("office/extensions.conf", PLAN);
    let configuration = Configuration::load_from(&mut files, Path::new("office/extensions.conf"));
    for diagnostic in &configuration.diagnostics {
        println!("{}", render::short(diagnostic, &configuration.sources));
    }
    // A paused clock leaps ahead whenever all tasks wait: the call takes no time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    runtime.block_on(call(configuration))
}

async fn call(configuration: Configuration) -> Result<(), Box<dyn Error>> {
    let start = jiff::civil::date(2026, 3, 2).at(9, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC)?;
    let clock = Clock::Simulated { start, since: Instant::now() };
    let exchange = configuration.exchange(Setup { clock, seed: 1, ..Setup::default() });
    exchange.channels.add_observer(Arc::new(Desk { opened: Instant::now() }));

    let names = ["2001", "2002"].map(str::to_owned);
    let phones = SimulatedTechnology::new(names, Behaviour::Answers(Duration::from_secs(4)));
    phones.set_behaviour("2001", Behaviour::Rings);
    exchange.channels.add_technology(phones.clone());

    let (channel, caller) =
        phones.dial(&exchange.channels, "SIP", "customer", |state| state.position.set("office", "500", 1));
    let plan = Call::new(exchange, channel).run();
    let patience = async {
        tokio::time::sleep(Duration::from_secs(40)).await;
        caller.hang_up();
    };
    tokio::join!(plan, patience);
    Ok(())
}
