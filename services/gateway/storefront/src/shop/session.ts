/** Who is signed in. The session itself is in a cookie that no script can read. */
import { computed, reactive, readonly, ref } from "vue";
import { api, told } from "../api/client";
import { Refused } from "../api/refused";

const HINT = "kameng.signed-in";
const CODE_UNAUTHORIZED = 401;

const kept = reactive({ accountId: "", balance: 0 });

export const session = readonly(kept);
export const signedIn = computed(() => kept.accountId !== "");
/** Whether it is known by now who is signed in. */
export const known = ref(localStorage.getItem(HINT) === null);

/** Ask the door who we are and what the wallet holds. */
export async function refresh(): Promise<void> {
  try {
    const wallet = await told(api.GET("/v1/wallet"));
    kept.accountId = wallet.account_id;
    kept.balance = wallet.balance.amount;
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    if (thrown.status === CODE_UNAUTHORIZED) forget();
  } finally {
    known.value = true;
  }
}

export async function askCode(phone: string): Promise<void> {
  await told(api.POST("/v1/auth/codes", { body: { phone } }));
}

export async function signIn(phone: string, code: string): Promise<void> {
  await told(api.POST("/v1/auth/sessions", { body: { phone, code, cookie: true } }));
  localStorage.setItem(HINT, "1");
  await refresh();
}

export async function signOut(): Promise<void> {
  await told(api.DELETE("/v1/auth/sessions/current"));
  forget();
}

function forget(): void {
  localStorage.removeItem(HINT);
  kept.accountId = "";
  kept.balance = 0;
}

if (!known.value) void refresh();
