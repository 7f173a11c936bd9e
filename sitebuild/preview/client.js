/* What a page gains while it is previewed: it follows the builds, shows their faults and
   what changed, and leads from what is pointed at to its source. */
"use strict";

const RETRY_MS = 500;
const OFFLINE =
  "The preview is not running. Start it again, and this page goes on by itself.";
const DRAFT = "Draft: this page is shown here and is not published.";
const BLOCKS =
  "h1, h2, h3, h4, h5, h6, p, li, dt, dd, tr, pre, figure, summary, caption";

const NOTES = `
  <style>
    :host { all: initial; color: #1c1917; font: 15px/1.45 system-ui, sans-serif; }
    @media print { :host { display: none; } }
    #faults, #notes, #source { box-sizing: border-box; overflow: auto; z-index: 2147483647; }
    #faults:not(:empty) {
      background: #fff4f0; border-bottom: 4px solid #b3261e; inset: 0 0 auto;
      max-height: 45vh; padding: .8rem 1.5rem; position: fixed;
    }
    #faults h2 { color: #8c1d18; display: inline; font-size: 1.1em; }
    #notes {
      background: #fdfcf9; border: 1px solid #8a8175; border-width: 1px 1px 0 0;
      font-size: 13px; inset: auto auto 0 0; max-height: 50vh; max-width: 44rem;
      padding: .3rem .8rem; position: fixed;
    }
    #notes:not(:has(p:not(:empty), details)) { display: none; }
    #notes p { color: #8c1d18; font-weight: bold; margin: 0; }
    #source {
      background: #1c1917; border-radius: 4px; color: #fff; display: flex; gap: .8em;
      font: 12px/1 ui-monospace, monospace; padding: .6em .8em; position: absolute;
    }
    #source[hidden] { display: none; }
    #source :is(a, button) { all: unset; color: #ffd9a0; cursor: pointer; }
    #source :is(a, button):is(:hover, :focus-visible) { text-decoration: underline; }
    .mark {
      border: 3px solid #b45309; border-radius: 3px; box-sizing: border-box; opacity: 0;
      pointer-events: none; position: absolute;
    }
    ol, ul { margin: 0; padding-left: 1.4em; }
    li { margin: .3em 0; overflow-wrap: anywhere; }
    code, a { color: #0b4a8f; font-family: ui-monospace, monospace; font-size: .93em; }
    summary { cursor: pointer; }
  </style>
  <div id="faults" role="alert"></div>
  <div id="notes">
    <p id="server" role="status"></p>
    <p id="draft"></p>
    <div id="changes" role="status"></div>
    <div id="drafts"></div>
  </div>
  <div id="source" hidden></div>
  <div id="marks"></div>
`;

let { page } = document.currentScript.dataset; // names the version that is shown
let channel = null;
let failures = 0; // of the connection, one after the other
let isChanged = false; // since the reasons of a build came
let names = null; // what has an id, by address; asked for after each build

// The notes of the preview are in a tree that the page's style does not reach.
const draftStyle = make("style");
const host = make("preview-notes", {}, draftStyle);
const shadow = host.attachShadow({ mode: "open" });
shadow.innerHTML = NOTES;
const [faultList, serverNote, draftNote, changeList, draftList, source, marks] =
  Array.from(shadow.querySelectorAll("[id]:not(#notes)"));

document.documentElement.append(host);
document.currentScript.remove();
document.addEventListener("visibilitychange", () =>
  document.hidden ? disconnect() : connect(),
);
document.addEventListener("pointerover", pointAt);
document.addEventListener("click", stayWhileOffline);
connect();

/* ---- notes ---- */

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/* A list that opens and closes, and stays as it is when its content is replaced. */
function showList(parent, title, list, isOpen) {
  if (list.children.length === 0) {
    parent.replaceChildren();
    return;
  }
  const before = parent.querySelector("details");
  const details = make("details", {}, make("summary", {}, title), list);
  details.open = before ? before.open : isOpen;
  parent.replaceChildren(details);
}

function count(number, name) {
  return number === 1 ? `1 ${name}` : `${number} ${name}s`;
}

function link(address) {
  return make("a", { href: address }, address);
}

function showFaults(faults, state) {
  const items = faults.map(({ at, text, url }) => {
    const place = url ? make("a", { href: url }, at) : make("code", {}, at);
    return make("li", {}, place, ` ${text}`);
  });
  const title = make("h2", {}, `${count(faults.length, "fault")}; ${state}`);
  showList(faultList, title, make("ol", {}, ...items), true);
}

