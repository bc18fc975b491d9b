// Search in the index of a published site. The same order of reasons as on the server: as written, beginning, within,
// letters in another order by rotation ("K-781314" is 4K-78131 with its first letter last), one letter wrong.

const LONG_ENOUGH = 4; // letters; shorter texts are within one edit of too much

/** Letters and figures alone, in capitals, without accents. */
export function folded(text) {
  return text.normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "").toUpperCase();
}

function isRotation(a, b) {
  return a.length === b.length && a !== b && (a + a).includes(b);
}

/** True where one inserted, missing, wrong or swapped letter makes the one out of the other. */
export function oneEdit(a, b) {
  if (Math.abs(a.length - b.length) > 1) return false;
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i += 1;
  const swapped = a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2);
  return swapped || a.slice(i + 1) === b.slice(i + 1) || a.slice(i) === b.slice(i + 1) || a.slice(i + 1) === b.slice(i);
}

/** Score and reason for one key; null where it does not answer. */
function weighed(asked, key) {
  if (key === "") return null;
  if (key === asked) return [100, "as written"];
  if (key.startsWith(asked)) return [80, "begins with it"];
  if (asked.length >= LONG_ENOUGH && key.includes(asked)) return [60, "contains it"];
  if (asked.length >= LONG_ENOUGH && key.length >= LONG_ENOUGH) {
    if (isRotation(asked, key)) return [50, "the same letters, begun at another one"];
    if (oneEdit(asked, key)) return [40, "one letter differs"];
  }
  return null;
}

/** The best entries for a text, each as {kind, path, title, detail, why}; ties in the order of the index. */
export function look(entries, text, limit = 50) {
  const asked = folded(text);
  if (asked === "") return [];
  const found = [];
  entries.forEach(([kind, path, title, detail, keys], order) => {
    let best = null;
    for (const key of [title, ...keys]) {
      const answer = weighed(asked, folded(key));
      if (answer && (best === null || answer[0] > best[0])) best = [...answer, key];
    }
    if (best) found.push({ kind, path, title, detail, score: best[0], order, why: best[2] === title ? best[1] : `${best[2]}: ${best[1]}` });
  });
  return found.sort((a, b) => b.score - a.score || a.order - b.order).slice(0, limit);
}
