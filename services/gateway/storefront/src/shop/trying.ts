/** One thing at a time that may be refused: the sentence that says so, and whether it goes on. */
import { ref, type Ref } from "vue";
import { sentence } from "./fault";

export interface Trying {
  fault: Ref<string>;
  busy: Ref<boolean>;
  attempt: (what: () => Promise<void>) => Promise<void>;
}

export function trying(): Trying {
  const fault = ref("");
  const busy = ref(false);

  async function attempt(what: () => Promise<void>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    fault.value = "";
    try {
      await what();
    } catch (thrown) {
      fault.value = sentence(thrown);
    } finally {
      busy.value = false;
    }
  }

  return { fault, busy, attempt };
}
