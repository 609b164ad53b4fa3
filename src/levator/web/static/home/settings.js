// What she can set on this phone, and the way out of it.

import { make, part, show, write } from "../elements.js";
import { Voice } from "../voice.js";
import { newId } from "./keeper.js";
import { habitWords } from "./ask.js";
import { habitsOf } from "./phone.js";
import { forgetAll, isAnyUnsent } from "./store.js";
import { dayWords, word } from "./words.js";

/** @typedef {import("./keeper.js").Keeper} Keeper */

const SHARED = "levator-shared";

/** Under which name the clinic knows a device that is used by others too, as long as the browser is open; "" for her own. */
export function sharedId() {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${SHARED}=`));
  return found?.split("=")[1] ?? "";
}

/** @param {boolean} isOn @param {string} id */
export function share(isOn, id) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${SHARED}=${id}; Path=/home; SameSite=Strict${secure}${isOn ? "" : "; Max-Age=0"}`;
}

/** @param {string} id */
function box(id) {
  return /** @type {HTMLInputElement} */ (part(id));
}

export class Settings {
  /**
   * @param {Keeper} keeper @param {(isShared: boolean) => Promise<void>} onShared
   * @param {() => Promise<boolean>} mayGo
   */
  constructor(keeper, onShared, mayGo) {
    this.keeper = keeper;
    this.mayGo = mayGo;
    this.isWarned = false;
    for (const name of ["sound", "voice", "shake"]) {
      box(`set-${name}`).addEventListener("change", () => void keeper.set(name, box(`set-${name}`).checked));
    }
    box("set-shared").addEventListener("change", () => void onShared(box("set-shared").checked));
    part("not-mine").addEventListener("click", () => void onShared(true));
    part("mine").addEventListener("click", () => void keeper.set("mine", true));
    part("sign-out").addEventListener("submit", (event) => void this.leave(event));
    const language = /** @type {HTMLFormElement} */ (part("languages"));
    const choose = async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      if (!(await mayGo())) return;
      language.removeEventListener("submit", choose);
      language.requestSubmit(event.submitter);
    };
    language.addEventListener("submit", choose);
    show(part("set-shake-part"), "vibrate" in navigator);
    this.install();
  }

  draw() {
    const { settings, state } = this.keeper;
    for (const name of ["sound", "voice", "shake"]) box(`set-${name}`).checked = settings[name] === true;
    box("set-shared").checked = sharedId() !== "";
    this.drawHabits();
    if (this.isWarned) void this.isLeft().then((isLeft) => this.warn(isLeft));
    show(part("set-voice-part"), new Voice(() => {}).own !== undefined);
    write(part("plan-until"), state.plan && !sharedId() ? word("plan_until", { day: dayWords(state.plan.valid_until) }) : "");
  }

  /** With what of her day she wants to practise. */
  drawHabits() {
    const { state, day } = this.keeper;
    const choices = state.plan?.habit_choices ?? [];
    const known = habitsOf(state);
    show(part("habits-choice"), choices.length > 0);
    const waiting = state.outbox.map((one) => one.id);
    const shown = JSON.stringify([choices, known.map((one) => [one.code, waiting.includes(one.id)])]);
    if (shown === this.habits) return;
    this.habits = shown;
    part("habit-choices").replaceChildren(
      ...choices.map((choice) => {
        const mine = known.find((one) => one.code === choice.code);
        const box = document.createElement("input");
        box.type = "checkbox";
        box.checked = mine !== undefined;
        box.disabled = mine !== undefined && waiting.includes(mine.id);
        box.addEventListener("change", () => {
          void this.keeper.keep({ list: "habits", id: mine?.id ?? newId(), on_day: day, ...choice, is_active: box.checked });
        });
        return make("label", "choice", box, habitWords(choice));
      }),
    );
  }

  habits = "";

  /** Whether something is here that the clinic does not have, of whomever. */
  async isLeft() {
    return this.keeper.unsent > 0 || isAnyUnsent().catch(() => false);
  }

  /** It is lost where she signs out; what comes after all was sent is warned of again. @param {boolean} isLeft */
  warn(isLeft) {
    this.isWarned = isLeft;
    show(part("sign-out-first"), isLeft);
  }

  /** Out of this phone: only what the clinic has may go, also of who was signed in before. @param {Event} event */
  async leave(event) {
    event.preventDefault();
    const { keeper } = this;
    // Without the clinic she would be signed in still. Who is out already is warned all the same.
    if (!(await this.mayGo()) && keeper.line !== "signed_out") return;
    await keeper.isAllSent();
    if (!this.isWarned && (await this.isLeft())) {
      this.warn(true);
      part("sign-out-first").scrollIntoView({ block: "end" });
      part("sign-out-first").focus({ preventScroll: true });
      return;
    }
    box("signed-out").value = keeper.phone.id;
    keeper.forget();
    await forgetAll();
    /** @type {HTMLFormElement} */ (part("sign-out")).submit();
  }

  install() {
    addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      show(part("install-part"), true);
      part("install").addEventListener("click", () => {
        show(part("install-part"), false);
        void /** @type {any} */ (event).prompt();
      }, { once: true });
    });
  }
}
