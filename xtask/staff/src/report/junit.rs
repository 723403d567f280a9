//! `JUnit` XML for the class, as build servers and editors read it: a suite for each submission, a case for each test.
//!
//! | a quest that | has in each case |
//! | --- | --- |
//! | was run | nothing if the test passed, else `<failure>` with the reason |
//! | does not compile or was rejected | `<failure>`; the first one has the details |
//! | was not handed in | `<skipped>` |
//! | could not be graded | `<error>` |
//!
//! The format is that of <https://github.com/jenkinsci/xunit-plugin>, `junit-10.xsd`, the strictest that is in use.
//! There are no times in it: the same grades give the same bytes. Characters that XML forbids are left out.

use super::{graded_quests, passed, reason};
use crate::model::{GradedSubmission, Grades, QuestGrade, QuestInfo, QuestState, TestInfo};
use crate::text::truncate::{MAX_LINE, truncate_line};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;
use xtask::terminal::style::plain;

/// The whole document.
pub fn render(grades: &Grades) -> String {
    let suites: Vec<TestSuite> = grades.submissions.iter().map(|submission| suite(grades, submission)).collect();
    let mut bytes = Vec::new();
    write(&mut bytes, &grades.title, &suites).expect("memory takes the document");
    bytes.push(b'\n');
    String::from_utf8(bytes).expect("text was written")
}

struct TestSuite<'a> {
    name: &'a str,
    cases: Vec<TestCase>,
    /// Why nothing could be read.
    problem: Option<&'a str>,
}

struct TestCase {
    class: String,
    name: String,
    result: CaseResult,
    output: String,
}

