"""What rust-analyzer is asked about the sample, and what it should answer.

A `^` in a place is the cursor. `edits` are made in the editor before the question, and are not saved.
"""

from dataclasses import dataclass, field
from typing import Any, Callable

Edits = list[tuple[str, str]]


@dataclass
class Case:
    """A question, and its answer: exactly `equals`, or one that has all of `has` in it and none of `lacks`."""

    what: str
    ask: Callable[[Any], Any]
    equals: Any = None
    has: list[str] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    edits: Edits = field(default_factory=list)
    # Why it does not work, where nothing can be done about it here.
    fails: str = ""


def completions(place):
    return lambda document: document.completions(place)


def hover(place):
    return lambda document: document.hover(place)


def definitions(place):
    return lambda document: document.definitions(place)


def references(place):
    return lambda document: document.references(place)


def renamed(place, name):
    """The lines that a rename changes, as they are then."""

    def ask(document):
        old, new = document.text.split("\n"), document.renamed(place, name).split("\n")
        return [line.strip() for before, line in zip(old, new) if before != line]

    return ask


FILES = "mcp fn ^files(app, pr) -> Result<Vec<SourceFile>, Broken> {"
REVIEW = "agent fn ^review(app, files, practices) -> Result<Review, Broken> {"

# Wherever the rename starts.
RENAMED_FILES = [
    "mcp fn sources(app, pr) -> Result<Vec<SourceFile>, Broken> {",
    "#[retry(attempts = practices.text.len() as u32, when = sources.is_empty())]",
    "agent fn review(app, sources, practices) -> Result<Review, Broken> {",
    "app.coder.review(sources, practices).await",
    "fn measure(sources) -> (lines: usize, words: usize) {",
    "let lines = sources.iter().map(|file| file.text.lines().count()).sum();",
    "(lines, sources.len())",
]
RENAMED_REVIEW = [
    "agent fn verdict(app, files, practices) -> Result<Review, Broken> {",
    "#[after(verdict)]",
    "tool fn length(verdict) -> usize {",
    "verdict.remarks.len()",
    "flow summary = Summary { review: &verdict, lines };",
    "Ok((verdict, total))",
]

# What must work whatever is wrong elsewhere.
ALWAYS = [
    Case(
        "completion in a body after `app.`",
        completions("            app.^\n            let later"),
        has=["serena", "coder"],
        edits=[("            app.serena.docs(&pr.language).await", "            app.\n            let later = pr;")],
    ),
    Case("hover on an input of a step", hover("review(app, ^files, practices)"), has=["files: &Vec<SourceFile>"]),
    Case("hover on an input in a body", hover("coder.review(^files, practices)"), has=["files: &Vec<SourceFile>"]),
    Case("from an input to its step", definitions("review(app, ^files, practices)"), {FILES}),
    Case("from a body to the step of an input", definitions("coder.review(^files, practices)"), {FILES}),
    Case("from the tail to a step", definitions("Ok((^review, total))"), {REVIEW}),
    Case("rename of an output", renamed(FILES, "sources"), RENAMED_FILES),
]

