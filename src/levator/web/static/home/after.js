// How an exercise went: what is asked after it. It is kept before anything is asked, and sent when
// all is told, or when she leaves it so.

import { make, part, show, write } from "../elements.js";
import { asking, readBack } from "./ask.js";
import { isStop, questionsOf } from "./phone.js";
import { word } from "./words.js";

/**
 * @typedef {import("./keeper.js").Keeper} Keeper
 * @typedef {import("./phone.js").Session} Session
 */

export class After {
  /** @param {Keeper} keeper */
  constructor(keeper) {
    this.keeper = keeper;
    /** @type {Session | null} */
    this.session = null;
    /** what is read back and goes by itself, by the code of its question @type {Map<string, string | number>} */
    this.readBack = new Map();
    addEventListener("pagehide", () => void this.keepReadBack());
  }

  /** @param {Session} session that has ended */
  async ask(session) {
    this.session = session;
    write(part("after-title"), word(`after_${session.ended_by}`));
    write(part("after-line"), "");
    show(part("after-undo"), session.ended_by === "tapped");
    const questions = questionsOf(this.keeper.state, "after");
    const asked = questions.map((one) => this.question(one));
    part("after-questions").replaceChildren(...(session.ended_by === "pain" ? [this.pained(asked)] : asked));
    this.tellKept(await this.keeper.hold(session));
  }

  /** It was stopped at once; whether it was pain is read back. @param {Node[]} asked what comes next */
  pained(asked) {
    const card = make("fieldset", "card question");
    const goOn = () => {
      part("after-questions").replaceChildren(...asked);
      part("after-title").focus();
    };
    // Her therapist hears of it now, also where she puts the phone away before the questions.
    const told = async () => {
      goOn();
      if (this.session) this.tellKept(await this.keeper.close(this.session));
    };
    const stopped = () => {
      if (this.session) this.session.ended_by = "stopped";
      write(part("after-title"), word("after_stopped"));
      if (this.session) void this.keeper.hold(this.session);
      goOn();
    };
    readBack(card, [word("told_pressed"), word("stays_pressed"), word("only_stopped")], [], told, stopped);
    return card;
  }

  /** @param {import("./phone.js").Question} question */
  question(question) {
    const answered = (/** @type {string | number} */ answer) => {
      asked.remove();
      this.readBack.delete(question.code);
      void this.told(question, answer);
    };
    // What is read back counts as told where she leaves it so.
    const asked = asking(question, answered, (answer) => {
      if (!this.isApart(question)) {
        this.tell(question, answer);
        if (this.session) void this.keeper.hold(this.session);
      } else if (answer === null) this.readBack.delete(question.code);
      else this.readBack.set(question.code, answer);
    });
    return asked;
  }

  /** What the clinic may have already is not changed: the answer goes after it. @param {import("./phone.js").Question} question */
  isApart(question) {
    return !this.keeper.draft || (question.code !== "pain" && question.code !== "leak");
  }

  async keepReadBack() {
    const told = [...this.readBack];
    this.readBack.clear();
    for (const [code, answer] of told) await this.keeper.answer(code, answer);
  }

  /** @param {import("./phone.js").Question} question @param {string | number | null} answer */
  tell(question, answer) {
    const { session } = this;
    if (session && question.code === "pain") session.pain = answer === null ? null : Number(answer);
    if (session && question.code === "leak") session.leaked = answer === null ? null : answer === "yes";
  }

  /** @param {import("./phone.js").Question} question @param {string | number} answer */
  async told(question, answer) {
    const { session, keeper } = this;
    if (!session) return;
    if (isStop(question, answer)) write(part("after-line"), question.stopped);
    part("after-title").focus();
    // What she told of it stays.
    show(part("after-undo"), false);
    if (!this.isApart(question)) this.tell(question, answer);
    else this.tellKept(await keeper.answer(question.code, answer));
    if (!keeper.draft) return;
    const isLast = !part("after-questions").childElementCount;
    this.tellKept(await (isLast ? keeper.close(session) : keeper.hold(session)));
  }

  /** @param {boolean} isKept */
  tellKept(isKept) {
    write(part("after-kept"), this.keeper.isFull ? "" : word(isKept ? "kept_here" : "kept_in_page"));
  }

  /** A slip of the thumb: it was not done. */
  async takeBack() {
    this.session = null;
    this.readBack.clear();
    await this.keeper.drop();
  }

  /** Leave it, as it stands. */
  async close() {
    const { session, keeper } = this;
    this.session = null;
    await this.keepReadBack();
    if (session && keeper.draft) await keeper.close(session);
  }
}
