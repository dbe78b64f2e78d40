//! Questions to the machine's name servers.

use std::sync::OnceLock;
use std::time::Duration;

use hickory_resolver::lookup::Lookup;
use hickory_resolver::proto::rr::RecordType;
use hickory_resolver::{ResolveError, TokioResolver};

use super::naptr::{self, Naptr};
use crate::functions::outside::wait_for;
use crate::interpreter::FunctionError;

/// A call waits no longer than this for the DNS.
const PATIENCE: Duration = Duration::from_secs(10);

/// The NAPTR records of a name, in the order in which they are to be tried; none where the name has none.
pub fn naptr(name: String) -> Result<Vec<Naptr>, FunctionError> {
    Ok(ask(system, name, RecordType::NAPTR)?.as_ref().map(naptr_records).unwrap_or_default())
}

/// The first text of a name's TXT records.
pub fn text(name: String) -> Result<Option<String>, FunctionError> {
    let found = ask(system, name, RecordType::TXT)?;
    let first = found.iter().flat_map(Lookup::iter).find_map(|data| data.as_txt());
    Ok(first.map(|text| text.txt_data().iter().map(|part| String::from_utf8_lossy(part)).collect()))
}

/// Where a service is offered, by an SRV record.
pub struct Service {
    pub host: String,
    pub port: u16,
    pub priority: u16,
    pub weight: u16,
}

/// The SRV records of a service, the one to be tried first in front; none where the name has none.
pub fn services(name: String) -> Result<Vec<Service>, FunctionError> {
    let found = ask(system, name, RecordType::SRV)?;
    let mut services: Vec<Service> = found
        .iter()
        .flat_map(Lookup::iter)
        .filter_map(|data| data.as_srv())
        .map(|record| Service {
            host: record.target().to_string().trim_end_matches('.').to_owned(),
            port: record.port(),
            priority: record.priority(),
            weight: record.weight(),
        })
        .collect();
    services.sort_by_key(|service| (service.priority, std::cmp::Reverse(service.weight)));
    Ok(services)
}

fn naptr_records(found: &Lookup) -> Vec<Naptr> {
    naptr::in_order(found.iter().filter_map(|data| data.as_naptr()).map(Naptr::from).collect())
}

/// The name servers that the machine is set up with. All questions go through one resolver, which remembers answers.
fn system() -> Result<TokioResolver, ResolveError> {
    static RESOLVER: OnceLock<TokioResolver> = OnceLock::new();
    if let Some(resolver) = RESOLVER.get() {
        return Ok(resolver.clone());
    }
    let resolver = TokioResolver::builder_tokio()?.build();
    Ok(RESOLVER.get_or_init(|| resolver).clone())
}

fn ask(
    servers: impl FnOnce() -> Result<TokioResolver, ResolveError> + Send + 'static,
    name: String,
    kind: RecordType,
) -> Result<Option<Lookup>, FunctionError> {
    let asked = name.clone();
    let answer = wait_for(async move {
        let resolver = servers().map_err(|error| error.to_string())?;
        match tokio::time::timeout(PATIENCE, resolver.lookup(asked, kind)).await {
            Err(_) => Err("the name servers do not answer".to_owned()),
            Ok(Err(error)) if error.is_no_records_found() => Ok(None),
            Ok(found) => found.map(Some).map_err(|error| error.to_string()),
        }
    });
    let answer = answer.unwrap_or_else(|| Err("the system gives no thread to ask the DNS".to_owned()));
    answer.map_err(|error| FunctionError::value(format!("{name}: {error}")))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, UdpSocket};

    use hickory_resolver::config::{NameServerConfigGroup, ResolverConfig};
    use hickory_resolver::name_server::TokioConnectionProvider;
    use hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
    use hickory_resolver::proto::rr::rdata::NAPTR;
    use hickory_resolver::proto::rr::{Name, RData, Record};

    use super::*;

    /// A name server that knows two records of one number, and answers `questions` times.
    fn name_server(questions: usize) -> std::io::Result<u16> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = socket.local_addr()?.port();
        std::thread::spawn(move || {
            let mut bytes = [0; 512];
            for _ in 0..questions {
                let Ok((length, asker)) = socket.recv_from(&mut bytes) else { return };
                let Ok(mut message) = Message::from_vec(&bytes[..length]) else { return };
                message.set_message_type(MessageType::Response).set_recursion_available(true);
                let Some(name) = message.queries().first().map(|query| query.name().clone()) else { return };
                if name.to_lowercase().to_string() == "1.0.3.9.4.e164.arpa." {
                    for (preference, uri) in
                        [(20, "!^.*$!sip:second@example.com!"), (10, "!^.*$!sip:first@example.com!")]
                    {
                        let [flags, services, regexp] = ["u", "E2U+sip", uri].map(|text| text.as_bytes().into());
                        let data = RData::NAPTR(NAPTR::new(1, preference, flags, services, regexp, Name::root()));
                        message.add_answer(Record::from_rdata(name.clone(), 60, data));
                    }
                } else {
                    message.set_response_code(ResponseCode::NXDomain);
                }
                let _ = message.to_vec().map(|answer| socket.send_to(&answer, asker));
            }
        });
        Ok(port)
    }

    #[test]
    fn records_come_from_the_name_server_in_their_order() {
        let Ok(port) = name_server(2) else { unreachable!("loopback has ports") };
        let servers = move || {
            let group = NameServerConfigGroup::from_ips_clear(&[Ipv4Addr::LOCALHOST.into()], port, true);
            let config = ResolverConfig::from_parts(None, Vec::new(), group);
            Ok(TokioResolver::builder_with_config(config, TokioConnectionProvider::default()).build())
        };
        let asked = |number| ask(servers, naptr::domain(number, "e164.arpa"), RecordType::NAPTR);
        let found = asked("4930-1").ok().flatten().map(|found| naptr_records(&found)).unwrap_or_default();
        let uris: Vec<_> = found.iter().filter_map(|record| record.uri("+49301")).collect();
        assert_eq!(uris, ["sip:first@example.com", "sip:second@example.com"]);
        assert!(asked("9").is_ok_and(|found| found.is_none()));
    }
}
