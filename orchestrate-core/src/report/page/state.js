// What is shown, and what is chosen.

const state = { run: 0, selected: null, opened: new Map(), filter: "", status: "", kind: "", sort: null, zoom: 1, scale: null, room: 800 };

// How wide a section is inside. It is read before anything is drawn, so that nothing has to be laid out twice.
function measure() {
  state.room = at("main").clientWidth - 40;
}

const shownRun = () => RUNS[state.run];

// A batch of so many steps is closed at first, in a plan of so many.
const WIDE = 16;
const LARGE = 60;

const batchKey = (run, batch) => `b${run.index}.${batch}`;
const isWide = (run, batch) => run.batches[batch].length > WIDE;
const isBatchOpen = (run, batch) =>
  state.opened.get(batchKey(run, batch)) ?? !(run.steps.length > LARGE && isWide(run, batch));

const runsKey = (step) => `r${step.key}`;
const isUnfolded = (step) =>
  state.opened.get(runsKey(step)) ?? (step.runs.some((run) => run.outcome !== "finished") || sum(RUNS.map((run) => run.steps.length)) <= LARGE);

// The steps of a batch that are shown one by one, and those that are in its group. What one looks for is never in a group.
function shown(run, batch) {
  const steps = run.batches[batch].map((step) => run.steps[step]);
  if (isBatchOpen(run, batch)) return { steps, rest: [] };
  // Where much is excused, that is nothing to look for.
  const excused = run.steps.filter((step) => step.status === "excused").length <= 12;
  const wanted = steps.filter((step) => step.status === "failed" || (excused && step.status === "excused") || step.number === run.slowest || step.undo?.how === "failed" || step.status === "running");
  const kept = new Set(wanted.slice(0, 8));
  const chosen = state.selected && stepOf(state.selected);
  const rest = steps.filter((step) => !kept.has(step) && step !== chosen);
  return rest.length < 2 ? { steps, rest: [] } : { steps: steps.filter((step) => !rest.includes(step)), rest };
}

function counted(steps) {
  const counts = new Map();
  for (const step of steps) counts.set(step.status, (counts.get(step.status) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

// `48 finished, 2 skipped`.
const tally = (steps) => counted(steps).map(([status, many]) => `${many} ${STATUS[status] ?? status}`).join(", ");

// The same in signs, where there is little room.
const signs = (steps) => el("span", { class: "counts", "aria-hidden": "true" },
  counted(steps).map(([status, many]) => el("span", { class: `state is-${status}`, title: STATUS[status] }, icon(`status-${status}`), many)));

function toggle(key, open) {
  state.opened.set(key, open);
  draw("graph", "timeline");
}

// Moves the scrolled content of `box` alone, not the page.
function reveal(box, element) {
  if (!box || !element) return;
  const [outer, inner] = [box.getBoundingClientRect(), element.getBoundingClientRect()];
  const head = box.querySelector(".stuck")?.getBoundingClientRect().height ?? 0;
  const side = box.classList.contains("timeline") ? 0 : 24;
  if (inner.top < outer.top + head) box.scrollTop -= outer.top + head - inner.top + 8;
  else if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom + 8;
  if (!side) return;
  if (inner.left < outer.left) box.scrollLeft -= outer.left - inner.left + side;
  else if (inner.right > outer.right) box.scrollLeft += inner.right - outer.right + side;
}

// Back to where it was. Where that is the start, there is nothing to do, and nothing to lay out for it.
function restore(box, [left, top]) {
  if (left) box.scrollLeft = left;
  if (top) box.scrollTop = top;
}

// One of the elements can be reached with Tab, the others from there with the arrows.
function rove(box, elements, current) {
  for (const element of elements) element.tabIndex = -1;
  const one = current ?? elements[0];
  if (one) one.tabIndex = 0;
}

function focusOn(box, elements, element) {
  if (!element) return;
  rove(box, elements, element);
  element.focus({ preventScroll: true });
  reveal(box, element);
}

const mark = (element) => {
  if (element.dataset.step === undefined) return;
  const chosen = element.dataset.step === state.selected;
  element.classList.toggle("chosen", chosen);
  if (element.getAttribute("role") === "treeitem") element.setAttribute("aria-selected", String(chosen));
  else if (chosen) element.setAttribute("aria-current", "true");
  else element.removeAttribute("aria-current");
};
