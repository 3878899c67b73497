import { spoken } from "../text/language";

const locale = () => (spoken.value === "en" ? "en-GB" : "zh-CN");

/** A moment as people write it, in their own time zone. */
export function moment(at: string): string {
  return new Date(at).toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });
}

/** The time of day, to the second. */
export function clock(at: string): string {
  return new Date(at).toLocaleTimeString(locale(), { hour12: false });
}

/** Seconds of milliseconds, with one digit where they are few. */
export function seconds(ms: number): string {
  const found = ms / 1000;
  const shown = found < 10 ? Math.max(1, Math.round(found * 10)) / 10 : Math.round(found);
  return String(shown);
}
