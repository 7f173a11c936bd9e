/* What a page gains while it is previewed: it follows the builds, shows their faults and
   what changed, and leads from what is pointed at to its source. */
"use strict";

const RETRY_MS = 500;
const OFFLINE =
  "The preview is not running. Start it again, and this page goes on by itself.";
const BLOCKS =
  "h1, h2, h3, h4, h5, h6, p, li, dt, dd, tr, pre, figure, summary, caption";

const NOTES = `
  <style>
    :host { all: initial; color: #1c1917; font: 14px/1.45 system-ui, sans-serif; }
    @media print { :host { display: none; } }
    #faults, #notes, #source {
      background: #fdfcf9; border: 1px solid #8a8175; box-sizing: border-box;
      overflow: auto; padding: .4rem 1rem; position: fixed; z-index: 2147483647;
    }
    #faults { border-bottom: 4px solid #b3261e; inset: 0 0 auto; max-height: 45vh; }
    #notes { inset: auto auto 0 0; max-height: 50vh; max-width: 44rem; }
    #source { display: flex; gap: 1em; position: absolute; white-space: nowrap; }
    #notes:not(:has(p:not(:empty), details)) { display: none; }
    :empty { border: none !important; padding: 0 !important; }
    p, #faults summary { color: #8c1d18; font-weight: bold; margin: 0; }
    a, button {
      all: unset; color: #0b4a8f; cursor: pointer; font: .93em ui-monospace, monospace;
      text-decoration: underline;
    }
    :focus-visible { outline: 2px solid; }
    ol { margin: 0; padding-left: 1.4em; }
    li { margin: .3em 0; overflow-wrap: anywhere; }
    summary { cursor: pointer; }
  </style>
  <div id="faults" role="alert"></div>
  <div id="notes">
    <p id="server" role="status"></p>
    <div id="changes" role="status"></div>
    <div id="drafts"></div>
  </div>
  <div id="source"></div>
`;

const { link } = document.currentScript.dataset;
let news = newsOf(document.currentScript);
let poll = null; // the question for news that waits for an answer
let names = null; // what has an id, by address; asked for after each build

// The notes of the preview are in a tree that the page's style does not reach.
const draftStyle = make("style", {});
const host = make("preview-notes", {}, draftStyle);
const shadow = host.attachShadow({ mode: "open" });
shadow.innerHTML = NOTES;
const [faultList, serverNote, changeList, draftList, source] =
  Array.from(shadow.querySelectorAll("[id]:not(#notes)"));

document.documentElement.append(host);
document.addEventListener("visibilitychange", follow);
document.addEventListener("pointerover", pointAt);
document.addEventListener("click", stayWhileOffline);
showNews();
follow();

/* The address of this page, as messages have it. */
function here() {
  return decodeURI(location.pathname);
}

/* ---- notes ---- */

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/* A list that opens and closes, and stays as it is when its content is replaced. */
function showList(parent, noun, items, { isOpen = false, after = "" } = {}) {
  const open = parent.querySelector("details")?.open ?? isOpen;
  const title = `${items.length} ${noun}${items.length === 1 ? "" : "s"}${after}`;
  const list = make("ol", {}, ...items.map((parts) => make("li", {}, ...parts)));
  const details = make("details", { open }, make("summary", {}, title), list);
  parent.replaceChildren(...(items.length > 0 ? [details] : []));
}

function linkTo(address) {
  return make("a", { href: address }, address);
}

/* A place in a source: it opens in the editor, where one is known. */
function sourceLink(file, line) {
  const at = `${file}:${line}`;
  const href = link.replace("{path}", file).replace("{line}", line);
  return href ? make("a", { href, title: "open in the editor" }, at) : copier(at, at);
}

/* Mark what is a draft in a style of its own: the page stays as it was built. The last
   rule is for `keepPlace`, which does what browsers would, in every browser. */
