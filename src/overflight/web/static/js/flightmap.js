// The live map of a flight: seen is solid, not seen is dashed, what an integrity flag keeps off the line is a hollow mark.

import { disc, label, liveMap } from "./basemap.js";
import { element, follow, json, percent, point, sentence, silent } from "./said.js";
import { at, bands, bounds, pieces, ranked, rowsOf, silences } from "./track.js";

const REACH_PX = 24; // how near the pointer must be to the line: the least target size of WCAG 2.2

const collection = (features) => ({ type: "geojson", data: { type: "FeatureCollection", features } });
const shape = (type, coordinates, properties = {}) => ({ type: "Feature", properties, geometry: { type, coordinates } });

function sources(seen) {
  const colour = (index, c) => c.bands[index % c.bands.length];
  return (c) => ({
    bands: collection(seen.bands.flatMap((band, k) => band.lines.map((line) => shape("LineString", line, { colour: colour(k, c) })))),
    "band-names": collection(seen.bands.filter((band) => band.label).map((band, k) =>
      shape("Point", band.label, { name: band.name, colour: colour(k, c) }))),
    observed: collection(seen.lines.filter((line) => line.length > 1).map((line) => shape("LineString", line))),
    fixes: collection(seen.rows.filter((row) => row.piece >= 0).map((row) => shape("Point", [row.longitude, row.latitude]))),
    flagged: collection(seen.rows.filter((row) => row.piece < 0).map((row) => shape("Point", [row.longitude, row.latitude]))),
    silences: collection(seen.gaps.map((gap) => shape("LineString", gap.points))),
    cursor: collection([]),
  });
}

function layers(c) {
  const round = { "line-cap": "round", "line-join": "round" };
  return {
    under: [
      { id: "bands", type: "line", source: "bands", layout: round,
        paint: { "line-color": ["get", "colour"], "line-width": 12, "line-opacity": 0.45 } },
    ],
    layers: [
      { id: "observed-casing", type: "line", source: "observed", layout: round, paint: { "line-color": c.halo, "line-width": 5 } },
      { id: "silences", type: "line", source: "silences",
        paint: { "line-color": c.accent, "line-width": 2, "line-dasharray": [2, 2] } },
      { id: "observed", type: "line", source: "observed", layout: round, paint: { "line-color": c.line, "line-width": 2.5 } },
      { id: "fixes", type: "circle", source: "fixes",
        paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 4, 1.5, 9, 3], "circle-color": c.line } },
      { id: "flagged", type: "circle", source: "flagged",
        paint: { "circle-radius": 4, "circle-opacity": 0, "circle-stroke-color": c.accent, "circle-stroke-width": 1.5 } },
      { id: "band-names", type: "symbol", source: "band-names", ...label(["get", "name"], 12, ["get", "colour"], {
        "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 1 }) },
      { id: "cursor", type: "circle", source: "cursor",
        paint: { "circle-radius": 7, "circle-color": c.accent, "circle-stroke-color": c.halo, "circle-stroke-width": 2 } },
    ],
  };
}

function nearest(map, rows, pixel) {
  let best = null;
  let least = REACH_PX;
  for (const row of rows) {
    if (row.piece < 0) continue;
    const there = map.project([row.longitude, row.latitude]);
    const away = Math.hypot(there.x - pixel.x, there.y - pixel.y);
    if (away < least) [best, least] = [row, away];
  }
  return best;
}

function said(candidate) {
  const end = candidate.end === "origin" ? "Possible origin" : "Possible destination";
  const name = [candidate.ident, candidate.name].filter(Boolean).join(" ");
  return `${end} ${candidate.rank}: ${name}, probability ${percent(candidate.probability)}`;
}

/** Draws the flight of a figure's trace and joins the shared cursor. */
export async function enhance(figure) {
  const trace = await json(new URL(figure.dataset.trace, document.baseURI).href);
  const rows = rowsOf(trace);
  const seen = { rows, lines: pieces(rows), gaps: silences(trace, rows), bands: bands(trace, rows) };
  const candidates = ranked(trace, rows).map((candidate) => ({ ...candidate, said: said(candidate) }));
  const box = bounds([
    ...seen.lines.flat(), ...seen.gaps.flatMap((gap) => gap.points), ...candidates.map((c) => c.point),
  ]);
  const overlay = (c) => ({ sources: sources(seen)(c), ...layers(c) });
  const map = await liveMap(figure, { overlay, box, name: "Map of the flight" });
  if (map === null) return;
  const readout = element("p", "live-readout");
  readout.setAttribute("role", "status");
  figure.querySelector(".live-map").after(readout);
  const show = (ms) => {
    const { row, gap } = at(rows, seen.gaps, ms);
    const found = gap === null && row !== null;
    map.getSource("cursor")?.setData(collection(found ? [shape("Point", [row.longitude, row.latitude])] : []).data);
    if (gap !== null) readout.textContent = silent(gap);
    else if (row !== null) readout.textContent = sentence(row);
  };
  follow("map", show);
  map.on("mousemove", (event) => {
    const row = nearest(map, rows, event.point);
    if (row !== null) {
      show(row.ms);
      point(row.ms, "map");
    }
  });
  for (const candidate of candidates) disc(map, candidate, () => pick(readout, candidate));
}

/** Says a candidate and marks where the page speaks of it. */
function pick(readout, candidate) {
  readout.textContent = candidate.said;
  for (const place of document.querySelectorAll("[data-ident]")) {
    place.classList.toggle("picked", place.dataset.ident === candidate.ident);
  }
}
