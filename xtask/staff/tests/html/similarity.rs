//! The pages of two files side by side.

use super::browser::{assert_quiet, chrome};
use super::chrome::Chrome;
use super::sample;
use pretty_assertions::assert_eq;
use serde_json::json;
use staff::report::html::side_by_side::{compared, side_by_side};
use staff::similarity::{BaseCode, Findings, QuestFiles, search};
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const QUEST: &str = "quest-03-queue";

/// A file of the course.
fn course_file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).expect("a file of the course")
}

/// Two of the course's alternatives, each handed in by two people with other names in it.
fn files() -> Vec<(String, String)> {
    let alternative = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../solutions/alternatives").join(QUEST);
    let mut paths: Vec<PathBuf> = fs::read_dir(alternative).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let source = fs::read_to_string(&paths[0]).unwrap();
    let changed = source.replace("self", "self ").replacen("pub fn", "// Mine: <script>alert(1)</script>\npub fn", 3);
    let loops = "\nfn more(limit: usize) -> usize {\n    let mut sum = 0;\n    for one in 0..limit {\n        if one % 3 == 0 { sum += one * 2; } else { sum -= 1; }\n    }\n    sum\n}\n";
    vec![
        ("ann".to_owned(), source.clone() + loops),
        ("bob".to_owned(), loops.replace("sum", "total") + &changed),
        (sample::HOSTILE.to_owned(), source + "\nfn other() -> [u8; 3] {\n    [1, 2, 3]\n}\n"),
    ]
}

/// The pages of what is similar, and the folder they are in.
fn pages() -> (TempDir, Vec<PathBuf>) {
    let files = files();
    let stub = course_file(&format!("{QUEST}/stub.rs"));
    let solutions = [course_file("solutions/src/quest_03_queue.rs")];
    let by_id: BTreeMap<&str, _> = files.iter().map(|(id, source)| (id.as_str(), source.into())).collect();
    let quests = [QuestFiles { quest: 3, files: by_id, base_code: BaseCode { stub: &stub, solutions: &solutions } }];
    let findings: Findings = search(&quests);
    let folder = TempDir::new().unwrap();
    let pages = compared(&findings.clusters).enumerate().map(|(index, (cluster, pair))| {
        let comparison = findings.compare(&quests, pair).expect("both are there");
        let path = folder.path().join(format!("{index}.html"));
        fs::write(&path, side_by_side(&sample::grades(), cluster, pair, &comparison)).unwrap();
        path
    });
    let pages = pages.collect();
    (folder, pages)
}

fn opened() -> Option<(Chrome, TempDir, Vec<PathBuf>)> {
    let mut chrome = chrome()?;
    let (folder, pages) = pages();
    chrome.open(&pages[0]);
    Some((chrome, folder, pages))
}

#[test]
fn pages_are_quiet_and_no_code_runs_in_them() {
    let Some((mut chrome, _folder, pages)) = opened() else { return };
    assert_eq!(pages.len(), 2);
    for page in &pages {
        chrome.open(page);
        assert_quiet(&mut chrome, page);
        assert_eq!(chrome.value("document.scripts.length"), json!(1));
        assert_eq!(chrome.value("document.querySelectorAll('pre.code').length"), json!(2));
    }
}

#[test]
fn a_number_leads_to_the_same_fragment_in_the_other_file() {
    let Some((mut chrome, _folder, pages)) = opened() else { return };
    let jumps = "[...document.querySelectorAll('pre.code')].map(it => it.querySelectorAll('.jump').length)";
    let counts: Vec<u32> = serde_json::from_value(chrome.value(jumps)).unwrap();
    assert!(counts[0] > 1 && counts[0] == counts[1], "{counts:?}");
    let marks = "document.querySelectorAll('mark').length > 4 && document.querySelectorAll('pre .base').length > 4";
    assert_eq!(chrome.value(marks), json!(true));
    chrome.look(1280, "light");
    let last = counts[0];
    chrome.value(&format!("document.getElementById('left-{last}').focus()"));
    chrome.press("Enter");
    let hash = "new Promise(done => setTimeout(() => done(location.hash)))";
    chrome.value(hash);
    assert_eq!(chrome.value("location.hash"), json!(format!("#right-{last}")));
    let visible = format!(
        "['left', 'right'].every(side => {{ const it = document.getElementById(side + '-{last}'); \
         const box = it.getBoundingClientRect(), pane = it.closest('pre').getBoundingClientRect(); \
         return box.top >= pane.top && box.bottom <= pane.bottom; }})"
    );
    assert_eq!(chrome.value(&visible), json!(true));
    assert_quiet(&mut chrome, &pages[0]);
}

#[test]
fn every_link_of_a_page_leads_somewhere() {
    let Some((mut chrome, _folder, pages)) = opened() else { return };
    for page in &pages {
        chrome.open(page);
        let lost = "[...document.querySelectorAll('a[href^=\"#\"]')].filter(it => !document.querySelector(it.getAttribute('href'))).length";
        assert_eq!(chrome.value(lost), json!(0));
        let doubled = "(() => { const ids = [...document.querySelectorAll('[id]')].map(it => it.id); return ids.length - new Set(ids).size; })()";
        assert_eq!(chrome.value(doubled), json!(0));
    }
}

/// For changes to the style: `GRADE_PICTURES=DIR cargo test -p staff --test html` writes how the pages look.
#[test]
fn the_pages_fit_into_a_narrow_window() {
    let Some((mut chrome, _folder, pages)) = opened() else { return };
    for (width, scheme) in [(400, "light"), (400, "dark"), (1280, "light"), (1280, "dark")] {
        chrome.look(width, scheme);
        for (index, page) in pages.iter().enumerate() {
            chrome.open(page);
            let outside = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
            assert_eq!(chrome.value(outside), json!(0), "{width}");
            let columns =
                "new Set([...document.querySelectorAll('pre.code')].map(it => it.getBoundingClientRect().left)).size";
            assert_eq!(chrome.value(columns), json!(if width > 1_000 { 2 } else { 1 }));
            if let Some(folder) = env::var_os("GRADE_PICTURES").map(PathBuf::from) {
                chrome.keep_picture(&folder.join(format!("similar-{index}-{width}-{scheme}.png")));
            }
        }
    }
}
