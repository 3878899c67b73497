/** What the console says: its frame and the first pages, and everything on an operator's desk. */
import accountsEn from "./accounts.en.json";
import accountsZh from "./accounts.zh.json";
import consoleEn from "./console.en.json";
import consoleZh from "./console.zh.json";
import deskEn from "./desk.en.json";
import deskZh from "./desk.zh.json";
import peopleEn from "./desk-people.en.json";
import peopleZh from "./desk-people.zh.json";
import roomsEn from "./desk-rooms.en.json";
import roomsZh from "./desk-rooms.zh.json";
import { sayer } from "./language";
import moderationEn from "./moderation.en.json";
import moderationZh from "./moderation.zh.json";

const zh = { ...consoleZh, ...deskZh, ...peopleZh, ...roomsZh, ...moderationZh, ...accountsZh };
const deskOf = { ...deskEn, ...peopleEn, ...roomsEn, ...moderationEn, ...accountsEn };

export type Key = keyof typeof zh;

const en: Record<Key, string> = { ...consoleEn, ...deskOf };
const texts = { zh, en };

export const t = sayer(texts);

export function isKey(text: string): text is Key {
  return text in zh;
}
