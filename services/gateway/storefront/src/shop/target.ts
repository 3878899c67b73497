/** Whether what a buyer types fits a top-up's form, as shared/kernel/forms.py has it. */
import type { FormField } from "../api/client";
import { half } from "../text/language";
import { t } from "../text/shop";

export type Target = Record<string, string>;

const FULL_WIDTH = /[！-～]/g;
const SPACERS = /[\s\-\u2011\u2013]/g;
const LETTERS = { digits: /^\d*$/, plain: /^[A-Za-z0-9]*$/, any: /^\P{C}*$/u };

export function plain(field: FormField, typed: string): string {
  const text = typed
    .replace(FULL_WIDTH, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0xfee0))
    .trim();
  return field.letters === "digits" ? text.replace(SPACERS, "") : text;
}

/** What is wrong with it, in words; "" where nothing is. */
export function objection(field: FormField, typed: string): string {
  const value = plain(field, typed);
  const name = half(field.label);
  const { length_min: min, length_max: max } = field;
  if (!value) return t("target.required", { name });
  if (field.letters !== "any" && !LETTERS[field.letters].test(value)) {
    return t(`target.${field.letters}`, { name });
  }
  const length = Array.from(value).length;
  if (length < min || length > max) {
    if (min === max) return t("target.exact", { name, n: min });
    return t("target.length", { name, min, max });
  }
  if (field.options.length && !field.options.includes(value)) return t("target.required", { name });
  const begins = field.prefixes.some((prefix) => value.startsWith(prefix));
  return field.prefixes.length && !begins ? t("target.prefix") : "";
}