SOUND = [
    Case("nothing is wrong with the sample", lambda document: document.problems(), []),
    Case(
        "completion of a method in a body",
        completions("app.coder.^"),
        has=["review"],
        edits=[("app.coder.review(files, practices).await", "app.coder.")],
    ),
    Case(
        "completion of an input in a list of inputs",
        completions("review(app, fi^)"),
        has=["files", "practices", "pr"],
        edits=[("agent fn review(app, files, practices)", "agent fn review(app, fi)")],
    ),
    Case(
        "completion in an empty list of inputs",
        completions("fn length(^)"),
        has=["files", "review"],
        edits=[("tool fn length(review)", "tool fn length()")],
    ),
    Case(
        "completion in the tail",
        completions("Ok((review, to^))"),
        has=["total", "density"],
        edits=[("Ok((review, total))", "Ok((review, to))")],
    ),
    Case(
        "completion in the tail after `review.`",
        completions("Ok((review.^, total))"),
        has=["remarks"],
        edits=[("Ok((review, total))", "Ok((review., total))")],
    ),
    Case(
        "completion of a type",
        completions("-> Rev^ {"),
        has=["Review"],
        edits=[("fn length(review) -> usize {", "fn length(review) -> Rev {")],
    ),
    Case(
        "completion of a flow's workflow",
        completions("flow summary = Summ^ {"),
        has=["Summary"],
        edits=[("flow summary = Summary {", "flow summary = Summ {")],
    ),
    Case(
        "completion of a flow's field",
        completions("review: &review, li^ }"),
        has=["lines"],
        edits=[("review: &review, lines }", "review: &review, li }")],
    ),
    Case(
        "completion of an option",
        completions("#[idem^]"),
        has=["idempotent", "retry", "timeout", "rollback", "each"],
        edits=[("#[idempotent]", "#[idem]")],
    ),
    Case(
        "completion of a step in `after`",
        completions("#[after(re^)]\n        fn measure"),
        has=["review"],
        edits=[("#[after(review)]", "#[after(re)]")],
    ),
    Case(
        "completion in the expression of an option",
        completions("when = files.^)"),
        has=["is_empty"],
        edits=[("when = files.is_empty()", "when = files.")],
    ),
    Case("hover on a named output", hover("(lines: usize, ^words: usize)"), has=["words: &usize"]),
    Case("hover on a value in the tail", hover("Ok((^review, total))"), has=["review: Review"], lacks=["unknown"]),
    Case("hover on an item of `each`", hover("stored(places, ^place, review)"), has=["place: &String"]),
    Case("hover on `cx`", hover("announced(review, ^cx)"), has=["cx: &Context"]),
    Case("hover on a method of `cx`", hover("cx.^attempt()"), has=["counted from 1"]),
    Case("hover on an option", hover("#[^idempotent]"), has=["running it twice does no harm"]),
    Case("hover on a step", hover(FILES), has=["The files that the pull request touches.", "async fn files"]),
    Case(
        "hover on a workflow",
        hover("pub workflow ^CodeReview("),
        has=["Reviews a pull request.", "# Plan", "8 steps in 5 batches", "flowchart TD"],
    ),
    Case("hover on the workflow of a flow", hover("summary = ^Summary {"), has=["Sums a review up.", "# Plan"]),
    Case(
        "from a named output's reader to its step",
        definitions("fn density(lines, ^words)"),
        {"fn measure(files) -> (lines: usize, ^words: usize) {"},
    ),
    Case(
        "from an input to the workflow's input",
        definitions("mcp fn files(app, ^pr)"),
        {"pub workflow CodeReview(app: &App, ^pr: PullRequest) -> Result<(Review, usize), Broken> {"},
    ),
    Case("from an option to a step", definitions("when = ^files.is_empty()"), {FILES}),
    Case("from `after` to a step", definitions("#[after(^review)]"), {REVIEW}),
    Case("from a rollback to its own step", definitions("remove(place, ^stored)"), {STORED := "tool fn ^stored(places, place, review) -> Result<usize, Broken> {"}),
    Case("from an item to its option", definitions("stored(places, ^place, review)"), {"#[each(^place in places, concurrency = 2)]"}),
    Case("from the tail to a step with `each`", definitions("Ok(^stored.len()"), {STORED}),
    Case(
        "from a flow to its workflow",
        definitions("summary = ^Summary {"),
        {"pub workflow ^Summary(review: &Review, lines: usize) -> Counts {"},
    ),
    Case(
        "from a flow's field to the workflow's input",
        definitions("Summary { ^review: &review"),
        {"pub workflow Summary(^review: &Review, lines: usize) -> Counts {"},
    ),
    Case(
        "from a flow's value to its step",
        definitions("Summary { review: &^review"),
        {REVIEW},
    ),
    Case(
        "from a use of a workflow to it",
        definitions("let review = ^CodeReview {"),
        {"pub workflow ^CodeReview(app: &App, pr: PullRequest) -> Result<(Review, usize), Broken> {"},
    ),
    Case(
        "references of an output",
        references(REVIEW),
        {
            REVIEW,
            "#[after(^review)]",
            "tool fn length(^review) -> usize {",
            "^review.remarks.len()",
            "flow summary = Summary { review: &^review, lines };",
            "Ok((^review, total))",
        },
    ),
    Case("rename from a list of inputs", renamed("review(app, ^files, practices)", "sources"), RENAMED_FILES),
    Case("rename from a body", renamed("coder.review(^files, practices)", "sources"), RENAMED_FILES),
    Case("rename from an option", renamed("when = ^files.is_empty()", "sources"), RENAMED_FILES),
    Case("rename of an output that the tail owns", renamed(REVIEW, "verdict"), RENAMED_REVIEW),
    Case("rename from the tail", renamed("Ok((^review, total))", "verdict"), RENAMED_REVIEW),
    Case(
        "rename of a named output",
        renamed("(lines: usize, ^words: usize)", "count"),
        [
            "fn measure(files) -> (lines: usize, count: usize) {",
            "fn density(lines, count) -> usize {",
            "let per = *count;",
        ],
    ),
    Case(
        "rename of an output that a flow takes by its name",
        renamed("fn measure(files) -> (^lines: usize", "rows"),
        [
            "fn measure(files) -> (rows: usize, words: usize) {",
            "fn density(rows, words) -> usize {",
            "rows / per.max(1)",
            "flow summary = Summary { review: &review, lines: rows };",
        ],
        fails="rust-analyzer does not write `lines: rows` inside of a macro: the error says that the workflow has no input `rows`",
    ),
    Case(
        "rename of an output in a format string",
        renamed("fn ^density(lines, words)", "ratio"),
        [
            "fn ratio(lines, words) -> usize {",
            "fn total(ratio, length, summary) -> usize {",
            'ratio + length + format!("{ratio}").len()',
        ],
        edits=[("density + length + summary.lines", 'density + length + format!("{density}").len()')],
    ),
    Case(
        "rename of a flow's output",
        renamed("flow ^summary = Summary", "sum"),
        [
            "flow sum = Summary { review: &review, lines };",
            "fn total(density, length, sum) -> usize {",
            "density + length + sum.lines",
        ],
    ),
    Case(
        "rename of a workflow's input",
        renamed("CodeReview(app: &App, ^pr: PullRequest)", "pull"),
        [
            "pub workflow CodeReview(app: &App, pull: PullRequest) -> Result<(Review, usize), Broken> {",
            "mcp fn files(app, pull) -> Result<Vec<SourceFile>, Broken> {",
            "app.serena.read_files(&pull.paths).await",
            "mcp fn practices(app, pull) -> Docs {",
            "app.serena.docs(&pull.language).await",
            "let review = CodeReview { app, pull: pr };",
        ],
    ),
    Case(
        "outline of the file",
        lambda document: document.symbols(),
        has=["CodeReview"],
        fails="the outline is made of the text of a file: rust-analyzer expands no macro for it",
    ),
    Case(
        "completion in a step that has no body yet",
        completions("tool fn length(re^)"),
        has=["review"],
        edits=[("        tool fn length(review) -> usize {\n            review.remarks.len()\n        }\n", "        tool fn length(re)\n")],
        fails="a step without a body is not read: write the braces first",
    ),
    Case(
        "completion of a flow's workflow before its braces",
        completions("flow summary = Summ^\n"),
        has=["Summary"],
        edits=[("flow summary = Summary { review: &review, lines };", "flow summary = Summ")],
        fails="a flow without its braces is not read: write them first",
    ),
]

