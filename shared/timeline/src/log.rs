//! Reads the lines that `shared` recorded; their format stands in its
//! `timeline.rs`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::mem;

use crate::Printed;

/// A run.
#[derive(Debug, Default)]
pub struct Timeline {
    /// The processes that recorded something, in the order of their first events.
    /// Children that were started together stand in the order of their ids, in
    /// which they were started, whichever of them was quickest.
    pub processes: Vec<Process>,
    /// When the first event was, in nanoseconds since 1970.
    pub start: u64,
    /// From the first event to the last, in nanoseconds.
    pub duration: u64,
    /// What the run printed, if that was kept.
    pub printed: Vec<Printed>,
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
    /// A lane for each thread that recorded something, in the order of their first
    /// events. Where the eye cannot tell these apart, main first, and then by name.
    pub lanes: Vec<Lane>,
}

/// What one thread did.
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
#[derive(Clone, Debug)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each answers a question of its own"
)]
pub struct Span {
    /// What the program calls it.
    pub name: String,
    /// Whether the thread waited.
    pub wait: bool,
    /// Its row in the lane: the first that was free when it began. Where spans
    /// nest, this is the number of spans around it. No two spans of a row overlap.
    pub depth: usize,
    /// In nanoseconds since the first event of the run.
    pub begin: u64,
    /// As `begin`.
    pub end: u64,
    /// Whether its process ended inside it.
    pub torn: bool,
    /// Whether the log does not say when its process ended. `end` is the last event
    /// of the process then.
    pub fades: bool,
    /// Whether a panic ended it.
    pub panicked: bool,
    /// The same number for spans whose names have the same first word, digits
    /// aside: `job 1` and `job 2`, say. Counts from 0 through the run. Spans whose
    /// first word comes only once are in one group.
    pub group: usize,
}

/// What is known of a run beside its log.
#[derive(Clone, Copy)]
pub struct Run {
    /// The process that started the others.
    pub root: u32,
    /// When it had ended, in nanoseconds since 1970.
    pub end: u64,
}

impl Timeline {
    /// Reads a log. Lines that make no sense are left out and counted.
    #[must_use]
    pub fn read(log: &[u8], run: Option<Run>) -> Self {
        let log = String::from_utf8_lossy(log);
        let events = || log.split_inclusive('\n').map(Event::parse);
        let mut reader = Reader::default();
        for event in events().flatten().filter(|event| event.kind == Kind::End) {
            reader
                .ends
                .insert((event.process, event.thread, event.span));
        }
        let mut unreadable = Vec::new();
        for (number, event) in (1..).zip(events()) {
            if event.and_then(|event| reader.take(&event)).is_none() {
                unreadable.push(number);
            }
        }
        Self {
            unreadable,
            ..reader.finish(run)
        }
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
    /// The number of its rows: 1 if no span stands in another.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.spans
            .iter()
            .map(|span| span.depth + 1)
            .max()
            .unwrap_or(0)
    }
}

/// One line of the log.
struct Event<'a> {
    kind: Kind,
    time: u64,
    process: u32,
    thread: usize,
    span: usize,
    text: &'a str,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Process,
    Thread,
    Begin,
    End,
    Wait,
    Exit,
    Gone,
}

impl<'a> Event<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let line = line.strip_suffix('\n')?; // what has no line end was cut
        let line = line.strip_suffix('\r').unwrap_or(line);
        let mut fields = line.splitn(6, '\t');
        Some(Self {
            kind: match fields.next()? {
                "process" => Kind::Process,
                "thread" => Kind::Thread,
                "begin" => Kind::Begin,
                "end" => Kind::End,
                "wait" => Kind::Wait,
                "exit" => Kind::Exit,
                "gone" => Kind::Gone,
                _ => return None,
            },
            time: fields.next()?.parse().ok()?,
            process: fields.next()?.parse().ok()?,
            thread: fields.next()?.parse().ok()?,
            span: fields.next()?.parse().ok()?,
            text: fields.next()?,
        })
    }
}

/// A run, as far as its log is read.
#[derive(Default)]
struct Reader {
    processes: Vec<ProcessReader>,
    /// Where the process with an id stands in `processes`. The system may give an
    /// id again when its process has ended.
    current: HashMap<u32, usize>,
    /// The process, thread and number of each span that has an end in the log.
    ends: HashSet<(u32, usize, usize)>,
    /// The times of the first and the last event.
    times: Option<(u64, u64)>,
}

#[derive(Default)]
struct ProcessReader {
    id: u32,
    command: String,
    /// The time of its first line.
    first: Option<u64>,
    lanes: BTreeMap<usize, LaneReader>,
    /// When it ended, if the log says so.
    gone: Option<u64>,
}

#[derive(Default)]
struct LaneReader {
    label: String,
    /// The time of its first line.
    first: Option<u64>,
    spans: Vec<Span>,
    /// The places in `spans` of those that have not ended, by their number.
    open: HashMap<usize, Vec<usize>>,
    /// The places of the open spans whose end is not in the log.
    endless: Vec<usize>,
    rows: Rows,
    /// The place of the wait that has not ended.
    waiting: Option<usize>,
    time: u64,
    /// When it said that it ends.
    exit: Option<u64>,
}

