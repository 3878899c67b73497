/** What a tab is called: the page's own name, else its route's, and the shop's. */
import { computed, ref, watchEffect } from "vue";
import { t, type Key } from "../text/shop";
import { router } from "./routes";

/** What a page says of itself once it knows; gone with the next page. */
const named = ref("");

const TITLES: Partial<Record<string, Key>> = {
  product: "product.pick",
  "sign-in": "signIn.title",
  orders: "orders.title",
  order: "order.title",
  wallet: "wallet.title",
  batches: "batches.title",
  account: "account.title",
  support: "support.title",
  thread: "support.title",
  requests: "request.title",
  invoices: "account.invoices",
  developers: "account.keys",
  help: "help.title",
  article: "help.title",
  lost: "lost.title",
};

const title = computed(() => {
  const key = TITLES[String(router.currentRoute.value.name ?? "")];
  return named.value || (key ? t(key) : "");
});

export function nameIt(name: string): void {
  named.value = name;
}

export function callTabs(): void {
  router.afterEach((to, from) => {
    if (to.path !== from.path) named.value = "";
  });
  watchEffect(() => {
    document.title = title.value ? `${title.value} · ${t("brand")}` : t("brand.whole");
  });
}
