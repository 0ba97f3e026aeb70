//! The series of metrics: each is asked of the recorder once.

use std::{collections::HashMap, time::Duration};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Level, Metadata, Recorder};

use super::names::{Metric, Sort};

/// What stands where a name would be one too many.
const OTHER: &str = "other";

const METADATA: Metadata<'static> =
    Metadata::new("orchestrated", Level::INFO, Some(module_path!()));

/// All series that there are so far.
#[derive(Default)]
pub(super) struct Series {
    /// How many steps, and how many workflows, have series of their own.
    limit: usize,
    is_described: bool,
    by_path: HashMap<String, usize>,
    workflows: Vec<Workflow>,
    steps: Vec<Group>,
    /// Those of the steps that are too many.
    other: Option<usize>,
    overall: Group,
}

struct Workflow {
    group: Group,
    by_name: HashMap<String, usize>,
}

/// The series that are about the same step, the same workflow, or nothing in particular.
#[derive(Default)]
pub(super) struct Group {
    labels: Vec<Label>,
    /// With the name of the metric, and the value of the label that is its own. There are about a dozen of them.
    handles: Vec<(&'static str, &'static str, Handle)>,
}

enum Handle {
    Counter(Counter),
    Gauge(Gauge),
    Histogram(Histogram),
}

impl Series {
    pub(super) fn limit(&mut self, steps: usize) {
        self.limit = steps;
    }

    /// Says once what the metrics are.
    pub(super) fn describe(&mut self, metrics: &[Metric], recorder: &dyn Recorder) {
        if std::mem::replace(&mut self.is_described, true) {
            return;
        }
        for metric in metrics {
            let (name, about) = (KeyName::from_const_str(metric.name), metric.about.into());
            let unit = Some(metric.unit);
            match metric.sort {
                Sort::Counter => recorder.describe_counter(name, unit, about),
                Sort::Gauge => recorder.describe_gauge(name, unit, about),
                Sort::Histogram => recorder.describe_histogram(name, unit, about),
            }
        }
    }

    /// The workflow of this path, or what stands for those that are too many.
    pub(super) fn workflow(&mut self, path: &str) -> usize {
        if let Some(&workflow) = self.by_path.get(path) {
            return workflow;
        }
        if self.workflows.len() >= self.limit && path != OTHER {
            return self.workflow(OTHER);
        }
        let workflow = self.workflows.len();
        let labels = vec![Label::new("workflow", path.to_owned())];
        self.workflows.push(Workflow {
            group: Group::new(labels),
            by_name: HashMap::new(),
        });
        self.by_path.insert(path.to_owned(), workflow);
        workflow
    }

    /// The step of this name, or what stands for those that are too many.
    pub(super) fn step(&mut self, workflow: usize, name: &str, kind: &'static str) -> usize {
        let of = &mut self.workflows[workflow];
        if let Some(&step) = of.by_name.get(name) {
            return step;
        }
        let step = self.steps.len() - usize::from(self.other.is_some());
        if step >= self.limit {
            return *self.other.get_or_insert_with(|| {
                let names = ["workflow", "step", "kind"];
                let labels = names.map(|name| Label::new(name, OTHER));
                self.steps.push(Group::new(labels.into()));
                self.steps.len() - 1
            });
        }
        let mut labels = of.group.labels.clone();
        labels.push(Label::new("step", name.to_owned()));
        labels.push(Label::from_static_parts("kind", kind));
        of.by_name.insert(name.to_owned(), self.steps.len());
        self.steps.push(Group::new(labels));
        self.steps.len() - 1
    }

    pub(super) fn of_workflow(&mut self, workflow: usize) -> &mut Group {
        &mut self.workflows[workflow].group
    }

    pub(super) fn of_step(&mut self, step: usize) -> &mut Group {
        &mut self.steps[step]
    }

    /// Those that are about no workflow.
    pub(super) fn overall(&mut self) -> &mut Group {
        &mut self.overall
    }
}

impl Group {
    fn new(labels: Vec<Label>) -> Self {
        let handles = Vec::new();
        Self { labels, handles }
    }

    pub(super) fn count(&mut self, metric: &Metric, value: &'static str, to: &dyn Recorder) {
        if let Handle::Counter(counter) = self.handle(metric, value, to) {
            counter.increment(1);
        }
    }

    pub(super) fn time(
        &mut self,
        metric: &Metric,
        value: &'static str,
        time: Duration,
        to: &dyn Recorder,
    ) {
        if let Handle::Histogram(histogram) = self.handle(metric, value, to) {
            histogram.record(time);
        }
    }

    pub(super) fn add(
        &mut self,
        metric: &Metric,
        value: &'static str,
        more: f64,
        to: &dyn Recorder,
    ) {
        if let Handle::Gauge(gauge) = self.handle(metric, value, to) {
            gauge.increment(more);
        }
    }

    /// The series of this metric with this value of its label. It is asked of the recorder once.
    fn handle(&mut self, metric: &Metric, value: &'static str, to: &dyn Recorder) -> &Handle {
        let is_it = |(name, of, _): &(_, _, _)| *name == metric.name && *of == value;
        let known = self.handles.iter().position(is_it);
        let index = known.unwrap_or_else(|| {
            let handle = self.register(metric, value, to);
            self.handles.push((metric.name, value, handle));
            self.handles.len() - 1
        });
        &self.handles[index].2
    }

    fn register(&self, metric: &Metric, value: &'static str, to: &dyn Recorder) -> Handle {
        let mut labels = self.labels.clone();
        if !metric.label.is_empty() {
            labels.push(Label::from_static_parts(metric.label, value));
        }
        let key = Key::from_parts(metric.name, labels);
        match metric.sort {
            Sort::Counter => Handle::Counter(to.register_counter(&key, &METADATA)),
            Sort::Gauge => Handle::Gauge(to.register_gauge(&key, &METADATA)),
            Sort::Histogram => Handle::Histogram(to.register_histogram(&key, &METADATA)),
        }
    }
}
