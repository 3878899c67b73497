/** How long something still takes, in its largest unit; and moments that people type. */
import { t } from "../text/console";

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

export function span(ms: number): string {
  if (ms >= D) return t("time.d", { n: Math.floor(ms / D) });
  if (ms >= H) return t("time.h", { n: Math.floor(ms / H) });
  if (ms >= M) return t("time.m", { n: Math.floor(ms / M) });
  return t("time.s", { n: Math.max(0, Math.ceil(ms / S)) });
}

/** A moment of a field of date and time, as the door takes it; "" where there is none. */
export function momentOf(typed: string): string {
  const at = new Date(typed);
  return typed && !Number.isNaN(at.getTime()) ? at.toISOString() : "";
}
