//! `CURL`

use std::time::Duration;

use base64::Engine as _;
use ureq::http::Response;
use ureq::tls::TlsConfig;
use ureq::{Agent, Body, Proxy};

use crate::dialplan::template::text_from_bytes;
use crate::functions::channels::curlopt;
use crate::functions::outside::blocking;
use crate::functions::text::uri;
use crate::functions::{fields, hash};
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives what a web server answers: to a GET, or to a POST where there are data to post. Set, it stores the answer in a
/// file: `Set(CURL(url)=/path)`.
///
/// The call waits for the answer; `Set(CURLOPT(httptimeout)=5)` bounds that. With `CURLOPT(hashcompat)=yes` an answer
/// such as `a=1&b=2` can be assigned to a hash: `Set(HASH(answer)=${CURL(…)})`. Text of callers must pass `URIENCODE`
/// before it gets into the address. Where there is no answer, or its status is one of `CURLOPT(failurecodes)`, the value
/// is empty.
pub static CURL: Function = Function::new(
    "CURL",
    "The answer of a web server",
    &[Argument::required("url", Kind::Text), Argument::optional("post-data", Kind::Text)],
)
.reads(read)
.writes(write)
.dangerous();

/// No more is read.
const MOST: u64 = 16 << 20;

/// So long a request may take unless `CURLOPT(httptimeout)` says otherwise.
const PATIENCE: Duration = Duration::from_secs(180);

/// A request, with the channel's options.
struct Request {
    url: String,
    data: Option<String>,
    options: Vec<(&'static str, String)>,
}

impl Request {
    fn new(context: &Context<'_>, arguments: &str) -> Result<Self, FunctionError> {
        let [url, data] = fields::standard(arguments);
        let url = url.unwrap_or_default().trim().to_owned();
        if url.is_empty() {
            return Err(FunctionError::arguments("an address is needed"));
        }
        Ok(Self { url, data, options: curlopt::all(&context.state.settings) })
    }

    fn option(&self, name: &str) -> &str {
        self.options.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> u32 {
        self.option(name).parse().unwrap_or(0)
    }

    fn seconds(&self, name: &str) -> Option<Duration> {
        let seconds: f64 = self.option(name).parse().ok().filter(|seconds| *seconds > 0.0)?;
        Duration::try_from_secs_f64(seconds).ok()
    }

    fn agent(&self) -> Result<Agent, FunctionError> {
        let is_verified = self.option("ssl_verifypeer") != "0";
        let tls = TlsConfig::builder().disable_verification(!is_verified).build();
        let redirects = match (self.option("followlocation"), self.number("maxredirs")) {
            ("" | "0", _) => 0,
            (_, 0) => 50,
            (_, most) => most,
        };
        Ok(Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(redirects)
            .max_redirects_will_error(false)
            .proxy(self.proxy()?)
            .user_agent(self.option("useragent"))
            .timeout_global(Some(self.seconds("httptimeout").unwrap_or(PATIENCE)))
            .timeout_connect(self.seconds("conntimeout"))
            .timeout_resolve(self.seconds("dnstimeout"))
            .build()
            .new_agent())
    }

    fn proxy(&self) -> Result<Option<Proxy>, FunctionError> {
        let host = self.option("proxy");
        if host.is_empty() {
            return Ok(None);
        }
        let (scheme, host) = match (host.split_once("://"), self.option("proxytype")) {
            (Some((scheme, host)), _) => (scheme, host),
            (None, "socks4") => ("socks4", host),
            (None, "socks4a") => ("socks4a", host),
            (None, kind) if kind.starts_with("socks") => ("socks5", host),
            (None, _) => ("http", host),
        };
        let user = self.option("proxyuserpwd");
        let at = if user.is_empty() { String::new() } else { format!("{user}@") };
        let port = if self.number("proxyport") > 0 { format!(":{}", self.option("proxyport")) } else { String::new() };
        let proxy = Proxy::new(&format!("{scheme}://{at}{host}{port}"));
        proxy.map(Some).map_err(|error| FunctionError::value(format!("the proxy {host}: {error}")))
    }

    fn headers(&self) -> Vec<(String, String)> {
        let mut headers = Vec::new();
        for (name, option) in [("Cookie", "cookie"), ("Referer", "referer")] {
            if !self.option(option).is_empty() {
                headers.push((name.to_owned(), self.option(option).to_owned()));
            }
        }
        if !self.option("userpwd").is_empty() {
            let proof = base64::engine::general_purpose::STANDARD.encode(self.option("userpwd"));
            headers.push(("Authorization".to_owned(), format!("Basic {proof}")));
        }
        let own = self.option("httpheader").lines().filter_map(|line| line.split_once(':'));
        headers.extend(own.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())));
        headers
    }

    fn send(&self) -> Result<Answer, FunctionError> {
        let agent = self.agent()?;
        let headers = self.headers();
        let has_type = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Content-Type"));
        let sent = match &self.data {
            Some(data) => {
                let mut request = agent.post(&self.url);
                if !has_type {
                    request = request.header("Content-Type", "application/x-www-form-urlencoded");
                }
                let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
                request.send(data.as_bytes())
            }
            None => {
                let request = agent.get(&self.url);
                headers.iter().fold(request, |request, (name, value)| request.header(name, value)).call()
            }
        };
        let answer = sent.map_err(|error| self.failed(&error))?;
        let status = answer.status().as_u16().to_string();
        if self.option("failurecodes").split(',').any(|code| code.trim() == status) {
            return Err(FunctionError::value(format!("{}: the server answers {status}", self.url)));
        }
        let head = if self.option("header") == "0" { String::new() } else { head(&answer) };
        let body =
            answer.into_body().into_with_config().limit(MOST).read_to_vec().map_err(|error| self.failed(&error))?;
        Ok(Answer { head, body })
    }

