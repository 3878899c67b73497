/** What the shop says. */
import { sayer } from "./language";
import peopleEn from "./people.en.json";
import peopleZh from "./people.zh.json";
import shopEn from "./shop.en.json";
import shopZh from "./shop.zh.json";

const zh = { ...shopZh, ...peopleZh };

export type Key = keyof typeof zh;

const texts: Record<"zh" | "en", Record<Key, string>> = { zh, en: { ...shopEn, ...peopleEn } };

export const t = sayer(texts);

export function isKey(text: string): text is Key {
  return text in zh;
}
