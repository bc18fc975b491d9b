// The one script a page names. Finds what the page holds and fetches only what that needs; without it, or where a part
// of it fails, the page says the same in HTML and SVG.

const parts = [
  ["form[data-search], [data-search-results]", () => import("./search.js")],
  ["figure[data-profile]", () => import("./profile.js")],
  ["[data-instant]", () => import("./instant.js")],
  ["form[data-filter]", () => import("./place.js")],
];

for (const [selector, load] of parts) {
  const found = document.querySelectorAll(selector);
  if (found.length > 0) {
    load().then((module) => found.forEach((element) => module.enhance(element)));
  }
}

// Maps weigh most: fetched when one comes near the window.
const kinds = { flight: () => import("./flightmap.js"), place: () => import("./placemap.js") };
const near = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((item) => item.isIntersecting)) {
    near.unobserve(entry.target);
    const load = kinds[entry.target.dataset.map] ?? kinds.place;
    load().then((module) => module.enhance(entry.target));
  }
}, { rootMargin: "200px" });
document.querySelectorAll("figure[data-map]").forEach((figure) => near.observe(figure));
