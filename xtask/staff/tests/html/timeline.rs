//! The page that `cargo xtask timeline --html` writes.

use super::browser::{assert_quiet, chrome};
use super::chrome::Chrome;
use pretty_assertions::assert_eq;
use serde_json::json;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use timeline::{Timeline, record, simulate, thread};
use xtask::picture::export::{Comparison, RunView, html};

/// A name that no task should have.
const HOSTILE: &str = "</script><img src=x onerror=alert(1)>";

fn work(name: &str, seconds: u64) {
    record(name, "started");
    thread::sleep(Duration::from_secs(seconds));
    record(name, "finished");
}

fn seen() -> Timeline {
    simulate(|| {
        thread::spawn(|| work("Task 1", 3)).join().expect("it does not panic");
        thread::spawn(|| work(HOSTILE, 2)).join().expect("it does not panic");
        record("main", "returned");
    })
}

fn expected() -> Timeline {
    simulate(|| {
        let both = [("Task 1", 3), (HOSTILE, 2)].map(|(name, seconds)| thread::spawn(move || work(name, seconds)));
        for thread in both {
            thread.join().expect("it does not panic");
        }
        record("main", "returned");
    })
}

fn story<'a>(expected: &'a Timeline, seen: &'a Timeline) -> Comparison<'a> {
    let told = |timeline: &'a Timeline| RunView { events: timeline.events(), trace: timeline.trace() };
    Comparison { title: "Quest 1, a <test>", says: "Both run & end.", expected: told(expected), seen: told(seen) }
}

/// A browser that has opened the page of these runs.
fn opened(expected: &Timeline, seen: &Timeline) -> Option<(Chrome, PathBuf, TempDir)> {
    let mut chrome = chrome()?;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("timeline.html");
    let page = html(&story(expected, seen), "0123456789abcdef");
    fs::write(&file, page).unwrap();
    chrome.open(&file);
    Some((chrome, file, folder))
}

fn says(chrome: &mut Chrome) -> String {
    chrome.value("document.getElementById('says').textContent").as_str().expect("a text").to_owned()
}

fn queue(chrome: &mut Chrome, name: &str) -> String {
    queue_of(chrome, "first", name)
}

/// The queue of the run in the first or the last panel.
fn queue_of(chrome: &mut Chrome, panel: &str, name: &str) -> String {
    let place = format!("document.querySelector('#panels section:{panel}-of-type [data-queue={name}]').textContent");
    chrome.value(&place).as_str().expect("a text").to_owned()
}

#[test]
fn the_page_is_stepped_through_by_keyboard() {
    let seen = seen();
    let Some((mut chrome, file, _folder)) = opened(&expected(), &seen) else { return };
    let start = says(&mut chrome);
    assert!(start.starts_with("Before the first of "), "{start}");
    chrome.press("ArrowRight");
    assert!(
        says(&mut chrome)
            .contains("at 0 ms. Seen: thread 1 is spawned by main. Expected: thread 1 is spawned by main.")
    );
    assert_eq!(queue(&mut chrome, "ready"), "thread 1");
    while !says(&mut chrome).contains("Seen: thread 1 sleeps until 3000 ms") {
        chrome.press("ArrowRight");
    }
    assert_eq!(queue(&mut chrome, "timers"), "thread 1 (Task 1) until 3000 ms");
    assert_eq!(queue(&mut chrome, "waiting"), "main: the end of thread 1");
    assert_eq!(queue(&mut chrome, "under_way"), "Task 1");
    chrome.press("Home");
    assert_eq!(says(&mut chrome), start);
    chrome.press("End");
    assert!(says(&mut chrome).contains("at 5000 ms. Seen: main returned."));
    chrome.press("ArrowLeft");
    assert!(!says(&mut chrome).contains("main returned"));
    assert_quiet(&mut chrome, &file);
}

/// The threads, with the tasks that they are busy with.
const TIMERS: &str = "thread 2 (HOSTILE) until 2000 ms, thread 1 (Task 1) until 3000 ms";

