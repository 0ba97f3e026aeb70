// The table of steps: all of the run that is shown, and of the runs inside it.

const COLUMNS = [
  { id: "name", label: "Step", of: (step) => trail(step, shownRun()).join("/") },
  { id: "kind", label: "Kind", of: (step) => step.kind },
  { id: "batch", label: "Batch", number: true, of: (step) => step.batch },
  { id: "status", label: "Status", of: (step) => Object.keys(STATUS).indexOf(step.status) },
  { id: "start", label: "Started", number: true, of: (step) => step.start ?? step.ready },
  { id: "took", label: "Took", number: true, of: (step) => step.took },
  { id: "waited", label: "Waited", number: true, of: (step) => step.waited },
  { id: "attempts", label: "Attempts", number: true, of: (step) => (step.attempts ?? []).length || (step.took === undefined ? 0 : 1) },
];

function drawSteps() {
  const run = shownRun();
  const steps = inside(run).flatMap((inner) => inner.steps);
  const options = (values, names) => [el("option", { value: "" }, "all"), [...values].map((value) => el("option", { value }, names(value)))];
  const select = (id, label, values, names) => el("label", {}, `${label} `, el("select", { id, on: { change: (event) => { state[id.slice(7)] = event.target.value; drawRows(); } } }, options(values, names)));
  show("steps",
    el("div", { class: "title" }, el("h2", { id: "steps-title" }, "Steps"), el("p", { class: "note", id: "found" })),
    el("form", { class: "filters", role: "search", "aria-label": "Steps", on: { submit: (event) => event.preventDefault() } },
      el("label", {}, "Find ", el("input", { type: "search", id: "filter-filter", placeholder: "name, value or error", value: state.filter, autocomplete: "off", spellcheck: "false", on: { input: (event) => { state.filter = event.target.value; drawRows(); } } })),
      select("filter-status", "Status", Object.keys(STATUS).filter((status) => steps.some((step) => step.status === status)), (status) => STATUS[status]),
      select("filter-kind", "Kind", Object.keys(KINDS).filter((kind) => steps.some((step) => step.kind === kind)), (kind) => kind)),
    el("div", { class: "box table" }, el("table", {},
      el("caption", { class: "unseen" }, "Steps of the run, in the order of the plan. The headings sort."),
      el("thead", { class: "stuck" }, el("tr", {}, COLUMNS.map((column) => el("th", { scope: "col", "data-column": column.id, class: column.number ? "number" : "" },
        el("button", { type: "button", on: { click: () => sortBy(column) } }, column.label, el("span", { class: "arrow", "aria-hidden": "true" })))))),
      el("tbody", { on: { keydown: tableKeys } }))));
  at("filter-status").value = state.status;
  at("filter-kind").value = state.kind;
  drawRows();
}

function sortBy(column) {
  const { id, down } = state.sort ?? {};
  // The largest first, for numbers; a third click restores the order of the plan.
  const first = Boolean(column.number && column.id !== "batch" && column.id !== "start");
  state.sort = id !== column.id ? { id: column.id, down: first } : down === first ? { id, down: !first } : null;
  drawRows();
  say(state.sort ? `Sorted by ${column.label}, ${state.sort.down ? "descending" : "ascending"}` : "In the order of the plan");
}

// The steps of a run in the order of its plan, each followed by what ran inside it.
function unfolded(run) {
  return run.batches.flatMap((batch) => batch.flatMap((number) => [run.steps[number], ...run.steps[number].runs.flatMap(unfolded)]));
}

function matches(step, wanted) {
  if (state.status && step.status !== state.status) return false;
  if (state.kind && step.kind !== state.kind) return false;
  if (!wanted) return true;
  const texts = [trail(step, shownRun()).join("/"), step.kind, words(step), ...step.reads, ...step.gives, ...(step.options ?? []), step.fault?.message, step.undo && undoWords(step.undo)];
  return texts.some((text) => text && text.toLowerCase().includes(wanted));
}

function drawRows() {
  const run = shownRun();
  const all = unfolded(run);
  const wanted = state.filter.trim().toLowerCase();
  const steps = all.filter((step) => matches(step, wanted));
  if (state.sort) {
    const { of } = COLUMNS.find((column) => column.id === state.sort.id);
    const sign = state.sort.down ? -1 : 1;
    const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b);
    // What has no value comes last, either way.
    steps.sort((a, b) => {
      const [x, y] = [of(a), of(b)];
      if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
      return sign * compare(x, y);
    });
  }
  const body = at("steps").querySelector("tbody");
  body.replaceChildren(...(steps.length ? steps.map((step) => tableRow(step, run)) : [el("tr", {}, el("td", { colspan: COLUMNS.length, class: "note" }, "No step is like that."))]));
  for (const th of at("steps").querySelectorAll("thead th")) {
    const sorted = state.sort?.id === th.dataset.column;
    if (sorted) th.setAttribute("aria-sort", state.sort.down ? "descending" : "ascending");
    else th.removeAttribute("aria-sort");
  }
  const found = steps.length === all.length ? count(all.length, "step") : `${steps.length} of ${count(all.length, "step")}`;
  at("found").textContent = found;
  if (wanted || state.status || state.kind) say(`${found} shown`);
  body.querySelectorAll("[data-step]").forEach(mark);
  rove(body, rowButtons(body), body.querySelector(".chosen button") ?? undefined);
}

function tableRow(step, root) {
  const cell = (value) => el("td", { class: "number" }, value);
  return el("tr", { "data-step": step.key, class: `is-${step.status}`, on: { click: () => choose(step.key) } },
    el("th", { scope: "row" }, el("button", { type: "button", class: "link plain", "aria-label": `${trail(step, root).map(visible).join(" \u203a ")}: show details` }, kindIcon(step.kind), el("span", {}, path(step, root))),
      isBottleneck(step) && el("span", { class: "tag" }, "bottleneck")),
    el("td", {}, step.kind),
    cell(step.batch + 1),
    el("td", {}, badge(step.status), step.undo && [" ", undoBadge(step.undo)]),
    cell(step.ran ? time(step.start - root.from) : "\u2013"),
    cell(time(step.took)),
    cell(step.waited ? time(step.waited) : "\u2013"),
    cell(COLUMNS[7].of(step) || "\u2013"));
}

const rowButtons = (body) => [...body.querySelectorAll("th button")];

function tableKeys(event) {
  const here = event.target.closest("th button");
  if (!here) return;
  const buttons = rowButtons(event.currentTarget);
  const index = buttons.indexOf(here);
  const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  focusOn(event.currentTarget.closest(".table"), buttons, buttons[to]);
}
