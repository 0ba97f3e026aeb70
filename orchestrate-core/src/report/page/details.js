// All that is known of one step.

let cameFrom = null;

function drawDetails() {
  const step = state.selected && stepOf(state.selected);
  document.body.classList.toggle("open", Boolean(step));
  show("details", step ? detailsOf(step) : [
    el("h2", { id: "details-title" }, "Details"),
    el("p", { class: "note" }, "Choose a step in the graph, the timeline or the table: what it read, its attempts, what it waited for and what became of it is shown here."),
    el("p", { class: "note" }, "Enter on a step that is chosen already leads here, Escape leads back."),
    longest(shownRun()),
  ]);
}

// Until a step is chosen: where the time went.
function longest(run) {
  const steps = inside(run).flatMap((inner) => inner.steps).filter((step) => step.took > 0 && !step.runs.length);
  const most = steps.sort((a, b) => b.took - a.took).slice(0, 6);
  return most.length > 1 && part("Slowest steps", el("ol", { class: "longest" }, most.map((step) => el("li", {},
    el("span", {}, kindIcon(step.kind), stepLink(step, path(step, run))), el("span", { class: "note" }, time(step.took)),
    el("span", { class: `meter is-${step.status}`, "aria-hidden": "true", css: { width: `${(100 * step.took) / most[0].took}%` } })))));
}

function detailsOf(step) {
  const { run } = step;
  const outer = trail(step, shownRun()).slice(0, -1);
  return [
    el("div", { class: "title" },
      el("h2", { id: "details-title", tabindex: "-1" }, kindIcon(step.kind), name(step.name)),
      el("button", { type: "button", class: "quiet", id: "close", "aria-label": "Close the details", on: { click: close } }, "\u2715")),
    outer.length > 0 && el("p", { class: "note" }, "inside ", outer.map((text, index) => [index > 0 && " \u203a ", name(text)])),
    el("p", { class: "badges" }, badge(step.status), step.undo && undoBadge(step.undo),
      isCritical(step) && el("span", { class: "badge hot" }, "critical path"), isBottleneck(step) && el("span", { class: "badge hot" }, "bottleneck")),
    step.fault && part("Why", el("p", {}, cause(step.fault)), message(step.fault.message)),
    step.undo && part("Rollback", el("p", {}, `${undoWords(step.undo)} at ${time(step.undo.at - run.from)}`), step.undo.why && message(step.undo.why)),
    part("Times", facts([
      ["Kind", step.flow ? [step.kind, " of ", name(step.flow)] : step.kind],
      ["Batch", `${step.batch + 1} of ${run.batches.length}`],
      step.ran && ["Started", `${time(step.start - run.from)} after the run`],
      step.took !== undefined && [step.end === undefined ? "So far" : "Took", time(step.took)],
      step.ready !== undefined && step.start > step.ready && ["Ready", `${time(step.start - step.ready)} before it started`],
      step.waited > 0 && ["Waited", time(step.waited)],
      step.progress && ["Progress", progress(step.progress)],
    ])),
    step.runs.length > 0 && part(step.runs.length === 1 ? "Run inside" : "Runs inside", el("ul", { class: "plain" }, step.runs.map((inner) => el("li", {},
      openRun(inner, "open ", name(inner.name)), " ", el("span", { class: `badge is-${outcomeIcon(inner)}` }, icon(`status-${outcomeIcon(inner)}`), OUTCOMES[inner.outcome] ?? inner.outcome),
      el("span", { class: "note" }, ` run ${inner.id} \u00b7 ${time(inner.took)}`))))),
    attempts(step), waits(step), ...links(step),
    (step.options ?? []).length > 0 && part("Options", el("ul", { class: "chips" }, step.options.map((option) => el("li", {}, visible(option))))),
  ].filter(Boolean);
}

const part = (title, ...children) => el("section", {}, el("h3", {}, title), children);
const facts = (pairs) => el("dl", { class: "pairs" }, pairs.filter(Boolean).map(([label, value]) => [el("dt", {}, label), el("dd", {}, value)]));
const progress = ({ done, total }) => [el("progress", { max: Math.max(total, 1), value: done, "aria-label": "Progress" }), ` ${done.toLocaleString("en")} of ${total.toLocaleString("en")}`];

