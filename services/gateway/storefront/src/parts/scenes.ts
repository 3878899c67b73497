/** The drawings of an article, and which of them a product needs. */
export const SCENES = ["choose", "fill", "pay", "code", "link", "account", "topup"] as const;
export type Scene = (typeof SCENES)[number];

type Place = readonly [x: number, y: number];

/** Where the numbers 1, 2 and 3 stand. */
export const PLACES: Record<Scene, readonly [Place, Place, Place]> = {
  choose: [[44, 44], [125, 70], [276, 140]],
  fill: [[44, 56], [44, 118], [276, 140]],
  pay: [[208, 94], [44, 112], [44, 160]],
  code: [[44, 54], [60, 101], [276, 138]],
  link: [[44, 54], [44, 98], [60, 138]],
  account: [[44, 54], [276, 101], [44, 138]],
  topup: [[160, 84], [262, 84], [44, 146]],
};

const LAST: Record<string, Scene> = {
  url_extract: "link",
  account_password: "account",
  account_seat: "account",
};

/** The way of a product, from the shelf to its use. */
export function scenesOf(kind: string, shape: string): Scene[] {
  if (kind === "topup") return ["choose", "fill", "pay", "topup"];
  return ["choose", "pay", LAST[shape] ?? "code"];
}
