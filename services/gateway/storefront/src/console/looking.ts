/** Looking again every so often while somebody is there to see it. */
import { onScopeDispose, ref, type Ref } from "vue";
import { sentence } from "./operator";

export interface Looking {
  fault: Ref<string>;
  /** Look now; the answer of a look that was overtaken is not used. */
  look: () => Promise<void>;
}

/** `read` gives what to show, `show` shows it: only of the newest look. */
export function looking<T>(
  everyS: number,
  read: () => Promise<T>,
  show: (found: T) => void,
): Looking {
  const fault = ref("");
  let looks = 0;

  async function look(): Promise<void> {
    const mine = ++looks;
    try {
      const found = await read();
      if (mine !== looks) return;
      show(found);
      fault.value = "";
    } catch (thrown) {
      if (mine === looks) fault.value = sentence(thrown);
    }
  }

  const ticking = window.setInterval(() => {
    if (!document.hidden) void look();
  }, everyS * 1000);
  onScopeDispose(() => window.clearInterval(ticking));
  void look();
  return { fault, look };
}
