/* What a page gains while it is previewed: it follows the builds, shows their faults,
   and says what changed. Everything here is Baseline "widely available". */
"use strict";

const MAX_FAULTS = 20; // over a page; the terminal has them all
const RETRY_MS = 500;
const ADVICE_OFFLINE =
  "The preview is not running. Start it again, and this page goes on by itself.";
const ADVICE_DRAFT = "Draft: this page is shown here and is not published.";
const BLOCKS = "h1, h2, h3, h4, h5, h6, p, li, dt, dd, tr, pre, figure, summary";

const LOOK = `
  :host {
    all: initial;
    color: #1c1917;
    font: 15px/1.45 system-ui, sans-serif;
  }

  @media print {
    :host {
      display: none;
    }
  }

  .faults:not(:empty) {
    background: #fff4f0;
    border-bottom: 4px solid #b3261e;
    box-sizing: border-box;
    inset: 0 0 auto;
    max-height: 60vh;
    overflow: auto;
    padding: 1rem 1.5rem;
    position: fixed;
    z-index: 2147483647;
  }

  .faults h2 {
    color: #8c1d18;
    display: inline;
    font-size: 1.1em;
  }

  .notes {
    background: #fdfcf9;
    border: 1px solid #8a8175;
    border-width: 1px 1px 0 0;
    font-size: 13px;
    inset: auto auto 0 0;
    max-height: 50vh;
    max-width: 44rem;
    overflow: auto;
    padding: .3rem .8rem;
    position: fixed;
    z-index: 2147483646;
  }

  .notes:not(:has(:not(:empty))) {
    display: none;
  }

  .notes p {
    color: #8c1d18;
    font-weight: bold;
    margin: 0;
  }

  ol,
  ul {
    margin: 0;
    padding-left: 1.4em;
  }

  li {
    margin: .3em 0;
    overflow-wrap: anywhere;
  }

  code,
  a {
    color: #0b4a8f;
    font-family: ui-monospace, monospace;
    font-size: .93em;
  }

  summary {
    cursor: pointer;
  }
`;

const ownScript = document.currentScript;
const frame = ownScript.dataset.frame;
let address = ownScript.dataset.address;
let page = ownScript.dataset.page; // names the bytes that this page was made from
let css = pageStyles();
let channel = null;
let work = Promise.resolve(); // messages are worked through one after another

const faultList = make("div", { class: "faults", role: "alert" });
const offlineNote = make("p", { role: "status" });
const draftNote = make("p");
const changeNote = make("div", { role: "status" });
const draftList = make("div");

addNotes();
markDraft(ownScript);
ownScript.remove();
document.addEventListener("visibilitychange", followVisibility);
connect();

/* ---- the notes of the preview, in a tree that the page's style does not reach ---- */

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

function addNotes() {
  const host = document.createElement("preview-notes");
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet(LOOK)];
  const notes = make("div", { class: "notes" });
  notes.append(offlineNote, draftNote, changeNote, draftList);
  shadow.append(faultList, notes);
  document.documentElement.append(host);
  // `keepPlace` does what this would do, and does it in every browser.
  document.documentElement.style.overflowAnchor = "none";
}

/* A list that opens and closes, and stays as it is when its content is replaced. */
function showList(parent, title, list, isOpen) {
  const before = parent.querySelector("details");
  const details = make("details", {}, make("summary", {}, title), list);
  details.open = before ? before.open : isOpen;
  parent.replaceChildren(details);
}

function count(number, name) {
  return number === 1 ? `1 ${name}` : `${number} ${name}s`;
}

function faultItem({ at, text, url }) {
  const place = url ? make("a", { href: url }, at) : make("code", {}, at);
  return make("li", {}, place, ` ${text}`);
}

function showFaults(faults, state) {
  if (faults.length === 0) {
    faultList.replaceChildren();
    return;
  }
  const items = faults.slice(0, MAX_FAULTS).map(faultItem);
  const more = faults.length - MAX_FAULTS;
  if (more > 0) {
    items.push(make("li", {}, `and ${more} more, in the terminal`));
  }
  const title = make("h2", {}, `${count(faults.length, "fault")}; ${state}`);
  showList(faultList, title, make("ol", {}, ...items), true);
}

function changeItem({ address, kind, reasons }) {
  const texts = reasons.map(({ what, text }) => `${what} ${text}`.trim());
  const why = texts.length > 0 ? `: ${texts.join("; ")}` : "";
  return make("li", {}, link(address), ` ${kind}${why}`);
}

function link(address) {
  return make("a", { href: address }, address);
}

function showChanges(pages) {
  if (pages.length === 0) {
    return;
  }
  const list = make("ul", {}, ...pages.map(changeItem));
  showList(changeNote, `${count(pages.length, "page")} changed`, list, false);
}

function showDrafts(addresses) {
  if (addresses.length === 0) {
    draftList.replaceChildren();
    return;
  }
  const items = addresses.map((address) => make("li", {}, link(address)));
  showList(draftList, count(items.length, "draft"), make("ul", {}, ...items), false);
}

function markDraft(script) {
  draftNote.textContent = "draft" in script.dataset ? ADVICE_DRAFT : "";
}

/* ---- bringing the page up to date ---- */

function pageStyles() {
  const styles = Array.from(document.querySelectorAll("style"));
  return styles.map((style) => style.textContent).join("\n");
}

function sheet(text) {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}

/* The policy of the page refuses a <style> whose hash it does not know. It does not
   apply to a constructed sheet. */
function restyle(text) {
  if (text === css) {
    return;
  }
  css = text;
  document.adoptedStyleSheets = [sheet(text)];
  document.querySelectorAll("style").forEach((style) => style.remove());
}

