use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use hunter_engine::ReferralQuery;

/// A hundred years, beyond which nothing can be old.
const MOST_DAYS: i64 = 36_500;

/// Partner Center referrals on your own computer: sign in, sync, and see every referral.
#[derive(Debug, Parser)]
#[command(name = "hunter", version, max_term_width = 100)]
pub struct Arguments {
    /// One JSON document on stdout instead of text
    #[arg(long, global = true)]
    pub json: bool,

    /// Where Hunter keeps its data [env: HUNTER_DATA_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Sign in with Microsoft: prints an address and a code, opens the browser, and waits
    Login {
        /// Do not open the browser
        #[arg(long)]
        no_browser: bool,
        /// Sign in in the browser of this computer without a code, where a tenant blocks codes
        #[arg(long)]
        browser_flow: bool,
    },
    /// Forget the tokens; referrals stay
    Logout,
    /// Fetch referrals from Partner Center
    Sync {
        /// Read everything, whatever is known already
        #[arg(long)]
        full: bool,
    },
    /// List stored referrals
    List(ListArguments),
    /// Show everything about one referral
    Show {
        /// The referral's id
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        id: String,
        /// The payload as Microsoft sent it
        #[arg(long)]
        raw: bool,
    },
    /// Write referrals to a file: .xlsx for Excel, .csv or .json; filters as for list
    Export {
        /// Where it goes; one that is there is replaced once the new one is whole
        file: PathBuf,
        #[command(flatten)]
        filters: ListArguments,
    },
    /// Companies: list and show them, scan their domains, decide which referral is whose
    #[command(subcommand)]
    Companies(CompaniesCommand),
    /// List past syncs, newest first, or show what one did to each referral
    #[command(args_conflicts_with_subcommands = true)]
    Runs {
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 20)]
        limit: u32,
        #[command(subcommand)]
        command: Option<RunsCommand>,
    },
    /// Tell how Hunter is; works offline and signed out
    Status,
    /// Run as a service: background sync, the HTTP interface, and the page for a browser
    Serve(ServeArguments),
    /// Prove what Partner Center sync needs; the exit code tells the verdict: 0 for GO, 1 for NO-GO
    Checklist {
        #[command(subcommand)]
        command: Option<ChecklistCommand>,
    },
    /// Go live in one step: back up, check, turn sync on, sync, look whether it works; undone at the first failure
    Enable {
        /// Say what would be done and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Show the log, newest lines last
    Logs(LogsArguments),
    /// Make a bundle for support, without names, addresses and secrets
    Diagnostics {
        /// Where the ZIP file goes
        #[arg(value_name = "FILE.zip", required_unless_present = "show")]
        file: Option<PathBuf>,
        /// Print all that is in it
        #[arg(long)]
        show: bool,
    },
    /// Read and change settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Check, copy, restore and locate the database
    #[command(subcommand)]
    Db(DbCommand),
    /// Erase personal data
    #[command(subcommand)]
    Data(DataCommand),
    /// Run a stand-in for Microsoft's services on this computer, for demos and tests
    Sandbox(SandboxArguments),
}

#[derive(Debug, Clone, Args)]
pub struct SandboxArguments {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// How many referrals it has
    #[arg(long, default_value_t = 250)]
    pub referrals: usize,
    /// Milliseconds that every answer takes longer
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency: u64,
    /// Approve every sign-in by itself
    #[arg(long)]
    pub auto_approve: bool,
}

#[derive(Debug, Clone, Args)]
pub struct ServeArguments {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8000")]
    pub listen: SocketAddr,
    /// Who is let in: those with the token, or, on this computer, everybody
    #[arg(long, value_enum, default_value_t = Auth::Token)]
    pub auth: Auth,
    /// The certificate, with those above it, as PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's key as PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Listen beyond this computer without encryption, behind something that encrypts
    #[arg(long, conflicts_with = "tls_cert")]
    pub insecure_http: bool,
}

