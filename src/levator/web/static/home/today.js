// Today: what is asked, what may be done, what is done, and what to heed.

import { make, part, show, write } from "../elements.js";
import { asking, button, drawing, habitWords, link, toCall } from "./ask.js";
import { daysBetween, found, habitsOf, marksOf, offered, planned } from "./phone.js";
import { newId } from "./keeper.js";
import { onPaper } from "./paper.js";
import { counted, dayWords, word } from "./words.js";

/**
 * @typedef {import("./keeper.js").Keeper} Keeper
 * @typedef {import("./phone.js").Offer} Offer
 * @typedef {import("./phone.js").Offered} Offered
 */

const MINUTE_S = 60;

/** @param {import("./phone.js").Item} item */
export function sizeOf(item) {
  const minutes = Math.max(1, Math.round(item.lasts_s / MINUTE_S));
  return word("size", { repetitions: item.repetitions, minutes });
}

/**
 * What stands above a day, and why. @param {Offer} offer @param {boolean} isAsked whether anything is
 * planned for the day @param {string} line to the clinic @returns {[string, string]}
 */
export function heading(offer, isAsked, line) {
  if (offer.is === "no_plan" && line === "signed_out") return [word("gone"), word("gone_why")];
  switch (offer.is) {
    case "stopped": return [word("stopped"), offer.why];
    case "elsewhere": return [offer.phone ? word("elsewhere_named", { phone: offer.phone }) : word("elsewhere"), word("elsewhere_why")];
    case "asks": return [word("asks"), counted("asks_first", offer.questions.length)];
    case "items": return isAsked ? [leftWords(offer.items), ""] : [word("nothing_asked"), word("nothing_asked_why")];
    default: return [word(offer.is), word(`${offer.is}_why`)];
  }
}

/** @param {Offered[]} items */
function leftWords(items) {
  const left = items.reduce((sum, one) => sum + Math.max(0, one.item.times_a_day - one.done), 0);
  return left ? counted("left", left) : word("all_done");
}

export class Today {
  /** @param {Keeper} keeper @param {(item: import("./phone.js").Item) => void} onTapped */
  constructor(keeper, onTapped) {
    this.keeper = keeper;
    this.onTapped = onTapped;
    /** what each part shows, so that only what has changed is drawn anew @type {Map<string, string>} */
    this.shown = new Map();
    /** the questions that are asked @type {Map<string, HTMLElement>} */
    this.asked = new Map();
    part("take-over").querySelector("button")?.addEventListener("click", () => void keeper.sync(true));
  }

  draw() {
    const { state, day, line } = this.keeper;
    const offer = offered(state, day);
    const isAsked = offer.is === "items" && offer.items.length > 0;
    const [title, why] = this.keeper.isAsking ? [word("moment"), ""] : heading(offer, isAsked, line);
    write(part("title"), title);
    write(part("why"), why);
    show(part("why"), why !== "");
    this.drawActs(offer);
    show(part("who-to-call"), offer.is === "stopped" || offer.is === "pained");
    show(part("take-over"), offer.is === "elsewhere" && line !== "no_line");
    this.drawQuestions(offer.is === "asks" ? offer.questions : offer.is === "stopped" ? offer.again : []);
    this.drawItems(offer.is === "items" ? offer.items : []);
    this.drawRest(planned(state, day), offer);
    this.drawAdvice();
    this.drawHabits();
  }

  /** @param {string} id @param {unknown} value what it shows @param {() => Node[]} make */
  when(id, value, make) {
    const text = JSON.stringify(value);
    if (this.shown.get(id) === text) return;
    this.shown.set(id, text);
    part(id).replaceChildren(...make());
  }

  /** What to do for what she told, and that it stays. @param {Offer} offer */
  drawActs(offer) {
    const acts = offer.is === "stopped" ? offer.acts : [];
    this.when("acts", acts, () => acts.map((one) => make("li", "", make("strong", "", one.words), make("p", "", ...toCall(one.act ?? "")))));
    show(part("acts"), acts.length > 0);
    const told = offer.is === "stopped" ? offer.told : "";
    write(part("stays"), told && word(`stays_${told}`));
    show(part("stays"), told !== "");
  }

  /** @param {import("./phone.js").Question[]} questions */
  drawQuestions(questions) {
    const home = part("questions");
    const before = home.childElementCount;
    // One that is being read back stays so when another is answered. What stays is not touched: a
    // finger may be on it.
    this.asked = new Map(questions.map((one) => [JSON.stringify(one), this.cardOf(one)]));
    const cards = [...this.asked.values()];
    for (const one of [...home.children]) if (!cards.some((card) => card === one)) one.remove();
    cards.forEach((card, place) => {
      if (home.children[place] !== card) home.insertBefore(card, home.children[place] ?? null);
    });
    // The answer that was pressed is gone: whoever hears the page goes on at its title.
    if (before > questions.length) part("title").focus();
  }

