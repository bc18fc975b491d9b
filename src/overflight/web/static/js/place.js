// Filters of a table on a published page. A server answers a filter itself and says which one it answered
// (`data-query`); a plain file says none, so the rows are chosen here.

// A party's name is asked for by a part of it; the rest must be the same.
const PARTS = ["owner", "operator"];
const holds = (text, part) => text.toLocaleLowerCase().includes(part.toLocaleLowerCase());
const same = (a, b) => a.localeCompare(b, undefined, { sensitivity: "base" }) === 0;

/** True where a row's data say what every filled-in filter asks. Days are compared as text: ISO 8601 sorts. */
export function passes(row, asked) {
  return asked.every(([name, value]) => {
    if (name === "since") return (row.day ?? "") >= value;
    if (name === "until") return (row.day ?? "") <= value;
    if (PARTS.includes(name)) return holds(row[name] ?? "", value);
    return same(row[name] ?? "", value);
  });
}

/** Applies the address's filters to the rows, where no server did. */
export function enhance(form) {
  const asked = [...new URLSearchParams(location.search)].filter(([name, value]) => value && form.elements.namedItem(name));
  const answered = form.dataset.query ?? "";
  if (asked.length === 0 || answered !== "") return;
  for (const [name, value] of asked) form.elements.namedItem(name).value = value;
  const rows = [...document.querySelectorAll(`${form.dataset.filter || "[data-filterable]"} tbody tr`)];
  let shown = 0;
  for (const row of rows) {
    const kept = passes(row.dataset, asked);
    row.hidden = !kept;
    shown += Number(kept);
  }
  const count = document.querySelector("[data-filter-count]");
  if (count) count.textContent = `${shown} of ${rows.length}`;
}
