#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use rstest::rstest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::sign_in_error::SignInErrorKind as K;

const STATE: &str = "the-right-state";

async fn visit(patience: Duration) -> BrowserVisit {
    let loopback = Loopback::open().await.unwrap();
    let proof = Proof {
        verifier: PkceCodeVerifier::new("verifier".into()),
        nonce: nonce().unwrap(),
        redirect: loopback.redirect().unwrap(),
    };
    let asked = ("https://login.example/".parse().unwrap(), CsrfToken::new(STATE.into()));
    let farewell =
        Farewell { language: "tr".into(), done: "Bitti & <tamam>.".into(), refused: "Olmadı.".into() };
    BrowserVisit::new(loopback, asked, proof, farewell, Timestamp::now() + patience)
}

/// Sends bytes as they are and reads all that comes back.
async fn send(port: u16, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    let mut answer = Vec::new();
    let _refused_before_all_was_sent = stream.write_all(bytes).await;
    let _cut = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

async fn get(port: u16, target: &str) -> String {
    send(port, format!("GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n").as_bytes()).await
}

fn request(method: &str, target: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}").into()
}

/// Whatever comes by gets nothing, and the right answer still counts after it.
#[rstest]
#[case::wrong_state(request("GET", "/?code=c&state=wrong", ""), "400")]
#[case::longer_state(request("GET", "/?code=c&state=the-right-state-", ""), "400")]
#[case::shorter_state(request("GET", "/?code=c&state=the-right-stat", ""), "400")]
#[case::empty_state(request("GET", "/?code=c&state=", ""), "400")]
#[case::no_state(request("GET", "/?code=c", ""), "400")]
#[case::no_query(request("GET", "/", ""), "400")]
#[case::no_code(request("GET", "/?state=the-right-state", ""), "400")]
#[case::empty_code(request("GET", "/?code=&state=the-right-state", ""), "400")]
#[case::two_states(request("GET", "/?code=c&state=wrong&state=the-right-state", ""), "400")]
#[case::two_codes(request("GET", "/?code=c&code=d&state=the-right-state", ""), "400")]
#[case::error_of_a_stranger(request("GET", "/?error=access_denied&state=wrong", ""), "400")]
#[case::error_without_state(request("GET", "/?error=access_denied", ""), "400")]
#[case::post(request("POST", "/?code=c&state=the-right-state", ""), "405")]
#[case::posted_form(request("POST", "/", "code=c&state=the-right-state"), "405")]
#[case::head(request("HEAD", "/?code=c&state=the-right-state", ""), "405")]
#[case::options(request("OPTIONS", "/?code=c&state=the-right-state", ""), "405")]
#[case::favicon(request("GET", "/favicon.ico", ""), "404")]
#[case::another_path(request("GET", "/else?code=c&state=the-right-state", ""), "404")]
#[case::two_slashes(request("GET", "//?code=c&state=the-right-state", ""), "404")]
#[case::garbage(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 no HTTP at all\r\n\r\n".to_vec(), "400")]
#[case::huge_request_line(request("GET", &format!("/?code={}&state=the-right-state", "c".repeat(200_000)), ""), "4")]
#[case::huge_head(format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(200_000)).into_bytes(), "4")]
#[case::silence(Vec::new(), "")]
#[tokio::test]
async fn others_are_turned_away(#[case] bytes: Vec<u8>, #[case] status: &str) {
    let visit = visit(Duration::from_secs(60)).await;
    let port = visit.loopback.port;
    let browser = async {
        if bytes.is_empty() {
            // A browser may open a connection that it does not use.
            let unused = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
            let answer = get(port, "/?code=right&state=the-right-state").await;
            drop(unused);
            return answer;
        }
        let refused = send(port, &bytes).await;
        // A request that is cut off while it is still being sent may lose the answer to it.
        let is_cut = refused.is_empty() && bytes.len() > LARGEST_HEAD;
        assert!(is_cut || refused.starts_with(&format!("HTTP/1.1 {status}")), "{refused}");
        assert!(!refused.contains("the-right-state") && !refused.contains("Bitti"), "{refused}");
        get(port, "/?code=right&state=the-right-state").await
    };
    let (code, answer) = tokio::join!(visit.code(), browser);
    assert_eq!(secrecy::ExposeSecret::expose_secret(&code.unwrap()), "right");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[rstest]
#[case("/?code=a%2Bsecret&state=the-right-state&session_state=x", "Bitti &amp; &lt;tamam>.", None)]
#[case(
    "/?error=access_denied&error_description=AADSTS65004%3a+User+declined&state=the-right-state",
    "Olmadı.",
    Some(K::ConsentDeclined)
)]
#[case(
    "/?error=access_denied&error_description=AADSTS53003%3a+Blocked&state=the-right-state",
    "Olmadı.",
    Some(K::BlockedByPolicy)
)]
#[case("/?error=server_error&code=c&state=the-right-state", "Olmadı.", Some(K::ServiceUnavailable))]
#[case(
    "/?error=%3Cscript%3E&error_description=%3Cscript%3E&state=the-right-state",
    "Olmadı.",
    Some(K::Other)
)]
#[tokio::test]
async fn the_browser_gets_a_page_that_tells_nothing(
    #[case] target: &str,
    #[case] text: &str,
    #[case] kind: Option<K>,
) {
    let visit = visit(Duration::from_secs(60)).await;
    let (outcome, answer) = tokio::join!(visit.code(), get(visit.loopback.port, target));
    assert_eq!(outcome.as_ref().err().map(|error| error.kind), kind);
    if let Ok(code) = outcome {
        assert_eq!(secrecy::ExposeSecret::expose_secret(&code), "a+secret");
    }
    let (head, page) = answer.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    for header in [
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "content-security-policy: default-src 'none'",
        "x-content-type-options: nosniff",
        "content-type: text/html; charset=utf-8",
        "connection: close",
    ] {
        assert!(head.contains(header), "{head}");
    }
    assert!(page.contains(text) && page.contains("lang=\"tr\""), "{page}");
    for told in ["the-right-state", "secret", "AADSTS", "script", "http:"] {
        assert!(!answer.contains(told), "{told}: {answer}");
    }
}

