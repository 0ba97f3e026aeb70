//! Writes each graph as Rust source, as a `workflow!` and by hand, and tells the version of the compiler.

use std::{
    env,
    fmt::{Display, Write as _},
    fs,
    path::Path,
    process::Command,
};

#[allow(
    dead_code,
    unreachable_pub,
    reason = "a module of the library, which cannot be a build dependency of itself"
)]
#[path = "src/graph.rs"]
mod graph;

use graph::{Graph, Shape};

fn main() {
    println!("cargo::rerun-if-changed=src/graph.rs");
    println!("cargo::rustc-env=RUSTC_VERSION={}", rustc_version());
    let all: Vec<Source> = Shape::ALL.into_iter().map(Source::of).collect();
    let mut sources: String = all.iter().map(Source::whole).collect();
    sources += &choice("workflow", &all, |source| {
        format!(
            "|| {} {{ input: ::std::hint::black_box(1) }}.run(&*crate::contenders::workflow::ORCHESTRATOR)",
            source.name()
        )
    });
    for how in ["levels", "dataflow"] {
        sources += &choice(how, &all, |source| {
            let how = if source.dataflow().is_some() {
                how
            } else {
                "levels"
            };
            format!("|| {}_{how}(::std::hint::black_box(1))", source.name())
        });
    }
    let folder = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&folder).join("shapes.rs"), sources).expect("cargo makes the folder");
}

/// A function that measures the graph that it is asked for.
fn choice(name: &str, all: &[Source], start: impl Fn(&Source) -> String) -> String {
    let arms: Vec<String> = all
        .iter()
        .map(|source| {
            format!(
                "crate::Shape::{} => bench.runs({}),\n",
                source.name(),
                start(source)
            )
        })
        .collect();
    format!(
        "pub(crate) fn {name}(bench: &crate::Bench<'_>) -> crate::Measured {{ match bench.job.shape {{\n{}}} }}\n",
        arms.concat()
    )
}

fn rustc_version() -> String {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let told = Command::new(rustc).arg("--version").output();
    told.ok()
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map_or_else(
            || "unknown".to_owned(),
            |version| version.trim().trim_start_matches("rustc ").to_owned(),
        )
}

/// One graph as source. Every step adds up what it reads and calls `work`, which the including module defines.
struct Source {
    shape: Shape,
    graph: Graph,
}

impl Source {
    fn of(shape: Shape) -> Self {
        Self {
            shape,
            graph: Graph::of(shape),
        }
    }

    fn whole(&self) -> String {
        let mut source = self.workflow() + &self.functions();
        source += &self.by_hand("levels", &self.levels());
        if let Some(body) = self.dataflow() {
            source += &self.by_hand("dataflow", &body);
        }
        source
    }

    /// The name of the workflow, and the beginning of all other names.
    fn name(&self) -> String {
        format!("{:?}", self.shape)
    }

    fn workflow(&self) -> String {
        let mut steps = String::new();
        for (at, reads) in self.graph.steps.iter().enumerate() {
            let inputs = list(inputs(reads), "");
            let _ = writeln!(
                steps,
                "tool fn s{at}({inputs}) -> u64 {{ work({}).await }}",
                sum(reads)
            );
        }
        format!(
            "::orchestrated::workflow! {{ pub workflow {}(input: u64) -> u64 {{\n{steps}{}\n}} }}\n",
            self.name(),
            self.result(),
        )
    }

    /// The steps as functions, for the versions by hand.
    fn functions(&self) -> String {
        let mut source = String::new();
        for (at, reads) in self.graph.steps.iter().enumerate() {
            let parameters: Vec<String> = inputs(reads)
                .into_iter()
                .map(|name| format!("{name}: &u64"))
                .collect();
            let _ = writeln!(
                source,
                "async fn {}_s{at}({}) -> u64 {{ work({}).await }}",
                self.name(),
                parameters.join(", "),
                sum(reads),
            );
        }
        source
    }

    fn by_hand(&self, how: &str, body: &str) -> String {
        format!(
            "pub async fn {}_{how}(input: u64) -> u64 {{\n{body}{}\n}}\n",
            self.name(),
            self.result()
        )
    }

