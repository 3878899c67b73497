/** The door's API: paths, bodies and answers are typed by its own document. */
import createClient from "openapi-fetch";
import type { components, paths } from "../../.generated/schema";
import { spoken } from "../text/language";
import { Refused, type FieldError } from "./refused";

type Schemas = components["schemas"];
export type Category = Schemas["CategoryShape"];
export type Product = Schemas["ProductShape"];
export type Sku = Schemas["SkuShape"];
export type FormField = Schemas["FieldShape"];
export type Order = Schemas["Order"];
export type OrderLine = Schemas["OrderLine"];
export type NewOrder = Omit<Schemas["NewOrder"], "coupon"> & { coupon?: string };
export type Verdict = Schemas["Verdict"];
export type Reveal = Schemas["Reveal"];
export type TimelineEntry = Schemas["TimelineEntry"];
export type Entry = Schemas["Entry"];
export type Batch = Schemas["BatchStanding"];
export type BatchLine = Schemas["BatchLineResult"];
export type OpenSession = Schemas["OpenSession"];
export type PastPrice = Schemas["PastPrice"];
export type Review = Schemas["Review"];
export type Rating = Schemas["RatingShape"];
export type OwnReview = Schemas["OwnReview"];
export type JudgedReview = Schemas["JudgedReview"];
export type SavedTarget = Schemas["SavedTarget"];
export type Wait = Schemas["Wait"];
export type Hold = Schemas["HoldShape"];
export type Operator = Schemas["OperatorHere"];
export type Role = Operator["role"];
export type FoundOrder = Schemas["FoundOrder"];
export type WholeOrder = Schemas["WholeOrder"];
export type Refund = Schemas["RefundShape"];
export type ShelfSku = Schemas["ShelfSku"];
export type ImportResult = Schemas["ImportResult"];
export type Import = Schemas["Import"];
export type NewRecall = Schemas["NewRecall"];
export type RecallProgress = Schemas["RecallProgress"];
export type LowSku = Schemas["LowSku"];
export type SetAside = Schemas["SetAside"];
export type TopUp = Schemas["TopUp"];
export type WalletOfAccount = Schemas["WalletOfAccount"];
export type Board = Schemas["BoardShape"];
export type BoardSlot = Schemas["BoardSlot"];
export type BoardService = Schemas["ServiceTime"];
export type ParkedRecord = Schemas["ParkedRecord"];
export type SupplierOfSku = Schemas["SupplierOfSku"];
export type SignedReport = Schemas["SignedReport"];
export type Flaw = Schemas["Flaw"];
export type Shown = Schemas["Shown"];
export type Account = Schemas["AccountShape"];
export type WholeAccount = Schemas["WholeAccount"];
export type AccountKey = Schemas["AccountKey"];
export type AccountSession = Schemas["AccountSession"];
export type Deed = Schemas["Deed"];
export type Colleague = Schemas["Colleague"];
export type Priced = Schemas["Priced"];
export type PriceWhy = Schemas["PriceWhy"];
export type PlannedPromotion = Schemas["PlannedPromotion"];
export type IssuedCoupon = Schemas["IssuedCoupon"];
export type Dispute = Schemas["Dispute"];
export type Invoice = Schemas["Invoice"];
export type NewInvoice = Schemas["NewInvoice"];
export type Custom = Schemas["Custom"];
export type Thread = Schemas["Thread"];
export type SupportStep = NonNullable<Thread["step"]>;
export type OwnKey = Schemas["OwnKey"];
export type MadeKey = Schemas["MadeKey"];
export type Webhook = Schemas["Webhook"];
export type WebhookDelivery = Schemas["WebhookDelivery"];
export type Amount = Schemas["Money"];

export const api = createClient<paths>();

api.use({
  onRequest({ request }) {
    request.headers.set("Accept-Language", spoken.value);
  },
});

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What was answered; throws Refused with the door's own sentence, or with OFFLINE. */
export async function told<T>(asked: Promise<Answered<T>>): Promise<T> {
  let answered: Answered<T>;
  try {
    answered = await asked;
  } catch {
    throw new Refused(0, "OFFLINE", "");
  }
  if (answered.response.ok) return answered.data as T;
  const problem = (answered.error ?? {}) as Partial<Schemas["ProblemShape"]>;
  const errors = (problem.errors ?? []) as FieldError[];
  const { status } = answered.response;
  throw new Refused(status, problem.code ?? "UNAVAILABLE", problem.detail ?? "", errors);
}

const KEY_BYTES = 16;

/** An Idempotency-Key: one for what a person means once, however often it is sent. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The header of a request that counts once. */
export function once(key: string): { header: { "Idempotency-Key": string } } {
  return { header: { "Idempotency-Key": key } };
}
