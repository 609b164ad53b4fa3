// The bladder diary: one line at a time, and what of it is not sent yet.

import { make, part, show, write } from "../elements.js";
import { newId } from "./keeper.js";
import { dayWords, word } from "./words.js";

/** @typedef {import("./keeper.js").Keeper} Keeper @typedef {import("./phone.js").Entry} Entry */

export class Diary {
  /** @param {Keeper} keeper */
  constructor(keeper) {
    this.keeper = keeper;
    this.form = /** @type {HTMLFormElement} */ (part("entry"));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.keep();
    });
  }

  open() {
    const at = /** @type {HTMLInputElement} */ (part("entry-at"));
    at.value = this.keeper.time.slice(11, 16);
    write(part("entry-kept"), "");
  }

  async keep() {
    const typed = new FormData(this.form);
    const [amount, urge] = [String(typed.get("amount") ?? ""), String(typed.get("urge") ?? "")];
    const isKept = await this.keeper.keep({
      list: "entries", id: newId(), on_day: this.keeper.day, at: String(typed.get("at")), kind: String(typed.get("kind")),
      amount_ml: numberOf(amount), urge: numberOf(urge), remark: String(typed.get("remark") ?? ""),
    });
    this.form.reset();
    this.open();
    write(part("entry-kept"), this.keeper.isFull ? "" : word(isKept ? "kept_here" : "kept_in_page"));
  }

  draw() {
    const { outbox, plan } = this.keeper.state;
    part("entry-amount").setAttribute("max", String(plan?.diary.most_ml ?? ""));
    part("entry-urge").setAttribute("max", String(plan?.diary.urge_most ?? ""));
    const here = /** @type {Entry[]} */ (outbox.filter((one) => one.list === "entries"));
    const there = plan?.diary.entries ?? [];
    const entries = [...here, ...there].sort((one, other) => `${other.on_day}${other.at}`.localeCompare(`${one.on_day}${one.at}`));
    show(part("entries"), entries.length > 0);
    part("entries").replaceChildren(...entries.map(line));
  }
}

/** @param {string} typed */
function numberOf(typed) {
  return typed === "" ? null : Number(typed);
}

/** @param {import("./phone.js").DiaryLine} one */
function line(one) {
  const amount = one.amount_ml === null ? "" : word("ml", { amount: one.amount_ml });
  const words = [word(one.kind), amount, one.remark].filter(Boolean).join(" · ");
  return make("li", "spread", make("span", "", words), make("span", "soft", `${dayWords(one.on_day)}, ${one.at}`));
}
