/** Which operator is signed in; the session is in a cookie that no script can read. */
import { computed, ref } from "vue";
import { api, told } from "../api/client";
import { Refused } from "../api/refused";
import { t } from "../text/console";

const KEPT = "kameng.operator";
const CODE_UNAUTHORIZED = 401;

const name = ref(sessionStorage.getItem(KEPT) ?? "");

export const operator = computed(() => name.value);

export async function signIn(user: string, password: string, totp: string): Promise<void> {
  const body = { user, password, totp, cookie: true };
  await told(api.POST("/v1/admin/sessions", { body }));
  sessionStorage.setItem(KEPT, user);
  name.value = user;
}

export async function signOut(): Promise<void> {
  await told(api.DELETE("/v1/admin/sessions/current"));
  forget();
}

/** A sentence for whatever was thrown; a session that has ended is forgotten. */
export function sentence(thrown: unknown): string {
  if (!(thrown instanceof Refused)) throw thrown;
  if (thrown.status === CODE_UNAUTHORIZED) forget();
  return thrown.detail || t("offline");
}

function forget(): void {
  sessionStorage.removeItem(KEPT);
  name.value = "";
}
