// Reads what the rehearsal shows, again and again, and has the views draw it.

import { byId, until, written } from "./dom.js";
import * as acts from "./acts.js";
import * as faults from "./faults.js";
import * as keys from "./keys.js";
import * as requests from "./requests.js";
import * as rotations from "./rotations.js";
import * as storage from "./storage.js";

const views = { keys, storage, requests, rotations, faults };
// The first screen is there before the rest of a large estate is read.
const atFirst = 10, atOnce = 50, pause = 1000, mostEntries = 10000;

const state = { time: null, accounts: [], journal: [], due: [], end: 0, complete: false };
let view = "keys";

function draw() {
  if (!state.time) return;
  byId("now").textContent = written(state.time);
  byId("now").dateTime = state.time;
  const next = state.due[0];
  byId("next").disabled = !next || !acts.enabled();
  byId("next-what").textContent = next ? `in ${until(state.time, next.time)}: ${next.what}` : "nothing is due";
  views[view].render(state, acts);
}

function route() {
  const wanted = location.hash.slice(1);
  if (wanted === "main") return;
  view = wanted in views ? wanted : "keys";
  for (const name of Object.keys(views)) byId(name).hidden = name !== view;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === "#" + view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `Rehearsal: ${document.querySelector(`nav a[href="#${view}"]`).textContent}`;
  draw();
}

async function read(from, count, after) {
  const answer = await fetch(`../view?from=${from}&count=${count}&after=${after}`);
  if (!answer.ok) throw new Error(`the rehearsal answers ${answer.status}`);
  return answer.json();
}

// tell says how all stands. A screen reader hears it when it changes, and no other time.
function tell() {
  if (!state.complete) return;
  const lost = keys.counts(state).bad, out = storage.gather(state).filter((one) => one.tone === "bad").length;
  const reach = lost === 0 ? "All accounts reach their keys" : lost === 1 ? "1 account is out of reach of its key" : `${lost} accounts are out of reach of their keys`;
  const hold = out === 0 ? "no holder of a storage key is shut out" : out === 1 ? "1 storage account shuts a holder of its keys out" : `${out} storage accounts shut holders of their keys out`;
  const text = `${reach}; ${hold}.`, standing = byId("standing");
  if (standing.textContent !== text) standing.textContent = text;
  standing.className = lost > 0 || out > 0 ? "bad" : "good";
}

let round = 0;
async function refresh() {
  const mine = ++round, began = performance.now();
  const first = await read(0, state.time ? atOnce : atFirst, state.end || -100);
  if (mine !== round) return;
  const moved = state.time === null || Math.abs(new Date(first.time) - new Date(state.time) - (began - state.began)) > 5000;
  const changed = moved || !state.complete || first.total !== state.total || JSON.stringify(first.due) !== JSON.stringify(state.due) ||
    first.journal.some((entry) => entry.method !== "GET" && entry.method !== "HEAD") || first.end < state.end || acts.changed();
  if (first.end < state.end) Object.assign(state, { journal: [], whole: false });
  const rest = state.accounts.slice(first.accounts.length);
  const { accounts, journal, ...world } = first;
  Object.assign(state, world, { began, accounts: [...accounts, ...rest].slice(0, first.total), journal: [...state.journal, ...journal].slice(-mostEntries) });
  if (first.total <= accounts.length) state.complete = true;
  draw();
  if (changed) {
    const all = [...accounts];
    for (let from = all.length; from < first.total; from = all.length) {
      const more = await read(from, atOnce, first.end);
      if (mine !== round) return;
      if (more.accounts.length === 0) break;
      all.push(...more.accounts);
      if (!state.complete) {
        state.accounts = all.slice();
        draw();
      }
    }
    state.accounts = all;
    state.complete = true;
    draw();
  }
  tell();
  if (state.journal.length > 0 && state.journal[0].number > 1 && !state.whole) {
    state.whole = true;
    const all = await read(first.total, 0, 0);
    const known = state.journal.at(-1).number;
    state.journal = [...all.journal.filter((entry) => entry.number <= known)].slice(-mostEntries);
    draw();
  }
}

let waiting;
async function loop() {
  clearTimeout(waiting);
  const began = performance.now();
  try {
    if (!document.hidden) await refresh();
    byId("trouble").textContent = "";
  } catch (error) {
    byId("trouble").textContent = `No answer: ${error.message}. The page shows what it knew last.`;
  }
  waiting = setTimeout(loop, Math.max(pause, 5 * (performance.now() - began)));
}

acts.start(loop);
for (const one of Object.values(views)) one.start?.(draw, acts, state);
for (const button of document.querySelectorAll("[data-advance]")) {
  button.disabled = !acts.enabled();
  button.addEventListener("click", () => acts.advance(button.dataset.advance, button.textContent));
}
byId("next").addEventListener("click", () => {
  const wait = new Date(state.due[0].time) - new Date(state.time);
  acts.advance(`${Math.max(0, wait) + 1000}ms`, state.due[0].what);
});
addEventListener("hashchange", route);
document.addEventListener("visibilitychange", loop);
route();
loop();
