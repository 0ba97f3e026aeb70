// The graph of the plan: a column for each batch.

const NODE = { width: 204, height: 50 };
const COLUMN = 84;
const MARGIN = 20;
const HEAD = 50;

function drawGraph() {
  const run = shownRun();
  const columns = [];
  const groups = new Map();
  const holder = new Map();
  run.batches.forEach((_, batch) => {
    const { steps, rest } = shown(run, batch);
    const ids = steps.map((step) => step.number);
    ids.forEach((id) => holder.set(id, id));
    if (rest.length) {
      const id = `g${batch}`;
      groups.set(id, { batch, rest });
      rest.forEach((step) => holder.set(step.number, id));
      ids.push(id);
    }
    columns.push(ids);
  });
  const edges = collectEdges(run, holder);
  const layout = arrange(columns, edges, () => NODE.height);
  const left = (column) => MARGIN + column * (NODE.width + COLUMN);
  const width = left(columns.length) - COLUMN + MARGIN;
  const height = layout.height + HEAD + MARGIN;

  const lines = svg("svg", { class: "edges", width, height, "aria-hidden": "true", focusable: "false" },
    svg("defs", {}, ["plain", "hot", "near"].map((kind) =>
      svg("marker", { id: `tip-${kind}`, class: `tip ${kind}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto", markerUnits: "userSpaceOnUse" },
        svg("path", { d: "M0 .5L7.5 4 0 7.5z" })))));
  for (const { edge, stops } of layout.routes) {
    lines.append(svg("path", { class: `edge ${edge.hot ? "hot" : ""} ${edge.data ? "" : "order"}`, d: route(stops, left), "data-ends": `${edge.from} ${edge.to}` }));
  }
  const inner = el("div", { class: "graph-inner", css: { width: `${width}px`, height: `${height}px` } },
    el("div", { class: "heads stuck", css: { width: `${width}px` } }, columns.map((_, batch) => head(run, batch, left(batch)))),
    lines);
  columns.forEach((ids, column) => {
    const inOrder = [...ids].sort((a, b) => layout.found.get(a).y - layout.found.get(b).y);
    for (const id of inOrder) {
      const place = layout.found.get(id);
      const css = { left: `${left(column)}px`, top: `${HEAD + place.y - NODE.height / 2}px` };
      inner.append(groups.has(id) ? groupNode(run, groups.get(id), id, css) : node(run.steps[id], column, css));
    }
  });

  const old = at("graph").querySelector(".graph");
  const scrolled = old && old.dataset.run === String(run.index) ? [old.scrollLeft, old.scrollTop] : [0, 0];
  inner.style.setProperty("zoom", state.scale ?? fitting(width, 0.8));
  const box = el("div", { class: "box graph", role: "group", "aria-label": "Graph of the plan", "aria-describedby": "graph-help", "data-run": run.index, on: { keydown: graphKeys } }, inner);
  show("graph",
    el("div", { class: "title" }, el("h2", { id: "graph-title" }, "Plan"),
      el("p", { class: "note" }, `${count(run.steps.length, "step")} in ${count(run.batches.length, "batch", "batches")}`),
      groupButtons(run), zoomButtons("graph", "the graph", scaleBy)),
    legend(run),
    el("p", { id: "graph-help", class: "note keys" }, "Arrows move along the edges, Enter shows the details of a step. The table below says the same in words."),
    box);
  restore(box, scrolled);
  inner.querySelectorAll("[data-step]").forEach(mark);
  rove(box, nodes(box), inner.querySelector(".chosen") ?? undefined);
  near();
}

// One line for all the edges between two boxes.
function collectEdges(run, holder) {
  const edges = new Map();
  const next = new Map(run.path.slice(1).map((step, index) => [step, run.path[index]]));
  for (const step of run.steps) {
    const producers = new Set(producersOf(step).values());
    for (const need of step.needs) {
      const [from, to] = [holder.get(need), holder.get(step.number)];
      const key = `${from} ${to}`;
      const edge = edges.get(key) ?? { from, to, hot: false, data: false };
      edge.hot ||= next.get(step.number) === need;
      edge.data ||= producers.has(need);
      edges.set(key, edge);
    }
  }
  // What is critical is drawn last, so it lies on top.
  return [...edges.values()].sort((a, b) => a.hot - b.hot);
}

// The values that a step reads, and the steps that produce them.
function producersOf(step) {
  const producers = new Map();
  for (const need of step.needs) for (const value of step.run.steps[need].gives) {
    if (step.reads.includes(value)) producers.set(value, need);
  }
  return producers;
}

function route(stops, left) {
  const y = (place) => HEAD + place.y;
  let [x, last] = [left(stops[0].column) + NODE.width, y(stops[0])];
  let d = `M${x} ${last.toFixed(1)}`;
  stops.slice(1).forEach((stop, index) => {
    const isEnd = index === stops.length - 2;
    const [enter, level] = [left(stop.column) - (isEnd ? 1 : 0), y(stop)];
    const bend = (enter - x) / 2;
    d += `C${x + bend} ${last.toFixed(1)} ${enter - bend} ${level.toFixed(1)} ${enter} ${level.toFixed(1)}`;
    if (!isEnd) d += `h${NODE.width}`;
    [x, last] = [left(stop.column) + NODE.width, level];
  });
  return d;
}

function head(run, batch, x) {
  const many = run.batches[batch].length;
  const label = [el("strong", {}, `Batch ${batch + 1}`), el("span", { class: "note" }, many === 1 ? "1 step" : `${many} steps`)];
  const css = { left: `${x}px`, width: `${NODE.width}px` };
  if (!isWide(run, batch)) return el("div", { class: "head", css }, label);
  const open = isBatchOpen(run, batch);
  return el("button", { type: "button", class: "head", css, "aria-expanded": String(open), tabindex: "-1", on: { click: () => toggle(batchKey(run, batch), !open) } },
    el("span", { class: "twist", "aria-hidden": "true" }), label);
}

function node(step, column, css) {
  const classes = ["node", `kind-${step.kind}`, `is-${step.status}`];
  if (isCritical(step)) classes.push("hot");
  if (isBottleneck(step)) classes.push("slowest");
  return el("button", { type: "button", class: classes.join(" "), css, "data-step": step.key, "data-node": step.number, "data-column": column, "aria-label": described(step), title: visible(step.name), on: { click: () => choose(step.key) } },
    kindIcon(step.kind),
    el("span", { class: "texts" }, name(step.name),
      el("span", { class: "note" }, [step.kind, step.undo ? undoWords(step.undo) : step.took !== undefined && time(step.took)].filter(Boolean).join(" \u00b7 "))),
    el("span", { class: step.undo ? `state undo-${step.undo.how}` : `state is-${step.status}` }, icon(`status-${step.undo ? "undone" : step.status}`)),
    isBottleneck(step) && el("span", { class: "tag" }, "bottleneck"));
}

function groupNode(run, { batch, rest }, id, css) {
  const worst = ["failed", "excused", "running"].find((status) => rest.some((step) => step.status === status));
  return el("button", { type: "button", class: `node group ${worst ? `is-${worst}` : ""}`, css, "data-node": id, "data-column": batch, "aria-expanded": "false", "aria-label": `${count(rest.length, "step")} of batch ${batch + 1}, ${tally(rest)}`, on: { click: () => { toggle(batchKey(run, batch), true); } } },
    el("span", { class: "texts" }, el("span", { class: "name" }, count(rest.length, "step")), signs(rest)),
    el("span", { class: "twist", "aria-hidden": "true" }));
}

function legend(run) {
  const used = (of) => new Set(run.steps.map(of));
  const [kinds, statuses] = [used((step) => step.kind), used((step) => step.status)];
  return el("ul", { class: "legend", "aria-label": "What the signs mean" },
    Object.keys(KINDS).filter((kind) => kinds.has(kind)).map((kind) => el("li", {}, kindIcon(kind), kind)),
    Object.keys(STATUS).filter((status) => statuses.has(status)).map((status) => el("li", {}, el("span", { class: `state is-${status}` }, icon(`status-${status}`)), meant(status))),
    el("li", {}, el("span", { class: "sample hot" }), "critical path"),
    run.steps.some((step) => step.needs.length > new Set(producersOf(step).values()).size) && el("li", {}, el("span", { class: "sample order" }), "order only"));
}

function groupButtons(run) {
  const wide = run.batches.map((_, batch) => batch).filter((batch) => isWide(run, batch));
  if (!wide.length) return null;
  const all = (open) => {
    for (const batch of wide) state.opened.set(batchKey(run, batch), open);
    draw("graph", "timeline");
    for (const box of document.querySelectorAll(".graph, .timeline")) reveal(box, box.querySelector(".chosen"));
  };
  return el("div", { class: "buttons", role: "group", "aria-label": "Groups" },
    el("button", { type: "button", class: "quiet", on: { click: () => all(true) } }, "Open all"),
    el("button", { type: "button", class: "quiet", on: { click: () => all(false) } }, "Close all"));
}

// `change` is given a factor, or nothing, which means as large as fits.
function zoomButtons(id, what, change) {
  const button = (label, sign, by) => el("button", { type: "button", class: "quiet", id: `${id}-${label.toLowerCase()}`, "aria-label": `${label} ${what}`, on: { click: () => change(by) } }, sign);
  return el("div", { class: "buttons", role: "group", "aria-label": `Size of ${what}` }, button("Shrink", "\u2212", 1 / 1.4), button("Fit", "Fit", undefined), button("Enlarge", "+", 1.4));
}

const fitting = (width, least) => Math.max(least, Math.min(1, state.room / width));

function scaleBy(factor) {
  const width = parseFloat(at("graph").querySelector(".graph-inner").style.width);
  setScale(factor === undefined ? fitting(width, 0.3) : (state.scale ?? fitting(width, 0.8)) * factor);
}

// At first it fits, unless it were too small to read then.
function setScale(scale) {
  state.scale = scale && Math.min(2, Math.max(0.25, scale));
  const inner = at("graph").querySelector(".graph-inner");
  inner.style.setProperty("zoom", state.scale ?? fitting(parseFloat(inner.style.width), 0.8));
}

const nodes = (box) => [...box.querySelectorAll(".node")];

// The edges at the chosen step stand out; of a step inside a flow step, those of the flow step.
function near() {
  let chosen = state.selected && stepOf(state.selected);
  while (chosen && chosen.run !== shownRun() && chosen.run.within) {
    chosen = RUNS[chosen.run.within[0]].steps[chosen.run.within[1]];
  }
  const id = chosen && String(chosen.number);
  for (const edge of at("graph").querySelectorAll(".edge")) edge.classList.toggle("near", Boolean(id) && edge.dataset.ends.split(" ").includes(id));
  for (const element of at("graph").querySelectorAll(".node")) {
    element.classList.toggle("holds", element.dataset.node === id && chosen.key !== state.selected);
  }
}

function graphKeys(event) {
  const here = event.target.closest(".node");
  if (!here) return;
  const box = event.currentTarget;
  const all = nodes(box);
  const column = Number(here.dataset.column);
  const top = (element) => parseFloat(element.style.top);
  const nearest = (elements) => elements.sort((a, b) => Math.abs(top(a) - top(here)) - Math.abs(top(b) - top(here)))[0];
  const linked = (side) => [...box.querySelectorAll(".edge")].map((edge) => edge.dataset.ends.split(" "))
    .filter((ends) => ends[1 - side] === here.dataset.node).map((ends) => all.find((element) => element.dataset.node === ends[side])).filter(Boolean);
  const inColumn = (number) => all.filter((element) => Number(element.dataset.column) === number);
  const beside = (by) => { const same = inColumn(column); return same[same.indexOf(here) + by]; };
  const to = {
    ArrowRight: () => nearest(linked(1)) ?? nearest(inColumn(column + 1)),
    ArrowLeft: () => nearest(linked(0)) ?? nearest(inColumn(column - 1)),
    ArrowDown: () => beside(1),
    ArrowUp: () => beside(-1),
    Home: () => all[0],
    End: () => all[all.length - 1],
  }[event.key];
  if (!to) return;
  event.preventDefault();
  focusOn(box, all, to());
}
