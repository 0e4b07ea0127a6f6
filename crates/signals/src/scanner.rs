use std::collections::HashSet;
use std::net::SocketAddr;

use hickory_resolver::Resolver;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::proto::rr::{RData, RecordType};
use hickory_resolver::system_conf::read_system_conf;
use hunter_referral::{Answer, Signals, registrable_domain};
use thiserror::Error;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use crate::dkim::dkim;
use crate::dmarc::dmarc;
use crate::domain::Domain;
use crate::options::Options;
use crate::questions::{Questions, Reply};
use crate::quiet::Quiet;
use crate::spf::spf;
use crate::tenant::{aliases, tenant};

/// Why there is no scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SetUpError {
    /// The system does not tell which name servers it uses.
    #[error("the system does not tell which name servers it uses")]
    NoSystemServers,
    /// No name server was given.
    #[error("no name server was given")]
    NoServers,
    /// The resolver could not be built.
    #[error("the resolver could not be set up")]
    Resolver,
}

/// Why a domain was not scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ScanError {
    /// It is no registrable domain, so nobody has mail there.
    #[error("not a registrable domain")]
    NotRegistrable,
}

/// Asks name servers about domains; cheap to share, and bound to its options across everything that is asked.
#[derive(Debug)]
pub struct Scanner {
    questions: Questions,
    pub(crate) options: Options,
}

impl Scanner {
    /// Asks the servers that the system uses.
    ///
    /// # Errors
    ///
    /// If the system does not tell them.
    pub fn system(options: Options) -> Result<Self, SetUpError> {
        let (config, _) = read_system_conf().map_err(|_| SetUpError::NoSystemServers)?;
        if config.name_servers().is_empty() {
            return Err(SetUpError::NoSystemServers);
        }
        let mut addresses = HashSet::new();
        let servers = config.name_servers().iter().filter(|server| addresses.insert(server.ip));
        Self::new(servers.cloned().collect(), options)
    }

    /// Asks these servers and no others.
    ///
    /// # Errors
    ///
    /// If there are none.
    pub fn with_servers(servers: &[SocketAddr], options: Options) -> Result<Self, SetUpError> {
        if servers.is_empty() {
            return Err(SetUpError::NoServers);
        }
        Self::new(servers.iter().map(name_server).collect(), options)
    }

    fn new(servers: Vec<NameServerConfig>, options: Options) -> Result<Self, SetUpError> {
        let servers =
            servers.into_iter().map(|server| resolver(server, &options)).collect::<Result<_, _>>()?;
        Ok(Self { questions: Questions::new(servers, &options), options })
    }

    /// Finds out what the name servers tell about one registrable domain, in Unicode or in ASCII.
    ///
    /// # Errors
    ///
    /// If it is none. Questions that stay unanswered are no error.
    pub async fn scan(&self, domain: &str) -> Result<Signals, ScanError> {
        let domain = domain.trim().trim_end_matches('.');
        let (unicode, _) = idna::domain_to_unicode(domain);
        let root = registrable_domain(domain).filter(|root| *root == unicode);
        let root = root.ok_or(ScanError::NotRegistrable)?;
        let ascii = idna::domain_to_ascii(&root).map_err(|_| ScanError::NotRegistrable)?;
        // The resolver's own events name what is asked for.
        Ok(self.look_up(root, ascii).with_subscriber(NoSubscriber::new()).await)
    }

    async fn look_up(&self, unicode: String, ascii: String) -> Signals {
        let domain = Domain::new(&self.questions, ascii);
        let (mx, texts, ns) = tokio::join!(
            domain.ask(domain.name(), RecordType::MX),
            domain.ask(domain.name(), RecordType::TXT),
            domain.ask(domain.name(), RecordType::NS),
        );
        let first = [&mx, &texts, &ns];
        if first.iter().all(|reply| reply.is_unanswered()) {
            return Signals::unanswered(unicode);
        }
        if first.iter().all(|reply| matches!(reply, Reply::NoName | Reply::Unanswered)) {
            return nothing(unicode);
        }
        let (spf, dmarc, dkim, aliases) = tokio::join!(
            spf(&domain, &texts),
            dmarc(&domain),
            dkim(&domain, &self.options.selectors),
            aliases(&domain),
        );
        let mut signals = Signals {
            mx: mail_hosts(mx),
            spf,
            dmarc,
            dkim,
            ns: name_servers(ns),
            ..Signals::unanswered(unicode)
        };
        signals.tenant = tenant(&signals, &texts, &aliases);
        signals
    }
}

/// A name that does not exist has nothing below it either.
fn nothing(domain: String) -> Signals {
    Signals {
        domain,
        mx: Answer::Absent,
        spf: Answer::Absent,
        dmarc: Answer::Absent,
        dkim: Answer::Absent,
        ns: Answer::Absent,
        tenant: Answer::Absent,
    }
}

fn name_server(address: &SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.to_vec())
}

fn resolver(server: NameServerConfig, options: &Options) -> Result<Resolver<Quiet>, SetUpError> {
    let config = ResolverConfig::from_name_servers(vec![server]);
    let mut builder = Resolver::builder_with_config(config, Quiet::default());
    *builder.options_mut() = resolver_options(options);
    builder.build().map_err(|_| SetUpError::Resolver)
}

fn resolver_options(options: &Options) -> ResolverOpts {
    let mut resolver = ResolverOpts::default();
    resolver.timeout = options.timeout;
    resolver.attempts = 0;
    resolver.use_hosts_file = ResolveHosts::Never;
    // Windows asks the user about ports that a program chooses itself.
    resolver.os_port_selection = cfg!(windows);
    resolver.max_active_requests = options.questions_at_once.max(resolver.max_active_requests);
    resolver
}

/// The preferred host first; a null MX, RFC 7505, says that there is none.
fn mail_hosts(reply: Reply) -> Answer<Vec<String>> {
    hosts(reply, |record| {
        if let RData::MX(mx) = record { Some((mx.preference, mx.exchange.to_ascii())) } else { None }
    })
}

fn name_servers(reply: Reply) -> Answer<Vec<String>> {
    hosts(reply, |record| if let RData::NS(ns) = record { Some((0, ns.0.to_ascii())) } else { None })
}

fn hosts(reply: Reply, host: impl Fn(&RData) -> Option<(u16, String)>) -> Answer<Vec<String>> {
    let records = match reply {
        Reply::Records(records) => records,
        Reply::NoData | Reply::NoName => return Answer::Absent,
        Reply::Unanswered => return Answer::Unanswered,
    };
    let mut hosts: Vec<(u16, String)> = records
        .iter()
        .filter_map(host)
        .map(|(preference, name)| (preference, name.trim_end_matches('.').to_ascii_lowercase()))
        .filter(|(_, name)| !name.is_empty())
        .collect();
    hosts.sort();
    hosts.dedup();
    if hosts.is_empty() {
        Answer::Absent
    } else {
        Answer::Found(hosts.into_iter().map(|(_, name)| name).collect())
    }
}
