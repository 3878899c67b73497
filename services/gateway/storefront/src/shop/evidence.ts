/** Files that stay with the buyer: what they are called, and the hash that goes on the record. */
import type { components } from "../../.generated/schema";

export type Attachment = components["schemas"]["NewAttachment"];

const FILES_MAX = 5;
const BYTES_MAX = 10_000_000;
const NAME_LENGTH_MAX = 200;
const MEDIA = /^(image\/(jpeg|png|webp|heic)|video\/mp4|application\/pdf|text\/plain)$/;

/** None where there are too many, or one is too large or of another kind. */
export async function attached(files: readonly File[]): Promise<Attachment[] | null> {
  if (files.length > FILES_MAX) return null;
  const fits = (file: File) => file.size > 0 && file.size <= BYTES_MAX && MEDIA.test(file.type);
  if (!files.every(fits)) return null;
  return Promise.all(files.map(hashed));
}

async function hashed(file: File): Promise<Attachment> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const name = file.name.slice(-NAME_LENGTH_MAX);
  return { name, media_type: file.type, size_bytes: file.size, sha256 };
}
