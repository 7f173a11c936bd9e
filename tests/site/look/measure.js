// What a rendered page is like, as far as every engine can say it: colours, lengths of lines, holes, overflow.
// Run as the body of a function; returns a plain object.
const style = (element, name) => element && getComputedStyle(element)[name];
const visible = (element) => element.getClientRects().length > 0;

// How many characters of a paragraph fill its whole width: its length in characters by its length in pixels.
const fill = (paragraph) => {
  const range = document.createRange();
  range.selectNodeContents(paragraph);
  let pixels = 0;
  for (const box of range.getClientRects()) pixels += box.width;
  return Math.round((range.toString().length * paragraph.getBoundingClientRect().width) / pixels);
};

// Of every paragraph of running text that is long enough to tell.
const running = [...document.querySelectorAll(".text > p:not([class]), .prose p, .answer p, .question > p")];
const measures = running
  .filter((paragraph) => visible(paragraph) && paragraph.textContent.length > 150 && !paragraph.querySelector("a"))
  .map(fill)
  .sort((one, two) => one - two);

// Space between what follows one another in the column of text, and the height of the column.
const column = [...document.querySelectorAll("article > *, .passage > .text, section > .text")].filter(
  (element) => visible(element) && !element.matches(".passage, .caution, .notes, .hung"),
);
const boxes = column.map((element) => element.getBoundingClientRect()).sort((one, two) => one.top - two.top);
let holes = 0;
let end = boxes.length ? boxes[0].top : 0;
for (const box of boxes) {
  holes += Math.max(0, box.top - end - 40);
  end = Math.max(end, box.bottom);
}

const place = (element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return [left, top, width, height];
};
const marks = {};
for (const mark of document.querySelectorAll("b[class] svg")) {
  marks[mark.parentElement.className] ??= { colour: style(mark, "fill"), place: place(mark) };
}

const link = document.querySelector("main a[href]");
if (link) link.focus();
const strip = document.querySelector(".safety a");
return {
  ink: style(document.body, "color"),
  paper: style(document.documentElement, "backgroundColor"),
  safety: strip && [style(strip, "color"), style(strip.parentElement, "backgroundColor")],
  link: style(link, "color"),
  focus: style(link, "outlineStyle"),
  bands: [...document.querySelectorAll(".box > h2, .box > h3")].map((band) => [
    style(band, "color"), style(band, "backgroundColor"),
  ]),
  marks,
  measures,
  holes: boxes.length ? holes / (end - boxes[0].top) : 0,
  wide: [...document.querySelectorAll("body *")]
    .filter((element) => visible(element) && !element.closest(".skip, .marks"))
    .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map((element) => element.outerHTML.slice(0, 90)),
};