# What cannot work after which mistake: why, and a part of the names of the cases.
INSIDE = "what follows a parenthesis that is not closed is inside of it"
LOST = {
    "a half-typed list of inputs": (INSIDE, ["the tail"]),
    "a step without a body": (
        "what follows a step without a body is taken for a part of it, up to the next step",
        ["the tail"],
    ),
}
# There the last of the readers is inside, too.
LARGE_LOST = {"a half-typed list of inputs": (INSIDE, ["the tail", "an input to its step", "rename of an output"])}

# What can be wrong with another step while one works.
MISTAKES: dict[str, Edits] = {
    "an unknown name": [("fn density(lines, words)", "fn density(lines, wrods)")],
    "a cycle": [("fn density(lines, words)", "fn density(lines, words, total)")],
    "a type error in a body": [("density + length + summary.lines", "density + length + \"one\"")],
    "a half-typed body": [("density + length + summary.lines", "density + summary.")],
    "a half-typed list of inputs": [("fn density(lines, words)", "fn density(lines, ")],
    "a step without a body": [("            density + length + summary.lines\n        }", ""), ("fn total(density, length, summary) -> usize {", "fn total(density)")],
    "a missing type": [("fn total(density, length, summary) -> usize {", "fn total(density, length, summary) -> {")],
    "a flow without fields": [("Summary { review: &review, lines };", "Summary;")],
    "an unknown option": [("#[idempotent]", "#[idempotnt]")],
    "a half-typed option": [("#[idempotent]", "#[timeout()]")],
    "a second producer": [("tool fn length(review)", "tool fn density(review)")],
}

