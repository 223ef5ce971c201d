// Adds and removes faults and locks.

import { byId, h, nameOf, replace, same } from "./dom.js";

export function start(change, acts, state) {
  const fault = byId("fault-add"), lock = byId("lock-add");
  for (const control of [...fault.elements, ...lock.elements]) control.disabled = !acts.enabled();
  fault.kind.addEventListener("input", () => describe(state));
  fault.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = { kind: fault.kind.value, times: Number(fault.times.value) };
    if (fault.method.value) wanted.method = fault.method.value;
    if (fault.path.value) wanted.path = fault.path.value;
    acts.addFault(wanted);
  });
  lock.addEventListener("submit", (event) => {
    event.preventDefault();
    const scope = state.accounts.find((one) => same(one.id, lock.scope.value) || same(nameOf(one.id), lock.scope.value));
    lock.scope.setCustomValidity(scope ? "" : "No account here has this name.");
    if (lock.reportValidity()) acts.lock(scope.id, lock.level.value);
  });
  lock.scope.addEventListener("input", () => lock.scope.setCustomValidity(""));
}

const describe = (state) => {
  byId("fault-does").textContent = state.kinds?.find((one) => one.kind === byId("fault-add").kind.value)?.does ?? "";
};

export function render(state, acts) {
  replace(byId("fault-add").kind, JSON.stringify(state.kinds), () => (state.kinds ?? []).map((one) => h("option", {}, one.kind)));
  describe(state);
  replace(byId("fault-list"), JSON.stringify(state.faults), () => state.faults?.length ? state.faults.map((fault) => h("li", {},
    acts.button("Remove", true, `fault ${fault.id}`, () => acts.clearFault(fault.id)), words(fault))) : [h("li", { class: "quiet" }, "There are no faults.")]);
  replace(byId("lock-list"), JSON.stringify(state.locks), () => state.locks?.length ? state.locks.map((lock) => h("li", {},
    acts.button("Unlock", true, `lock ${lock.id}`, () => acts.unlock(lock.id, lock.scope)),
    h("span", { title: lock.scope }, `${lock.level} on ${nameOf(lock.scope)}`))) : [h("li", { class: "quiet" }, "There are no locks.")]);
  replace(byId("lock-scopes"), JSON.stringify(state.accounts.map((one) => one.id)), () => state.accounts.slice(0, 200).map((one) => h("option", { value: nameOf(one.id) })));
}

function words(fault) {
  const lasting = ["delayed-grants", "limits"].includes(fault.kind);
  const chosen = lasting ? "until it is removed" : `on ${fault.method || "any request"}${fault.path ? ` at ${fault.path}` : ""}${fault.times < 0 ? ", always" : fault.times > 1 ? `, ${fault.times} times` : ""}`;
  return `${fault.kind} ${chosen}; used ${fault.struck} times`;
}
