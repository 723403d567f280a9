//! What the keys do.

use super::list::{Answer, QuestList};
use super::{Busy, InputMode, StateMachine};
use crate::event::{Effect, KeyPress, QuitReason, View};

impl StateMachine {
    pub(super) fn key(&mut self, key: KeyPress) -> Vec<Effect> {
        if let Some(Busy::Demo { ending }) = &mut self.busy {
            return match key {
                KeyPress::CtrlC if *ending => vec![Effect::Quit(QuitReason::CtrlC)],
                KeyPress::CtrlC | KeyPress::Escape | KeyPress::Char('q') => {
                    *ending = true;
                    vec![Effect::EndDemo]
                }
                _ => Vec::new(),
            };
        }
        if key == KeyPress::CtrlC {
            return vec![Effect::Quit(QuitReason::CtrlC)];
        }
        match &mut self.mode {
            InputMode::Watching => self.while_watching(key),
            InputMode::Choosing(list) => match list.key(key) {
                Answer::Undecided => Vec::new(),
                Answer::Back => self.back(),
                Answer::Quest(quest) => self.jump(quest),
            },
            InputMode::Asking(quest) => {
                let quest = *quest;
                let yes = matches!(key, KeyPress::Char('y' | 'Y'));
                let unchanged = Effect::PrintLine("Nothing was changed.".into());
                self.mode = InputMode::Watching;
                vec![if yes { Effect::Reset(quest) } else { unchanged }]
            }
        }
    }

    fn while_watching(&mut self, key: KeyPress) -> Vec<Effect> {
        let quest = self.focus();
        match key {
            KeyPress::Char('h') => vec![Effect::SeenHints(quest)],
            KeyPress::Char('n') => vec![Effect::NextHint(quest)],
            KeyPress::Char('t') => vec![Effect::Timeline(quest)],
            KeyPress::Char('r') => {
                self.wanted = Some(quest);
                self.next_job()
            }
            KeyPress::Char('l') => {
                let numbers = self.course.iter().map(|quest| quest.number).collect();
                self.mode = InputMode::Choosing(QuestList::new(numbers, quest));
                Vec::new()
            }
            KeyPress::Char('R') => {
                self.mode = InputMode::Asking(quest);
                Vec::new()
            }
            KeyPress::Char('c') => {
                self.due.extend(self.course.iter().map(|quest| quest.number));
                self.next_job()
            }
            KeyPress::Enter => self.show_again(quest),
            KeyPress::Char('?') => vec![Effect::Help],
            KeyPress::Char('q') => vec![Effect::Quit(QuitReason::QuitKey)],
            _ => Vec::new(),
        }
    }

    fn back(&mut self) -> Vec<Effect> {
        self.mode = InputMode::Watching;
        Vec::new()
    }

    fn jump(&mut self, quest: u32) -> Vec<Effect> {
        self.mode = InputMode::Watching;
        self.chosen = Some(quest);
        self.show_again(quest)
    }

    /// A verdict that is not there yet is shown when it arrives.
    fn show_again(&self, quest: u32) -> Vec<Effect> {
        if self.verdicts.contains_key(&quest) { vec![self.show(View::Quest(quest))] } else { Vec::new() }
    }
}
