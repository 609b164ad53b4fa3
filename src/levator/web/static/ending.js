// Clears a page once the login that it was shown to has ended: nobody reads on who comes after.
// Another page of the same browser may have kept the login in use, so the server is asked; the
// question itself does not keep it.

const LONGEST_MS = 600_000;
const GRACE_MS = 1000;
/** This page's clock when the login ends, as far as is known. */
let endsMs = Infinity;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;

function clear() {
  document.body.replaceChildren();
  document.title = "levator";
  location.replace(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
}

async function look() {
  clearTimeout(waiting);
  try {
    const answer = await fetch("/sign-in/left", { headers: { Accept: "application/json" } });
    const { left_s: leftS } = await answer.json();
    endsMs = performance.now() + 1000 * leftS;
  } catch {
    // No line: what was known holds.
  }
  const leftMs = endsMs - performance.now();
  if (leftMs <= 0) {
    clear();
    return;
  }
  waiting = setTimeout(look, Math.min(leftMs + GRACE_MS, LONGEST_MS));
}

look();
// After a sleep of the computer no clock of a page is right.
document.addEventListener("visibilitychange", () => document.hidden || look());
addEventListener("pageshow", (event) => event.persisted && look());
