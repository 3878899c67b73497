/** What the shop says. */
import disputesEn from "./disputes.en.json";
import disputesZh from "./disputes.zh.json";
import { sayer } from "./language";
import peopleEn from "./people.en.json";
import peopleZh from "./people.zh.json";
import shopEn from "./shop.en.json";
import shopZh from "./shop.zh.json";
import voicesEn from "./voices.en.json";
import voicesZh from "./voices.zh.json";

const zh = { ...shopZh, ...peopleZh, ...disputesZh, ...voicesZh };

export type Key = keyof typeof zh;

const en: Record<Key, string> = { ...shopEn, ...peopleEn, ...disputesEn, ...voicesEn };
const texts = { zh, en };

export const t = sayer(texts);

export function isKey(text: string): text is Key {
  return text in zh;
}
