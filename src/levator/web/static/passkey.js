// Passkeys: what the server asks goes to the browser, and its answer back.

import { say } from "./page.js";

/** What the server has against it, in the words of the page. */
class Refusal extends Error {}

/** @param {string} text */
function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

/** @param {ArrayBuffer | null | undefined} buffer */
function text(buffer) {
  if (!buffer) return null;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * @param {string} address
 * @param {HTMLElement} section
 * @param {unknown} content
 */
async function ask(address, section, content) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json", "x-form-token": section.dataset["token"] ?? "" },
    body: JSON.stringify(content),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Refusal(told.trouble);
  return told;
}

/** @param {any} one */
function described(one) {
  return { ...one, id: bytes(one.id) };
}

/**
 * @param {HTMLElement} section
 * @param {string} place
 */
async function show(section, place) {
  const asked = await ask(`${place}/question`, section, {});
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    allowCredentials: (asked.allowCredentials ?? []).map(described),
  };
  const found = /** @type {any} */ (await navigator.credentials.get({ publicKey }));
  const { response } = found;
  return ask(place, section, {
    ...named(found),
    next: new URLSearchParams(location.search).get("next") ?? "",
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: text(response.userHandle),
    },
  });
}

/** @param {HTMLElement} section */
async function add(section) {
  const asked = await ask("/account/passkeys/question", section, {});
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...asked.user, id: bytes(asked.user.id) },
    excludeCredentials: (asked.excludeCredentials ?? []).map(described),
  };
  const made = /** @type {any} */ (await navigator.credentials.create({ publicKey }));
  return ask("/account/passkeys", section, {
    ...named(made),
    response: {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
    },
  });
}

/** @param {any} credential */
function named(credential) {
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type };
}

/**
 * @param {string} id
 * @param {(section: HTMLElement) => Promise<{ address: string }>} work
 */
function offer(id, work) {
  const section = document.getElementById(id);
  const button = section?.querySelector("button");
  const trouble = /** @type {HTMLElement | null | undefined} */ (section?.querySelector(".trouble"));
  if (!section || !button || !trouble || !window.PublicKeyCredential) return;
  section.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    trouble.hidden = true;
    try {
      location.assign((await work(section)).address);
    } catch (error) {
      // Any other error is the browser's: she cancelled, it has no key, or there is no line.
      trouble.textContent = error instanceof Refusal ? error.message : say("No passkey was given.");
      trouble.hidden = false;
    }
    button.disabled = false;
  });
}

offer("passkey-sign-in", (section) => show(section, "/sign-in/passkey"));
offer("passkey-confirm", (section) => show(section, "/account/confirm/passkey"));
offer("passkey-add", add);
