// The head of the page: which run it was, how it ended, and the few numbers.

const OUTCOMES = {
  finished: "finished", failed: "failed", cancelled: "cancelled", timed_out: "timed out", refused: "refused",
  dropped: "dropped", running: "still running",
};

const outcomeIcon = (run) => ({ finished: "finished", running: "running", dropped: "stopped", cancelled: "stopped" }[run.outcome] ?? "failed");

function drawTop() {
  const run = shownRun();
  const wall = new Date(run.wall);
  const facts = [
    el("span", {}, "started ", el("time", { datetime: wall.toISOString() }, wall.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" }))),
    el("span", {}, `run ${run.id}`),
    run.module && el("span", { class: "code" }, name(run.module)),
    run.deadline !== undefined && el("span", {}, `deadline ${time(run.deadline)}`),
  ];
  show("top",
    el("div", { class: "topbar" },
      crumbs(run),
      el("button", { type: "button", id: "theme", class: "quiet", on: { click: flipTheme } }, themeWords())),
    el("div", { class: "headline" },
      el("h1", {}, name(DATA.title ?? run.name)),
      el("span", { class: `badge large is-${outcomeIcon(run)}`, id: "outcome" }, icon(`status-${outcomeIcon(run)}`), OUTCOMES[run.outcome] ?? run.outcome)),
    DATA.title && el("p", { class: "workflow" }, "workflow ", name(run.name)),
    el("p", { class: "facts" }, facts),
    el("dl", { class: "cards" }, cards(run)));
  document.title = `${visible(DATA.title ?? run.name)}: ${OUTCOMES[run.outcome] ?? run.outcome}`;
}

function crumbs(run) {
  const chain = [];
  for (let inner = run; inner.within; inner = RUNS[inner.within[0]]) chain.unshift(inner);
  if (!chain.length) return el("span", { class: "brand" }, "Report of a run");
  const step = ([parent, number]) => RUNS[parent].steps[number];
  const root = RUNS[chain[0].within[0]];
  return el("nav", { "aria-label": "Runs around this one" }, el("ol", { class: "crumbs" },
    el("li", {}, openRun(root, name(root.name))),
    chain.map((inner) => el("li", {}, inner === run
      ? el("span", { "aria-current": "page" }, name(step(inner.within).name))
      : openRun(inner, name(step(inner.within).name))))));
}

const openRun = (run, ...label) =>
  el("button", { type: "button", class: "link", "data-run": run.index, on: { click: () => showRun(run.index) } }, label);

function card(label, value, note, more) {
  return el("div", { class: "card", ...more }, el("dt", {}, label), el("dd", {}, el("strong", {}, value), note && el("span", { class: "note" }, note)));
}

function cards(run) {
  const total = run.took;
  const slowest = run.steps[run.slowest];
  const share = slowest && total > 0 ? ` \u00b7 ${Math.round((100 * slowest.took) / total)} %` : "";
  return [
    card("Total", time(total), run.done ? "from start to end" : "so far"),
    card("Work", time(run.work), `${count(run.steps.filter((step) => step.took !== undefined).length, "step")} that ran`),
    card("Speed-up", total > 0 ? `${(run.work / total).toFixed(2)}\u00d7` : "\u2013", `at most ${run.peak} at once`),
    card("Critical path", time(run.critical_time), count(run.path.length, "step")),
    slowest && card("Bottleneck", stepLink(slowest), `${time(slowest.took)}${share}`),
    run.waited > 0 && card("Waited", time(run.waited), "all steps together"),
    run.again > 0 && card("Tried again", count(run.again, "time"), "attempts after the first"),
  ];
}

const stepLink = (step, ...label) =>
  el("button", { type: "button", class: "link", "data-goto": step.key, on: { click: () => choose(step.key) } }, label.length ? label : name(step.name));

// The runs, where there are several.
function drawRuns() {
  const roots = RUNS.filter((run) => !run.within);
  at("runs").hidden = roots.length < 2;
  if (roots.length < 2) return;
  const first = Math.min(...roots.map((run) => run.from));
  show("runs",
    el("h2", { id: "runs-title" }, "Runs"),
    el("div", { class: "box short", tabindex: "0", role: "region", "aria-label": "Runs, scrolls" }, el("table", {},
      el("thead", {}, el("tr", {}, ["Workflow", "Run", "Outcome", "Started after", "Took"].map((label) => el("th", { scope: "col", class: /Run|Started|Took/.test(label) ? "number" : "" }, label)))),
      el("tbody", {}, roots.map((run) => el("tr", { class: run === shownRun() ? "chosen" : "" },
        el("th", { scope: "row" }, openRun(run, name(run.name))),
        el("td", { class: "number" }, run.id),
        el("td", {}, el("span", { class: `badge is-${outcomeIcon(run)}` }, icon(`status-${outcomeIcon(run)}`), OUTCOMES[run.outcome] ?? run.outcome)),
        el("td", { class: "number" }, time(run.from - first)),
        el("td", { class: "number" }, time(run.took))))))));
}

// What went wrong, and what was undone.
function drawWrong() {
  const run = shownRun();
  const steps = inside(run).flatMap((inner) => inner.steps);
  const failed = steps.filter((step) => step.status === "failed");
  // A flow step fails because a step inside it does: that is what is told.
  const causes = failed.filter((step) => !step.runs.some((inner) => inner.steps.some((other) => other.status === "failed")));
  const excused = steps.filter((step) => step.status === "excused");
  const stopped = steps.filter((step) => step.status === "stopped");
  const undone = steps.filter((step) => step.undo).sort((a, b) => a.undo.at - b.undo.at);
  const told = run.fault && causes.length === 0;
  const parts = [
    told && el("div", { class: "fault" }, el("p", {}, `The run as a whole ${OUTCOMES[run.outcome] ?? "failed"}: `, cause(run.fault)), message(run.fault.message)),
    run.outcome === "dropped" && el("p", {}, "Its future was dropped before the run had ended."),
    causes.length > 0 && el("h3", {}, "What failed, and why"),
    causes.map((step) => failure(step, run)),
    stopped.length > 0 && el("p", { class: "aside" }, `${count(stopped.length, "step was", "steps were")} stopped because of it: `, list(stopped)),
    undone.length > 0 && [el("h3", {}, "What was rolled back, in this order"), el("ol", { class: "undone" }, undone.map((step) => undoing(step, run)))],
    excused.length > 0 && el("details", { open: failed.length === 0 && excused.length < 4 },
      el("summary", {}, `${count(excused.length, "failure")} that the run went on without`), excused.map((step) => failure(step, run))),
  ].flat(Infinity).filter(Boolean);
  at("wrong").hidden = parts.length === 0;
  if (!parts.length) return;
  const ended = run.outcome !== "finished" && run.outcome !== "running";
  at("wrong").className = ended ? "panel alarm" : "panel";
  show("wrong", el("h2", { id: "wrong-title" }, ended ? `Why it ${run.outcome === "failed" ? "failed" : `was ${OUTCOMES[run.outcome]}`}` : "What did not go well"), ...parts);
}

const cause = (fault) => el("span", { class: "cause" }, CAUSES[fault.cause] ?? fault.cause);

function path(step, root) {
  const names = trail(step, root);
  return [names.slice(0, -1).map((outer) => el("span", { class: "outer" }, name(outer), " \u203a ")), name(names[names.length - 1])];
}

function failure(step, root) {
  const attempts = (step.attempts ?? []).length;
  return el("div", { class: "fault" },
    el("p", {}, kindIcon(step.kind), stepLink(step, path(step, root)), " ", cause(step.fault), " ",
      el("span", { class: "note" }, [`batch ${step.batch + 1}`, attempts > 1 && `after ${count(attempts, "attempt")}`, step.took !== undefined && `took ${time(step.took)}`].filter(Boolean).join(" \u00b7 "))),
    message(step.fault.message));
}

function undoing(step, root) {
  return el("li", {}, stepLink(step, path(step, root)), " ", undoBadge(step.undo), " ",
    el("span", { class: "note" }, `at ${time(step.undo.at - root.from)}`), step.undo.why && message(step.undo.why));
}

function list(steps) {
  const some = steps.slice(0, 12).map((step, index) => [index > 0 && ", ", stepLink(step)]);
  return [some, steps.length > 12 && ` and ${steps.length - 12} more`];
}
