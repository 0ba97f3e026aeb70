//! `dagrs` 0.9.0: its `Graph`, with a type of node of our own as in its example `custom_node`.
//!
//! That saves a box a task compared to `DefaultNode` with an `Action`. Inputs are received sender by sender, outputs are
//! broadcast, as in its examples. Every node is a task of the runtime from the start, and waits at its channels. A graph runs
//! again after `Graph::reset`, which makes its channels anew and is measured with the second run.

use std::sync::Arc;

use dagrs::{
    Content, EnvVar, Graph, InChannels, Node, NodeId, NodeName, NodeTable, OutChannels, Output,
    async_trait::async_trait,
};

use crate::{Again, Contender, Job, Load, Shape, TASKS, Tasks, WIDTH, Work, contender::at_once};

pub(crate) const CONTENDER: Contender = Contender {
    name: "dagrs 0.9.0",
    tasks: Tasks::Spawned,
    is_send: true,
    load: |load| load.spawned(orchestration),
    again: Some(again),
};

/// One more than what those it depends on give, or than a number where there are none.
struct Task {
    id: NodeId,
    name: NodeName,
    inputs: InChannels,
    outputs: OutChannels,
    work: Work,
    number: u64,
    after: Vec<NodeId>,
}

#[async_trait]
impl Node for Task {
    fn id(&self) -> NodeId {
        self.id
    }

    fn name(&self) -> NodeName {
        self.name.clone()
    }

    fn input_channels(&mut self) -> &mut InChannels {
        &mut self.inputs
    }

    fn output_channels(&mut self) -> &mut OutChannels {
        &mut self.outputs
    }

    async fn run(&mut self, _: Arc<EnvVar>) -> Output {
        let mut number = self.number;
        for sender in &self.after {
            let received = self.inputs.recv_from(sender).await;
            number += received
                .ok()
                .and_then(|content| content.get::<u64>().copied())
                .expect("a number");
        }
        let content = Content::new(self.work.on(number).await);
        self.outputs.broadcast(content.clone()).await;
        Output::Out(Some(content))
    }
}

async fn orchestration(job: Job) -> u64 {
    let (mut graph, results) = build(job);
    run(&mut graph, &results).await
}

async fn run(graph: &mut Graph, results: &[NodeId]) -> u64 {
    graph.async_start().await.expect("no task fails");
    let outputs = graph.get_results::<u64>();
    let number = |id: &NodeId| outputs.get(id).cloned().flatten();
    results
        .iter()
        .map(|id| *number(id).expect("it has run"))
        .sum()
}

fn again(load: Load) -> Again {
    Box::pin(async move {
        let mut graphs = Vec::new();
        for _ in 0..load.orchestrations {
            let (mut graph, results) = build(load.job);
            run(&mut graph, &results).await;
            graphs.push((graph, results));
        }
        Box::new(|| {
            at_once(graphs.into_iter().map(|(mut graph, results)| {
                tokio::spawn(async move {
                    graph.reset().await.expect("it can run again");
                    run(&mut graph, &results).await
                })
            }))
        }) as _
    })
}

/// The graph, and the tasks of it that nobody depends on.
fn build(Job { shape, work }: Job) -> (Graph, Vec<NodeId>) {
    let mut builder = Builder {
        graph: Graph::new(),
        ids: NodeTable::new(),
        names: ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].into_iter(),
        work,
    };
    let results = match shape {
        Shape::Independent => (0..TASKS as u64)
            .map(|number| builder.add(number, vec![]))
            .collect(),
        Shape::Fan => {
            let source = builder.add(1, vec![]);
            let wide: [_; WIDTH] = std::array::from_fn(|_| builder.add(0, vec![source]));
            let sink = builder.add(0, wide.to_vec());
            builder.edge(source, wide);
            for task in wide {
                builder.edge(task, [sink]);
            }
            vec![sink]
        }
        Shape::Chain => {
            let mut last = builder.add(1, vec![]);
            for _ in 1..TASKS {
                let next = builder.add(0, vec![last]);
                builder.edge(last, [next]);
                last = next;
            }
            vec![last]
        }
    };
    (builder.graph, results)
}

struct Builder {
    graph: Graph,
    ids: NodeTable,
    names: std::array::IntoIter<&'static str, TASKS>,
    work: Work,
}

impl Builder {
    fn add(&mut self, number: u64, after: Vec<NodeId>) -> NodeId {
        let name = self.names.next().expect("at most ten").to_owned();
        self.graph
            .add_node(Task {
                id: self.ids.alloc_id_for(&name),
                name,
                inputs: InChannels::default(),
                outputs: OutChannels::default(),
                work: self.work,
                number,
                after,
            })
            .expect("ids are unique")
    }

    fn edge<const N: usize>(&mut self, from: NodeId, to: [NodeId; N]) {
        self.graph.add_edge(from, to).expect("both are there");
    }
}