function showReasons({ changes, drafts, go }) {
  const pages = changes.map(({ address, text }) =>
    make("li", {}, link(address), text.slice(text.indexOf(address) + address.length)),
  );
  showList(changeList, `${count(pages.length, "page")} changed`, make("ul", {}, ...pages));
  const links = drafts.map((address) => make("li", {}, link(address)));
  showList(draftList, count(links.length, "draft"), make("ul", {}, ...links));
  if (go && go.split("#")[0] !== decodeURI(location.pathname)) {
    location.assign(go);
  }
}

/* Mark what is a draft, by ids, in a style of its own: the page stays as it was built.
   The first rule is for `keepPlace`, which does what browsers would, in every browser. */
function showDrafts(ids) {
  draftNote.textContent = ids.includes("") ? DRAFT : "";
  const rules = ["html { overflow-anchor: none; }"];
  for (const id of ids.filter(Boolean)) {
    const passage = `#${CSS.escape(id)}`;
    rules.push(`${passage} > * { outline: 2px dashed #b3261e; outline-offset: 4px; }
      ${passage}::before { background: #b3261e; color: #fff; content: "Draft";
        font: 12px/1.5 system-ui; padding: 0 .5em; position: absolute;
        transform: translateY(-100%); }`);
  }
  if (ids.includes("")) {
    rules.push(`h1::after { color: #b3261e; content: " Draft"; font-size: .5em; }`);
  }
  draftStyle.textContent = rules.join("\n");
}

/* ---- bringing the page up to date ---- */

function replacePage(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  if (parsed.querySelector("script[src]")) {
    location.reload(); // its scripts would not run again
    return;
  }
  const touched = new Set();
  keepPlace(() => {
    morphAttributes(document.documentElement, parsed.documentElement);
    morph(document.head, parsed.head, new Set());
    morph(document.body, parsed.body, touched);
  });
  mark(touched);
  isChanged = true;
}

/* Run a change of the page so that what the reader looks at stays where it is in the
   window: the first block in it that the change leaves in the page. */
function keepPlace(change) {
  const seen = scrollY > 0 ? blocksInView() : [];
  change();
  const kept = seen.find(({ block }) => block.isConnected);
  if (kept) {
    const top = kept.block.getBoundingClientRect().top - kept.top;
    scrollBy({ top, behavior: "instant" });
  }
}

/* Blocks that begin in the window come first, since text may be added to the others
   above it. */
function blocksInView() {
  const blocks = Array.from(document.body.querySelectorAll(BLOCKS), (block) => {
    const { top, bottom } = block.getBoundingClientRect();
    return { block, top, bottom };
  });
  return blocks
    .filter(({ top, bottom }) => bottom > 0 && top < innerHeight)
    .sort((one, other) => (one.top < 0) - (other.top < 0));
}

/* Make one node equal to another and leave alone what is equal, so that focus, selection
   and opened details stay. Elements whose own content changed are added to `touched`. */
function morph(old, wanted, touched) {
  if (old.isEqualNode(wanted)) {
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE || old.nodeName !== wanted.nodeName) {
    touched.add(old.parentElement);
    old.replaceWith(document.importNode(wanted, true));
    return;
  }
  morphAttributes(old, wanted);
  morphChildren(old, wanted, touched);
}

function morphAttributes(old, wanted) {
  for (const { name } of Array.from(old.attributes)) {
    const isReaders = name === "open" && old.nodeName === "DETAILS";
    if (!wanted.hasAttribute(name) && !isReaders) {
      old.removeAttribute(name);
    }
  }
  for (const { name, value } of wanted.attributes) {
    if (old.getAttribute(name) !== value) {
      old.setAttribute(name, value);
    }
  }
}

/* An element stays where its counterpart is: one that is equal or has the same id. One
   without a counterpart is changed in place or removed, as text is: white space equals
   white space anywhere. */
function morphChildren(parent, other, touched) {
  const after = Array.from(other.childNodes);
  let next = parent.firstChild;
  for (const wanted of after) {
    let match = next;
    while (match && !isCounterpart(match, wanted)) {
      match = match.nextSibling;
    }
    if (!match && next && !after.some((it) => isCounterpart(next, it))) {
      match = next;
    }
    if (match) {
      removeUntil(next, match);
      next = match.nextSibling;
      morph(match, wanted, touched);
    } else {
      const added = document.importNode(wanted, true);
      parent.insertBefore(added, next);
      touched.add(added.nodeType === Node.ELEMENT_NODE ? added : parent);
    }
  }
  removeUntil(next, null);
}

function removeUntil(node, end) {
  while (node !== end) {
    const { nextSibling } = node;
    node.remove();
    node = nextSibling;
  }
}

function isCounterpart(one, other) {
  if (one.nodeName !== other.nodeName || one.nodeType !== Node.ELEMENT_NODE) {
    return false;
  }
  return one.id || other.id ? one.id === other.id : one.isEqualNode(other);
}

