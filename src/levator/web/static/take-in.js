// Sends the file of a record as it is, tells how far it is, and shows the answer in its place.

import { say } from "./page.js";

const form = document.querySelector("#take-in");
if (form instanceof HTMLFormElement) listen(form);

/** @param {HTMLFormElement} form */
function listen(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = /** @type {HTMLInputElement} */ (form.querySelector("#file")).files?.[0];
    if (!chosen) return;
    if (chosen.size > Number(form.dataset["mostBytes"])) refuse(form.dataset["tooLarge"] ?? "");
    else send(form, chosen);
  });
}

/** @param {HTMLFormElement} form @param {File} file */
function send(form, file) {
  const asking = new XMLHttpRequest();
  asking.open("POST", form.action);
  asking.responseType = "document";
  asking.setRequestHeader("content-type", "application/zip");
  asking.setRequestHeader("x-form-token", form.dataset["token"] ?? "");
  asking.upload.addEventListener("progress", (event) => tell((100 * event.loaded) / event.total));
  asking.addEventListener("load", () => show(asking));
  asking.addEventListener("error", () => {
    busy(form, false);
    refuse(say("The connection is gone. Look among the patients whether she came; sending it again does no harm."));
  });
  busy(form, true);
  tell(0);
  asking.send(file);
}

/** @param {HTMLFormElement} form @param {boolean} isBusy */
function busy(form, isBusy) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  button.disabled = isBusy;
  /** @type {HTMLElement} */ (form.querySelector("#under-way")).hidden = !isBusy;
  if (isBusy) /** @type {HTMLElement} */ (document.querySelector("#trouble")).hidden = true;
}

/** @param {number} percent */
function tell(percent) {
  const step = document.querySelector("#step");
  const words = percent < 100 ? say("The file is being sent.") : say("Everything in it is looked at.");
  // Said aloud only where it is another step.
  if (step && step.textContent !== words) step.textContent = words;
  const bar = document.querySelector("#under-way progress");
  if (!(bar instanceof HTMLProgressElement)) return;
  if (percent < 100) bar.value = percent;
  else bar.removeAttribute("value");
}

/** @param {XMLHttpRequest} asked */
function show(asked) {
  const page = /** @type {Document | null} */ (asked.response);
  const main = page?.querySelector("main");
  if (!page || !main || new URL(asked.responseURL).pathname !== location.pathname) {
    location.assign(asked.responseURL);
    return;
  }
  document.title = page.title;
  document.querySelector("main")?.replaceWith(document.adoptNode(main));
  const again = document.querySelector("#take-in");
  if (again instanceof HTMLFormElement) listen(again);
  const heading = document.querySelector("#trouble:not([hidden]), h1[tabindex]");
  if (heading instanceof HTMLElement) heading.focus();
}

/** @param {string} words */
function refuse(words) {
  const trouble = document.querySelector("#trouble");
  if (!(trouble instanceof HTMLElement)) return;
  trouble.textContent = words;
  trouble.hidden = false;
  trouble.focus();
}
