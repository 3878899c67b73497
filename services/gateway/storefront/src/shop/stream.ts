/** Order states, pushed by the door as they change; a lost connection resumes without a gap. */
import { onScopeDispose, ref, watch } from "vue";
import { signedIn } from "./session";

export interface Moved {
  order_id: string;
  state: string;
  type: string;
}

/** A support thread has moved, or the connection has just been made. */
const answered = new Set<() => void>();

/** Something that was waited for is there again. */
const restocked = new Set<() => void>();

const AGAIN_MS = 2000;

export const live = ref(false);
/** A connection there was, or was tried, is gone. */
export const lost = ref(false);

const heard = new Set<(moved: Moved) => void>();
let source: EventSource | null = null;
let again = 0;

function open(): void {
  source = new EventSource("/v1/stream");
  source.addEventListener("open", () => {
    live.value = true;
    lost.value = false;
    for (const hear of heard) hear({ order_id: "", state: "", type: "" });
    for (const hear of answered) hear();
  });
  source.addEventListener("order", (event) => {
    const moved = JSON.parse((event as MessageEvent<string>).data) as Moved;
    for (const hear of heard) hear(moved);
  });
  source.addEventListener("support", () => {
    for (const hear of answered) hear();
  });
  source.addEventListener("restock", () => {
    for (const hear of restocked) hear();
  });
  source.addEventListener("error", () => {
    live.value = false;
    lost.value = true;
    if (source?.readyState === EventSource.CLOSED) again = window.setTimeout(open, AGAIN_MS);
  });
}

function close(): void {
  window.clearTimeout(again);
  source?.close();
  source = null;
  live.value = lost.value = false;
}

watch(signedIn, (is) => (is ? open() : close()), { immediate: true });

/**
 * Hear of every change until the component goes. Without an order id: the connection has just
 * been made, and whatever was shown may have moved meanwhile.
 */
export function hearing(hear: (moved: Moved) => void): void {
  heard.add(hear);
  onScopeDispose(() => heard.delete(hear));
}

/** Hear of support's answers until the component goes. */
export function answering(hear: () => void): void {
  answered.add(hear);
  onScopeDispose(() => answered.delete(hear));
}

/** Hear of what is there again until the component goes. */
export function restocking(hear: () => void): void {
  restocked.add(hear);
  onScopeDispose(() => restocked.delete(hear));
}
