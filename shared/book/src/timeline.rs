//! A timeline as a part of its page: readable on light and dark, and to look into.

use anyhow::{Context, Result};

/// The picture in a frame that scrolls.
pub fn figure(svg: &str, link: &str, alt: &str) -> Result<String> {
    let (head, drawing) = svg.split_once("<style>").context("no style")?;
    let (style, drawing) = drawing.split_once("</style>").context("no style")?;
    let (_, size) = head.split_once("viewBox='").context("no viewBox")?;
    let (size, _) = size.split_once('\'').context("no viewBox")?;
    // In a page, a style holds for everything, so this one is told where it belongs.
    let style = style.trim();
    let drawing = drawing.trim();
    Ok(format!(
        "<figure class=\"timeline\">\
         <style>.timeline svg {{ {style} }}</style>\
         <div class=\"scroller\" tabindex=\"0\" role=\"group\" \
         aria-label=\"Timeline\">\
         <svg viewBox='{size}' role='img' aria-label=\"{alt}\">{drawing}</div>\
         <figcaption><a href=\"{link}\">The picture by itself</a></figcaption>\
         </figure>"
    ))
}

#[cfg(test)]
mod tests {
    use super::figure;

    const SVG: &str = "<svg xmlns='x' viewBox='0 0 9 4' width='9' height='4' \
        role='img' aria-label='Timeline'>\n<style>\ntext { fill: red; }\n</style>\n\
        <g><title>works</title></g></svg>\n";

    #[test]
    fn the_style_of_a_picture_holds_for_it_alone() {
        let figure = figure(SVG, "a/timeline.svg", "Two lanes").unwrap();
        assert!(figure.contains("<style>.timeline svg { text { fill: red; } }"));
        assert!(figure.contains("aria-label=\"Two lanes\"><defs") == false);
        assert!(figure.contains("<g><title>works</title></g></svg></div>"));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        assert!(figure("<svg></svg>", "", "").is_err());
    }
}
