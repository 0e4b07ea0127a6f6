use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Who is signed in, as told by the identity token: to be shown, never to decide about access.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Account {
    pub tenant_id: String,
    pub object_id: String,
    pub username: String,
    pub name: String,
}

impl Account {
    /// Reads the claims; whatever is missing stays empty, a missing tenant is the configured one.
    pub(crate) fn from_id_token(id_token: Option<&str>, configured_tenant: &str) -> Self {
        let claims = id_token.and_then(claims).unwrap_or(Value::Null);
        let claim =
            |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let first = |names: &[&str]| {
            names.iter().map(|name| claim(name)).find(|text| !text.is_empty()).unwrap_or_default()
        };
        let tenant_id = claim("tid");
        Self {
            tenant_id: if tenant_id.is_empty() { configured_tenant.to_owned() } else { tenant_id },
            object_id: first(&["oid", "sub"]),
            username: first(&["preferred_username", "upn", "email"]),
            name: claim("name"),
        }
    }
}

/// Whether an identity token says that a second factor was used; `None` where it does not tell.
pub(crate) fn second_factor(id_token: &str) -> Option<bool> {
    let claims = claims(id_token)?;
    let methods = claims.get("amr")?.as_array()?;
    Some(
        methods.iter().any(|method| method.as_str().is_some_and(|method| method.eq_ignore_ascii_case("mfa"))),
    )
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(<redacted>)")
    }
}

/// What an identity token says; the sign-in service itself gave it to us, so its signature proves no more.
pub(crate) fn claims(id_token: &str) -> Option<Value> {
    let payload = id_token.split('.').nth(1)?.trim_end_matches('=');
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn token(claims: &str) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn claims_are_read() {
        let token =
            token(r#"{"tid":"t","oid":"o","preferred_username":"ayse@contoso.example","name":"Ayşe Örnek"}"#);
        let account = Account::from_id_token(Some(&token), "configured");
        assert_eq!(
            account,
            Account {
                tenant_id: "t".into(),
                object_id: "o".into(),
                username: "ayse@contoso.example".into(),
                name: "Ayşe Örnek".into(),
            }
        );
        assert!(!format!("{account:?}").contains("contoso"));
    }

    #[rstest]
    #[case(r#"{"amr":["pwd","mfa"]}"#, Some(true))]
    #[case(r#"{"amr":["pwd"]}"#, Some(false))]
    #[case(r#"{"amr":"mfa"}"#, None)]
    #[case(r#"{"tid":"t"}"#, None)]
    fn a_second_factor_is_seen_where_the_token_tells(#[case] claims: &str, #[case] seen: Option<bool>) {
        assert_eq!(second_factor(&token(claims)), seen);
    }

    #[rstest]
    #[case(None)]
    #[case(Some(String::new()))]
    #[case(Some("a.b.c".into()))]
    #[case(Some("a.!!!.c".into()))]
    #[case(Some(token("[1,2]")))]
    #[case(Some(token(r#"{"tid":null,"name":7}"#)))]
    fn odd_tokens_leave_the_configured_tenant(#[case] id_token: Option<String>) {
        let account = Account::from_id_token(id_token.as_deref(), "configured");
        assert_eq!(account, Account { tenant_id: "configured".into(), ..Account::default() });
    }
}
