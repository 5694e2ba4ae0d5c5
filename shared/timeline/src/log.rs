//! Reads the lines that `shared` recorded; their format stands in its
//! `timeline.rs`.

use std::collections::HashMap;

/// A run: its processes in the order of their first events.
#[derive(Debug, Default)]
pub struct Timeline {
    /// The processes that recorded something.
    pub processes: Vec<Process>,
    /// From the first event to the last, in nanoseconds.
    pub duration: u64,
    /// The numbers of the lines that make no sense.
    pub unreadable: Vec<usize>,
}

/// A process of the run.
#[derive(Debug)]
pub struct Process {
    /// The process id.
    pub id: u32,
    /// The program and its arguments.
    pub command: String,
    /// A short name that no other process of the run has.
    pub label: String,
    /// A lane for each thread that recorded something: main first, then by name.
    pub lanes: Vec<Lane>,
}

/// What one thread did. Its spans nest, and none overlaps another in part.
#[derive(Debug)]
pub struct Lane {
    /// The thread's number in its process, from 1, in the order of their first
    /// events.
    pub thread: usize,
    /// A short name that no other thread of the process has.
    pub label: String,
    /// The spans in the order of their beginnings.
    pub spans: Vec<Span>,
}

/// Something that a thread did for a time, or waited for.
#[derive(Debug)]
pub struct Span {
    /// What the program calls it.
    pub name: String,
    /// Whether the thread waited.
    pub wait: bool,
    /// How many spans are around it.
    pub depth: usize,
    /// In nanoseconds since the first event of the run.
    pub begin: u64,
    /// As `begin`. The end of the run, if the span is torn.
    pub end: u64,
    /// Whether no end was recorded: the process ended inside it.
    pub torn: bool,
    /// The same number for spans whose names have the same first word, digits
    /// aside: `job 1` and `job 2`, say. Counts from 0 through the run.
    pub group: usize,
}

impl Timeline {
    /// Reads a log. Lines that make no sense are left out and counted.
    ///
    /// `started` is the process that started the others; if nobody knows, it is
    /// taken to be the first without arguments.
    #[must_use]
    pub fn read(log: &[u8], started: Option<u32>) -> Self {
        let mut reader = Reader::default();
        let mut unreadable = Vec::new();
        for (number, line) in (1..).zip(log.split_inclusive(|&b| b == b'\n')) {
            let line = String::from_utf8_lossy(line);
            // What has no line end was cut.
            let event = line.strip_suffix('\n').and_then(Event::parse);
            if event.and_then(|event| reader.take(&event)).is_none() {
                unreadable.push(number);
            }
        }
        Self { unreadable, ..reader.finish(started) }
    }

    /// All spans of the run.
    pub fn spans(&self) -> impl Iterator<Item = &Span> {
        self.lanes().flat_map(|lane| &lane.spans)
    }

    /// All lanes of the run.
    pub fn lanes(&self) -> impl Iterator<Item = &Lane> {
        self.processes.iter().flat_map(|process| &process.lanes)
    }
}

impl Lane {
    /// How deep its spans are nested: 1 if none stands in another.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.spans.iter().map(|span| span.depth + 1).max().unwrap_or(0)
    }
}

/// One line of the log.
struct Event<'a> {
    kind: &'a str,
    time: u64,
    process: u32,
    thread: usize,
    depth: usize,
    text: &'a str,
}

impl<'a> Event<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut fields = line.splitn(6, '\t');
        Some(Self {
            kind: fields.next()?,
            time: fields.next()?.parse().ok()?,
            process: fields.next()?.parse().ok()?,
            thread: fields.next()?.parse().ok()?,
            depth: fields.next()?.parse().ok()?,
            text: fields.next()?,
        })
    }
}

/// What is known so far.
#[derive(Default)]
struct Reader {
    processes: Vec<Process>,
    /// Where the process with an id stands in `processes`. The system may give an
    /// id again when its process has ended.
    current: HashMap<u32, usize>,
    /// The state of each lane, by its process's place and its thread.
    states: HashMap<(usize, usize), State>,
    first: Option<u64>,
    last: u64,
    groups: HashMap<String, usize>,
}

/// Where a lane is: places in its list of spans.
#[derive(Default)]
struct State {
    lane: usize,
    /// The recorded depth of each open span, and its place.
    open: Vec<(usize, usize)>,
    waiting: Option<usize>,
    time: u64,
}

