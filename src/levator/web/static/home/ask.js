// A question with its answers as buttons: one touch each.

import { make } from "../elements.js";
import { actsFor, isStop } from "./phone.js";
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

/**
 * An answer that stops is read back to her once before it counts. @param {Question} question
 * @param {(answer: string | number) => void} onAnswer
 * @param {(answer: string | number | null) => void} onHeld it is read back; null: not meant
 */
export function asking(question, onAnswer, onHeld = () => undefined) {
  const card = make("fieldset", "card question");
  const ask = () => card.replaceChildren(...choices(question, press));
  /** @param {string | number} answer */
  const press = (answer) => {
    if (!isStop(question, answer)) {
      onAnswer(answer);
      return;
    }
    onHeld(answer);
    const given = question.choices.find((one) => String(one.answer) === String(answer));
    const acts = actsFor(question, [answer]).map((one) => make("p", "", ...toCall(one.act ?? "")));
    const back = () => {
      onHeld(null);
      ask();
      card.querySelector("legend")?.focus();
    };
    const told = word(`told_${question.code}`, { answer: given?.words ?? "" });
    readBack(card, [told, word(`stays_${question.code}`), word("not_so")], acts, () => onAnswer(answer), back);
  };
  ask();
  return card;
}

/**
 * Whether it is so: asked once, with a way back. @param {HTMLElement} card
 * @param {[string, string, string]} words what she told, what then holds, and the way back
 * @param {Node[]} acts what to do now @param {() => void} onYes @param {() => void} onNo
 */
export function readBack(card, [told, stays, no], acts, onYes, onNo) {
  const legend = make("legend", "", told);
  legend.tabIndex = -1;
  const answers = make("div", "answers", button(word("so"), "", onYes), button(no, "", onNo));
  card.replaceChildren(legend, ...acts, make("p", "soft", stays), answers);
  legend.focus();
}

/** @param {Question} question @param {(answer: string | number) => void} onPress */
function choices(question, onPress) {
  const isScale = question.choices.every((one) => typeof one.answer === "number");
  const answers = question.choices.map((one) => button(one.words, "", () => onPress(one.answer)));
  const answered = make("div", isScale ? "scale" : "answers", ...answers);
  const ends = isScale ? [make("p", "ends hint", make("span", "", word("no_pain")), make("span", "", word("worst")))] : [];
  const legend = make("legend", "", question.ask);
  legend.tabIndex = -1;
  return [legend, answered, ...ends];
}

/** With what in her day, and under it what to do then. @param {{moment: string, words: string}} habit */
export function habitWords({ moment, words }) {
  return make("span", "habit", ...(moment ? [make("strong", "", moment), " "] : []), words);
}

/** What to do, in which a short number for help is called by a tap. @param {string} words @returns {(string | Node)[]} */
export function toCall(words) {
  return words.split(/\b(1\d\d)\b/).map((one, place) => (place % 2 ? link(one, `tel:${one}`, "") : one));
}

/** A drawing that came with the page; nothing where there is none of that name. @param {string} name @returns {Node[]} */
export function drawing(name) {
  const found = document.querySelector(`template[data-picture="${CSS.escape(name)}"]`);
  return found instanceof HTMLTemplateElement ? [found.content.cloneNode(true)] : [];
}
