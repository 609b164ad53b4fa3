// On her other pages: where the clinic does not answer, a form is not sent, it is said, and she stays.
// Else the browser's own page, in its own words, would stand where hers was.

import { part, show } from "../elements.js";
import { Clinic } from "./sync.js";

let isAsking = false;
/** @type {HTMLFormElement | null} */
let sent = null;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented || form === sent) return;
  event.preventDefault();
  if (!isAsking) void send(form, event.submitter);
});

/** @param {HTMLFormElement} form @param {HTMLElement | null} pressed */
async function send(form, pressed) {
  isAsking = true;
  const isThere = await new Clinic("", "").isThere();
  isAsking = false;
  show(part("note-far"), !isThere);
  if (!isThere) {
    scrollTo(0, 0);
    return;
  }
  sent = form;
  form.requestSubmit(pressed);
  sent = null;
}
