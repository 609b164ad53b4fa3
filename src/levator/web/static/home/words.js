// The words of the page: they come with it, in its language.

/** @type {Record<string, string | string[]>} */
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

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

/** The browser knows these names too, but a slow phone looks for them before her first answer. @param {string} day */
export function dayWords(day) {
  const date = new Date(day);
  const weekday = String(word("weekdays").split(" ")[date.getUTCDay()]);
  const month = String(word("months").split(" ")[date.getUTCMonth()]);
  return word("day", { weekday, day: date.getUTCDate(), month });
}
