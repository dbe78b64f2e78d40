//! Adds an application of the program's own to those of the dialplan, and calls it.
//!
//! ```sh
//! cargo run --example own_application
//! ```

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use exten::applications::APPLICATIONS;
use exten::channel::simulated::{Behaviour, SimulatedTechnology};
use exten::conf::Memory;
use exten::dialplan::plan::Plan;
use exten::functions::FUNCTIONS;
use exten::interpreter::{
    ActivePlan, Application, Argument, Arguments, Call, Exchange, Kind, Library, Outcome, Parts, Run, Sets, Trace,
};
use tokio::time::Instant;

/// Asks the stock room how many of an article are left, which takes it a while.
static STOCK: Application = Application {
    name: "Stock",
    synopsis: "Asks the stock room how many of an article are left",
    arguments: &[Argument::required("article", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "STOCK", values: &[] }],
    run: Run::Wait(|call, arguments| Box::pin(stock(call, arguments))),
};

async fn stock(call: &mut Call, arguments: Arguments) -> Outcome {
    let article = arguments.get(0);
    if article.is_empty() {
        call.context().warn("Stock: it wants an article");
        return Outcome::Continue;
    }
    // If the caller hangs up now, this is dropped where it stands.
    tokio::time::sleep(Duration::from_secs(2)).await;
    call.context().set("STOCK", if article == "umbrella" { "7" } else { "0" });
    Outcome::Continue
}

/// The applications of exten and the one above, sorted by name as a library has to be.
fn library() -> &'static Library {
    let mut applications = APPLICATIONS.to_vec();
    applications.push(&STOCK);
    applications.sort_by_key(|application| application.name.to_ascii_lowercase());
    Box::leak(Box::new(Library { applications: applications.leak(), functions: FUNCTIONS }))
}

const PLAN: &str = "
[shop]
exten => 1,1,Stock(umbrella)
 same => n,NoOp(${STOCK} left)
";

fn main() -> Result<(), Box<dyn Error>> {
    let mut library = library();
    let mut files = Memory::default().with("extensions.conf", PLAN);
    let loaded = Plan::load(&mut files, Path::new("extensions.conf"), &mut library);
    let plan = loaded.plan.ok_or("the plan is refused")?;
    let active = ActivePlan { plan, sources: loaded.sources, ..ActivePlan::default() };

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    runtime.block_on(async {
        let exchange = Exchange::new(Parts::new(active, library));
        let trace = Trace::new();
        exchange.channels.add_observer(trace.clone());
        let phones = SimulatedTechnology::new([], Behaviour::Rings);
        let (channel, _caller) =
            phones.dial(&exchange.channels, "SIP", "ann", |state| state.position.set("shop", "1", 1));
        let begun = Instant::now();
        Call::new(exchange, channel).run().await;
        for told in trace.channels() {
            print!("{}", told.steps);
        }
        println!("{} seconds of virtual time", begun.elapsed().as_secs());
        Ok(())
    })
}
