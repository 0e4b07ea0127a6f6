//! Invented firms, people and places.

use serde_json::{Value, json};

use crate::random::Random;

/// Where a firm is, with what its addresses look like there.
struct Region {
    country: &'static str,
    locale: &'static str,
    phone: &'static str,
    street: &'static str,
    cities: &'static [(&'static str, &'static str, &'static str)],
    first_names: &'static [&'static str],
    last_names: &'static [&'static str],
    adjectives: &'static [&'static str],
    trades: &'static [&'static str],
    forms: &'static [&'static str],
    domain: (&'static str, &'static str),
    consumer: &'static [&'static str],
}

static TURKEY: Region = Region {
    country: "TR",
    locale: "tr-TR",
    phone: "+90 212 000",
    street: "Örnek Cad. No:",
    cities: &[
        ("İzmit", "41000", "Kocaeli"),
        ("İstanbul", "34000", "İstanbul"),
        ("Ankara", "06000", "Ankara"),
        ("Şanlıurfa", "63000", "Şanlıurfa"),
        ("Ağrı", "04000", "Ağrı"),
        ("Muğla", "48000", "Muğla"),
    ],
    first_names: &[
        "Ayşegül",
        "Çağatay",
        "İbrahim",
        "Işılay",
        "Gülşah",
        "Öznur",
        "Şükrü",
        "Ümit Can",
        "Yağmur",
    ],
    last_names: &["Örnekoğlu", "Denemeci", "Numunegil", "Hayalioğlu", "Kurguer", "Işıkörnek", "Çizgiörnek"],
    adjectives: &[
        "Örnek Yıldız",
        "Deneme Çınar",
        "Numune Işık",
        "Hayali Şelale",
        "Kurgu İnci",
        "Varsayım Ağaç",
        "İlkörnek",
        "Taslak Gül",
    ],
    trades: &["Lojistik", "Bilişim", "Gıda", "Tekstil", "İnşaat", "Sigorta", "Çelik", "Sağlık", "Turizm"],
    forms: &["A.Ş.", "Ltd. Şti.", "San. ve Tic. A.Ş.", "&amp; Oğulları Ltd. Şti.", "Tic. &amp; San. A.Ş."],
    domain: ("ornek", "com.tr"),
    consumer: &["gmail.com", "hotmail.com", "yandex.com", "outlook.com"],
};

static BRITAIN: Region = Region {
    country: "GB",
    locale: "en-GB",
    phone: "+44 1632 960",
    street: "Example Street ",
    cities: &[
        ("Leeds", "LS1 0AA", "England"),
        ("Cardiff", "CF10 0AA", "Wales"),
        ("Perth", "PH1 0AA", "Scotland"),
    ],
    first_names: &["Imogen", "Barnaby", "Philippa", "Alistair", "Rosalind"],
    last_names: &["Exampleton", "Samplewood", "O'Placeholder", "Mockingham"],
    adjectives: &["Example Harbour", "Sample Ridge", "Fictional Maple", "Invented Fern", "Placeholder Mill"],
    trades: &["Logistics", "Foods", "Insurance", "Textiles", "Health", "Steel"],
    forms: &["Ltd", "PLC", "&amp; Sons Ltd", "LLP"],
    domain: ("example", "co.uk"),
    consumer: &["gmail.com", "outlook.com", "icloud.com", "hotmail.com"],
};

static STATES: Region = Region {
    country: "US",
    locale: "en-US",
    phone: "+1 202 555 01",
    street: "Sample Avenue ",
    cities: &[("Springfield", "00000", "IL"), ("Fairview", "00000", "OR"), ("Riverside", "00000", "CA")],
    first_names: &["Madison", "Tyrone", "Savannah", "Preston"],
    last_names: &["Sampleford", "Exampleson", "Testerman", "Mockwell"],
    adjectives: &["Example Lake", "Sample Canyon", "Fictional Pine", "Invented Prairie"],
    trades: &["Logistics", "Software", "Foods", "Construction", "Energy"],
    forms: &["Inc.", "LLC", "Corp.", "&amp; Co."],
    domain: ("example", "com"),
    consumer: &["gmail.com", "yahoo.com", "outlook.com", "live.com"],
};

static GERMANY: Region = Region {
    country: "DE",
    locale: "de-DE",
    phone: "+49 30 23125",
    street: "Musterstraße ",
    cities: &[
        ("München", "80331", "Bayern"),
        ("Köln", "50667", "Nordrhein-Westfalen"),
        ("Görlitz", "02826", "Sachsen"),
    ],
    first_names: &["Käthe", "Jürgen", "Annegret", "Bjarne"],
    last_names: &["Mustermann", "Beispielhuber", "Platzhalter", "Größenwahn"],
    adjectives: &["Beispiel Küste", "Muster Wiese", "Fiktive Tanne"],
    trades: &["Logistik", "Maschinenbau", "Lebensmittel", "Versicherung"],
    forms: &["GmbH", "AG", "GmbH &amp; Co. KG"],
    domain: ("beispiel", "de"),
    consumer: &["gmx.de", "web.de", "gmail.com"],
};

