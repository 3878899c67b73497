/** What a page says of its DeskTable: the columns, and what may be decided about a row. */
import type { once } from "../api/client";

export interface Column<T> {
  /** Also the name of the slot that fills the cell, where `say` is not enough. */
  name: string;
  label: string;
  say?: (item: T) => string | number;
  number?: boolean;
  mono?: boolean;
}

/** Rows that belong together, under a heading that folds them away. */
export interface Groups<T> {
  of: (item: T) => { id: string; title: string };
  /** What is said of them beside their heading. */
  said: (items: readonly T[]) => string;
  /** What of them asks for attention; empty where nothing does. */
  urgent?: (items: readonly T[]) => string;
  /** Whether they are folded until somebody unfolds them. */
  folded: boolean;
}

export interface Way {
  name: string;
  label: string;
  look?: "main" | "risky";
  /** Whether what the sheet asks for besides the reason is there. */
  ready?: () => boolean;
}

export interface Decision<T> {
  /** On the row's button, and what a screen reader hears there. */
  label: string;
  named: (item: T) => string;
  title: (item: T) => string;
  said: (item: T) => string;
  ways: readonly Way[] | ((item: T) => readonly Way[]);
  /** What the line is called where it is more than a reason. */
  asked?: (item: T) => string;
  /** The button is slim and red. */
  risky?: boolean;
  /** Rows about which there is nothing to decide have no button. */
  about?: (item: T) => boolean;
  /** What speaks for itself needs no reason. */
  plain?: boolean;
  /** Do it once: `header` has its key; what it throws is shown in the sheet. */
  decide: (way: string, item: T, reason: string, header: ReturnType<typeof once>) => Promise<void>;
}
