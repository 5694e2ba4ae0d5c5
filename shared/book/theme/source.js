// The page of a source file: colours, a button that copies, and the line it is about.
"use strict";

const code = document.querySelector("pre code");
const text = code.textContent;
hljs.highlightBlock(code);
code.classList.add("hljs");

const copy = document.createElement("button");
copy.type = "button";
copy.className = "copy";
copy.textContent = "Copy the file";
copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    copy.textContent = "Copied";
});
document.querySelector("h1").after(copy);
