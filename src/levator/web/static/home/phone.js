// What this phone knows, and what it may offer on a day. Nothing here reads a clock, keeps
// anything or draws anything, and no rule is worked out: what is looked up was computed by the
// clinic, what is counted is what was done here and not sent yet.

/**
 * @typedef {{answer: string | number, words: string, act?: string, urgency?: number | null}} Choice
 * urgency : of several acts the one with the lowest is told first.
 * @typedef {{code: string, ask: string, when: ("before" | "after")[], stops: (string | number)[],
 *   counts_days: number, latest_counts: boolean, choices: Choice[], stopped: string}} Question
 * latest_counts : of several answers only the last one counts; else each that stops.
 * @typedef {{exercise: string, title: string, posture: string, posture_words: string, how: string,
 *   cues: {part: string, words: string}[], repetitions: number, times_a_day: number,
 *   breakpoints: [number, string][], lasts_s: number, is_gentle: boolean, lowered: string | null,
 *   picture: string}} Item
 * @typedef {{exercise: string, title: string, why: string[]}} Shut
 * @typedef {{on_day: string, items: string[], shut: string[], cautions: string[]}} PlannedDay
 * items and shut are keys of the plan's own tables: most days are alike.
 * @typedef {{code: string, answer: string | number, on_day: string}} Answered
 * @typedef {{made_at: string, valid_until: string, revision: string, questions: Question[],
 *   answered: Answered[], days: PlannedDay[], items: Record<string, Item>,
 *   shut: Record<string, Shut>, done: Record<string, Record<string, number>>,
 *   closed: string[], stopped: string | null, breath_s?: [number, number] | null,
 *   habits: PlannedHabit[], habit_choices: {code: string, moment: string, words: string}[],
 *   diary: {days: number, most_ml: number, urge_most: number, entries: DiaryLine[]},
 *   adherence: {done: number, asked: number} | null,
 *   advice: {id: string, title: string, short: string, until: string | null}[]}} Plan
 * @typedef {{id: string, on_day: string, at: string, kind: string, amount_ml: number | null,
 *   urge: number | null, remark: string}} DiaryLine
 * @typedef {{id: string, code: string, moment: string, words: string,
 *   marked: {id: string, on_day: string}[]}} PlannedHabit
 * @typedef {{is_here: boolean, days: string[], elsewhere: Record<string, string>}} Lease
 */

/**
 * What happened here, in the lists of the interface. Its id is made here, once.
 * @typedef {{list: "sessions", id: string, exercise: string, on_day: string, started_at: string,
 *   repetitions: number, lasted_s: number, ended_by: "done" | "stopped" | "pain" | "tapped",
 *   pain: number | null, leaked: boolean | null, was_leased: boolean}} Session
 * @typedef {{list: "answers", id: string, on_day: string, at: string, code: string,
 *   answer: string | number}} Answer
 * @typedef {{list: "habits", id: string, on_day: string, code: string, moment: string,
 *   words: string, is_active: boolean}} HabitChosen
 * @typedef {{list: "marks", id: string, habit: string, on_day: string}} Mark
 * @typedef {{list: "entries", id: string, on_day: string, at: string, kind: string,
 *   amount_ml: number | null, urge: number | null, remark: string}} Entry
 * @typedef {{list: "taken_back", id: string, of: string}} TakenBack a mark or an entry was a mistake
 * @typedef {Session | Answer | HabitChosen | Mark | Entry | TakenBack} Happened
 * @typedef {Answered & {at: string}} ToldHere
 */

/**
 * ahead_s : how far the clinic's clock is ahead of this phone's. latest_day : the newest day that
 * was seen here; a day that was does not come again. open : an exercise that goes on, or is being
 * told of, on another page; it is that page's to send.
 * @typedef {{plan: Plan | null, lease: Lease, ahead_s: number, latest_day: string,
 *   outbox: Happened[], open: Session[]}} State
 */

