use std::collections::HashSet;
use std::time::Duration;

use hunter_sandbox::Sandbox;
use jiff::Timestamp;
use rstest::rstest;
use serde_json::Value;

use crate::support::quick;

const CONSUMER: &[&str] = &[
    "gmail.com",
    "hotmail.com",
    "outlook.com",
    "yandex.com",
    "icloud.com",
    "yahoo.com",
    "live.com",
    "gmx.de",
    "web.de",
];

/// Whether a payload names a company's domain, judged as plainly as possible.
fn has_domain(payload: &Value) -> bool {
    let profile = &payload["customerProfile"];
    let members = profile["team"].as_array().cloned().unwrap_or_default();
    let by_mail = members.iter().filter_map(|member| member["email"].as_str()).any(|email| {
        email.split_once('@').is_some_and(|(_, domain)| {
            domain.contains('.') && !CONSUMER.contains(&domain.to_lowercase().as_str())
        })
    });
    let ids = profile["ids"].as_array().cloned().unwrap_or_default();
    let by_id = ids.iter().filter_map(|id| id["id"].as_str()).any(|id| id.contains('.'));
    by_mail || by_id || profile["website"].is_string() || profile["websiteUrl"].is_string()
}

fn is_open(payload: &Value) -> bool {
    payload["status"] == "New" || payload["status"] == "Active"
}

#[rstest]
#[case(250, 88, 50)]
#[case(500, 176, 100)]
#[case(2500, 880, 500)]
#[tokio::test]
async fn the_scenario_has_its_proportions(
    #[case] total: usize,
    #[case] open: usize,
    #[case] without_domain: usize,
) {
    let sandbox = quick().referrals(total).start().await.unwrap();
    let all = sandbox.referrals();
    assert_eq!(all.len(), total);
    let open_ones: Vec<&Value> = all.iter().filter(|payload| is_open(payload)).collect();
    assert_eq!(open_ones.len(), open);
    assert_eq!(open_ones.iter().filter(|payload| !has_domain(payload)).count(), without_domain);
    assert!(all.iter().filter(|payload| !is_open(payload)).all(has_domain));
    assert!(all.iter().all(|payload| {
        payload.get("direction").is_none_or(|direction| direction.is_null() || direction == "Incoming")
    }));
    let ids: HashSet<&str> = all.iter().filter_map(|payload| payload["id"].as_str()).collect();
    assert_eq!(ids.len(), total);
}

#[tokio::test]
async fn every_odd_shape_is_there() {
    let now: Timestamp = "2026-03-10T15:00:00Z".parse().unwrap();
    let all = quick().now(now).start().await.unwrap().referrals();
    let some = |name: &str, shape: &dyn Fn(&Value) -> bool| {
        assert!(all.iter().any(shape), "none with {name}");
    };
    let ids = |payload: &Value| payload["customerProfile"].get("ids").cloned();
    some("ids {}", &|p| ids(p).is_some_and(|ids| ids.as_object().is_some_and(|ids| ids.is_empty())));
    some("ids []", &|p| ids(p).is_some_and(|ids| ids.as_array().is_some_and(|ids| ids.is_empty())));
    some("ids null", &|p| ids(p).is_some_and(|ids| ids.is_null()));
    some("ids object", &|p| ids(p).is_some_and(|ids| ids["duns"].is_string()));
    some("ids array", &|p| ids(p).is_some_and(|ids| ids[0]["profileType"].is_string()));
    some("details null", &|p| p["details"].is_null());
    some("requirements null", &|p| p["details"].is_object() && p["details"]["requirements"].is_null());
    some("numeric text", &|p| p["details"]["dealValue"].is_string());
    some("fractional value", &|p| p["details"]["dealValue"].is_f64());
    some("no value", &|p| p["details"].is_object() && p["details"].get("dealValue").is_none());
    some("customer null", &|p| p["customerProfile"].is_null());
    some("address null", &|p| p["customerProfile"].is_object() && p["customerProfile"]["address"].is_null());
    some("size empty", &|p| p["customerProfile"]["size"] == "");
    some("name null", &|p| p.get("name").is_some_and(Value::is_null));
    some("name empty", &|p| p["name"] == "");
    some("name absent", &|p| p.get("name").is_none());
    some("direction absent", &|p| p.get("direction").is_none());
    some("direction null", &|p| p.get("direction").is_some_and(Value::is_null));
    some("created null", &|p| p["createdDateTime"].is_null());
    some("team null", &|p| p.get("team").is_some_and(Value::is_null));
    some("consent null", &|p| p["consent"].is_null());
    some("other key case", &|p| p["consent"].get("consenttocontact").is_some());
    some("links absent", &|p| p.get("links").is_none());
    some("unknown field", &|p| p.get("copilotInsights").is_some());
    some("large number", &|p| p["futureFlag"].is_u64());
    some("unknown status", &|p| p["status"] == "OnHold");
    some("unknown type", &|p| p["type"] == "Partnered");
    some("type null", &|p| p["type"].is_null());
    some("unknown qualification", &|p| p["qualification"] == "Nurtured");
    some("nobody invited", &|p| p["inviteContext"].is_null());
    some("seven digits", &|p| p["updatedDateTime"].as_str().is_some_and(|at| at.len() == 28));
    some("whole seconds", &|p| p["updatedDateTime"].as_str().is_some_and(|at| at.len() == 20));
    let name = |p: &Value| p["customerProfile"]["name"].as_str().unwrap_or_default().to_owned();
    some("entity", &|p| name(p).contains("&amp;"));
    some("numeric entity", &|p| name(p).contains("&#39;"));
    some("markup", &|p| name(p).contains("<script>"));
    some("formula", &|p| name(p).starts_with('='));
    some("very long name", &|p| name(p).chars().count() > 200);
    some("Turkish letters", &|p| name(p).contains('ı') && name(p).contains('İ'));
    let contacts = |p: &Value| p["customerProfile"]["team"].as_array().cloned().unwrap_or_default();
    let mails = |p: &Value| -> Vec<String> {
        contacts(p).iter().filter_map(|c| c["email"].as_str().map(str::to_owned)).collect()
    };
    some("IDN domain", &|p| mails(p).iter().any(|mail| mail.contains("@xn--")));
    some("capital domain", &|p| mails(p).iter().any(|mail| mail.ends_with(".COM.TR")));
    some("subdomain", &|p| mails(p).iter().any(|mail| mail.contains("@mail.")));
    some("no address", &|p| mails(p).iter().any(|mail| mail == "yok"));
    some("two companies", &|p| {
        let domains: HashSet<String> =
            mails(p).iter().filter_map(|m| Some(m.split_once('@')?.1.to_lowercase())).collect();
        domains.iter().filter(|d| !CONSUMER.contains(&d.as_str()) && !d.starts_with("mail.")).count() == 2
    });
    let engagements: Vec<&str> = all.iter().filter_map(|p| p["engagementId"].as_str()).collect();
    let distinct: HashSet<&&str> = engagements.iter().collect();
    assert!(distinct.len() < engagements.len());
}

