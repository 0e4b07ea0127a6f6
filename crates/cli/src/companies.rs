//! `hunter companies`: who the customers are, and which to call first.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hunter_engine::{
    CompanyChange, CompanyDetails, CompanyQuery, CompanyRow, Engine, ErrorCode, HunterError, ScanEnding,
};
use serde_json::json;

use crate::args::CompaniesCommand;
use crate::output::{Output, printable};
use crate::stop::until_stopped;
use crate::text::{filled, text};

pub async fn companies(
    engine: &Engine,
    command: CompaniesCommand,
    output: &Output,
) -> Result<u8, HunterError> {
    match command {
        CompaniesCommand::List { search, segment, provider, country, min_score, sort, limit, offset } => {
            let query = CompanyQuery {
                search,
                segment,
                provider,
                country,
                min_score,
                sort,
                limit,
                offset,
                ..CompanyQuery::default()
            };
            list(engine, &query, output).await
        }
        CompaniesCommand::Show { company } => {
            let company = engine.company(engine.company_named(&company).await?).await?;
            if output.json {
                output.document(&company);
            } else {
                describe(&company, output);
            }
            Ok(0)
        }
        CompaniesCommand::Scan { companies } => scan(engine, &companies, output).await,
        CompaniesCommand::Link { referrals, company } => {
            match engine.company_named(&company).await {
                Ok(id) => engine.link(&referrals, id).await?,
                Err(error) if error.code() == ErrorCode::CompanyNotFound => {
                    engine.link_to_domain(&referrals, &company).await?;
                }
                Err(error) => return Err(error),
            }
            done(engine.last_company_change().await?, "company_changed", output)
        }
        CompaniesCommand::Unlink { referrals } => {
            let is_changed = engine.unlink(&referrals).await?;
            done(
                if is_changed { engine.last_company_change().await? } else { None },
                "company_changed",
                output,
            )
        }
        CompaniesCommand::Merge { into, from } => {
            let into = engine.company_named(&into).await?;
            let mut ids = Vec::new();
            for company in from {
                ids.push(engine.company_named(&company).await?);
            }
            let is_changed = engine.merge_companies(into, &ids).await?;
            done(
                if is_changed { engine.last_company_change().await? } else { None },
                "company_changed",
                output,
            )
        }
        CompaniesCommand::Split { company } => {
            let joined = engine.company(engine.company_named(&company).await?).await?.merged;
            let part = joined.iter().find(|part| part.domain == company.to_lowercase());
            let id = part.map(|part| part.company_id).or_else(|| company.parse().ok());
            let unknown = || HunterError::new(ErrorCode::CompanyNotFound).with("company", &company);
            engine.split_company(id.ok_or_else(unknown)?).await?;
            done(engine.last_company_change().await?, "company_changed", output)
        }
        CompaniesCommand::Undo => done(engine.undo_company_change().await?, "company_undone", output),
    }
}

fn done(change: Option<CompanyChange>, words: &str, output: &Output) -> Result<u8, HunterError> {
    if output.json {
        output.document(&json!({"change": change}));
        return Ok(0);
    }
    match change {
        None => output.line(text(output.language, "company_unchanged")),
        Some(change) => {
            let kind = json!(change.kind);
            let kind = text(output.language, &format!("company_{}", kind.as_str().unwrap_or_default()));
            let company = printable(change.company.as_deref().unwrap_or_default());
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("kind", &kind), ("count", &change.referrals), ("company", &company)];
            output.line(filled(output.language, words, &values));
        }
    }
    Ok(0)
}

async fn list(engine: &Engine, query: &CompanyQuery, output: &Output) -> Result<u8, HunterError> {
    let page = engine.companies(query).await?;
    if output.json {
        output.document(&json!({"total": page.total, "items": page.rows}));
        return Ok(0);
    }
    let heads = ["company", "name", "domain", "country", "provider", "segment", "score", "open_of_all"];
    output.table(&heads, page.rows.iter().map(row));
    let values: [(&str, &dyn std::fmt::Display); 2] = [("shown", &page.rows.len()), ("total", &page.total)];
    output.note(filled(output.language, "shown", &values));
    Ok(0)
}

fn row(company: &CompanyRow) -> Vec<String> {
    vec![
        company.company_id.to_string(),
        company.name.clone(),
        company.domain.clone(),
        company.country.clone(),
        company.provider.clone(),
        company.segment.clone(),
        company.score.map(|score| score.to_string()).unwrap_or_default(),
        format!("{}/{}", company.open, company.referrals),
    ]
}

fn describe(company: &CompanyDetails, output: &Output) {
    let row = &company.row;
    let facts = [
        ("company", row.company_id.to_string()),
        ("name", row.name.clone()),
        ("domain", row.domain.clone()),
        ("country", row.country.clone()),
        ("size", row.size.clone()),
        ("provider", row.provider.clone()),
        ("segment", row.segment.clone()),
        ("score", row.score.map(|score| score.to_string()).unwrap_or_default()),
        ("tenant", company.tenant.clone().unwrap_or_default()),
        ("open_of_all", format!("{}/{}", row.open, row.referrals)),
        ("scanned_at", row.scanned_at.as_deref().and_then(|at| at.get(..10)).unwrap_or_default().to_owned()),
        ("own_note", company.note.clone()),
    ];
    output.facts(&facts);
    for part in &company.parts {
        let reason = json!(part.reason);
        let reason = text(output.language, &format!("reason_{}", reason.as_str().unwrap_or_default()));
        output.line(format!("{:>+5}  {reason}", part.points));
    }
    for merged in &company.merged {
        output.line(format!("+ {}", printable(&merged.domain)));
    }
}

async fn scan(engine: &Engine, companies: &[String], output: &Output) -> Result<u8, HunterError> {
    let mut ids = Vec::new();
    for company in companies {
        ids.push(engine.company_named(company).await?);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let (stopped, asked) = (until_stopped(), stop.clone());
    let listening = tokio::spawn(async move {
        stopped.await;
        asked.store(true, Ordering::Relaxed);
    });
    let bar = output.progress();
    let which = (!companies.is_empty()).then_some(ids.as_slice());
    let scanned = engine.scan_companies(which, &stop, |progress| {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("done", &progress.done), ("total", &progress.total)];
        bar.set_message(filled(output.language, "scanned_so_far", &values));
    });
    let scanned = scanned.await;
    listening.abort();
    bar.finish_and_clear();
    let report = scanned?;
    if output.json {
        output.document(&report);
    } else {
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("total", &report.total), ("complete", &report.complete), ("incomplete", &report.incomplete)];
        output.line(filled(output.language, "scanned", &values));
    }
    Ok(match report.ending {
        ScanEnding::Complete => 0,
        ScanEnding::Stopped => 1,
        ScanEnding::Unreachable => ErrorCode::NoNameServer.exit_code(),
    })
}
