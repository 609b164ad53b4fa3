// The words of the page: they come with it, in its language.

/** @type {Record<string, string | string[]>} */
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
/** Days are written as in Britain where the language is English. */
export const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;

/** @param {string} text @param {Record<string, string | number>} values */
function filled(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => String(values[name] ?? ""));
}

/** @param {string} name @param {Record<string, string | number>} [values] */
export function word(name, values = {}) {
  const found = words[name];
  return typeof found === "string" ? filled(found, values) : name;
}

/** The words for one or for more. @param {string} name @param {number} count */
export function counted(name, count) {
  const forms = words[name] ?? [name, name];
  return filled(String(forms[count === 1 ? 0 : 1]), { count });
}

/** @param {string} day */
export function dayWords(day) {
  return new Date(`${day}T12:00:00`).toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long" });
}
