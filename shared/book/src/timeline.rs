//! A timeline as a part of its page: readable on light and dark, and to look into.
//! What its run printed stands below it, and a script can play both.

use std::fmt::Write;

use anyhow::{Context, Result};

/// The picture in a frame that scrolls, and what its run printed. `link` leads to
/// the picture by itself, and `alt` says what it shows.
///
/// # Errors
///
/// When `svg` is no picture as `cargo timeline` draws it.
pub fn figure(svg: &str, link: &str, alt: &str) -> Result<String> {
    let (head, drawing) = svg.split_once("<style>").context("no style")?;
    let (style, drawing) = drawing.split_once("</style>").context("no style")?;
    let (_, size) = head.split_once("viewBox='").context("no viewBox")?;
    let (size, _) = size.split_once('\'').context("no viewBox")?;
    let drawing = drawing.trim();
    let (drawing, place, output) = match drawing.split_once("<metadata ") {
        Some((drawing, printed)) => {
            let (place, lines) = printed.split_once('>').context("no end")?;
            let (lines, _) = lines.split_once("</metadata>").context("no end")?;
            let output = output(lines.trim_start_matches('\n'))?;
            (format!("{drawing}</svg>"), format!(" {place}"), output)
        }
        None => (drawing.to_owned(), String::new(), String::new()),
    };
    // In a page, a style holds for everything. This one is told where it belongs.
    let style = style.trim();
    Ok(format!(
        "<figure class=\"timeline\"{place}>\
         <style>.timeline svg {{ {style} }}</style>\
         <div class=\"scroller\" tabindex=\"0\" role=\"group\" \
         aria-label=\"Timeline\">\
         <svg viewBox='{size}' role='img' aria-label=\"{alt}\">{drawing}</div>\
         <figcaption><a href=\"{link}\">The picture by itself</a></figcaption>\
         {output}</figure>"
    ))
}

/// The lines that the run printed, each with its time.
fn output(lines: &str) -> Result<String> {
    let mut list = String::new();
    for line in lines.lines() {
        let (time, text) = line.split_once(' ').unwrap_or((line, ""));
        let nanoseconds: u64 = time.parse().context("a line without a time")?;
        let (seconds, rest) =
            (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
        let milliseconds = rest / 1_000_000;
        writeln!(
            list,
            "<li data-at=\"{time}\"><span class=\"time\">\
             {seconds}.{milliseconds:03} s</span> {text}</li>"
        )?;
    }
    Ok(format!(
        "<details><summary>What this run printed, and when</summary>\
         <ol class=\"lines\">{list}</ol></details>"
    ))
}