/* Parse a page without its styles, which the policy would report as refused. */
function parse(html) {
  const styles = [];
  const bare = html.replace(/<style[^>]*>([^]*?)<\/style>/g, (_, text) => {
    styles.push(text);
    return "";
  });
  const parsed = new DOMParser().parseFromString(bare, "text/html");
  return { parsed, styles: styles.join("\n") };
}

async function refresh() {
  const reply = await fetch(location.href, { cache: "no-store" });
  const { parsed, styles } = parse(await reply.text());
  const script = parsed.querySelector("script[data-page]");
  if (!script || reply.redirected || script.dataset.frame !== frame) {
    location.reload();
    return;
  }
  page = script.dataset.page;
  address = script.dataset.address;
  markDraft(script);
  script.remove();
  const isSame = document.body.isEqualNode(parsed.body);
  if (!isSame && parsed.querySelector("script[src]")) {
    location.reload();
    return;
  }
  keepPlace(() => {
    restyle(styles);
    document.title = parsed.title;
    morph(document.body, parsed.body);
  });
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
  const beginning = [];
  const others = [];
  for (const block of document.body.querySelectorAll(BLOCKS)) {
    const { top, bottom } = block.getBoundingClientRect();
    if (bottom > 0 && top < innerHeight) {
      (top >= 0 ? beginning : others).push({ block, top });
    }
  }
  return beginning.concat(others);
}

/* Make one node equal to another and leave alone what is equal, so that focus,
   selection and opened details stay. */
function morph(old, wanted) {
  if (old.isEqualNode(wanted)) {
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE || old.nodeName !== wanted.nodeName) {
    old.replaceWith(document.importNode(wanted, true));
    return;
  }
  morphAttributes(old, wanted);
  morphChildren(old, Array.from(old.childNodes), Array.from(wanted.childNodes));
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
   without a counterpart is changed in place or removed. */
function morphChildren(parent, before, after) {
  let next = 0;
  for (const wanted of after) {
    const match = counterpart(before, next, wanted);
    if (match >= 0) {
      before.slice(next, match).forEach((node) => node.remove());
      morph(before[match], wanted);
      next = match + 1;
    } else if (next < before.length && !hasCounterpart(before[next], after)) {
      morph(before[next], wanted);
      next += 1;
    } else {
      parent.insertBefore(document.importNode(wanted, true), before[next] ?? null);
    }
  }
  before.slice(next).forEach((node) => node.remove());
}

/* Text is looked for in its place alone: white space equals white space anywhere. */
function counterpart(nodes, start, wanted) {
  if (wanted.nodeType !== Node.ELEMENT_NODE) {
    return start < nodes.length && nodes[start].isEqualNode(wanted) ? start : -1;
  }
  return nodes.findIndex((node, index) => index >= start && isCounterpart(node, wanted));
}

function hasCounterpart(node, others) {
  return others.some((other) => isCounterpart(node, other));
}

function isCounterpart(one, other) {
  if (one.nodeName !== other.nodeName || one.nodeType !== Node.ELEMENT_NODE) {
    return false;
  }
  return one.id || other.id ? one.id === other.id : one.isEqualNode(other);
}

/* Lead the eye to the first element that changed; scroll if none of it is in view. */
function show(ids) {
  const elements = ids.map((id) => id && document.getElementById(id));
  const target = elements.find(Boolean);
  if (!target) {
    return;
  }
  const { top, bottom, height } = target.getBoundingClientRect();
  if (bottom <= 0 || top >= innerHeight) {
    target.scrollIntoView({ block: height < innerHeight ? "center" : "start" });
  }
  const outline = (colour) => ({ outline: `3px solid ${colour}`, outlineOffset: "6px" });
  const frames = [outline("#b45309"), outline("transparent")];
  target.animate(frames, { duration: 2000, easing: "ease-in" });
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

/* The first of two messages for each build: what differs, so that it is painted soon. */
async function receiveOutcome({ faults, addresses, state }) {
  showFaults(faults, state);
  if (addresses.some(isUsed)) {
    location.reload();
    return;
  }
  const path = decodeURI(location.pathname);
  if (addresses.includes(address) || addresses.includes(path)) {
    await refresh();
  }
}

/* The second: why it differs, and where to go. */
function receiveReasons({ pages, drafts, go, first }) {
  showChanges(pages);
  showDrafts(drafts);
  if (go && go.split("#")[0] !== address) {
    location.assign(go);
    return;
  }
  const own = pages.find((change) => change.address === address);
  if (own && !first) {
    show(own.reasons.map(({ id }) => id));
  }
}

async function receive(text) {
  const message = JSON.parse(text);
  if (message.faults) {
    await receiveOutcome(message);
  } else {
    receiveReasons(message);
  }
}

/* A message that cannot be read, or a page that cannot be fetched, is no reason to miss
   the next one; after an interruption the server says what differs. */
function enqueue({ data }) {
  work = work.then(() => receive(data)).catch(() => {});
}

/* ---- the connection: a browser opens few to one host, so only a page that is looked
   at has one ---- */

function followVisibility() {
  if (document.hidden) {
    disconnect();
  } else {
    connect();
  }
}

function connect() {
  if (document.hidden || channel) {
    return;
  }
  const path = decodeURI(location.pathname);
  channel = new EventSource(`/__events?${new URLSearchParams({ path, page })}`);
  channel.onmessage = enqueue;
  channel.onopen = () => {
    offlineNote.textContent = "";
  };
  channel.onerror = () => {
    offlineNote.textContent = ADVICE_OFFLINE;
    disconnect();
    setTimeout(connect, RETRY_MS);
  };
}

function disconnect() {
  channel?.close();
  channel = null;
}
