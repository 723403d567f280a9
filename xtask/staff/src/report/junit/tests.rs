use super::*;
use crate::report::sample::{self, class};
use roxmltree::{Document, Node};

struct ElementSpec {
    required: &'static [&'static str],
    optional: &'static [&'static str],
    children: &'static [&'static str],
}

/// The part of `junit-10.xsd` that we use:
/// <https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd>
fn form(element: &str) -> ElementSpec {
    let form = |required, optional, children| ElementSpec { required, optional, children };
    match element {
        "testsuites" => form(&[], &["name", "tests", "failures", "errors"], &["testsuite"]),
        "testsuite" => form(&["name", "tests", "failures", "errors"], &["skipped"], &["testcase", "system-err"]),
        "testcase" => form(&["name"], &["classname"], &["skipped", "error", "failure", "system-out"]),
        "failure" | "error" | "skipped" => form(&[], &["type", "message"], &[]),
        "system-out" | "system-err" => form(&[], &[], &[]),
        other => panic!("<{other}> is none of JUnit's"),
    }
}

fn check_form(node: Node) {
    let form = form(node.tag_name().name());
    for attribute in node.attributes().map(|attribute| attribute.name()) {
        assert!(form.required.contains(&attribute) || form.optional.contains(&attribute), "{attribute} in {node:?}");
    }
    assert!(form.required.iter().all(|attribute| node.has_attribute(*attribute)), "{node:?}");
    for child in node.children().filter(Node::is_element) {
        assert!(form.children.contains(&child.tag_name().name()), "{child:?} in {node:?}");
        check_form(child);
    }
}

fn count(node: Node, element: &str) -> usize {
    node.descendants().filter(|node| node.has_tag_name(element)).count()
}

fn suite_of<'a>(document: &'a Document, id: &str) -> Node<'a, 'a> {
    document.descendants().find(|node| node.attribute("name") == Some(id)).expect("a suite a submission")
}

#[test]
fn the_document_has_the_documented_form_and_counts_right() {
    let text = render(&class());
    let document = Document::parse(&text).expect("well-formed");
    check_form(document.root_element());
    assert_eq!(document.root_element().attribute("name"), Some("Event loops & co <2026>"));
    let suites = document.descendants().filter(|node| node.has_tag_name("testsuite"));
    assert_eq!(suites.clone().count(), class().submissions.len());
    for node in suites.chain([document.root_element()]) {
        let counted = [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")];
        for (attribute, element) in counted {
            if let Some(said) = node.attribute(attribute) {
                assert_eq!(said, count(node, element).to_string(), "{attribute} of {:?}", node.attribute("name"));
            }
        }
    }
}

#[test]
fn every_state_ends_as_documented() {
    let text = render(&class());
    let document = Document::parse(&text).expect("well-formed");
    let counts = |id| {
        let suite = suite_of(&document, id);
        ["testcase", "failure", "error", "skipped"].map(|element| count(suite, element))
    };
    assert_eq!(counts(sample::FULL), [9, 0, 0, 0]);
    assert_eq!(counts(sample::HALVED), [9, 1, 0, 0]);
    assert_eq!(counts(sample::AWKWARD), [9, 9, 0, 0]);
    assert_eq!(counts(sample::INFRA), [9, 0, 3, 0]);
    assert_eq!(counts(sample::NOTHING), [9, 0, 0, 9]);
    assert_eq!(counts(sample::UNKNOWN), [9, 8, 0, 0]);
    let refused = suite_of(&document, sample::REFUSED).last_element_child().and_then(|node| node.text());
    assert!(refused.is_some_and(|text| text.contains("../../etc/passwd")), "{refused:?}");
}

#[test]
fn a_failure_says_why_and_where_it_belongs() {
    let text = render(&class());
    let document = Document::parse(&text).expect("well-formed");
    let suite = suite_of(&document, sample::AWKWARD);
    let case = suite.first_element_child().expect("a case");
    assert_eq!(case.attribute("classname"), Some("eve.quest-01-blocking"));
    let failure = case.first_element_child().expect("a failure");
    assert_eq!(failure.attribute("message"), Some("The timeline differs from the expected one."));
    assert_eq!(failure.attribute("type"), Some("wrong"));
    assert!(failure.text().is_some_and(|text| text.contains("\n  3000 ms  Task 1  finished")), "{failure:?}");
    let details = suite.descendants().filter(|node| node.text().is_some_and(|text| text.contains("E0308")));
    assert_eq!(details.filter(Node::is_element).count(), 1, "the compiler's words stand there once");
}

#[test]
fn what_xml_forbids_is_left_out_and_all_else_kept() {
    let text = render(&class());
    assert!(text.chars().all(|c| c == '\n' || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'))), "{text}");
    let document = Document::parse(&text).expect("well-formed");
    let output = document.descendants().find(|node| node.has_tag_name("system-out")).and_then(|node| node.text());
    assert!(output.is_some(), "{text}");
    let suite = suite_of(&document, sample::AWKWARD);
    let output = suite.descendants().find(|node| node.has_tag_name("system-out")).and_then(|node| node.text());
    assert_eq!(output, Some("red  bell  ]]> <b>&amp;  🦀\nsecond line"));
}

#[test]
fn an_infra_error_hides_what_its_tests_seemed_to_say() {
    let mut grades = class();
    let tests = sample::submission(&grades, sample::FULL).quests[1].tests.clone();
    let finn = grades.submissions.iter_mut().find(|submission| submission.id == sample::INFRA).expect("he is there");
    finn.quests[1].tests = tests;
    let text = render(&grades);
    let document = Document::parse(&text).expect("well-formed");
    assert_eq!(count(suite_of(&document, sample::INFRA), "error"), 3);
}
