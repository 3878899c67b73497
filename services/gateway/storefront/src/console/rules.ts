/** A risk rule in words: rules are data, so that a new one is said by what kind it is. */
import { isKey, t } from "../text/console";

/** `velocity.address` → "短时间下单过多 · 同一地址 (velocity.address)". */
export function ruleSaid(id: string): string {
  const [kind, of] = id.split(".");
  const said = [`rule.${kind}`, `rule.of.${of}`].filter(isKey).map((key) => t(key));
  return said.length ? `${said.join(" · ")} (${id})` : id;
}