function showDrafts(addresses) {
  const pages = addresses.filter((address) => !address.includes("#"));
  showList(draftList, "draft", pages.map((address) => [linkTo(address)]));
  const parts = addresses.map((address) => address.split("#"));
  const ids = parts.filter(([page]) => page === here()).map(([, id]) => id);
  const drafts = ids.map((id) => (id ? `#${CSS.escape(id)}` : "h1"));
  draftStyle.textContent = `
    :is(${drafts}) > * { outline: 2px dashed #b3261e; outline-offset: 4px; }
    :is(${drafts})::before {
      background: #b3261e; color: #fff; content: "Draft"; font: 12px/1.5 system-ui;
      padding: 0 .5em; position: absolute; transform: translateY(-100%);
    }
    html { overflow-anchor: none; }`;
}

/* ---- bringing the page up to date ---- */

/* Make the page equal to another; return the blocks that changed. What holds nothing but
   what floats has no height, so its children stand for it. */
function replacePage(parsed) {
  const touched = new Set();
  keepPlace(() => {
    morphAttributes(document.documentElement, parsed.documentElement);
    morph(document.head, parsed.head, new Set());
    morph(document.body, parsed.body, touched);
  });
  const blocks = Array.from(touched, (it) => {
    const block = it.closest(BLOCKS);
    return block ?? (it.offsetHeight > 0 ? it : Array.from(it.children));
  });
  return [...new Set(blocks.flat())];
}

/* Run a change of the page so that what the reader looks at stays where it is in the
   window: the first block in it that the change leaves in the page. Blocks that begin
   in the window come first, since text may be added to the others above it. */
function keepPlace(change) {
  const boxes = new Map();
  for (const block of scrollY > 0 ? document.body.querySelectorAll(BLOCKS) : []) {
    const box = block.getBoundingClientRect();
    if (box.bottom > 0 && box.top < innerHeight) {
      boxes.set(block, box);
    }
  }
  change();
  const kept = Array.from(boxes.keys()).filter((block) => block.isConnected);
  const block = kept.find((it) => boxes.get(it).top >= 0) ?? kept[0];
  if (block) {
    const top = block.getBoundingClientRect().top - boxes.get(block).top;
    scrollBy({ top, behavior: "instant" });
  }
}

/* Make one element equal to another of its kind and leave alone what is equal, so that
   focus, selection and opened details stay. A child stays where its counterpart is. An
   element without one is changed in place or removed, as text is. Elements whose own
   content changed are added to `touched`. */
function morph(old, wanted, touched) {
  if (old.isEqualNode(wanted)) {
    return;
  }
  morphAttributes(old, wanted);
  const left = Array.from(old.childNodes);
  const after = Array.from(wanted.childNodes);
  const isGone = (node) => !after.some((it) => isCounterpart(node, it));
  for (const child of after) {
    const [next] = left;
    let place = left.findIndex((it) => isCounterpart(it, child));
    if (next?.isEqualNode(child) || (place < 0 && isLike(next, child) && isGone(next))) {
      place = 0; // equal as white space is, or changed
    }
    if (place < 0) {
      const added = document.importNode(child, true);
      old.insertBefore(added, next ?? null);
      touched.add(added instanceof Element ? added : old);
    } else {
      left.splice(0, place).forEach((it) => it.remove());
      morph(left.shift(), child, touched);
    }
  }
  left.forEach((it) => it.remove());
}

function morphAttributes(old, wanted) {
  for (const name of [...old.getAttributeNames(), ...wanted.getAttributeNames()]) {
    const value = wanted.getAttribute(name);
    if (value !== null && value !== old.getAttribute(name)) {
      old.setAttribute(name, value);
    } else if (value === null && !(name === "open" && old.nodeName === "DETAILS")) {
      old.removeAttribute(name); // a reader opens details
    }
  }
}

function isLike(one, other) {
  return one instanceof Element && one.nodeName === other.nodeName;
}

function isCounterpart(one, other) {
  const isNamed = one.id || other.id;
  return isLike(one, other) && (isNamed ? one.id === other.id : one.isEqualNode(other));
}

/* ---- leading the eye ---- */

/* Frame what changed for a while. Open the first change of this page where it is folded,
   and scroll to it if nothing that changed is in view. */
