// An exercise on paper, where no timer guides it: how often, in which posture, how long each part.

import { make } from "../elements.js";
import { counted, word } from "./words.js";

/** @typedef {import("./phone.js").Item} Item */

/** How long each part of its first repetition takes. @param {Item} item */
function partsOf(item) {
  const { breakpoints, lasts_s, repetitions } = item;
  const first = breakpoints.slice(0, breakpoints.length / repetitions);
  const ends = [...first.slice(1).map(([begins]) => begins), lasts_s / repetitions];
  return first.map(([begins, part], place) => {
    const seconds = ((ends[place] ?? 0) - begins).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
    return `${word(part)} ${word("seconds", { seconds })}`;
  });
}

/** @param {Item} item */
export function onPaper(item) {
  const often = [counted("a_day", item.times_a_day), item.posture_words].join(" · ");
  const cues = item.cues.map((one) => make("li", "", one.words));
  const parts = make("p", "", partsOf(item).join(" · "));
  return make("div", "on-paper", make("p", "", often), parts, make("ul", "lines", ...cues));
}
