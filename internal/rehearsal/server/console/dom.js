// Makes elements, and writes times and names as a person reads them.

const svgNamespace = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

export const h = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
export const svg = (name, attributes = {}, ...children) => fill(document.createElementNS(svgNamespace, name), attributes, children);
export const byId = (id) => document.getElementById(id);

// replace puts other children into an element, if what they show has changed, and leaves the focus where it was.
const shown = new WeakMap();
export function replace(element, key, children) {
  if (shown.get(element) === key) return;
  shown.set(element, key);
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  element.replaceChildren(...children());
  if (focused) element.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
}

export const nameOf = (id) => id.slice(id.lastIndexOf("/") + 1);
export const same = (a, b) => a.toLowerCase() === b.toLowerCase();

export const short = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);

export const written = (time) => new Date(time).toISOString().slice(0, 19).replace("T", " ") + " UTC";

export function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds >= 2 * 86400) return `${Math.floor(seconds / 86400)} days`;
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)} min`;
  return "under 1 min";
}

export const age = (now, time) => span(new Date(now) - new Date(time));
export const until = (now, time) => span(new Date(time) - new Date(now));

const kinds = {
  "microsoft.media/mediaservices": "Media Services",
  "microsoft.media/videoanalyzers": "Video Analyzer",
  "microsoft.storage/storageaccounts": "Storage account",
  "microsoft.batch/batchaccounts": "Batch account",
  "microsoft.machinelearningservices/workspaces": "ML workspace",
};
export const kindOf = (type) => kinds[type.toLowerCase()] ?? type;
