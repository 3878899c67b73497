/** How many of support's words this buyer has not read; told anew whenever a thread moves. */
import { ref } from "vue";
import { api, told } from "../api/client";
import { Refused } from "../api/refused";

export const unread = ref(0);

export async function countUnread(): Promise<void> {
  try {
    const found = await told(api.GET("/v1/support"));
    unread.value = found.items.reduce((sum, each) => sum + each.unread, 0);
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown; // the number stays as it was
  }
}
