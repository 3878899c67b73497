import { spoken } from "../text/language";

const MINOR = 100;
const POINTS_MAX = 10;

/** `¥1,234.50` of an amount in minor units; whole amounts where `short`. */
export function yuan(amount: number, short = false): string {
  const digits = short && amount % MINOR === 0 ? 0 : 2;
  const shown = Math.abs(amount / MINOR).toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${amount < 0 ? "−" : ""}¥${shown}`;
}

/** `9.5` of a discount of 0.05, as a Chinese shop says it (9.5折); percent off in English. */
export function rebate(discount: number): string {
  if (spoken.value === "en") return String(Math.round(discount * 1000) / 10);
  return String(Math.round((1 - discount) * POINTS_MAX * 100) / 100);
}

/** Minor units of what somebody typed; null where it is no amount. */
export function amountOf(typed: string): number | null {
  const found = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(typed.trim());
  if (!found) return null;
  return Number(found[1]) * MINOR + Number((found[2] ?? "").padEnd(2, "0"));
}
