// A question with its answers as buttons: one touch each.

import { make } from "../elements.js";
import { word } from "./words.js";

/** @typedef {import("./phone.js").Question} Question */

/** @param {string} words @param {string} className @param {() => void} onPress */
export function button(words, className, onPress) {
  const made = make("button", className, words);
  made.setAttribute("type", "button");
  made.addEventListener("click", onPress);
  return made;
}

/** @param {string} words @param {string} address @param {string} className @param {string} [view] drawn by this page itself */
export function link(words, address, className, view = "") {
  const made = make("a", className, words);
  made.setAttribute("href", address);
  if (view) made.dataset["view"] = view;
  return made;
}

/** @param {Question} question @param {(answer: string | number) => void} onAnswer */
export function asking(question, onAnswer) {
  const isScale = question.choices.every((one) => typeof one.answer === "number");
  const answers = question.choices.map((one) => button(one.words, "", () => onAnswer(one.answer)));
  const answered = make("div", isScale ? "scale" : "answers", ...answers);
  const ends = isScale ? [make("p", "ends hint", make("span", "", word("no_pain")), make("span", "", word("worst")))] : [];
  return make("fieldset", "card question", make("legend", "", question.ask), answered, ...ends);
}

/** A drawing that came with the page; nothing where there is none of that name. @param {string} name @returns {Node[]} */
export function drawing(name) {
  const found = document.querySelector(`template[data-picture="${CSS.escape(name)}"]`);
  return found instanceof HTMLTemplateElement ? [found.content.cloneNode(true)] : [];
}
