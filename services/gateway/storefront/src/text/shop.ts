/** What the shop says. */
import { sayer } from "./language";
import en from "./shop.en.json";
import zh from "./shop.zh.json";

export type Key = keyof typeof zh;

const texts: Record<"zh" | "en", Record<Key, string>> = { zh, en };

export const t = sayer(texts);

export function isKey(text: string): text is Key {
  return text in zh;
}