/// Domains whose wire form differs from what people read: (read, wire).
const INTERNATIONAL: &[(&str, &str)] = &[
    ("örnek-gıda.com.tr", "xn--rnek-gda-m4a01d.com.tr"),
    ("örnek-çelik.com", "xn--rnek-elik-u3a3n.com"),
    ("beispiel-küche.de", "xn--beispiel-kche-5ob.de"),
];

/// Names that a careless program shows or writes wrongly.
const AWKWARD_NAMES: &[&str] = &[
    "<b>Örnek</b> Market <script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)> Deneme Ltd. Şti.",
    "=HYPERLINK(\"http://127.0.0.1\") Örnek Ltd",
    "Örnek &quot;Yıldız&quot; &amp; O&#39;Deneme A.Ş.",
    "Beşikta&#x15F; Örnek Spor &amp;amp; Sağlık",
    "İIıi ŞşĞğ Örnek Öğretim 🚀 A.Ş.",
    "\u{202e}Example Reversed Ltd",
    "Örnek Çok Uzun Adlı Uluslararası Taşımacılık, Depolama, Gümrükleme, Danışmanlık, Bilişim, Gıda, Tekstil, İnşaat, Sigorta, Çelik, Sağlık, Turizm, Enerji, Eğitim ve Yazılım Hizmetleri Sanayi ve Dış Ticaret Anonim Şirketi Merkez Şubesi",
];

/// An invented firm.
pub(super) struct Firm {
    number: u64,
    region: &'static Region,
    pub(super) name: String,
    /// The domain as e-mail addresses carry it.
    pub(super) wire_domain: String,
    /// The domain as people read it.
    pub(super) shown_domain: String,
    random: Random,
}

impl Firm {
    /// The firm with that number, always the same.
    pub(super) fn new(seed: u64, number: u64) -> Self {
        let mut random = Random::new(seed, 0xF1A0_0000_0000 + number);
        let region = match random.below(20) {
            0..12 => &TURKEY,
            12..15 => &BRITAIN,
            15..18 => &STATES,
            _ => &GERMANY,
        };
        let trade = random.pick(region.trades);
        let usual = format!("{} {trade} {}", random.pick(region.adjectives), random.pick(region.forms));
        let name = if number % 12 == 4 {
            AWKWARD_NAMES[pick(number / 12, AWKWARD_NAMES.len())].to_owned()
        } else {
            usual
        };
        let (stem, suffix) = region.domain;
        let domain = format!("{stem}-{}-{number}.{suffix}", ascii(trade));
        let (shown_domain, wire_domain) = if number % 40 == 10 {
            let (shown, wire) = INTERNATIONAL[pick(number / 40, INTERNATIONAL.len())];
            (shown.to_owned(), wire.to_owned())
        } else {
            (domain.clone(), domain)
        };
        Self { number, region, name, wire_domain, shown_domain, random }
    }

    pub(super) fn address(&mut self) -> Value {
        let (city, postal_code, region) = *self.random.pick(self.region.cities);
        json!({
            "addressLine1": format!("{}{}", self.region.street, self.number),
            "addressLine2": "",
            "city": city,
            "state": null,
            "postalCode": postal_code,
            "country": self.region.country,
            "region": region,
        })
    }

    /// A person of the firm with an address at that domain.
    pub(super) fn contact(&mut self, domain: &str) -> Value {
        let (first, last) = self.person();
        let email = format!("{}.{}@{domain}", ascii(first), ascii(last));
        self.member(first, last, json!(email))
    }

    /// A person of the firm with an address at a consumer provider, of a form that none of them gives out.
    pub(super) fn private_contact(&mut self) -> Value {
        let (first, last) = self.person();
        let provider = self.random.pick(self.region.consumer);
        let email = format!("ornek--{}--{}@{provider}", ascii(last), self.number);
        self.member(first, last, json!(email))
    }

    /// A person of the firm with whatever stands for an address.
    pub(super) fn contact_with(&mut self, email: Value) -> Value {
        let (first, last) = self.person();
        self.member(first, last, email)
    }

    fn person(&mut self) -> (&'static str, &'static str) {
        let first = self.random.pick(self.region.first_names);
        let last = self.random.pick(self.region.last_names);
        (first, last)
    }

    fn member(&mut self, first: &str, last: &str, email: Value) -> Value {
        let phone = format!("{} {:04}", self.region.phone, self.number % 10_000);
        json!({
            "firstName": first,
            "lastName": last,
            "phoneNumber": phone,
            "email": email,
            "title": null,
            "contactPreference": {"locale": self.region.locale, "disableNotifications": null},
        })
    }
}

fn pick(number: u64, len: usize) -> usize {
    usize::try_from(number).unwrap_or(0) % len
}

fn ascii(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            'ç' | 'Ç' => Some('c'),
            'ğ' | 'Ğ' => Some('g'),
            'ı' | 'I' | 'İ' => Some('i'),
            'ö' | 'Ö' => Some('o'),
            'ş' | 'Ş' | 'ß' => Some('s'),
            'ü' | 'Ü' => Some('u'),
            'ä' => Some('a'),
            c if c.is_ascii_alphanumeric() => Some(c.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}
