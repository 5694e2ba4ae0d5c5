//! Gathers the chapters, pages and pictures in a folder for mdBook.
//!
//! On the site, all pages stand in one folder, so a link between pages is just a
//! name: `examples-sync/bank-account/README.md` becomes `bank-account.html`. What
//! belongs to an example stands in a folder of its name, as in
//! `bank-account/timeline.svg`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, ensure};
use regex::Regex;
use timeline::examples::{self, Example};

use crate::{markdown, read, replaced, write};

/// The table of contents of the pages that belong to no single program.
const REFERENCE: &str = "shared/book/pages/SUMMARY.md";

/// The page that the table of contents does not name.
const CONTRIBUTING: &str = "CONTRIBUTING.md";

/// A page of the book.
pub struct Page {
    /// The Markdown file, from the root of the workspace.
    pub file: PathBuf,
    /// The name of its page, without the ending: `bank-account`.
    pub name: String,
    /// The example whose chapter it is.
    pub example: Option<Example>,
}

/// Everything that the site is made from.
pub struct Stage {
    /// The root of the workspace.
    pub root: PathBuf,
    /// The pages, in their order.
    pub pages: Vec<Page>,
    /// The source files that code may be from, and what is in them.
    pub sources: BTreeMap<PathBuf, String>,
    /// Files that have a page of their own, because a page links to them.
    linked: RefCell<BTreeSet<PathBuf>>,
    /// The pictures that the pages show.
    pictures: RefCell<BTreeSet<PathBuf>>,
}

impl Stage {
    /// Reads the workspace at `root`, and fills the folder `staging`.
    pub(crate) fn fill(root: &Path, staging: &Path) -> Result<Self> {
        let link = Regex::new(r"\]\(([^)]+\.md)\)")?;
        let mut contents = read(&root.join("SUMMARY.md"))?;
        let reference = root.join(REFERENCE);
        if reference.exists() {
            let list = read(&reference)?;
            let list = list.lines().filter(|line| line.contains("]("));
            let list = list.collect::<Vec<_>>().join("\n");
            let list = link.replace_all(&list, "](shared/book/pages/$1)");
            contents.extend(["\n# Reference\n\n", &list, "\n"]);
        }
        let last = ["\n---\n\n[How to add an example](", CONTRIBUTING, ")\n"];
        contents.extend(last);

        let mut examples = BTreeMap::new();
        for example in examples::below(root)? {
            let chapter = example.folder.strip_prefix(root)?.join("README.md");
            examples.insert(chapter, example);
        }
        let mut pages: Vec<Page> = Vec::new();
        for found in link.captures_iter(&contents) {
            let file = PathBuf::from(&found[1]);
            let example = examples.get(&file).cloned();
            let mut name = page_name(&file);
            // The page about the GIL, beside the example `gil`.
            let taken = examples.values().any(|example| example.name == name);
            if example.is_none() && taken {
                name += "-page";
            }
            pages.push(Page {
                file,
                name,
                example,
            });
        }
        let mut names = BTreeSet::new();
        for page in &pages {
            let name = &page.name;
            ensure!(names.insert(name), "two pages are called {name}");
        }

        let stage = Self {
            root: root.to_owned(),
            pages,
            sources: sources(root)?,
            linked: RefCell::default(),
            pictures: RefCell::default(),
        };
        stage.write_pages(staging)?;
        let contents = replaced(&link, &contents, |found| {
            let page = stage.page(Path::new(&found[1])).context("no page")?;
            Ok(format!("]({}.md)", page.name))
        })?;
        write(&staging.join("src/SUMMARY.md"), contents)?;
        let theme = [
            ("pages.css", include_str!("../theme/pages.css")),
            ("pages.js", include_str!("../theme/pages.js")),
            ("fonts/fonts.css", include_str!("../theme/fonts.css")),
        ];
        for (name, text) in theme {
            write(&staging.join("theme").join(name), text)?;
        }
        Ok(stage)
    }

    /// Writes the pages, and the pictures that they show.
    fn write_pages(&self, staging: &Path) -> Result<()> {
        let folder = staging.join("src");
        for page in &self.pages {
            let text = read(&self.root.join(&page.file))?;
            let text = markdown::rewrite(self, page, &text)
                .with_context(|| page.file.display().to_string())?;
            write(&folder.join(format!("{}.md", page.name)), text)?;
        }
        for file in self.pictures.borrow().iter() {
            let picture = fs::read(self.root.join(file))
                .with_context(|| file.display().to_string())?;
            write(&folder.join(self.place(file)), picture)?;
        }
        Ok(())
    }

    /// The page whose Markdown file this is, from the root of the workspace.
    pub(crate) fn page(&self, file: &Path) -> Option<&Page> {
        self.pages.iter().find(|page| page.file == file)
    }

    /// The page of the site that shows a source file.
    pub(crate) fn source_page(&self, file: &Path) -> String {
        self.linked.borrow_mut().insert(file.to_owned());
        format!("{}.html", self.place(file))
    }

    /// Where a picture stands on the site.
    pub(crate) fn picture(&self, file: &Path) -> String {
        self.pictures.borrow_mut().insert(file.to_owned());
        self.place(file)
    }

    /// Files that have a page of their own.
    pub(crate) fn linked(&self) -> BTreeSet<PathBuf> {
        self.linked.borrow().clone()
    }

    /// The chapter whose example the file belongs to.
    pub(crate) fn owner(&self, file: &Path) -> Option<&Page> {
        self.pages.iter().find(|page| {
            let folder = page.file.parent();
            page.example.is_some() && folder.is_some_and(|f| file.starts_with(f))
        })
    }

    /// Where a file stands on the site: what belongs to an example stands in the
    /// folder of its name, and what belongs to none in `files`.
    pub(crate) fn place(&self, file: &Path) -> String {
        let Some(page) = self.owner(file) else {
            return format!("files/{}", slashes(file));
        };
        let rest = page.file.parent().and_then(|f| file.strip_prefix(f).ok());
        format!("{}/{}", page.name, slashes(rest.unwrap_or(file)))
    }

    /// The source files below a folder, from the root of the workspace.
    pub(crate) fn sources_below(
        &self,
        folder: &Path,
    ) -> impl Iterator<Item = (&PathBuf, &String)> {
        let folder = folder.to_owned();
        self.sources
            .iter()
            .filter(move |(file, _)| file.starts_with(&folder))
    }
}

/// The path with `/`, as in links.
fn slashes(path: &Path) -> String {
    let parts = path.components().map(Component::as_os_str);
    let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// `bank-account` for `examples-sync/bank-account/README.md`, `index` for the
/// README at the top, and `glossary` for `shared/book/pages/glossary.md`.
fn page_name(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    if stem != "README" {
        return stem.to_lowercase();
    }
    let folder = file.parent().and_then(Path::file_name);
    folder.map_or("index".into(), |name| name.to_string_lossy().into_owned())
}

/// All files of the workspace that code in a page may be from.
fn sources(root: &Path) -> Result<BTreeMap<PathBuf, String>> {
    let mut sources = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with('.') || name == "target" || name == "__pycache__" {
                continue;
            }
            let ending = path.extension().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                folders.push(path);
            } else if ["rs", "py", "toml", "txt"].contains(&&*ending) {
                let text = read(&path)?;
                sources.insert(path.strip_prefix(root)?.to_owned(), text);
            }
        }
    }
    Ok(sources)
}
