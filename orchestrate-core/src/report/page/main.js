// What happens when somebody does something.

const DRAW = { top: drawTop, runs: drawRuns, wrong: drawWrong, graph: drawGraph, timeline: drawTimeline, steps: drawSteps, details: drawDetails };

// Draws parts of the page again; what had the focus has it afterwards.
function draw(...parts) {
  const had = document.activeElement;
  const section = had?.closest?.("section[id]")?.id;
  const attribute = section && ["data-step", "data-group", "data-node", "id"].find((attribute) => had.hasAttribute(attribute));
  const value = attribute && had.getAttribute(attribute);
  const label = had?.textContent;
  measure();
  for (const part of parts) DRAW[part]();
  if (!section || had.isConnected) return;
  const again = (attribute && at(section).querySelector(`[${attribute}="${value}"]`))
    ?? [...at(section).querySelectorAll("button")].find((button) => button.textContent === label)
    ?? at(section).querySelector("[tabindex='0']");
  const box = again?.closest(".box");
  if (box && again.matches(".node, [role=treeitem]")) focusOn(box, [...box.querySelectorAll(".node, [role=treeitem]")], again);
  else again?.focus({ preventScroll: true });
}

// Shows the details of a step. A second time, the focus goes to them.
function choose(key) {
  const step = stepOf(key);
  if (!step) return;
  const again = state.selected === key;
  if (!at("details").contains(document.activeElement)) cameFrom = document.activeElement;
  state.selected = key;
  remember();
  if (!inside(shownRun()).includes(step.run)) return showRun(step.run.index);
  uncover(step);
  drawDetails();
  document.querySelectorAll("[data-step]").forEach(mark);
  near();
  for (const [id, selector] of [["graph", ".graph"], ["timeline", ".timeline"], ["steps", ".table"]]) {
    const section = at(id);
    const element = section.querySelector(`[data-step="${key}"]`) ?? (id === "graph" ? section.querySelector(".holds") : null);
    if (!section.contains(document.activeElement)) reveal(section.querySelector(selector), element);
  }
  say(`Details of ${described(step)}`);
  if (again) at("details-title").focus();
}

// Opens what hides the row of a step.
function uncover(step) {
  let hidden = !at("timeline").querySelector(`[data-step="${step.key}"]`);
  if (!hidden && at("graph").querySelector(`[data-step="${step.key}"]`)) return;
  for (let { run } = step; run !== shownRun() && run.within; run = RUNS[run.within[0]]) {
    const holder = RUNS[run.within[0]].steps[run.within[1]];
    if (holder && !isUnfolded(holder)) { state.opened.set(runsKey(holder), true); hidden = true; }
  }
  if (hidden) draw("graph", "timeline");
}

function showRun(index) {
  state.run = index;
  state.zoom = 1;
  if (state.selected && !inside(shownRun()).includes(stepOf(state.selected).run)) state.selected = null;
  remember();
  draw(...Object.keys(DRAW));
  window.scrollTo(0, 0);
  at("main").focus({ preventScroll: true });
  say(`Run ${shownRun().id} of ${visible(shownRun().name)}`);
}

// What is shown stands in the address, so that it can be shared and comes back.
function remember() {
  const parts = [state.run > 0 && `run=${state.run}`, state.selected && `step=${state.selected}`].filter(Boolean);
  try {
    history.replaceState(null, "", parts.length ? `#${parts.join("&")}` : location.href.split("#")[0]);
  } catch { /* Some pages may not change their address. */ }
}

function recall() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const run = Number(asked.get("run") ?? RUNS.findIndex((run) => !run.within));
  state.run = RUNS[run] ? run : 0;
  const step = asked.get("step") ?? "";
  state.selected = stepOf(step) && inside(shownRun()).includes(stepOf(step).run) ? step : null;
}

// Light and dark: as the system has it, until somebody says otherwise.

const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = () => document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
const themeWords = () => (theme() === "dark" ? "Light colours" : "Dark colours");

function setTheme(to) {
  document.documentElement.dataset.theme = to;
  at("theme").textContent = themeWords();
}

function flipTheme() {
  const to = theme() === "dark" ? "light" : "dark";
  setTheme(to);
  try {
    localStorage.setItem("orchestrated-theme", to);
  } catch { /* A page from a file may have no storage. */ }
}

function recallTheme() {
  try {
    const kept = localStorage.getItem("orchestrated-theme");
    if (kept === "dark" || kept === "light") setTheme(kept);
  } catch { /* As above. */ }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && state.selected && !event.target.matches?.("input, select")) close();
});
dark.addEventListener("change", () => { at("theme").textContent = themeWords(); });

let resized;
addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(() => {
    measure();
    setScale(state.scale);
    drawAxis(at("timeline").querySelector(".timeline"));
  }, 100);
});

// On paper nothing scrolls: the graph shrinks to the width of the page.
addEventListener("beforeprint", () => {
  const inner = at("graph").querySelector(".graph-inner");
  inner.style.setProperty("zoom", Math.min(1, 700 / parseFloat(inner.style.width)));
  at("timeline").querySelector(".timeline").style.setProperty("--zoom", 1);
});
addEventListener("afterprint", () => {
  setScale(state.scale);
  setZoom(state.zoom);
});
addEventListener("hashchange", () => { recall(); draw(...Object.keys(DRAW)); });

if (RUNS.length) {
  prepare();
  recall();
  at("columns").hidden = false;
  draw(...Object.keys(DRAW));
  recallTheme();
} else {
  at("top").append(el("h1", {}, name(DATA.title ?? "No runs")), el("p", {}, "There is no run in this report."));
}
