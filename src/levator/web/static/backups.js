// How far a backup is, until it is there; then the page is loaded anew.

const ASK_MS = 700;
const step = document.querySelector("#step");
const bar = document.querySelector("#backup progress");

async function look() {
  try {
    const answer = await fetch("/backups/progress", { headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (!told.step) {
      location.reload();
      return;
    }
    // Said aloud only where it is another step.
    if (step && step.textContent !== told.step) step.textContent = told.step;
    if (bar instanceof HTMLProgressElement) bar.value = told.done;
  } catch {
    // The line is gone for a moment; the next look tells.
  }
  setTimeout(look, ASK_MS);
}

setTimeout(look, ASK_MS);
