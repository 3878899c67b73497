/** What a product says of itself in the list and on its page. */
import { onScopeDispose } from "vue";
import { api, told, type Product, type Rating, type Sku } from "../api/client";
import { seconds } from "../look/time";
import { took } from "../look/took";
import { t } from "../text/shop";

/** One product as it stands now. */
export function productOf(id: string): Promise<Product> {
  const params = { path: { product_id: id } };
  return told(api.GET("/v1/products/{product_id}", { params, cache: "no-store" }));
}

export function cheapest(product: Product): Sku | undefined {
  return [...product.skus].sort((one, other) => one.price.amount - other.price.amount)[0];
}

export function bestDiscount(product: Product): number {
  return Math.max(0, ...product.skus.map((sku) => sku.discount));
}

const HUNDREDTHS = 100;

/** Mean and number of a product's reviews; "" before the first. */
export function meanOf(rating: Rating): string {
  if (!rating.mean_hundredths) return "";
  const mean = (rating.mean_hundredths / HUNDREDTHS).toFixed(2);
  return t("reviews.mean", { mean, n: rating.count });
}

const FROM_BEST = ["plenty", "low", "sold_out"] as const;
export type Stock = (typeof FROM_BEST)[number];

/** The stock of the best stocked SKU. */
export function stockOf(product: Product): Stock {
  const states = new Set(product.skus.map((sku) => sku.stock.state));
  return FROM_BEST.find((state) => states.has(state)) ?? "sold_out";
}

export const STOCK_TONE: Record<string, string> = { plenty: "good", low: "warn", sold_out: "" };

const FINE_MS = 10_000;

/** `0.3 秒`, `4 分钟`, `1.5 小时`: the largest unit that fits, seconds with a digit where few. */
export function lasting(ms: number): string {
  if (ms < FINE_MS) return t("lasting.seconds", { n: seconds(ms) });
  const { unit, n } = took(ms);
  return t(`lasting.${unit}`, { n });
}

/** How long deliveries of these have taken, the slowest of them; unknown before the first. */
export function arrives(skus: Sku[]): string {
  const times = skus.map((sku) => sku.delivery.p50_ms ?? 0).filter((ms) => ms > 0);
  return times.length ? t("arrives", { n: lasting(Math.max(...times)) }) : t("arrives.unknown");
}

const AGAIN_MS = 3000;
const SPREAD_MS = 1500;

/**
 * Hear of every change of the shelf until the component goes: with the products that changed, or
 * none where it may be any. A new connection counts as a change: something may have been missed.
 *
 * On a promotion's day thousands look at the same product: what they ask when it changes is spread
 * over a moment, and changes that come together are heard as one.
 */
export function shelfMoves(hear: (products: Set<string>) => void): void {
  let source: EventSource;
  let again = 0;
  let telling = 0;
  let all = false;
  const changed = new Set<string>();
  const tell = () => {
    telling = 0;
    const products = all ? new Set<string>() : new Set(changed);
    all = false;
    changed.clear();
    hear(products);
  };
  const take = (products: string[], withinMs: number) => {
    all ||= products.length === 0;
    for (const each of products) changed.add(each);
    telling ||= window.setTimeout(tell, Math.random() * withinMs);
  };
  const open = () => {
    source = new EventSource("/v1/shelf/stream");
    source.addEventListener("open", () => take([], 0));
    source.addEventListener("shelf", (event) => {
      const { data } = event as MessageEvent<string>;
      take((JSON.parse(data) as { products: string[] }).products, SPREAD_MS);
    });
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) again = window.setTimeout(open, AGAIN_MS);
    });
  };
  open();
  onScopeDispose(() => {
    window.clearTimeout(again);
    window.clearTimeout(telling);
    source.close();
  });
}
