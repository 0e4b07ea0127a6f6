//! The pages a person sees; they work without scripts and show all text as text.

use std::collections::HashMap;
use std::fmt::Write;

use axum::http::{HeaderMap, header};

use crate::sign_in::ACCOUNTS;

/// Forms may be answered with a redirect to the client's loopback address, which browsers check, too.
pub(crate) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http://localhost:* http://127.0.0.1:*; frame-ancestors 'none'; base-uri 'none'";

/// The language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Turkish,
}

impl Language {
    /// The browser's favourite among the two.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let accepted =
            headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut best = (0.0, Self::English);
        for entry in accepted.split(',') {
            let (tag, weight) = entry.split_once(';').unwrap_or((entry, ""));
            let weight = weight.trim().strip_prefix("q=").map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
            let language = match tag.trim().split('-').next() {
                Some(tag) if tag.eq_ignore_ascii_case("tr") => Self::Turkish,
                Some(tag) if tag.eq_ignore_ascii_case("en") => Self::English,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    fn texts(self) -> &'static Texts {
        match self {
            Self::English => &ENGLISH,
            Self::Turkish => &TURKISH,
        }
    }
}

struct Texts {
    lang: &'static str,
    banner: &'static str,
    enter_title: &'static str,
    enter_hint: &'static str,
    code: &'static str,
    next: &'static str,
    unknown_code: &'static str,
    approve_title: &'static str,
    approve_hint: &'static str,
    consent_title: &'static str,
    consent_hint: &'static str,
    account: &'static str,
    sees_all: &'static str,
    sees_own: &'static str,
    approve: &'static str,
    decline: &'static str,
    approved_title: &'static str,
    approved_hint: &'static str,
    declined_title: &'static str,
    declined_hint: &'static str,
    failure_title: &'static str,
}

const ENGLISH: Texts = Texts {
    lang: "en",
    banner: "Hunter sandbox: sample data only, this is not Microsoft",
    enter_title: "Enter code",
    enter_hint: "Type the code that Hunter shows you.",
    code: "Code",
    next: "Next",
    unknown_code: "This code does not exist, was used already, or has expired. Check it, or start again in Hunter.",
    approve_title: "Sign in to Hunter?",
    approve_hint: "Approve only if you started this sign-in yourself. Code:",
    consent_title: "Hunter asks for access",
    consent_hint: "Hunter wants to read referrals and to stay signed in.",
    account: "Sample account",
    sees_all: "Referrals admin: sees all referrals",
    sees_own: "Referrals user: sees referrals of the own team only",
    approve: "Approve",
    decline: "Decline",
    approved_title: "You are signed in",
    approved_hint: "You can close this page and go back to Hunter.",
    declined_title: "Sign-in declined",
    declined_hint: "Nothing was shared. You can close this page.",
    failure_title: "Sign-in is not possible",
};

const TURKISH: Texts = Texts {
    lang: "tr",
    banner: "Hunter deneme ortamı: yalnızca örnek veri, burası Microsoft değildir",
    enter_title: "Kodu girin",
    enter_hint: "Hunter'ın gösterdiği kodu yazın.",
    code: "Kod",
    next: "İleri",
    unknown_code: "Bu kod yok, daha önce kullanılmış ya da süresi dolmuş. Kodu kontrol edin veya Hunter'da yeniden başlayın.",
    approve_title: "Hunter'da oturum açılsın mı?",
    approve_hint: "Bu oturumu kendiniz başlattıysanız onaylayın. Kod:",
    consent_title: "Hunter erişim istiyor",
    consent_hint: "Hunter referansları okumak ve oturumu açık tutmak istiyor.",
    account: "Örnek hesap",
    sees_all: "Referans yöneticisi: tüm referansları görür",
    sees_own: "Referans kullanıcısı: yalnızca kendi ekibininkileri görür",
    approve: "Onayla",
    decline: "Reddet",
    approved_title: "Oturum açıldı",
    approved_hint: "Bu sayfayı kapatıp Hunter'a dönebilirsiniz.",
    declined_title: "Oturum açma reddedildi",
    declined_hint: "Hiçbir şey paylaşılmadı. Bu sayfayı kapatabilirsiniz.",
    failure_title: "Oturum açılamıyor",
};

/// The page where the code is typed.
pub(crate) fn enter_code(language: Language, typed: &str, refused: bool) -> String {
    let t = language.texts();
    let error = if refused {
        format!("<p role=\"alert\" class=\"error\">{}</p>", escape(t.unknown_code))
    } else {
        String::new()
    };
    let body = format!(
        "<p>{hint}</p>{error}<form method=\"post\" action=\"/device\"><label for=\"user_code\">{code}</label><input id=\"user_code\" name=\"user_code\" value=\"{typed}\" maxlength=\"20\" autocomplete=\"off\" autocapitalize=\"characters\" spellcheck=\"false\" required autofocus><div class=\"buttons\"><button class=\"primary\">{next}</button></div></form>",
        hint = escape(t.enter_hint),
        code = escape(t.code),
        typed = escape(typed),
        next = escape(t.next),
    );
    layout(t, t.enter_title, &body)
}

/// The page where a typed code is approved or declined.
pub(crate) fn approve_device(language: Language, code: &str) -> String {
    let t = language.texts();
    let hint = format!("{} <strong>{}</strong>", escape(t.approve_hint), escape(code));
    let fields = [("user_code", code)];
    layout(t, t.approve_title, &question(t, &hint, "/device", &fields))
}

/// The page of the browser sign-in.
pub(crate) fn consent(language: Language, form: &HashMap<String, String>) -> String {
    let t = language.texts();
    let mut fields: Vec<(&str, &str)> = form
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "account" | "decision"))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    fields.sort_unstable();
    layout(t, t.consent_title, &question(t, &escape(t.consent_hint), "authorize", &fields))
}

