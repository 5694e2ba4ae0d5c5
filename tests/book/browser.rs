//! The book in a real browser: headless Chromium, over its `DevTools` protocol.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs};

use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};
use support::program::{Program, files};
use support::{Checked, Running, ensure, in_ci, root, trial};
use tungstenite::{Message, WebSocket};

use super::{Check, Site, site};

/// The script that the checks of a page call.
const PROBE: &str = include_str!("probe.js");

/// Far longer than a page takes, also on a machine that does much else.
const DEADLINE: Duration = Duration::from_secs(120);

/// How wide a phone is.
const PHONE: u32 = 390;

pub fn trials() -> Vec<Trial> {
    let checks: [(&str, Check); 5] = [
        (
            "every new or changed page opens, fits, and can be read",
            pages,
        ),
        ("search finds what people look for", search),
        ("the keyboard does everything", keyboard),
        ("without a script, a chapter stands whole", without_script),
        ("copy gives exactly the code of the file", copy),
    ];
    let missing = !in_ci() && chromium().is_none();
    let kind = if missing { "there is no chromium" } else { "" };
    let trials = checks.map(|(promise, check)| {
        trial(format!("book: in a browser: {promise}"), move || {
            check(site()?)
        })
        .with_ignored_flag(missing)
        .with_kind(kind)
    });
    trials.into()
}

/// The program, if it is installed.
fn chromium() -> Option<&'static str> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| {
            let path = env::var_os("PATH").unwrap_or_default();
            env::split_paths(&path).any(|folder| folder.join(name).is_file())
        })
}

/// A browser with one tab.
struct Browser {
    socket: WebSocket<TcpStream>,
    id: u64,
    /// What the tab has reported since a page was opened.
    events: Vec<Value>,
    /// Dropped last: it ends the browser.
    _run: Running,
}

