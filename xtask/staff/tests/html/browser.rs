//! The pages as a real browser sees them: a file, offline.

use super::chrome::{self, Behaviour, Chrome};
use super::{class, sample};
use pretty_assertions::assert_eq;
use serde_json::json;
use staff::report::html;
use staff::report::html::side_by_side::{compared, file};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A browser and a folder of pages; none if there is no browser and none is required.
fn browser() -> Option<(Chrome, Pages)> {
    chrome().map(|chrome| (chrome, Pages::write()))
}

/// A browser; none if there is none and none is required.
pub fn chrome() -> Option<Chrome> {
    if let Some(program) = chrome::find() {
        return Some(Chrome::start(&program));
    }
    let is_required = env::var("GRADE_BROWSER").is_ok_and(|value| value == "required");
    assert!(
        !is_required,
        "GRADE_BROWSER is `required`, but no Chromium was found: install it, or set CHROME to its path"
    );
    println!("not run: no Chromium was found; install it, or set CHROME to its path");
    None
}

struct Pages {
    folder: TempDir,
}

impl Pages {
    fn write() -> Self {
        let pages = Self { folder: TempDir::new().unwrap() };
        let grades = sample::grades();
        fs::create_dir(pages.folder.path().join("feedback")).unwrap();
        fs::write(pages.class(), class::page(&grades)).unwrap();
        for submission in &grades.submissions {
            fs::write(pages.feedback(&submission.id), html::feedback(&grades, submission)).unwrap();
        }
        pages
    }

    fn class(&self) -> PathBuf {
        self.folder.path().join("class.html")
    }

    fn feedback(&self, id: &str) -> PathBuf {
        self.folder.path().join("feedback").join(class::file(id))
    }
}

/// Nothing but the file itself was requested, and there were no complaints.
pub fn assert_quiet(chrome: &mut Chrome, page: &Path) {
    let Behaviour { requests, complaints, dialogs } = chrome.behaviour();
    assert_eq!((complaints, dialogs), (vec![], vec![]), "{}", page.display());
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert!(requests[0].starts_with("\"file:///"), "{requests:?}");
}

/// The names in the first column, as they are shown.
fn order(chrome: &mut Chrome) -> Vec<String> {
    let rows = "[...document.querySelectorAll('#all-submissions tbody tr')]";
    let names = format!("{rows}.filter(row => !row.hidden).map(row => row.cells[0].textContent)");
    serde_json::from_value(chrome.value(&names)).unwrap()
}

#[test]
fn pages_are_quiet_and_no_submission_runs_in_them() {
    let Some((mut chrome, pages)) = browser() else { return };
    let mut files: Vec<PathBuf> = sample::grades().submissions.iter().map(|it| pages.feedback(&it.id)).collect();
    files.push(pages.class());
    for file in &files {
        chrome.open(file);
        assert_quiet(&mut chrome, file);
        assert_eq!(chrome.value("document.images.length"), json!(0));
        assert_eq!(chrome.value("document.querySelectorAll('h1').length"), json!(1));
        assert_eq!(chrome.value("document.querySelector('main').getBoundingClientRect().height > 100"), json!(true));
    }
    assert_eq!(chrome.value("document.scripts.length"), json!(1));
    chrome.open(&pages.feedback(sample::HOSTILE));
    assert_eq!(
        chrome.value("document.querySelector('h1').textContent"),
        json!(format!("Feedback for {}", sample::HOSTILE))
    );
    assert_eq!(chrome.value("document.scripts.length"), json!(0));
    assert_eq!(
        chrome.value("document.querySelector('details pre').textContent.includes('␛[31m<script>')"),
        json!(true)
    );
}

#[test]
fn the_policy_stops_what_would_slip_through() {
    let Some((mut chrome, pages)) = browser() else { return };
    let injected = "<img src='https://example.com/x.png' onerror='alert(1)'><script>alert(2)</script></main>";
    let page = fs::read_to_string(pages.class()).unwrap().replacen("</main>", injected, 1);
    fs::write(pages.class(), page).unwrap();
    chrome.open(&pages.class());
    let behaviour = chrome.behaviour();
    assert_eq!(behaviour.dialogs, [""; 0]);
    let is_stopped = |it: &&String| it.contains("Content Security Policy") && it.contains("has been blocked");
    assert_eq!(behaviour.complaints.iter().filter(is_stopped).count(), 3, "{behaviour:?}");
}