function lead(changed) {
  const frame = { outline: "3px solid #b45309", outlineOffset: "3px" };
  for (const block of changed) {
    block.animate([frame, { ...frame, outlineColor: "transparent" }], 2000);
  }
  const { id } = news.changes.find(({ address }) => address === here()) ?? {};
  const named = id ? document.getElementById(id) : null;
  const target = changed.find((it) => named?.contains(it)) ?? (id && changed[0]);
  if (target) {
    target.closest("details")?.setAttribute("open", "");
    if (!changed.some(isInView)) {
      target.scrollIntoView({ behavior: "instant", block: "center" });
    }
  }
}

function isInView(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

/* ---- from the page to its source ---- */

async function pointAt({ target }) {
  if (target === host) {
    return;
  }
  names ??= fetch("/__names.json").then((reply) => reply.json());
  const byAddress = await names.catch(() => ({}));
  for (let it = target; it instanceof Element; it = it.parentElement) {
    const address = it.id ? `${here()}#${it.id}` : it.getAttribute("href");
    if (byAddress[address]) {
      showSource(it, byAddress[address]);
      return;
    }
  }
  source.replaceChildren();
}

/* Show what an element is, above it. */
function showSource(element, [kind, name, address, ...place]) {
  const copiers = [copier(name, name), copier("link", address)];
  source.replaceChildren(kind, ...copiers, sourceLink(...place));
  const { top, left } = element.getBoundingClientRect();
  source.style.top = `${Math.max(top - source.offsetHeight, 0) + scrollY}px`;
  source.style.left = `${left + scrollX}px`;
}

function copier(label, text) {
  const button = make("button", { title: `copy ${text}` }, label);
  button.onclick = async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "copied";
  };
  return button;
}

/* ---- news ---- */

/* What the preview knew when it served a page comes with the script, which is taken out. */
function newsOf(script) {
  script.remove();
  return JSON.parse(script.dataset.news);
}

/* Ask for this page with newer news, which takes until there are some, while it is looked
   at: a browser opens few connections to a host, and to its cache one for each page. */
async function follow() {
  poll?.abort();
  const { signal } = (poll = new AbortController());
  while (!document.hidden && !signal.aborted) {
    const question = { cache: "no-store", headers: { After: news.number }, signal };
    const reply = await fetch(location.href, question).catch(() => null);
    const html = await reply?.text().catch(() => null);
    if (signal.aborted) {
      return;
    }
    serverNote.textContent = typeof html === "string" ? "" : OFFLINE;
    if (serverNote.textContent) {
      await new Promise((resume) => setTimeout(resume, RETRY_MS));
    } else {
      receive(html, new URL(reply.url).pathname);
    }
  }
}

function receive(html, path) {
  if (path !== location.pathname) {
    location.assign(path);
    return;
  }
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const { number } = news;
  news = newsOf(parsed.querySelector("script[data-news]"));
  if (news.number === number) {
    return;
  }
  names = null;
  if (news.go && news.go.split("#")[0] !== here()) {
    location.assign(news.go);
  } else if (isStale(news.files)) {
    location.reload();
  } else {
    const changed = replacePage(parsed);
    showNews();
    lead(changed);
  }
}

function showNews() {
  const faults = news.faults.map((fault) => {
    const [, file, line, text] = /^(.*?):(\d+):(.*)$/s.exec(fault);
    return [sourceLink(file, line), text];
  });
  showList(faultList, "fault", faults, { isOpen: true, after: `; ${news.state}` });
  showDrafts(news.drafts);
  const changes = news.changes.map((it) => [linkTo(it.address), ` ${it.text}`]);
  showList(changeList, "changed page", changes);
}

/* Whether a page must be loaded again: a picture keeps its name when its file is another,
   and a script does not run twice. */
function isStale(files) {
  const pictures = Array.from(document.images, ({ src }) => new URL(src).pathname);
  const hasScript = document.querySelector("script[src]") !== null;
  return files.some((file) => hasScript || pictures.includes(encodeURI(`/${file}`)));
}

/* A browser's own page for what it cannot reach does not come back by itself. */
function stayWhileOffline(event) {
  if (serverNote.textContent && event.target.closest("a[href]")) {
    event.preventDefault();
  }
}
