import type { components } from "../../.generated/schema";

export type FieldError = components["schemas"]["FieldError"];

/** The door said no; `detail` is its sentence in the reader's language. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly errors: FieldError[] = [],
  ) {
    super(code);
  }
}