/**
 * What the clinic answered to what was sent.
 * @typedef {{kept: string[], refused: {id: string, why: string}[], now: string,
 *   clock: string | null, lease: Lease, plan: Plan}} Told
 */

/**
 * pained : an exercise of the day ended by pain, and the clinic does not know it yet. acts : what to
 * do for what she told, the most urgent first. told : code of the question that stops, whatever she
 * tells later; "" for none.
 * @typedef {{is: "no_plan" | "over" | "closed" | "pained"}
 *   | {is: "stopped", why: string, acts: Choice[], told: string, again: Question[]}
 *   | {is: "elsewhere", phone: string}
 *   | {is: "asks", questions: Question[]}
 *   | {is: "items", items: Offered[]}} Offer
 * @typedef {{item: Item, done: number, is_done: boolean}} Offered
 */

const DAY_MS = 86_400_000;

/** @returns {State} */
export function empty() {
  const lease = { is_here: false, days: [], elsewhere: {} };
  return { plan: null, lease, ahead_s: 0, latest_day: "", outbox: [], open: [] };
}

// --- Time

/** A moment as the clocks on the wall here show it, without a zone. @param {number} ms */
export function wallTime(ms) {
  const zoneMs = 60_000 * new Date(ms).getTimezoneOffset();
  return new Date(ms - zoneMs).toISOString().slice(0, 19);
}

/** The same as the clinic's clock shows it. @param {State} state @param {number} ms */
export function clinicTime(state, ms) {
  return wallTime(ms + 1000 * state.ahead_s);
}

/** The day that it is; never one before a day that was here. @param {State} state @param {number} ms */
export function dayAt(state, ms) {
  const day = clinicTime(state, ms).slice(0, 10);
  return day < state.latest_day ? state.latest_day : day;
}

/** Whether the phone shows another day than it is. @param {State} state @param {number} ms */
export function isClockOff(state, ms) {
  return wallTime(ms).slice(0, 10) !== dayAt(state, ms);
}

/** Days from one to another. @param {string} from @param {string} to */
export function daysBetween(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** @param {string} day */
export function dayBefore(day) {
  return new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10);
}

// --- What happens

/** @param {State} state @param {Happened} one @returns {State} */
export function happened(state, one) {
  if (state.outbox.some((before) => before.id === one.id)) return state;
  return { ...state, outbox: [...state.outbox, one] };
}

/** @param {State} state @param {string} day @returns {State} */
export function dayCame(state, day) {
  return day > state.latest_day ? { ...state, latest_day: day } : state;
}

/**
 * What the clinic has is not kept here any longer; what it did not name stays.
 * @param {State} state @param {Told} told @param {number} ms when it was told @returns {State}
 */
export function synced(state, told, ms) {
  const named = new Set([...told.kept, ...told.refused.map((one) => one.id)]);
  return {
    plan: told.plan,
    lease: told.lease,
    ahead_s: Math.round((Date.parse(`${told.now.slice(0, 19)}Z`) - Date.parse(`${wallTime(ms)}Z`)) / 1000),
    latest_day: told.now.slice(0, 10),
    outbox: state.outbox.filter((one) => !named.has(one.id)),
    open: state.open,
  };
}

/**
 * The state with what is on the disk, where another page of this phone may have written: the newer
 * plan counts, and what happened here stays, but for what that page sent. @param {State} state
 * @param {Partial<State>} facts @param {Happened[]} kept @param {Set<string>} gone @returns {State}
 */
export function alsoKnown(state, { plan, lease, ahead_s, latest_day }, kept, gone) {
  const knownMs = state.plan ? Date.parse(state.plan.made_at) : -Infinity;
  const isNewer = plan && Date.parse(plan.made_at) > knownMs;
  const told = isNewer && lease ? { plan, lease, ahead_s: ahead_s ?? 0 } : {};
  const outbox = state.outbox.filter((one) => !gone.has(one.id));
  return kept.reduce(happened, dayCame({ ...state, ...told, outbox }, latest_day ?? ""));
}

