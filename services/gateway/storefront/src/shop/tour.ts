/** Whether the first-run tour is on: until it was ended or skipped, and again when asked for. */
import { ref } from "vue";

const KEPT = "kameng.toured";

export const STEPS = [1, 2, 3] as const;
export type Step = (typeof STEPS)[number];

export const touring = ref(localStorage.getItem(KEPT) === null);

export function endTour(): void {
  localStorage.setItem(KEPT, "1");
  touring.value = false;
}

export function startTour(): void {
  touring.value = true;
}
