// Search on a published site. A server that answered says so (`data-query` on the results); then nothing is done here.

import { element } from "./said.js";
import { look } from "./lookup.js";

const ROOT = new URL("../../", import.meta.url);
let index = null;

async function entries() {
  index ??= fetch(new URL("search/index.json", ROOT)).then((answer) => {
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  });
  return (await index).entries;
}

function item(hit) {
  const made = element("li");
  const link = element("a", "", hit.title);
  const address = new URL(hit.path, ROOT);
  // The index is of this site: what leads elsewhere is not a link.
  if (address.href.startsWith(ROOT.href)) link.href = address.href;
  link.dir = "auto";
  const detail = element("span", "detail", hit.detail ?? "");
  detail.dir = "auto";
  made.append(element("span", "kind", hit.kind), " ", link, " ", detail, " ", element("span", "why", hit.why));
  return made;
}

/** Fills a list of results from the address's `q`. */
export async function enhance(place) {
  if (!place.matches("[data-search-results]")) return;
  const asked = new URLSearchParams(location.search).get("q")?.trim() ?? "";
  if (asked === "" || (place.dataset.query ?? "") === asked) return;
  for (const field of document.querySelectorAll('form[data-search] input[name="q"]')) field.value = asked;
  const list = element("ol", "hits");
  const said = element("p", "live-readout", "Looking…");
  said.setAttribute("role", "status");
  place.replaceChildren(said, list);
  try {
    const hits = look(await entries(), asked);
    list.append(...hits.map(item));
    said.textContent = hits.length > 0
      ? `${hits.length} for “${asked}”, best first`
      : `Nothing here answers to “${asked}”. That says nothing about what flew: see what is loaded.`;
  } catch {
    said.textContent = "The search index could not be fetched.";
  }
}