// --- What is offered

/** @param {State} state @param {string} day @returns {Offer} */
export function offered(state, day) {
  const { plan } = state;
  if (!plan) return { is: "no_plan" };
  const stop = stoppedBy(state, plan, day);
  // What to do for what she told herself stands before what the clinic says of all such.
  if (stop?.isForAll) return { is: "stopped", why: stop.why, acts: stop.acts, told: stop.code, again: [] };
  if (sessionsOf(state, day).some((one) => one.ended_by === "pain")) return { is: "pained" };
  const why = plan.stopped ?? stop?.why;
  if (why) return { is: "stopped", why, acts: [], told: "", again: plan.closed.includes(day) ? [] : plan.questions.filter(isToldAgain) };
  const planned = day > plan.valid_until ? undefined : plan.days.find((one) => one.on_day === day);
  if (!planned) return { is: "over" };
  if (plan.closed.includes(day)) return { is: "closed" };
  if (!isLeased(state, day)) return { is: "elsewhere", phone: state.lease.elsewhere[day] ?? "" };
  const questions = plan.questions.filter((one) => one.when.includes("before") && !counting(state, plan, one, day).length);
  if (questions.length) return { is: "asks", questions };
  return { is: "items", items: found(plan.items, planned.items).map((item) => withDone(state, plan, item, day)) };
}

/** What the keys of a day stand for. @template T @param {Record<string, T>} table @param {string[]} keys @returns {T[]} */
export function found(table, keys) {
  return keys.flatMap((key) => table[key] ?? []);
}

/** Whether a day is this phone's. @param {State} state @param {string} day */
export function isLeased(state, day) {
  return state.lease.is_here && state.lease.days.includes(day);
}

/**
 * What counts of the answers to a question, as it was told: what lay on the disk has no order.
 * @param {State} state @param {Plan} plan @param {Question} question @param {string} day
 */
function counting(state, plan, question, day) {
  const here = [...state.outbox, ...state.open].flatMap(answersIn).sort((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)));
  return [...plan.answered, ...here].filter((one) => {
    const age = daysBetween(one.on_day, day);
    return one.code === question.code && age >= 0 && age < question.counts_days;
  });
}

/** What was told, by itself or at the end of an exercise. @param {Happened} one @returns {ToldHere[]} */
function answersIn(one) {
  if (one.list === "answers") return [one];
  if (one.list !== "sessions") return [];
  const { on_day, started_at, lasted_s } = one;
  const at = new Date(Date.parse(`${started_at.slice(0, 19)}Z`) + 1000 * lasted_s).toISOString().slice(0, 19);
  const pain = one.pain === null ? [] : [{ code: "pain", answer: one.pain, on_day, at }];
  const leak = one.leaked === null ? [] : [{ code: "leak", answer: one.leaked ? "yes" : "no", on_day, at }];
  return [...pain, ...leak];
}

/** What was told last; of one moment all of it, so that what stops does. @param {(Answered | ToldHere)[]} told */
function lastOf(told) {
  const last = told.at(-1);
  return told.filter((one) => one === last || (last && "at" in last && "at" in one && one.at === last.at));
}

/** Whether it may be told anew how it is now. @param {Question} question */
function isToldAgain(question) {
  return question.latest_counts && question.when.includes("before");
}

/**
 * What stops after what she told; isForAll : whatever she tells later. @param {State} state
 * @param {Plan} plan @param {string} day
 * @returns {{why: string, acts: Choice[], code: string, isForAll: boolean} | null}
 */
function stoppedBy(state, plan, day) {
  for (const question of plan.questions) {
    const told = counting(state, plan, question, day);
    const stopping = (question.latest_counts ? lastOf(told) : told).filter((one) => isStop(question, one.answer));
    const acts = actsFor(question, stopping.map((one) => one.answer));
    if (stopping.length) return { why: question.stopped, acts, code: question.code, isForAll: !question.latest_counts };
  }
  return null;
}