#[tokio::test]
async fn only_the_first_answer_counts() {
    let visit = visit(Duration::from_secs(60)).await;
    let port = visit.loopback.port;
    let (code, _) = tokio::join!(visit.code(), get(port, "/?code=first&state=the-right-state"));
    assert_eq!(secrecy::ExposeSecret::expose_secret(&code.unwrap()), "first");
    drop(visit.close());
    let second = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await;
    assert_eq!(second.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn both_addresses_of_localhost_are_heard() {
    let visit = visit(Duration::from_secs(60)).await;
    if visit.loopback.v6.is_none() {
        return;
    }
    let port = visit.loopback.port;
    let browser = async {
        let mut stream = TcpStream::connect((Ipv6Addr::LOCALHOST, port)).await.unwrap();
        stream.write_all(&request("GET", "/?code=c&state=the-right-state", "")).await.unwrap();
        stream.read_to_end(&mut Vec::new()).await.unwrap();
    };
    let (code, ()) = tokio::join!(visit.code(), browser);
    code.unwrap();
}

#[tokio::test]
async fn it_ends_in_time_and_closes_the_port() {
    let visit = visit(Duration::from_millis(30)).await;
    let port = visit.loopback.port;
    assert_eq!(visit.code().await.unwrap_err().kind, K::CodeExpired);
    drop(visit);
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err());
}

#[tokio::test]
async fn giving_it_up_closes_the_port_and_every_connection() {
    let visit = visit(Duration::from_secs(60)).await;
    let port = visit.loopback.port;
    let mut open = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    open.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(50), visit.code()).await.is_err());
    drop(visit);
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err());
    let _closed_or_reset = open.read_to_end(&mut Vec::new()).await;
}

#[test]
fn nonces_differ() {
    assert_ne!(nonce().unwrap(), nonce().unwrap());
    assert!(nonce().unwrap().len() >= 32);
}
