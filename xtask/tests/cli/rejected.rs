//! Files that are rejected before they are compiled.

use crate::course::{COUNT, Course, WORK};

#[test]
fn a_rejected_file_costs_its_own_quest_only_and_says_why() {
    let course = Course::fresh();
    let source = format!("{WORK}{COUNT}pub const HOST: Option<&str> = option_env!(\"HOSTNAME\");\n");
    course.write("quest-01-alpha", &source);
    let run = course.run(&["check"]);
    assert_eq!(run.code, 1, "{run}");
    run.says(&[
        "x  1 alpha   0/10  rejected",
        "2 beta    0/10  not started",
        "Rejected: line 11 contains `option_env!`.",
        "It reads an environment variable of the machine",
        "Edit   quest-01-alpha/src/learner.rs:11",
    ]);
    assert_eq!(course.learner("quest-01-alpha"), source.as_bytes());
    course.write("quest-01-alpha", &source.replace("option_env!(\"HOSTNAME\")", "None"));
    assert_eq!(course.run(&["check", "1"]).code, 0, "the rest of it is right");
}

#[test]
fn json_says_that_a_file_is_rejected() {
    let course = Course::fresh();
    course.write("quest-01-alpha", &format!("{WORK}{COUNT}#[path = \"/tmp/x.rs\"]\nmod x;\n"));
    let run = course.run(&["check", "1", "--format", "json"]);
    assert_eq!(run.code, 1, "{run}");
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let quest = &json["quests"][0];
    assert_eq!((&quest["state"], &quest["earned"]), (&"rejected".into(), &0.into()));
    assert!(quest["detail"].as_str().unwrap().starts_with("line 11 contains `#[path]`. It takes code"), "{run}");
    assert_eq!(quest["tests"].as_array().unwrap().len(), 0);
    assert_eq!(json["next"]["line"], 11);
    assert!(json["next"]["test"].is_null());
}

#[test]
fn names_are_compared_as_the_compiler_does() {
    let course = Course::fresh();
    let check = |source: &str| {
        course.write("quest-01-alpha", &format!("{WORK}{COUNT}{source}"));
        course.run(&["check", "1"])
    };
    check("use std::include as \u{212a};\n").says(&["Rejected: line 11 contains `\u{212a}`, with the kelvin sign."]);
    check("use std::include as \u{e9};\ne\u{301}!(\"x\");\n").says(&["Rejected: line 11 contains `as \u{e9}`."]);
    let honest = check("// 300 \u{212a}\npub fn größe() -> u8 {\n    let ma\u{df} = 1;\n    ma\u{df}\n}\n");
    assert_eq!(honest.code, 0, "{honest}");
}

#[test]
fn the_reference_is_no_learners_file() {
    let course = Course::fresh();
    course.write("quest-01-alpha", "unsafe {}");
    assert_eq!(course.run(&["check", "1", "--reference"]).code, 0);
}