#[test]
fn the_expected_run_has_its_queues_too() {
    let seen = seen();
    let Some((mut chrome, ..)) = opened(&expected(), &seen) else { return };
    while !says(&mut chrome).contains("at 2000 ms") {
        chrome.press("ArrowRight");
    }
    chrome.press("ArrowLeft");
    assert_eq!(queue_of(&mut chrome, "last", "timers"), TIMERS.replace("HOSTILE", HOSTILE));
    assert_eq!(queue_of(&mut chrome, "first", "timers"), "thread 1 (Task 1) until 3000 ms");
    let source = "document.querySelectorAll('#panels .source').length";
    assert_eq!(chrome.value(source), json!(1));
}

#[test]
fn what_the_test_is_about_and_every_mark_is_explained() {
    let seen = seen();
    let Some((mut chrome, ..)) = opened(&expected(), &seen) else { return };
    assert_eq!(chrome.value("document.querySelector('header p').textContent"), json!("Both run & end."));
    let legend = "[...document.querySelectorAll('.legend li')].map((line) => line.textContent.trim()).join('; ')";
    assert_eq!(chrome.value(legend), json!("started; finished; waits for another thread; r returned"));
}

#[test]
fn it_plays_and_pauses() {
    let seen = seen();
    let Some((mut chrome, ..)) = opened(&expected(), &seen) else { return };
    let state = "document.getElementById('play').textContent + document.getElementById('says').ariaLive";
    for expected in ["Pauseoff", "Playpolite"] {
        chrome.value("document.getElementById('play').click()");
        assert_eq!(chrome.value(state), json!(expected));
    }
    // Stepping by hand stops the playback.
    chrome.value("document.getElementById('play').click()");
    chrome.press("End");
    assert_eq!(chrome.value(state), json!("Playpolite"));
}

#[test]
fn the_first_difference_is_a_button_away() {
    let seen = seen();
    let Some((mut chrome, file, _folder)) = opened(&expected(), &seen) else { return };
    chrome.value("document.getElementById('difference').focus()");
    chrome.press("Enter");
    let said = says(&mut chrome);
    assert!(said.contains("at 0 ms. Seen: ") && said.contains(&format!("Expected: {HOSTILE} started.")), "{said}");
    let marked = "document.querySelectorAll('.event.now.first').length";
    assert_eq!(chrome.value(marked), json!(1));
    assert_quiet(&mut chrome, &file);
}

#[test]
fn a_wake_has_its_arrow() {
    let seen = seen();
    let Some((mut chrome, ..)) = opened(&seen, &seen) else { return };
    let arrow = "document.getElementById('wake').getAttribute('d')";
    assert_eq!(chrome.value(arrow), json!(""));
    while !says(&mut chrome).contains("is woken by the clock") {
        chrome.press("ArrowRight");
    }
    assert!(chrome.value(arrow).as_str().expect("a path").starts_with('M'));
    assert_eq!(chrome.value("document.getElementById('difference')"), json!(null));
}

#[test]
fn without_a_script_there_is_still_the_picture() {
    let seen = seen();
    let page = html(&story(&expected(), &seen), "n");
    assert!(page.contains("<div id=\"controls\" role=\"group\" aria-label=\"Steps\" hidden>"));
    assert!(page.contains("<svg xmlns") && page.contains("<h3>Expected</h3>"));
    assert_eq!(page.matches("class=\"event first\"").count(), 2);
}

/// For changes to the style: `GRADE_PICTURES=DIR cargo test -p staff --test html` writes how the page looks.
#[test]
fn the_page_fits_into_a_narrow_window() {
    let seen = seen();
    let Some((mut chrome, file, _folder)) = opened(&expected(), &seen) else { return };
    for (width, scheme) in [(400, "light"), (1280, "light"), (1280, "dark")] {
        chrome.look(width, scheme);
        chrome.open(&file);
        let outside = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(chrome.value(outside), json!(0), "{width}");
        for _ in 0..4 {
            chrome.press("ArrowRight");
        }
        if let Some(folder) = env::var_os("GRADE_PICTURES").map(PathBuf::from) {
            chrome.keep_picture(&folder.join(format!("timeline-{width}-{scheme}.png")));
        }
    }
}
