// Draws what was regenerated and synced on a time line, with what is due.

import { byId, h, nameOf, replace, short, svg, until, written } from "./dom.js";
import { gather } from "./storage.js";

const left = 250, right = 1070, rowHeight = 26, mostRows = 60;

// lines returns the rows of the chart: keys of vaults that rotate, storage keys and their dependents.
function lines(state) {
  const rows = [];
  const synced = new Map();
  for (const entry of state.journal) {
    const path = entry.path.toLowerCase(), at = path.search(/\/(syncstoragekeys|syncautostoragekeys|resynckeys)$/);
    if (at < 0 || entry.status >= 300) continue;
    const id = path.slice(0, at);
    synced.set(id, [...(synced.get(id) ?? []), entry.time]);
  }
  for (const key of state.keys ?? []) {
    rows.push({ name: `${key.name} in ${key.vault}`, title: true, marks: key.versions.map((version) => ({ time: version.created, kind: "made", says: `version ${version.id.slice(0, 8)} made` })),
      subject: `${key.vault}/${key.name}` });
  }
  const moving = gather(state).filter((store) => store.keys.some((key) => key.regenerated.length > 0) ||
    store.dependents.some((one) => synced.has(one.id.toLowerCase())) || store.streams.length > 0);
  for (const store of moving) {
    for (const key of store.keys) {
      rows.push({ name: `${nameOf(store.id)} ${key.name}`, title: true, marks: [...new Set([key.created, ...key.regenerated])].map((time) => ({ time, kind: "made", says: `${key.name} made` })) });
    }
    for (const one of store.dependents) {
      const times = new Set([one.time, ...(synced.get(one.id.toLowerCase()) ?? [])]);
      rows.push({ name: `   ${one.name}`, tone: one.tone, subject: one.id, says: one.state,
        marks: [...times].filter(Boolean).map((time) => ({ time, kind: "sync", says: `${one.kind === "Secret" ? "set" : one.kind === "Application" ? "read" : "synced"}` })) });
    }
    for (const stream of store.streams) {
      rows.push({ name: `   origins of ${nameOf(stream.account)}`, subject: stream.account, tone: stream.origins.every((one) => one.up) ? "good" : "bad", says: "origins",
        marks: [] });
    }
  }
  for (const due of state.due) {
    const row = rows.findLast((one) => one.subject && one.subject.toLowerCase() === due.subject.toLowerCase());
    row?.marks.push({ time: due.time, kind: "due", says: due.what });
  }
  return rows;
}

export function render(state) {
  const rows = lines(state).slice(0, mostRows);
  replace(byId("rotations-chart"), JSON.stringify([rows, state.time.slice(0, 15)]), () => rows.length === 0
    ? [h("p", { class: "quiet" }, "Nothing has rotated yet: regenerate a storage key, sync an account, or rotate a key of a vault.")]
    : [chart(rows, state.time)]);
  const due = state.due.slice(0, 15);
  replace(byId("rotations-due"), JSON.stringify([due, state.time.slice(0, 16)]), () => due.length === 0 ? [h("li", {}, "Nothing is due.")]
    : due.map((one) => h("li", {}, `${written(one.time)}, in ${until(state.time, one.time)}: ${one.what}`, h("span", { class: "quiet" }, ` ${nameOf(one.subject)}`))));
}

function chart(rows, now) {
  const present = +new Date(now), times = rows.flatMap((row) => row.marks.map((mark) => +new Date(mark.time)));
  const from = Math.min(present - 3600e3, ...times);
  // A date far ahead would squeeze what has happened into nothing.
  const limit = present + Math.max(6 * 3600e3, present - from);
  const until = Math.max(present + (present - from) * 0.08, ...times.filter((time) => time <= limit));
  const x = (time) => left + ((time - from) / (until - from)) * (right - left);
  const height = rows.length * rowHeight + 34;
  const words = rows.map((row) => `${row.name.trim()}${row.says ? ` (${row.says})` : ""}: ${row.marks.map((mark) => `${mark.says} ${written(mark.time)}`).join(", ") || "nothing"}`);
  const picture = svg("svg", { viewBox: `0 0 1100 ${height}`, role: "img", "aria-label": `Time line. ${words.join(". ")}` });
  const days = until - from > 3 * 86400e3;
  for (let i = 0; i <= 5; i++) {
    const time = from + ((until - from) * i) / 5, text = new Date(time).toISOString();
    picture.append(svg("path", { class: "grid", d: `M${x(time)} 20V${height}` }),
      svg("text", { class: "detail", x: x(time), y: 13, "text-anchor": i === 5 ? "end" : "middle" }, days ? text.slice(0, 10) : text.slice(5, 16).replace("T", " ")));
  }
  rows.forEach((row, i) => {
    const y = 36 + i * rowHeight;
    picture.append(svg("text", { class: row.title ? "name" : "", x: row.title ? 0 : 16, y: y + 4 }, svg("title", {}, row.name.trim()), short(row.name.trim(), row.title ? 30 : 34)),
      svg("path", { class: "rule", d: `M${left} ${y}H${right}` }));
    for (const mark of row.marks) {
      const at = +new Date(mark.time);
      if (at > until) continue;
      const title = svg("title", {}, `${mark.says}, ${written(mark.time)}`);
      picture.append(mark.kind === "sync"
        ? svg("path", { class: `sync ${row.tone}`, d: `M${x(at)} ${y - 7}l7 7l-7 7l-7 -7z` }, title)
        : svg("circle", { class: mark.kind, cx: x(at), cy: y, r: 6 }, title));
    }
  });
  picture.append(svg("path", { class: "present", d: `M${x(present)} 20V${height}` }));
  return picture;
}
