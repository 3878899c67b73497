/** The shop's pages by address; the door answers each of these (pages_of_the_shop.py). */
import { nextTick } from "vue";
import { createRouter, createWebHistory } from "vue-router";
import HomePage from "./pages/HomePage.vue";
import ProductPage from "./pages/ProductPage.vue";

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/", name: "home", component: HomePage },
    { path: "/p/:id", name: "product", component: ProductPage, props: true },
    { path: "/sign-in", name: "sign-in", component: () => import("./pages/SignInPage.vue") },
    {
      path: "/orders",
      name: "orders",
      component: () => import("./pages/OrdersPage.vue"),
      meta: { own: true },
    },
    {
      path: "/orders/:id",
      name: "order",
      component: () => import("./pages/OrderPage.vue"),
      props: true,
      meta: { own: true },
    },
    {
      path: "/wallet",
      name: "wallet",
      component: () => import("./pages/WalletPage.vue"),
      meta: { own: true },
    },
    {
      path: "/batches",
      name: "batches",
      component: () => import("./pages/BatchesPage.vue"),
      meta: { own: true },
    },
    {
      path: "/account",
      name: "account",
      component: () => import("./pages/AccountPage.vue"),
      meta: { own: true },
    },
    {
      path: "/support",
      name: "support",
      component: () => import("./pages/SupportPage.vue"),
      meta: { own: true },
    },
    {
      path: "/support/:id",
      name: "thread",
      component: () => import("./pages/ThreadPage.vue"),
      props: true,
      meta: { own: true },
    },
    {
      path: "/requests",
      name: "requests",
      component: () => import("./pages/RequestsPage.vue"),
      meta: { own: true },
    },
    {
      path: "/invoices",
      name: "invoices",
      component: () => import("./pages/InvoicesPage.vue"),
      meta: { own: true },
    },
    {
      path: "/developers",
      name: "developers",
      component: () => import("./pages/DevelopersPage.vue"),
      meta: { own: true },
    },
    { path: "/help", name: "help", component: () => import("./pages/HelpPage.vue") },
    {
      path: "/help/:id",
      name: "article",
      component: () => import("./pages/ArticlePage.vue"),
      props: true,
    },
    { path: "/:rest(.*)*", name: "lost", component: () => import("./pages/LostPage.vue") },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

/** After a change of page the reader's place is its heading. */
router.afterEach(async (to, from) => {
  if (from.matched.length === 0 || to.path === from.path) return;
  await nextTick();
  document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
});
