// What a page of the book can do with a script. Without one, it stands whole.
"use strict";

/** An element with a text. */
function element(tag, text, properties = {}) {
    return Object.assign(document.createElement(tag), { textContent: text }, properties);
}

/** What the reader chose on another page, if the browser keeps it. */
const kept = {
    get(name) {
        try { return localStorage.getItem(name); } catch { return null; }
    },
    set(name, value) {
        try { localStorage.setItem(name, value); } catch { /* not kept */ }
    },
};

// The files of a program become tabs, moved through with the arrow keys. A reader who
// chose Python once finds Python in the next chapter.
for (const program of document.querySelectorAll(".program")) {
    const files = [...program.querySelectorAll(".file")];
    const list = element("div", "");
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", "Files of the program");
    const tabs = files.map((file, number) => {
        const tab = element("button", file.dataset.name, { type: "button" });
        tab.id = `tab-${number}`;
        file.id = `file-${number}`;
        tab.setAttribute("role", "tab");
        tab.setAttribute("aria-controls", file.id);
        file.setAttribute("role", "tabpanel");
        file.setAttribute("aria-labelledby", tab.id);
        tab.addEventListener("click", () => {
            select(number);
            kept.set("language", file.dataset.language);
        });
        tab.addEventListener("keydown", event => {
            const last = tabs.length - 1;
            const next = {
                ArrowRight: number === last ? 0 : number + 1,
                ArrowLeft: number === 0 ? last : number - 1,
                Home: 0,
                End: last,
            }[event.key];
            if (next === undefined) return;
            event.preventDefault();
            event.stopPropagation();
            tabs[next].click();
            tabs[next].focus();
        });
        return tab;
    });
    function select(chosen) {
        tabs.forEach((tab, number) => {
            tab.setAttribute("aria-selected", number === chosen);
            tab.tabIndex = number === chosen ? 0 : -1;
            files[number].hidden = number !== chosen;
        });
    }
    list.append(...tabs);
    program.querySelector("p").after(list);
    const language = kept.get("language");
    select(Math.max(0, files.findIndex(file => file.dataset.language === language)));
}

// A timeline: what a bar means, and a closer look.
for (const figure of document.querySelectorAll("figure.timeline")) {
    const scroller = figure.querySelector(".scroller");
    const caption = figure.querySelector("figcaption");
    const bars = [...figure.querySelectorAll("g")].filter(bar => bar.querySelector("title"));
    const meaning = element("output", "");
    let at = -1;
    function point(number) {
        bars[at]?.classList.remove("at");
        at = number;
        bars[at].classList.add("at");
        meaning.textContent = bars[at].querySelector("title").textContent;
    }
    bars.forEach((bar, number) => bar.addEventListener("click", () => point(number)));

    const zoom = element("button", "Zoom in", { type: "button", className: "zoom" });
    zoom.addEventListener("click", () => {
        const factor = { undefined: "2", 2: "4", 4: "1", 1: "2" }[scroller.dataset.zoom];
        scroller.dataset.zoom = factor;
        zoom.textContent = factor === "4" ? "Zoom out" : "Zoom in";
    });

    scroller.setAttribute("aria-label", "Timeline. The arrow keys go from bar to bar.");
    scroller.addEventListener("keydown", event => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step === undefined || bars.length === 0) return;
        event.preventDefault();
        event.stopPropagation();
        point(Math.min(Math.max(at + step, 0), bars.length - 1));
        bars[at].scrollIntoView({ block: "nearest", inline: "nearest" });
    });
    caption.prepend(zoom);
    if (figure.querySelector(".lines")) caption.prepend(...player(figure, meaning));
    caption.append(meaning);
}

/** The buttons that play a run: its lines come when they came, and a line goes over the
    picture. A run of a few milliseconds is slowed down, to be seen at all. */
function player(figure, said) {
    const shortest = 3e9;
    const { begin, end, duration } = figure.dataset;
    const lines = [...figure.querySelectorAll(".lines li")];
    const svg = figure.querySelector("svg");
    const cursor = document.createElementNS("http://www.w3.org/2000/svg", "path");
    cursor.classList.add("cursor");
    const clock = element("span", "");
    const play = element("button", "Play", { type: "button", className: "play" });
    const next = element("button", "Next line", { type: "button", className: "next-line" });
    let time = Infinity;
    let frame = 0;

    function show(now) {
        time = now;
        const running = time < duration;
        for (const line of lines) line.classList.toggle("later", line.dataset.at > time);
        const x = +begin + (end - begin) * Math.min(time / duration, 1);
        cursor.setAttribute("d", `M${x} 40V${svg.viewBox.baseVal.height - 30}`);
        if (running) svg.append(cursor); else cursor.remove();
        clock.textContent = running ? `${(time / 1e9).toFixed(3)} s` : "";
    }
    function open() {
        figure.querySelector("details").open = true;
        if (time >= duration) show(-1);
    }
    function stop() {
        cancelAnimationFrame(frame);
        frame = 0;
        play.textContent = "Play";
    }
    play.addEventListener("click", () => {
        if (frame) return stop();
        open();
        play.textContent = "Pause";
        const speed = duration / Math.max(duration, shortest);
        let before;
        frame = requestAnimationFrame(function step(at) {
            show(Math.max(time, 0) + (at - (before ?? at)) * 1e6 * speed);
            before = at;
            if (time < duration) frame = requestAnimationFrame(step);
            else stop();
        });
    });
    next.addEventListener("click", () => {
        stop();
        open();
        const line = lines.find(line => line.dataset.at > time);
        if (!line) return show(Infinity);
        show(+line.dataset.at);
        said.textContent = line.textContent;
    });
    return [play, next, clock];
}

// Code is copied to the letter: mdBook would leave out the last line break. Of a run,
// the command is copied, ready to be pasted.
document.addEventListener("click", event => {
    const button = event.target.closest?.(".clip-button");
    if (!button || !navigator.clipboard) return;
    event.stopPropagation();
    const code = button.closest("pre").querySelector("code");
    let text = code.textContent;
    if (code.matches(".language-console")) {
        const commands = text.split("\n").filter(line => line.startsWith("$ "));
        text = commands.map(line => `${line.slice(2)}\n`).join("");
    }
    navigator.clipboard.writeText(text).then(() => {
        button.firstChild.textContent = "Copied!";
        button.classList.add("tooltipped");
    });
}, { capture: true });
for (const button of document.querySelectorAll("pre .clip-button")) {
    if (!button.closest("pre").querySelector("code.language-console")) continue;
    button.title = "Copy the command";
    button.setAttribute("aria-label", button.title);
}

// What is wider than its place scrolls, also with the keyboard. All are measured
// before the first is changed, which would make the browser lay out the page again.
const wide = [...document.querySelectorAll("main pre > code, main .table-wrapper")]
    .filter(box => box.closest("[hidden]") || box.scrollWidth > box.clientWidth);
for (const box of wide) box.tabIndex = 0;

// The arrow keys turn the page, but not where they scroll.
document.body.addEventListener("keydown", event => {
    const scrolls = event.target.closest?.("pre, .table-wrapper, .scroller");
    if (scrolls && event.key.startsWith("Arrow")) event.stopPropagation();
});

// The switch of the sidebar is a label: the keyboard finds it, too.
document.getElementById("mdbook-sidebar-toggle")?.addEventListener("keydown", event => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.currentTarget.click();
});