    /// What went wrong, without the password of an address.
    fn failed(&self, error: &ureq::Error) -> FunctionError {
        let address =
            match self.url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?.1))) {
                Some((scheme, rest)) => format!("{scheme}://{rest}"),
                None => self.url.clone(),
            };
        FunctionError::value(format!("{address}: {error}"))
    }
}

struct Answer {
    head: String,
    body: Vec<u8>,
}

fn head(answer: &Response<Body>) -> String {
    let mut head = format!("{:?} {}\r\n", answer.version(), answer.status());
    for (name, value) in answer.headers() {
        head.push_str(&format!("{name}: {}\r\n", String::from_utf8_lossy(value.as_bytes())));
    }
    head.push_str("\r\n");
    head
}

fn fetch(context: &mut Context<'_>, arguments: &str) -> Result<(Request, Answer), FunctionError> {
    let request = Request::new(context, arguments)?;
    let answer = context.unlocked(|| blocking(|| request.send()))?;
    Ok((request, answer))
}

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let (request, answer) = fetch(context, arguments)?;
    let text = format!("{}{}", answer.head, text_from_bytes(&answer.body));
    let text = text.trim_end();
    match request.option("hashcompat").to_ascii_lowercase().as_str() {
        "" | "0" | "no" | "false" | "off" => out.push_str(text),
        manner => {
            let plain = |text: &str| {
                let text = if manner == "legacy" { text.replace('+', " ") } else { text.to_owned() };
                uri::decoded(&text)
            };
            let pairs: Vec<(String, String)> = text
                .split('&')
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (plain(name), plain(value)))
                .collect();
            let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
            hash::set_fields(context, &names);
            let values: Vec<&str> = pairs.iter().map(|(_, value)| value.as_str()).collect();
            out.push_str(&values.join(","));
        }
    }
    Ok(())
}

fn write(context: &mut Context<'_>, arguments: &str, path: &str) -> Result<(), FunctionError> {
    let (_, answer) = fetch(context, arguments)?;
    std::fs::write(path, &answer.body).map_err(|error| FunctionError::io(path, error))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpListener;

    use crate::functions::tests::Bench;

    /// A web server for so many requests, each answered with this status and body; gives what they were.
    fn serve(
        requests: usize,
        status: &'static str,
        body: &'static str,
    ) -> (String, std::thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let served = std::thread::spawn(move || {
            let answer = |_| {
                let (mut stream, _) = listener.accept().unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut head, mut line) = (String::new(), String::new());
                while reader.read_line(&mut line).unwrap() > 2 {
                    head.push_str(&std::mem::take(&mut line));
                }
                let length =
                    head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
                let mut data = vec![0; length.unwrap_or(0)];
                reader.read_exact(&mut data).unwrap();
                let length = body.len();
                write!(
                    stream,
                    "HTTP/1.1 {status}\r\nX-Shop: 7\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                )
                .unwrap();
                format!("{head}{}", String::from_utf8(data).unwrap())
            };
            (0..requests).map(answer).collect()
        });
        (address, served)
    }

    #[tokio::test]
    async fn answers_and_what_was_asked() {
        let (address, served) = serve(2, "200 OK", "hello, world\n");
        let bench = Bench::new("");
        bench.set("URL", &address);
        bench.set("CURLOPT(userpwd)", "ann:secret");
        bench.set("CURLOPT(httpheader)", "X-One: 1");
        bench.set("CURLOPT(httpheader)", "X-Two: 2");
        bench.set("CURLOPT(cookie)", "c=1");
        assert_eq!(bench.value("[${CURL(${URL}/a?b=c)}]"), "[hello, world]");
        bench.set("CURLOPT(header)", "1");
        assert!(bench.value("${CURL(${URL}/p,x=1,2&y=3)}").contains("x-shop: 7"));
        let asked = served.join().unwrap();
        assert!(asked[0].starts_with("GET /a?b=c HTTP/1.1"), "{}", asked[0]);
        let first = asked[0].to_lowercase();
        for line in
            ["x-one: 1", "x-two: 2", "cookie: c=1", "authorization: basic yw5uonnly3jlda==", "user-agent: exten"]
        {
            assert!(first.contains(line), "{line}\n{first}");
        }
        assert!(asked[1].starts_with("POST /p") && asked[1].ends_with("x=1,2&y=3"), "{}", asked[1]);
    }

    #[tokio::test]
    async fn answers_become_hashes_and_files() {
        let (address, _served) = serve(2, "200 OK", "name=Ann%20B&city=Bonn+Nord");
        let bench = Bench::new("");
        bench.set("URL", &address);
        bench.set("CURLOPT(hashcompat)", "legacy");
        bench.set("HASH(answer)", &bench.value("${CURL(${URL})}"));
        assert_eq!(bench.value("${HASH(answer,name)}/${HASH(answer,city)}"), "Ann B/Bonn Nord");
        let file = bench.folder().join("answer");
        bench.set(&format!("CURL({address})"), &file.to_string_lossy());
        assert!(std::fs::read_to_string(file).unwrap().starts_with("name="));
    }

    #[tokio::test]
    async fn failures_are_empty() {
        let (address, _served) = serve(2, "404 Not Found", "nothing");
        let bench = Bench::new("");
        bench.set("URL", &address);
        assert_eq!(bench.value("[${CURL(${URL})}]"), "[nothing]");
        bench.set("CURLOPT(failurecodes)", "500,404");
        assert_eq!(bench.value("[${CURL(${URL})}] [${CURL(http://127.0.0.1:1/)}] [${CURL()}]"), "[] [] []");
    }
}
