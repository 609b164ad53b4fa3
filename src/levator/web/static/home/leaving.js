// On her other pages: signing out takes everything off this phone. What the clinic does not have yet
// is sent first, on the page that can and that says so.

import { isAnyUnsent } from "./store.js";

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[action='/sign-out']"));
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  void leave(form);
});

/** @param {HTMLFormElement} sent */
async function leave(sent) {
  if (await isAnyUnsent().catch(() => false)) location.assign("/home/settings");
  else sent.submit();
}
