//! What the keys do.

use super::list::{Answer, List};
use super::{Busy, Machine, Mode};
use crate::event::{Effect, Ending, Key, What};

/// A key, and what it does.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    pub key: &'static str,
    /// In a word, for the line at the end.
    pub name: &'static str,
    /// In a sentence, for the help.
    pub does: &'static str,
}

/// The keys, those first that are needed most.
pub const KEYS: [Binding; 10] = [
    Binding { key: "h", name: "hints", does: "the hints you have seen; the first one if there is none yet" },
    Binding { key: "n", name: "next hint", does: "one more hint" },
    Binding { key: "l", name: "list", does: "all quests; jump to any of them" },
    Binding { key: "r", name: "run", does: "the quest's demo, in real time" },
    Binding { key: "t", name: "timeline", does: "what happened when, as a picture" },
    Binding { key: "c", name: "check", does: "check all quests again" },
    Binding { key: "R", name: "reset", does: "restore the stub; your file is backed up" },
    Binding { key: "Enter", name: "again", does: "the verdict once more" },
    Binding { key: "?", name: "help", does: "these keys" },
    Binding { key: "q", name: "quit", does: "leave; so does Ctrl-C" },
];

impl Machine {
    pub(super) fn key(&mut self, key: Key) -> Vec<Effect> {
        if let Some(Busy::Demo { ending }) = &mut self.busy {
            return match key {
                Key::CtrlC if *ending => vec![Effect::Quit(Ending::CtrlC)],
                Key::CtrlC | Key::Escape | Key::Char('q') => {
                    *ending = true;
                    vec![Effect::EndDemo]
                }
                _ => Vec::new(),
            };
        }
        if key == Key::CtrlC {
            return vec![Effect::Quit(Ending::CtrlC)];
        }
        match &mut self.mode {
            Mode::Watching => self.while_watching(key),
            Mode::Choosing(list) => match list.key(key) {
                Answer::Undecided => Vec::new(),
                Answer::Back => self.back(),
                Answer::Quest(quest) => self.jump(quest),
            },
            Mode::Asking(quest) => {
                let quest = *quest;
                let yes = matches!(key, Key::Char('y' | 'Y'));
                let said = Effect::Say("Nothing was changed.".into());
                self.mode = Mode::Watching;
                vec![if yes { Effect::Reset(quest) } else { said }]
            }
        }
    }

    fn while_watching(&mut self, key: Key) -> Vec<Effect> {
        let quest = self.focus();
        match key {
            Key::Char('h') => vec![Effect::ShownHints(quest)],
            Key::Char('n') => vec![Effect::NextHint(quest)],
            Key::Char('t') => vec![Effect::Timeline(quest)],
            Key::Char('r') => {
                self.wanted = Some(quest);
                self.next_job()
            }
            Key::Char('l') => {
                let numbers = self.course.iter().map(|quest| quest.number).collect();
                self.mode = Mode::Choosing(List::new(numbers, quest));
                Vec::new()
            }
            Key::Char('R') => {
                self.mode = Mode::Asking(quest);
                Vec::new()
            }
            Key::Char('c') => {
                self.due.extend(self.course.iter().map(|quest| quest.number));
                self.next_job()
            }
            Key::Enter => self.show_again(quest),
            Key::Char('?') => vec![Effect::Help],
            Key::Char('q') => vec![Effect::Quit(Ending::Asked)],
            _ => Vec::new(),
        }
    }

    fn back(&mut self) -> Vec<Effect> {
        self.mode = Mode::Watching;
        Vec::new()
    }

    fn jump(&mut self, quest: u32) -> Vec<Effect> {
        self.mode = Mode::Watching;
        self.chosen = Some(quest);
        self.show_again(quest)
    }

    /// A verdict that is not there yet is shown when it comes.
    fn show_again(&self, quest: u32) -> Vec<Effect> {
        if self.verdicts.contains_key(&quest) { vec![self.show(What::Quest(quest))] } else { Vec::new() }
    }
}
