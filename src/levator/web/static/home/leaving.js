// On her other pages: signing out takes everything off this phone. What the clinic does not have yet
// is sent first, on the page that can and that says so. Where the clinic does not answer she would be
// signed in still: then nothing is taken off, and it is said.

import { part, show } from "../elements.js";
import { allKept, forgetAll, isAnyUnsent } from "./store.js";
import { Clinic } from "./sync.js";

/** The way out is never held up for longer by what this browser keeps. */
const LONGEST_MS = 2_000;

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[action='/sign-out']"));
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  void leave(form);
});

/** @param {HTMLFormElement} sent */
async function leave(sent) {
  const isThere = await new Clinic("", "").isThere();
  show(part("note-far"), !isThere);
  if (!isThere) return;
  if (await soon(isAnyUnsent(), true)) location.assign("/home/settings");
  else {
    const phone = Object.assign(document.createElement("input"), { type: "hidden", name: "phone" });
    phone.value = await soon(phoneHere(), "");
    await soon(forgetAll(), undefined);
    sent.append(phone);
    sent.submit();
  }
}

/** Under which id the clinic knows this phone of hers: of others no plan is here. */
async function phoneHere() {
  const hers = (await allKept()).find(({ facts }) => facts["plan"]);
  return String(hers?.facts["phone"] ?? "");
}

/** @template T @param {Promise<T>} work @param {T} otherwise where it fails or takes too long @returns {Promise<T>} */
function soon(work, otherwise) {
  const late = new Promise((done) => setTimeout(done, LONGEST_MS, otherwise));
  return Promise.race([work.catch(() => otherwise), /** @type {Promise<T>} */ (late)]);
}
