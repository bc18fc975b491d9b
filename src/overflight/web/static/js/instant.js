// The slider of an instant: steps over the loaded hours and shows each on the map. What the page states in words is of
// its own hour, so while another is shown the words are hidden and a link leads to that hour's page.

import { element } from "./said.js";

const fill = (pattern, hour) => new URL(pattern.replaceAll("{hour}", encodeURIComponent(hour)), document.baseURI).href;
const said = (hour) => `${hour.replace("T", " ")}:00 UTC`;

/** Makes the slider out of `data-hours` (space between), `data-current`, `data-source` and `data-page` with {hour}. */
export function enhance(holder) {
  const { current, source, page } = holder.dataset;
  const hours = (holder.dataset.hours ?? "").split(/\s+/).filter(Boolean);
  if (hours.length < 2 || !source) return;
  const range = element("input", "live-range");
  Object.assign(range, { type: "range", min: "0", max: String(hours.length - 1), value: String(Math.max(0, hours.indexOf(current))) });
  range.setAttribute("aria-label", "Hour, UTC");
  const readout = element("p", "live-readout");
  readout.setAttribute("role", "status");
  holder.append(range, readout);
  const figure = document.querySelector("figure[data-map]");
  let asked = 0;

  range.addEventListener("input", async () => {
    const hour = hours[Number(range.value)];
    const turn = asked += 1;
    range.setAttribute("aria-valuetext", said(hour));
    for (const facts of document.querySelectorAll("[data-instant-facts]")) facts.hidden = hour !== current;
    let text = said(hour);
    try {
      const answer = await fetch(fill(source, hour));
      if (!answer.ok) throw new Error(String(answer.status));
      const data = await answer.json();
      if (turn !== asked) return; // a later step is already under way
      figure?.dispatchEvent(new CustomEvent("overflight-geojson", { detail: data }));
      text = `${text}: ${data.features.length} positions`;
    } catch {
      if (turn !== asked) return;
      text = `${text}: this hour could not be fetched`;
    }
    readout.textContent = `${text}. `;
    if (page && hour !== current) {
      const link = element("a", "", "Open this hour");
      link.href = fill(page, hour);
      readout.append(link);
    }
  });
  range.setAttribute("aria-valuetext", said(hours[Number(range.value)]));
}
