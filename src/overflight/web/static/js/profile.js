// The cursor over the server's profile. A range input carries it, so that arrow keys and screen readers work as they do
// for every slider; the pointer over the picture moves the same input.

import { element, follow, json, point, sentence, silent } from "./said.js";
import { at, rowsOf } from "./track.js";

const SVG = "http://www.w3.org/2000/svg";

/** Where a time lies in the picture, from the numbers the server wrote on it (units of its viewBox). */
function scale(picture) {
  const [from, to, left, right, top, bottom] = ["fromMs", "toMs", "left", "right", "top", "bottom"]
    .map((name) => Number(picture.dataset[name]));
  const known = [from, to, left, right, top, bottom].every(Number.isFinite) && to > from;
  return known ? { from, to, left, right, top, bottom, x: (ms) => left + (ms - from) / (to - from) * (right - left) } : null;
}

function cursorLine(picture, axis) {
  const line = document.createElementNS(SVG, "line");
  line.setAttribute("class", "profile-cursor");
  line.setAttribute("y1", String(axis.top));
  line.setAttribute("y2", String(axis.bottom));
  picture.append(line);
  return line;
}

function pointed(picture, axis, event) {
  const matrix = picture.getScreenCTM();
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  const share = (place.x - axis.left) / (axis.right - axis.left);
  return axis.from + Math.min(1, Math.max(0, share)) * (axis.to - axis.from);
}

/** Joins the events the page lists: what lies last before the cursor is marked, a chosen one moves the cursor. */
function events() {
  const listed = [...document.querySelectorAll("[data-at-ms]")];
  for (const item of listed) {
    for (const name of ["click", "focusin"]) item.addEventListener(name, () => point(Number(item.dataset.atMs), "events"));
  }
  return (ms) => {
    const before = listed.filter((item) => Number(item.dataset.atMs) <= ms);
    const last = before.reduce((a, b) => (a && Number(a.dataset.atMs) > Number(b.dataset.atMs) ? a : b), null);
    for (const item of listed) {
      if (item === last) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    }
  };
}

/** Puts the shared cursor on a figure's profile. */
export async function enhance(figure) {
  const picture = figure.querySelector("svg");
  const axis = picture && scale(picture);
  const trace = await json(new URL(figure.dataset.trace ?? "trace.json", document.baseURI).href);
  const rows = rowsOf(trace);
  const times = rows.filter((row) => row.piece >= 0).map((row) => row.ms);
  if (!axis || times.length === 0) return;
  const line = cursorLine(picture, axis);
  const range = element("input", "live-range");
  Object.assign(range, { type: "range", min: "0", max: String(times.length - 1), value: "0" });
  range.setAttribute("aria-label", "Time in the flight, one received position after the other");
  const readout = element("p", "live-readout");
  picture.after(range, readout);
  const mark = events();

  const show = (ms) => {
    const { row, gap } = at(rows, trace.silences, ms);
    const x = String(axis.x(ms));
    line.setAttribute("x1", x);
    line.setAttribute("x2", x);
    readout.textContent = gap === null ? sentence(row) : silent(gap);
    range.value = String(Math.max(0, times.findLastIndex((time) => time <= ms)));
    range.setAttribute("aria-valuetext", readout.textContent);
    mark(ms);
  };
  const move = (ms) => {
    show(ms);
    point(ms, "profile");
  };
  range.addEventListener("input", () => move(times[Number(range.value)]));
  picture.addEventListener("pointermove", (event) => move(pointed(picture, axis, event)));
  follow("profile", show);
  show(times[0]);
}