    /// A `join!` for each level.
    fn levels(&self) -> String {
        let mut body = String::new();
        for level in self.graph.levels() {
            let calls: Vec<String> = level.iter().map(|step| self.call(*step)).collect();
            let _ = match &calls[..] {
                [call] => writeln!(body, "let s{} = {call}.await;", level[0]),
                _ => writeln!(
                    body,
                    "let ({}) = ::futures::join!({});",
                    list(level.iter().map(|step| format!("s{step}")).collect(), ""),
                    calls.join(", ")
                ),
            };
        }
        body
    }

    /// Where joining by level makes steps wait for others than those that they read: the same without that.
    fn dataflow(&self) -> Option<String> {
        match self.shape {
            Shape::Skewed => Some(self.branches()),
            Shape::Layered => Some(self.cells()),
            _ => None,
        }
    }

    /// A block for each branch between the first step and the last one, joined.
    fn branches(&self) -> String {
        let last = self.graph.steps.len() - 1;
        let mut body = format!("let s0 = {}.await;\n", self.call(0));
        let ends = &self.graph.steps[last];
        let blocks: Vec<String> = ends.iter().map(|end| self.branch(*end)).collect();
        let names = list(ends.iter().map(|end| format!("s{end}")).collect(), "");
        let _ = writeln!(
            body,
            "let ({names}) = ::futures::join!({});\nlet s{last} = {}.await;",
            blocks.join(", "),
            self.call(last)
        );
        body
    }

    fn branch(&self, end: usize) -> String {
        let mut steps = vec![end];
        let mut at = end;
        while let [before] = self.graph.steps[at][..]
            && before > 0
        {
            steps.push(before);
            at = before;
        }
        let lines: Vec<String> = steps
            .iter()
            .rev()
            .map(|step| format!("let s{step} = {}.await; ", self.call(*step)))
            .collect();
        format!("async {{ {}s{end} }}", lines.concat())
    }

    /// All steps in one `join!`; each waits for the cells of those that it reads, and fills its own.
    fn cells(&self) -> String {
        let mut cells = String::new();
        let mut blocks = Vec::new();
        for (at, reads) in self.graph.steps.iter().enumerate() {
            let _ = writeln!(cells, "let c{at} = ::tokio::sync::SetOnce::new();");
            let waits: Vec<String> = reads
                .iter()
                .map(|read| format!("let s{read} = c{read}.wait().await; "))
                .collect();
            let arguments = if reads.is_empty() {
                "&input".to_owned()
            } else {
                list(reads.iter().map(|read| format!("s{read}")).collect(), "")
            };
            blocks.push(format!(
                "async {{ {}let _ = c{at}.set({}_s{at}({arguments}).await); }}",
                waits.concat(),
                self.name()
            ));
        }
        let ends = self.graph.ends();
        let results: Vec<String> = ends
            .iter()
            .map(|end| {
                format!("let s{end} = c{end}.into_inner().expect(\"every cell is filled\");\n")
            })
            .collect();
        format!(
            "{cells}::futures::join!({});\n{}",
            blocks.join(",\n"),
            results.concat()
        )
    }

    fn call(&self, step: usize) -> String {
        let arguments = list(inputs(&self.graph.steps[step]), "&");
        format!("{}_s{step}({arguments})", self.name())
    }

    fn result(&self) -> String {
        let ends: Vec<String> = self
            .graph
            .ends()
            .iter()
            .map(|end| format!("s{end}"))
            .collect();
        ends.join(" + ")
    }
}

/// What a step reads, by name.
fn inputs(reads: &[usize]) -> Vec<String> {
    if reads.is_empty() {
        return vec!["input".to_owned()];
    }
    reads.iter().map(|read| format!("s{read}")).collect()
}

fn sum(reads: &[usize]) -> String {
    format!("[{}].iter().sum::<u64>()", list(inputs(reads), "*"))
}

fn list(names: Vec<impl Display>, before: &str) -> String {
    let names: Vec<String> = names
        .into_iter()
        .map(|name| format!("{before}{name}"))
        .collect();
    names.join(", ")
}
