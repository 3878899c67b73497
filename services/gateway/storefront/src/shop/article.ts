/** What stands in the drawings of an article: the product's own names, prices and fields. */
import type { Product, Sku } from "../api/client";
import { yuan } from "../look/money";
import type { Words } from "../parts/scenes";
import { half } from "../text/language";
import { t } from "../text/shop";

const OFFERS_MAX = 3;

export function wordsOf(product: Product | null | undefined): Words | undefined {
  const [first] = product?.skus ?? [];
  if (!product || !first) return undefined;
  const face = (each: Sku) => each.name.split(" · ")[0] || yuan(each.face_value.amount, true);
  return {
    name: product.name,
    offers: product.skus
      .slice(0, OFFERS_MAX)
      .map((each) => [face(each), yuan(each.price.amount)] as const),
    fields: first.form.map((field) => half(field.label)),
    buy: t("article.scene.buy"),
    pay: t("article.scene.pay", { price: yuan(first.price.amount) }),
    ways: [t("way.wallet"), t("way.yunfu")],
    reveal: t("card.reveal"),
    copy: t("article.scene.copy"),
    save: t("card.save"),
    guide: t("product.guide"),
    steps: [t("order.step.received"), t("order.step.paid"), t("order.step.delivered")],
  };
}
