//! Two hundred submissions, drawn from a fixed seed. Every piece is in at least one of them.

use crate::pieces::{Piece, Pieces, Truth, UseByOthers, unread};
use fastrand::Rng;
use std::collections::{BTreeMap, BTreeSet};
use xtask::course::{Course, Quest};

/// Submissions of a class, including those with nothing that can be graded.
pub const SIZE: usize = 200;

/// A submission, and its true grades.
#[derive(Debug, Clone)]
pub struct Drawn {
    pub id: String,
    pub content: Content,
    /// By quest.
    pub truths: BTreeMap<u32, Truth>,
}

#[derive(Debug, Clone)]
pub enum Content {
    /// By quest, its piece.
    Pieces(BTreeMap<u32, Piece>),
    /// An archive with a file whose name points outside the archive.
    Escaping,
    /// An archive with a link.
    Linking,
}

/// The class.
pub fn class(course: &Course, rng: &mut Rng) -> Vec<Drawn> {
    let pieces: BTreeMap<u32, Pieces> =
        course.quests.iter().map(|quest| (quest.number, Pieces::of(course, quest))).collect();
    let mut contents: Vec<Content> = originals(course, &pieces, rng).into_iter().map(Content::Pieces).collect();
    let originals = contents.len();
    contents.extend([Content::Escaping, Content::Linking]);
    contents.push(Content::Pieces(idle(&pieces, 1)));
    assert!(contents.len() < SIZE, "{originals} submissions hold every piece once: the class must be larger");
    while contents.len() < SIZE {
        let copied = contents[rng.usize(..originals)].clone();
        contents.push(changed(course, &pieces, copied, rng));
    }
    rng.shuffle(&mut contents);
    let drawn = contents.into_iter().enumerate();
    drawn.map(|(number, content)| Drawn { id: id(number), truths: truths(course, &content), content }).collect()
}

/// How many results the grader stores for this class: one for each file that can be built, with the file it runs on.
pub fn results(course: &Course, class: &[Drawn]) -> usize {
    let mut all = BTreeSet::new();
    for drawn in class {
        let Content::Pieces(pieces) = &drawn.content else { continue };
        let file = |quest: &Quest| pieces[&quest.number].file.as_deref().filter(|file| is_built(file, quest));
        for quest in &course.quests {
            let needed: Vec<Option<&[u8]>> = course.needed_by(quest).map(file).collect();
            all.extend(file(quest).map(|source| (quest.number, source, needed)));
        }
    }
    all.len()
}

fn is_built(file: &[u8], quest: &Quest) -> bool {
    xtask::engine::precheck::check(file, &quest.package).is_none()
}

/// Submissions that together contain every piece.
fn originals(course: &Course, pieces: &BTreeMap<u32, Pieces>, rng: &mut Rng) -> Vec<BTreeMap<u32, Piece>> {
    let mut submissions = loops(pieces, rng);
    let (needed, needing) = needs(course);
    for quest in course.quests.iter().filter(|quest| quest.number != needed && !needing.contains(&quest.number)) {
        let pieces = &pieces[&quest.number];
        let mut deck: Vec<&Piece> = pieces.all().collect();
        rng.shuffle(&mut deck);
        // Where there are not enough pieces, the learner has solved the quest or not begun it.
        let frequent: Vec<&Piece> = pieces.sound.iter().take(1).chain(&pieces.idle).collect();
        for submission in &mut submissions {
            let piece = deck.pop().unwrap_or_else(|| frequent[rng.usize(..frequent.len())]);
            submission.insert(quest.number, piece.clone());
        }
        assert!(deck.is_empty(), "{} has more pieces than there are originals", quest.package);
    }
    submissions
}

