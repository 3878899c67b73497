/** What one costs the shop beside what is asked for it: only the console ever knows. */
import type { Priced } from "../api/client";
import { yuan } from "../look/money";
import { t } from "../text/console";
import type { Tier } from "./tiers";

const PERCENT = 100;

/** The least that anybody pays for one, minor units. */
export function leastOf(retail: number, member: number, tiers: readonly Tier[]): number {
  return Math.min(retail, member, ...tiers.map((tier) => tier.price));
}

/** Why the door will refuse this price; empty where it is not below cost, or somebody says why. */
export function costFlaw(price: number, cost: number, why: string): string {
  return price < cost && !why.trim() ? t("prices.wrong.cost", { cost: yuan(cost) }) : "";
}

/** What is left of the retail price, and of the lowest where that is less. */
export function marginOf({ price, lowest, cost }: Priced): string {
  if (!cost) return "";
  const left = price.amount - cost.amount;
  const percent = ((left * PERCENT) / price.amount).toFixed(1);
  const said = t("prices.margin", { amount: yuan(left), percent });
  if (lowest.amount === price.amount) return said;
  return `${said} · ${t("prices.thinnest", { amount: yuan(lowest.amount - cost.amount) })}`;
}
