/** What the shelf is asked for; it stands in the page's address, so it can be sent to a friend. */
import type { LocationQuery } from "vue-router";
import { amountOf } from "../look/money";

export const SORTS = ["relevance", "price", "-price", "discount"] as const;
export const DISCOUNTS = ["0.01", "0.02", "0.05"] as const;
const NAMES = ["q", "category", "from", "to", "off", "sort"] as const;

export type Asked = Record<(typeof NAMES)[number], string>;

export function askedOf(query: LocationQuery): Asked {
  return Object.fromEntries(NAMES.map((name) => [name, String(query[name] ?? "")])) as Asked;
}

/** As an address has it: what is not asked for is not in it. */
export function written(asked: Asked): Record<string, string> {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value));
}

/** As the door takes it; what is no amount or no sort is left out. */
export function queryOf(asked: Asked): Record<string, string> {
  const found: Record<string, string> = {};
  const [from, to] = [amountOf(asked.from), amountOf(asked.to)];
  if (asked.q) found.q = asked.q;
  if (asked.category) found.category = asked.category;
  if (from !== null) found.price_min = String(from);
  if (to !== null) found.price_max = String(to);
  if (DISCOUNTS.some((each) => each === asked.off)) found.discount_min = asked.off;
  if (SORTS.some((each) => each === asked.sort)) found.sort = asked.sort;
  return found;
}
