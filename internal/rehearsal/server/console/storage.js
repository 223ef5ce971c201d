// Shows the two access keys of each storage account, who holds them, and how the origins of its streams answer.

import { age, byId, h, kindOf, nameOf, replace, same, until, written } from "./dom.js";

let most = 50;

export function start(change) {
  for (const id of ["storage-find", "storage-ill"]) byId(id).addEventListener("input", () => { most = 50; change(); });
  byId("storage-more").addEventListener("click", () => { most += 100; change(); });
}

// gather puts together what belongs to each storage account.
export function gather(state) {
  const stores = new Map();
  for (const account of state.accounts) {
    if (account.keys) stores.set(account.id.toLowerCase(), { id: account.id, keys: account.keys, dependents: [], streams: [] });
  }
  const at = (id) => stores.get(id.toLowerCase());
  for (const account of state.accounts) {
    for (const copy of account.copies ?? []) {
      at(copy.storage)?.dependents.push({
        id: account.id, name: nameOf(account.id), kind: kindOf(account.type), holds: copy.holds.join(", "), time: copy.synced,
        state: copy.behind.length > 0 ? `behind ${copy.behind.join(", ")}` : "current",
        tone: copy.behind.length === 0 ? "good" : copy.behind.length === copy.holds.length ? "bad" : "late",
      });
    }
  }
  for (const secret of state.secrets ?? []) {
    at(secret.storage)?.dependents.push({
      id: secret.id, name: nameOf(secret.id), kind: "Secret", holds: secret.key || "a former key", time: secret.set,
      state: secret.key ? "current" : "behind", tone: secret.key ? "good" : "bad",
    });
  }
  for (const app of state.applications ?? []) {
    const secret = (state.secrets ?? []).find((one) => app.secret.toLowerCase().startsWith(one.id.toLowerCase()));
    const found = secret ? at(secret.storage) : [...stores.values()].find((one) => app.account && same(nameOf(one.id), app.account));
    found?.dependents.push({
      id: "application " + app.id, name: `application ${app.id}`, kind: "Application", holds: `the secret ${nameOf(app.secret)}`, time: app.read,
      state: app.up ? "up" : `down: ${app.reason}`, tone: app.up ? "good" : "bad",
    });
  }
  for (const stream of state.streams ?? []) at(stream.storage)?.streams.push(stream);
  for (const store of stores.values()) {
    const tones = store.dependents.map((one) => one.tone);
    const down = store.streams.some((stream) => stream.origins.some((origin) => !origin.up));
    store.tone = tones.includes("bad") || down ? "bad" : tones.includes("late") ? "late" : tones.length > 0 ? "good" : "plain";
  }
  return [...stores.values()];
}

const order = { bad: 0, late: 1, good: 2, plain: 3 };

export function render(state) {
  const find = byId("storage-find").value.toLowerCase(), ill = byId("storage-ill").checked;
  const stores = gather(state);
  const chosen = stores.filter((store) => (!ill || order[store.tone] < 2) &&
    (find === "" || [store.id, ...store.dependents.map((one) => one.id)].some((text) => text.toLowerCase().includes(find))));
  chosen.sort((a, b) => order[a.tone] - order[b.tone] || b.streams.length - a.streams.length);
  byId("storage-count").textContent = `${stores.length} storage accounts: ${stores.filter((one) => one.tone === "bad").length} with somebody out, ` +
    `${stores.filter((one) => one.tone === "late").length} with somebody behind`;
  const seen = chosen.slice(0, most);
  byId("storage-more").hidden = seen.length === chosen.length;
  byId("storage-more").textContent = `Show more (${chosen.length - seen.length} left)`;
  const ages = seen.map((store) => [...store.keys.map((key) => age(state.time, key.created)), ...store.dependents.map((one) => age(state.time, one.time)),
    ...store.streams.flatMap((one) => one.origins.map((origin) => origin.follows ? until(state.time, origin.follows) : ""))]);
  replace(byId("storage-list"), JSON.stringify([seen, ages]), () => seen.length === 0
    ? [h("li", { class: "plain" }, state.complete ? "No storage account is here." : "Reading…")]
    : seen.map((store) => card(store, state.time)));
}

function card(store, now) {
  const title = h("strong", {}, nameOf(store.id));
  return h("li", { class: store.tone }, title,
    h("div", { class: "pair" }, ...store.keys.map((key) => h("span", { class: "chip" }, `${key.name}, ${age(now, key.created)} old`))),
    store.dependents.length > 0 ? table(store, now) : h("p", { class: "quiet" }, "Nobody holds its keys."),
    ...store.streams.map((stream) => origins(stream, now)));
}

const marks = { good: "✓ ", late: "△ ", bad: "✕ " };

function table(store, now) {
  const head = ["Dependent", "Kind", "Holds", "Last sync", "State"].map((text) => h("th", { scope: "col" }, text));
  return h("table", { "aria-label": `Who holds keys of ${nameOf(store.id)}` }, h("thead", {}, h("tr", {}, ...head)),
    h("tbody", {}, ...store.dependents.map((one) => h("tr", {},
      h("td", { title: one.id }, one.name), h("td", {}, one.kind), h("td", {}, one.holds),
      h("td", one.time ? { title: written(one.time) } : {}, one.time ? `${age(now, one.time)} ago` : "never"),
      h("td", { class: one.tone }, marks[one.tone] + one.state)))));
}

function origins(stream, now) {
  const up = stream.origins.filter((one) => one.up).length;
  return h("div", {},
    h("p", {}, `Stream of ${nameOf(stream.account)}: ${up} of ${stream.origins.length} origins answer${stream.stopped ? ", but its streaming endpoint is stopped" : ""}.`),
    h("ol", { class: "origins", "aria-label": `Origins of ${nameOf(stream.account)}` }, ...stream.origins.map((one) =>
      h("li", { class: one.up ? "" : "bad", title: one.reason ?? "" }, `${one.up ? "✓" : "✕"} origin ${one.number}`,
        h("small", {}, one.up ? (one.follows ? "on earlier keys" : "answers") : "refused"),
        one.follows && h("small", {}, `new keys in ${until(now, one.follows)}`)))));
}
