//! Which file a piece of code is from.

/// The number of the line at which the excerpt begins in the file, from 1.
///
/// The lines stand in the file in this order and unbroken, except that a line `...`
/// in a comment skips some. The indent is free.
#[must_use]
pub fn line(excerpt: &str, file: &str) -> Option<usize> {
    let excerpt: Vec<&str> = excerpt.trim().lines().map(str::trim).collect();
    let file: Vec<&str> = file.lines().map(str::trim).collect();
    let mut parts = excerpt.split(|line| ["// ...", "# ..."].contains(line));
    let first = parts.next().filter(|part| !part.is_empty())?;
    let begin = position(&file, first)?;
    let mut rest = &file[begin + first.len()..];
    for part in parts {
        let place = position(rest, part)?;
        rest = &rest[place + part.len()..];
    }
    Some(begin + 1)
}

fn position(file: &[&str], part: &[&str]) -> Option<usize> {
    (0..=file.len()).find(|&place| file[place..].starts_with(part))
}
