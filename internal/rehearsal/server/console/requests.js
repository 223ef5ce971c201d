// Lists the requests, newest first, and writes each as a line of curl.

import { byId, h, replace } from "./dom.js";

const most = 300;
let held = null, caFile = "";

export function start(change) {
  for (const id of ["requests-method", "requests-status", "requests-text"]) byId(id).addEventListener("input", change);
  const hold = byId("requests-hold");
  hold.addEventListener("click", () => {
    held = null;
    hold.setAttribute("aria-pressed", hold.getAttribute("aria-pressed") !== "true");
    change();
  });
}

export function render(state) {
  caFile = state.caFile;
  const holds = byId("requests-hold").getAttribute("aria-pressed") === "true";
  if (!holds) held = null;
  else held ??= state.journal.slice();
  const journal = held ?? state.journal;
  const method = byId("requests-method").value, status = byId("requests-status").value, text = byId("requests-text").value.toLowerCase();
  const chosen = journal.filter((entry) => (method === "" || entry.method === method) && (status === "" || String(entry.status).startsWith(status)) &&
    (text === "" || [entry.host + entry.path, entry.query, entry.code, ...(entry.notes ?? [])].some((part) => part?.toLowerCase().includes(text))));
  const seen = chosen.slice(-most).reverse();
  byId("requests-count").textContent = `${chosen.length} of ${journal.length} requests here, ${state.end} in all` +
    (seen.length < chosen.length ? `; the newest ${seen.length} are shown` : "");
  replace(byId("requests-list"), `${seen.length} ${seen[0]?.number} ${seen.at(-1)?.number} ${method} ${status} ${text}`, () => seen.map(row));
}

function row(entry) {
  const version = new URLSearchParams(entry.query ?? "").get("api-version");
  return h("tr", {},
    h("td", {}, entry.time.slice(0, 19).replace("T", " ")),
    h("td", {}, entry.method),
    h("td", { title: entry.host + entry.path }, (entry.host + entry.path).replace(/(\/subscriptions\/[0-9a-f]{8})-[0-9a-f-]{27}/i, "$1…"), version && h("span", { class: "quiet" }, ` (${version})`),
      ...(entry.notes ?? []).map((note) => h("span", { class: "note" }, note))),
    h("td", { class: entry.status >= 400 ? "bad" : "" }, `${entry.status} ${entry.code ?? ""}`),
    h("td", {}, h("button", { type: "button", "data-focus": `curl ${entry.number}`, "aria-label": `Copy request ${entry.number} as curl`, onclick: () => copy(entry) }, "curl")));
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

// curl sends the request once more. It reads the token from a variable, and the body, which the journal does not keep, from a file.
export function curl(entry) {
  const url = `https://${entry.host}${encodeURI(entry.path)}${entry.query ? "?" + entry.query : ""}`;
  const lines = [`curl --request ${entry.method} ${quoted(url)}`, `--proxy ${location.origin} --cacert ${quoted(caFile)}`];
  if (entry.caller) lines.push('--header "Authorization: Bearer $TOKEN"');
  if (["PUT", "PATCH", "POST"].includes(entry.method)) lines.push("--header 'Content-Type: application/json' --data @body.json");
  return lines.join(" \\\n  ");
}

async function copy(entry) {
  const text = curl(entry);
  byId("requests-curl").value = text;
  try {
    await navigator.clipboard.writeText(text);
    byId("status").textContent = `Request ${entry.number} is on the clipboard.`;
  } catch {
    byId("requests-curl").select();
    byId("status").textContent = `Request ${entry.number} is selected below: copy it.`;
  }
}
