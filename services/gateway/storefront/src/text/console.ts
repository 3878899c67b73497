/** What the console says. */
import en from "./console.en.json";
import zh from "./console.zh.json";
import { sayer } from "./language";

export type Key = keyof typeof zh;

const texts: Record<"zh" | "en", Record<Key, string>> = { zh, en };

export const t = sayer(texts);