enum CaseResult {
    Passed,
    Other { element: &'static str, kind: String, text: String },
}

fn suite<'a>(grades: &'a Grades, submission: &'a GradedSubmission) -> TestSuite<'a> {
    let cases = graded_quests(grades, submission).flat_map(|(info, quest)| cases(submission, info, quest)).collect();
    TestSuite { name: &submission.id, cases, problem: submission.problem.as_deref() }
}

fn cases(submission: &GradedSubmission, info: &QuestInfo, quest: &QuestGrade) -> Vec<TestCase> {
    let class = format!("{}.{}", submission.id, info.package);
    let case = |(index, test): (usize, &TestInfo)| {
        let observed = quest.tests.get(index).filter(|_| quest.state != QuestState::InfraError);
        let (result, output) = match observed {
            Some(test) if passed(test) => (CaseResult::Passed, test.output.clone()),
            Some(test) => {
                let result =
                    CaseResult::Other { element: "failure", kind: test.verdict.clone(), text: reason(quest, test) };
                (result, test.output.clone())
            }
            None => (unobserved(quest, index == 0), String::new()),
        };
        TestCase { class: class.clone(), name: test.name.clone(), result, output }
    };
    info.tests.iter().enumerate().map(case).collect()
}

/// The result of a test that did not run. The details are long, and the same for each test of the quest.
fn unobserved(quest: &QuestGrade, with_details: bool) -> CaseResult {
    let (element, kind) = match quest.state {
        QuestState::InfraError => ("error", "infra-error"),
        QuestState::NotHandedIn => ("skipped", "not-handed-in"),
        QuestState::NotRead => ("error", "not-read"),
        QuestState::DoesNotCompile => ("failure", "does-not-compile"),
        QuestState::Rejected => ("failure", "rejected"),
        QuestState::NotStarted | QuestState::Underway | QuestState::Red | QuestState::Passed => ("failure", "missing"),
    };
    let mut text = format!("The quest: {}.", quest.state.words());
    if with_details && !quest.detail.trim().is_empty() {
        text.push_str("\n\n");
        text.push_str(plain(&quest.detail).trim_end());
    }
    CaseResult::Other { element, kind: kind.into(), text }
}

fn write(bytes: &mut Vec<u8>, title: &str, suites: &[TestSuite]) -> io::Result<()> {
    let mut writer = Writer::new_with_indent(bytes, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let title = attribute(title);
    let root = writer.create_element("testsuites").with_attribute(("name", title.as_str()));
    let all = |element| suites.iter().map(|suite| suite.count(element)).sum::<usize>().to_string();
    let tests: usize = suites.iter().map(|suite| suite.cases.len()).sum();
    root.with_attribute(("tests", tests.to_string().as_str()))
        .with_attribute(("failures", all("failure").as_str()))
        .with_attribute(("errors", all("error").as_str()))
        .write_inner_content(|writer| suites.iter().try_for_each(|suite| suite.write(writer)))?;
    Ok(())
}

impl TestSuite<'_> {
    /// The number of cases with this element.
    fn count(&self, wanted: &str) -> usize {
        let is = |case: &&TestCase| matches!(&case.result, CaseResult::Other { element, .. } if *element == wanted);
        self.cases.iter().filter(is).count()
    }

    fn write(&self, writer: &mut Writer<&mut Vec<u8>>) -> io::Result<()> {
        let count = |element| self.count(element).to_string();
        writer
            .create_element("testsuite")
            .with_attribute(("name", attribute(self.name).as_str()))
            .with_attribute(("tests", self.cases.len().to_string().as_str()))
            .with_attribute(("failures", count("failure").as_str()))
            .with_attribute(("errors", count("error").as_str()))
            .with_attribute(("skipped", count("skipped").as_str()))
            .write_inner_content(|writer| {
                self.cases.iter().try_for_each(|case| case.write(writer))?;
                self.problem.map_or(Ok(()), |problem| element(writer, "system-err", &[], problem))
            })?;
        Ok(())
    }
}

impl TestCase {
    fn write(&self, writer: &mut Writer<&mut Vec<u8>>) -> io::Result<()> {
        let (class, name) = (attribute(&self.class), attribute(&self.name));
        let case =
            writer.create_element("testcase").with_attributes([("name", name.as_str()), ("classname", class.as_str())]);
        if matches!(self.result, CaseResult::Passed) && self.output.is_empty() {
            case.write_empty()?;
            return Ok(());
        }
        case.write_inner_content(|writer| {
            if let CaseResult::Other { element: name, kind, text } = &self.result {
                let first = text.lines().next().unwrap_or_default();
                element(writer, name, &[("message", &truncate_line(first, MAX_LINE)), ("type", kind)], text)?;
            }
            if self.output.is_empty() { Ok(()) } else { element(writer, "system-out", &[], &self.output) }
        })?;
        Ok(())
    }
}

fn element(
    writer: &mut Writer<&mut Vec<u8>>,
    name: &str,
    attributes: &[(&str, &str)],
    content: &str,
) -> io::Result<()> {
    let mut element = writer.create_element(name);
    for (name, value) in attributes {
        element = element.with_attribute((*name, attribute(value).as_str()));
    }
    element.write_text_content(BytesText::new(&allowed(content)))?;
    Ok(())
}

/// A single line for an attribute.
fn attribute(text: &str) -> String {
    allowed(text).replace('\n', " ")
}

/// The text without colours and without characters that XML 1.0 forbids even if escaped: <https://www.w3.org/TR/xml/#charsets>.
fn allowed(text: &str) -> String {
    let forbidden = |c: char| matches!(c, '\0'..='\x08' | '\x0b'..='\x1f' | '\u{fffe}' | '\u{ffff}');
    plain(&text.replace("\r\n", "\n").replace('\r', "\n")).replace(forbidden, "")
}

#[cfg(test)]
mod tests {
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
            assert!(
                form.required.contains(&attribute) || form.optional.contains(&attribute),
                "{attribute} in {node:?}"
            );
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
        let finn =
            grades.submissions.iter_mut().find(|submission| submission.id == sample::INFRA).expect("he is there");
        finn.quests[1].tests = tests;
        let text = render(&grades);
        let document = Document::parse(&text).expect("well-formed");
        assert_eq!(count(suite_of(&document, sample::INFRA), "error"), 3);
    }
}
