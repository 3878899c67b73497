/** How far an order is, as four steps, and what is said of it. */
import type { Order } from "../api/client";
import { isKey, t } from "../text/shop";

export const STEPS = ["received", "paid", "delivered", "completed"] as const;
export type Step = (typeof STEPS)[number];

const DONE: Record<string, number> = {
  received: 1,
  in_review: 1,
  awaiting_verification: 1,
  awaiting_payment: 1,
  processing: 2,
  failed: 2,
  refunding: 2,
  refunded: 2,
  delivered: 3,
  completed: 4,
};

export const ENDED = new Set(["completed", "refused", "cancelled", "expired", "refunded"]);

/** The states of orders, as 个人中心 puts them together: each is in one group. */
export const GROUPS = {
  unpaid: ["received", "awaiting_payment", "awaiting_verification", "in_review"],
  processing: ["processing"],
  delivered: ["delivered"],
  completed: ["completed"],
  refund: ["failed", "refunding", "refunded"],
  closed: ["refused", "cancelled", "expired"],
} as const;
export type Group = keyof typeof GROUPS;

/** Steps that are behind it; null where it has left the way. */
export function done(state: string): number | null {
  return DONE[state] ?? null;
}

/** One sentence on what is going on. */
export function saying(order: Order): string {
  if (order.detail && order.state !== "awaiting_verification") return order.detail;
  if (order.state === "awaiting_payment" && !order.declined && !order.pay_url) {
    return t("say.reserving");
  }
  const slow = order.lines.some((line) => line.kind === "topup" && line.state === "processing");
  if (order.state === "processing" && slow) return t("say.topup");
  if (order.state === "delivered" && order.lines.every((line) => line.kind === "topup")) {
    return t("say.toppedUp");
  }
  const key = `say.${order.state}`;
  return isKey(key) ? t(key) : order.label;
}

/** A fact of the timeline in words. */
export function fact(type: string, detail: string): string {
  const key = `fact.${type}`;
  return isKey(key) ? t(key, { detail }) : t("fact.other");
}