impl Browser {
    fn start() -> Result<Self, Failed> {
        let program = Program::new(chromium().ok_or("there is no chromium")?);
        let profile = program.work();
        let mut run = program
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--in-process-gpu",
                "--disable-extensions",
                "--disable-features=BackForwardCache,Translate",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--remote-debugging-port=0",
                "--window-size=1200,900",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            .start();
        let address = loop {
            let line = run.next_line().ok_or("the browser does not start")?;
            if let Some(address) = line.strip_prefix("DevTools listening on ws://")
            {
                break address.trim().to_owned();
            }
        };
        let (host, path) = address.split_once('/').ok_or("no path")?;
        let connect = |path: &str| -> Result<WebSocket<TcpStream>, Failed> {
            let stream = TcpStream::connect(host)?;
            stream.set_read_timeout(Some(DEADLINE))?;
            let url = format!("ws://{host}/{path}");
            Ok(tungstenite::client(url, stream)?.0)
        };
        let mut browser = Self {
            socket: connect(path)?,
            id: 0,
            events: Vec::new(),
            _run: run,
        };
        let targets = browser.call("Target.getTargets", &json!({}))?;
        let targets = targets["targetInfos"].as_array().ok_or("no targets")?;
        let page = targets.iter().find(|target| target["type"] == "page");
        let page = page.ok_or("no page")?["targetId"].as_str().ok_or("no id")?;
        browser.socket = connect(&format!("devtools/page/{page}"))?;
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), &json!({}))?;
        }
        // As if its window were the one that the reader looks at.
        let focus = json!({"enabled": true});
        browser.call("Emulation.setFocusEmulationEnabled", &focus)?;
        Ok(browser)
    }

    /// Calls a method of the protocol and waits for its result.
    fn call(&mut self, method: &str, params: &Value) -> Result<Value, Failed> {
        self.id += 1;
        let call = json!({"id": self.id, "method": method, "params": params});
        self.socket.send(Message::text(call.to_string()))?;
        loop {
            let mut message = self.message()?;
            if message["id"] == self.id {
                ensure(message["error"].is_null(), || {
                    format!("{method}: {}", message["error"])
                })?;
                return Ok(message["result"].take());
            }
            self.events.push(message);
        }
    }

    fn message(&mut self) -> Result<Value, Failed> {
        loop {
            if let Message::Text(text) = self.socket.read()? {
                return Ok(serde_json::from_str(&text)?);
            }
        }
    }

    /// Opens a page of the site, and waits until it is loaded.
    fn open(&mut self, site: &Site, page: &str) -> Checked {
        let file = site.folder.join(page);
        self.events.clear();
        let url = format!("file://{}", file.display());
        self.call("Page.navigate", &json!({"url": url}))?;
        self.loaded(|_| true)
    }

    /// Waits until a page with this address is loaded.
    fn loaded(&mut self, is_it: impl Fn(&str) -> bool) -> Checked {
        loop {
            let last = |method: &str| {
                let is_one = |event: &&Value| event["method"] == method;
                self.events.iter().rev().find(is_one)
            };
            let address = last("Page.frameNavigated")
                .and_then(|event| event["params"]["frame"]["url"].as_str());
            let loaded = last("Page.loadEventFired").is_some();
            if address.is_some_and(&is_it) && loaded {
                break;
            }
            let event = self.message()?;
            self.events.push(event);
        }
        self.run(PROBE).map(drop)
    }

    /// The value of an expression.
    fn run(&mut self, script: &str) -> Result<Value, Failed> {
        let mut result = self.call(
            "Runtime.evaluate",
            &json!({
                "expression": script,
                "returnByValue": true,
                "awaitPromise": true,
                "userGesture": true,
            }),
        )?;
        ensure(result["exceptionDetails"].is_null(), || {
            format!("{script}: {}", result["exceptionDetails"])
        })?;
        Ok(result["result"]["value"].take())
    }

    /// Waits until an expression is true.
    fn until(&mut self, script: &str) -> Checked {
        let wait = format!("probe.until(() => {script})");
        let so = self.run(&wait)?;
        ensure(so == true, || format!("never: {script}"))
    }

    /// Presses a key: a letter, or `Tab`, `Enter`, `ArrowRight` and the like.
    fn press(&mut self, key: &str) -> Checked {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            "ArrowLeft" => 37,
            "ArrowRight" => 39,
            "ArrowDown" => 40,
            _ => 0,
        };
        let text = match key {
            "Enter" => "\r",
            _ if key.len() == 1 => key,
            _ => "",
        };
        let mut event = json!({
            "type": "keyDown", "key": key, "code": key, "text": text,
            "windowsVirtualKeyCode": code,
        });
        self.call("Input.dispatchKeyEvent", &event)?;
        event["type"] = "keyUp".into();
        event["text"] = "".into();
        self.call("Input.dispatchKeyEvent", &event).map(drop)
    }

    /// Presses Tab until the element has the focus, as a reader would who has no
    /// mouse.
    fn tab_to(&mut self, selector: &str) -> Checked {
        let there = format!("document.activeElement.matches({selector:?})");
        for _ in 0..400 {
            if self.run(&there)? == true {
                return Ok(());
            }
            self.press("Tab")?;
        }
        Err(format!("Tab never comes to {selector}").into())
    }

    /// What went wrong on the page since it was opened, and what it loaded from
    /// elsewhere.
    fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        for event in &self.events {
            let params = &event["params"];
            let wrong = match event["method"].as_str().unwrap_or_default() {
                "Runtime.exceptionThrown" => true,
                "Runtime.consoleAPICalled" => params["type"] == "error",
                "Log.entryAdded" => params["entry"]["level"] == "error",
                "Network.requestWillBeSent" => {
                    let url = params["request"]["url"].as_str().unwrap_or_default();
                    !url.starts_with("file:") && !url.starts_with("data:")
                }
                _ => false,
            };
            if wrong {
                complaints.push(params.to_string());
            }
        }
        complaints
    }

    /// Light or dark, as the reader's system wishes.
    fn wish(&mut self, scheme: &str) -> Checked {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        let features = json!({"features": [feature]});
        self.call("Emulation.setEmulatedMedia", &features).map(drop)
    }
}

/// What every page depends on: all styles and scripts, and what is checked.
fn common(site: &Site) -> Result<DefaultHasher, Failed> {
    let mut hasher = DefaultHasher::new();
    (PROBE, include_str!("browser.rs")).hash(&mut hasher);
    for file in files(&site.folder) {
        let ending = file.extension().unwrap_or_default();
        let is_index = file.ends_with("searchindex.js");
        if (ending == "css" || ending == "js") && !is_index {
            fs::read(&file)?.hash(&mut hasher);
        }
    }
    Ok(hasher)
}

