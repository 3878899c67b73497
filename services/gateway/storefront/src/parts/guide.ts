/** A guide's Markdown as elements: headings, lists, paragraphs, bold, code. No HTML gets in. */
import { h, type FunctionalComponent, type VNode } from "vue";

const INLINE = /\*\*(.+?)\*\*|`(.+?)`/g;

function inline(text: string): (VNode | string)[] {
  const found: (VNode | string)[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    found.push(text.slice(from, match.index));
    found.push(match[1] ? h("strong", match[1]) : h("code", match[2]));
    from = match.index + match[0].length;
  }
  found.push(text.slice(from));
  return found.filter((part) => part !== "");
}

function block(lines: string[]): VNode {
  const [first = ""] = lines;
  const heading = /^(#{1,3})\s+(.*)$/.exec(first);
  if (heading) return h("h3", inline(heading[2] ?? ""));
  if (/^\d+\.\s/.test(first)) {
    return h("ol", lines.map((line) => h("li", inline(line.replace(/^\d+\.\s*/, "")))));
  }
  if (/^[-*]\s/.test(first)) {
    return h("ul", lines.map((line) => h("li", inline(line.replace(/^[-*]\s*/, "")))));
  }
  return h("p", inline(lines.join(" ")));
}

export const Guide: FunctionalComponent<{ text: string }> = ({ text }) => {
  const blocks = text.split(/\n\s*\n/).map((each) => each.split("\n").filter(Boolean));
  return h("div", { class: "guide" }, blocks.filter((each) => each.length).map(block));
};
Guide.props = ["text"];
