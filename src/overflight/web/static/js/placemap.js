// The live map of everything that is not one flight: a stop's candidates, a place, all aircraft at an instant. Draws the
// GeoJSON that stands beside the page; a figure without one shows the ground around its own point.

import { disc, label, liveMap } from "./basemap.js";
import { element, json, percent } from "./said.js";
import { bounds, drawn, near } from "./track.js";

const AROUND_DEG = 0.75; // what is shown around a single point: an airfield with its region
const MOST_LABELS = 400; // more labels than that could not be read and would cost time

const empty = { type: "FeatureCollection", features: [] };

function points(features) {
  const flat = (held) => (typeof held[0] === "number" ? [held] : held.flatMap(flat));
  const found = features.filter((f) => f.geometry?.coordinates).flatMap((f) => flat(f.geometry.coordinates));
  return found.map(([lon, lat]) => [found.length > 0 ? near(lon, found[0][0]) : lon, lat]);
}

function ranked(features) {
  return features
    .filter((f) => f.geometry?.type === "Point" && typeof f.properties?.probability === "number" && drawn(f.properties))
    .sort((a, b) => Boolean(a.properties.ruled_out) - Boolean(b.properties.ruled_out) || b.properties.probability - a.properties.probability)
    .map((f, index) => {
      const held = { ...f.properties, rank: index + 1, point: f.geometry.coordinates.slice(0, 2) };
      const name = [held.ident, held.name].filter(Boolean).join(" ");
      return { ...held, said: `${held.rank}: ${name}, ${held.ruled_out ? "ruled out" : `probability ${percent(held.probability)}`}` };
    });
}

function overlay(held) {
  return (c) => ({
    sources: { facts: { type: "geojson", data: held.data } },
    layers: [
      { id: "fact-lines", type: "line", source: "facts", filter: ["==", ["geometry-type"], "LineString"],
        paint: { "line-color": c.accent, "line-width": 2, "line-dasharray": [2, 2] } },
      { id: "fact-points", type: "circle", source: "facts",
        filter: ["all", ["==", ["geometry-type"], "Point"], ["!", ["has", "probability"]]],
        paint: { "circle-radius": 4, "circle-color": c.line, "circle-stroke-color": c.halo, "circle-stroke-width": 1 } },
      { id: "fact-names", type: "symbol", source: "facts", filter: ["has", "label"],
        ...label(["get", "label"], 11, c.text, { "text-offset": [0.8, 0], "text-anchor": "left" }) },
    ],
  });
}

/** Features with the text to write beside them. */
export function labelled(data) {
  const few = data.features.length <= MOST_LABELS;
  const features = data.features.map((f) => {
    const text = f.properties?.registration ?? f.properties?.ident ?? f.properties?.callsign ?? f.properties?.name;
    return few && text && !("probability" in (f.properties ?? {})) ? { ...f, properties: { ...f.properties, label: String(text) } } : f;
  });
  return { ...data, features };
}

/** Draws a figure; resolves to a function that shows other GeoJSON in it, or null where no map can be drawn. */
export async function enhance(figure) {
  const { geojson, longitude, latitude, name } = figure.dataset;
  const held = { data: empty };
  if (geojson) held.data = labelled(await json(new URL(geojson, document.baseURI).href));
  if (longitude && latitude && held.data.features.length === 0) {
    const place = { type: "Point", coordinates: [Number(longitude), Number(latitude)] };
    held.data = { type: "FeatureCollection", features: [{ type: "Feature", geometry: place, properties: { label: name ?? "" } }] };
  }
  const shown = held.data.features.filter((f) => typeof f.properties?.probability !== "number" || drawn(f.properties));
  const found = bounds(points(shown));
  const wide = found && Math.max(found[2] - found[0], found[3] - found[1]) < AROUND_DEG / 10;
  const box = wide ? [found[0] - AROUND_DEG, found[1] - AROUND_DEG, found[2] + AROUND_DEG, found[3] + AROUND_DEG] : found;
  const map = await liveMap(figure, { overlay: overlay(held), box, name: name ?? "Map" });
  if (map === null) return null;
  const readout = element("p", "live-readout");
  readout.setAttribute("role", "status");
  figure.querySelector(".live-map").after(readout);
  for (const candidate of ranked(held.data.features)) {
    disc(map, candidate, () => {
      readout.textContent = candidate.said;
      for (const place of document.querySelectorAll("[data-ident]")) {
        place.classList.toggle("picked", place.dataset.ident === candidate.ident);
      }
    });
  }
  const show = (data) => {
    held.data = labelled(data);
    map.getSource("facts")?.setData(held.data);
  };
  figure.addEventListener("overflight-geojson", (event) => show(event.detail));
  return show;
}
