// Clears a page once the login that it was shown to has ended: nobody reads on who comes after.
// Another page of the same browser may have kept the login in use, so the server is asked; the
// question itself does not keep it.

const LONGEST_MS = 600_000;
const GRACE_MS = 1000;
const AGAIN_MS = 5000;
/** This page's clock when the login ends, as far as is known. */
let endsMs = Infinity;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;

/** The form that was typed in last, and not sent. @type {HTMLFormElement | null} */
let typedIn = null;
document.addEventListener("input", (event) => {
  if (event.target instanceof Element) typedIn = event.target.closest("form[method=post]");
});

/** @returns {URLSearchParams | null} what stands in it, without any password */
function typed() {
  if (!typedIn?.isConnected || typedIn.querySelector("[type=password]")) return null;
  const fields = new URLSearchParams({ typed_path: location.pathname });
  new FormData(typedIn).forEach((value, name) => fields.append(name, String(value)));
  return fields;
}

function clear() {
  const fields = typed();
  document.body.replaceChildren();
  document.title = "levator";
  leave(fields);
}

/** Go to the sign-in page; what was typed waits behind it. @param {URLSearchParams | null} fields */
async function leave(fields) {
  let next = location.pathname;
  try {
    if (fields) next = (await (await fetch("/sign-in/typed", { method: "POST", body: fields })).json()).next;
  } catch {
    setTimeout(leave, AGAIN_MS, fields);
    return;
  }
  location.replace(`/sign-in?next=${encodeURIComponent(next)}`);
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
