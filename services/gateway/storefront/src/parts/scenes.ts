/** The drawings of an article: which of them a product needs, and what of it stands in each. */
export const SCENES = ["choose", "fill", "pay", "code", "link", "account", "topup"] as const;
export type Scene = (typeof SCENES)[number];

type Place = readonly [x: number, y: number];

/** Where the numbers 1, 2 and 3 stand. */
export const PLACES: Record<Scene, readonly [Place, Place, Place]> = {
  choose: [[44, 44], [125, 70], [276, 140]],
  fill: [[276, 71], [154, 130], [276, 140]],
  pay: [[208, 94], [44, 112], [44, 160]],
  code: [[276, 54], [60, 101], [276, 138]],
  link: [[276, 54], [276, 98], [60, 138]],
  account: [[276, 54], [276, 101], [44, 138]],
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

/** What a product says of itself in the drawings, and what the shop's own buttons say. */
export interface Words {
  name: string;
  /** Up to three: what can be chosen, and its price. */
  offers: readonly (readonly [name: string, price: string])[];
  /** Of its form, where it has one. */
  fields: readonly string[];
  buy: string;
  pay: string;
  ways: readonly [string, string];
  reveal: string;
  copy: string;
  save: string;
  guide: string;
  steps: readonly [string, string, string];
}

export interface Label {
  at: Place;
  text: string;
  /** How it is drawn, and where it is anchored. */
  look: string;
}

const WIDE = /[^\u0000-\u00ff]/u;

/** As much of a text as there is room for; a Chinese character takes the room of two. */
export function clip(text: string, room: number): string {
  let used = 0;
  let kept = "";
  for (const letter of text) {
    used += WIDE.test(letter) ? 2 : 1;
    if (used > room) return `${kept}…`;
    kept += letter;
  }
  return text;
}

const OFFERS_X = [79, 160, 241] as const;
const STEPS_X = [56, 160, 262] as const;

/** Its words in this drawing. */
export function labelsOf(scene: Scene, words: Words): Label[] {
  const say = (x: number, y: number, text: string, look: string, room = 34): Label => ({
    at: [x, y],
    text: clip(text, room),
    look,
  });
  const [first = ["", ""] as const] = words.offers;
  const title = say(44, 45, words.name, "strong");
  switch (scene) {
    case "choose":
      return [
        say(64, 48, words.name, "plain", 30),
        ...words.offers.flatMap(([name, price], at) => [
          say(OFFERS_X[at] ?? 0, 92, name, "strong middle", 9),
          say(OFFERS_X[at] ?? 0, 110, price, "price middle", 10),
        ]),
        say(220, 158, words.buy, "on middle", 12),
      ];
    case "fill":
      return [
        say(44, 46, words.fields[0] ?? "", "strong"),
        say(44, 110, words.fields[1] ?? "", "strong"),
        say(220, 158, words.buy, "on middle", 12),
      ];
    case "pay":
      return [
        say(44, 46, words.name, "strong", 24),
        say(44, 66, first[0], "plain", 24),
        say(276, 66, `${first[1]} × 1`, "plain end", 14),
        say(276, 99, first[1], "price end", 10),
        say(102, 128, words.ways[0], "plain middle", 14),
        say(221, 128, words.ways[1], "plain middle", 14),
        say(160, 165, words.pay, "on middle", 24),
      ];
    case "code":
      return [
        title,
        say(112, 105, words.reveal, "on middle", 13),
        say(99, 157, words.copy, "plain middle", 14),
        say(219, 157, words.save, "plain middle", 13),
      ];
    case "link":
      return [title];
    case "account":
      return [
        title,
        say(226, 77, words.copy, "plain middle", 10),
        say(226, 105, words.copy, "plain middle", 10),
        say(103, 157, words.guide, "on middle", 13),
      ];
    case "topup":
      return [
        title,
        ...words.steps.map((step, at) => say(STEPS_X[at] ?? 0, 112, step, "plain middle", 10)),
        say(64, 151, words.fields[0] ?? "", "plain", 26),
      ];
  }
}
