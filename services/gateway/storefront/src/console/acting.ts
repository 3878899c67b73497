/** One thing that an operator does, once, however often the button is pressed. */
import { ref, type Ref } from "vue";
import { newKey, once } from "../api/client";
import { Refused } from "../api/refused";
import { sentence } from "./operator";

const CODE_CONFLICT = 409;
const CODE_SERVER = 500;

/** Nothing was done, so that the next try is another one; after any other fault it is the same. */
function refusedForGood(thrown: unknown): boolean {
  if (!(thrown instanceof Refused)) return false;
  return thrown.status > 0 && thrown.status < CODE_SERVER && thrown.status !== CODE_CONFLICT;
}

export interface Acting {
  open: Ref<boolean>;
  reason: Ref<string>;
  fault: Ref<string>;
  busy: Ref<boolean>;
  /** Begin anew: an empty reason, and a key of its own. */
  begin: () => void;
  /** Do it with the key that was begun with; the sheet closes when it is done. */
  act: (deed: (header: ReturnType<typeof once>) => Promise<void>) => Promise<void>;
}

export function acting(): Acting {
  const open = ref(false);
  const reason = ref("");
  const fault = ref("");
  const busy = ref(false);
  let key = newKey();

  function begin(): void {
    reason.value = "";
    fault.value = "";
    key = newKey();
    open.value = true;
  }

  async function act(deed: (header: ReturnType<typeof once>) => Promise<void>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    fault.value = "";
    try {
      await deed(once(key));
      open.value = false;
    } catch (thrown) {
      fault.value = sentence(thrown);
      if (refusedForGood(thrown)) key = newKey();
    } finally {
      busy.value = false;
    }
  }

  return { open, reason, fault, busy, begin, act };
}
