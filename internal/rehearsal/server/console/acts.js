// Changes the rehearsal: the clock, grants, versions, locks and faults. Each needs the token.

import { byId, h, nameOf } from "./dom.js";

// A token in the address is for this tab, and leaves the address.
const given = location.hash.slice(1);
if (/^[A-Z2-7]{26}$/.test(given)) {
  sessionStorage.setItem("token", given);
  history.replaceState(null, "", "#keys");
}

const token = sessionStorage.getItem("token");
let again = () => {}, dirty = false;

export function start(loop) {
  again = loop;
  if (!enabled()) say("This page only watches: open the address that `rehearsal console` prints to change something.");
}
export const enabled = () => token !== null;
export function changed() {
  const was = dirty;
  dirty = false;
  return was;
}

function say(text, bad = false) {
  byId("status").textContent = text;
  byId("status").classList.toggle("bad", bad);
}

async function send(method, path, body) {
  const answer = await fetch(`../${path}`, {
    method, headers: { "Content-Type": "application/json", "X-Rehearsal-Token": token ?? "" }, body: body && JSON.stringify(body),
  });
  const content = await answer.json();
  if (answer.status === 401) throw new Error("the token of this page is of another run: open the address that is printed now");
  if (!answer.ok) throw new Error(content.error ?? `the rehearsal answers ${answer.status}`);
  return content;
}

// attempt does something, says what came of it, and reads everything anew.
export async function attempt(what, run) {
  try {
    await run();
    say(`${what}: done.`);
  } catch (error) {
    say(`${what}: ${error.message}`, true);
  }
  dirty = true;
  await again();
}

export const advance = (duration, what) => attempt(`The clock moves on (${what})`, () => send("POST", "advance", { duration }));
export const addFault = (fault) => attempt(`Fault ${fault.kind} added`, () => send("POST", "faults", fault));
export const clearFault = (id) => attempt(`Fault ${id} removed`, () => send("DELETE", `faults/${encodeURIComponent(id)}`));

// ask sends a request to Azure as the owner of the subscription.
async function ask(method, url, body) {
  const answer = await send("POST", "request", { method, url, ...(body && { body }) });
  if (answer.status >= 400) {
    const error = answer.body?.error ?? {};
    throw new Error(`${answer.status} ${error.code ?? ""} ${error.message ?? ""}`.trim());
  }
  return answer.body;
}

const lockURL = (id) => `${id}?api-version=2020-05-01`;
export const lock = (scope, level) => attempt(`${nameOf(scope)} locked (${level})`, () =>
  ask("PUT", lockURL(`${scope}/providers/Microsoft.Authorization/locks/console`), { properties: { level } }));
export const unlock = (id, scope) => attempt(`${nameOf(scope)} unlocked`, () => ask("DELETE", lockURL(id)));

const enable = (envelope, on) => attempt(`Version ${envelope.version.slice(0, 8)} ${on ? "enabled" : "disabled"}`, () =>
  ask("PATCH", `https://${envelope.vault}.vault.azure.net/keys/${envelope.key}/${envelope.version}?api-version=7.4`, { attributes: { enabled: on } }));

const encryptionUser = "e147488a-f6f5-4113-8e2d-b22465e65bf6";

async function assign(envelope, on) {
  const assignments = `${envelope.vaultId}/providers/Microsoft.Authorization/roleAssignments`, version = "api-version=2022-04-01";
  if (on) {
    const role = `/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${encryptionUser}`;
    return ask("PUT", `${assignments}/${crypto.randomUUID()}?${version}`,
      { properties: { roleDefinitionId: role, principalId: envelope.principalId, principalType: "ServicePrincipal" } });
  }
  const listed = await ask("GET", `${assignments}?${version}&$filter=${encodeURIComponent(`principalId eq '${envelope.principalId}'`)}`);
  const theirs = listed.value.filter((one) => one.properties.roleDefinitionId.endsWith(encryptionUser));
  if (theirs.length === 0) throw new Error("no assignment of the role Key Vault Crypto Service Encryption User gives the grant; remove the one that does");
  for (const one of theirs) await ask("DELETE", `${one.id}?${version}`);
}

const grant = (envelope, on) => attempt(`Grant of ${envelope.identity || "the identity"} ${on ? "given back" : "revoked"}`, () => envelope.byRoles
  ? assign(envelope, on)
  : ask("PUT", `${envelope.vaultId}/accessPolicies/${on ? "add" : "remove"}?api-version=2023-07-01`, { properties: { accessPolicies: [
    { tenantId: "{tenantId}", objectId: envelope.principalId, permissions: { keys: ["get", "wrapKey", "unwrapKey"] } }] } }));

// button makes one that breaks something, or that is the way back.
export function button(text, back, focus, run) {
  return h("button", { type: "button", class: back ? "back" : "danger", disabled: !enabled(), "data-focus": focus, onclick: run }, text);
}

// buttons are those at an envelope.
export function buttons(account) {
  const envelope = account.envelope, granted = envelope.missing.length === 0;
  const disabled = envelope.disabled, id = account.id;
  return h("div", { class: "acts" },
    envelope.vaultId && button(granted ? "Revoke the grant" : "Grant again", !granted, `grant ${id}`, () => grant(envelope, !granted)),
    envelope.version && envelope.vaultId && envelope.newest && button(disabled ? "Enable the version" : "Disable the version", disabled, `version ${id}`, () => enable(envelope, disabled)));
}
