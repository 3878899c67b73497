/** The console's pages by address, and which role sees which: the same roles as at the door. */
import { nextTick } from "vue";
import { createRouter, createWebHistory } from "vue-router";
import type { Role } from "../api/client";
import { known, may, operator, refresh } from "./operator";

const EVERYBODY = ["stock", "support", "finance", "risk", "auditor"] as const;

export const ROOMS = [
  { name: "board", roles: EVERYBODY },
  { name: "orders", roles: ["support", "risk", "finance", "auditor"] },
  { name: "holds", roles: ["risk", "support", "auditor"] },
  { name: "disputes", roles: ["support", "finance", "auditor"] },
  { name: "stock", roles: ["stock", "support", "auditor"] },
  { name: "prices", roles: ["stock", "finance", "auditor"] },
  { name: "promotions", roles: ["stock", "finance", "auditor"] },
  { name: "topups", roles: ["support", "stock", "finance", "auditor"] },
  { name: "suppliers", roles: ["stock", "support", "finance", "auditor"] },
  { name: "accounts", roles: ["finance", "support", "risk", "auditor"] },
  { name: "support", roles: ["support"] },
  { name: "requests", roles: ["support", "stock"] },
  { name: "invoices", roles: ["finance", "auditor"] },
  { name: "reviews", roles: ["support", "auditor"] },
  { name: "webhooks", roles: ["support", "auditor"] },
  { name: "parked", roles: ["support", "auditor"] },
  { name: "audits", roles: ["auditor"] },
  { name: "staff", roles: ["auditor"] },
] as const satisfies readonly { name: string; roles: readonly Role[] }[];
export type Room = (typeof ROOMS)[number]["name"];

/** The rooms of whoever is signed in. */
export function rooms(): Room[] {
  return ROOMS.filter((room) => may(room.roles)).map((room) => room.name);
}

export function rolesOf(name: Room): readonly Role[] {
  return ROOMS.find((room) => room.name === name)?.roles ?? [];
}

export const router = createRouter({
  history: createWebHistory("/console"),
  routes: [
    { path: "/", name: "home", component: () => import("./pages/NothingPage.vue") },
    { path: "/sign-in", name: "sign-in", component: () => import("./pages/SignInPage.vue") },
    {
      path: "/orders",
      name: "orders",
      component: () => import("./pages/OrdersPage.vue"),
      meta: { roles: rolesOf("orders") },
    },
    {
      path: "/orders/:id",
      name: "order",
      component: () => import("./pages/OrderPage.vue"),
      props: true,
      meta: { roles: rolesOf("orders") },
    },
    {
      path: "/holds",
      name: "holds",
      component: () => import("./pages/HoldsPage.vue"),
      meta: { roles: rolesOf("holds") },
    },
    {
      path: "/disputes",
      name: "disputes",
      component: () => import("./pages/DisputesPage.vue"),
      meta: { roles: rolesOf("disputes") },
    },
    {
      path: "/stock",
      name: "stock",
      component: () => import("./pages/StockPage.vue"),
      meta: { roles: rolesOf("stock") },
    },
    {
      path: "/stock/:sku",
      name: "sku",
      component: () => import("./pages/SkuPage.vue"),
      props: true,
      meta: { roles: rolesOf("stock") },
    },
    {
      path: "/prices",
      name: "prices",
      component: () => import("./pages/PricesPage.vue"),
      meta: { roles: rolesOf("prices") },
    },
    {
      path: "/promotions",
      name: "promotions",
      component: () => import("./pages/PromotionsPage.vue"),
      meta: { roles: rolesOf("promotions") },
    },
    {
      path: "/topups",
      name: "topups",
      component: () => import("./pages/TopupsPage.vue"),
      meta: { roles: rolesOf("topups") },
    },
    {
      path: "/accounts",
      name: "accounts",
      component: () => import("./pages/AccountsPage.vue"),
      meta: { roles: rolesOf("accounts") },
    },
    {
      path: "/accounts/:id",
      name: "account",
      component: () => import("./pages/AccountPage.vue"),
      props: true,
      meta: { roles: rolesOf("accounts") },
    },
    {
      path: "/invoices",
      name: "invoices",
      component: () => import("./pages/InvoicesPage.vue"),
      meta: { roles: rolesOf("invoices") },
    },
    {
      path: "/requests",
      name: "requests",
      component: () => import("./pages/RequestsPage.vue"),
      meta: { roles: rolesOf("requests") },
    },
    {
      path: "/support",
      name: "support",
      component: () => import("./pages/SupportPage.vue"),
      meta: { roles: rolesOf("support") },
    },
    {
      path: "/support/:id",
      name: "thread",
      component: () => import("./pages/ThreadPage.vue"),
      props: true,
      meta: { roles: rolesOf("support") },
    },
    {
      path: "/board",
      name: "board",
      component: () => import("./pages/BoardPage.vue"),
      meta: { roles: rolesOf("board") },
    },
    {
      path: "/reviews",
      name: "reviews",
      component: () => import("./pages/ReviewsPage.vue"),
      meta: { roles: rolesOf("reviews") },
    },
    {
      path: "/webhooks",
      name: "webhooks",
      component: () => import("./pages/WebhooksPage.vue"),
      meta: { roles: rolesOf("webhooks") },
    },
    {
      path: "/suppliers",
      name: "suppliers",
      component: () => import("./pages/SuppliersPage.vue"),
      meta: { roles: rolesOf("suppliers") },
    },
    {
      path: "/audits",
      name: "audits",
      component: () => import("./pages/AuditsPage.vue"),
      meta: { roles: rolesOf("audits") },
    },
    {
      path: "/staff",
      name: "staff",
      component: () => import("./pages/StaffPage.vue"),
      meta: { roles: rolesOf("staff") },
    },
    {
      path: "/parked",
      name: "parked",
      component: () => import("./pages/ParkedPage.vue"),
      meta: { roles: rolesOf("parked") },
    },
    { path: "/:rest(.*)*", name: "nothing", component: () => import("./pages/NothingPage.vue") },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

router.beforeEach(async (to) => {
  if (!known.value) await refresh();
  if (!operator.value) {
    return to.name === "sign-in" ? true : { name: "sign-in", query: { to: to.fullPath } };
  }
  const [first] = rooms();
  if ((to.name === "home" || to.name === "sign-in") && first) return { name: first };
  const roles = to.meta.roles as readonly Role[] | undefined;
  return !roles || may(roles) || { name: "nothing", params: { rest: ["nothing"] } };
});

/** After a change of page the reader's place is its heading. */
router.afterEach(async (to, from) => {
  if (from.matched.length === 0 || to.path === from.path) return;
  await nextTick();
  document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
});
