//! The page of the book shows what the patterns are: their plans, drawn, and all of them.
//!
//! `UPDATE_EXPECT=1 cargo test --test patterns` draws them anew. Look at them.

use std::{collections::BTreeMap, env, fs, path::Path};

use orchestrated::plan::Plan;

use crate::drawing::{drawn, header};

const PAGE: &str = "docs/src/patterns.md";
const PICTURES: &str = "docs/src/patterns";

/// The plans of each pattern, by the name of its file.
async fn patterns() -> BTreeMap<&'static str, Vec<Plan>> {
    macro_rules! constant {
        ($($name:ident)*) => { [$((stringify!($name), vec![crate::$name::PLAN.clone()])),*] };
    }
    let constant = constant! {
        conditional_execution emergency_fast_track etl fan_out_fan_in hybrid iterative_refinement map_reduce
        multi_stage_review quality_gate research_create_review retry_with_fallback sequential_pipeline
    };
    let dynamic = [
        ("master_worker", crate::master_worker::plans().await),
        ("skill_chain", vec![crate::skill_chain::plan()]),
        (
            "streaming_pipeline",
            vec![crate::streaming_pipeline::plan()],
        ),
        ("supervisor", crate::supervisor::plans().await),
    ];
    constant.into_iter().chain(dynamic).collect()
}

/// The names of the files in a folder that end like this, without the ending.
fn names(folder: &str, ending: &str) -> Vec<String> {
    let files = fs::read_dir(root().join(folder)).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names
        .filter_map(|name| Some(name.strip_suffix(ending)?.to_owned()))
        .collect();
    names.sort();
    names
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Holds a file against what it should be, or writes it.
fn check(path: &str, expected: &str) {
    let is = fs::read_to_string(root().join(path)).unwrap_or_default();
    if is == expected {
        return;
    }
    assert!(
        env::var_os("UPDATE_EXPECT").is_some(),
        "{path} is out of date: `UPDATE_EXPECT=1 cargo test --test patterns` writes it"
    );
    fs::write(root().join(path), expected).unwrap();
}

#[tokio::test]
async fn every_plan_is_drawn_as_it_is() {
    let mut page = String::new();
    let patterns = patterns().await;
    for line in fs::read_to_string(root().join(PAGE)).unwrap().lines() {
        let picture = line
            .split_once("](patterns/")
            .and_then(|(_, name)| name.strip_suffix(".svg)"));
        let line = picture.map_or(line.to_owned(), |name| {
            let plans = patterns.get(name);
            let plans = plans.unwrap_or_else(|| panic!("{PAGE} shows {name}, which is no pattern"));
            let headers: Vec<_> = plans.iter().map(header).collect();
            format!("![{}](patterns/{name}.svg)", headers.join("; "))
        });
        page.extend([&line, "\n"]);
    }
    for (name, plans) in &patterns {
        check(&format!("{PICTURES}/{name}.svg"), &drawn(plans));
    }
    check(PAGE, &page);
    assert!(
        names(PICTURES, ".svg").iter().eq(patterns.keys()),
        "{PICTURES} has a picture of no pattern"
    );
}

#[tokio::test]
async fn every_pattern_is_on_the_page() {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let patterns: Vec<_> = patterns().await.into_keys().map(str::to_owned).collect();
    assert_eq!(names("examples/patterns", ".rs"), patterns);
    for name in patterns {
        assert!(
            page.contains(&format!("](patterns/{name}.svg)")),
            "{PAGE} does not draw {name}"
        );
        let code = format!("/blob/main/examples/patterns/{name}.rs)");
        assert_eq!(
            page.matches(&code).count(),
            1,
            "{PAGE} links {name} otherwise than once"
        );
        // Its section is where its row in the table leads.
        let (row, _) = page.split_once("\n\n## ").unwrap();
        let anchor = format!("](#{})", name.replace('_', "-"));
        assert!(row.contains(&anchor), "the table of {PAGE} lacks {name}");
    }
}

#[tokio::test]
async fn the_table_says_what_each_is_written_with() {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    for (name, _) in patterns().await {
        let code = fs::read_to_string(root().join(format!("examples/patterns/{name}.rs"))).unwrap();
        let anchor = format!("](#{})", name.replace('_', "-"));
        let row = page
            .lines()
            .find(|line| line.starts_with('|') && line.contains(&anchor))
            .unwrap();
        let of = row.split('|').nth(3).unwrap().trim();
        assert_eq!(of == "`workflow!`", code.contains("\nworkflow! {"), "{row}");
        assert_eq!(
            of == "`dynamic`",
            code.contains("orchestrated::dynamic") || code.contains("    dynamic::{"),
            "{row}"
        );
    }
}
