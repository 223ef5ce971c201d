// Draws the envelope of each account: account key, version, key, vault, grant, identity.

import { age, byId, h, kindOf, nameOf, replace, short, svg } from "./dom.js";

const width = 164, gap = 22, height = 74;
let most = 50;

export function start(change) {
  for (const id of ["keys-find", "keys-ill"]) byId(id).addEventListener("input", () => { most = 50; change(); });
  byId("keys-more").addEventListener("click", () => { most += 100; change(); });
}

const standing = (account) => {
  const envelope = account.envelope;
  if (!envelope) return "plain";
  if (envelope.broken) return "bad";
  return envelope.behind || envelope.missing.length > 0 ? "late" : "good";
};
const order = { bad: 0, late: 1, good: 2, plain: 3 };

export function counts(state) {
  const found = { bad: 0, late: 0, good: 0, plain: 0 };
  for (const account of state.accounts) if (account.protected) found[standing(account)]++;
  return found;
}

export function render(state, act) {
  const find = byId("keys-find").value.toLowerCase(), ill = byId("keys-ill").checked;
  const chosen = state.accounts.filter((account) => account.protected &&
    (!ill || ["bad", "late"].includes(standing(account))) &&
    (find === "" || [account.id, account.envelope?.key, account.envelope?.vault, account.envelope?.identity]
      .some((text) => text?.toLowerCase().includes(find))));
  chosen.sort((a, b) => order[standing(a)] - order[standing(b)]);
  const found = counts(state);
  byId("keys-count").textContent = `${found.bad + found.late + found.good + found.plain} accounts: ${found.bad} out of reach, ` +
    `${found.late} behind, ${found.good} current, ${found.plain} on Microsoft's key`;
  const seen = chosen.slice(0, most);
  byId("keys-more").hidden = seen.length === chosen.length;
  byId("keys-more").textContent = `Show more (${chosen.length - seen.length} left)`;
  const ages = seen.map((account) => account.envelope?.created ? age(state.time, account.envelope.created) : "");
  replace(byId("keys-list"), JSON.stringify([seen, ages, act.enabled]), () => seen.length === 0
    ? [h("li", { class: "plain" }, state.complete ? "No account is here. Apply a configuration, or run `rehearsal seed byok`." : "Reading…")]
    : seen.map((account, i) => card(account, ages[i], act)));
}

function card(account, since, act) {
  const envelope = account.envelope, state = standing(account);
  return h("li", { class: state },
    drawing(account, since),
    envelope?.broken && h("p", { class: "why" }, `✕ ${envelope.why}`),
    envelope && !envelope.broken && envelope.missing.length > 0 &&
      h("p", { class: "late" }, `△ ${envelope.identity || "The identity"} lacks ${envelope.missing.join(", ")}: the account can't follow a new version.`),
    envelope && act.buttons(account));
}

function nodes(account, since) {
  const envelope = account.envelope;
  const first = { label: kindOf(account.type), name: nameOf(account.id), detail: "account key, AES-256", full: account.id };
  if (!envelope) return [first, { label: "Key", name: "Microsoft's own", detail: "no key of your own" }];
  const version = { link: "version", label: "Key version", name: envelope.version.slice(0, 8) || "none", full: envelope.version };
  if (envelope.behind) Object.assign(version, { late: true, detail: `behind ${envelope.newest.slice(0, 8)}` });
  else version.detail = since ? `newest, ${since}` : "not found";
  if (envelope.pinned) version.detail = "pinned, " + version.detail;
  const grant = { link: "grant", label: envelope.byRoles ? "Grant, by role" : "Grant, by policy", name: "may use the key", detail: "get, wrap, unwrap" };
  if (!envelope.vaultId) Object.assign(grant, { name: "unknown", detail: "without a vault" });
  else if (envelope.missing.length > 0) Object.assign(grant, { late: true, name: "incomplete", detail: `no ${envelope.missing.map((p) => p.replace("Key", "")).join(", ")}` });
  return [first, version,
    { link: "key", label: "Key", name: envelope.key, detail: "wraps the account key" },
    { link: "vault", label: "Vault", name: envelope.vault, detail: envelope.vaultId ? (envelope.byRoles ? "roles decide" : "access policies") : "not there", full: envelope.vaultId },
    grant,
    { link: "identity", label: "Identity", name: envelope.identity || "unknown", detail: `object ${(envelope.principalId || "none").slice(0, 8)}`, full: envelope.principalId }];
}

function drawing(account, since) {
  const drawn = nodes(account, since), envelope = account.envelope;
  const words = drawn.map((node) => `${node.label} ${node.name}, ${node.detail}`).join("; ");
  const label = `${words}. ${envelope?.broken ? `Broken at the ${envelope.broken}: ${envelope.why}` : "Not broken."}`;
  const picture = svg("svg", { viewBox: `0 0 ${6 * width + 5 * gap} ${height}`, role: "img", "aria-label": label });
  drawn.forEach((node, i) => {
    const x = i * (width + gap), broken = node.link !== undefined && node.link === envelope?.broken;
    if (i > 0) {
      const tone = broken ? " bad" : "";
      picture.append(
        svg("path", { class: "arrow" + tone, d: `M${x - gap + 1} 37H${x - 8}` }),
        svg("path", { class: "head" + tone, d: `M${x - 1} 37l-8 -5v10z` }));
    }
    picture.append(svg("g", { class: "node" + (broken ? " bad" : node.late ? " late" : ""), transform: `translate(${x} 0)` },
      svg("title", {}, node.full || node.name),
      svg("rect", { x: 1.5, y: 1.5, width: width - 3, height: height - 3, rx: 9 }),
      svg("text", { class: "label", x: 12, y: 21 }, node.label),
      svg("text", { class: "name", x: 12, y: 42 }, short(node.name, 18)),
      svg("text", { class: "detail", x: 12, y: 61 }, short(node.detail, 22)),
      broken && svg("text", { class: "cross", x: width - 24, y: 22 }, "✕")));
  });
  return picture;
}
