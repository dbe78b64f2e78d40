//! Start-up and shutdown.

use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use super::alarms::alarms;
use super::cel::EventLog;
use super::databases::TableWatch;
use super::departure::Departure;
use super::queue_log::QueueLog;
use super::records::Recorder;
use super::reload::Watch;
use super::{Configuration, Origin, Setup};
use crate::applications::queue::MemberWatch;
use crate::applications::voicemail;
use crate::channel::local::LocalTechnology;
use crate::channel::{Cause, Interrupt};
use crate::conf::Disk;
use crate::diagnostic::{Diagnostic, Severity, codes, render};
use crate::functions::odbc::OdbcFunctions;
use crate::interpreter::{Exchange, PlanArrivals};
use crate::management::ami::{self, Manager};
use crate::management::call_files;
use crate::management::console::socket::{ControlSocket, SocketError};
use crate::management::console::verbose::Verbose;
use crate::management::http::{self, Http};
use crate::management::pbx::{Control, Ending, Order, Orders, Pbx, Reloading};
use crate::sip::agent::{self, Agent};
use crate::storage::records::Spool;

/// A running PBX.
pub struct Server {
    pub exchange: Arc<Exchange>,
    pub agent: Arc<Agent>,
    /// What the console and manager programs reach.
    pub pbx: Arc<Pbx>,
    records: Arc<Recorder>,
    cel: Arc<EventLog>,
    queue_log: QueueLog,
    call_files: JoinHandle<()>,
    mailboxes: JoinHandle<()>,
    pub manager: Arc<Manager>,
    pub http: Arc<Http>,
    orders: Orders,
    console: Option<JoinHandle<()>>,
    origin: Origin,
    watch: Watch,
    tables: TableWatch,
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error(transparent)]
    Sip(#[from] agent::StartError),
    #[error(transparent)]
    Manager(#[from] ami::StartError),
    #[error(transparent)]
    Http(#[from] http::StartError),
    #[error(transparent)]
    Console(#[from] SocketError),
}

/// Calls get so long to end when the server stops.
const FAREWELL: std::time::Duration = std::time::Duration::from_secs(2);

impl Server {
    /// Puts a configuration into service. `disk` is what read it: it knows which files to watch.
    ///
    /// # Errors
    /// Where an address cannot be bound, or a server runs with this configuration already.
    pub async fn start(mut configuration: Configuration, disk: &Disk, setup: Setup) -> Result<Self, ServerError> {
        let endpoints = std::mem::take(&mut configuration.endpoints);
        let manager = std::mem::take(&mut configuration.manager);
        let web = std::mem::take(&mut configuration.http);
        let watch = Watch::new(disk.tried());
        let tables = TableWatch::new(configuration.brought.clone());
        let logger = Arc::clone(&setup.logger);
        let settings = configuration.settings.clone();
        let origin = configuration.origin.clone();
        logger.set_verbose(settings.verbose);
        logger.set_debug(settings.debug);
        logger.configure(std::mem::take(&mut configuration.logger));
        let socket = control_socket(&configuration)?;
        let (queue_log, logs) = (std::mem::take(&mut configuration.queue_log), configuration.directories.log.clone());
        let cel = std::mem::take(&mut configuration.cel);
        let records = std::mem::take(&mut configuration.records);
        let spool = configuration.directories.spool.join("cdr/spool.sqlite3");
        let spool = Arc::new(Spool::new(&spool, records.fsync));
        let exchange = configuration.exchange(setup);
        exchange.limits.store(Arc::new(settings.limits));
        exchange.channels.set_identity(settings.identity);
        let queue_log = QueueLog::start(&exchange, &queue_log, &logs, &spool);
        let records = Recorder::start(&exchange, records, &spool);
        exchange.begin_watching();
        exchange.channels.add_observer(MemberWatch::new(&exchange));
        exchange.channels.add_observer(Arc::new(Verbose(Arc::clone(&logger))));
        let arrivals = PlanArrivals::new(&exchange);
        let agent = Agent::start(endpoints, Arc::clone(&exchange.channels), arrivals.clone()).await?;
        let clock = exchange.clock.clone();
        let epoch = move || clock.now().timestamp().as_second();
        agent.keep_registrations(Arc::clone(&exchange.database), epoch);
        exchange.channels.add_technology(agent.clone());
        exchange.channels.add_technology(Arc::new(LocalTechnology::new(arrivals)));
        let cel = EventLog::start(&exchange, cel, &spool);
        let mailboxes = tokio::spawn(voicemail::poll(Arc::clone(&exchange)));
        let call_files = tokio::spawn(call_files::watch(Arc::clone(&exchange)));
        let (control, orders) = Control::new();
        let again = control.clone();
        // It is set once, here.
        let _ = exchange.reloader.set(Box::new(move || {
            let control = again.clone();
            Box::pin(async move { control.reload().await.is_some_and(|done| done.is_in_service) })
        }));
        let pbx = Pbx::new(Arc::clone(&exchange), Some(Arc::clone(&agent)), control, logger);
        let manager = Manager::start(Arc::clone(&pbx), manager).await?;
        let http = Http::start(&manager, web).await?;
        let console = socket.map(|socket| tokio::spawn(socket.serve(Arc::clone(&pbx))));
        Ok(Self {
            exchange,
            agent,
            pbx,
            manager,
            http,
            records,
            cel,
            queue_log,
            call_files,
            mailboxes,
            orders,
            console,
            origin,
            watch,
            tables,
        })
    }

    /// Serves, reloads and follows orders until `stop` resolves or an order to stop is due, then ends all calls. `tell`
    /// is shown what a reload found.
    pub async fn serve(mut self, stop: impl Future<Output = ()>, mut tell: impl FnMut(&Reloaded)) -> Ending {
        let mut stop = std::pin::pin!(stop);
        let mut asked = signal(SignalKind::hangup()).ok();
        let mut departure = Departure::default();
        self.orders.booted();
        let ending = loop {
            let by_signal = async {
                let heard = match &mut asked {
                    Some(asked) => asked.recv().await,
                    None => None,
                };
                if heard.is_none() {
                    std::future::pending::<()>().await;
                }
            };
            let mut done = None;
            let (realtime, alarms) = (self.exchange.realtime.load_full(), alarms(&self.exchange));
            tokio::select! {
                () = &mut stop => break Ending::Stopped,
                ending = departure.due(&self.exchange.channels) => break ending,
                () = self.watch.changed() => {}
                () = self.tables.changed(&realtime, &alarms) => {}
                () = by_signal => {}
                order = self.orders.next() => match order {
                    Order::Reload { done: asking } => done = Some(asking),
                    Order::Amend { amendments, done } => {
                        // Who asked may be gone.
                        let _ = done.send(self.exchange.amend(|_| amendments).await);
                        continue;
                    }
                    Order::Stop { when, restart } => {
                        departure.set(when, restart, &self.exchange.channels);
                        continue;
                    }
                    Order::Stay => {
                        departure.withdraw(&self.exchange.channels);
                        continue;
                    }
                }
            }
            let reloaded = self.reload().await;
            if let Some(done) = done {
                // Who asked may be gone.
                let _ = done.send(reloaded.summary());
            }
            tell(&reloaded);
        };
        self.farewell(ending).await;
        ending
    }

    async fn farewell(&mut self, ending: Ending) {
        self.call_files.abort();
        self.mailboxes.abort();
        self.exchange.channels.set_closed(true);
        for channel in self.exchange.channels.all() {
            channel.interrupt(Interrupt::Hangup(Cause::NORMAL));
        }
        let quiet = async {
            while self.exchange.channels.count() > 0 {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        let _ = tokio::time::timeout(FAREWELL, quiet).await;
        self.manager.shutdown(ending == Ending::Restart);
        self.agent.shutdown().await;
        tokio::join!(self.records.finish(), self.cel.finish(), self.queue_log.finish());
        if let Some(console) = &mut self.console {
            console.abort();
            // Its socket goes with it.
            let _ = console.await;
        }
    }

    /// A file that was just truncated is about to be written: an empty plan does not replace one with steps.
    fn keep_from_emptying(&self, configuration: &mut Configuration) {
        let is_empty = configuration.plan.as_ref().is_some_and(|active| active.plan.step_count() == 0);
        if is_empty && self.exchange.plan().plan.step_count() > 0 {
            let message = format!("{} has no step any more", self.origin.plan.display());
            let help = "save the file again with its contents; to stop all calls, stop the server";
            configuration.diagnostics.push(Diagnostic::error(codes::EMPTIED_PLAN, message).help(help));
        }
    }

    /// Reads the folder again and puts it into service, unless it has an error: then the last good plan stays.
    pub async fn reload(&mut self) -> Reloaded {
        let origin = self.origin.clone();
        let read = tokio::task::spawn_blocking(move || {
            let mut disk = Disk::default();
            let configuration = Configuration::load_from(&mut disk, &origin);
            (configuration, disk)
        });
        let Ok((mut configuration, disk)) = read.await else {
            return Reloaded { configuration: Configuration::default(), is_in_service: false };
        };
        self.watch.set(disk.tried());
        self.keep_from_emptying(&mut configuration);
        // A database that is away must not take away what it brought before.
        let is_away = |diagnostic: &&mut Diagnostic| diagnostic.code == codes::UNREADABLE_TABLE;
        if !configuration.brought.missing.is_empty() {
            let told = configuration.diagnostics.iter_mut().filter(is_away);
            told.for_each(|diagnostic| diagnostic.severity = Severity::Error);
        }
        let is_in_service = !configuration.is_refused();
        if is_in_service && let Some(plan) = configuration.plan.take() {
            self.exchange.swap_plan(Arc::new(plan));
            self.exchange.forget_amendments().await;
            self.records.set(std::mem::take(&mut configuration.records));
            self.cel.set(std::mem::take(&mut configuration.cel));
            self.exchange.renew_hints();
            let own_functions = OdbcFunctions::new(std::mem::take(&mut configuration.odbc));
            self.exchange.set_own_functions(Arc::new(own_functions));
            self.exchange.set_audio(std::mem::take(&mut configuration.audio));
            self.exchange.realtime.store(Arc::new(std::mem::take(&mut configuration.realtime)));
            let brought = std::mem::take(&mut configuration.brought);
            self.exchange.voicemail.set_brought(brought.behind.get("voicemail.conf").map_or("", String::as_str));
            self.tables.set(brought);
            self.queue_log.set(&configuration.queue_log);
            let queues = std::mem::take(&mut configuration.queues);
            self.exchange.limits.store(Arc::new(configuration.settings.limits.clone()));
            self.exchange.queues.apply(queues, self.exchange.epoch());
            self.exchange.queues.log.note(self.exchange.epoch(), "CONFIGRELOAD");
            self.exchange.agents.apply(std::mem::take(&mut configuration.agents));
            self.agent.reload(std::mem::take(&mut configuration.endpoints)).await;
            self.pbx.logger.configure(std::mem::take(&mut configuration.logger));
            *self.pbx.reloaded.lock() = self.exchange.clock.now();
            self.manager.reload(std::mem::take(&mut configuration.manager));
            self.http.reload(std::mem::take(&mut configuration.http));
        }
        Reloaded { configuration, is_in_service }
    }
}

/// The control socket, in its folder. Where it cannot be made there is no console, but there are calls.
fn control_socket(configuration: &Configuration) -> Result<Option<ControlSocket>, ServerError> {
    match ControlSocket::bind(&configuration.directories.socket(), &configuration.settings.socket) {
        Ok(socket) => Ok(Some(socket)),
        Err(error @ SocketError::Running(_)) => Err(error.into()),
        Err(error) => {
            tracing::warn!("{error}: no console can connect");
            Ok(None)
        }
    }
}

/// What a reload found.
pub struct Reloaded {
    pub configuration: Configuration,
    /// Whether it is in service now; otherwise the last good plan is.
    pub is_in_service: bool,
}

impl Reloaded {
    fn summary(&self) -> Reloading {
        let Configuration { diagnostics, sources, .. } = &self.configuration;
        let serious = diagnostics.iter().filter(|diagnostic| diagnostic.severity >= Severity::Warning);
        let findings = serious.map(|diagnostic| render::short(diagnostic, sources)).collect();
        Reloading { is_in_service: self.is_in_service, findings }
    }
}
