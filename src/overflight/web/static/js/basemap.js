// The map without what is drawn on it: tiles out of one file, styles light and dark, and a live map over a figure.

import * as maplibre from "../vendor/maplibre-gl.js";
import { PMTiles } from "../vendor/pmtiles.js";
import { element } from "./said.js";

const here = (path) => new URL(path, import.meta.url).href;
const SCHEME = "overflight-basemap";
const NOTE = "Boundaries not authoritative. Natural Earth, OurAirports (public domain)";
const MAXZOOM = 6; // of the tiles; drawn larger beyond

/** Bytes of a file by range, or once as a whole where the server knows no ranges. */
class OneFile {
  constructor(url) {
    this.url = url;
    this.whole = null;
  }

  getKey() {
    return this.url;
  }

  async getBytes(offset, length, signal) {
    if (this.whole === null) {
      const headers = { range: `bytes=${offset}-${offset + length - 1}` };
      const answer = await fetch(this.url, { headers, signal });
      if (answer.status === 206) return { data: await answer.arrayBuffer() };
      if (!answer.ok) throw new Error(`basemap: ${answer.status}`);
      this.whole = await answer.arrayBuffer();
    }
    return { data: this.whole.slice(offset, offset + length) };
  }
}

let archive = null;

function start() {
  if (archive !== null) return;
  archive = new PMTiles(new OneFile(here("../basemap.pmtiles")));
  maplibre.setWorkerUrl(here("../vendor/maplibre-gl-worker.js"));
  maplibre.setWorkerCount(1); // the tiles are few; a second worker costs half a megabyte of parsing
  maplibre.addProtocol(SCHEME, async ({ url }, { signal }) => {
    const [z, x, y] = url.split("://")[1].split("/").map(Number);
    const tile = await archive.getZxy(z, x, y, signal);
    return { data: tile ? tile.data : new Uint8Array() };
  });
}

const LIGHT = {
  sea: "#dfe7ee", land: "#f6f4ef", coast: "#a9b6c1", lake: "#dfe7ee", border: "#8a8f98", text: "#4a545e", halo: "#f6f4ef",
  field: "#5b6670", line: "#1b2630", accent: "#a3341b", muted: "#66737f",
  bands: ["#3b6ea5", "#8a6d1f", "#3f7f5a", "#8b4a86", "#6a6f2a", "#2f7f8c"],
};
const DARK = {
  sea: "#131a21", land: "#202a33", coast: "#4a5965", lake: "#131a21", border: "#7c8894", text: "#b8c2cc", halo: "#1a232b",
  field: "#9aa6b2", line: "#f2f5f7", accent: "#ff9b7d", muted: "#8d99a5",
  bands: ["#7fb0e6", "#d8b85a", "#7fc79d", "#d09acb", "#b9c06a", "#74c6d3"],
};
const wantsDark = matchMedia("(prefers-color-scheme: dark)");

/** Colours for the reader's scheme. */
export function colours() {
  return wantsDark.matches ? DARK : LIGHT;
}

const LATIN = ["U+0000-00FF", "U+0131", "U+0152-0153", "U+2000-206F", "U+20AC", "U+2122", "U+2212"];
const FONTS = {
  "Noto Sans": [
    { url: here("../fonts/noto-sans-latin.woff2"), "unicode-range": LATIN },
    { url: here("../fonts/noto-sans-latin-ext.woff2"), "unicode-range": ["U+0100-0130", "U+0132-0151", "U+0154-024F", "U+1E00-1EFF"] },
    { url: here("../fonts/noto-sans-cyrillic.woff2"), "unicode-range": ["U+0400-045F", "U+0490-0491"] },
    { url: here("../fonts/noto-sans-greek.woff2"), "unicode-range": ["U+0370-03FF"] },
  ],
};
const FONT = ["Noto Sans"];

/** Layout and paint of a label in our type. */
export function label(field, size, colour, more = {}) {
  const paint = colours();
  return {
    layout: { "text-field": field, "text-font": FONT, "text-size": size, "text-max-width": 8, ...more },
    paint: { "text-color": colour, "text-halo-color": paint.halo, "text-halo-width": 1.5 },
  };
}

function boundaries(c, view) {
  if (view === "none") return [];
  const other = view === "deu" ? "deu" : "standard";
  const drawn = ["in", ["get", "view"], ["literal", ["both", other]]];
  const line = { type: "line", source: "ground", "source-layer": "boundaries", layout: { "line-join": "round" } };
  const width = ["interpolate", ["linear"], ["zoom"], 2, 0.6, 6, 1.2];
  return [
    { ...line, id: "boundaries", filter: ["all", drawn, ["!", ["get", "contested"]]], paint: { "line-color": c.border, "line-width": width } },
    { ...line, id: "contested", filter: ["all", drawn, ["get", "contested"]],
      paint: { "line-color": c.border, "line-width": width, "line-dasharray": [3, 3] } },
  ];
}