/// Which rows of a lane are free.
#[derive(Default)]
struct Rows {
    /// Rows that were used before.
    free: BinaryHeap<Reverse<usize>>,
    /// How many rows there are.
    count: usize,
}

impl Rows {
    /// Takes the first row that is free.
    fn take(&mut self) -> usize {
        if let Some(Reverse(row)) = self.free.pop() {
            return row;
        }
        self.count += 1;
        self.count - 1
    }

    fn give_back(&mut self, row: usize) {
        self.free.push(Reverse(row));
    }
}

/// The part of a run in which the eye cannot tell two moments apart.
const UNSEEN: u64 = 500;

/// Children that have their first events within this time, in nanoseconds, were
/// started together.
const TOGETHER: u64 = 10_000_000;

/// The end of a span that has none.
const NEVER: u64 = u64::MAX;

impl Reader {
    /// Takes in one event. `None` if it makes no sense.
    fn take(&mut self, event: &Event) -> Option<()> {
        let place = match self.current.get(&event.process) {
            Some(&place) if event.kind != Kind::Process => place,
            _ => {
                let id = event.process;
                self.processes.push(ProcessReader {
                    id,
                    ..Default::default()
                });
                self.current.insert(id, self.processes.len() - 1);
                self.processes.len() - 1
            }
        };
        let process = &mut self.processes[place];
        process.first.get_or_insert(event.time);
        if event.kind == Kind::Process {
            process.command = printable(event.text);
            return Some(());
        }
        if event.kind == Kind::Gone {
            process.gone = Some(event.time);
            return Some(());
        }
        let lane = process.lanes.entry(event.thread).or_default();
        lane.first.get_or_insert(event.time);
        if event.kind == Kind::Thread {
            lane.label = printable(event.text);
            return Some(());
        }
        lane.take(event, &self.ends)?;
        let (first, last) = self.times.unwrap_or((event.time, event.time));
        self.times = Some((first.min(event.time), last.max(event.time)));
        Some(())
    }

    /// Counts time from the first event, ends what is open, and finds labels.
    fn finish(self, run: Option<Run>) -> Timeline {
        let (first, last) = self.times.unwrap_or_default();
        let gone = self.processes.iter().filter_map(|process| process.gone);
        let last = gone.chain(run.map(|run| run.end)).fold(last, u64::max);
        let unseen = (last - first) / UNSEEN;
        let root = find_root(&self.processes, run);
        let (parents, mut readers): (Vec<_>, Vec<_>) = self
            .processes
            .into_iter()
            .partition(|reader| Some(reader.id) == root);
        let together = unseen.max(TOGETHER);
        sort_by_time(
            &mut readers,
            together,
            |reader| reader.first,
            |reader| reader.id,
        );
        for parent in parents.into_iter().rev() {
            let later = readers
                .iter()
                .position(|reader| reader.first >= parent.first);
            readers.insert(later.unwrap_or(readers.len()), parent);
        }
        let mut processes: Vec<Process> = readers
            .into_iter()
            .map(|reader| reader.finish(unseen))
            .collect();
        label(&mut processes, root);
        processes.retain(|process| !process.lanes.is_empty());

        let lanes = processes.iter_mut().flat_map(|process| &mut process.lanes);
        let mut spans: Vec<&mut Span> =
            lanes.flat_map(|lane| &mut lane.spans).collect();
        for span in &mut spans {
            span.begin -= first;
            span.end -= first;
        }
        group(spans);
        Timeline {
            processes,
            start: first,
            duration: last - first,
            printed: Vec::new(),
            unreadable: Vec::new(),
        }
    }
}

impl ProcessReader {
    fn finish(self, unseen: u64) -> Process {
        let exit = self.lanes.values().filter_map(|lane| lane.exit).max();
        let last_event = self.lanes.values().map(|lane| lane.time).max();
        // The clocks of two processes may differ a little.
        let end = self.gone.max(last_event).unwrap_or_default();
        let mut readers: Vec<(usize, LaneReader)> = self
            .lanes
            .into_iter()
            .filter(|(_, lane)| !lane.spans.is_empty())
            .collect();
        sort_by_time(
            &mut readers,
            unseen,
            |(_, lane)| lane.first,
            |(thread, lane)| (lane.label != "main", natural(&lane.label), *thread),
        );
        let mut lanes = Vec::new();
        for (thread, mut lane) in readers {
            // When a process exits, a thread's last line may be lost. So a wait
            // ends with the last thread that says that it ends.
            if let (Some(place), Some(exit)) = (lane.waiting, exit)
                && lane.time <= exit
                && lane.open.is_empty()
            {
                lane.time = exit;
                lane.end(place);
            }
            for span in &mut lane.spans {
                if span.end == NEVER {
                    span.end = end;
                    span.fades = self.gone.is_none();
                }
            }
            let label = if lane.label.is_empty() {
                format!("thread {thread}")
            } else {
                lane.label
            };
            lanes.push(Lane {
                thread,
                label,
                spans: lane.spans,
            });
        }
        tell_apart(lanes.iter_mut().map(|lane| &mut lane.label));
        Process {
            id: self.id,
            command: self.command,
            label: String::new(),
            lanes,
        }
    }
}