DOCS = "mcp fn ^docs(app, language, s19) -> Docs {"
RENAMED_DOCS = [
    "mcp fn pages(app, language, s19) -> Docs {",
    "tool fn checked(pages, s39) -> Result<usize, Broken> {",
    "if pages.text.is_empty() { Err(Broken) } else { Ok(*s39 as usize) }",
    "tool fn last(pages, total) -> usize {",
    "pages.text.len() + total",
]

# The same questions about a workflow that is compiled in parts: what reads and what produces are in different ones.
LARGE_ALWAYS = [
    Case(
        "completion in a body after `app.`",
        completions("            app.^\n            let later"),
        has=["serena", "coder"],
        edits=[("            app.serena.docs(language).await", "            app.\n            let later = language;")],
    ),
    Case("hover on an input of a step", hover("checked(^docs, s39)"), has=["docs: &Docs"]),
    Case("hover on an input in a body", hover("if ^docs.text.is_empty()"), has=["docs: &Docs"]),
    Case("from an input to its step", definitions("fn last(^docs, total)"), {DOCS}),
    Case("from a body to the step of an input", definitions("if ^docs.text.is_empty()"), {DOCS}),
    Case("from the tail to a step", definitions("Ok(^last)"), {"tool fn ^last(docs, total) -> usize {"}),
    Case("rename of an output", renamed(DOCS, "pages"), RENAMED_DOCS),
]

LARGE = [
    Case("nothing is wrong with the sample", lambda document: document.problems(), []),
    Case("hover on an option", hover("#[^timeout(1s)]"), has=["how long one attempt may take"]),
    Case(
        "completion of an input in a list of inputs",
        completions("last(che^, total)"),
        has=["docs", "checked", "language", "s39"],
        edits=[("fn last(docs, total)", "fn last(che, total)")],
    ),
    Case("references of an output", references(DOCS), {
        DOCS,
        "tool fn checked(^docs, s39) -> Result<usize, Broken> {",
        "if ^docs.text.is_empty() { Err(Broken) } else { Ok(*s39 as usize) }",
        "tool fn last(^docs, total) -> usize {",
        "^docs.text.len() + total",
    }),
    Case("rename from a body of another part", renamed("            ^docs.text.len()", "pages"), RENAMED_DOCS),
    Case(
        "options at an empty attribute",
        completions("#[^]\n        tool fn last"),
        has=["idempotent", "spawn", "blocking", "retry", "timeout"],
        edits=[("#[idempotent]", "#[]")],
    ),
    Case(
        "options at the first letters of an attribute",
        completions("#[s^]\n        tool fn last"),
        has=["idempotent", "spawn", "blocking", "retry", "timeout"],
        edits=[("#[idempotent]", "#[s]")],
    ),
]

LARGE_MISTAKES: dict[str, Edits] = {
    "an unknown name": [("fn total(checked, s55)", "fn total(checkd, s55)")],
    "a cycle": [("fn total(checked, s55)", "fn total(checked, last)")],
    "a type error in a body": [("checked + *s55 as usize", "checked + \"one\"")],
    "a half-typed body": [("checked + *s55 as usize", "checked.")],
    "a half-typed list of inputs": [("fn total(checked, s55)", "fn total(checked, ")],
    "an unknown option": [("#[idempotent]", "#[idempotnt]")],
}
