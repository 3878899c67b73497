/** Which operator is signed in, and what they may; the session is in a cookie no script reads. */
import { computed, ref } from "vue";
import { api, told, type Operator, type Role } from "../api/client";
import { Refused } from "../api/refused";
import { t } from "../text/console";

const CODE_UNAUTHORIZED = 401;

const here = ref<Operator | null>(null);
const asked = ref(false);

export const operator = computed(() => here.value);
/** Whether it is known who sits here, or that nobody does. */
export const known = computed(() => asked.value);

/** Whether the door lets this operator do what these roles do; an owner does everything. */
export function may(roles: readonly Role[]): boolean {
  const role = here.value?.role;
  return role !== undefined && (role === "owner" || roles.includes(role));
}

/** Ask the door whose session this is; without one nobody's. */
export async function refresh(): Promise<void> {
  try {
    here.value = await told(api.GET("/v1/admin/sessions/current"));
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    here.value = null;
  } finally {
    asked.value = true;
  }
}

export async function signIn(user: string, password: string, totp: string): Promise<void> {
  const body = { user, password, totp, cookie: true };
  await told(api.POST("/v1/admin/sessions", { body }));
  await refresh();
}

export async function signOut(): Promise<void> {
  await told(api.DELETE("/v1/admin/sessions/current"));
  here.value = null;
}

/** A sentence for whatever was thrown; a session that has ended is forgotten. */
export function sentence(thrown: unknown): string {
  if (!(thrown instanceof Refused)) throw thrown;
  if (thrown.status === CODE_UNAUTHORIZED) here.value = null;
  const [first] = thrown.errors;
  const where = first?.pointer ? ` ${first.pointer}: ${first.detail || first.code}` : "";
  return (thrown.detail || t("offline")) + where;
}
