/** The shelf, product by product: folded on a phone, where all of it would be one long list. */
import { t } from "../text/console";
import type { Groups } from "./desk";

interface OnShelf {
  product_id: string;
  product: string;
}

const NARROW = "(max-width: 719px)";

/** What was searched for is shown at once. */
export function byProduct<T extends OnShelf>(
  asked: boolean,
  said: (items: readonly T[]) => string,
  urgent?: (items: readonly T[]) => string,
): Groups<T> {
  const folded = !asked && window.matchMedia(NARROW).matches;
  return {
    of: (item) => ({ id: item.product_id, title: item.product }),
    said: (items) => `${t("stock.skus", { n: items.length })} · ${said(items)}`,
    folded,
    ...(urgent ? { urgent } : {}),
  };
}

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** So many pages of a list as one, and whether it goes on. */
export async function pagesOf<T>(
  pages: number,
  read: (cursor: { cursor?: string }) => Promise<Page<T>>,
): Promise<Page<T>> {
  let page = await read({});
  const items = [...page.items];
  for (let more = 1; more < pages && page.next_cursor; more += 1) {
    page = await read({ cursor: page.next_cursor });
    items.push(...page.items);
  }
  return { items, next_cursor: page.next_cursor };
}
