#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Cursor;

use calamine::{Data, DataType, Reader, Xlsx};
use hunter_store::{Filter, Mode, RunEnd, StatusFilter, Step, Store, Version};
use jiff::Timestamp;
use rstest::rstest;
use serde_json::{Value, json};

use super::cells::COLUMNS;
use super::*;

const NOTE: &str = "=HYPERLINK(\"http://evil.example\",\"x\")";

fn now() -> Timestamp {
    "2026-03-10T12:00:00Z".parse().unwrap()
}

fn hostile() -> Vec<String> {
    let one = |id: &str, name: &str, details: Value| {
        json!({"id": id, "name": name, "status": "New", "substatus": "Pending", "createdDateTime": "2026-03-01T10:30:00Z",
            "updatedDateTime": format!("2026-03-0{}T00:00:00Z", id.len()), "details": details,
            "customerProfile": {"name": "<b>Kaya</b> \u{202e}kaya 😀", "team": [{"firstName": "@ayse", "email": "+90@kaya.example"}]}})
        .to_string()
    };
    vec![
        one("a", "=1+1", json!({"dealValue": "1234567.89", "currency": "TRY"})),
        one("bb", "-2+3", json!({"dealValue": 0.1, "currency": "E\"U]R;@"})),
        one(
            "ccc",
            "Tab, \"quotes\"\r\nand lines",
            json!({"dealValue": "12345678901234567.89", "currency": "USD"}),
        ),
        one("dddd", "Purge", json!(null)),
    ]
}

async fn stored() -> (tempfile::TempDir, Vec<StoredReferral>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("hunter.db")).await.unwrap();
    let payloads = hostile();
    let steps: Vec<Step<'_>> =
        payloads.iter().map(|payload| Step::Insert { version: Version::read(payload).unwrap() }).collect();
    let run = store.start_run("run".to_owned(), Mode::Full, now()).await.unwrap();
    let mut page = store.begin_pages(&run, now()).await.unwrap();
    page.apply(&steps).await.unwrap();
    page.commit(1, 1).await.unwrap();
    store.finish_run(&run, RunEnd::Complete, now()).await.unwrap();
    store.set_note("a", NOTE, now()).await.unwrap();
    store.set_star(&["a".to_owned()], true).await.unwrap();
    let filter =
        Filter { status: StatusFilter::All, order: Some("updated_at".parse().unwrap()), ..Filter::default() };
    let keys = store.find(&filter, now()).await.unwrap().keys;
    let referrals = store.stored(&keys, now()).await.unwrap();
    (folder, referrals)
}

async fn written(mut sheet: Box<dyn Sheet>) -> Vec<u8> {
    let (_folder, referrals) = stored().await;
    let mut file = Vec::new();
    sheet.begin(&mut file).unwrap();
    sheet.add(&referrals[..1], &mut file).unwrap();
    sheet.add(&referrals[1..], &mut file).unwrap();
    sheet.finish(&mut file).unwrap();
    file
}

/// A disk that takes so many bytes.
struct Small(usize);

