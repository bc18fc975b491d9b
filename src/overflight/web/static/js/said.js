// Words for numbers, and the one cursor that map, profile and list of events share.

const EVENT = "overflight-cursor";

/** Time of day in UTC with the date, e.g. "2016-04-04 07:00:05 UTC". */
export function utc(ms) {
  return new Date(ms).toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC");
}

/** What a row says: time, altitude with its kind, speed. What it does not say is left out, not zero. */
export function sentence(row) {
  const said = [utc(row.ms)];
  if (row.onGround) said.push("on the ground");
  if (row.baroFt != null) said.push(`${number(row.baroFt)} ft pressure altitude`);
  if (row.geoFt != null) said.push(`${number(row.geoFt)} ft geometric altitude`);
  if (row.baroFt == null && row.geoFt == null && !row.onGround) said.push("altitude not sent");
  if (row.speedKt != null) said.push(`${number(row.speedKt)} kt over the ground`);
  return said.join(", ");
}

/** Same for a time within a silence: an interval, never a place. */
export function silent(gap) {
  return `Not seen between ${utc(gap.from)} and ${utc(gap.to)}`;
}

export function number(value) {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

export function percent(probability) {
  return probability < 0.01 ? "under 1 %" : `${Math.round(probability * 100)} %`;
}

/** Moves the shared cursor to a time; `from` is the part that moved it. */
export function point(ms, from) {
  document.dispatchEvent(new CustomEvent(EVENT, { detail: { ms, from } }));
}

/** Calls back with the time, in milliseconds, whenever another part moved the cursor. */
export function follow(from, moved) {
  document.addEventListener(EVENT, (event) => {
    if (event.detail.from !== from) moved(event.detail.ms);
  });
}

const fetched = new Map();

/** A JSON document, fetched once however many parts ask for it. */
export function json(url) {
  if (!fetched.has(url)) {
    fetched.set(url, fetch(url).then((answer) => {
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      return answer.json();
    }));
  }
  return fetched.get(url);
}

/** An element with text; children and attributes can only be set as such, never as markup. */
export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
