// On a narrow screen the course is wider than the screen: begin where today is.

const strip = document.querySelector(".timeline");
const today = document.querySelector("#today");
if (strip instanceof HTMLElement && today instanceof SVGElement) {
  const from = strip.getBoundingClientRect().left;
  const place = today.getBoundingClientRect().left - from + strip.scrollLeft;
  strip.scrollLeft = place - (strip.clientWidth * 2) / 3;
}
