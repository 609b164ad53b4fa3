// The pages at home are one page: what stands in its address is shown, and everything is drawn
// again when something has happened.

import { part, show, write } from "../elements.js";
import { Diary } from "./diary.js";
import { Exercise } from "./exercise.js";
import { hide } from "./hide.js";
import { Keeper, newId } from "./keeper.js";
import { isClockOff } from "./phone.js";
import { Reminders } from "./reminders.js";
import { Settings, share, sharedId } from "./settings.js";
import { heed, moved } from "./slips.js";
import { forgetAll, forgetOthers, leftOf, openStore, whenForgotten } from "./store.js";
import { Clinic } from "./sync.js";
import { Today } from "./today.js";
import { counted, dayWords, word } from "./words.js";

const whose = document.body.dataset["whose"] ?? "";
const AGAIN_MS = 60_000;

/** Somebody who was here before: what she may read can wait for a quiet moment now. */
const isBack = Boolean(navigator.serviceWorker?.controller);
const store = await openStore(whose, sharedId() !== "");
const clinic = new Clinic(document.body.dataset["token"] ?? "", document.body.dataset["her"] ?? "");
const keeper = new Keeper(store, clinic, { id: sharedId() || newId(), name: document.body.dataset["phone"] ?? "", is_shared: sharedId() !== "" }, whose);
const exercise = new Exercise(keeper, () => {
  moved();
  void go("/home");
});
const today = new Today(keeper, (item) => void tapped(item));
const diary = new Diary(keeper);
const settings = new Settings(keeper, shared, mayGo);
const reminders = new Reminders(clinic);

// --- Where she is

/** The part of the page that an address names. @returns {[string, string]} and the exercise */
function place() {
  const [, , view = "today", name = ""] = location.pathname.split("/");
  return [view, decodeURIComponent(name)];
}

/** @param {string} view */
function turnTo(view) {
  for (const one of document.querySelectorAll("main > [data-part]")) {
    show(one, one instanceof HTMLElement && one.dataset["part"] === view);
  }
  for (const one of document.querySelectorAll(".home-nav a")) {
    if (one instanceof HTMLElement && one.dataset["view"] === view) one.setAttribute("aria-current", "page");
    else one.removeAttribute("aria-current");
  }
}

/** Show what the address says. @param {boolean} begins at once, where it is an exercise */
function arrive(begins = false) {
  const [view, name] = place();
  // Without a network a page that was never seen is this one too: it begins with today.
  const isHere = document.querySelector(`main > [data-part="${CSS.escape(view)}"]`) !== null;
  if (isHere) tell("");
  else void mayGo();
  if (!isHere || (view === "exercise" && !exercise.open(name))) {
    history.replaceState(null, "", "/home");
    turnTo("today");
    draw();
    return;
  }
  turnTo(view);
  draw();
  if (view === "exercise" && begins) exercise.begin();
  if (view === "diary") diary.open();
  if (view === "settings") void reminders.open();
  scrollTo(0, 0);
}

/** @param {string} address @param {boolean} begins */
async function go(address, begins = false) {
  await exercise.close();
  if (address !== location.pathname) history.pushState(null, "", address);
  arrive(begins);
  if (!begins) focusTitle();
}

/** Other pages than these are not on this phone: where the clinic does not answer it is said, and she stays. @param {Event} event @param {HTMLAnchorElement} link */
async function leave(event, link) {
  tell("");
  if (link.pathname.split("/")[1] === "home" && !keeper.isOnlyHere) return;
  event.preventDefault();
  if (await mayGo()) location.assign(link.href);
}

/** Whether the clinic answers; where it does not it is said. What would go with this page is sent first. */
async function mayGo() {
  const isThere = await clinic.isThere();
  tell(isThere ? "" : word("no_line_now"));
  if (isThere && keeper.isOnlyHere) {
    await exercise.close();
    void keeper.sync();
    await keeper.sending;
  }
  const waits = isThere && waitsForHer();
  if (waits) scrollTo(0, 0);
  return isThere && !waits;
}

/** Whether something is on this page alone until she has signed in, in another one. */
function waitsForHer() {
  return keeper.isOnlyHere && keeper.line === "signed_out";
}

/** Why it cannot be done now. @param {string} why */
function tell(why) {
  write(part("note-far"), why);
  show(part("note-far"), why !== "");
  if (why) scrollTo(0, 0);
}

function focusTitle() {
  const title = document.querySelector("main > [data-part]:not([hidden]) h1");
  if (title instanceof HTMLElement) title.focus();
}

/** @param {import("./phone.js").Item} item */
async function tapped(item) {
  history.pushState(null, "", `/home/exercise/${item.exercise}`);
  turnTo("exercise");
  await exercise.tapped(item);
}

/** From now on this device keeps nothing, or keeps again. What is only here would be lost with it. @param {boolean} isOn */
async function shared(isOn) {
  const isLeft = isOn && !(await keeper.isAllSent());
  tell(isLeft ? word("unsent_first") : "");
  if (!isLeft) {
    share(isOn, keeper.phone.id);
    await move(isOn);
    await (isOn ? forgetAll(true) : work());
  }
  draw();
}