/** What to do where they are so, the most urgent first. @param {Question} question @param {(string | number)[]} answers */
export function actsFor(question, answers) {
  const told = question.choices.filter((one) => one.act && answers.some((each) => String(each) === String(one.answer)));
  return told.sort((one, other) => (one.urgency ?? 0) - (other.urgency ?? 0));
}

/** @param {Question} question @param {string | number} answer */
export function isStop(question, answer) {
  return question.stops.some((one) => String(one) === String(answer));
}

/** @param {State} state @param {Plan} plan @param {Item} item @param {string} day @returns {Offered} */
function withDone(state, plan, item, day) {
  const here = sessionsOf(state, day).filter((one) => one.exercise === item.exercise);
  const whole = here.filter(isDone).length;
  // As many repetitions as a whole one has are one more, however often it was broken off.
  const begun = here.filter((one) => !isDone(one)).reduce((sum, one) => sum + one.repetitions, 0);
  const done = (plan.done[day]?.[item.exercise] ?? 0) + whole + Math.floor(begun / item.repetitions);
  return { item, done, is_done: done >= item.times_a_day };
}

/** @param {Session} one */
function isDone(one) {
  return one.ended_by === "done" || one.ended_by === "tapped";
}

/** What was done on a day and is not sent yet, on any page. @param {State} state @param {string} day @returns {Session[]} */
export function sessionsOf(state, day) {
  const sessions = /** @type {Session[]} */ (state.outbox.filter((one) => one.list === "sessions"));
  return [...sessions, ...state.open].filter((one) => one.on_day === day);
}

/** What is planned for a day, to be read. @param {State} state @param {string} day @returns {PlannedDay | undefined} */
export function planned(state, day) {
  return state.plan?.days.find((one) => one.on_day === day);
}

/** The questions of a moment. @param {State} state @param {"before" | "after"} when */
export function questionsOf(state, when) {
  return (state.plan?.questions ?? []).filter((one) => one.when.includes(when));
}

/** The habits that she has, with what was chosen here and not sent yet. @param {State} state @returns {PlannedHabit[]} */
export function habitsOf(state) {
  const chosen = /** @type {HabitChosen[]} */ (state.outbox.filter((one) => one.list === "habits"));
  const ended = new Set(chosen.filter((one) => !one.is_active).map((one) => one.id));
  const begun = chosen.filter((one) => one.is_active).map((one) => ({ ...one, marked: [] }));
  return [...(state.plan?.habits ?? []), ...begun].filter((one) => !ended.has(one.id));
}

/** The marks of a habit on a day that stand. @param {State} state @param {PlannedHabit} habit @param {string} day @returns {string[]} ids */
export function marksOf(state, habit, day) {
  const here = /** @type {Mark[]} */ (state.outbox.filter((one) => one.list === "marks" && one.habit === habit.id));
  return standing(state, [...habit.marked, ...here]).filter((one) => one.on_day === day).map((one) => one.id);
}

/** The lines of her diary that stand, the newest first. @param {State} state @returns {DiaryLine[]} */
export function linesOf(state) {
  const here = /** @type {Entry[]} */ (state.outbox.filter((one) => one.list === "entries"));
  const lines = standing(state, [...here, ...(state.plan?.diary.entries ?? [])]);
  return lines.sort((one, other) => `${other.on_day}${other.at}`.localeCompare(`${one.on_day}${one.at}`));
}

/** What was not taken back. @template {{id: string}} T @param {State} state @param {T[]} all @returns {T[]} */
function standing(state, all) {
  const back = new Set(state.outbox.map((one) => (one.list === "taken_back" ? one.of : "")));
  return all.filter((one) => !back.has(one.id));
}
