// What the tests ask a page, in the page itself.
"use strict";

globalThis.probe = (() => {
    /** [red, green, blue, alpha] of a colour as `getComputedStyle` writes it. */
    function parsed(colour) {
        const numbers = colour.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
        return numbers.length === 3 ? [...numbers, 1] : numbers;
    }

    function over([r, g, b, a], below) {
        return [r, g, b].map((part, i) => part * a + below[i] * (1 - a)).concat(1);
    }

    function luminance([r, g, b]) {
        const [R, G, B] = [r, g, b].map(part => {
            const c = part / 255;
            return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * R + 0.7152 * G + 0.0722 * B;
    }

    function contrast(one, other) {
        const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
    }

    /** The colours behind an element of the page. */
    function ground(element) {
        const layers = [];
        for (let at = element; at; at = at.parentElement) {
            layers.push(parsed(getComputedStyle(at).backgroundColor));
            if (layers.at(-1)[3] === 1) break;
        }
        return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
    }

    /** The colours behind a text of a picture: its outline, or the bar it is on. */
    function grounds(text) {
        const style = getComputedStyle(text);
        if (style.stroke !== "none" && parseFloat(style.strokeWidth) >= 2) {
            return [parsed(style.stroke)];
        }
        const box = text.getBoundingClientRect();
        const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
        const svg = text.ownerSVGElement;
        const rects = [...svg.querySelectorAll("rect")].filter(rect => {
            const at = rect.getBoundingClientRect();
            const before = rect.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
            const around = at.left <= x && x <= at.right && at.top <= y && y <= at.bottom;
            return before && around && !rect.closest("pattern");
        });
        if (rects.length === 0) return [ground(svg)];
        const fill = getComputedStyle(rects.at(-1)).fill;
        const pattern = fill.match(/url\("?#([^")]*)/);
        if (!pattern) return [parsed(fill)];
        const parts = svg.querySelector(`#${pattern[1]}`)?.querySelectorAll("rect") ?? [];
        return [...parts].map(part => parsed(getComputedStyle(part).fill));
    }

    /** Elements with a text of their own that can be seen. */
    function withText() {
        const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
        const elements = new Set();
        while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            if (!walker.currentNode.data.trim() || elements.has(element)) continue;
            if (element.closest("script, style, title, template, noscript, defs")) continue;
            if (element.checkVisibility({ visibilityProperty: true })) elements.add(element);
        }
        return [...elements];
    }

    return {
        texts: () => withText().length,

        /** Texts with a contrast below 4.5 : 1, each pair of colours once. */
        pale() {
            const found = new Map();
            for (const element of withText()) {
                const style = getComputedStyle(element);
                const svg = element instanceof SVGElement;
                const behind = svg ? grounds(element.closest("text")) : [ground(element)];
                for (const below of behind) {
                    const colour = over(parsed(svg ? style.fill : style.color), below);
                    const ratio = contrast(colour, below);
                    if (ratio >= 4.5) continue;
                    const key = `${colour} on ${below}`;
                    const text = element.textContent.trim().slice(0, 30);
                    const name = `${element.tagName}.${element.getAttribute("class")}`;
                    found.set(key, `${ratio.toFixed(2)}: ${name} "${text}" ${key}`);
                }
            }
            return [...found.values()];
        },

        /** Elements that stick out of a screen this wide, but for what scrolls by itself. */
        wide(width) {
            const page = document.scrollingElement.scrollWidth;
            const found = page > width ? [`the page: ${page}`] : [];
            for (const element of document.querySelectorAll("main *")) {
                if (element.getBoundingClientRect().right <= width + 0.5) continue;
                let scroller = element.closest("svg")?.parentElement ?? element;
                while (scroller && getComputedStyle(scroller).overflowX === "visible") {
                    scroller = scroller.parentElement;
                }
                const itself = scroller?.closest("main") && scroller !== element;
                if (itself && scroller.getBoundingClientRect().right <= width + 0.5) continue;
                found.push(`${element.tagName} "${element.textContent.trim().slice(0, 30)}"`);
            }
            return found.slice(0, 3);
        },

        scrolls: element => element.scrollWidth > element.clientWidth,

        /** Whether a search for the word has found the page. */
        finds(word, page) {
            const header = document.querySelector("#mdbook-searchresults-header");
            const links = [...document.querySelectorAll("#mdbook-searchresults a")];
            const found = links.some(link => link.getAttribute("href").startsWith(page));
            return header.textContent.includes(`'${word}'`) && found;
        },

        /** How many lines of the run that is played can be seen. */
        printed() {
            const lines = [...document.querySelectorAll(".timeline .lines li")];
            return lines.filter(line => line.checkVisibility({ visibilityProperty: true })).length;
        },

        /** The files of a program whose tabs are open. */
        shown() {
            const files = [...document.querySelectorAll(".program .file")];
            return files.filter(file => file.checkVisibility()).map(file => file.dataset.name);
        },

        /** What is copied by a copy button. */
        async copied(number) {
            await navigator.clipboard.writeText("");
            document.querySelectorAll("pre .clip-button, button.copy")[number].click();
            for (let tries = 0; tries < 100; tries += 1) {
                const text = await navigator.clipboard.readText();
                if (text !== "") return text;
                await new Promise(resolve => setTimeout(resolve, 10));
            }
            return "";
        },

        async until(isSo) {
            for (let tries = 0; tries < 2000; tries += 1) {
                if (isSo()) return true;
                await new Promise(resolve => setTimeout(resolve, 10));
            }
            return false;
        },
    };
})();
