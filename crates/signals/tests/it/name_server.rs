//! A name server of our own: a zone, faults on demand, and a count of what it was asked.

use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{CNAME, MX, NS, SOA, TXT};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// What goes wrong with one question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    Code(ResponseCode),
    Silence,
    /// Bytes that are no message.
    Garbage,
    /// No answer, but other servers that may know.
    Referral,
    /// The answer belongs to another name.
    OtherName,
    /// Nothing but the flag that says there is more, over TCP as well.
    NeverWhole,
}

/// Names and their records; everything else does not exist.
#[derive(Debug, Clone, Default)]
pub struct Zone {
    records: HashMap<String, Vec<RData>>,
    /// Names that have records, and all above them.
    names: HashSet<String>,
    faults: HashMap<(String, RecordType), Fault>,
    fault_below: HashMap<String, Fault>,
    bare_aliases: bool,
}

fn name(text: &str) -> Name {
    let mut name = Name::from_ascii(text).unwrap();
    name.set_fqdn(true);
    name
}

impl Zone {
    pub fn new() -> Self {
        Self::default()
    }

    fn with(mut self, owner: &str, data: RData) -> Self {
        let owner = owner.to_ascii_lowercase();
        self.names.extend(parents(&owner).map(str::to_owned));
        self.records.entry(owner).or_default().push(data);
        self
    }

    pub fn mx(self, owner: &str, preference: u16, host: &str) -> Self {
        self.with(owner, RData::MX(MX::new(preference, name(host))))
    }

    pub fn ns(self, owner: &str, host: &str) -> Self {
        self.with(owner, RData::NS(NS(name(host))))
    }

    pub fn cname(self, owner: &str, target: &str) -> Self {
        self.with(owner, RData::CNAME(CNAME(name(target))))
    }

    /// A text of any length, in pieces as long as they may be.
    pub fn txt(self, owner: &str, text: &str) -> Self {
        let pieces: Vec<_> =
            text.as_bytes().chunks(255).map(|piece| String::from_utf8(piece.to_vec()).unwrap()).collect();
        self.with(owner, RData::TXT(TXT::new(pieces)))
    }

    /// One question goes wrong.
    pub fn fault(mut self, owner: &str, kind: RecordType, fault: Fault) -> Self {
        self.faults.insert((owner.to_owned(), kind), fault);
        self
    }

    /// Every question about a name and what is below it goes wrong.
    pub fn fault_below(mut self, owner: &str, fault: Fault) -> Self {
        self.fault_below.insert(owner.to_owned(), fault);
        self
    }

    /// Aliases are answered alone: the asker has to follow them.
    pub fn bare_aliases(mut self) -> Self {
        self.bare_aliases = true;
        self
    }

    fn fault_of(&self, owner: &str, kind: RecordType) -> Option<Fault> {
        let below = || parents(owner).find_map(|parent| self.fault_below.get(parent)).copied();
        self.faults.get(&(owner.to_owned(), kind)).copied().or_else(below)
    }

    fn exists(&self, owner: &str) -> bool {
        self.names.contains(owner)
    }

    fn find(&self, owner: &str) -> Option<&Vec<RData>> {
        let wildcard = || {
            let starred = parents(owner).skip(1).map(|parent| format!("*.{parent}"));
            starred.into_iter().find_map(|starred| self.records.get(&starred))
        };
        if self.exists(owner) { self.records.get(owner) } else { wildcard() }
    }

    fn answer(&self, owner: &str, kind: RecordType) -> (ResponseCode, Vec<Record>) {
        let mut answers = Vec::new();
        let mut owner = owner.to_owned();
        for _ in 0..16 {
            let Some(found) = self.find(&owner) else {
                let code = if self.exists(&owner) { ResponseCode::NoError } else { ResponseCode::NXDomain };
                return (code, answers);
            };
            let wanted = |data: &&RData| data.record_type() == kind;
            answers.extend(
                found.iter().filter(wanted).map(|data| Record::from_rdata(name(&owner), 60, data.clone())),
            );
            let alias = found
                .iter()
                .find_map(|data| if let RData::CNAME(target) = data { Some(target.0.clone()) } else { None });
            match alias {
                Some(target) if kind != RecordType::CNAME => {
                    answers.push(Record::from_rdata(name(&owner), 60, RData::CNAME(CNAME(target.clone()))));
                    if self.bare_aliases {
                        return (ResponseCode::NoError, answers);
                    }
                    owner = target.to_ascii().trim_end_matches('.').to_ascii_lowercase();
                }
                Some(_) | None => return (ResponseCode::NoError, answers),
            }
        }
        (ResponseCode::NoError, answers)
    }
}

fn parents(owner: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(owner), |name| name.split_once('.').map(|(_, parent)| parent))
}

/// What a server was asked.
#[derive(Debug, Default)]
pub struct Seen {
    /// Every question; one that is only sent again, since the answer was long in coming, counts once.
    pub asked: Vec<(String, RecordType)>,
    pub over_tcp: usize,
    ids: HashSet<(String, RecordType, u16)>,
    open: HashMap<(String, RecordType), usize>,
    /// Different questions that were open at the same time, at most.
    pub most_at_once: usize,
}

impl Seen {
    pub fn different(&self) -> HashSet<&(String, RecordType)> {
        self.asked.iter().collect()
    }

    pub fn times(&self, owner: &str, kind: RecordType) -> usize {
        self.asked.iter().filter(|(asked, of)| asked == owner && *of == kind).count()
    }
}

struct Shared {
    zone: Zone,
    seen: Mutex<Seen>,
    /// Questions that have to be open at once before the first is answered.
    wait_for: usize,
    enough: Notify,
}

