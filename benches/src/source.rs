//! A graph as a `workflow!`, and what the versions by hand have in common.

use std::fmt::Write as _;

use super::Shape;

impl Shape {
    /// The graph as a `workflow!`: `pub workflow Name(input: u64) -> u64`.
    #[must_use]
    pub fn workflow(&self) -> String {
        let mut source = format!(
            "::orchestrated::workflow! {{\n    pub workflow {}(input: u64) -> u64 {{\n",
            self.name
        );
        for step in 0..self.steps() {
            let _ = writeln!(
                source,
                "        tool fn s{step}({}) -> u64 {{ work({}).await }}",
                self.inputs(step).join(", "),
                self.sum(step),
            );
        }
        let _ = writeln!(source, "        {}\n    }}\n}}", self.result());
        source
    }

    /// The functions that the versions by hand call, one a step.
    #[must_use]
    pub fn functions(&self) -> String {
        let mut source = String::new();
        for step in 0..self.steps() {
            let inputs: Vec<String> = self
                .inputs(step)
                .iter()
                .map(|name| format!("{name}: &u64"))
                .collect();
            let _ = writeln!(
                source,
                "async fn {}_s{step}({}) -> u64 {{ work({}).await }}",
                self.name,
                inputs.join(", "),
                self.sum(step),
            );
        }
        source
    }

    /// The call of a step by hand, with references to locals of the names of its inputs.
    pub(super) fn call(&self, step: usize) -> String {
        let arguments: Vec<String> = self
            .inputs(step)
            .iter()
            .map(|name| format!("&{name}"))
            .collect();
        self.call_with(step, &arguments)
    }

    pub(super) fn call_with(&self, step: usize, arguments: &[String]) -> String {
        format!("{}_s{step}({})", self.name, arguments.join(", "))
    }

    /// The names of what a step reads.
    pub(super) fn inputs(&self, step: usize) -> Vec<String> {
        match &self.reads[step][..] {
            [] => vec!["input".to_owned()],
            reads => reads.iter().map(|read| format!("s{read}")).collect(),
        }
    }

    fn sum(&self, step: usize) -> String {
        let terms: Vec<String> = self
            .inputs(step)
            .iter()
            .map(|name| format!("*{name}"))
            .collect();
        // Three hundred sums in a row are more than the recursion limit of a parser may take.
        format!("[{}].iter().sum::<u64>()", terms.join(", "))
    }

    /// What comes out: all that no step reads, added up.
    pub(super) fn result(&self) -> String {
        let terms: Vec<String> = self.last().iter().map(|step| format!("s{step}")).collect();
        match &terms[..] {
            [term] => term.clone(),
            _ => format!("[{}].iter().sum::<u64>()", terms.join(", ")),
        }
    }
}