const MOST = 50;
const more = (all) => all.length > MOST && el("p", { class: "note" }, `and ${all.length - MOST} more`);
const itemColumn = (all) => all.some((one) => one.item !== undefined);
const NUMBERS = new Set(["Item", "Attempt", "At", "Took"]);
const headings = (labels) => el("thead", {}, el("tr", {}, labels.filter(Boolean).map((label) => el("th", { scope: "col", class: NUMBERS.has(label) ? "number" : "" }, label))));

function attempts(step) {
  const all = step.attempts ?? [];
  if (!all.length) return null;
  const items = itemColumn(all);
  // Those that failed come first where there are too many.
  const first = all.length > MOST ? [...all].sort((a, b) => Boolean(b.fault) - Boolean(a.fault)) : all;
  let last = step.fault?.message;
  const rows = first.slice(0, MOST).map((attempt) => {
    const text = attempt.fault?.message;
    const same = text !== undefined && text === last;
    last = text ?? last;
    return [el("tr", { class: text ? "joined" : "" },
      items && el("td", { class: "number" }, attempt.item ?? "\u2013"),
      el("td", { class: "number" }, attempt.attempt),
      el("td", { class: "number" }, time(attempt.from - step.run.from)),
      el("td", { class: "number" }, time((attempt.to ?? step.run.to) - attempt.from)),
      el("td", {}, attempt.fault ? cause(attempt.fault) : attempt.to === undefined ? "not ended" : step.status === "stopped" && attempt.to === step.end ? "stopped" : "succeeded", same && el("span", { class: "note" }, " as above"))),
    text && !same && el("tr", {}, el("td", { colspan: items ? 5 : 4 }, message(text)))];
  });
  return part(`Attempts (${all.length})`, el("table", {}, headings([items && "Item", "Attempt", "At", "Took", "Result"]), el("tbody", {}, rows)), more(all));
}

function waits(step) {
  const all = step.waits ?? [];
  if (!all.length) return null;
  const items = itemColumn(all);
  return part(`Waited ${all.length === 1 ? "once" : `${all.length} times`}`, el("table", {}, headings([items && "Item", "For", "At", "Took"]),
    el("tbody", {}, all.slice(0, MOST).map((wait) => el("tr", {},
      items && el("td", { class: "number" }, wait.item ?? "\u2013"),
      el("td", {}, WAITS[wait.on] ?? wait.on),
      el("td", { class: "number" }, time(wait.from - step.run.from)),
      el("td", { class: "number" }, time((wait.to ?? step.run.to) - wait.from)))))), more(all));
}

function links(step) {
  const producers = producersOf(step);
  const producing = new Set(producers.values());
  const steps = (numbers) => [...numbers].map((number, index) => [index > 0 && ", ", stepLink(step.run.steps[number])]);
  const producer = (value) => step.run.steps[producers.get(value)];
  const reads = step.reads.map((value) => el("li", {},
    !producers.has(value) ? [name(value), el("span", { class: "note" }, " (input of the workflow)")]
      : producer(value).name === value ? stepLink(producer(value)) : [name(value), " of ", stepLink(producer(value))]));
  const after = step.needs.filter((need) => !producing.has(need));
  return [
    step.reads.length > 0 && part("Reads", el("ul", { class: "plain" }, reads)),
    after.length > 0 && part("Runs after", el("p", {}, steps(after))),
    step.gives.length > 0 && part("Produces", el("p", {}, step.gives.map((value, index) => [index > 0 && ", ", name(value)]))),
    step.needed.length > 0 && part("Needed by", el("p", {}, steps(step.needed))),
  ];
}

function close() {
  const back = cameFrom;
  state.selected = null;
  remember();
  drawDetails();
  document.querySelectorAll("[data-step]").forEach(mark);
  near();
  if (back?.isConnected) back.focus();
}
