// The second screen, until the first one says yes or no.

import { part, say, write } from "./page.js";

const ASK_MS = 1000;
const PATIENCE_MS = 5000;
const asked = part("more").textContent ?? "";

async function ask() {
  try {
    const answer = await fetch("/join/answer", {
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const { answer: word, address } = await answer.json();
    if (word === "yes") {
      location.replace(address);
      return;
    }
    if (word === "no") {
      write(part("answer"), say("Not this time"));
      write(part("more"), say("The therapist did not let you in. Ask for a new code."));
      return;
    }
    write(part("more"), asked);
  } catch {
    write(part("more"), say("The connection is gone. It comes back by itself."));
  }
  setTimeout(ask, ASK_MS);
}

setTimeout(ask, ASK_MS);
