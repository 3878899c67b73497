/** What a product says of itself in the list and on its page. */
import { onScopeDispose } from "vue";
import { api, told, type Product, type Sku } from "../api/client";
import { seconds } from "../look/time";
import { t } from "../text/shop";

/** One product as it stands now. */
export function productOf(id: string): Promise<Product> {
  return told(api.GET("/v1/products/{product_id}", { params: { path: { product_id: id } } }));
}

export function cheapest(product: Product): Sku | undefined {
  return [...product.skus].sort((one, other) => one.price.amount - other.price.amount)[0];
}

export function bestDiscount(product: Product): number {
  return Math.max(0, ...product.skus.map((sku) => sku.discount));
}

const FROM_BEST = ["plenty", "low", "sold_out"] as const;
export type Stock = (typeof FROM_BEST)[number];

/** The stock of the best stocked SKU. */
export function stockOf(product: Product): Stock {
  const states = new Set(product.skus.map((sku) => sku.stock.state));
  return FROM_BEST.find((state) => states.has(state)) ?? "sold_out";
}

export const STOCK_TONE: Record<string, string> = { plenty: "good", low: "warn", sold_out: "" };

/** How long deliveries of these have taken, the slowest of them. */
export function arrives(skus: Sku[]): string {
  const times = skus.map((sku) => sku.delivery.p50_ms ?? 0).filter((ms) => ms > 0);
  return times.length ? t("arrives", { n: seconds(Math.max(...times)) }) : t("arrives.unknown");
}

const EVERY_MS = 4000;

/** Look again every few seconds for as long as somebody looks. */
export function kept(look: () => Promise<void>): void {
  const ticking = window.setInterval(() => {
    if (!document.hidden) void look();
  }, EVERY_MS);
  onScopeDispose(() => window.clearInterval(ticking));
}