/// Who may use the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Auth {
    /// Who has the token.
    Token,
    /// Everybody on this computer.
    None,
}

#[derive(Debug, Clone, Args)]
pub struct ListArguments {
    /// open (new or active), new, active, closed, or all (gone ones too)
    #[arg(long)]
    status: Option<String>,
    /// The finer state, such as Pending or Won
    #[arg(long)]
    substatus: Option<String>,
    /// co-sell, marketplace, solution-provider or other
    #[arg(long)]
    kind: Option<String>,
    /// Incoming or Outgoing
    #[arg(long)]
    direction: Option<String>,
    /// auto_linked, unlinked, multi_candidate or linked_manually
    #[arg(long)]
    link: Option<String>,
    /// The customer's country, such as TR; several words of a filter are separated by commas
    #[arg(long, value_name = "CC")]
    country: Option<String>,
    /// The deal's currency, such as TRY; none for deals without one
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// Deals worth at least so much
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    min_value: Option<String>,
    /// Deals worth at most so much
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    max_value: Option<String>,
    /// What the company is worth a call for: existing, migration, cold or skip
    #[arg(long)]
    segment: Option<String>,
    /// Those whose company has at least this score
    #[arg(long, value_name = "SCORE")]
    min_score: Option<u8>,
    /// Those in whose team you are
    #[arg(long)]
    mine: bool,
    /// Those that you marked with a star
    #[arg(long)]
    starred: bool,
    /// Those that came or changed since you looked at them in the window
    #[arg(long)]
    unseen: bool,
    /// Unanswered ones whose customer asked for contact within the last 72 hours
    #[arg(long)]
    contact_wanted: bool,
    /// Unanswered ones that expire within so many days
    #[arg(long, value_name = "DAYS")]
    expiring: Option<u32>,
    /// Words whose beginnings must all occur in name, customer, contacts, domain, notes or ids; the best match comes first
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    search: Option<String>,
    /// A column such as updated_at or deal_value, with :asc or :desc
    #[arg(long, value_name = "FIELD[:asc|desc]")]
    sort: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Pass over so many
    #[arg(long, value_name = "N")]
    offset: Option<u32>,
}

impl From<ListArguments> for ReferralQuery {
    fn from(arguments: ListArguments) -> Self {
        Self {
            status: arguments.status,
            substatus: arguments.substatus,
            kind: arguments.kind,
            direction: arguments.direction,
            link: arguments.link,
            country: arguments.country,
            currency: arguments.currency,
            min_value: arguments.min_value,
            max_value: arguments.max_value,
            segment: arguments.segment,
            min_score: arguments.min_score,
            mine: arguments.mine.then_some(true),
            starred: arguments.starred.then_some(true),
            unseen: arguments.unseen.then_some(true),
            contact_wanted: arguments.contact_wanted.then_some(true),
            expiring: arguments.expiring,
            search: arguments.search,
            sort: arguments.sort,
            limit: arguments.limit,
            offset: arguments.offset,
            ..Self::default()
        }
    }
}