#[tokio::test]
async fn expiry_is_relative_to_the_given_day() {
    let now: Timestamp = "2026-03-10T15:00:00Z".parse().unwrap();
    let sandbox = quick().now(now).start().await.unwrap();
    let all = sandbox.referrals();
    let fresh: Vec<&Value> = all.iter().filter(|p| p["status"] == "New").collect();
    let expiring = |text: &str| fresh.iter().filter(|p| p["expirationDateTime"] == text).count();
    for day in ["11", "12", "13", "15"] {
        assert!(expiring(&format!("2026-03-{day}T00:00:00Z")) > 0, "{day}");
    }
    assert!(expiring("2026-03-09T00:00:00Z") > 0);
    assert!(fresh.iter().any(|p| p.get("expirationDateTime").is_none()));
    assert!(fresh.iter().any(|p| p.get("expirationDateTime").is_some_and(Value::is_null)));
    for payload in &all {
        for field in ["createdDateTime", "updatedDateTime"] {
            if let Some(at) = payload[field].as_str() {
                assert!(at.parse::<Timestamp>().unwrap() < now, "{field} {at}");
            }
        }
        if let (Some(created), Some(updated)) =
            (payload["createdDateTime"].as_str(), payload["updatedDateTime"].as_str())
        {
            assert!(created.parse::<Timestamp>().unwrap() <= updated.parse().unwrap());
        }
    }
}

async fn at(now: &str, seed: u64) -> Vec<Value> {
    let builder = quick().now(now.parse().unwrap()).seed(seed).referrals(60);
    builder.start().await.unwrap().referrals()
}

#[tokio::test]
async fn the_same_day_and_seed_give_the_same_data() {
    let morning = at("2026-03-10T01:00:00Z", 1).await;
    assert_eq!(morning, at("2026-03-10T23:00:00Z", 1).await);
    assert_ne!(morning, at("2026-03-10T01:00:00Z", 2).await);
    assert_ne!(morning, at("2026-03-11T01:00:00Z", 1).await);
}

#[tokio::test]
async fn touching_is_repeatable_and_moves_updates_forward() {
    let now: Timestamp = "2026-03-10T15:00:00Z".parse().unwrap();
    let (one, two): (Sandbox, Sandbox) =
        (quick().now(now).start().await.unwrap(), quick().now(now).start().await.unwrap());
    let before = one.referrals();
    let ids = one.touch(10, 7);
    assert_eq!(ids, two.touch(10, 7));
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 10);
    let after = one.referrals();
    let changed: Vec<&Value> = before.iter().zip(&after).filter(|(b, a)| b != a).map(|(_, a)| a).collect();
    assert_eq!(changed.len(), 10);
    let times: HashSet<&str> = changed.iter().filter_map(|p| p["updatedDateTime"].as_str()).collect();
    assert_eq!(times.len(), 10);
    let limit = now.checked_add(jiff::SignedDuration::from_mins(10)).unwrap();
    assert!(times.iter().all(|at| (now..limit).contains(&at.parse().unwrap())));
}

#[tokio::test]
async fn personal_strings_cover_the_data_and_its_past() {
    let sandbox = quick().start().await.unwrap();
    let strings = sandbox.personal_strings();
    let all = sandbox.referrals();
    for payload in &all {
        for member in payload["customerProfile"]["team"].as_array().into_iter().flatten() {
            for field in ["email", "lastName", "phoneNumber"] {
                let text = member[field].as_str().unwrap_or_default();
                assert!(text.chars().count() < 5 || strings.contains(text), "{text}");
            }
        }
        let name = payload["customerProfile"]["name"].as_str().unwrap_or("Deniz Örnekoğlu");
        assert!(strings.contains(name), "{name}");
    }
    for domain in ["örnek-gıda.com.tr", "xn--rnek-gda-m4a01d.com.tr", "ornek-bilisim.com.tr"] {
        assert!(strings.contains(domain), "{domain}");
    }
    sandbox.replace_referrals(&[]);
    assert_eq!(sandbox.count(), 0);
    assert_eq!(sandbox.personal_strings(), strings);
}

#[tokio::test]
async fn an_empty_or_tiny_list_is_possible() {
    for total in 0..12 {
        let sandbox = quick().referrals(total).latency(Duration::ZERO).start().await.unwrap();
        assert_eq!(sandbox.count(), total);
    }
}
