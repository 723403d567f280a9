//! Maps instants to columns, and draws the axis above the lanes.

use super::milliseconds::milliseconds;
use super::moments::Moment;
use super::symbols::Strokes;
use std::time::Duration;

/// Columns of the mark for a cut, in addition to the label of the moment before it.
const CUT: usize = 3;

/// A gap is cut if it is this many times longer than all other gaps together.
const LONG: u32 = 6;

/// How many budgets are tried: all of them in a terminal.
const MOST_BUDGETS: usize = 256;

/// The column at which each moment begins.
#[derive(Debug)]
pub struct Scale<'a> {
    moments: &'a [Moment],
    pub columns: Vec<usize>,
    /// Whether the gap after each moment is cut.
    cuts: Vec<bool>,
    /// Whether columns are proportional to time everywhere.
    is_even: bool,
    width: usize,
}

impl<'a> Scale<'a> {
    /// Spreads the moments over at most `width` columns, as close to scale as there is room for; none if there is too little.
    pub fn new(moments: &'a [Moment], width: usize) -> Option<Self> {
        let fitted = |cuts: Vec<bool>| {
            // The label after a cut must not collide with the one before.
            let label =
                moments.last().filter(|_| cuts.contains(&true)).map(|last| milliseconds(last.at).chars().count());
            let width = width.saturating_sub(label.unwrap_or(0));
            budgets(moments, width).find_map(|budget| {
                let (columns, is_even) = spread(moments, &cuts, budget);
                let end = columns.last()? + moments.last()?.slots;
                (end <= width).then(|| Self {
                    moments,
                    columns,
                    cuts: cuts.clone(),
                    is_even,
                    width: width + label.unwrap_or(0),
                })
            })
        };
        // Where it is very narrow, the mark for a cut takes more room than the gap.
        fitted(cuts(moments)).or_else(|| fitted(vec![false; moments.len().saturating_sub(1)]))
    }

    /// The number of columns that are used.
    pub fn end(&self) -> usize {
        self.columns.last().zip(self.moments.last()).map_or(0, |(column, moment)| column + moment.slots)
    }

    /// The column of a time, interpolated between the moments around it.
    pub fn column_at(&self, at: Duration) -> usize {
        let after = self.moments.partition_point(|moment| moment.at < at);
        match (after.checked_sub(1), self.columns.get(after)) {
            (_, None) => self.end(),
            (None, Some(column)) => *column,
            (Some(before), Some(column)) => {
                let (start, from) = (self.columns[before], self.moments[before].at);
                let gap = self.moments[after].at.saturating_sub(from);
                start + scaled(at.saturating_sub(from), gap, column - start)
            }
        }
    }

    /// The axis: its labels and its line.
    pub fn axis(&self, strokes: Strokes) -> [String; 2] {
        let mut line = vec![strokes.axis; self.end()];
        let mut labels: Vec<char> = Vec::new();
        for (column, at) in self.ticks() {
            let is_first = labels.is_empty();
            let label = if is_first { format!("{} ms", milliseconds(at)) } else { milliseconds(at) };
            line[column] = strokes.tick;
            let starts = if is_first { column } else { labels.len() + 2 };
            // The last label may have to move a little to the left.
            let place = column.min(self.width.saturating_sub(label.chars().count()));
            if place >= starts {
                labels.resize(place, ' ');
                labels.extend(label.chars());
            }
        }
        for middle in self.cut_columns() {
            line[middle - 1..=middle].fill(strokes.cut);
        }
        [labels.into_iter().collect(), line.into_iter().collect()]
    }

    /// The columns at which a gap is cut.
    pub fn cut_columns(&self) -> impl Iterator<Item = usize> {
        let cuts = self.cuts.iter().enumerate().filter(|(_, cut)| **cut);
        cuts.map(|(index, _)| (self.columns[index] + self.moments[index].slots + self.columns[index + 1]) / 2)
    }

    /// Round times where the scale is even, or else the moments themselves.
    pub fn ticks(&self) -> Vec<(usize, Duration)> {
        let moments = || self.columns.iter().copied().zip(self.moments.iter().map(|moment| moment.at)).collect();
        let (Some(first), Some(last)) = (self.moments.first(), self.moments.last()) else { return Vec::new() };
        let (span, columns) = (last.at.saturating_sub(first.at), self.columns[self.columns.len() - 1]);
        if !self.is_even || span.is_zero() || columns == 0 {
            return moments();
        }
        let room = milliseconds(last.at).chars().count() + 5;
        let is_roomy = |step: &Duration| scaled(*step, span, columns) >= room;
        let Some(step) = round_steps().take_while(|step| *step <= span).find(is_roomy) else { return moments() };
        (0_u32..)
            .map_while(|number| step.checked_mul(number).filter(|at| *at <= last.at))
            .filter(|at| *at >= first.at)
            .map(|at| (scaled(at.saturating_sub(first.at), span, columns), at))
            .collect()
    }
}

