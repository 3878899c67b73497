/** What is about to be ordered, and what it costs. */
import type { Amount, NewOrder, Sku } from "../api/client";
import type { Target } from "./target";

/** The price of each, from the tier that the quantity reaches. */
export function priceOf(sku: Sku, quantity: number): number {
  const reached = sku.tiers.filter((tier) => quantity >= tier.quantity_min);
  return Math.min(sku.price.amount, ...reached.map((tier) => tier.price.amount));
}

export function orderOf(
  sku: Sku,
  quantity: number,
  price: Amount,
  payWith: string,
  target: Target,
  coupon = "",
): NewOrder {
  const line = { sku: sku.sku, quantity, unit_price: price };
  const whole = Object.keys(target).length ? { ...line, target } : line;
  const order: NewOrder = {
    lines: [whole],
    pay_with: payWith,
    allow_partial: false,
    on_decline: "wait",
  };
  return coupon ? { ...order, coupon } : order;
}

export const WAYS = ["wallet", "yunfu", "kapay"] as const;
export type Way = (typeof WAYS)[number];
export const CHANNELS = ["yunfu", "kapay"] as const;
