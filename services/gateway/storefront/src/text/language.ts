/** Which language is spoken: Chinese unless its reader has chosen English. */
import { ref, watchEffect } from "vue";

export type Language = "zh" | "en";

const KEPT = "kameng.language";

export const spoken = ref<Language>(localStorage.getItem(KEPT) === "en" ? "en" : "zh");

export function speak(language: Language): void {
  localStorage.setItem(KEPT, language);
  spoken.value = language;
}

watchEffect(() => {
  document.documentElement.lang = spoken.value === "en" ? "en" : "zh-CN";
});

type Words = Record<string, string | number>;

/** A function that says a message by its key; the keys of both languages are the same. */
export function sayer<Key extends string>(texts: Record<Language, Record<Key, string>>) {
  return (key: Key, words: Words = {}): string =>
    texts[spoken.value][key].replace(/\{(\w+)\}/g, (_, name: string) => String(words[name] ?? ""));
}

/** Of `中文 · English` the half that is spoken; all of it where there is one alone. */
export function half(text: string): string {
  const [first = "", second] = text.split(" · ");
  return spoken.value === "en" && second ? second : first;
}
