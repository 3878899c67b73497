/** Light or dark: as the system has it, unless its reader has chosen. */
import { computed, ref, watchEffect } from "vue";

export type Theme = "light" | "dark";

const KEPT = "kameng.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const systemDark = ref(system.matches);
const chosen = ref(localStorage.getItem(KEPT));

system.addEventListener("change", (event) => {
  systemDark.value = event.matches;
});

export const theme = computed<Theme>(() => {
  if (chosen.value === "light" || chosen.value === "dark") return chosen.value;
  return systemDark.value ? "dark" : "light";
});

export function choose(next: Theme): void {
  localStorage.setItem(KEPT, next);
  chosen.value = next;
}

watchEffect(() => {
  document.documentElement.dataset.theme = theme.value;
});
