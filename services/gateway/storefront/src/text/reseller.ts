/** What is said of API keys and webhooks, in the shop and in the console. */
import { sayer } from "./language";
import en from "./reseller.en.json";
import zh from "./reseller.zh.json";

export type Key = keyof typeof zh;

const texts: Record<"zh" | "en", Record<Key, string>> = { zh, en };

export const t = sayer(texts);