/// Opens every page: no errors, nothing from elsewhere, contrast on light and dark,
/// no sideways scrolling on a phone. That takes a third of a second for each, so a
/// page that passed once is opened again only when it, or a style or script, has
/// changed. In CI all are opened.
fn pages(site: &Site) -> Checked {
    let mut browser = Browser::start()?;
    let mut wrong = Vec::new();
    let chapters = site.pages.iter().map(|(name, ..)| format!("{name}.html"));
    let sources = ["bank-account/src/main.rs.html", "gil/gil.py.html"];
    let pictures =
        ["costs", "speed-up"].map(|p| format!("threads-vs-processes/{p}.svg"));
    let pages = chapters.chain(sources.map(String::from)).chain(pictures);
    let phone = json!({
        // A low one, because less is painted then.
        "width": PHONE, "height": 100, "deviceScaleFactor": 1, "mobile": true,
    });
    let record =
        PathBuf::from(concat!(env!("CARGO_TARGET_TMPDIR"), "/book-passed"));
    let before = if in_ci() {
        String::new()
    } else {
        fs::read_to_string(&record).unwrap_or_default()
    };
    let common = common(site)?;
    let mut passed = Vec::new();
    for page in pages {
        let mut hasher = common.clone();
        fs::read(site.folder.join(&page))?.hash(&mut hasher);
        let fingerprint = hasher.finish().to_string();
        if before.lines().any(|line| line == fingerprint) {
            passed.push(fingerprint);
            continue;
        }
        browser.wish("light")?;
        browser.call("Emulation.setDeviceMetricsOverride", &phone)?;
        browser.open(site, &page)?;
        let wide = browser.run(&format!("probe.wide({PHONE})"))?;
        if page == "index.html" {
            // The sidebar and the wide arrows are not on a phone.
            browser.call("Emulation.clearDeviceMetricsOverride", &json!({}))?;
            browser
                .run("document.getElementById('mdbook-sidebar-toggle').click()")?;
        }
        let mut found = browser.complaints();
        let texts = browser.run("probe.texts()")?;
        ensure(texts.as_u64().is_some_and(|texts| texts > 5), || {
            format!("{page}: {texts} texts")
        })?;
        // A picture stands on a light card in both.
        let schemes: &[(&str, &str)] = if page.ends_with("svg") {
            &[("light", "true")]
        } else {
            &[
                ("light", "document.documentElement.matches('.light')"),
                ("dark", "document.documentElement.matches('.navy')"),
            ]
        };
        for (scheme, there) in schemes {
            browser.wish(scheme)?;
            browser.until(there)?;
            let pale = browser.run("probe.pale()")?;
            let pale = pale.as_array().ok_or("no list")?;
            found.extend(pale.iter().map(|text| format!("{scheme}: {text}")));
        }
        if page.ends_with("html") {
            let wide = wide.as_array().ok_or("no list")?;
            found.extend(wide.iter().map(|element| format!("too wide: {element}")));
        }
        if found.is_empty() {
            passed.push(fingerprint);
        }
        wrong.extend(found.into_iter().map(|text| format!("{page}: {text}")));
    }
    fs::write(record, passed.join("\n"))?;
    ensure(wrong.is_empty(), || format!("{wrong:#?}"))
}

/// Searches as a reader does: `/`, a word, Enter on a result.
fn search(site: &Site) -> Checked {
    let mut browser = Browser::start()?;
    browser.open(site, "index.html")?;
    for (word, page) in [
        ("mutex", "bank-account"),
        ("sentinel", "sentinel-queue"),
        ("GIL", "gil"),
        ("Condvar", "bounded-buffer"),
    ] {
        browser.press("/")?;
        browser.until("document.activeElement.id === 'mdbook-searchbar'")?;
        for letter in word.chars() {
            browser.press(&letter.to_string())?;
        }
        let typed = format!("document.activeElement.value === '{word}'");
        browser.until(&typed)?;
        browser.until(&format!("probe.finds('{word}', '{page}.html')"))?;
        if word != "Condvar" {
            browser.press("Escape")?;
        }
    }
    browser.press("ArrowDown")?;
    browser.events.clear();
    browser.press("Enter")?;
    browser.loaded(|address| !address.contains("index.html"))
}

/// Everything that a chapter offers is done with the keyboard alone.
fn keyboard(site: &Site) -> Checked {
    let mut browser = Browser::start()?;
    browser.open(site, "bank-account.html")?;

    // The switches at the top: the sidebar, and light or dark.
    browser.tab_to("#mdbook-sidebar-toggle")?;
    let visible = "document.documentElement.matches('.sidebar-visible')";
    browser.until(visible)?;
    browser.press("Enter")?;
    browser.until(&format!("!{visible}"))?;
    browser.press("Enter")?;
    browser.until(visible)?;
    browser.tab_to("#mdbook-theme-toggle")?;
    browser.press("Enter")?;
    browser.tab_to("#mdbook-theme-navy")?;
    browser.press("Enter")?;
    browser.until("document.documentElement.matches('.navy')")?;
    browser.press("Escape")?;
    browser.tab_to("#mdbook-search-toggle")?;

    // The timeline: from bar to bar, and a closer look.
    browser.tab_to(".timeline .scroller")?;
    for number in [0, 1] {
        browser.press("ArrowRight")?;
        browser.until(&format!(
            "document.querySelector('.timeline output').textContent === \
             document.querySelectorAll('.timeline g title')[{number}].textContent"
        ))?;
    }
    browser.tab_to(".timeline .zoom")?;
    let scrolls = "probe.scrolls(document.querySelector('.timeline .scroller'))";
    browser.until(&format!("!{scrolls}"))?;
    browser.press("Enter")?;
    browser.until(scrolls)?;

    // The run is played: line by line, and then from there to its end.
    let count = "document.querySelectorAll('.timeline .lines li').length";
    let count = browser.run(count)?.as_u64().ok_or("no lines")?;
    ensure(count > 5, || format!("only {count} lines were printed"))?;
    browser.until("probe.printed() === 0")?; // folded
    browser.tab_to(".timeline .next-line")?;
    for lines in [1, 2, 3] {
        browser.press("Enter")?;
        browser.until(&format!("probe.printed() === {lines}"))?;
    }
    browser.until("document.querySelector('.timeline .cursor') !== null")?;
    browser.tab_to(".timeline .play")?;
    browser.press("Enter")?;
    browser.until(&format!("probe.printed() === {count}"))?;
    browser.until("document.querySelector('.timeline .cursor') === null")?;

    // A piece of code leads to its file.
    browser.tab_to(".origin a")?;

    // The tabs.
    browser.tab_to("[role=tab][aria-selected=true]")?;
    for file in ["src/account.rs", "bank_account.py", "src/main.rs"] {
        browser.press("ArrowRight")?;
        let shown = format!("probe.shown().join() === '{file}'");
        browser.until(&shown)?;
    }

    // An answer unfolds, and the arrow keys turn the page.
    browser.tab_to("details > summary")?;
    browser.press("Enter")?;
    browser.until("document.activeElement.parentElement.open")?;
    browser.tab_to("main a[href='locked-counter.html']")?;
    browser.events.clear();
    browser.press("ArrowRight")?;
    browser.loaded(|address| address.ends_with("/locked-counter.html"))
}