impl Write for Small {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_full_disk_is_told_as_such_by_every_format() {
    let (_folder, referrals) = stored().await;
    let sheets: [Box<dyn Sheet>; 3] = [
        Box::new(csv::for_spreadsheets(Language::En)),
        Box::new(json::Document::new(4)),
        Box::new(xlsx::Workbook::new(Language::En, TimeZone::UTC).unwrap()),
    ];
    for mut sheet in sheets {
        let mut disk = Told::new(Small(400));
        let written = sheet
            .begin(&mut disk)
            .and_then(|()| sheet.add(&referrals, &mut disk))
            .and_then(|()| sheet.finish(&mut disk));
        assert_eq!(disk.tell(written).unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}

#[test]
fn a_cell_that_cannot_hold_all_of_a_text_says_so() {
    let long = "😀".repeat(20_000);
    let cut = xlsx::in_a_cell(&long);
    assert!(cut.ends_with("😀…") && cut.encode_utf16().count() == 32_767, "{}", cut.encode_utf16().count());
    let fits = "x".repeat(32_767);
    assert_eq!(xlsx::in_a_cell(&fits), fits);
}

fn place(column: &str) -> usize {
    COLUMNS.iter().position(|name| *name == column).unwrap()
}

#[tokio::test]
async fn a_workbook_has_dates_numbers_and_no_formula() {
    let istanbul = TimeZone::get("Europe/Istanbul").unwrap();
    let sheet = xlsx::Workbook::new(Language::Tr, istanbul).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(written(Box::new(sheet)).await)).unwrap();
    assert_eq!(book.sheet_names(), ["Referanslar"]);
    let formulas = book.worksheet_formula("Referanslar").unwrap();
    assert!(formulas.used_cells().all(|(_, _, formula)| formula.is_empty()));
    let range = book.worksheet_range("Referanslar").unwrap();
    let cell = |row: u32, column: &str| {
        range.get_value((row, u32::try_from(place(column)).unwrap())).cloned().unwrap_or(Data::Empty)
    };
    assert_eq!(cell(0, "customer_name").as_string().unwrap(), "Müşteri");
    assert_eq!(cell(1, "name"), Data::String("=1+1".into()));
    assert_eq!(cell(1, "note"), Data::String(NOTE.into()));
    assert_eq!(cell(1, "customer_name"), Data::String("<b>Kaya</b> \u{202e}kaya 😀".into()));
    assert_eq!(cell(1, "deal_value"), Data::Float(1_234_567.89));
    assert_eq!(cell(2, "deal_value"), Data::Float(0.1));
    assert_eq!(
        cell(3, "deal_value"),
        Data::String("12345678901234567.89".into()),
        "a number would lose its cents"
    );
    assert_eq!(cell(4, "deal_value"), Data::Empty);
    assert_eq!(cell(1, "status"), Data::String("Yeni".into()));
    let created = cell(1, "created_at");
    let created = created.get_datetime().unwrap().to_ymd_hms_milli();
    assert_eq!(created, (2026, 3, 1, 13, 30, 0, 0));
    assert_eq!(range.height(), 5);
}

#[tokio::test]
async fn a_table_for_spreadsheets_is_harmless_and_whole() {
    let file = String::from_utf8(written(Box::new(csv::for_spreadsheets(Language::En))).await).unwrap();
    let text = file.strip_prefix('\u{feff}').unwrap();
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    assert_eq!(&reader.headers().unwrap()[0], "Customer");
    let rows: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let column = |name: &str| rows.iter().map(|row| row[place(name)].to_owned()).collect::<Vec<_>>();
    assert_eq!(column("name"), ["'=1+1", "'-2+3", "Tab, \"quotes\"\r\nand lines", "Purge"]);
    assert_eq!(column("deal_value"), ["1234567.89", "0.1", "12345678901234567.89", ""]);
    assert_eq!(column("contact")[0], "'@ayse");
    assert_eq!(column("contact_email")[0], "'+90@kaya.example");
    assert_eq!(column("note")[0], format!("'{NOTE}"));
    assert_eq!(column("starred"), ["yes", "", "", ""]);
}

#[tokio::test]
async fn the_clipboard_takes_lines_and_tabs() {
    let text = String::from_utf8(written(Box::new(csv::tab_separated(Language::En))).await).unwrap();
    assert!(text.starts_with("Customer\tReferral\tCountry\t"), "{text}");
    assert_eq!(text.lines().filter(|line| line.contains("kaya.example")).count(), 4);
}

#[tokio::test]
async fn json_is_the_list_with_what_a_person_noted() {
    let file = written(Box::new(json::Document::new(4))).await;
    let document: Value = serde_json::from_slice(&file).unwrap();
    assert_eq!(document["total"], 4);
    let first = &document["items"][0];
    assert_eq!(
        (&first["name"], &first["note"], &first["starred"]),
        (&json!("=1+1"), &json!(NOTE), &json!(true))
    );
    assert_eq!(first["deal_value"], "1234567.89");
    assert_eq!(document["items"].as_array().unwrap().len(), 4);
}

#[rstest]
#[case("a.xlsx", Some(ExportFormat::Xlsx))]
#[case("b.CSV", Some(ExportFormat::Csv))]
#[case("c.json", Some(ExportFormat::Json))]
#[case("d.xls", None)]
#[case("e", None)]
fn the_ending_names_the_format(#[case] path: &str, #[case] format: Option<ExportFormat>) {
    assert_eq!(ExportFormat::of(Path::new(path)).ok(), format);
}

#[test]
fn every_column_has_a_title_in_both_languages() {
    for language in [Language::En, Language::Tr] {
        for column in COLUMNS {
            assert!(!super::cells::title(language, column).contains('.'), "{column}");
        }
    }
}