/* ---- leading the eye ---- */

/* The box of all that an element shows. Its own box has no height where its children
   float. */
function boxOf(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const inner = range.getBoundingClientRect();
  const own = element.getBoundingClientRect();
  return inner.height > own.height ? inner : own;
}

/* Put an element of the notes at a place of the page, which it stays at. */
function place(element, top, left) {
  element.style.top = `${top + scrollY}px`;
  element.style.left = `${left + scrollX}px`;
}

/* Frame what changed for a while. */
function mark(touched) {
  marks.replaceChildren();
  for (const block of new Set(Array.from(touched, (it) => it.closest(BLOCKS) ?? it))) {
    const { top, left, width, height } = boxOf(block);
    if (height > 0) {
      const box = make("div", { class: "mark" });
      place(box, top - 6, left - 6);
      box.style.width = `${width + 12}px`;
      box.style.height = `${height + 12}px`;
      box.animate({ opacity: [1, 0] }, { duration: 2000, easing: "ease-in" });
      marks.append(box);
    }
  }
}

/* Open the first change of this page where it is folded, and scroll to it, if it is new
   here and nothing that changed is in view. */
function lead({ changes }) {
  const here = decodeURI(location.pathname);
  const { id } = changes.find(({ address }) => address === here) ?? {};
  const target = id && isChanged && document.getElementById(id);
  isChanged = false;
  if (target && target.localName === "details" && !target.open) {
    target.open = true;
    mark([target]);
  }
  if (target && ![target, ...marks.children].some(isInView)) {
    const { top, height } = boxOf(target);
    const above = Math.max(20, (innerHeight - height) / 2);
    scrollBy({ top: top - above, behavior: "instant" });
  }
}

function isInView(element) {
  const { top, bottom } = boxOf(element);
  return bottom > 0 && top < innerHeight;
}

/* ---- from the page to its source ---- */

async function pointAt({ target }) {
  if (target.localName === "preview-notes") {
    return;
  }
  names ??= fetch("/__names.json").then((reply) => reply.json());
  const byAddress = await names.catch(() => ({}));
  const here = decodeURI(location.pathname);
  for (let it = target; it instanceof Element; it = it.parentElement) {
    const address = it.id ? `${here}#${it.id}` : it.getAttribute("href");
    const found = byAddress[address];
    if (found) {
      showSource(it, found);
      return;
    }
  }
  source.hidden = true;
}

function showSource(element, [kind, name, address, at, url]) {
  const open = url ? make("a", { href: url }, `open ${at}`) : copier(at, at);
  const parts = [make("span", {}, kind), copier(name, name), copier("link", address), open];
  source.replaceChildren(...parts);
  source.hidden = false;
  const { top, left } = boxOf(element);
  place(source, Math.max(top - source.offsetHeight, 0), left);
}

function copier(label, text) {
  const button = make("button", { title: `copy ${text}` }, label);
  button.onclick = async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "copied";
  };
  return button;
}

/* ---- messages ---- */

/* Whether this page shows a file that is no page, or has a script that may read it. */
function isUsed(file) {
  const isPage = /(\/|\.html)$/.test(file);
  if (!isPage && document.querySelector("script[src]")) {
    return true;
  }
  const shown = Array.from(document.querySelectorAll("img, source"));
  return shown.some(({ src }) => src && new URL(src).pathname === encodeURI(file));
}

/* The first of two messages for each build is what differs, so that it is painted soon;
   the second is why, and where to go. */
function receive(message) {
  if (message.changes) {
    showReasons(message);
    lead(message);
    return;
  }
  names = null;
  showFaults(message.faults, message.state);
  showDrafts(message.drafts);
  if (message.files.some(isUsed) || message.moved) {
    location.reload();
  } else if (message.html) {
    page = message.page;
    replacePage(message.html);
  }
}

/* ---- the connection: a browser opens few to one host, so only a page that is looked
   at has one ---- */

function connect() {
  if (document.hidden || channel) {
    return;
  }
  const path = decodeURI(location.pathname);
  channel = new EventSource(`/__events?${new URLSearchParams({ path, page })}`);
  channel.onmessage = ({ data }) => receive(JSON.parse(data));
  channel.onopen = () => {
    serverNote.textContent = "";
    failures = 0;
  };
  // The first failure may be a preview that starts again with new code.
  channel.onerror = () => {
    serverNote.textContent = failures++ ? OFFLINE : "";
    disconnect();
    setTimeout(connect, RETRY_MS);
  };
}

function disconnect() {
  channel?.close();
  channel = null;
}

/* A browser's own page for what it cannot reach does not come back by itself. */
function stayWhileOffline(event) {
  if (serverNote.textContent && event.target.closest("a[href]")) {
    event.preventDefault();
  }
}
