// Which stages are open follows from what is typed; the server says which, and why not.

import { part } from "./page.js";

const form = /** @type {HTMLFormElement} */ (part("start"));
const WATCHED = ["weeks_pregnant", "weeks_since_birth", "cleared_by", "complications", "pain_now"];
let timer = 0;

async function refresh() {
  const typed = new URLSearchParams();
  for (const [name, value] of new FormData(form)) typed.append(name, String(value));
  const answer = await fetch(`/stages?${typed}`);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  // What was unfolded stays so.
  const isUnfolded = document.querySelector("#locked[open]") !== null;
  fresh.getElementById("locked")?.toggleAttribute("open", isUnfolded);
  part("stages").replaceChildren(...fresh.body.children);
}

form.addEventListener("input", (event) => {
  const name = event.target instanceof HTMLInputElement ? event.target.name : "";
  if (!WATCHED.includes(name)) return;
  clearTimeout(timer);
  timer = setTimeout(refresh, 250);
});
