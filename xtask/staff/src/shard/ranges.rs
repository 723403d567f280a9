//! Lists of numbers as ranges: `3, 17-19`.

/// The ascending numbers, with neighbours as a range.
pub fn ranges(numbers: &[u32], separator: &str) -> String {
    let runs = numbers.chunk_by(|left, right| left.checked_add(1) == Some(*right));
    let shown: Vec<String> = runs
        .map(|run| match run {
            [one] => one.to_string(),
            [first, .., last] => format!("{first}-{last}"),
            [] => unreachable!("no run is empty"),
        })
        .collect();
    shown.join(separator)
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn neighbours_are_a_range() {
        assert_eq!(ranges(&[], ", "), "");
        assert_eq!(ranges(&[3], ", "), "3");
        assert_eq!(ranges(&[3, 17, 18, 19], ", "), "3, 17-19");
        assert_eq!(ranges(&[1, 2, 5, u32::MAX], ","), "1-2,5,4294967295");
    }
}
