//! Referrals as a file: all that is found, in one piece or not at all.

use std::fs;

use hunter_engine::{ErrorCode, ExportFormat, Selection};
use hunter_sandbox::Sandbox;
use serde_json::Value;

use crate::support::{World, files};

#[tokio::test]
async fn a_file_holds_what_is_found_in_its_order() {
    let world = World::synced(Sandbox::builder().referrals(40)).await;
    let found = world.json(&["list", "--sort", "customer_name"]).await;
    let total = found["total"].as_u64().unwrap();
    assert!(total > 1 && total < 40, "{found}");
    for name in ["referrals.json", "referrals.csv", "referrals.XLSX"] {
        let told = world.json(&["export", name, "--sort", "customer_name"]).await;
        assert_eq!((&told["referrals"], &told["path"]), (&total.into(), &name.into()));
    }
    let ids = |document: &Value| -> Vec<String> {
        let items = document["items"].as_array().unwrap();
        items.iter().map(|item| item["referral_id"].as_str().unwrap().to_owned()).collect()
    };
    let document: Value = serde_json::from_slice(&fs::read(world.beside("referrals.json")).unwrap()).unwrap();
    assert_eq!(document["total"], total);
    assert_eq!(ids(&document), ids(&found));
    let table = fs::read_to_string(world.beside("referrals.csv")).unwrap();
    let places: Vec<usize> = ids(&found).iter().map(|id| table.find(id.as_str()).unwrap()).collect();
    assert!(table.starts_with("\u{feff}Customer,") && places.is_sorted(), "{table}");
    assert!(fs::read(world.beside("referrals.XLSX")).unwrap().starts_with(b"PK"));
}

#[tokio::test]
async fn what_is_not_written_whole_leaves_the_file_that_was_there() {
    let world = World::synced(Sandbox::builder().referrals(40)).await;
    let folder = world.beside("out");
    fs::create_dir(&folder).unwrap();
    let all = Selection::Found(Box::default());
    let engine = world.engine();
    for format in [ExportFormat::Csv, ExportFormat::Json, ExportFormat::Xlsx] {
        let file = folder.join("mine").with_extension(format.ending());
        fs::write(&file, "before").unwrap();
        let mut seen = Vec::new();
        let is_whole = engine.export(&all, format, &file, |progress| {
            seen.push(progress.done);
            progress.done < progress.total
        });
        assert!(!is_whole.await.unwrap());
        assert!(seen.len() > 1 && seen.is_sorted() && seen.first() == Some(&0), "{seen:?}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "before");
    }
    assert_eq!(files(&folder).len(), 3, "no draft is left");
    #[cfg(unix)]
    {
        let link = folder.join("link.csv");
        std::os::unix::fs::symlink("mine.csv", &link).unwrap();
        assert!(engine.export(&all, ExportFormat::Csv, &link, |_| true).await.unwrap());
        assert!(link.is_symlink() && fs::read_to_string(folder.join("mine.csv")).unwrap().len() > 100);
    }
    let nowhere = world.beside("missing").join("mine.csv");
    let refused = engine.export(&all, ExportFormat::Csv, &nowhere, |_| true).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::StorageIo);
    let told = refused.to_string();
    assert!(told.contains("mine.csv") && !told.contains(".hunter-export"), "{told}");
    let told = world.run(&["export", "missing/mine.csv", "--json"]).await;
    assert_eq!(told.error_code(), "storage_io");
}
