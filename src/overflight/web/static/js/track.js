// Shapes from a trace: what is drawn solid, dashed, and off the line. No DOM, no map: tests run it by itself.

const HALF_TURN = 180;
const STEP_DEG = 2; // a great circle is drawn by points this far apart; the eye sees no corner at any zoom we offer

/** Longitude moved by whole turns to within half a turn of another, in degrees. */
export function near(longitude, other) {
  return longitude - 360 * Math.floor((longitude - other + HALF_TURN) / 360);
}

/** Rows of a trace document as objects, longitudes unwrapped so that a line never jumps across the antimeridian. */
export function rowsOf(trace) {
  const at = Object.fromEntries(trace.columns.map((name, index) => [name, index]));
  let last = null;
  return trace.rows.map((row) => {
    const longitude = last === null ? row[at.longitude_deg] : near(row[at.longitude_deg], last);
    if (row[at.piece] >= 0) last = longitude;
    return {
      ms: row[at.time], longitude, latitude: row[at.latitude_deg], piece: row[at.piece], flags: row[at.flags] ?? "",
      baroFt: row[at.baro_altitude_ft], geoFt: row[at.geo_altitude_ft], speedKt: row[at.groundspeed_kt],
      trackDeg: row[at.track_deg], onGround: row[at.on_ground],
    };
  });
}

/** Longitude and latitude pairs of each piece of the observed line. */
export function pieces(rows) {
  const lines = [];
  let held = null;
  for (const row of rows) {
    if (row.piece < 0) continue;
    if (held === null || held.piece !== row.piece) lines.push(held = { piece: row.piece, points: [] });
    held.points.push([row.longitude, row.latitude]);
  }
  return lines.map((line) => line.points);
}

/** Points of the great circle between two places, longitudes unwrapped. */
export function greatCircle([lonA, latA], [lonB, latB]) {
  const rad = Math.PI / HALF_TURN;
  const vector = (lon, lat) => [
    Math.cos(lat * rad) * Math.cos(lon * rad), Math.cos(lat * rad) * Math.sin(lon * rad), Math.sin(lat * rad),
  ];
  const a = vector(lonA, latA), b = vector(lonB, latB);
  const angle = Math.acos(Math.min(1, Math.max(-1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2])));
  const count = Math.max(1, Math.ceil(angle / rad / STEP_DEG));
  const points = [[lonA, latA]];
  for (let k = 1; k < count; k += 1) {
    const p = Math.sin((1 - k / count) * angle), q = Math.sin(k / count * angle);
    const [x, y, z] = a.map((value, index) => p * value + q * b[index]);
    const longitude = near(Math.atan2(y, x) / rad, points[k - 1][0]);
    points.push([longitude, Math.atan2(z, Math.hypot(x, y)) / rad]);
  }
  points.push([near(lonB, points[count - 1][0]), latB]);
  return points;
}

/** Lines of the silences, each moved to where the line before it ended. */
export function silences(trace, rows) {
  return trace.silences.filter((gap) => gap.from_deg && gap.to_deg).map((gap) => {
    const before = lastAt(rows, gap.from) ?? rows[0];
    const [lon, lat] = gap.from_deg;
    return { ...gap, points: greatCircle([before ? near(lon, before.longitude) : lon, lat], gap.to_deg) };
  });
}

/** The last row on the line at or before a time. */
export function lastAt(rows, ms) {
  let found = null;
  for (const row of rows) {
    if (row.ms > ms) break;
    if (row.piece >= 0) found = row;
  }
  return found;
}

/** The row nearest to a time, and the silence that the time falls in, if it does. Nothing is moved or interpolated. */
export function at(rows, gaps, ms) {
  const gap = gaps.find((item) => item.from < ms && ms < item.to) ?? null;
  let best = null;
  for (const row of rows) {
    if (row.piece >= 0 && (best === null || Math.abs(row.ms - ms) < Math.abs(best.ms - ms))) best = row;
  }
  return { row: best, gap };
}

/** The parts of the observed line that were surely inside each crossing, with the point where its label stands. What is
    merely compatible has no place on a line that was seen. */
export function bands(trace, rows) {
  return (trace.crossings ?? []).filter((crossing) => crossing.grade !== "compatible").map((crossing) => {
    const from = crossing.inside_from_ms ?? crossing.entry_ms;
    const to = crossing.inside_to_ms ?? crossing.exit_ms;
    const inside = rows.filter((row) => row.ms >= from && row.ms <= to);
    const lines = pieces(inside).filter((points) => points.length > 1);
    const onLine = inside.filter((row) => row.piece >= 0);
    const middle = onLine[Math.floor(onLine.length / 2)];
    return { ...crossing, lines, label: middle ? [middle.longitude, middle.latitude] : null };
  });
}

/** Whether a candidate stands on a stop's or place's map: ruled out ones do, those under one in a hundred do not. */
export function drawn(candidate) {
  return candidate.ruled_out || candidate.probability >= 0.01;
}

/** Candidates that are not ruled out, with their rank by probability within their end of the flight, moved beside that end of the line. */
export function ranked(trace, rows) {
  const onLine = rows.filter((row) => row.piece >= 0);
  const ends = { origin: onLine[0], destination: onLine[onLine.length - 1] };
  const placed = (trace.candidates ?? []).filter((c) => c.longitude_deg != null && c.latitude_deg != null && drawn(c) && !c.ruled_out);
  return Object.keys(ends).flatMap((end) => placed
    .filter((c) => c.end === end)
    .sort((a, b) => b.probability - a.probability)
    .map((c, index) => {
      const longitude = ends[end] ? near(c.longitude_deg, ends[end].longitude) : c.longitude_deg;
      return { ...c, rank: index + 1, point: [longitude, c.latitude_deg] };
    }));
}

/** West, south, east, north of points; null without any. Longitudes may go beyond 180. */
export function bounds(points) {
  if (points.length === 0) return null;
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of points) {
    box[0] = Math.min(box[0], lon); box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon); box[3] = Math.max(box[3], lat);
  }
  return box;
}
