// The timeline: a row for each step, grouped by batch, with what ran inside a step unfolded below it.

function drawTimeline() {
  const run = shownRun();
  const rows = rowsOf(run, run, 1);
  const old = at("timeline").querySelector(".timeline");
  const scrolled = old && old.dataset.run === String(run.index) ? [old.scrollLeft, old.scrollTop] : [0, 0];
  const tree = el("div", { class: "rows", role: "tree", "aria-label": "Timeline of the steps", "aria-describedby": "timeline-help", on: { keydown: timelineKeys } }, rows);
  const box = el("div", { class: "box timeline", "data-run": run.index }, el("div", { class: "axis stuck", "aria-hidden": "true" }), tree);
  box.style.setProperty("--zoom", state.zoom);
  drawAxis(box);
  show("timeline",
    el("div", { class: "title" }, el("h2", { id: "timeline-title" }, "Timeline"),
      el("p", { class: "note" }, `${time(run.to - run.from)} from left to right`),
      zoomButtons("timeline", "the timeline", (factor) => setZoom(factor === undefined ? 1 : state.zoom * factor))),
    timelineLegend(run),
    el("p", { id: "timeline-help", class: "note keys" }, "Up and Down move, Right and Left open and close a group, Enter shows the details, plus and minus zoom."),
    box);
  restore(box, scrolled);
  tree.querySelectorAll("[data-step]").forEach(mark);
  rove(box, treeItems(tree), tree.querySelector(".chosen") ?? undefined);
}

function rowsOf(run, root, depth) {
  return run.batches.flatMap((batch, number) => {
    const { steps, rest } = shown(run, number);
    const rows = [];
    const grouped = batch.length > 1;
    // A batch that is all one group is one row.
    const whole = rest.length === batch.length;
    if (grouped) rows.push(batchRow(run, number, root, depth, whole));
    for (const step of steps) rows.push(...stepRows(step, root, depth + (grouped ? 1 : 0)));
    if (rest.length && !whole) rows.push(restRow(run, number, rest, root, depth + 1));
    return rows;
  });
}

const share = (time, root) => `${root.to > root.from ? (100 * (time - root.from)) / (root.to - root.from) : 0}%`;
const span = (from, to, root) => ({ left: share(from, root), width: `calc(${share(to, root)} - ${share(from, root)})` });

function row(depth, label, bars, attributes) {
  return el("div", { role: "treeitem", tabindex: "-1", "aria-level": depth, ...attributes },
    el("div", { class: "label", css: { "--depth": depth - 1 } }, label), el("div", { class: "track", "aria-hidden": "true" }, bars));
}

const extent = (steps) => {
  const ran = steps.filter((step) => step.until !== undefined);
  if (!ran.length) return null;
  return [Math.min(...ran.map((step) => step.ready ?? step.start ?? step.until)), Math.max(...ran.map((step) => step.until))];
};

function batchRow(run, batch, root, depth, whole) {
  const steps = run.batches[batch].map((step) => run.steps[step]);
  const range = extent(steps);
  const open = isBatchOpen(run, batch);
  const key = batchKey(run, batch);
  const spoken = `Batch ${batch + 1}, ${count(steps.length, "step")}, ${tally(steps)}`;
  return row(depth, [el("span", { class: "twist", "aria-hidden": "true" }), el("strong", {}, `Batch ${batch + 1}`), signs(steps)],
    range && [whole ? slivers(steps, root) : el("span", { class: "range", css: span(...range, root) }), after(range, root, time(range[1] - range[0]))],
    { class: "row batch", "aria-expanded": String(open), "aria-label": spoken, "data-group": key, on: { click: () => toggle(key, !open) } });
}

// Steps that are not shown one by one: a thin line for each, in one row.
function slivers(steps, root) {
  const ran = steps.filter((step) => step.ran);
  return ran.map((step, index) =>
    el("span", { class: `sliver is-${step.status}`, css: { ...span(step.start, step.until, root), top: `${(4 + (20 * index) / ran.length).toFixed(1)}px` } }));
}

function restRow(run, batch, rest, root, depth) {
  const key = batchKey(run, batch);
  return row(depth, [el("span", { class: "note" }, `${count(rest.length, "more step")}: open`)], slivers(rest, root),
    { class: "row rest", "aria-label": `${count(rest.length, "more step")}, ${tally(rest)}`, "data-group": key, on: { click: () => toggle(key, true) } });
}

function stepRows(step, root, depth) {
  const unfolds = step.runs.length > 0;
  const open = unfolds && isUnfolded(step);
  const slowest = isBottleneck(step);
  const label = [
    unfolds ? el("span", { class: "twist", "aria-hidden": "true", on: { click: (event) => { event.stopPropagation(); toggle(runsKey(step), !open); } } }) : el("span", { class: "twist none" }),
    kindIcon(step.kind), name(step.name), bad(step) && el("span", { class: `state is-${step.status}` }, icon(`status-${step.status}`)),
    slowest && el("span", { class: "tag" }, "bottleneck")];
  const classes = ["row", `is-${step.status}`, slowest && "slowest", isCritical(step) && "hot"].filter(Boolean).join(" ");
  const own = row(depth, label, bars(step, root), {
    class: classes, "data-step": step.key, "aria-label": described(step), title: visible(step.name),
    "aria-expanded": unfolds ? String(open) : undefined, "data-group": unfolds ? runsKey(step) : undefined, on: { click: () => choose(step.key) } });
  return [own, ...(open ? step.runs.flatMap((run) => rowsOf(run, root, depth + 1)) : [])];
}

