//! Expansions as snapshots, made to be read: `UPDATE_EXPECT=1 cargo test -p orchestrate-macros` renews them.

use expect_test::{ExpectFile, expect_file};

use crate::{fuzz::given_back, pipeline, report::Report};

/// Expands `source`, and compares what is left of it as formatted items.
fn check(source: &str, expected: &ExpectFile) {
    let tokens = source.parse().expect("the test is made of Rust tokens");
    let mut report = Report::default();
    let call = pipeline::read(tokens, &mut report);
    let expansion = given_back(pipeline::compiled(&call, report));
    let file = syn::parse2(expansion).expect("an expansion is made of Rust items");
    expected.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn an_editor_sees_each_value_once() {
    let source = r"
        workflow Copy(from: &Path, names: Vec<String>) -> io::Result<usize> {
            #[after(length)]
            tool fn text(from, cx) -> io::Result<String> { read(from, cx).await }
            #[each(name in names)]
            #[retry(3, when = error.is_transient(name))]
            #[idempotent]
            tool fn kept(names, name, wrods) -> io::Result<u64> { keep(name, wrods).await }
            fn length(from) -> (bytes: u64, words: u64) { measure(from) }
            flow stored = Store { text: &text, bytes };
            fn last(move text: String, words) { text + words }
            Ok(kept.len())
        }
    ";
    let expansion = pipeline::for_editors(source.parse().expect("the test is made of Rust tokens"));
    let file = syn::parse2(expansion).expect("an expansion is made of Rust items");
    expect_file!["snapshots/editor.rs"].assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn steps_in_a_row_are_awaited_in_a_row() {
    check(
        r"
        /// Reads, then writes.
        pub workflow Copy(from: &Path, to: PathBuf) -> io::Result<u64> {
            tool fn text(from) -> io::Result<String> { read(from).await }
            fn length(text) -> u64 { text.len() as u64 }
            /// Puts it there.
            tool fn stored(to, move text, length, cx) -> io::Result<()> { write(to, text, cx).await }
            Ok(length)
        }
        ",
        &expect_file!["snapshots/row.rs"],
    );
}

#[test]
fn steps_of_a_batch_are_joined() {
    check(
        r"
        workflow Fan(seed: u32) -> Result<u32, Error> {
            mcp fn left(seed) -> Result<u32, Error> { ask(*seed).await }
            fn middle(seed) -> u32 { *seed }
            agent fn right(seed) -> (a: u32, b: u32) { (*seed, *seed) }
            Ok(left + middle + a + b)
        }
        ",
        &expect_file!["snapshots/join.rs"],
    );
}

#[test]
fn a_stage_of_several_batches_starts_each_step_when_its_inputs_are_there() {
    check(
        r"
        workflow Skewed(seed: u32) -> u32 {
            tool fn long(seed) -> u32 { wait(*seed).await }
            tool fn short(seed) -> Big { Big(*seed) }
            tool fn reads(short) -> u32 { short.0 }
            #[after(long)]
            tool fn moves(move short, reads) -> u32 { short.0 + reads }
            fn apart(seed) -> u32 { *seed }
            moves + apart
        }
        ",
        &expect_file!["snapshots/dataflow.rs"],
    );
}

#[test]
fn steps_that_come_one_after_the_other_are_strands() {
    check(
        r"
        workflow Woven(seed: u32, words: String) -> Result<u32, Error> {
            tool fn long(seed) -> Result<u32, Error> { ask(*seed).await }
            tool fn pair(seed, move words) -> (left: u32, right: String) { split(*seed, words).await }
            fn reads(left, right) -> u32 { *left + right.len() as u32 }
            #[after(long)]
            #[retry(2)]
            #[idempotent]
            tool fn later(reads) -> Result<u32, Error> { ask(*reads).await }
            agent fn apart(left) -> u32 { *left }
            Ok(long + later + apart)
        }
        ",
        &expect_file!["snapshots/strands.rs"],
    );
}

#[test]
fn strict_batches_wait_for_one_another() {
    check(
        r"
        #[schedule(batches)]
        workflow Strict(seed: u32) -> u32 {
            tool fn a(seed) -> u32 { *seed }
            tool fn b(seed) -> u32 { *seed }
            tool fn c(a) -> u32 { *a }
            b + c
        }
        ",
        &expect_file!["snapshots/strict.rs"],
    );
}

#[test]
fn flows_run_other_workflows() {
    check(
        r"
        #[crate(facade)]
        pub(crate) workflow Outer<'a, T: Clone>(app: &'a App, text: String, item: T) -> Result<Report, Error>
        where
            T: Send,
        {
            flow review = inner::Review { app, text: &text };
            flow plain = Generic::<T> { item };
            fn report(review, move text) -> Report { Report::new(review, text) }
            drop(plain);
            Ok(report)
        }
        ",
        &expect_file!["snapshots/flow.rs"],
    );
}

#[test]
fn a_workflow_with_mistakes_keeps_its_shape() {
    check(
        r"
        workflow Wrong(text: String) -> usize {
            tool fn words(text) -> Vec<String> { split(text).await }
            tool fn count(wrods) -> usize { wrods.len() }
            count
        }
        ",
        &expect_file!["snapshots/mistakes.rs"],
    );
}

#[test]
fn options_stand_around_a_body() {
    check(
        r#"
        workflow Fetch(client: &Client, url: String) -> Result<Page, Error> {
            #[idempotent]
            #[cache(ttl = 1h, key = url.clone())]
            #[breaker(name = "web", failures = 3, cooldown = 10s)]
            #[fallback(client.mirror(url).await)]
            #[retry(attempts = 3, when = error.is_transient())]
            #[timeout(client.patience)]
            #[uses(socket = 1)]
            tool fn page(client, url, cx) -> Result<Page, Error> { client.get(url, cx).await }

            Ok(page)
        }
        "#,
        &expect_file!["snapshots/options.rs"],
    );
}

#[test]
fn readers_get_what_the_options_make_of_an_output() {
    check(
        r"
        workflow Review(files: Vec<File>) -> String {
            #[when(!files.is_empty())]
            #[each(file in files, concurrency = 4)]
            #[optional]
            agent fn reviews(files) -> Result<Review, Error> { review(file).await }

            #[quorum(2)]
            #[default(String::new())]
            fn told(reviews) -> String { tell(reviews) }

            #[repeat(max = 3, until = draft.is_good())]
            agent fn draft(told, last) -> Draft { write(told, last).await }

            draft.text
        }
        ",
        &expect_file!["snapshots/readers.rs"],
    );
}

#[test]
fn what_must_be_undone_is_kept_and_awaited() {
    check(
        r"
        workflow Deploy(host: &Host, files: Vec<File>) -> Result<Release, Error> {
            #[rollback(host.remove(&copied, files).await?)]
            tool fn copied(host, files) -> Result<Release, Error> { host.copy(files).await }

            flow checked = Check { host };

            human fn allowed(checked) -> bool { checked.text() }

            fn done(copied, allowed) -> Result<(), Error> { done(copied, *allowed) }

            done;
            Ok(copied)
        }
        ",
        &expect_file!["snapshots/rollback.rs"],
    );
}