#[test]
fn the_table_is_sorted_by_keyboard() {
    let Some((mut chrome, pages)) = browser() else { return };
    chrome.open(&pages.class());
    let start = order(&mut chrome);
    let headings = "[...document.querySelectorAll('#all-submissions thead button')].map(it => it.textContent)";
    assert_eq!(chrome.value(headings), json!(["Submission", "Name", "Total", "Quest 1", "Quest 2", "Quest 3"]));
    chrome.value("document.getElementById('filter').focus()");
    // The table's own scrolling comes first, then its headings.
    for _ in 0..4 {
        chrome.press("Tab");
    }
    assert_eq!(chrome.value("document.activeElement.textContent"), json!("Total"));
    chrome.press("Enter");
    // Unknown values come first, and equal ones keep their order.
    assert_eq!(order(&mut chrome), ["eve", sample::HOSTILE, "cid", "bob", "dot", "s10", "s9", "ann"]);
    let sorted = "document.querySelector('[aria-sort]').textContent + document.querySelector('[aria-sort]').ariaSort";
    assert_eq!(chrome.value(sorted), json!("Totalascending"));
    chrome.press("Enter");
    assert_eq!(order(&mut chrome), ["ann", "s10", "s9", "dot", "bob", sample::HOSTILE, "cid", "eve"]);
    let status = "document.getElementById('table-status').textContent";
    assert_eq!(chrome.value(status), json!("Sorted by Total, falling."));
    chrome.value("document.querySelector('#all-submissions button').focus()");
    chrome.press("Enter");
    assert_ne!(order(&mut chrome), start);
    assert_eq!(order(&mut chrome)[6..], ["s9", "s10"]);
    assert_quiet(&mut chrome, &pages.class());
}

#[test]
fn the_table_is_filtered_by_names_and_by_states() {
    let Some((mut chrome, pages)) = browser() else { return };
    chrome.open(&pages.class());
    chrome.value("document.getElementById('filter').focus()");
    for letter in "LOVE".chars() {
        chrome.press(&letter.to_string());
    }
    assert_eq!(order(&mut chrome), ["ann"]);
    let retype = "document.getElementById('filter').value = 'rejected'; \
                  document.getElementById('filter').dispatchEvent(new Event('input'))";
    chrome.value(retype);
    assert_eq!(order(&mut chrome), ["dot"]);
    let status = "document.getElementById('table-status').textContent";
    assert_eq!(chrome.value(status), json!("1 of 8 submissions are shown."));
}

#[test]
fn every_link_leads_somewhere() {
    let Some((mut chrome, pages)) = browser() else { return };
    chrome.open(&pages.class());
    let links = "[...document.querySelectorAll('a')].map(it => it.getAttribute('href'))";
    let links: Vec<String> = serde_json::from_value(chrome.value(links)).unwrap();
    let (anchors, files): (Vec<_>, Vec<_>) = links.into_iter().partition(|link| link.starts_with('#'));
    for anchor in anchors {
        assert_eq!(chrome.value(&format!("document.querySelector('{anchor}') !== null")), json!(true), "{anchor}");
    }
    assert!(files.len() >= 8, "{files:?}");
    let (similar, files): (Vec<_>, Vec<_>) = files.into_iter().partition(|link| link.starts_with("similarity/"));
    assert_eq!(
        similar,
        compared(&class::clusters()).map(|(_, pair)| format!("similarity/{}", file(pair))).collect::<Vec<_>>()
    );
    for file in files {
        chrome.open(&pages.folder.path().join(&file));
        assert_eq!(chrome.value("document.querySelector('h1').textContent.startsWith('Feedback for')"), json!(true));
    }
}

/// For changes to the style: `GRADE_PICTURES=DIR cargo test -p staff --test html` writes how the pages look.
#[test]
fn no_page_is_wider_than_a_narrow_window() {
    let Some((mut chrome, pages)) = browser() else { return };
    let folder = env::var_os("GRADE_PICTURES").map(PathBuf::from);
    let files = [("class", pages.class()), ("cid", pages.feedback("cid")), ("dot", pages.feedback("dot"))];
    for (width, scheme) in [(400, "light"), (400, "dark"), (1280, "light"), (1280, "dark")] {
        chrome.look(width, scheme);
        for (name, file) in &files {
            chrome.open(file);
            let outside = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
            assert_eq!(chrome.value(outside), json!(0), "{name}");
            if let Some(folder) = &folder {
                chrome.keep_picture(&folder.join(format!("{name}-{width}-{scheme}.png")));
            }
        }
    }
}
