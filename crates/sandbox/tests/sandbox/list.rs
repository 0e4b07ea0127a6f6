use std::collections::HashSet;

use reqwest::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{LIST, ids, quick, start};

#[rstest]
#[case(&[])]
#[case(&[("$top", "7")])]
#[case(&[("$top", "1000")])]
#[case(&[("$orderby", "updatedDateTime desc"), ("$top", "30")])]
#[case(&[("$orderby", "createdDateTime"), ("$top", "33")])]
#[tokio::test]
async fn pages_hold_every_referral_once(#[case] options: &[(&str, &str)]) {
    let caller = start(quick()).await;
    let (items, _) = caller.all(options).await;
    assert_eq!(items.len(), 250);
    let distinct: HashSet<&str> = ids(&items).into_iter().collect();
    assert_eq!(distinct.len(), 250);
    for item in &items {
        assert_eq!(caller.sandbox.referral(item["id"].as_str().unwrap()).as_ref(), Some(item));
    }
}

#[tokio::test]
async fn page_size_is_100_unless_asked_and_capped() {
    let caller = start(quick().page_size_cap(120)).await;
    assert_eq!(caller.list(&[]).await.1["value"].as_array().unwrap().len(), 100);
    let capped = caller.list(&[("$top", "500")]).await.1;
    assert_eq!(capped["value"].as_array().unwrap().len(), 120);
    assert_eq!(caller.all(&[("$top", "50")]).await.1, 5);
    let context = capped["@odata.context"].as_str().unwrap();
    assert!(context.starts_with("https://api.partner.microsoft.com/"));
}

#[rstest]
#[case("createdDateTime", "createdDateTime asc")]
#[case("updatedDateTime", "updatedDateTime desc")]
#[tokio::test]
async fn order_holds_across_pages(#[case] field: &str, #[case] order: &str) {
    let caller = start(quick()).await;
    let (items, _) = caller.all(&[("$orderby", order), ("$top", "40")]).await;
    let mut times: Vec<jiff::Timestamp> =
        items.iter().filter_map(|item| item[field].as_str()?.parse().ok()).collect();
    if order.ends_with("desc") {
        times.reverse();
    }
    assert!(times.len() > 200 && times.is_sorted());
}

#[tokio::test]
async fn a_filter_holds_across_pages() {
    let caller = start(quick()).await;
    let all = caller.sandbox.referrals();
    let middle = "2026-01-01T00:00:00Z";
    for (filter, expected) in [
        ("status eq 'New'", count(&all, |item| item["status"] == "New")),
        (
            "direction eq 'Incoming' and (status eq 'Closed')",
            count(&all, |item| item["status"] == "Closed" && item["direction"] == "Incoming"),
        ),
        (
            "customerProfile/address/country eq 'TR'",
            count(&all, |item| item["customerProfile"]["address"]["country"] == "TR"),
        ),
        (
            &format!("updatedDateTime ge {middle}"),
            count(&all, |item| item["updatedDateTime"].as_str().is_some_and(|at| at >= middle)),
        ),
        (
            "team/any(t:t/email eq 'jolanda@microsoft.example')",
            count(&all, |item| {
                item["team"].as_array().is_some_and(|team| {
                    team.iter().any(|member| member["email"] == "jolanda@microsoft.example")
                })
            }),
        ),
    ] {
        assert!(expected > 0, "{filter}");
        let (items, pages) = caller.all(&[("$filter", filter), ("$top", "10")]).await;
        assert_eq!(items.len(), expected, "{filter}");
        assert_eq!(pages, expected.div_ceil(10), "{filter}");
    }
}

fn count(items: &[Value], condition: impl Fn(&Value) -> bool) -> usize {
    items.iter().filter(|item| condition(item)).count()
}

#[rstest]
#[case(&[("$filter", "nonsense eq 'x'")])]
#[case(&[("$filter", "status ne 'New'")])]
#[case(&[("$orderby", "name")])]
#[case(&[("$top", "many")])]
#[case(&[("$search", "x")])]
#[case(&[("$skip", "10")])]
#[case(&[("$skiptoken", "made up")])]
#[tokio::test]
async fn what_the_service_does_not_know_is_400(#[case] options: &[(&str, &str)]) {
    let caller = start(quick().referrals(3)).await;
    let (status, answer) = caller.list(options).await;
    assert_eq!(status, 400);
    assert!(answer["error"]["code"].is_string() && answer["error"]["message"].is_string());
}