impl LaneReader {
    /// Takes in an event of this thread. `None` if it makes no sense.
    fn take(
        &mut self,
        event: &Event,
        ends: &HashSet<(u32, usize, usize)>,
    ) -> Option<()> {
        let mut ended = None;
        if event.kind == Kind::End {
            // Without it, the line of its beginning is lost.
            ended = Some(self.open.get_mut(&event.span)?.pop()?);
        }
        // The clock of one thread does not go back, whatever the log says.
        self.time = self.time.max(event.time);
        if let Some(wait) = self.waiting.take() {
            self.end(wait);
        }
        match event.kind {
            Kind::Begin => {
                let place = self.add(printable(event.text), false);
                if ends.contains(&(event.process, event.thread, event.span)) {
                    self.open.entry(event.span).or_default().push(place);
                } else {
                    self.endless.push(place);
                }
            }
            Kind::Wait => {
                self.waiting = Some(self.add(printable(event.text), true));
            }
            Kind::End => {
                let place = ended?;
                self.end(place);
                self.spans[place].panicked = event.text == "panic";
                // The line of an inner end is lost: it came before this one.
                while let Some(inner) = self.endless.pop_if(|inner| *inner > place)
                {
                    self.end(inner);
                }
            }
            Kind::Exit => {
                self.exit = Some(self.time);
                // They stay torn: the process ended inside them.
                let open = mem::take(&mut self.open).into_values().flatten();
                for place in open.chain(mem::take(&mut self.endless)) {
                    self.spans[place].end = self.time;
                }
                self.rows = Rows::default();
            }
            Kind::Process | Kind::Thread | Kind::Gone => {}
        }
        Some(())
    }

    /// Adds a span that is torn until its end comes. Returns its place.
    fn add(&mut self, name: String, wait: bool) -> usize {
        self.spans.push(Span {
            name,
            wait,
            depth: self.rows.take(),
            begin: self.time,
            end: NEVER,
            torn: true,
            fades: false,
            panicked: false,
            group: 0,
        });
        self.spans.len() - 1
    }

    fn end(&mut self, place: usize) {
        let span = &mut self.spans[place];
        span.end = self.time;
        span.torn = false;
        self.rows.give_back(span.depth);
    }
}

/// The process that started the others: if the run does not say, one without
/// arguments.
fn find_root(processes: &[ProcessReader], run: Option<Run>) -> Option<u32> {
    let alone = processes.len() == 1;
    let mut likely = processes
        .iter()
        .filter(|process| alone || !process.command.contains(' '));
    run.map(|run| run.root)
        .or_else(|| likely.next().map(|process| process.id))
}

/// The process that started the others is named after its program, the others after
/// their first argument, which is their role.
fn label(processes: &mut [Process], root: Option<u32>) {
    let its_command = processes.iter().find(|process| Some(process.id) == root);
    let its_command = its_command.map(|process| process.command.clone());
    for process in processes.iter_mut() {
        let mut words = process.command.split(' ');
        let program = words.next().unwrap_or_default();
        let role = words.next().unwrap_or_default().trim_start_matches('-');
        process.label = if Some(process.id) == root && !program.is_empty() {
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

/// Numbers the groups of spans.
fn group(mut spans: Vec<&mut Span>) {
    spans.retain(|span| !span.wait);
    spans.sort_by_key(|span| span.begin);
    let mut times: HashMap<String, usize> = HashMap::new();
    for span in &spans {
        *times.entry(first_word(&span.name)).or_default() += 1;
    }
    let mut groups = HashMap::new();
    for span in spans {
        let word = first_word(&span.name);
        let word = if times[&word] == 1 {
            String::new()
        } else {
            word
        };
        let next = groups.len();
        span.group = *groups.entry(word).or_insert(next);
    }
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

/// Sorts by time, and by a key where times differ by no more than `unseen`.
fn sort_by_time<T, K: Ord>(
    items: &mut [T],
    unseen: u64,
    time: impl Fn(&T) -> Option<u64>,
    key: impl Fn(&T) -> K,
) {
    items.sort_by_key(|item| time(item));
    let mut rest = items;
    while let Some(first) = rest.first() {
        let limit = time(first).map(|time| time.saturating_add(unseen));
        let together = rest.partition_point(|item| time(item) <= limit);
        let (items, others) = rest.split_at_mut(together);
        items.sort_by_cached_key(|item| key(item));
        rest = others;
    }
}

/// Orders `teller-2` before `teller-10`.
fn natural(label: &str) -> (String, u64) {
    let name = label.trim_end_matches(|c: char| c.is_ascii_digit());
    (name.into(), label[name.len()..].parse().unwrap_or(0))
}

/// The first word, without its digits.
pub fn first_word(name: &str) -> String {
    let word = name.split_whitespace().next().unwrap_or_default();
    word.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// The text without what could move a cursor or break a file format.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
