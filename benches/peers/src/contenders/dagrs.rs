//! `dagrs`: its `Graph`, with a type of node of our own as in its example `custom_node`.
//!
//! That saves a box a task compared to `DefaultNode` with an `Action`. Inputs are received sender by sender, outputs are
//! broadcast, as in its examples. Every node is a task of the runtime from the start, and waits at its channels. A graph runs
//! again after `Graph::reset`, which makes its channels anew.

use std::sync::Arc;

use dagrs::{
    Content, EnvVar, Graph, InChannels, Node, NodeId, NodeName, NodeTable, OutChannels, Output,
    async_trait::async_trait,
};

use crate::{By, Contender, Job, Steps, Work, contender::runs_all};

pub(crate) const CONTENDER: Contender = Contender {
    name: "dagrs",
    package: "dagrs",
    by: By::Peer,
    steps: Steps::Spawned,
    is_send: true,
    builds: true,
    cannot: runs_all,
    measure: |bench| {
        let job = bench.job;
        bench.graphs(move || build(job), run)
    },
};

/// One more than what those it depends on give.
struct Task {
    id: NodeId,
    name: NodeName,
    inputs: InChannels,
    outputs: OutChannels,
    work: Work,
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
        let mut number = u64::from(self.after.is_empty());
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

type Built = (Graph, Vec<NodeId>);

fn build(job: Job) -> Built {
    let known = job.known();
    let mut graph = Graph::new();
    let mut table = NodeTable::new();
    let mut ids: Vec<NodeId> = Vec::with_capacity(known.len());
    for (reads, name) in known.graph.steps.iter().zip(&known.names) {
        let task = Task {
            id: table.alloc_id_for(name),
            name: name.clone(),
            inputs: InChannels::default(),
            outputs: OutChannels::default(),
            work: job.work,
            after: reads.iter().map(|read| ids[*read]).collect(),
        };
        ids.push(graph.add_node(task).expect("ids are unique"));
    }
    for (id, readers) in ids.iter().zip(&known.readers) {
        if !readers.is_empty() {
            let readers: Vec<NodeId> = readers.iter().map(|reader| ids[*reader]).collect();
            graph.add_edge(*id, readers).expect("both are there");
        }
    }
    let ends = known.ends.iter().map(|end| ids[*end]).collect();
    (graph, ends)
}

async fn run((mut graph, ends): Built) -> u64 {
    graph.async_start().await.expect("no task fails");
    let outputs = graph.get_results::<u64>();
    let number = |id: &NodeId| outputs.get(id).cloned().flatten();
    ends.iter()
        .map(|end| *number(end).expect("it has run"))
        .sum()
}
