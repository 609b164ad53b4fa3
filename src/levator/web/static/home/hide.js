// Out of sight at one touch: a clock over everything, and nothing sounds. Touching it twice, or
// Enter twice, brings the page back.

const cover = document.createElement("button");
cover.type = "button";
cover.className = "cover";
cover.hidden = true;
/** @type {Element | null} */
let before = null;
let title = "";
let ticking = 0;

/** A clock that stands still is seen through. */
function tick() {
  if (cover.hidden) return;
  const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  if (time !== document.title) cover.textContent = document.title = time;
}

export function hide() {
  if (!cover.hidden) return;
  before = document.activeElement;
  title = document.title;
  for (const one of document.body.children) if (one !== cover) one.toggleAttribute("inert", true);
  cover.hidden = false;
  tick();
  ticking = setInterval(tick, 1000);
  cover.focus();
  dispatchEvent(new Event("levator-hidden"));
}

function back() {
  clearInterval(ticking);
  for (const one of document.body.children) one.toggleAttribute("inert", false);
  cover.hidden = true;
  document.title = title;
  if (before instanceof HTMLElement) before.focus();
}

document.body.append(cover);
document.addEventListener("visibilitychange", tick);
document.getElementById("hide")?.addEventListener("click", hide);
let touchedMs = -Infinity;
cover.addEventListener("click", (event) => {
  if (event.timeStamp - touchedMs < 1000) back();
  touchedMs = event.timeStamp;
});