impl Shared {
    fn open(&self, question: &(String, RecordType), id: u16, over_tcp: bool) {
        let mut seen = self.seen.lock().unwrap();
        seen.over_tcp += usize::from(over_tcp);
        if over_tcp || seen.ids.insert((question.0.clone(), question.1, id)) {
            seen.asked.push(question.clone());
        }
        *seen.open.entry(question.clone()).or_default() += 1;
        seen.most_at_once = seen.most_at_once.max(seen.open.len());
    }

    fn close(&self, question: &(String, RecordType)) {
        let mut seen = self.seen.lock().unwrap();
        if let Some(count) = seen.open.get_mut(question) {
            *count -= 1;
            if *count == 0 {
                seen.open.remove(question);
            }
        }
    }

    async fn until_enough_are_open(&self) {
        loop {
            let enough = self.enough.notified();
            let mut enough = std::pin::pin!(enough);
            enough.as_mut().enable();
            if self.seen.lock().unwrap().most_at_once >= self.wait_for {
                self.enough.notify_waiters();
                return;
            }
            enough.await;
        }
    }

    /// The bytes to send, if any.
    async fn reply(&self, bytes: &[u8], over_tcp: bool) -> Option<Vec<u8>> {
        let request = Message::from_vec(bytes).unwrap();
        let query = request.queries.first().unwrap().clone();
        let owner = query.name().to_ascii().trim_end_matches('.').to_ascii_lowercase();
        let question = (owner, query.query_type());
        self.open(&question, request.metadata.id, over_tcp);
        self.until_enough_are_open().await;
        let fault = self.zone.fault_of(&question.0, question.1);
        let mut reply = Message::response(request.metadata.id, request.metadata.op_code);
        reply.metadata.recursion_desired = true;
        reply.metadata.recursion_available = true;
        reply.add_query(query.clone());
        let soa = SOA::new(name("ns.example"), name("admin.example"), 1, 60, 60, 60, 60);
        match fault {
            Some(Fault::Code(code)) => reply.metadata.response_code = code,
            Some(Fault::Referral) => {
                reply.add_authority(Record::from_rdata(
                    name("example"),
                    60,
                    RData::NS(NS(name("ns.elsewhere.example"))),
                ));
            }
            Some(Fault::OtherName) => {
                let (_, answers) = self.zone.answer(&question.0, question.1);
                reply.add_answers(
                    answers
                        .into_iter()
                        .map(|answer| Record::from_rdata(name("other.example"), 60, answer.data)),
                );
            }
            Some(Fault::NeverWhole) => reply.metadata.truncation = true,
            Some(Fault::Silence | Fault::Garbage) => {}
            None => {
                let (code, answers) = self.zone.answer(&question.0, question.1);
                reply.metadata.response_code = code;
                if answers.iter().all(|answer| answer.record_type() != question.1) {
                    reply.add_authority(Record::from_rdata(name("example"), 60, RData::SOA(soa)));
                }
                reply.add_answers(answers);
            }
        }
        let mut bytes = reply.to_vec().unwrap();
        if !over_tcp && bytes.len() > usize::from(request.max_payload()) {
            reply.answers.clear();
            reply.metadata.truncation = true;
            bytes = reply.to_vec().unwrap();
        }
        if fault == Some(Fault::Garbage) {
            bytes.truncate(2);
            bytes.extend([0xff; 20]);
        }
        self.close(&question);
        (fault != Some(Fault::Silence)).then_some(bytes)
    }
}

/// A running server; it ends when it is dropped.
pub struct NameServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

impl NameServer {
    pub async fn start(zone: Zone) -> Self {
        Self::start_waiting_for(zone, 0).await
    }

    /// Answers nothing before so many questions are open at once.
    pub async fn start_waiting_for(zone: Zone, wait_for: usize) -> Self {
        let (udp, tcp) = sockets().await;
        let address = udp.local_addr().unwrap();
        let shared = Arc::new(Shared { zone, seen: Mutex::default(), wait_for, enough: Notify::new() });
        let mut tasks = JoinSet::new();
        tasks.spawn(serve_udp(Arc::new(udp), shared.clone()));
        tasks.spawn(serve_tcp(tcp, shared.clone()));
        Self { address, shared, _tasks: tasks }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn seen<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.shared.seen.lock().unwrap())
    }
}

/// Both on one port, which another test may have taken for TCP.
async fn sockets() -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            return (udp, tcp);
        }
    }
}

async fn serve_udp(socket: Arc<UdpSocket>, shared: Arc<Shared>) {
    let mut answering = JoinSet::new();
    let mut buffer = [0; 4096];
    loop {
        let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
        let bytes = buffer[..length].to_vec();
        let (socket, shared) = (socket.clone(), shared.clone());
        answering.spawn(async move {
            if let Some(reply) = shared.reply(&bytes, false).await {
                let _ = socket.send_to(&reply, from).await;
            }
        });
        while answering.try_join_next().is_some() {}
    }
}

async fn serve_tcp(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        connections.spawn(serve_connection(stream, shared.clone()));
    }
}

async fn serve_connection(mut stream: TcpStream, shared: Arc<Shared>) {
    while let Ok(length) = stream.read_u16().await {
        let mut bytes = vec![0; usize::from(length)];
        if stream.read_exact(&mut bytes).await.is_err() {
            return;
        }
        if let Some(reply) = shared.reply(&bytes, true).await {
            let length = u16::try_from(reply.len()).unwrap();
            let _ = stream.write_u16(length).await;
            let _ = stream.write_all(&reply).await;
        }
    }
}