  /** @param {import("./phone.js").Question} one */
  cardOf(one) {
    return this.asked.get(JSON.stringify(one)) ?? asking(one, (answer) => void this.keeper.answer(one.code, answer));
  }

  /** @param {Offered[]} items */
  drawItems(items) {
    const left = items.filter((one) => !one.is_done).map((one) => one.item);
    const done = items.filter((one) => one.done > 0);
    this.when("items", left, () => left.map((one, place) => this.card(one, place === 0)));
    this.when("done", done, () => done.map(doneLine));
    show(part("done-card"), done.length > 0);
  }

  /** @param {import("./phone.js").Item} item @param {boolean} isFirst */
  card(item, isFirst) {
    const begin = link(word("begin"), `/home/exercise/${item.exercise}`, isFirst ? "button primary wide tall" : "button wide", "begin");
    const tapped = button(word("tapped"), "plain", () => this.onTapped(item));
    const title = make("h2", "", link(item.title, `/home/exercise/${item.exercise}`, "", "exercise"));
    const head = make("div", "spread", title, make("span", "soft", sizeOf(item)));
    const lowered = item.lowered ? [make("p", "caution", item.lowered)] : [];
    const words = make("div", "item-words", ...drawing(item.picture), make("p", "soft", item.how));
    begin.setAttribute("aria-label", `${word("begin")}: ${item.title}`);
    tapped.setAttribute("aria-label", `${word("tapped")}: ${item.title}`);
    const often = make("p", "soft off-paper", counted("a_day", item.times_a_day));
    return make("article", isFirst ? "card item first" : "card item", make("div", "", head, often), words, ...lowered, onPaper(item), begin, tapped);
  }

  /** @param {import("./phone.js").PlannedDay | undefined} plan @param {Offer} offer */
  drawRest(plan, offer) {
    const isOpen = offer.is !== "no_plan" && offer.is !== "over";
    const shut = isOpen ? found(this.keeper.state.plan?.shut ?? {}, plan?.shut ?? []) : [];
    const cautions = isOpen ? (plan?.cautions ?? []) : [];
    this.when("cautions", cautions, () => cautions.map((one) => make("p", "caution", one)));
    this.when("shut", shut, () => shut.map(shutPart));
    show(part("shut-part"), shut.length > 0);
  }

  drawAdvice() {
    const { plan } = this.keeper.state;
    const advice = adviceOf(plan?.advice ?? [], this.keeper.day);
    this.when("advice", advice, () => advice.map(adviceLine));
    show(part("advice-part"), advice.length > 0);
    const adherence = plan?.adherence;
    show(part("adherence"), Boolean(adherence));
    if (adherence) write(part("adherence"), word("adherence", { done: adherence.done, asked: adherence.asked }));
  }

  drawHabits() {
    const { state, day } = this.keeper;
    const habits = habitsOf(state).map((one) => ({
      id: one.id,
      moment: one.moment,
      words: one.words,
      marks: marksOf(state, one, day),
    }));
    show(part("habits-part"), habits.length > 0);
    show(part("habits-hint"), habits.some((one) => one.marks.length > 0));
    this.when("habits", habits, () =>
      habits.map((one) => {
        const isDone = one.marks.length > 0;
        const keep = () => void this.keeper.keep({ list: "marks", id: newId(), habit: one.id, on_day: day });
        const mark = button("", "wide", () => (isDone ? void this.keeper.takeBack(one.marks) : keep()));
        mark.append(habitWords(one));
        mark.id = `habit-${one.id}`;
        mark.setAttribute("aria-pressed", String(isDone));
        return make("li", "", mark);
      }),
    );
  }
}

/** @param {import("./phone.js").Shut} one */
function shutPart(one) {
  const why = one.why.map((line) => make("li", "", line));
  return make("div", "", make("h3", "", one.title), make("ul", "lines", ...why));
}

/** @param {Offered} one */
function doneLine({ item, done }) {
  const times = word("times", { done, asked: item.times_a_day });
  return make("li", "spread", make("span", "", item.title), make("span", "did", times));
}

/** @typedef {import("./phone.js").Plan["advice"]} Advice */

/** What holds for a while, and each day another page of the rest. @param {Advice} advice @param {string} day @returns {Advice} */
function adviceOf(advice, day) {
  const now = advice.filter((one) => one.until && one.until >= day);
  const always = advice.filter((one) => !one.until);
  const number = daysBetween("2026-01-01", day) % Math.max(1, always.length);
  return [...now, ...always.slice(number, number + 1)];
}

/** @param {Advice[number]} one */
function adviceLine(one) {
  const until = one.until ? [make("p", "soft small", word("until", { day: dayWords(one.until) }))] : [];
  return make("li", "card advice-card", make("h3", "", link(one.title, `/home/advice/${one.id}`, "")), make("p", "", one.short), ...until);
}
