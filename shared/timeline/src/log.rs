//! Reads the lines that `shared` recorded; their format stands in its
//! `timeline.rs`.

use std::collections::{BTreeMap, HashMap, HashSet};

/// A run.
#[derive(Debug, Default)]
pub struct Timeline {
    /// The processes that recorded something: the one that started the others, and
    /// then by name.
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
#[derive(Clone, Debug)]
pub struct Span {
    /// What the program calls it.
    pub name: String,
    /// Whether the thread waited.
    pub wait: bool,
    /// How many spans are around it.
    pub depth: usize,
    /// In nanoseconds since the first event of the run.
    pub begin: u64,
    /// As `begin`. The end of the run, if nobody knows.
    pub end: u64,
    /// Whether its process ended inside it.
    pub torn: bool,
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
    /// How deep its spans are nested: 1 if none stands in another.
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
    lanes: BTreeMap<usize, LaneReader>,
}

#[derive(Default)]
struct LaneReader {
    label: String,
    spans: Vec<Span>,
    /// The number of each span that has not ended, and its place in `spans`.
    open: Vec<(usize, usize)>,
    /// The place of the wait that has not ended.
    waiting: Option<usize>,
    time: u64,
    /// When it said that it ends.
    exit: Option<u64>,
}

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
        if event.kind == Kind::Process {
            process.command = printable(event.text);
            return Some(());
        }
        let lane = process.lanes.entry(event.thread).or_default();
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
        let last = last.max(run.map_or(0, |run| run.end));
        let mut processes: Vec<Process> = self
            .processes
            .into_iter()
            .map(ProcessReader::finish)
            .collect();
        let root = label(&mut processes, run.map(|run| run.root));
        processes.sort_by_cached_key(|p| (Some(p.id) != root, natural(&p.label)));
        processes.retain(|process| !process.lanes.is_empty());

        let lanes = processes.iter_mut().flat_map(|process| &mut process.lanes);
        let mut spans: Vec<&mut Span> =
            lanes.flat_map(|lane| &mut lane.spans).collect();
        for span in &mut spans {
            span.begin -= first;
            span.end = span.end.min(last) - first;
        }
        group(spans);
        Timeline {
            processes,
            duration: last - first,
            unreadable: Vec::new(),
        }
    }
}

impl ProcessReader {
    fn finish(self) -> Process {
        let exit = self.lanes.values().filter_map(|lane| lane.exit).max();
        let lanes = self
            .lanes
            .into_iter()
            .filter(|(_, lane)| !lane.spans.is_empty());
        let lane = |(thread, mut lane): (usize, LaneReader)| {
            // When a process exits, a thread's last line may be lost. So a wait
            // ends with the last thread that says that it ends.
            if let (Some(place), Some(exit)) = (lane.waiting, exit)
                && lane.time <= exit
            {
                lane.time = exit;
                lane.end(place);
            }
            let unnamed = lane.label.is_empty();
            let label = if unnamed {
                format!("thread {thread}")
            } else {
                lane.label
            };
            Lane {
                thread,
                label,
                spans: lane.spans,
            }
        };
        let mut lanes: Vec<Lane> = lanes.map(lane).collect();
        lanes.sort_by_cached_key(|lane| {
            (lane.label != "main", natural(&lane.label), lane.thread)
        });
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
        let open = self.open.iter().rposition(|o| o.0 == event.span);
        if event.kind == Kind::End && open.is_none() {
            return None; // the line of its beginning is lost
        }
        // The clock of one thread does not go back, whatever the log says.
        self.time = self.time.max(event.time);
        if let Some(wait) = self.waiting.take() {
            self.end(wait);
        }
        match event.kind {
            Kind::Begin => self.begin(event.span, printable(event.text)),
            Kind::Wait => {
                self.waiting = Some(self.add(printable(event.text), true));
            }
            Kind::End => {
                let ended = self.open.split_off(open?);
                for &(_, place) in &ended {
                    self.end(place);
                }
                self.spans[ended[0].1].panicked = event.text == "panic";
                // What goes on stands one level up from here.
                for &(number, place) in &ended[1..] {
                    if ends.contains(&(event.process, event.thread, number)) {
                        self.begin(number, self.spans[place].name.clone());
                    }
                }
            }
            Kind::Exit => {
                self.exit = Some(self.time);
                // They stay torn: the process ended inside them.
                for (_, place) in self.open.split_off(0) {
                    self.spans[place].end = self.time;
                }
            }
            Kind::Process | Kind::Thread => {}
        }
        Some(())
    }

    fn begin(&mut self, number: usize, name: String) {
        let place = self.add(name, false);
        self.open.push((number, place));
    }

    /// Adds a span that is torn until its end comes. Returns its place.
    fn add(&mut self, name: String, wait: bool) -> usize {
        self.spans.push(Span {
            name,
            wait,
            depth: self.open.len(),
            begin: self.time,
            end: NEVER,
            torn: true,
            panicked: false,
            group: 0,
        });
        self.spans.len() - 1
    }

    fn end(&mut self, place: usize) {
        self.spans[place].end = self.time;
        self.spans[place].torn = false;
    }
}

/// The process that started the others is called after its program, the others
/// after their first argument, which is their role.
fn label(processes: &mut [Process], root: Option<u32>) -> Option<u32> {
    let alone = processes.len() == 1;
    let mut likely = processes
        .iter()
        .filter(|process| alone || !process.command.contains(' '));
    let root = root.or(likely.next().map(|process| process.id));
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
    root
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

/// Orders `teller-2` before `teller-10`.
fn natural(label: &str) -> (String, u64) {
    let name = label.trim_end_matches(|c: char| c.is_ascii_digit());
    (name.into(), label[name.len()..].parse().unwrap_or(0))
}

/// The first word, without its digits.
fn first_word(name: &str) -> String {
    let word = name.split_whitespace().next().unwrap_or_default();
    word.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// The text without what could move a cursor or break a file format.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
