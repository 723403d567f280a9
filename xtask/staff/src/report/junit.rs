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
use crate::model::{GradedSubmission, Grades, QuestGrade, QuestInfo, QuestState, TestGrade, TestInfo};
use crate::text::truncate::{MAX_LINE, truncate_line};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io;
use xtask::terminal::style::plain;

/// The whole document.
pub fn render(grades: &Grades) -> String {
    let mut writer = JunitWriter::begin(Vec::new(), grades).expect("memory takes the document");
    for submission in &grades.submissions {
        writer.push(submission).expect("memory takes the document");
    }
    let bytes = writer.finish().expect("memory takes the document");
    String::from_utf8(bytes).expect("text was written")
}

/// The document, written submission by submission: the texts of a large class do not fit into memory.
pub struct JunitWriter<W> {
    writer: Writer<W>,
    head: Grades,
}

impl<W: io::Write> JunitWriter<W> {
    /// Begins the document. Its first element counts the tests of the whole class, whose outline is enough for that.
    pub fn begin(out: W, class: &Grades) -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(out, b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let counts = counts(class);
        let root = BytesStart::new(ROOT).with_attributes([
            ("name", attribute(&class.title).as_str()),
            ("tests", counts.tests.to_string().as_str()),
            ("failures", counts.failures.to_string().as_str()),
            ("errors", counts.errors.to_string().as_str()),
        ]);
        writer.write_event(Event::Start(root))?;
        Ok(Self { writer, head: class.head() })
    }

    pub fn push(&mut self, submission: &GradedSubmission) -> io::Result<()> {
        self.push_suite(&render_suite(&self.head, submission)?)
    }

    /// Adds what [`render_suite`] made, perhaps in another thread.
    pub fn push_suite(&mut self, suite: &[u8]) -> io::Result<()> {
        self.writer.get_mut().write_all(suite)
    }

    /// Ends the document, and returns what it was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.writer.write_event(Event::End(BytesEnd::new(ROOT)))?;
        let mut out = self.writer.into_inner();
        out.write_all(b"\n")?;
        Ok(out)
    }
}

/// The part of the document about one submission.
pub fn render_suite(class: &Grades, submission: &GradedSubmission) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // It is indented as what is inside of this element.
    writer.write_event(Event::Start(BytesStart::new(ROOT)))?;
    let outer = writer.get_ref().len();
    suite(class, submission).write(&mut writer)?;
    Ok(writer.into_inner().split_off(outer))
}

/// The first element.
const ROOT: &str = "testsuites";

/// The numbers of cases in the whole document.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
}

/// The outline of a class is enough to count.
pub(crate) fn counts(class: &Grades) -> Counts {
    let mut counts = Counts::default();
    for (info, quest) in class.submissions.iter().flat_map(|submission| graded_quests(class, submission)) {
        for index in 0..info.tests.len() {
            counts.tests += 1;
            match element_of(quest, observed(quest, index)) {
                Some("failure") => counts.failures += 1,
                Some("error") => counts.errors += 1,
                _ => {}
            }
        }
    }
    counts
}

/// The test with this index, if what it says counts.
fn observed(quest: &QuestGrade, index: usize) -> Option<&TestGrade> {
    quest.tests.get(index).filter(|_| quest.state != QuestState::InfraError)
}

/// The element for what became of a test; none if it passed.
fn element_of(quest: &QuestGrade, test: Option<&TestGrade>) -> Option<&'static str> {
    match test {
        Some(test) => (!passed(test)).then_some("failure"),
        None => Some(unobserved_as(quest).0),
    }
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
        let (result, output) = match observed(quest, index) {
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
    let (element, kind) = unobserved_as(quest);
    let mut text = format!("The quest: {}.", quest.state.words());
    if with_details && !quest.detail.trim().is_empty() {
        text.push_str("\n\n");
        text.push_str(plain(&quest.detail).trim_end());
    }
    CaseResult::Other { element, kind: kind.into(), text }
}

/// The element for a test that did not run, and its type.
fn unobserved_as(quest: &QuestGrade) -> (&'static str, &'static str) {
    match quest.state {
        QuestState::InfraError => ("error", "infra-error"),
        QuestState::NotHandedIn => ("skipped", "not-handed-in"),
        QuestState::NotRead => ("error", "not-read"),
        QuestState::DoesNotCompile => ("failure", "does-not-compile"),
        QuestState::Rejected => ("failure", "rejected"),
        QuestState::NotStarted | QuestState::Underway | QuestState::Red | QuestState::Passed => ("failure", "missing"),
    }
}

impl TestSuite<'_> {
    /// The number of cases with this element.
    fn count(&self, wanted: &str) -> usize {
        let is = |case: &&TestCase| matches!(&case.result, CaseResult::Other { element, .. } if *element == wanted);
        self.cases.iter().filter(is).count()
    }

    fn write<W: io::Write>(&self, writer: &mut Writer<W>) -> io::Result<()> {
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
    fn write<W: io::Write>(&self, writer: &mut Writer<W>) -> io::Result<()> {
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

fn element<W: io::Write>(
    writer: &mut Writer<W>,
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
    // Nearly every text is like this, and there are many.
    if text.bytes().all(|byte| matches!(byte, b'\n' | b'\t' | b' '..=b'~')) {
        return text.to_owned();
    }
    let forbidden = |c: char| matches!(c, '\0'..='\x08' | '\x0b'..='\x1f' | '\u{fffe}' | '\u{ffff}');
    plain(&text.replace("\r\n", "\n").replace('\r', "\n")).replace(forbidden, "")
}

#[cfg(test)]
mod tests;