function bars(step, root) {
  const from = step.ready ?? step.start ?? step.end;
  if (from === undefined) return el("span", { class: "note nothing" }, STATUS[step.status]);
  const parts = [];
  if (step.ran) parts.push(el("span", { class: `bar is-${step.status}`, css: span(step.start, step.until, root) }));
  else parts.push(el("span", { class: `point is-${step.status}`, css: { left: share(step.until, root) } }));
  const single = new Set((step.attempts ?? []).map((attempt) => attempt.item)).size <= 1;
  for (const wait of step.waits ?? []) {
    if (wait.item === undefined) parts.push(el("span", { class: `wait wait-${wait.on}`, css: span(wait.from, wait.to ?? root.to, root), title: `waits for ${WAITS[wait.on] ?? wait.on}: ${time((wait.to ?? root.to) - wait.from)}` }));
  }
  for (const attempt of step.attempts ?? []) {
    if (failedTry(attempt) && single) parts.push(el("span", { class: "tried", css: span(attempt.from, attempt.to ?? root.to, root), title: `attempt ${attempt.attempt} failed after ${time((attempt.to ?? root.to) - attempt.from)}` }));
  }
  if (step.undo) parts.push(el("span", { class: `undo undo-${step.undo.how}`, css: { left: share(step.undo.at, root) }, title: undoWords(step.undo) }, icon("status-undone")));
  const tries = new Set((step.attempts ?? []).map((attempt) => attempt.attempt)).size;
  const words = [step.took !== undefined ? time(step.took) : `\u2002${STATUS[step.status]}`, tries > 1 && `${tries} attempts`].filter(Boolean).join(", ");
  parts.push(after([from, step.until], root, words));
  return parts;
}

// A text beside a bar: after it where there is room, else before it, else in it.
function after([from, to], root, text) {
  const total = root.to - root.from;
  const room = (part) => total > 0 && part / total;
  if (room(root.to - to) > 0.16) return el("span", { class: "time", css: { left: share(to, root) } }, text);
  const css = { right: `calc(100% - ${share(from, root)})` };
  if (room(from - root.from) > 0.16) return el("span", { class: "time", css }, text);
  return el("span", { class: "time within", css: { right: `calc(100% - ${share(to, root)})` } }, text);
}

function timelineLegend(run) {
  const steps = inside(run).flatMap((inner) => inner.steps);
  const waits = new Set(steps.flatMap((step) => (step.waits ?? []).map((wait) => wait.on)));
  const items = [
    ...Object.keys(WAITS).filter((on) => waits.has(on)).map((on) => el("li", {}, el("span", { class: `sample wait wait-${on}` }), `waits for ${WAITS[on]}`)),
    steps.some((step) => (step.attempts ?? []).some(failedTry)) && el("li", {}, el("span", { class: "sample tried" }), "attempt that failed"),
    steps.some((step) => step.undo) && el("li", {}, el("span", { class: "undo-sample" }, icon("status-undone")), "rolled back"),
    el("li", {}, el("span", { class: "sample hot" }), "critical path"),
  ].filter(Boolean);
  return el("ul", { class: "legend", "aria-label": "What the bars mean" }, items);
}

function setZoom(zoom) {
  state.zoom = Math.min(200, Math.max(1, zoom));
  const box = at("timeline").querySelector(".timeline");
  const middle = (box.scrollLeft + box.clientWidth / 2) / Math.max(1, box.scrollWidth);
  box.style.setProperty("--zoom", state.zoom);
  drawAxis(box);
  if (state.zoom > 1) box.scrollLeft = middle * box.scrollWidth - box.clientWidth / 2;
}

// Round times, about 110 pixels apart.
function drawAxis(box) {
  const run = shownRun();
  const total = run.to - run.from;
  const label = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--label"));
  const width = (state.room - label) * state.zoom;
  const wanted = total / Math.max(1, Math.min(400, width / 110));
  const power = 10 ** Math.floor(Math.log10(Math.max(wanted, 1)));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= wanted) ?? 10);
  const ticks = [];
  for (let tick = 0; total > 0 && tick <= total; tick += step) ticks.push(tick);
  const place = (tick) => ({ left: share(run.from + tick, run) });
  box.querySelector(".axis").replaceChildren(el("div", { class: "label" }, "Step"),
    el("div", { class: "track" }, ticks.map((tick) => el("span", { class: total - tick < step / 2 ? "tick last" : "tick", css: place(tick) }, time(tick)))));
  box.querySelector(".grid")?.remove();
  box.querySelector(".rows").prepend(el("div", { class: "grid", role: "presentation" }, ticks.map((tick) => el("span", { css: place(tick) }))));
}

const treeItems = (tree) => [...tree.querySelectorAll("[role=treeitem]")];

function timelineKeys(event) {
  const here = event.target.closest("[role=treeitem]");
  if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
  const tree = event.currentTarget;
  const box = tree.closest(".timeline");
  const items = treeItems(tree);
  const index = items.indexOf(here);
  const depth = (item) => Number(item.getAttribute("aria-level"));
  const parent = () => items.slice(0, index).reverse().find((item) => depth(item) < depth(here));
  const open = here.getAttribute("aria-expanded");
  const turn = (to) => toggle(here.dataset.group, to);
  const go = (item) => focusOn(box, items, item);
  const act = {
    ArrowDown: () => go(items[index + 1]),
    ArrowUp: () => go(items[index - 1]),
    Home: () => go(items[0]),
    End: () => go(items[items.length - 1]),
    ArrowRight: () => (open === "false" ? turn(true) : open === "true" && go(items[index + 1])),
    ArrowLeft: () => (open === "true" ? turn(false) : go(parent())),
    Enter: () => here.click(),
    " ": () => here.click(),
    "+": () => setZoom(state.zoom * 1.4),
    "-": () => setZoom(state.zoom / 1.4),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}
