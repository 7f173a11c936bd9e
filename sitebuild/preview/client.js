/* What a page gains while it is previewed: it follows the builds, shows their faults, and says what changed. */
"use strict";
const own = document.currentScript;
let { page, address } = own.dataset;
const { frame } = own.dataset;
const SHOWN = 20; // faults over a page
let css = Array.from(document.querySelectorAll("style"), (style) => style.textContent).join("\n");
let channel = null;
let work = Promise.resolve();
own.remove();

const host = document.createElement("preview-notes");
const shadow = host.attachShadow({ mode: "open" });
const look = new CSSStyleSheet();
look.replaceSync(`
  :host { all: initial; font: 15px/1.45 system-ui, sans-serif; color: #1c1917; }
  @media print { :host { display: none; } }
  [role=alert]:not(:empty) { position: fixed; inset: 0 0 auto; z-index: 2147483647; max-height: 60vh; overflow: auto;
    box-sizing: border-box; padding: 1rem 1.5rem; background: #fff4f0; border-bottom: 4px solid #b3261e; }
  [role=alert] h2 { display: inline; font-size: 1.1em; color: #8c1d18; }
  ol, ul { margin: 0; padding-left: 1.4em; }
  li { margin: .3em 0; overflow-wrap: anywhere; }
  code, a { font-family: ui-monospace, monospace; font-size: .93em; color: #0b4a8f; }
  [role=status] details { position: fixed; inset: auto auto 0 0; z-index: 2147483646; max-width: 44rem; max-height: 50vh; overflow: auto;
    padding: .3rem .8rem; background: #fdfcf9; border: 1px solid #8a8175; border-width: 1px 1px 0 0; font-size: 13px; }
  summary { cursor: pointer; }`);
shadow.adoptedStyleSheets = [look];
const alarm = make("div", { role: "alert" });
const status = make("div", { role: "status" });
shadow.append(alarm, status);
document.documentElement.append(host);

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/* The policy of the page refuses a style whose hash it does not know; a constructed sheet is not asked for one. */
function restyle(text) {
  if (text === css) return;
  css = text;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets = [sheet];
  document.querySelectorAll("style").forEach((style) => style.remove());
}

/* Make one node like another and leave alone what is equal, so that focus, selection and opened details stay. */
function morph(old, now) {
  if (old.isEqualNode(now)) return;
  if (old.nodeType !== Node.ELEMENT_NODE || old.nodeName !== now.nodeName) return old.replaceWith(document.importNode(now, true));
  const kept = (name) => name === "open" && old.nodeName === "DETAILS";
  for (const { name } of Array.from(old.attributes)) if (!now.hasAttribute(name) && !kept(name)) old.removeAttribute(name);
  for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const before = Array.from(old.childNodes), after = Array.from(now.childNodes);
  let start = 0, end = 0;
  const most = Math.min(before.length, after.length);
  while (start < most && before[start].isEqualNode(after[start])) start++;
  while (end < most - start && before[before.length - 1 - end].isEqualNode(after[after.length - 1 - end])) end++;
  const out = before.slice(start, before.length - end), into = after.slice(start, after.length - end);
  if (out.length === into.length) return out.forEach((node, index) => morph(node, into[index]));
  const anchor = before[before.length - end] ?? null;
  out.forEach((node) => node.remove());
  into.forEach((node) => old.insertBefore(document.importNode(node, true), anchor));
}

async function refresh() {
  const reply = await fetch(location.href, { cache: "no-store" });
  const sheets = [];
  const html = (await reply.text()).replace(/<style[^>]*>([^]*?)<\/style>/g, (_, text) => (sheets.push(text), ""));
  const next = new DOMParser().parseFromString(html, "text/html");
  const tag = next.querySelector("script[data-page]");
  if (!tag || reply.redirected) return location.reload();
  if (tag.dataset.frame !== frame) return location.reload();
  ({ page, address } = tag.dataset);
  tag.remove();
  restyle(sheets.join("\n"));
  document.title = next.title;
  if (document.body.isEqualNode(next.body)) return;
  if (next.querySelector("script[src]")) return location.reload();
  morph(document.body, next.body);
}

function show(ids) {
  const target = ids.map((id) => id && document.getElementById(id)).find(Boolean);
  if (!target) return;
  const box = target.getBoundingClientRect();
  if (box.top < 0 || box.bottom > innerHeight) target.scrollIntoView({ block: box.height < innerHeight ? "center" : "start" });
  const line = (colour) => ({ outline: `3px solid ${colour}`, outlineOffset: "6px" });
  target.animate([line("#b45309"), line("transparent")], { duration: 2000, easing: "ease-in" });
}

function showFaults(faults, state) {
  if (!faults.length) return alarm.replaceChildren();
  const items = faults.slice(0, SHOWN).map(({ at, text, url }) =>
    make("li", {}, url ? make("a", { href: url }, at) : make("code", {}, at), ` ${text}`));
  if (faults.length > SHOWN) items.push(make("li", {}, `and ${faults.length - SHOWN} more, in the terminal`));
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  const folded = alarm.querySelector("details:not([open])") ? {} : { open: "" };
  const head = make("summary", {}, make("h2", {}, `${count}; ${state}`));
  alarm.replaceChildren(make("details", folded, head, make("ol", {}, ...items)));
}

function showPages(pages) {
  if (!pages.length) return;
  const items = pages.map(({ address, kind, reasons }) => {
    const why = reasons.map(({ what, text }) => `${what} ${text}`.trim()).join("; ");
    return make("li", {}, make("a", { href: address }, address), ` ${kind}${why && ": "}${why}`);
  });
  const count = pages.length === 1 ? "1 page" : `${pages.length} pages`;
  const unfolded = status.querySelector("details[open]") ? { open: "" } : {};
  status.replaceChildren(make("details", unfolded, make("summary", {}, `${count} changed`), make("ul", {}, ...items)));
}

/* Whether this page shows a file that is no page, or has a script that may read it. */
function isUsed(file) {
  const shown = Array.from(document.querySelectorAll("img, source"), ({ src }) => src && new URL(src).pathname);
  return shown.includes(encodeURI(file)) || (document.querySelector("script[src]") && !/(\/|\.html)$/.test(file));
}

/* Two messages for each build: at once what differs, so that it is painted soonest, then why. */
async function receive({ faults, addresses, state, pages, go, first }) {
  const path = decodeURI(location.pathname);
  if (faults) {
    showFaults(faults, state);
    if (addresses.some(isUsed)) return location.reload();
    if (addresses.includes(address) || addresses.includes(path)) await refresh();
    return;
  }
  showPages(pages);
  if (go && go.split("#")[0] !== address) return location.assign(go);
  const mine = pages.find((other) => other.address === address);
  if (mine && !first) show(mine.reasons.map(({ id }) => id));
}

/* A browser opens few connections to one host, so only a page that is looked at holds one. */
function connect() {
  if (document.hidden === !channel) return;
  if (document.hidden) {
    channel.close();
    channel = null;
    return;
  }
  const open = () => {
    channel = new EventSource(`/__events?path=${encodeURIComponent(decodeURI(location.pathname))}&page=${page}`);
    channel.onmessage = ({ data }) => { work = work.then(() => receive(JSON.parse(data))).catch(() => {}); };
    channel.onerror = () => {
      channel.close();
      setTimeout(() => channel && open(), 500);
    };
  };
  open();
}
document.addEventListener("visibilitychange", connect);
connect();
