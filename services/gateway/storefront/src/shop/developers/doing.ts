/** One thing at a time, and the sentence where it went wrong. */
import { ref, type Ref } from "vue";
import { Refused } from "../../api/refused";
import { sentence } from "../fault";

export interface Doing {
  fault: Ref<string>;
  /** The door's word for it. */
  code: Ref<string>;
  busy: Ref<boolean>;
  attempt: (what: () => Promise<void>) => Promise<void>;
}

export function doing(): Doing {
  const fault = ref("");
  const code = ref("");
  const busy = ref(false);

  async function attempt(what: () => Promise<void>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    fault.value = "";
    code.value = "";
    try {
      await what();
    } catch (thrown) {
      if (thrown instanceof Refused) code.value = thrown.code;
      fault.value = sentence(thrown);
    } finally {
      busy.value = false;
    }
  }

  return { fault, code, busy, attempt };
}
