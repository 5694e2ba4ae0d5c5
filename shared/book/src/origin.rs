//! Which file a piece of code is from.

/// The number of the line at which the excerpt begins in the file, from 1.
///
/// The lines stand in the file in this order and unbroken, except that a line `...`
/// in a comment skips some. The indent is free.
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

#[cfg(test)]
mod tests {
    use super::line;

    const FILE: &str = "use x;\n\nfn main() {\n    let a = 1;\n    let b = 2;\n}\n";

    #[test]
    fn an_excerpt_begins_at_its_first_line() {
        assert_eq!(line("let a = 1;\nlet b = 2;\n", FILE), Some(4));
        assert_eq!(line("use x;", FILE), Some(1));
    }

    #[test]
    fn a_comment_skips_lines() {
        assert_eq!(line("fn main() {\n// ...\nlet b = 2;\n", FILE), Some(3));
        assert_eq!(line("let b = 2;\n// ...\nlet a = 1;\n", FILE), None);
    }

    #[test]
    fn other_code_is_from_elsewhere() {
        assert_eq!(line("let a = 2;\n", FILE), None);
        assert_eq!(line("let a = 1;\n}\n", FILE), None);
        assert_eq!(line("", FILE), None);
    }
}
