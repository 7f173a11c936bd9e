// The search page: asks Pagefind, which runs here and tells nobody, and lists what it finds passage by passage.
const form = document.querySelector("form[role=search]");
const field = form.elements.q;
const status = document.querySelector("[role=status]");
const list = document.querySelector("#results");
const row = document.querySelector("#result").content;
const PAGES = 12; // of these at the most the texts are fetched
const RESULTS = 20;

let engine;
async function load() {
  engine ??= import("../pagefind/pagefind.js").then(async (pagefind) => {
    await pagefind.options({ noWorker: true, excerptLength: 24 });
    return pagefind;
  });
  return engine;
}

// Enough of a word to know it by, whatever its ending.
const stem = (word) => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "").slice(0, 4);

// The parts of one page that were found: how many of the reader's words each holds, how well, and what stands beside it.
function parts(page, wanted) {
  const words = page.content.split(/\s+/);
  const beside = JSON.parse(page.meta.beside);
  return page.sub_results.map((part) => ({
    url: part.url, title: part.title, excerpt: part.excerpt,
    page: part.anchor && page.meta.title, ...beside[part.anchor?.id],
    held: wanted.filter((word) => part.locations.some((at) => stem(words[at]) === word)).length,
    score: part.weighted_locations.reduce((sum, word) => sum + word.balanced_score, 0),
  }));
}

// Pagefind finds pages that hold all words; of their parts those are kept that hold the most. Null when the reader has
// typed on in the meantime.
async function find(query) {
  const found = await (await load()).debouncedSearch(query, {}, 150);
  if (!found) return null;
  const wanted = query.split(/\s+/).map(stem);
  const pages = await Promise.all(found.results.slice(0, PAGES).map((result) => result.data()));
  const all = pages.flatMap((page) => parts(page, wanted));
  const most = Math.max(...all.map((part) => part.held));
  return all.filter((part) => part.held === most).sort((one, two) => two.score - one.score);
}

function item(result) {
  const copy = row.cloneNode(true);
  const link = copy.querySelector("a");
  link.href = result.url;
  link.textContent = result.title;
  copy.querySelector("[data-excerpt]").innerHTML = result.excerpt; // escaped by Pagefind, but for its <mark>
  for (const name of ["page", "topics", "notes"]) {
    const place = copy.querySelector(`[data-${name}]`);
    if (result[name]) place.append(" ", result[name]);
    else place.remove();
  }
  return copy;
}

function tell(words, count) {
  if (!words) return "";
  if (!count) return `Nothing was found for “${words}”.`;
  const shown = count > RESULTS ? `The best ${RESULTS} of ${count} results` : count === 1 ? "One result" : `${count} results`;
  return `${shown} for “${words}”.`;
}

async function search() {
  const words = field.value.trim();
  history.replaceState(null, "", words ? `?q=${encodeURIComponent(words)}` : location.pathname);
  try {
    const results = words ? await find(words) : [];
    if (!results || words !== field.value.trim()) return;
    list.replaceChildren(...results.slice(0, RESULTS).map(item));
    status.textContent = tell(words, results.length);
  } catch {
    status.textContent = "The search could not be loaded. Here is what this site answers and explains:";
  }
}

field.value = new URLSearchParams(location.search).get("q") ?? "";
form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
field.addEventListener("input", search);
field.addEventListener("focus", load, { once: true });
if (field.value) search();
