//! What a test tells its judge, and the line of text that carries it.

/// What a test tells its judge about one experiment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// The experiment has ended; this is what was observed.
    Observed {
        /// The test function's name, without its modules.
        test: String,
        /// The observation.
        text: String,
        /// The trace, one event per line, with the line [`RUN`](crate::RUN) before each simulation.
        trace: String,
    },
    /// The experiment has panicked.
    Panicked {
        /// The test function's name, without its modules.
        test: String,
        /// All panics of the process in order, including those that were caught.
        panics: Vec<Panic>,
        /// The timeline until the panic.
        so_far: String,
        /// The trace until then.
        trace: String,
    },
    /// The experiment has come to a point from which nothing can happen any more.
    Deadlocked {
        /// The test function's name, without its modules.
        test: String,
        /// All panics of the process in order, including those that were caught.
        panics: Vec<Panic>,
        /// Which threads wait, and what for.
        report: String,
        /// The timeline until then.
        so_far: String,
        /// The trace until then.
        trace: String,
    },
}

/// One panic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panic {
    /// Its message.
    pub message: String,
    /// `file:line:column`.
    pub location: String,
    /// The thread's name; empty if it has none.
    pub thread: String,
}

impl Message {
    /// The message as text without a line break.
    pub(crate) fn encode(&self) -> String {
        let mut fields = Vec::new();
        match self {
            Self::Observed { test, text, trace } => fields.extend(["observed", test, text, trace]),
            Self::Panicked { test, panics, so_far, trace } => {
                fields.extend(["panicked", test, so_far, trace]);
                fields.extend(panics.iter().flat_map(Panic::fields));
            }
            Self::Deadlocked { test, panics, report, so_far, trace } => {
                fields.extend(["deadlocked", test, so_far, report, trace]);
                fields.extend(panics.iter().flat_map(Panic::fields));
            }
        }
        let escaped: Vec<String> = fields.into_iter().map(escape).collect();
        escaped.join("\t")
    }

    pub(crate) fn decode(line: &str) -> Option<Self> {
        let mut fields = line.split('\t').map(unescape).collect::<Option<Vec<_>>>()?.into_iter();
        let mut next = || fields.next();
        let kind = next()?;
        let test = next()?;
        match kind.as_str() {
            "observed" => {
                let message = Self::Observed { test, text: next()?, trace: next()? };
                fields.next().is_none().then_some(message)
            }
            "panicked" => {
                let (so_far, trace) = (next()?, next()?);
                Some(Self::Panicked { test, panics: Panic::list(fields)?, so_far, trace })
            }
            "deadlocked" => {
                let (so_far, report, trace) = (next()?, next()?, next()?);
                Some(Self::Deadlocked { test, panics: Panic::list(fields)?, report, so_far, trace })
            }
            _ => None,
        }
    }
}

impl Panic {
    fn fields(&self) -> [&str; 3] {
        [&self.message, &self.location, &self.thread]
    }

    fn list(mut fields: impl Iterator<Item = String>) -> Option<Vec<Self>> {
        let mut panics = Vec::new();
        while let Some(message) = fields.next() {
            panics.push(Self { message, location: fields.next()?, thread: fields.next()? });
        }
        Some(panics)
    }
}

/// Escapes the characters that would end a field or a line.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

fn unescape(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.push(match c {
            '\\' => match chars.next()? {
                '\\' => '\\',
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                _ => return None,
            },
            c => c,
        });
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn panic(message: &str) -> Panic {
        Panic { message: message.into(), location: "src/learner.rs:1:2".into(), thread: String::new() }
    }

    #[test]
    fn every_message_survives_its_line() {
        let awkward = "a\tb\\t\nc\r\\\n\\";
        let messages = [
            Message::Observed { test: "a".into(), text: awkward.into(), trace: awkward.into() },
            Message::Observed { test: "a".into(), text: String::new(), trace: String::new() },
            Message::Panicked { test: "a".into(), panics: vec![], so_far: awkward.into(), trace: String::new() },
            Message::Panicked {
                test: "a".into(),
                panics: vec![panic(awkward), panic("")],
                so_far: String::new(),
                trace: awkward.into(),
            },
            Message::Deadlocked {
                test: "a".into(),
                panics: vec![panic("x")],
                report: awkward.into(),
                so_far: "y".into(),
                trace: "z".into(),
            },
        ];
        for message in messages {
            let line = message.encode();
            assert!(!line.contains(['\n', '\r']), "{line:?}");
            assert_eq!(Message::decode(&line), Some(message));
        }
    }

    #[test]
    fn what_is_not_a_message_is_rejected() {
        for line in [
            "",
            "observed",
            "observed\ta\tb",
            "observed\ta\tb\tc\td",
            "panicked\ta\tb\tc\td",
            "other\ta\tb\tc",
            "observed\ta\tb\t\\x",
        ] {
            assert_eq!(Message::decode(line), None, "{line:?}");
        }
    }
}