function names(c) {
  const both = ["case", ["has", "local"], ["concat", ["get", "name"], "\n", ["get", "local"]], ["get", "name"]];
  const symbol = { type: "symbol", source: "ground" };
  const size = ["interpolate", ["linear"], ["zoom"], 2, 10, 6, 13];
  const beside = { "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.5, "text-justify": "auto" };
  const dot = (layer, id, minzoom, radius, hollow) => ({
    type: "circle", source: "ground", "source-layer": layer, id, minzoom,
    paint: {
      "circle-radius": radius, "circle-color": hollow ? c.land : c.field, "circle-stroke-color": c.field, "circle-stroke-width": hollow ? 1 : 0,
    },
  });
  return [
    dot("cities", "city-dots", 4, 2, false),
    dot("airfields", "airfield-dots", 6, ["case", ["get", "large"], 3, 2], true),
    { ...symbol, id: "countries", "source-layer": "countries", maxzoom: 9, ...label(both, size, c.text, { "symbol-sort-key": ["get", "rank"] }) },
    { ...symbol, id: "cities", "source-layer": "cities", minzoom: 4, ...label(["get", "name"], 11, c.text, beside) },
    { ...symbol, id: "airfields", "source-layer": "airfields", minzoom: 6,
      filter: ["any", ["get", "large"], [">=", ["zoom"], 7]],
      ...label(["step", ["zoom"], ["get", "ident"], 9, ["concat", ["get", "ident"], "\n", ["get", "name"]]], 10, c.field, beside) },
  ];
}

/** A whole style: the ground in a point of view, and over it the sources and layers of what is shown. */
export function styled(view, overlay) {
  const c = colours();
  const drawn = overlay(c);
  return {
    version: 8, "font-faces": FONTS,
    sources: {
      ground: { type: "vector", tiles: [`${SCHEME}://{z}/{x}/{y}`], minzoom: 0, maxzoom: MAXZOOM },
      ...drawn.sources,
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": c.sea } },
      { id: "land", type: "fill", source: "ground", "source-layer": "land", paint: { "fill-color": c.land, "fill-outline-color": c.coast } },
      { id: "lakes", type: "fill", source: "ground", "source-layer": "lakes", paint: { "fill-color": c.lake } },
      ...boundaries(c, view),
      ...(drawn.under ?? []),
      ...names(c),
      ...drawn.layers,
    ],
  };
}

function canDraw() {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

function button(text, name, pressed) {
  const made = element("button", "", text);
  made.type = "button";
  made.setAttribute("aria-label", name);
  made.addEventListener("click", pressed);
  return made;
}

/** Puts a live map in the place of a figure's picture, which stays where no map can be drawn. `overlay(colours)` gives
    sources and layers; `box` is west, south, east, north. Resolves to the map once it is drawn, or to null. */
export async function liveMap(figure, { overlay, box, name }) {
  if (!canDraw()) return null;
  start();
  const picture = figure.querySelector("svg, img, picture");
  const frame = element("div", "live-map loading");
  figure.prepend(frame);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const view = figure.dataset.pointOfView || "standard";
  const fit = { padding: 48, maxZoom: 9 };
  let map;
  try {
    map = new maplibre.Map({
      container: frame, style: styled(view, overlay), bounds: box ?? [-170, -55, 190, 72], fitBoundsOptions: fit,
      attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxZoom: 12, cooperativeGestures: true,
      fadeDuration: still ? 0 : 150, renderWorldCopies: true,
    });
  } catch {
    frame.remove();
    return null;
  }
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.getCanvas().setAttribute("aria-label", `${name}. Arrow keys move the map, plus and minus zoom.`);
  const drawn = await new Promise((done) => {
    map.once("load", () => done(true));
    map.on("error", (event) => { if (!map.loaded() && !event.sourceId) done(false); });
  });
  if (!drawn) {
    map.remove();
    frame.remove();
    return null;
  }
  const motion = still ? { duration: 0 } : {};
  const buttons = element("div", "map-buttons");
  buttons.append(
    button("+", "Zoom in", () => map.zoomIn(motion)), button("−", "Zoom out", () => map.zoomOut(motion)),
    button("⤢", "Show all", () => map.fitBounds(box ?? [-170, -55, 190, 72], { ...fit, ...motion })),
  );
  const contested = view === "none" ? "Boundaries not drawn. Natural Earth, OurAirports (public domain)" : NOTE;
  frame.append(buttons, element("p", "map-note", contested));
  frame.classList.remove("loading");
  if (picture) picture.setAttribute("hidden", "");
  map.resize();
  map.fitBounds(box ?? [-170, -55, 190, 72], { ...fit, duration: 0 });
  wantsDark.addEventListener("change", () => map.setStyle(styled(view, overlay)));
  figure.dataset.live = "drawn";
  performance.mark("overflight-map-drawn");
  return map;
}

/** A disc that can be pressed and reached by keyboard: its area is its probability, down to what a finger can press. */
export function disc(map, candidate, picked) {
  const size = Math.max(24, 60 * Math.sqrt(Math.max(0, candidate.probability ?? 0))); // px
  const made = button(String(candidate.rank), candidate.said, () => {
    for (const other of map.getContainer().querySelectorAll(".map-disc")) other.setAttribute("aria-pressed", String(other === made));
    picked(candidate);
  });
  made.className = `map-disc ${candidate.end ?? ""}${candidate.ruled_out ? " ruled-out" : ""}`;
  made.title = candidate.said;
  made.setAttribute("aria-pressed", "false");
  made.style.width = made.style.height = `${size}px`;
  // The marker's own role would hide that it is a button, so it goes around it.
  const holder = element("div");
  holder.append(made);
  holder.style.zIndex = String(Math.max(1, 50 - candidate.rank)); // the likeliest stays readable where discs meet
  const marker = new maplibre.Marker({ element: holder }).setLngLat(candidate.point).addTo(map);
  for (const name of ["role", "aria-label", "tabindex"]) holder.removeAttribute(name);
  return marker;
}