/** @param {boolean} isOn */
async function move(isOn) {
  keeper.store = await openStore(whose, isOn);
  keeper.phone.is_shared = isOn;
  const { settings, state } = keeper;
  await keeper.write({ put: state.outbox, facts: { ...keeper.facts, settings } });
}

/** Another page forgot everything. Where others use this device from now on, what is only here goes to the clinic first. */
async function forgotten() {
  if (!sharedId()) return keeper.forget();
  if (!keeper.phone.is_shared && !keeper.isGone) {
    await move(true);
    await exercise.close();
    if (!(await mayGo())) return;
  }
  location.replace("/home");
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[href^='/']") : null;
  if (!(link instanceof HTMLAnchorElement) || link.target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!link.dataset["view"]) {
    void leave(event, link);
    return;
  }
  event.preventDefault();
  void go(link.pathname, link.dataset["view"] === "begin");
});
addEventListener("popstate", () => void exercise.close().then(() => arrive()));
part("after-undo").addEventListener("click", () => void exercise.after.takeBack().then(() => go("/home")));
part("after-close").addEventListener("click", () => void go("/home"));

// --- What is shown on every one of them

function draw() {
  const [view] = place();
  today.draw();
  show(part("whose-phone"), !sharedId() && !keeper.settings["mine"] && keeper.state.plan !== null);
  // What she has not opened is drawn when she does.
  if (view === "diary") diary.draw();
  if (view === "settings") settings.draw();
  if (view === "exercise") exercise.follow();
  write(part("day"), dayWords(keeper.day));
  write(part("note-disk"), keeper.isFull ? word("disk_full") : "");
  show(part("note-disk"), keeper.isFull);
  const clock = keeper.clock || (isClockOff(keeper.state, Date.now()) ? word("clock_off") : "");
  write(part("note-clock"), clock);
  show(part("note-clock"), clock !== "");
  drawUnsent();
}

function drawUnsent() {
  const { line, refusals } = keeper;
  const unsent = keeper.state.outbox.length;
  const isTold = line === "signed_out" || line === "not_hers" || refusals.length > 0;
  const note = part("note-unsent");
  // What needs her stands above. What goes by itself stands below: there it moves nothing from under her thumb.
  const place = part(isTold ? "notes" : "waits");
  if (note.parentElement !== place) place.append(note);
  show(note, unsent > 0 || isTold);
  const count = unsent ? counted("unsent", unsent) : "";
  write(part("unsent-short"), isTold ? "" : count);
  const how = line === "signed_out" && !unsent ? word("out") : line && word(line);
  write(part("unsent"), [count, how, ...refusals].filter(Boolean).join(" "));
  show(part("sign-in"), line === "signed_out");
  part("sign-in").setAttribute("target", waitsForHer() ? "_blank" : "");
}

// --- Without a network

async function work() {
  if (!("serviceWorker" in navigator) || sharedId() || keeper.isGone) return;
  try {
    const made = await navigator.serviceWorker.register(`/home/sw.js?language=${document.documentElement.lang}`, { scope: "/home", updateViaCache: "none" });
    if (keeper.isGone) await made.unregister();
  } catch {
    // A browser that keeps nothing: the page works as long as there is a network.
  }
}

/** Whom to call, on the first visit too; then how it looks, and all advice of her plan. */
function readAhead() {
  const [first = "", ...more] = (document.body.dataset["ahead"] ?? "").split(" ");
  const pages = keeper.state.plan?.advice.map((one) => `/home/advice/${one.id}`) ?? [];
  const ahead = isBack ? [first, ...more, ...pages] : [first];
  void navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage({ ahead }));
}

async function look() {
  if (document.hidden) return;
  const isFar = !part("note-far").hidden;
  await keeper.look();
  draw();
  if (!exercise.isRunning && (keeper.isDue || isFar)) await keeper.sync();
  if (isFar && keeper.line !== "no_line") tell("");
}

if (new URLSearchParams(location.search).has("arrived")) history.replaceState(null, "", location.pathname);
whenForgotten(whose, () => void forgotten());
const left = sharedId() ? await leftOf(whose).catch(() => []) : [];
if (left.length) await store.keep({ put: left });
await keeper.load();
// The clinic is asked first: the page is drawn while the answer is on its way.
const told = keeper.sync();
keeper.changed = draw;
arrive();
heed([part("notes"), ...document.querySelectorAll(".home-head")], [part("questions"), part("items"), part("running")]);
await told;
if (left.length && !keeper.unsent) await (await openStore(whose, false)).forget();
await forgetOthers(whose).catch(() => undefined);
await work();
readAhead();
document.addEventListener("visibilitychange", () => void look());
addEventListener("online", () => void look());
// Back from the browser's memory, where nothing told this page who signed out or in meanwhile.
addEventListener("pageshow", (event) => event.persisted && location.reload());
setInterval(() => void look(), AGAIN_MS);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.shiftKey) hide();
});