/// The columns that all gaps may take together, in descending order; none if the marks alone take more than there is.
fn budgets(moments: &[Moment], width: usize) -> impl Iterator<Item = usize> {
    let least: usize = moments.iter().map(|moment| moment.slots).sum();
    let widths = (0..=width).rev().step_by(width / MOST_BUDGETS + 1).chain([0]);
    widths.take(if least > width { 0 } else { width + 2 })
}

/// 1, 2, 5, 10, 20, 50 µs and so on.
fn round_steps() -> impl Iterator<Item = Duration> {
    (0..12).flat_map(|power| [1, 2, 5].map(|digit| Duration::from_micros(digit * 10_u64.pow(power))))
}

/// Cuts the gaps that would leave no room for the others.
fn cuts(moments: &[Moment]) -> Vec<bool> {
    let gaps: Vec<Duration> = moments.windows(2).map(|pair| pair[1].at.saturating_sub(pair[0].at)).collect();
    let mut cuts = vec![false; gaps.len()];
    loop {
        let left = || (0..gaps.len()).filter(|gap| !cuts[*gap]);
        let Some(longest) = left().max_by_key(|gap| gaps[*gap]) else { return cuts };
        let rest: Duration = left().filter(|gap| *gap != longest).map(|gap| gaps[gap]).sum();
        if left().count() < 3 || gaps[longest] < rest.saturating_mul(LONG) {
            return cuts;
        }
        cuts[longest] = true;
    }
}

/// Columns for the moments if all drawn gaps took `budget` columns together; and whether nothing had to be moved.
fn spread(moments: &[Moment], cuts: &[bool], budget: usize) -> (Vec<usize>, bool) {
    let gaps = || moments.windows(2).map(|pair| pair[1].at.saturating_sub(pair[0].at));
    let drawn: Duration = gaps().zip(cuts).filter(|(_, cut)| !**cut).map(|(gap, _)| gap).sum();
    let (mut columns, mut column, mut passed, mut target, mut is_even) = (vec![0], 0, Duration::ZERO, 0, true);
    for ((gap, cut), moment) in gaps().zip(cuts).zip(moments) {
        if *cut {
            column += moment.slots.max(milliseconds(moment.at).chars().count()) + CUT;
            is_even = false;
        } else {
            passed += gap;
            let step = scaled(passed, drawn, budget) - target;
            target += step;
            is_even &= step >= moment.slots;
            column += step.max(moment.slots);
        }
        columns.push(column);
    }
    (columns, is_even)
}

/// Scales `part` of `whole` to `columns` columns, rounded.
fn scaled(part: Duration, whole: Duration, columns: usize) -> usize {
    let (part, whole) = (part.as_nanos(), whole.as_nanos().max(1));
    usize::try_from((part * columns as u128 + whole / 2) / whole).expect("a part of the columns is no more than them")
}

#[cfg(test)]
mod tests {
    use super::super::symbols::ASCII;
    use super::*;

    fn axis(times: &[u64], width: usize) -> [String; 2] {
        let moments: Vec<Moment> = times.iter().map(|at| Moment { at: Duration::from_millis(*at), slots: 1 }).collect();
        Scale::new(&moments, width).expect("there is room").axis(ASCII)
    }

    #[test]
    fn ticks_are_round() {
        let [labels, line] = axis(&[0, 2000, 3000, 5000], 51);
        assert_eq!(labels, "0 ms      1000      2000      3000      4000   5000");
        assert_eq!(line, "+---------+---------+---------+---------+---------+");
    }

    #[test]
    fn a_long_gap_is_cut() {
        let [labels, line] = axis(&[0, 1000, 86_400_000, 86_400_001], 50);
        assert_eq!(labels, "0 ms                             1000   86400000");
        assert_eq!(line, "+--------------------------------+--//--++");
    }

    #[test]
    fn moments_close_together_are_spread() {
        let moments: Vec<Moment> =
            [0, 1, 2, 1000].iter().map(|at| Moment { at: Duration::from_millis(*at), slots: 2 }).collect();
        assert!(Scale::new(&moments, 7).is_none());
        assert_eq!(Scale::new(&moments, 8).unwrap().columns, [0, 2, 4, 6]);
        assert!(Scale::new(&moments, 60).unwrap().columns.windows(2).all(|pair| pair[1] >= pair[0] + 2));
    }
}