/// The page after the decision.
pub(crate) fn decided(language: Language, approved: bool) -> String {
    let t = language.texts();
    let (title, hint) =
        if approved { (t.approved_title, t.approved_hint) } else { (t.declined_title, t.declined_hint) };
    layout(t, title, &format!("<p role=\"status\">{}</p>", escape(hint)))
}

/// The page for what cannot be told to the client.
pub(crate) fn failure(language: Language, description: &str) -> String {
    let t = language.texts();
    let body = format!("<p role=\"alert\" class=\"error\">{}</p>", escape(description));
    layout(t, t.failure_title, &body)
}

fn question(t: &Texts, hint: &str, action: &str, fields: &[(&str, &str)]) -> String {
    let mut body = format!("<p>{hint}</p><form method=\"post\" action=\"{action}\">");
    for (name, value) in fields {
        // Writing to a String cannot fail.
        let _ = write!(body, "<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value));
    }
    let _ = write!(body, "<fieldset><legend>{}</legend>", escape(t.account));
    for (index, account) in ACCOUNTS.iter().enumerate() {
        let checked = if index == 0 { " checked" } else { "" };
        let role = if account.sees_all { t.sees_all } else { t.sees_own };
        let _ = write!(
            body,
            "<label class=\"choice\"><input type=\"radio\" name=\"account\" value=\"{index}\"{checked}> <span><b>{}</b><br>{}<br><small>{}</small></span></label>",
            escape(account.name),
            escape(account.username),
            escape(role)
        );
    }
    let _ = write!(
        body,
        "</fieldset><div class=\"buttons\"><button class=\"primary\" name=\"decision\" value=\"approve\">{}</button><button name=\"decision\" value=\"decline\">{}</button></div></form>",
        escape(t.approve),
        escape(t.decline)
    );
    body
}

fn layout(t: &Texts, title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title><style>{STYLE}</style></head><body><p class=\"banner\">{banner}</p><main><h1>{title}</h1>{body}</main></body></html>",
        lang = t.lang,
        title = escape(title),
        banner = escape(t.banner),
    )
}

const STYLE: &str = ":root{color-scheme:light dark;--accent:#0f6cbd;--line:#8a8886;--error:#b10e1c}@media(prefers-color-scheme:dark){:root{--accent:#2886de;--error:#f1707b}}*{box-sizing:border-box}body{margin:0;font:16px/1.5 'Segoe UI',system-ui,sans-serif;background:Canvas;color:CanvasText}.banner{margin:0;padding:.5rem 1rem;text-align:center;font-size:.875rem;background:#fde300;color:#242424}main{max-width:28rem;margin:3rem auto;padding:2rem;border:1px solid var(--line);border-radius:8px}h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.25}label{display:block;font-weight:600}input[name=user_code]{width:100%;margin-top:.25rem;padding:.5rem .75rem;font:600 1.5rem/1.5 ui-monospace,monospace;letter-spacing:.15em;text-transform:uppercase;border:1px solid var(--line);border-radius:4px}fieldset{margin:1rem 0;padding:.5rem 1rem;border:1px solid var(--line);border-radius:4px}.choice{display:flex;gap:.75rem;margin:.5rem 0;font-weight:400;overflow-wrap:anywhere}.buttons{display:flex;gap:.75rem;margin-top:1.5rem}button{min-height:2.25rem;padding:.25rem 1.25rem;font:inherit;font-weight:600;border:1px solid var(--line);border-radius:4px;background:Canvas;color:CanvasText;cursor:pointer}.primary{background:var(--accent);border-color:var(--accent);color:#fff}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}.error{color:var(--error);font-weight:600}";

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", Language::English)]
    #[case("de", Language::English)]
    #[case("tr-TR,tr;q=0.9,en;q=0.8", Language::Turkish)]
    #[case("en-US,tr;q=0.9", Language::English)]
    #[case("de;q=1, tr;q=0.5, en;q=0.4", Language::Turkish)]
    #[case("tr;q=0, en;q=0.1", Language::English)]
    fn picks_the_browsers_favourite(#[case] accepted: &str, #[case] expected: Language) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
        assert_eq!(Language::of(&headers), expected);
    }

    #[test]
    fn typed_text_stays_text() {
        let page = enter_code(Language::English, "\"><script>alert(1)</script>", true);
        assert!(!page.contains("<script"));
        assert!(page.contains("&quot;&gt;&lt;script&gt;"));
    }
}