/// Quest 6 with 7 and 8: one test of each of these runs on it, so the true grades of all three are known.
fn loops(pieces: &BTreeMap<u32, Pieces>, rng: &mut Rng) -> Vec<BTreeMap<u32, Piece>> {
    let [six, seven, eight] = [6, 7, 8].map(|number| &pieces[&number]);
    let mut all = Vec::new();
    for piece in six.all().filter(|piece| piece.use_by_others == UseByOthers::Unknown) {
        let idle = |pieces: &Pieces, rng: &mut Rng| pieces.idle[rng.usize(..pieces.idle.len())].clone();
        all.push(BTreeMap::from([(6, piece.clone()), (7, idle(seven, rng)), (8, idle(eight, rng))]));
    }
    let known: Vec<&Piece> = six.all().filter(|piece| piece.use_by_others != UseByOthers::Unknown).collect();
    let [mut sevens, mut eights] = [seven, eight].map(|pieces| pieces.all().collect::<Vec<&Piece>>());
    rng.shuffle(&mut sevens);
    rng.shuffle(&mut eights);
    let most = [known.len(), sevens.len(), eights.len()].into_iter().max().unwrap_or_default();
    all.extend((0..most).map(|index| {
        let at = |pieces: &[&Piece]| pieces[index % pieces.len()].clone();
        BTreeMap::from([(6, at(&known)), (7, at(&sevens)), (8, at(&eights))])
    }));
    rng.shuffle(&mut all);
    all
}

/// The quest that others run on, and those others.
fn needs(course: &Course) -> (u32, Vec<u32>) {
    let needing: Vec<&Quest> = course.quests.iter().filter(|quest| course.needed_by(quest).next().is_some()).collect();
    let needed: BTreeSet<u32> =
        needing.iter().flat_map(|quest| course.needed_by(quest)).map(|quest| quest.number).collect();
    let numbers: Vec<u32> = needing.iter().map(|quest| quest.number).collect();
    assert_eq!(
        (needed.into_iter().collect::<Vec<_>>(), &numbers[..]),
        (vec![6], &[7, 8][..]),
        "another course needs another class"
    );
    (6, numbers)
}

/// A copy, as learners make them: some quests are solved, others are missing.
fn changed(course: &Course, pieces: &BTreeMap<u32, Pieces>, mut content: Content, rng: &mut Rng) -> Content {
    let (needed, needing) = needs(course);
    if let Content::Pieces(copied) = &mut content {
        for quest in course.quests.iter().filter(|quest| quest.number != needed && !needing.contains(&quest.number)) {
            if rng.u32(..4) == 0 {
                let pieces = &pieces[&quest.number];
                let piece = if rng.bool() { &pieces.sound[0] } else { &pieces.idle[rng.usize(..2)] };
                copied.insert(quest.number, piece.clone());
            }
        }
    }
    content
}

/// Everybody's stub, or nothing at all.
fn idle(pieces: &BTreeMap<u32, Pieces>, which: usize) -> BTreeMap<u32, Piece> {
    pieces.iter().map(|(number, pieces)| (*number, pieces.idle[which].clone())).collect()
}

fn truths(course: &Course, content: &Content) -> BTreeMap<u32, Truth> {
    let truth = |quest: &Quest| match content {
        // Something else is handed in, too.
        Content::Pieces(pieces) if pieces.values().all(|piece| piece.file.is_none()) => unread(),
        Content::Pieces(pieces) => {
            let truth = &pieces[&quest.number].truth;
            let uses = course.needed_by(quest).map(|needed| pieces[&needed.number].use_by_others);
            let is_lost = |of| of == UseByOthers::Lost || of == UseByOthers::LostBy(quest.number);
            if uses.into_iter().any(is_lost) { truth.without_needed(quest) } else { truth.clone() }
        }
        Content::Escaping | Content::Linking => unread(),
    };
    course.quests.iter().map(|quest| (quest.number, truth(quest))).collect()
}

/// Names as people and platforms make them.
fn id(number: usize) -> String {
    match number % 5 {
        0 => format!("learner-{number:03}"),
        1 => format!("Zo\u{eb} M\u{fc}ller {number}"),
        2 => format!("O'Brien, Pat_{number}_assignsubmission_file"),
        3 => format!("\u{674e}\u{5c0f}\u{9f99}-{number}"),
        _ => format!("event-loops-main-{number}"),
    }
}

impl Content {
    /// What a quest is, for messages.
    pub fn describe(&self, quest: u32) -> &str {
        match self {
            Self::Pieces(pieces) => &pieces[&quest].name,
            Self::Escaping => "in an archive that points outside the archive",
            Self::Linking => "in an archive with a link",
        }
    }
}
