// The bladder diary: one line at a time, and what of it is not sent yet.

import { make, part, show, write } from "../elements.js";
import { button } from "./ask.js";
import { newId } from "./keeper.js";
import { dayBefore, linesOf } from "./phone.js";
import { dayWords, word } from "./words.js";

/** @typedef {import("./keeper.js").Keeper} Keeper @typedef {import("./phone.js").DiaryLine} DiaryLine */

export class Diary {
  /** @param {Keeper} keeper */
  constructor(keeper) {
    this.keeper = keeper;
    this.form = /** @type {HTMLFormElement} */ (part("entry"));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.keep();
    });
    this.at = /** @type {HTMLInputElement} */ (part("entry-at"));
    /** whether she said the time herself */
    this.isTold = false;
    this.form.addEventListener("input", ({ target }) => {
      this.isTold ||= target === this.at;
      this.fields();
      this.tellTime();
    });
    // Also before the line is sent, whether she taps Keep or presses Enter.
    this.form.addEventListener("click", () => this.tellTime());
  }

  get yesterday() {
    return dayBefore(this.keeper.day);
  }

  get isToday() {
    return new FormData(this.form).get("day") === "today";
  }

  /** The page may have been open for hours: it is now, unless she said when. Of yesterday only she can say. */
  tellTime() {
    const now = this.isToday ? this.keeper.time.slice(11, 16) : "";
    this.at.max = now;
    if (!this.isTold) this.at.value = now;
  }

  /** What she drank has no urge. */
  get hasUrge() {
    return new FormData(this.form).get("kind") !== "drink";
  }

  fields() {
    show(part("urge-part"), this.hasUrge);
  }

  open() {
    this.fields();
    this.isTold = false;
    this.tellTime();
    write(part("entry-kept"), "");
  }

  async keep() {
    const typed = new FormData(this.form);
    const on_day = this.isToday ? this.keeper.day : this.yesterday;
    const [amount, urge] = [String(typed.get("amount") ?? ""), this.hasUrge ? String(typed.get("urge") ?? "") : ""];
    // Her next press finds an empty form and another place: two of them keep one line.
    this.form.reset();
    this.open();
    part("entry-kept").focus();
    const isKept = await this.keeper.keep({
      list: "entries", id: newId(), on_day, at: String(typed.get("at")), kind: String(typed.get("kind")),
      amount_ml: numberOf(amount), urge: numberOf(urge), remark: String(typed.get("remark") ?? ""),
    });
    write(part("entry-kept"), this.keeper.isFull ? "" : word(isKept ? "kept_here" : "kept_in_page"));
  }

  draw() {
    const { plan } = this.keeper.state;
    this.tellTime();
    part("entry-amount").setAttribute("max", String(plan?.diary.most_ml ?? ""));
    part("entry-urge").setAttribute("max", String(plan?.diary.urge_most ?? ""));
    const entries = linesOf(this.keeper.state);
    show(part("entries"), entries.length > 0);
    part("entries").replaceChildren(...entries.map((one) => this.line(one)));
  }

  /** One of today or yesterday can be taken back. @param {DiaryLine} one */
  line(one) {
    const amount = one.amount_ml === null ? "" : word("ml", { amount: one.amount_ml });
    const urge = one.urge === null ? "" : word("urge_of", { urge: one.urge, most: this.keeper.state.plan?.diary.urge_most ?? "" });
    const words = [word(one.kind), amount, urge, one.remark].filter(Boolean).join(" · ");
    const when = make("span", "soft", `${dayWords(one.on_day)}, ${one.at}`);
    const back = button(word("take_back"), "plain", () => void this.takeBack(one));
    back.setAttribute("aria-label", `${word("take_back")}: ${one.at}, ${words}`);
    return make("li", "spread", make("span", "", words), when, ...(one.on_day >= this.yesterday ? [back] : []));
  }

  /** @param {DiaryLine} one */
  async takeBack(one) {
    await this.keeper.takeBack([one.id]);
    write(part("entry-kept"), word("taken_back"));
    part("entry-kept").focus();
  }
}

/** @param {string} typed */
function numberOf(typed) {
  return typed === "" ? null : Number(typed);
}