impl Reader {
    /// Takes in one event. `None` if it makes no sense.
    fn take(&mut self, event: &Event) -> Option<()> {
        if !["process", "thread", "begin", "end", "wait", "exit"]
            .contains(&event.kind)
        {
            return None;
        }
        self.first = Some(self.first.unwrap_or(event.time).min(event.time));
        self.last = self.last.max(event.time);

        let known = self.current.get(&event.process).copied();
        let place = match known {
            Some(place) if event.kind != "process" => place,
            _ => {
                self.processes.push(Process {
                    id: event.process,
                    command: String::new(),
                    label: String::new(),
                    lanes: Vec::new(),
                });
                self.current.insert(event.process, self.processes.len() - 1);
                self.processes.len() - 1
            }
        };
        let process = &mut self.processes[place];
        if event.kind == "process" {
            process.command = printable(event.text);
            return Some(());
        }

        let state = self.states.entry((place, event.thread)).or_insert_with(|| {
            let (thread, label) = (event.thread, String::new());
            process.lanes.push(Lane { thread, label, spans: Vec::new() });
            State { lane: process.lanes.len() - 1, ..State::default() }
        });
        let lane = &mut process.lanes[state.lane];
        if event.kind == "thread" {
            lane.label = printable(event.text);
            return Some(());
        }

        // A clock of one thread does not go back, whatever the log says.
        state.time = state.time.max(event.time);
        // Every event ends the wait, and the spans inside the one that it is about:
        // if they are still open, the lines of their ends are missing.
        let inner = state.open.partition_point(|&(depth, _)| depth < event.depth);
        let inner = state.open.split_off(inner);
        let unknown =
            event.kind == "end" && inner.first().is_none_or(|o| o.0 != event.depth);
        let inner = inner.into_iter().map(|(_, place)| place);
        for place in inner.chain(state.waiting.take()) {
            lane.spans[place].end = state.time;
            lane.spans[place].torn = false;
        }
        if unknown {
            return None; // the line of its beginning is missing
        }
        if let "begin" | "wait" = event.kind {
            let wait = event.kind == "wait";
            let name = printable(event.text);
            let groups = self.groups.len();
            let group = if wait {
                0
            } else {
                *self.groups.entry(key(&name)).or_insert(groups)
            };
            lane.spans.push(Span {
                name,
                wait,
                depth: state.open.len(),
                begin: state.time,
                end: state.time,
                torn: true, // until the end is there
                group,
            });
            let place = lane.spans.len() - 1;
            if wait {
                state.waiting = Some(place);
            } else {
                state.open.push((event.depth, place));
            }
        }
        Some(())
    }

    /// Counts time from the first event, ends what is open, and finds labels.
    fn finish(self, started: Option<u32>) -> Timeline {
        let first = self.first.unwrap_or(0);
        let mut processes = self.processes;
        for process in &mut processes {
            process.lanes.retain(|lane| !lane.spans.is_empty());
            for lane in &mut process.lanes {
                for span in &mut lane.spans {
                    span.begin -= first;
                    span.end = if span.torn { self.last } else { span.end } - first;
                }
                if lane.label.is_empty() {
                    lane.label = format!("thread {}", lane.thread);
                }
            }
            process.lanes.sort_by_cached_key(|lane| {
                let main = lane.label != "main";
                (main, natural(&lane.label), lane.thread)
            });
            tell_apart(process.lanes.iter_mut().map(|lane| &mut lane.label));
        }
        label(&mut processes, started);
        processes.retain(|process| !process.lanes.is_empty());
        Timeline { processes, duration: self.last - first, unreadable: Vec::new() }
    }
}

/// The process that started the others is called after its program, the others
/// after their first argument, which is their role.
fn label(processes: &mut [Process], started: Option<u32>) {
    let alone = processes.len() == 1;
    let mut likely =
        processes.iter().filter(|process| alone || !process.command.contains(' '));
    let started = started.or(likely.next().map(|process| process.id));
    let its_command = processes.iter().find(|process| Some(process.id) == started);
    let its_command = its_command.map(|process| process.command.clone());
    for process in processes.iter_mut() {
        let mut words = process.command.split(' ');
        let program = words.next().unwrap_or_default();
        let role = words.next().unwrap_or_default().trim_start_matches('-');
        process.label = if Some(process.id) == started && !program.is_empty() {
            program.into()
        } else if role.is_empty() || Some(&process.command) == its_command.as_ref()
        {
            "child".into() // it has the arguments of its parent
        } else {
            role.into()
        };
    }
    tell_apart(processes.iter_mut().map(|process| &mut process.label));
}

/// Appends a number to labels that are there more than once.
fn tell_apart<'a>(labels: impl Iterator<Item = &'a mut String>) {
    let labels: Vec<&mut String> = labels.collect();
    let mut times: HashMap<String, (usize, usize)> = HashMap::new();
    for label in &labels {
        times.entry((**label).clone()).or_default().0 += 1;
    }
    for label in labels {
        let (all, seen) = times.get_mut(label).expect("it was counted");
        if *all > 1 {
            *seen += 1;
            *label = format!("{label} {seen}");
        }
    }
}

/// Orders `teller-2` before `teller-10`.
fn natural(label: &str) -> (String, u64) {
    let name = label.trim_end_matches(|c: char| c.is_ascii_digit());
    (name.into(), label[name.len()..].parse().unwrap_or(0))
}

/// The first word, without its digits.
fn key(name: &str) -> String {
    let word = name.split_whitespace().next().unwrap_or_default();
    word.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// The text without what could move a cursor or break a file format.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
