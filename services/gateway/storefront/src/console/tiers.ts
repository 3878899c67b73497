/** Wholesale tiers as people write them: one a line, a quantity and a price in yuan. */
import { amountOf } from "../look/money";

export interface Tier {
  quantity_min: number;
  price: number;
}

const LINE = /^\s*(\d{1,5})[\s:：,，]+(\S+)\s*$/;
const MINOR = 100;

/** None where a line is no tier, or does not cost less for more. */
export function tiersOf(typed: string, retail: number): Tier[] | null {
  const tiers: Tier[] = [];
  for (const line of typed.split("\n").filter((each) => each.trim())) {
    const found = LINE.exec(line);
    const price = amountOf(found?.[2] ?? "");
    const before = tiers.at(-1) ?? { quantity_min: 1, price: retail };
    const quantity = Number(found?.[1]);
    if (!price || quantity <= before.quantity_min || price >= before.price) return null;
    tiers.push({ quantity_min: quantity, price });
  }
  return tiers;
}

/** An amount of minor units as it is typed. */
export function typedOf(amount: number): string {
  return (amount / MINOR).toFixed(2);
}
