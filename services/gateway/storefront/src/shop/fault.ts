import { Refused } from "../api/refused";
import { t } from "../text/shop";

/** A sentence for whatever was thrown; what is no refusal is a bug and goes on. */
export function sentence(thrown: unknown): string {
  if (!(thrown instanceof Refused)) throw thrown;
  return thrown.detail || t("problem.offline");
}
