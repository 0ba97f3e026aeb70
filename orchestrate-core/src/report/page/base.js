"use strict";

// Elements. What comes from a run goes into the page as text alone, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === "css") for (const [property, set] of Object.entries(value)) element.style.setProperty(property, set);
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of [children].flat(Infinity)) {
    if (child !== undefined && child !== null && child !== false) element.append(child);
  }
  return element;
}

const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const show = (id, ...children) => { at(id).replaceChildren(); return fill(at(id), {}, children); };
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const at = (id) => document.getElementById(id);

// There are thousands of them: a copy is cheaper than a reference.
const drawn = new Map();

function icon(name, className) {
  if (!drawn.has(name)) {
    const parts = [...at(name).children].map((part) => part.cloneNode(true));
    drawn.set(name, svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" }, parts));
  }
  const copy = drawn.get(name).cloneNode(true);
  if (className) copy.setAttribute("class", `icon ${className}`);
  return copy;
}

// Text.

// What a terminal would obey, or what would turn the text around it, is shown instead.
function visible(text) {
  return String(text)
    .replace(/\r\n/g, "\n")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
      (char) => `\u27e8U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}\u27e9`);
}

const name = (text) => el("bdi", { class: "name" }, visible(text));
const message = (text) => el("pre", { class: "message", dir: "auto", tabindex: "0" }, visible(text));

const count = (many, one, more) => `${many.toLocaleString("en")} ${many === 1 ? one : more ?? `${one}s`}`;

const UNITS = [[1e9, "s"], [1e6, "ms"], [1e3, "\u00b5s"], [1, "ns"]];

// Nanoseconds, as people write them.
function time(nanos) {
  if (nanos === undefined || nanos === null) return "\u2013";
  const seconds = Math.round(nanos / 1e9);
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  if (seconds >= 100) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (nanos === 0) return "0 s";
  const [size, unit] = UNITS.find(([size]) => nanos >= size) ?? UNITS[3];
  const value = nanos / size;
  return `${Number(value.toPrecision(3)).toLocaleString("en")} ${unit}`;
}

const say = (text) => { at("said").textContent = text; };

// The runs.

const DATA = JSON.parse(at("data").textContent);
const RUNS = DATA.runs;

const STATUS = {
  finished: "finished", cached: "cached", skipped: "skipped", excused: "excused", failed: "failed",
  stopped: "stopped", running: "running", waiting: "waiting", unreached: "not reached",
};
const KINDS = { agent: "agent", tool: "tool", mcp: "mcp", fn: "fn", flow: "flow", human: "human" };
const WAITS = { turn: "its turn", retry: "the next attempt", approval: "a person", batch: "the batch", cache: "the cache" };
const CAUSES = {
  error: "error", panicked: "panic", timed_out: "timed out", cancelled: "cancelled", breaker_open: "breaker open",
  quorum: "too few inputs", unsatisfied: "condition never held", batch: "batch failed", rejected: "rejected",
  no_approver: "nobody to ask", refused: "refused",
};

const bad = (step) => step.status === "failed" || step.status === "excused";
// What was cancelled was stopped, and has not failed.
const failedTry = ({ fault }) => Boolean(fault) && fault.cause !== "cancelled";
const words = (step) => STATUS[step.status] ?? step.status;
const meant = (status) => (status === "excused" ? "excused failure" : STATUS[status]);

// Fills in what follows from the rest, so that the file need not say it.
function prepare() {
  RUNS.forEach((run, index) => {
    run.index = index;
    run.children = [];
    run.critical = new Set(run.path);
    run.steps.forEach((step, number) => {
      Object.assign(step, { run, number, key: `${index}.${number}`, runs: [], needed: [] });
      step.status = step.outcome
        ?? (step.start !== undefined ? "running" : step.ready !== undefined ? "waiting" : "unreached");
      const began = step.start ?? step.ready;
      step.until = step.end ?? (began === undefined ? undefined : run.to);
      // What was remembered or left out has not run; and to wait for its turn is no part of what a step takes.
      step.ran = step.start !== undefined && step.status !== "cached" && step.status !== "skipped";
      const turns = (step.waits ?? []).filter((wait) => wait.item === undefined && wait.on === "turn" && wait.from >= step.start);
      step.took = step.ran ? step.until - step.start - sum(turns.map((wait) => (wait.to ?? step.until) - wait.from)) : undefined;
      step.waited = sum((step.waits ?? []).map((wait) => (wait.to ?? run.to) - wait.from));
      step.reads ??= [];
      step.gives ??= [];
      step.needs ??= [];
    });
    run.steps.forEach((step) => step.needs.forEach((need) => run.steps[need].needed.push(step.number)));
    run.batchOf = new Map(run.batches.flatMap((batch, at) => batch.map((step) => [step, at])));
  });
  for (const run of RUNS) {
    if (!run.within) continue;
    const [parent, step] = run.within;
    RUNS[parent].children.push(run);
    RUNS[parent].steps[step]?.runs.push(run);
  }
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const stepOf = (key) => {
  const [run, step] = key.split(".").map(Number);
  return RUNS[run]?.steps[step];
};

// A run and all those inside it.
function inside(run) {
  return [run, ...run.children.flatMap(inside)];
}

// From the run that is shown down to a step: `review › files`.
function trail(step, root) {
  const names = [step.name];
  for (let run = step.run; run !== root && run.within; run = RUNS[run.within[0]]) {
    names.unshift(RUNS[run.within[0]].steps[run.within[1]]?.name ?? "?");
  }
  return names;
}

// Whether a step is marked: one inside another only where that one is, and runs it once.
function marked(step, of) {
  if (!of(step)) return false;
  if (!step.run.within || step.run === shownRun()) return true;
  const [run, number] = step.run.within;
  const outer = RUNS[run].steps[number];
  return outer.runs.length === 1 && marked(outer, of);
}

const isCritical = (step) => marked(step, (one) => one.run.critical.has(one.number));
const isBottleneck = (step) => marked(step, (one) => one.run.slowest === one.number);

// Badges.

const kindIcon = (kind) => icon(`kind-${KINDS[kind] ?? "fn"}`, `kind kind-${kind}`);
const badge = (status, text) => el("span", { class: `badge is-${status}` }, icon(`status-${status}`), text ?? STATUS[status]);
const undoWords = (undo) => ({ undone: "rolled back", failed: "rollback failed", irreversible: "stays done" }[undo.how] ?? undo.how);
const undoBadge = (undo) => el("span", { class: `badge undo-${undo.how}` }, icon("status-undone"), undoWords(undo));

// What a screen reader says of a step.
function described(step) {
  const parts = [visible(step.name), step.kind, words(step)];
  if (step.took !== undefined) parts.push(`took ${time(step.took)}`);
  if ((step.attempts ?? []).length > 1) parts.push(count(step.attempts.length, "attempt"));
  if (step.undo) parts.push(undoWords(step.undo));
  if (isCritical(step)) parts.push("on the critical path");
  if (isBottleneck(step)) parts.push("bottleneck");
  return parts.join(", ");
}