#[tokio::test]
async fn date_filters_can_be_refused() {
    let caller = start(quick().refuse_date_filters(true)).await;
    let dated = [("$filter", "updatedDateTime ge 2026-01-01T00:00:00Z")];
    assert_eq!(caller.list(&dated).await.0, 400);
    assert_eq!(caller.list(&[("$filter", "status eq 'New'")]).await.0, 200);
    caller.sandbox.adjust(|behaviour| behaviour.refuse_date_filters = false);
    assert_eq!(caller.list(&dated).await.0, 200);
}

#[tokio::test]
async fn requests_are_admitted_by_token_and_request_id() {
    let caller = start(quick().referrals(1)).await;
    let url = caller.url(LIST);
    let id = "00000000-0000-4000-8000-000000000001";
    let bare = caller.http.get(&url).header("client-request-id", id).send().await.unwrap();
    assert_eq!(bare.status(), 401);
    assert!(bare.headers().contains_key("request-id"));
    let wrong = caller.http.get(&url).header("client-request-id", id).bearer_auth("x");
    assert_eq!(wrong.send().await.unwrap().status(), 401);
    let anonymous = caller.http.get(&url).bearer_auth(&caller.token);
    assert_eq!(anonymous.send().await.unwrap().status(), 400);
    let good = caller.try_get(LIST).await.unwrap();
    assert_eq!(good.status(), 200);
    assert_eq!(good.headers()["client-request-id"], id);
    assert!(good.headers().contains_key("request-id"));
}

#[tokio::test]
async fn one_referral_comes_with_its_etag() {
    let caller = start(quick()).await;
    let first = caller.sandbox.referrals().remove(0);
    let response = caller.try_get(&format!("{LIST}/{}", first["id"].as_str().unwrap())).await.unwrap();
    assert_eq!(response.headers()["etag"].to_str().unwrap(), first["eTag"].as_str().unwrap());
    assert_eq!(crate::support::body(response).await.1, first);
    let (status, error) = caller.get(&format!("{LIST}/00000000-0000-4000-8000-00000000dead")).await;
    assert_eq!(status, 404);
    assert_eq!(error["error"]["code"], "NotFound");
}

#[tokio::test]
async fn other_paths_and_methods_are_refused() {
    let caller = start(quick().referrals(1)).await;
    let (status, answer) = caller.get("/v1.0/referrals").await;
    assert_eq!((status, &answer["statusCode"]), (StatusCode::NOT_FOUND, &json!(404)));
    let posted = caller.http.post(caller.url(LIST)).send().await.unwrap();
    assert_eq!(posted.status(), 405);
}

#[tokio::test]
async fn select_and_count_are_known() {
    let caller = start(quick()).await;
    let (_, page) = caller.list(&[("$select", "id,status"), ("$count", "true"), ("$top", "5")]).await;
    assert_eq!(page["@odata.count"], 5);
    let fields: Vec<&String> = page["value"][0].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["id", "status"]);
}

#[tokio::test]
async fn what_changes_between_pages_is_met_in_its_new_place() {
    let caller = start(quick()).await;
    let order = [("$orderby", "updatedDateTime asc"), ("$top", "200")];
    let (_, first) = caller.list(&order).await;
    let moved = first["value"][0]["id"].as_str().unwrap().to_owned();
    let mut payload = caller.sandbox.referral(&moved).unwrap();
    payload["updatedDateTime"] = json!("2199-01-01T00:00:00Z");
    caller.sandbox.put_referral(&payload);
    let query = first["@odata.nextLink"].as_str().unwrap().split_once('?').unwrap().1.to_owned();
    let second = caller.ok(&format!("{LIST}?{query}")).await;
    assert_eq!(ids(second["value"].as_array().unwrap()).last(), Some(&moved.as_str()));
}
