/** How long something took: a number and its unit, the largest that fits. */
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

export interface Took {
  unit: "seconds" | "minutes" | "hours";
  n: number;
}

export function took(ms: number): Took {
  if (ms < MINUTE_MS) return { unit: "seconds", n: Math.max(1, Math.round(ms / SECOND_MS)) };
  if (ms < HOUR_MS) return { unit: "minutes", n: Math.round(ms / MINUTE_MS) };
  return { unit: "hours", n: Math.round((10 * ms) / HOUR_MS) / 10 };
}
