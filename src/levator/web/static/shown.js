// A password that is typed with one thumb can be looked at; it is sent hidden, as browsers keep it.

for (const box of document.querySelectorAll("input[data-shows]")) {
  if (!(box instanceof HTMLInputElement)) continue;
  const fields = box.form?.querySelectorAll("input[type=password]") ?? [];
  const show = (/** @type {boolean} */ isShown) => {
    for (const field of fields) field.setAttribute("type", isShown ? "text" : "password");
  };
  box.addEventListener("change", () => show(box.checked));
  box.form?.addEventListener("submit", () => show(false));
  box.closest("label")?.removeAttribute("hidden");
}
