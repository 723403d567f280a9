//! The list of quests, from which arrow keys or a number choose one.

use crate::event::KeyPress;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestList {
    numbers: Vec<u32>,
    /// The index of the marked quest.
    marked: usize,
    /// The digits typed so far of a number that may be longer.
    typed: String,
}

/// What a key means for the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Undecided,
    Back,
    Quest(u32),
}

impl QuestList {
    /// A list with one quest marked. There is at least one quest.
    pub fn new(numbers: Vec<u32>, marked: u32) -> Self {
        let marked = numbers.iter().position(|number| *number == marked).unwrap_or(0);
        Self { numbers, marked, typed: String::new() }
    }

    /// The number of the marked quest.
    pub fn marked(&self) -> u32 {
        self.numbers[self.marked]
    }

    pub fn key(&mut self, key: KeyPress) -> Answer {
        if let KeyPress::Char(digit @ '0'..='9') = key {
            return self.digit(digit);
        }
        self.typed.clear();
        match key {
            KeyPress::Up | KeyPress::Char('k') => self.marked = self.marked.saturating_sub(1),
            KeyPress::Down | KeyPress::Char('j') => self.marked = usize::min(self.marked + 1, self.numbers.len() - 1),
            KeyPress::Enter => return Answer::Quest(self.marked()),
            KeyPress::Escape | KeyPress::Char('q' | 'l') => return Answer::Back,
            KeyPress::Char(_) | KeyPress::CtrlC => {}
        }
        Answer::Undecided
    }

    /// An unambiguous number is an answer at once. After 1, which could become 10, the quest is marked and Enter decides.
    fn digit(&mut self, digit: char) -> Answer {
        self.typed.push(digit);
        if !self.numbers.iter().any(|number| number.to_string().starts_with(&self.typed)) {
            // No quest has this number: the digit begins a new one.
            self.typed = digit.to_string();
        }
        let goes_on = |number: &&u32| number.to_string().starts_with(&self.typed);
        let possible: Vec<u32> = self.numbers.iter().filter(goes_on).copied().collect();
        if let Some(position) = self.numbers.iter().position(|number| number.to_string() == self.typed) {
            self.marked = position;
        }
        match possible[..] {
            [] => {
                self.typed.clear();
                Answer::Undecided
            }
            [only] if only.to_string() == self.typed => Answer::Quest(only),
            _ => Answer::Undecided,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> QuestList {
        QuestList::new((1..=12).collect(), 3)
    }

    #[test]
    fn a_number_that_can_be_no_other_is_enough() {
        assert_eq!(list().key(KeyPress::Char('4')), Answer::Quest(4));
        let mut list = list();
        assert_eq!(list.key(KeyPress::Char('1')), Answer::Undecided);
        assert_eq!(list.marked(), 1);
        assert_eq!(list.key(KeyPress::Char('2')), Answer::Quest(12));
    }

    #[test]
    fn one_waits_for_enter_where_there_is_a_ten() {
        let mut list = list();
        list.key(KeyPress::Char('1'));
        assert_eq!(list.key(KeyPress::Enter), Answer::Quest(1));
    }

    #[test]
    fn a_number_that_leads_nowhere_begins_anew() {
        let mut list = list();
        assert_eq!(list.key(KeyPress::Char('0')), Answer::Undecided);
        list.key(KeyPress::Char('1'));
        assert_eq!(list.key(KeyPress::Char('9')), Answer::Quest(9));
    }

    #[test]
    fn arrows_stop_at_the_ends() {
        let mut list = QuestList::new(vec![1, 2], 2);
        list.key(KeyPress::Down);
        assert_eq!(list.marked(), 2);
        list.key(KeyPress::Up);
        list.key(KeyPress::Up);
        assert_eq!(list.marked(), 1);
        assert_eq!(list.key(KeyPress::Escape), Answer::Back);
    }
}