/// What can be done with companies; each goes by its number or its domain.
#[derive(Debug, Clone, Subcommand)]
pub enum CompaniesCommand {
    /// List companies, the highest score first
    List {
        /// Words that must all occur in name or domain
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        /// existing, migration, cold or skip; several are separated by commas
        #[arg(long)]
        segment: Option<String>,
        /// Who takes the mail, such as google or m365
        #[arg(long)]
        provider: Option<String>,
        /// The country, such as TR
        #[arg(long, value_name = "CC")]
        country: Option<String>,
        /// With at least this score
        #[arg(long, value_name = "SCORE")]
        min_score: Option<u8>,
        /// A column such as score, name or referrals, with :asc or :desc
        #[arg(long, value_name = "FIELD[:asc|desc]")]
        sort: Option<String>,
        /// At most so many
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
        /// Pass over so many
        #[arg(long, value_name = "N")]
        offset: Option<u32>,
    },
    /// Show everything about one company
    Show {
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        company: String,
    },
    /// Ask name servers about the domains that are due, or about these companies' domains
    Scan {
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        companies: Vec<String>,
    },
    /// Tie referrals to a company, whatever a sync brings
    Link {
        /// Ids of referrals
        #[arg(required = true, value_parser = NonEmptyStringValueParser::new())]
        referrals: Vec<String>,
        /// The company's number or domain; one that is not known yet is made
        #[arg(long, value_parser = NonEmptyStringValueParser::new())]
        company: String,
    },
    /// Leave referrals to what their own contacts say again
    Unlink {
        /// Ids of referrals
        #[arg(required = true, value_parser = NonEmptyStringValueParser::new())]
        referrals: Vec<String>,
    },
    /// Join companies with one
    Merge {
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        into: String,
        #[arg(required = true, value_parser = NonEmptyStringValueParser::new())]
        from: Vec<String>,
    },
    /// Take a company out of the one it was joined with
    Split {
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        company: String,
    },
    /// Undo the last link, unlink, merge or split
    Undo,
}

#[derive(Debug, Clone, Args)]
pub struct LogsArguments {
    /// This level and graver ones
    #[arg(long, value_parser = ["error", "warn", "info", "debug", "trace"])]
    pub level: Option<String>,
    /// Only this event, such as partner_center_sync_summary
    #[arg(long)]
    pub event: Option<String>,
    /// Only what this program wrote: hunter, hunter-desktop or hunter-serve
    #[arg(long)]
    pub program: Option<String>,
    /// Words that must all occur in the line
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
    /// Go on as lines are written
    #[arg(long)]
    pub follow: bool,
}

#[derive(Debug, Clone, Subcommand)]
pub enum RunsCommand {
    /// Show what one sync did to each referral
    Show {
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        run_id: String,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub enum ChecklistCommand {
    /// Show what has been found so far
    List,
    /// Check all that Hunter itself can check
    Run,
    /// Answer an item that is checked by hand
    Set {
        /// The item's id
        item: String,
        /// What you found
        answer: GivenAnswer,
        /// What you want to keep with the answer
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Write the checklist as Markdown
    Report { file: PathBuf },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum GivenAnswer {
    /// It is so
    Pass,
    /// It is not so
    Fail,
    /// It is left out
    Skip,
}

#[derive(Debug, Clone, Subcommand)]
pub enum ConfigCommand {
    /// Print the value of a setting
    Get { key: String },
    /// Write a setting to settings.toml
    Set { key: String, value: String },
    /// Remove a setting from settings.toml
    Unset { key: String },
    /// List all settings and where their values come from
    List,
    /// Take over a .env file: all of its settings, or none if one cannot be used
    Import {
        /// The .env file
        #[arg(value_name = "FILE.env")]
        file: PathBuf,
        /// Only tell what would become of each key
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub enum DataCommand {
    /// Erase closed referrals that have not changed for so many days, or all of an account; backups too
    #[command(group = clap::ArgGroup::new("what").required(true).multiple(true))]
    Erase {
        /// All of this account, or with --older-than what is old of it: its sign-in name or its folder's name
        #[arg(long, value_name = "A", group = "what", value_parser = NonEmptyStringValueParser::new())]
        account: Option<String>,
        /// Closed referrals that Microsoft has not changed for so many days, and those gone for as long
        #[arg(long, value_name = "DAYS", group = "what", value_parser = clap::value_parser!(u32).range(..=MOST_DAYS))]
        older_than: Option<u32>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub enum DbCommand {
    /// Check the integrity of the current profile's database
    Check,
    /// Write a consistent copy, also while Hunter is running
    Backup { file: PathBuf },
    /// Replace the current profile's data by a backup, after checking it
    Restore { file: PathBuf },
    /// Print where the current profile's database lies
    Path,
}