/// Without a script, everything is there, and can be read on light and dark.
fn without_script(site: &Site) -> Checked {
    let mut browser = Browser::start()?;
    let off = json!({"value": true});
    browser.call("Emulation.setScriptExecutionDisabled", &off)?;
    browser.open(site, "bank-account.html")?;
    let shown = browser.run("probe.shown().join()")?;
    ensure(
        shown == "src/main.rs,src/account.rs,bank_account.py",
        || format!("{shown} can be seen"),
    )?;
    browser.run("document.querySelector('.timeline details').open = true")?;
    let lines = browser.run("probe.printed()")?;
    ensure(lines == 12, || format!("{lines} lines of the run"))?;
    for (scheme, ground) in [("light", "255, 255, 255"), ("dark", "19, 21, 22")] {
        browser.wish(scheme)?;
        let there = browser
            .run("getComputedStyle(document.documentElement).backgroundColor")?;
        ensure(there == format!("rgb({ground})"), || format!("{there}"))?;
        let pale = browser.run("probe.pale()")?;
        ensure(pale == json!([]), || format!("{scheme}: {pale:#}"))?;
    }
    Ok(())
}

/// Presses every copy button of a chapter, and the one of a file's own page.
fn copy(site: &Site) -> Checked {
    let mut browser = Browser::start()?;
    let permissions = json!({
        "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"],
    });
    browser.call("Browser.grantPermissions", &permissions)?;

    let folder = root().join("examples-sync/bank-account");
    let chapter = fs::read_to_string(folder.join("README.md"))?;
    let mut expected = Vec::new();
    for fence in chapter.split("```").skip(1).step_by(2) {
        let (kind, code) =
            fence.split_once('\n').ok_or("a fence without an end")?;
        expected.push(match kind {
            "console" => "cargo run -qp bank-account\n".into(),
            _ => code.to_owned(),
        });
    }
    let whole = ["src/main.rs", "src/account.rs", "bank_account.py"];
    let from_python = chapter.split("## From Python").next().ok_or("no part")?;
    let place = from_python.matches("```").count() / 2;
    for (number, file) in whole.iter().enumerate() {
        let text = fs::read_to_string(folder.join(file))?;
        expected.insert(place + number, text);
    }

    browser.open(site, "bank-account.html")?;
    let count =
        browser.run("document.querySelectorAll('pre .clip-button').length")?;
    ensure(count == expected.len(), || {
        format!("{count} buttons for {} pieces of code", expected.len())
    })?;
    for (number, expected) in expected.iter().enumerate() {
        let copied = browser.run(&format!("probe.copied({number})"))?;
        let mut copied = copied.as_str().unwrap_or_default().to_owned();
        // mdBook leaves out the last line break of a fence with Rust.
        let is_fence = !(place..place + whole.len()).contains(&number);
        if is_fence && !copied.ends_with('\n') {
            copied.push('\n');
        }
        ensure(copied == *expected, || {
            format!("copied:\n{copied}\nbut it is:\n{expected}")
        })?;
    }

    browser.open(site, "bank-account/src/main.rs.html")?;
    let copied = browser.run("probe.copied(0)")?;
    ensure(
        copied == fs::read_to_string(folder.join("src/main.rs"))?,
        || format!("the page of the file: {copied}"),
    )
}
